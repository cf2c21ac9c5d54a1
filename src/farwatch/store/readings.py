"""Readings: what was understood of each statement's current version, searchable for merging.

A statement's name in readings, judgements and events is `source + "\\t" + key`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.event import Reading
from farwatch.model.kinds import Kind
from farwatch.store import schema, search_queue
from farwatch.store.bodies import pack, unpack
from farwatch.store.rows import chunks

# A degree of latitude on the mean sphere of 6,371 km.
KM_A_DEGREE = 111.195
# A centimetre more, in degrees: rounding leaves no one at the edge out.
_ROUNDING = 1e-7
# Places known no better than this are matched by country, not by distance.
_COARSE = ("admin1", "country", "region")


@dataclass(frozen=True, slots=True)
class Search:
    """Which readings could tell of the same happening.

    Those of the `kinds` (empty: any) that start in [since, until] and, if a point is given, lie in
    the box of `km` around it; with a `country`, those known only as coarsely as an admin-1 of that
    country as well. A country alone searches all of it; neither searches everywhere.
    """

    since: datetime
    until: datetime
    kinds: tuple[Kind, ...] = ()
    lat: float | None = None
    lon: float | None = None
    km: float = 0.0
    country: str | None = None


def name(source: str, key: str) -> str:
    """A statement's name."""
    return f"{source}\t{key}"


def put(conn: Connection, readings: Sequence[Reading]) -> None:
    """Replace the readings of every statement that occurs in `readings`.

    The parts of one statement keep their order.
    """
    drop(conn, (name(reading.report.source, reading.report.key) for reading in readings))
    parts: dict[tuple[str, str], int] = {}
    rows = []
    for reading in readings:
        statement = (reading.report.source, reading.report.key)
        part = parts[statement] = parts.get(statement, -1) + 1
        rows.append(_row(reading, part))
    if rows:
        conn.execute(sa.insert(schema.readings), rows)
        search_queue.mark(conn, search_queue.REPORT, (name(*one) for one in parts))


def drop(conn: Connection, statements: Iterable[str]) -> None:
    """Forget the readings of these statements (withdrawn, or read as nothing now)."""
    table = schema.readings
    for source, keys in _by_source(statements).items():
        for some in chunks(keys):
            conn.execute(sa.delete(table).where(table.c.source == source, table.c.key.in_(some)))


def candidates(conn: Connection, search: Search, limit: int = 10_000) -> list[Reading]:
    """Readings that the search admits, earliest start first."""
    table = schema.readings
    query = sa.select(table.c.body).where(table.c.start.between(search.since, search.until))
    if search.kinds:
        query = query.where(table.c.kind.in_([kind.value for kind in search.kinds]))
    where = _where(search)
    if where is not None:
        query = query.where(where)
    query = query.order_by(table.c.start, table.c.source, table.c.key, table.c.part).limit(limit)
    return [_read(body) for body in conn.execute(query).scalars()]


def by_statements(conn: Connection, statements: Iterable[str]) -> dict[str, tuple[Reading, ...]]:
    """The readings of each statement, by its name; a statement without any is left out."""
    table = schema.readings
    found: dict[str, list[Reading]] = {}
    for source, keys in _by_source(statements).items():
        for some in chunks(keys):
            query = (
                sa.select(table.c.key, table.c.body)
                .where(table.c.source == source, table.c.key.in_(some))
                .order_by(table.c.key, table.c.part)
            )
            for key, body in conn.execute(query):
                found.setdefault(name(source, key), []).append(_read(body))
    return {statement: tuple(parts) for statement, parts in found.items()}


@lru_cache(maxsize=8_192)
def _read(body: str) -> Reading:
    """What a row holds. A busy place's readings are searched again with every report on it, and
    reading them from JSON was a third of a long collect's time."""
    return unpack(Reading, body)


def _row(reading: Reading, part: int) -> dict[str, Any]:
    report = reading.report
    start = reading.happened.start if reading.happened else report.published or report.received
    place = reading.place
    return {
        "source": report.source,
        "key": report.key,
        "part": part,
        "report": report.id,
        "kind": reading.kind.value,
        "start": start,
        "precision": place.precision.value if place else None,
        "lat": place.geometry.lat if place else None,
        "lon": place.geometry.lon if place else None,
        "radius_km": place.geometry.radius_km if place else None,
        "country": place.country if place else None,
        "admin1": place.admin1 if place else None,
        "body": pack(reading),
    }


def _where(search: Search) -> sa.ColumnElement[bool] | None:
    table = schema.readings
    country = None if search.country is None else table.c.country == search.country
    if search.lat is None or search.lon is None:
        return country
    box = _box(search.lat, search.lon, search.km)
    if country is None:
        return box
    return sa.or_(box, sa.and_(country, table.c.precision.in_(_COARSE)))


def _box(lat: float, lon: float, km: float) -> sa.ColumnElement[bool]:
    """A box of latitude and longitude that holds the circle, across the date line and the poles."""
    table = schema.readings
    high = km / KM_A_DEGREE + _ROUNDING
    rows = table.c.lat.between(lat - high, lat + high)
    # The circle's widest parallel lies off its centre: asin(sin r / cos lat), all longitudes
    # where the circle holds a pole.
    shrink = math.cos(math.radians(lat))
    reach = math.sin(math.radians(min(high, 90.0)))
    if abs(lat) + high >= 90 or reach >= shrink:
        return rows
    wide = math.degrees(math.asin(reach / shrink))
    west, east = lon - wide, lon + wide
    columns: sa.ColumnElement[bool] = table.c.lon.between(west, east)
    if west < -180:
        columns = sa.or_(columns, table.c.lon >= west + 360)
    if east > 180:
        columns = sa.or_(columns, table.c.lon <= east - 360)
    return sa.and_(rows, columns)


def _by_source(statements: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for statement in statements:
        source, tab, key = statement.partition("\t")
        if not tab:
            raise ValueError(f"statement {statement!r} is not source, tab, key")
        found.setdefault(source, []).append(key)
    return found
