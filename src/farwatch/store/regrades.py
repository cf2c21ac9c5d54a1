"""Grades that persons gave, kept for ever; one that was undone counts no more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.errors import NotFound
from farwatch.model.regrade import Regrade
from farwatch.store import schema
from farwatch.store.rows import chunks


def add(conn: Connection, word: Regrade) -> Regrade:
    """Keep a word; returned with its number."""
    table, said_of = schema.regrades, schema.regrade_statements
    row = {name: value for name, value in asdict(word).items() if name in table.c and name != "id"}
    number = conn.execute(sa.insert(table).values(row).returning(table.c.id)).scalar_one()
    rows = [{"regrade": number, "statement": name} for name in dict.fromkeys(word.statements)]
    if rows:
        conn.execute(sa.insert(said_of), rows)
    return replace(word, id=int(number))


def get(conn: Connection, number: int) -> Regrade:
    """One word by its number; raises NotFound."""
    found = _read(conn, schema.regrades.c.id == number)
    if not found:
        raise NotFound(f"no regrade {number}")
    return found[0]


def undo(conn: Connection, number: int, at: datetime) -> None:
    """From now on the word counts no more."""
    table = schema.regrades
    conn.execute(sa.update(table).where(table.c.id == number).values(undone=at))


def of_events(
    conn: Connection, statements: Iterable[str], events: Iterable[str] = ()
) -> list[Regrade]:
    """Every word said of these statements or events, oldest first; undone ones too."""
    table, said_of = schema.regrades, schema.regrade_statements
    found: dict[int, Regrade] = {}
    for some in chunks(statements):
        named = sa.select(said_of.c.regrade).where(said_of.c.statement.in_(some))
        found |= {word.id: word for word in _read(conn, table.c.id.in_(named))}
    for some in chunks(events):
        found |= {word.id: word for word in _read(conn, table.c.event.in_(some))}
    return sorted(found.values(), key=lambda word: (word.at, word.id))


def _read(conn: Connection, which: sa.ColumnElement[bool]) -> list[Regrade]:
    table, said_of = schema.regrades, schema.regrade_statements
    rows = conn.execute(sa.select(table).where(which)).mappings().all()
    names: dict[int, list[str]] = {row["id"]: [] for row in rows}
    query = sa.select(said_of).where(said_of.c.regrade.in_(list(names)))
    for number, name in conn.execute(query.order_by(said_of.c.statement)):
        names[number].append(name)
    return [Regrade(**row, statements=tuple(names[row["id"]])) for row in rows]
