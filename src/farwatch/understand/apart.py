"""How far apart two readings stand in time and space, beyond what either leaves uncertain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from farwatch.model.event import Reading
from farwatch.model.place import Place, Precision
from farwatch.model.report import Span
from farwatch.understand.earth import distance_km

LOCAL = (Precision.POINT, Precision.CITY)
_COARSE_UNITS = ("day", "week", "month", "year")


def statement(reading: Reading) -> str:
    """The statement's name, as judgements and events keep it."""
    return f"{reading.report.source}\t{reading.report.key}"


def heard(reading: Reading) -> datetime:
    """When the publisher said it; where the format carries no time, when it was received."""
    return reading.report.published or reading.report.received


def span(reading: Reading) -> Span:
    """When it happened, as stated; else the hours before the report, as news comes at once."""
    if reading.happened is not None:
        return reading.happened
    return Span(heard(reading) - timedelta(hours=6), heard(reading), "hour")


def hours_apart(left: Reading, right: Reading) -> float:
    """Hours between the two times, 0 where they overlap; a stated day reaches to its end.

    A report is also never older than its happening: a stated day is cut at the report's own time.
    """
    (start_l, end_l), (start_r, end_r) = _bounds(left), _bounds(right)
    gap = max(start_l, start_r) - min(end_l, end_r)
    return max(0.0, gap.total_seconds() / 3600)


def _bounds(reading: Reading) -> tuple[datetime, datetime]:
    told = span(reading)
    end = told.end or told.start
    if told.precision in _COARSE_UNITS and reading.urgency != "Future":
        end = max(told.start, min(end, heard(reading)))
    return told.start, max(end, told.start)


def midpoint(reading: Reading) -> datetime:
    """One moment to sort and block by."""
    start, end = _bounds(reading)
    return min(start + (end - start) / 2, datetime(9000, 1, 1, tzinfo=UTC))


def km_apart(one: Place, other: Place) -> float:
    """Kilometres between two places beyond their radii; 0 where they overlap."""
    if one.geometry.rings or other.geometry.rings:
        return _km_of_rings(one, other)
    (a, b) = one.geometry, other.geometry
    return max(0.0, distance_km(a.lat, a.lon, b.lat, b.lon) - a.radius_km - b.radius_km)


def _km_of_rings(one: Place, other: Place) -> float:
    """Corner to corner, which is close enough for a window; 0 if one holds the other's point."""
    if _holds(one, other) or _holds(other, one):
        return 0.0
    return max(
        0.0,
        min(distance_km(*a, *b) for a in _corners(one) for b in _corners(other))
        - one.geometry.radius_km
        - other.geometry.radius_km,
    )


def _corners(place: Place) -> list[tuple[float, float]]:
    geometry = place.geometry
    if not geometry.rings:
        return [(geometry.lat, geometry.lon)]
    corners = [corner for ring in geometry.rings for corner in ring]
    return corners[:: max(1, len(corners) // 64)]


def _holds(area: Place, place: Place) -> bool:
    """Whether the place's point lies inside one of the area's rings (crossing number)."""
    lat, lon = place.geometry.lat, place.geometry.lon
    turns = (lon - 360, lon, lon + 360)
    return any(_inside(_unwound(ring), lat, x) for ring in area.geometry.rings for x in turns)


def _unwound(ring: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The ring with each edge the short way round, so that it stays whole over the antimeridian."""
    found = [ring[0]]
    for lat, lon in ring[1:]:
        before = found[-1][1]
        found.append((lat, before + (lon - before + 180) % 360 - 180))
    return found


def _inside(ring: Sequence[tuple[float, float]], lat: float, lon: float) -> bool:
    inside = False
    for (lat1, lon1), (lat2, lon2) in pairwise(ring):
        if (lat1 > lat) != (lat2 > lat) and lon < (lon2 - lon1) * (lat - lat1) / (
            lat2 - lat1
        ) + lon1:
            inside = not inside
    return inside
