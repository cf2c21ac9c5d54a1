"""What changed and is not indexed yet: written with the change, in its transaction."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.store import schema
from farwatch.store.rows import chunks, count, insert_new

EVENT, REPORT = "event", "report"
_INDEXING = 0x46575358  # PostgreSQL advisory lock: one process indexes at a time


def mark(conn: Connection, noun: str, names: Iterable[str]) -> None:
    """These events (by id) or reports (by their statement's name) are to be indexed anew."""
    for some in chunks(names):
        insert_new(conn, schema.unindexed, [{"noun": noun, "name": name} for name in some])


def mark_all(conn: Connection) -> None:
    """Everything is to be indexed anew."""
    table, events, statements = schema.unindexed, schema.events, schema.statements
    conn.execute(sa.delete(table))
    named = statements.c.source + "\t" + statements.c.key
    for noun, name in ((EVENT, events.c.id), (REPORT, named)):
        every = sa.select(sa.literal(noun), name)
        conn.execute(sa.insert(table).from_select(["noun", "name"], every))


def following(conn: Connection, limit: int) -> tuple[str, list[str]]:
    """Some that wait, all of one noun: reports first, for events are found by their words too."""
    table = schema.unindexed
    for noun in (REPORT, EVENT):
        query = sa.select(table.c.name).where(table.c.noun == noun).limit(limit)
        found = list(conn.execute(query).scalars())
        if found:
            return noun, found
    return EVENT, []


def alone(conn: Connection) -> bool:
    """Whether this transaction may index; not while another does. SQLite's are alone anyway."""
    if conn.dialect.name == "sqlite":
        return True
    return bool(conn.execute(sa.select(sa.func.pg_try_advisory_xact_lock(_INDEXING))).scalar())


def done(conn: Connection, noun: str, names: Iterable[str]) -> None:
    """These are indexed, or gone."""
    table = schema.unindexed
    for some in chunks(names):
        conn.execute(sa.delete(table).where(table.c.noun == noun, table.c.name.in_(some)))


def waiting(conn: Connection) -> int:
    """How many are to be indexed yet."""
    return count(conn, schema.unindexed)
