"""When keys and sign-ins were used last: noted as they are used, written down together.

A write for each would make its reader wait for the disk, and everybody's lists be read anew.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from farwatch.errors import DatabaseAway
from farwatch.store import sessions, tokens
from farwatch.store.database import Database

SEEN_EVERY = timedelta(minutes=1)  # how often a use is worth noting


class LastUses:
    """What this process has seen used and not written down yet; a killed one loses it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens: dict[str, datetime] = {}
        self._sessions: dict[str, datetime] = {}

    def token(self, name: str, before: datetime | None, now: datetime) -> None:
        """A key was used, and `before` according to the database."""
        self._note(self._tokens, name, before, now)

    def session(self, name: str, before: datetime, now: datetime) -> None:
        """A sign-in was used, and `before` according to the database."""
        self._note(self._sessions, name, before, now)

    def of_session(self, name: str) -> datetime | None:
        """When a sign-in was used, where the database does not know it yet."""
        return self._sessions.get(name)

    def write(self, database: Database) -> int:
        """Write down what was noted, all in one transaction; how many. Raises DatabaseAway, and
        keeps them for the next time."""
        with self._lock:
            keys, visits = dict(self._tokens), dict(self._sessions)
            self._tokens.clear()
            self._sessions.clear()
        if not keys and not visits:
            return 0
        try:
            with database.begin() as conn:
                for name, at in keys.items():
                    tokens.saw(conn, name, at)
                for name, at in visits.items():
                    sessions.saw(conn, name, at)
        except DatabaseAway:
            with self._lock:
                self._tokens.update({**keys, **self._tokens})
                self._sessions.update({**visits, **self._sessions})
            raise
        return len(keys) + len(visits)

    def _note(
        self, noted: dict[str, datetime], name: str, before: datetime | None, now: datetime
    ) -> None:
        if before is None or before + SEEN_EVERY <= now:
            with self._lock:
                noted[name] = now
