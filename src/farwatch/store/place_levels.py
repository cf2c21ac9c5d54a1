"""The level that stands at each place, and its levels over time, without the bodies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.account import Scope
from farwatch.model.assessment import Assessment
from farwatch.model.event import State
from farwatch.store import schema
from farwatch.store.rows import changed_at, chunks, upsert


@dataclass(frozen=True, slots=True)
class PlaceLevel:
    """A place's newest overall level; None is not assessed. `trend` is that of what decides."""

    place: str
    as_of: datetime
    overall: int | None
    decided_by: str | None
    at_least: bool
    trend: str
    updated: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """A level from a time on; `category` "" is the overall level."""

    as_of: datetime
    category: str
    level: int | None


def put(conn: Connection, assessments: Iterable[Assessment]) -> None:
    """Make these what stands at their places, unless something newer does."""
    newest: dict[str, Assessment] = {}
    for one in sorted(assessments, key=lambda each: each.as_of):
        newest[one.place] = one
    table = schema.place_levels
    stood = {
        row.place: row.as_of
        for row in conn.execute(
            sa.select(table.c.place, table.c.as_of).where(table.c.place.in_(list(newest)))
        )
    } if newest else {}  # fmt: skip
    rows = [
        _row(one)
        for place, one in newest.items()
        if place not in stood or stood[place] <= one.as_of
    ]
    upsert(conn, table, rows)


def _row(one: Assessment) -> dict[str, object]:
    by = next((level for level in one.levels if level.category.value == one.decided_by), None)
    return {
        "place": one.place,
        "as_of": one.as_of,
        "overall": one.overall,
        "decided_by": one.decided_by,
        "at_least": by is not None and by.at_least,
        "trend": by.trend if by else "unknown",
        "updated": changed_at(),
    }


def every(conn: Connection) -> dict[str, PlaceLevel]:
    """What stands at every place that was ever assessed and kept."""
    table = schema.place_levels
    return {row.place: PlaceLevel(**row._mapping) for row in conn.execute(sa.select(table))}


def site_counts(conn: Connection, bounds: Iterable[sa.ColumnElement[bool]]) -> dict[str, int]:
    """Sites in care by country ("ZM") and by admin-1 ("ZM.08")."""
    table = schema.sites
    query = sa.select(table.c.country, table.c.admin1, sa.func.count().label("number"))
    query = query.where(table.c.retired.is_(None), *bounds).group_by(
        table.c.country, table.c.admin1
    )
    return _counted(conn, query)


def event_counts(conn: Connection, now: datetime, scope: Scope) -> dict[str, int]:
    """Live events by country and by admin-1, without restricted ones for who is not cleared.

    Those are counted apart: all that the rest asks of a row stands in an index.
    """
    every = _live_events(conn, now)
    if scope.restricted:
        return every
    table = schema.events
    for some in chunks(conn.execute(sa.select(table.c.id).where(table.c.restricted)).scalars()):
        for code, number in _live_events(conn, now, table.c.id.in_(some)).items():
            every[code] -= number
    return {code: number for code, number in every.items() if number}


def _live_events(
    conn: Connection, now: datetime, *bounds: sa.ColumnElement[bool]
) -> dict[str, int]:  # fmt: skip
    table = schema.events
    unit = table.c.country + "." + table.c.admin1
    query = sa.select(table.c.country, unit.label("admin1"), sa.func.count().label("number"))
    query = query.where(
        table.c.state == State.LIVE.value,
        sa.or_(table.c.expires.is_(None), table.c.expires > now),
        *bounds,
    ).group_by(table.c.country, table.c.admin1)
    return _counted(conn, query)


def _counted(conn: Connection, query: sa.Select[tuple[str, str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in conn.execute(query):
        for code in {row.country, row.admin1} - {None}:
            found[code] = found.get(code, 0) + row.number
    return found


def steps(conn: Connection, place: str, since: datetime, until: datetime) -> list[Step]:
    """A place's levels, overall and by category, whenever one changed, oldest first; what stood at
    `since` is the first of each."""
    whole, parts = schema.assessments, schema.levels
    inside = (parts.c.place == place, parts.c.as_of <= until)
    before = sa.func.lag(parts.c.level).over(partition_by=parts.c.category, order_by=parts.c.as_of)
    earlier = sa.func.lag(parts.c.as_of).over(partition_by=parts.c.category, order_by=parts.c.as_of)
    begun = sa.select(sa.func.max(whole.c.as_of)).where(
        whole.c.place == place, whole.c.as_of <= since
    )
    start = conn.execute(begun).scalar() or since
    moved = sa.select(
        parts.c.as_of, parts.c.category, parts.c.level, before.label("before"),
        earlier.label("earlier"),
    ).where(*inside, parts.c.as_of >= start).subquery()  # fmt: skip
    query = sa.select(moved).where(
        sa.or_(moved.c.earlier.is_(None), moved.c.level.is_distinct_from(moved.c.before))
    )
    found = [Step(row.as_of, row.category, row.level) for row in conn.execute(query)]
    found += [Step(when, "", level) for when, level in _overall(conn, place, start, until)]
    return sorted(found, key=lambda one: (one.as_of, one.category))


def times(conn: Connection, place: str, since: datetime, until: datetime) -> list[datetime]:
    """When a place was assessed in [since, until], oldest first, and the last time before."""
    table = schema.assessments
    mine = (table.c.place == place, table.c.as_of <= until)
    last = conn.execute(
        sa.select(sa.func.max(table.c.as_of)).where(table.c.place == place, table.c.as_of < since)
    ).scalar()
    query = sa.select(table.c.as_of).where(*mine, table.c.as_of >= since)
    found = list(conn.execute(query.order_by(table.c.as_of)).scalars())
    return [last, *found] if last is not None else found


def _overall(
    conn: Connection, place: str, since: datetime, until: datetime
) -> list[tuple[datetime, int | None]]:
    table = schema.assessments
    query = sa.select(table.c.as_of, table.c.overall).where(
        table.c.place == place, table.c.as_of >= since, table.c.as_of <= until
    )
    changed: list[tuple[datetime, int | None]] = []
    for row in conn.execute(query.order_by(table.c.as_of)):
        if not changed or changed[-1][1] != row.overall:
            changed.append((row.as_of, row.overall))
    return changed
