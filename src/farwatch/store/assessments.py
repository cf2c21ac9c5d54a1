"""Assessments: the latest of each place, all of them, and each category's level over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.errors import NotFound
from farwatch.model.assessment import Assessment
from farwatch.model.kinds import Category
from farwatch.store import place_levels, schema
from farwatch.store.bodies import pack, unpack
from farwatch.store.rows import chunks, upsert


@dataclass(frozen=True, slots=True)
class Standing:
    """One category's level at one time; None means not assessed."""

    as_of: datetime
    level: int | None
    at_least: bool
    trend: str


def put(conn: Connection, assessments: Sequence[Assessment]) -> None:
    """Keep the assessments; the same id again overwrites."""
    kept = {item.id: item for item in assessments}
    upsert(
        conn,
        schema.assessments,
        [
            {
                "id": item.id,
                "place": item.place,
                "as_of": item.as_of,
                "overall": item.overall,
                "body": pack(item),
            }
            for item in kept.values()
        ],
    )
    for some in chunks(kept):
        conn.execute(sa.delete(schema.levels).where(schema.levels.c.assessment.in_(some)))
    rows = [
        {
            "assessment": item.id,
            "category": level.category.value,
            "place": item.place,
            "as_of": item.as_of,
            "level": level.level,
            "at_least": level.at_least,
            "trend": level.trend,
        }
        for item in kept.values()
        for level in item.levels
    ]
    if rows:
        conn.execute(sa.insert(schema.levels), rows)
    place_levels.put(conn, kept.values())


def get(conn: Connection, assessment_id: str) -> Assessment:
    """One assessment by its id; raises NotFound."""
    table = schema.assessments
    body = conn.execute(sa.select(table.c.body).where(table.c.id == assessment_id)).scalar()
    if body is None:
        raise NotFound(f"no assessment {assessment_id!r}")
    return unpack(Assessment, body)


def kept(conn: Connection, assessment_id: str) -> bool:
    """Whether an assessment of this id is kept."""
    query = sa.select(schema.assessments.c.id).where(schema.assessments.c.id == assessment_id)
    return conn.execute(query).first() is not None


def latest(
    conn: Connection, places: Iterable[str] | None = None, as_of: datetime | None = None
) -> dict[str, Assessment]:
    """The newest assessment of each place (all places, if none is named) up to `as_of`."""
    table = schema.assessments
    known = sa.select(table.c.place).distinct() if places is None else None
    named = list(conn.execute(known).scalars()) if known is not None else places or ()
    found: dict[str, Assessment] = {}
    for some in chunks(named):
        ids = [one for one in conn.execute(_newest(some, as_of)).scalars() if one is not None]
        query = sa.select(table.c.place, table.c.body).where(table.c.id.in_(ids))
        found |= {row.place: unpack(Assessment, row.body) for row in conn.execute(query)}
    return found


def _newest(places: Sequence[str], as_of: datetime | None) -> sa.Select[Any]:
    """The id of each place's newest assessment: one step down the index (place, as_of) a place,
    however many assessments it has."""
    table = schema.assessments
    asked = sa.values(sa.column("place", sa.Text), name="asked").data([(p,) for p in places])
    wanted = asked.cte("wanted")
    mine = sa.select(table.c.id).where(table.c.place == wanted.c.place)
    if as_of is not None:
        mine = mine.where(table.c.as_of <= as_of)
    newest = mine.order_by(table.c.as_of.desc(), table.c.id.desc()).limit(1)
    return sa.select(newest.correlate(wanted).scalar_subquery()).select_from(wanted)


def history(conn: Connection, place: str, since: datetime | None = None) -> list[Assessment]:
    """A place's assessments since then, oldest first."""
    table = schema.assessments
    query = sa.select(table.c.body).where(table.c.place == place)
    if since is not None:
        query = query.where(table.c.as_of >= since)
    query = query.order_by(table.c.as_of, table.c.id)
    return [unpack(Assessment, body) for body in conn.execute(query).scalars()]


def levels(
    conn: Connection, place: str, category: Category, since: datetime | None = None
) -> list[Standing]:
    """A category's levels at a place since then, oldest first."""
    table = schema.levels
    query = sa.select(table).where(table.c.place == place, table.c.category == category.value)
    if since is not None:
        query = query.where(table.c.as_of >= since)
    return [
        Standing(row.as_of, row.level, row.at_least, row.trend)
        for row in conn.execute(query.order_by(table.c.as_of))
    ]
