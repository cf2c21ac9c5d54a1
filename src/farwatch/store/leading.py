"""One process leads: reads feeds, decides and hands over. Others of the same desk stand by.

On SQLite a lock on a file beside the database, on PostgreSQL an advisory lock of a connection of
its own. Either is given back by the system when its process dies, however it dies.
"""

from __future__ import annotations

import contextlib
import fcntl
from pathlib import Path
from typing import IO

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from farwatch.errors import StoreError
from farwatch.store.database import Database

_LEADS = 0x46415258  # with the schema's name, PostgreSQL's advisory lock: one leads


class Leadership:
    """The lock of one desk, held or not. Only one thread uses it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._file: IO[bytes] | None = None
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Lead, if nobody does; True also where we lead already. Raises StoreError."""
        if self.held():
            return True
        if self._database.dialect == "sqlite":
            return self._take_file()
        return self._take_lock()

    def held(self) -> bool:
        """Whether we still lead: a connection that was lost has lost the lock too."""
        if self._connection is not None:
            try:
                self._connection.execute(sa.text("SELECT 1"))
                self._connection.commit()
            except DBAPIError:
                self.release()
        return self._file is not None or self._connection is not None

    def release(self) -> None:
        """Let another lead."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._connection is not None:
            # Given back by word, for the server hears of a closed connection some time later; then
            # closed for good: the pool would keep the lock of one that was not heard.
            with contextlib.suppress(DBAPIError):
                if not self._connection.invalidated:
                    self._connection.execute(sa.text("SELECT pg_advisory_unlock_all()"))
                    self._connection.commit()
            with contextlib.suppress(DBAPIError):
                self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def _take_file(self) -> bool:
        path = Path(f"{self._database.url.database}.leads")
        try:
            handle = path.open("ab")
        except OSError as error:
            raise StoreError(f"{str(path)!r} cannot be locked: {error.strerror}") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            return False
        self._file = handle
        return True

    def _take_lock(self) -> bool:
        connection = self._database.lasting()
        asked = sa.text("SELECT pg_try_advisory_lock(:key, hashtext(current_schema()))")
        try:
            with self._database.naming_errors():
                taken = bool(connection.execute(asked, {"key": _LEADS}).scalar())
                connection.commit()
        except BaseException:
            connection.close()
            raise
        if not taken:
            connection.close()
            return False
        self._connection = connection
        return True
