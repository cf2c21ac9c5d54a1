"""Withdrawn statements: flagged, never deleted; each change of the flag goes through the inbox."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.store import schema, search_queue
from farwatch.store.rows import chunks, lock

WITHDRAWN, REINSTATED = "withdrawn", "reinstated"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """When and why a statement was withdrawn."""

    at: datetime | None
    reason: str


def withdraw(
    conn: Connection, source: str, keys: Iterable[str], at: datetime, reason: str
) -> list[str]:
    """Flag statements as withdrawn; the keys that changed.

    Unknown and already withdrawn statements are left, as are those whose flag last changed at `at`
    or later: the same snapshots read again change nothing.
    """
    return _flag(conn, source, keys, (WITHDRAWN, at, reason))


def reinstate(
    conn: Connection, source: str, keys: Iterable[str], at: datetime, reason: str
) -> list[str]:
    """Take the flag away; the keys that changed. Nothing changes twice, as with `withdraw`."""
    return _flag(conn, source, keys, (REINSTATED, at, reason))


def withdrawn(conn: Connection, source: str, keys: Iterable[str]) -> dict[str, Withdrawal]:
    """Those of the statements that stand withdrawn."""
    table = schema.statements
    found: dict[str, Withdrawal] = {}
    for some in chunks(keys):
        query = sa.select(table.c.key, table.c.flagged_at, table.c.flag_reason).where(
            table.c.source == source, table.c.key.in_(some), table.c.withdrawn
        )
        for key, at, reason in conn.execute(query):
            found[key] = Withdrawal(at, reason or "")
    return found


def _flag(
    conn: Connection, source: str, keys: Iterable[str], change: tuple[str, datetime, str]
) -> list[str]:
    action, at, reason = change
    lock(conn, schema.inbox)
    table = schema.statements
    changed: list[str] = []
    for some in chunks(keys):
        due = sa.and_(
            table.c.source == source,
            table.c.key.in_(some),
            table.c.withdrawn.is_(action == REINSTATED),
            sa.or_(table.c.flagged_at.is_(None), table.c.flagged_at < at),
        )
        rows = conn.execute(sa.select(table.c.key, table.c.current).where(due)).all()
        if not rows:
            continue
        conn.execute(
            sa.update(table)
            .where(due)
            .values(withdrawn=action == WITHDRAWN, flagged_at=at, flag_reason=reason)
        )
        current = {row.key: row.current for row in rows}
        ordered = [key for key in some if key in current]
        entry = {"action": action, "source": source, "received": at, "reason": reason}
        conn.execute(
            sa.insert(schema.inbox),
            [entry | {"key": key, "report": current[key]} for key in ordered],
        )
        changed += ordered
        search_queue.mark(conn, search_queue.REPORT, (f"{source}\t{key}" for key in ordered))
    return changed
