"""Pairwise judgements, kept: what the model found, and what a person decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.event import Judgement
from farwatch.store import schema
from farwatch.store.bodies import pack, unpack
from farwatch.store.rows import chunks, upsert

MODEL = "model"


def put(conn: Connection, judgements: Sequence[Judgement]) -> None:
    """Keep the judgements; the same judge's later word on a pair replaces the earlier.

    Raises ValueError unless `left` < `right`: a pair has one name.
    """
    rows = {}
    for item in judgements:
        if not item.left < item.right:
            raise ValueError(f"judgement of {item.left!r} and {item.right!r} is not in order")
        rows[item.left, item.right, item.by] = {
            "left": item.left,
            "right": item.right,
            "by": item.by,
            "verdict": item.verdict.value,
            "at": item.at,
            "body": pack(item),
        }
    upsert(conn, schema.judgements, list(rows.values()))


def for_statements(conn: Connection, statements: Iterable[str]) -> list[Judgement]:
    """Every judgement on one of the statements, by pair; a person's after the model's."""
    table = schema.judgements
    found: dict[tuple[str, str, str], Judgement] = {}
    for some in chunks(statements):
        for side in (table.c.left, table.c.right):
            for body in conn.execute(sa.select(table.c.body).where(side.in_(some))).scalars():
                item = unpack(Judgement, body)
                found[item.left, item.right, item.by] = item
    return sorted(found.values(), key=_order)


def decisions(conn: Connection) -> list[Judgement]:
    """What persons decided, by pair, each pair's latest last."""
    table = schema.judgements
    query = sa.select(table.c.body).where(table.c.by != MODEL)
    return sorted((unpack(Judgement, body) for body in conn.execute(query).scalars()), key=_order)


def drop(conn: Connection, statements: Iterable[str]) -> None:
    """Forget the model's judgements of these statements, before a new version is judged afresh.

    What a person decided stays.
    """
    table = schema.judgements
    for some in chunks(statements):
        for side in (table.c.left, table.c.right):
            conn.execute(sa.delete(table).where(side.in_(some), table.c.by == MODEL))


def forget(conn: Connection, by: str, pairs: Iterable[tuple[str, str]]) -> None:
    """Take back what a person said of these pairs."""
    table = schema.judgements
    for left, right in pairs:
        conn.execute(
            sa.delete(table).where(table.c.left == left, table.c.right == right, table.c.by == by)
        )


def _order(item: Judgement) -> tuple[str, str, bool, float]:
    return (item.left, item.right, item.by != MODEL, item.at.timestamp())
