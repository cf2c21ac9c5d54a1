"""Live events near a point or in a country, without their bodies: the first some, and how many."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.account import Scope
from farwatch.model.event import State
from farwatch.model.place import EARTH_KM
from farwatch.store import schema
from farwatch.store.event_lists import seen

MOST = 100  # are told
COUNTED = 1_000  # a count goes no further
_DEGREE_KM = math.pi * EARTH_KM / 180
_TABLE = schema.events
Bounds = Sequence[sa.ColumnElement[bool]]
Point = tuple[float, float]  # latitude, longitude


@dataclass(frozen=True, slots=True)
class Near:
    """A live event and its distance in km from where it is looked for. What has a country has a
    point."""

    id: str
    kind: str
    severity: int
    title: str
    precision: str
    radius_km: float | None
    last_reported: datetime
    km: float
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The first events of those that were looked for, and how many there are; no more than
    `COUNTED` + 1 are counted."""

    events: tuple[Near, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Around:
    """Within so many km of a point, and, where a unit is given ("ZM", "08"), anywhere in it."""

    point: Point
    km: float
    unit: tuple[str, str] | None = None


def around(
    conn: Connection, where: Around, at: datetime, scope: Scope, apart: str | None = None
) -> Found:
    """The events live at `at` in the place, nearest first; `apart` is a site whose own are
    left out."""
    far = _far(where.point)
    here = [sa.and_(*_box(where), far <= where.km**2)]
    if where.unit is not None:
        country, admin1 = where.unit
        here.append(sa.and_(_TABLE.c.country == country, _TABLE.c.admin1 == admin1))
    bounds = [*_live(at), *seen(scope)]
    if apart is not None:
        reached = schema.exposures.c
        bounds.append(~sa.exists().where(reached.site == apart, reached.event == _TABLE.c.id))
    order = (far, _TABLE.c.severity.desc(), _TABLE.c.id)
    # Asked one by one and put together: an "or" of the two would go by no index.
    parts = [_first(conn, [one, *bounds], order, where.point) for one in here]
    told = sorted({one.id: one for part in parts for one in part}.values(), key=_nearest)
    full = any(len(part) == MOST for part in parts) or len(told) > MOST
    total = _count(conn, [[one, *bounds] for one in here]) if full else len(told)
    return Found(tuple(told[:MOST]), total)


def within(conn: Connection, country: str, at: datetime, scope: Scope, point: Point) -> Found:
    """The events live at `at` in a country, the most severe first, of these those reported last;
    distances are from the point given."""
    bounds = [_TABLE.c.country == country, *_live(at), *seen(scope)]
    order = (_TABLE.c.severity.desc(), _TABLE.c.last_reported.desc(), _TABLE.c.id.desc())
    told = _first(conn, bounds, order, point)
    return Found(tuple(told), len(told) if len(told) < MOST else _count(conn, [bounds]))


def _first(conn: Connection, bounds: Bounds, order: Sequence[Any], point: Point) -> list[Near]:
    names = (
        "id", "kind", "severity", "title", "precision", "radius_km", "last_reported", "lat", "lon",
        "restricted",
    )  # fmt: skip
    query = sa.select(*(_TABLE.c[name] for name in names))
    return [
        Near(
            row.id, row.kind, row.severity, row.title, row.precision, row.radius_km,
            row.last_reported, _km(*point, row.lat, row.lon), row.restricted,
        )
        for row in conn.execute(query.where(*bounds).order_by(*order).limit(MOST))
    ]  # fmt: skip


def _count(conn: Connection, of: Sequence[Bounds]) -> int:
    """How many events fit any of these bounds, no further than `COUNTED` + 1."""
    some = (sa.select(_TABLE.c.id).where(*one).limit(COUNTED + 1).subquery() for one in of)
    ids = sa.union(*(sa.select(one.c.id) for one in some)).subquery()
    found = conn.execute(sa.select(sa.func.count()).select_from(ids)).scalar_one()
    return min(int(found), COUNTED + 1)


def _nearest(one: Near) -> tuple[float, int, str]:
    return (one.km, -one.severity, one.id)


def _live(at: datetime) -> list[sa.ColumnElement[bool]]:
    return [
        _TABLE.c.state == State.LIVE.value,
        _TABLE.c.first_reported <= at,
        sa.or_(_TABLE.c.expires.is_(None), _TABLE.c.expires > at),
    ]


def _box(where: Around) -> list[sa.ColumnElement[bool]]:
    """The latitudes and longitudes that hold the circle: an index is asked by them."""
    lat, lon = where.point
    tall = where.km / _DEGREE_KM
    wide = min(180.0, tall / max(math.cos(math.radians(min(89.0, abs(lat) + tall))), 0.01))
    return [_TABLE.c.lat.between(lat - tall, lat + tall), *_beside(lon, wide)]


def _beside(lon: float, width: float) -> list[sa.ColumnElement[bool]]:
    """Within so many degrees, also over the antimeridian."""
    if width >= 180:
        return []
    spans = [(lon + turn - width, lon + turn + width) for turn in (-360, 0, 360)]
    return [sa.or_(*(_TABLE.c.lon.between(*span) for span in spans))]


def _far(point: Point) -> sa.ColumnElement[float]:
    """The square of the distance in km, in the database's own arithmetic, for not every SQLite
    knows a cosine: within 0.1 % for some hundred km, up to 80 degrees of latitude."""
    lat, lon = math.radians(point[0]), point[1]
    north = (_TABLE.c.lat - point[0]) * (math.pi / 180)
    turned = _TABLE.c.lon - lon
    east = sa.case((turned > 180, turned - 360), (turned < -180, turned + 360), else_=turned)
    # The cosine half way between the two, by its series about the point's own latitude.
    narrow = math.cos(lat) - math.sin(lat) / 2 * north - math.cos(lat) / 8 * north * north
    aside = narrow * east * (math.pi / 180)
    return (north * north + aside * aside) * EARTH_KM**2


def _km(lat: float, lon: float, other: float, away: float) -> float:
    a, b = math.radians(lat), math.radians(other)
    half = (
        math.sin((b - a) / 2) ** 2
        + math.cos(a) * math.cos(b) * math.sin(math.radians(away - lon) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))
