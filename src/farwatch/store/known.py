"""What was known at a time: events told of by then, histories, published values, their versions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.codec import from_plain
from farwatch.model.event import State
from farwatch.model.kinds import Kind
from farwatch.model.report import Figure
from farwatch.store import schema

if TYPE_CHECKING:
    import pyarrow as pa


def events(conn: Connection, as_of: datetime, *, exercise: bool) -> pa.Table:
    """Events of a threat category first told of by `as_of`, in EVENTS' shape, by start.

    Withdrawn ones are left out, and those of exercises unless `exercise`.
    """
    import pyarrow as pa

    from farwatch.model.tables import EVENTS

    table = schema.events
    names = [field.name for field in EVENTS if field.name != "source_class"]
    query = sa.select(*(table.c[name] for name in names)).where(
        table.c.category.is_not(None),
        table.c.state != State.WITHDRAWN.value,
        table.c.first_reported <= as_of,
    )
    if not exercise:
        query = query.where(table.c.exercise.is_(False))
    rows = conn.execute(query.order_by(table.c.start, table.c.id)).all()
    columns: dict[str, list[Any]] = {
        name: [row[at] for row in rows] for at, name in enumerate(names)
    }
    return pa.table({**columns, "source_class": [None] * len(rows)}, schema=EVENTS)


def history(conn: Connection, sources: Sequence[str], until: datetime) -> pa.Table:
    """What published histories tell that began before `until`, in EVENTS' shape, by start.

    They are readings of the past that are no events of the desk; the id is the report's.
    """
    import pyarrow as pa

    from farwatch.model.tables import EVENTS

    table, supports = schema.readings, schema.event_statements
    statement = table.c.source + "\t" + table.c.key
    kept = sa.exists().where(supports.c.statement == statement)
    query = sa.select(table).where(
        table.c.source.in_(list(sources)), table.c.start < until, table.c.kind != Kind.OTHER.value,
        ~kept,
    )  # fmt: skip
    rows = conn.execute(query.order_by(table.c.start, table.c.key, table.c.part)).all()
    return pa.Table.from_pylist([_past(row) for row in rows], schema=EVENTS)


def _past(row: Any) -> dict[str, Any]:
    body = json.loads(row.body)
    category = Kind(row.kind).category
    return {
        "id": row.report, "kind": row.kind, "category": category.value if category else None,
        "severity": body["severity"], "credibility": body["grade"]["credibility"],
        "official": False, "lat": row.lat, "lon": row.lon, "radius_km": row.radius_km,
        "precision": row.precision or "region", "country": row.country, "admin1": row.admin1,
        "start": row.start, "expires": None, "source_class": "data",
    }  # fmt: skip


def figures(conn: Connection, sources: Iterable[str], country: str) -> list[Figure]:
    """Every published value of a country that stands; its sources key it series/country/period."""
    reports, statements = schema.reports, schema.statements
    query = (
        sa.select(reports.c.body)
        .join(statements, statements.c.current == reports.c.id)
        .where(
            statements.c.source.in_(list(sources)),
            statements.c.withdrawn.is_(False),
            statements.c.key.contains(f"/{country}/", autoescape=True),
        )
        .order_by(statements.c.source, statements.c.key)
    )
    found = (json.loads(body).get("figure") for body in conn.execute(query).scalars())
    return [
        from_plain(Figure, one) for one in found if one is not None and one["country"] == country
    ]


def stated(
    conn: Connection, source: str, as_of: datetime, country: str | None = None
) -> list[dict[str, Any]]:
    """The plain report that stood of each statement of a source at `as_of`, with its id; with
    `country` (alpha-2) at least all that give a figure of it."""
    reports, statements = schema.reports, schema.statements
    when = sa.func.coalesce(reports.c.published, reports.c.received)
    rank = sa.func.row_number().over(
        partition_by=reports.c.key, order_by=(when.desc(), reports.c.received.desc())
    )
    ranked_of = (
        sa.select(reports.c.key, reports.c.id, reports.c.body, rank.label("rank"))
        .join(
            statements,
            sa.and_(statements.c.source == reports.c.source, statements.c.key == reports.c.key),
        )
        .where(reports.c.source == source, when <= as_of, statements.c.withdrawn.is_(False))
    )
    if country is not None:
        ranked_of = ranked_of.where(reports.c.body.contains(f'"country":"{country}"'))
    ranked = ranked_of.subquery()
    query = sa.select(ranked.c.id, ranked.c.body).where(ranked.c.rank == 1).order_by(ranked.c.key)
    return [{"id": row.id, **json.loads(row.body)} for row in conn.execute(query)]
