"""The database as lines of JSON, table by table, the same from SQLite and PostgreSQL.

One form for both, so that a desk can be restored on the other one. What is derived or belongs to
the moment is left out, and so is what opens a door at once: sign-ins and one-time links.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.times import parse_utc
from farwatch.store import schema
from farwatch.store.database import Database

# table -> why it is not in a dump
LEFT_OUT: Mapping[str, str] = {
    "sessions": "a sign-in is not to outlive its desk",
    "pending": "half a sign-in",
    "invitations": "one-time links",
    "answers": "answers kept for a day",
    "rates": "how often somebody tried",
    "pulses": "which process worked last",
    "search_events": "made anew from the events",
    "search_reports": "made anew from the reports",
    "unindexed": "all is, after restoring",
}
_AT_ONCE = 1_000


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """A connection that sees one state of the database, and keeps no writer waiting."""
    with database.read() as conn:
        if database.dialect == "postgresql":
            conn.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        conn.execute(sa.select(schema.marks.c.name).limit(1)).all()  # the state is that of now
        yield conn


def tables() -> list[str]:
    """The tables of a dump, in the order in which they can be loaded."""
    return [one.name for one in schema.metadata.sorted_tables if one.name not in LEFT_OUT]


def lines(conn: Connection, table: str) -> Iterator[str]:
    """Every row of a table as a line of JSON, by primary key."""
    found = schema.metadata.tables[table]
    query = sa.select(found).order_by(*found.primary_key)
    names = [column.name for column in found.columns]
    for row in conn.execute(query.execution_options(yield_per=_AT_ONCE)):
        yield json.dumps(
            dict(zip(names, map(_plain, row), strict=True)), separators=(",", ":")
        )  # fmt: skip


def counters(conn: Connection) -> dict[str, int]:
    """The last number that each numbered table gave: none is given twice, its row gone or not."""
    found = {}
    for table in _numbered():
        if conn.dialect.name == "sqlite":
            query = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :table")
            last = conn.execute(query, {"table": table}).scalar()
        else:
            query = sa.text("SELECT pg_sequence_last_value(pg_get_serial_sequence(:table, 'id'))")
            last = conn.execute(query, {"table": table}).scalar()
        if last:
            found[table] = int(last)
    return found


def holds_anything(conn: Connection) -> str | None:
    """A table that has a row; None in a database without tables or rows."""
    known = set(sa.inspect(conn).get_table_names())
    for name in schema.metadata.tables:
        if name in known:
            first = sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1)
            if conn.execute(first).first() is not None:
                return name
    return None


def load(conn: Connection, table: str, rows: Iterable[str]) -> int:
    """Insert dumped rows into the table as it stands in this database; how many.

    Raises ValueError, KeyError or a constraint's error for rows that are not of this table.
    """
    into = sa.Table(table, sa.MetaData(), autoload_with=conn, resolve_fks=False)
    aware = conn.dialect.name != "sqlite"
    count, waiting = 0, []
    for line in rows:
        row = {name: _typed(value, aware=aware) for name, value in json.loads(line).items()}
        waiting.append(row)
        if len(waiting) == _AT_ONCE:
            conn.execute(sa.insert(into), waiting)
            count, waiting = count + len(waiting), []
    if waiting:
        conn.execute(sa.insert(into), waiting)
    return count + len(waiting)


def set_counters(conn: Connection, last: Mapping[str, int]) -> None:
    """Let each numbered table go on after the number that it gave last."""
    for table, number in last.items():
        if conn.dialect.name == "sqlite":
            conn.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :t"), {"t": table})
            insert = sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:t, :n)")
        else:
            insert = sa.text("SELECT setval(pg_get_serial_sequence(:t, 'id'), :n)")
        conn.execute(insert, {"t": table, "n": number})


def _numbered() -> list[str]:
    return [
        table.name
        for table in schema.metadata.sorted_tables
        if table.autoincrement_column is not None
        and table.dialect_options["sqlite"]["autoincrement"]
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"time": value.astimezone(UTC).isoformat()}
    if isinstance(value, bytes | memoryview):
        return {"bytes": base64.b64encode(bytes(value)).decode()}
    return value


def _typed(value: Any, *, aware: bool) -> Any:
    if not isinstance(value, dict):
        return value
    if "bytes" in value:
        return base64.b64decode(value["bytes"])
    when = parse_utc(value["time"])
    return when if aware else when.replace(tzinfo=None)
