"""Live events near a point or in a country, without their bodies, nearest first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.account import Scope
from farwatch.model.event import State
from farwatch.model.place import EARTH_KM
from farwatch.store import schema
from farwatch.store.event_lists import seen

_DEGREE_KM = math.pi * EARTH_KM / 180
_TABLE = schema.events
Point = tuple[float, float]  # latitude, longitude


@dataclass(frozen=True, slots=True)
class Near:
    """A live event and its distance in km from where it is looked for; None: it has no point."""

    id: str
    kind: str
    severity: int
    title: str
    precision: str
    radius_km: float | None
    last_reported: datetime
    km: float | None


def around(conn: Connection, point: Point, km: float, at: datetime, scope: Scope) -> list[Near]:
    """The events live at `at` that happened within `km` of a point, as far as their point is
    known."""
    lat, lon = point
    dlat = km / _DEGREE_KM
    dlon = min(180.0, dlat / max(math.cos(math.radians(min(89.0, abs(lat) + dlat))), 0.01))
    columns = (_TABLE.c.lat.between(lat - dlat, lat + dlat), *_beside(lon, dlon))
    found = _chosen(conn, columns, at, scope, point)
    return [one for one in found if one.km is not None and one.km <= km]


def within(
    conn: Connection, unit: tuple[str, str | None], at: datetime, scope: Scope, point: Point
) -> list[Near]:
    """The events live at `at` in a country or one of its admin-1 units ("ZM", "08"); distances are
    from the point given."""
    country, admin1 = unit
    where: list[sa.ColumnElement[bool]] = [_TABLE.c.country == country]
    if admin1 is not None:
        where.append(_TABLE.c.admin1 == admin1)
    return _chosen(conn, where, at, scope, point)


def _beside(lon: float, width: float) -> list[sa.ColumnElement[bool]]:
    """Within so many degrees, also over the antimeridian."""
    if width >= 180:
        return []
    spans = [(lon + turn - width, lon + turn + width) for turn in (-360, 0, 360)]
    return [sa.or_(*(_TABLE.c.lon.between(*span) for span in spans))]


def _chosen(
    conn: Connection,
    where: Sequence[sa.ColumnElement[bool]],
    at: datetime,
    scope: Scope,
    point: Point,
) -> list[Near]:
    names = ("id", "kind", "severity", "title", "precision", "radius_km", "last_reported")
    query = sa.select(*(_TABLE.c[name] for name in names), _TABLE.c.lat, _TABLE.c.lon).where(
        *where,
        *seen(scope),
        _TABLE.c.state == State.LIVE.value,
        _TABLE.c.first_reported <= at,
        sa.or_(_TABLE.c.expires.is_(None), _TABLE.c.expires > at),
    )
    found = [
        Near(
            row.id, row.kind, row.severity, row.title, row.precision, row.radius_km,
            row.last_reported, _km(*point, row.lat, row.lon),
        )
        for row in conn.execute(query)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.km is None, one.km or 0.0, -one.severity, one.id))


def _km(lat: float, lon: float, other: float | None, away: float | None) -> float | None:
    if other is None or away is None:
        return None
    a, b = math.radians(lat), math.radians(other)
    half = (
        math.sin((b - a) / 2) ** 2
        + math.cos(a) * math.cos(b) * math.sin(math.radians(away - lon) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))
