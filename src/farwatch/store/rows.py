"""Set-wise writing and looking up, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

Row = Mapping[str, Any]

# Below SQLite's 32,766 and PostgreSQL's 65,535 bound values a statement.
CHUNK = 1_000


def changed_at() -> datetime:
    """When a row changes, by this machine's clock: what those who follow a list are asked by.

    Not the time of what the row tells, which in a replay is another.
    """
    return datetime.now(UTC)


def chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """The distinct values in lists that fit one IN clause, in a stable order."""
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), CHUNK):
        yield distinct[start : start + CHUNK]


def upsert(conn: Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert the rows; where the primary key is taken, every given column is overwritten."""
    if not rows:
        return
    statement = _insert(conn, table)
    key = [column.name for column in table.primary_key]
    given = {name: statement.excluded[name] for name in rows[0] if name not in key}
    conn.execute(
        statement.on_conflict_do_update(index_elements=key, set_=given), [dict(row) for row in rows]
    )


def insert_new(conn: Connection, table: sa.Table, rows: Sequence[Row]) -> int:
    """Insert the rows whose unique keys are not taken; the number inserted."""
    if not rows:
        return 0
    key = next(iter(table.primary_key))
    statement = _insert(conn, table).on_conflict_do_nothing().returning(key)
    return len(conn.execute(statement, [dict(row) for row in rows]).all())


def count(conn: Connection, table: sa.Table) -> int:
    """How many rows the table holds."""
    return int(conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def lock(conn: Connection, table: sa.Table) -> None:
    """Let no one else write this table until the transaction ends.

    SQLite's write transactions are alone anyway. On PostgreSQL a row number may be given before,
    and committed after, a higher one: a reader who keeps a mark would pass over it.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(sa.text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))


def _insert(conn: Connection, table: sa.Table) -> Any:
    return (postgresql if conn.dialect.name == "postgresql" else sqlite).insert(table)
