"""When the desk first heard of each event of unrest in a country."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.event import State
from farwatch.model.kinds import Category, Kind
from farwatch.store import schema


def first_told(
    conn: Connection, country: str, as_of: datetime, *, exercise: bool
) -> list[tuple[Kind, datetime]]:
    """Kind and first report of every event of unrest first told of by `as_of`, oldest first.

    Withdrawn ones are left out, and those of exercises unless `exercise`; kind and place are the
    standing version's.
    """
    table = schema.events
    query = sa.select(table.c.kind, table.c.first_reported).where(
        table.c.country == country,
        table.c.category == Category.UNREST.value,
        table.c.state != State.WITHDRAWN.value,
        table.c.first_reported <= as_of,
    )
    if not exercise:
        query = query.where(table.c.exercise.is_(False))
    rows = conn.execute(query.order_by(table.c.first_reported, table.c.id))
    return [(Kind(row.kind), row.first_reported) for row in rows]
