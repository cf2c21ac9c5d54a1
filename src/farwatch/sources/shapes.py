"""Shapes of feeds as Geometry: GeoJSON positions and rings, circles, what crosses the date line."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from shapely import GEOSException, Polygon, box, make_valid
from shapely.affinity import translate
from shapely.ops import unary_union

from farwatch.model.place import Geometry

Point = tuple[float, float]  # lat, lon
Ring = tuple[Point, ...]

KM_PER_DEGREE = 111.195  # of latitude, on a sphere of 6,371 km
MANY_POINTS = 2000  # more than these, and an area is simplified
_TOLERANCE = 0.5 / KM_PER_DEGREE
_CORNERS = 36  # of a circle drawn as a ring


def number(value: object) -> float:
    """A finite JSON number; ValueError with the value for anything else (true, "7", NaN)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is not a number")
    try:
        plain = float(value)
    except OverflowError as error:
        raise ValueError("it has more digits than a number can hold") from error
    if not math.isfinite(plain):
        raise ValueError(f"{value!r} is not a finite number")
    return plain


def position(value: object) -> Point:
    """A GeoJSON position [lon, lat, ...] as (lat, lon), longitudes brought into -180..180.

    Raises ValueError with the value if it is no position on the earth.
    """
    if not isinstance(value, list) or len(value) < 2:
        raise ValueError(f"{str(value)[:60]!r} is no position")
    lon, lat = number(value[0]), number(value[1])
    if not (-90 <= lat <= 90 and -360 <= lon <= 360):
        raise ValueError(f"longitude {lon}, latitude {lat} is not on the earth")
    return lat, (lon if -180 <= lon <= 180 else wrapped(lon))


def wrapped(lon: float) -> float:
    """A longitude brought into -180..180."""
    return (lon + 180) % 360 - 180


def point_lists(geometry: Mapping[str, Any]) -> list[Ring]:
    """The outer point list of every part of a GeoJSON Polygon or MultiPolygon, as they stand.

    Raises ValueError if it is neither, holds no list, or a position is not on the earth.
    """
    form, coordinates = geometry.get("type"), geometry.get("coordinates")
    if form not in ("Polygon", "MultiPolygon") or not isinstance(coordinates, list):
        raise ValueError(f"{form!r} is no polygon")
    lists = []
    for polygon in [coordinates] if form == "Polygon" else coordinates:
        if not isinstance(polygon, list) or not polygon or not isinstance(polygon[0], list):
            raise ValueError(f"{form} holds no ring")
        lists.append(tuple(position(point) for point in polygon[0]))
    return lists


def outer_rings(geometry: Mapping[str, Any]) -> list[Ring]:
    """The outer rings of a GeoJSON Polygon or MultiPolygon; ValueError if it is neither or broken.

    Holes are left out: a site in a hole is warned once too often, never once too few.
    """
    rings = point_lists(geometry)
    for ring in rings:
        if len(ring) < 4 or ring[0] != ring[-1]:
            raise ValueError(f"ring of {len(ring)} points is not closed")
    return rings


def circle(lat: float, lon: float, radius_km: float) -> Ring:
    """A circle as a closed ring, for an area that has other parts too."""
    north = radius_km / KM_PER_DEGREE
    east = north / max(math.cos(math.radians(lat)), 0.01)
    turns = [2 * math.pi * step / _CORNERS for step in range(_CORNERS)]
    ring = [
        (
            min(90.0, max(-90.0, lat + north * math.sin(turn))),
            wrapped(lon + east * math.cos(turn)),
        )
        for turn in turns
    ]
    return (*ring, ring[0])


def distance_km(one: Point, other: Point) -> float:
    """Great-circle distance of two (lat, lon) in km (haversine, sphere of 6,371 km)."""
    (lat1, lon1), (lat2, lon2) = one, other
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((phi2 - phi1) / 2) ** 2
    half += math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * 6371.0 * math.asin(min(1.0, math.sqrt(half)))


def area(rings: Iterable[Ring], point: Point | None = None) -> Geometry:
    """An area of outer rings; `point` is taken as its point if it lies inside.

    A ring that crosses the date line is cut there in two, so that no ring spans the world. Rings
    without extent come down to a point. An area of very many points is drawn with fewer, its edge
    moving by half a kilometre at most. ValueError if there are no rings.
    """
    cut = [part for ring in rings for part in _cut(ring)]
    if not cut:
        raise ValueError("an area needs a ring")
    if sum(map(len, cut)) > MANY_POINTS:
        cut = [_simpler(ring) for ring in cut]
    solid = [_solid(ring) for ring in cut]
    if not any(shape.area for shape in solid):
        lat, lon = cut[0][0]
        return Geometry(lat, lon)
    rings_kept = tuple(ring for ring, shape in zip(cut, solid, strict=True) if shape.area)
    largest = max(solid, key=lambda shape: float(shape.area))
    if point is not None and any(shape.covers(_dot(point)) for shape in solid):
        return Geometry(*point, rings=rings_kept)
    inside = largest.representative_point()
    return Geometry(float(inside.y), float(inside.x), rings=rings_kept)


def around(points: Sequence[Point]) -> Geometry:
    """The circle round the mean of some points that holds them all."""
    if len(points) == 1:
        return Geometry(*points[0])
    lat = sum(lat for lat, _ in points) / len(points)
    first = points[0][1]
    lon = wrapped(first + sum(wrapped(lon - first) for _, lon in points) / len(points))
    return Geometry(lat, lon, max(distance_km((lat, lon), point) for point in points))


def _dot(point: Point) -> Any:
    from shapely import Point as Dot

    return Dot(point[1], point[0])


def _solid(ring: Ring) -> Any:
    """The ring as a valid shapely shape (x is longitude), its area zero if it has no extent."""
    try:
        shape = Polygon([(lon, lat) for lat, lon in ring])
        return shape if shape.is_valid else make_valid(shape)
    except GEOSException:
        return Polygon()


def _simpler(ring: Ring) -> Ring:
    shape: Any = Polygon([(lon, lat) for lat, lon in ring]).simplify(_TOLERANCE)
    simple = tuple((float(y), float(x)) for x, y in shape.exterior.coords)
    return simple if len(simple) >= 4 else ring


def _cut(ring: Ring) -> list[Ring]:
    """The ring itself, or its parts west and east of the date line where it crosses that."""
    if all(abs(b[1] - a[1]) <= 180 for a, b in pairwise(ring)):
        return [ring]
    lons = [ring[0][1]]
    for (_, before), (_, after) in pairwise(ring):
        lons.append(lons[-1] + wrapped(after - before))
    if abs(lons[-1] - lons[0]) > 1e-6:  # it goes round a pole: no cut makes that a plain ring
        return [ring]
    whole = _solid(tuple((lat, lon) for (lat, _), lon in zip(ring, lons, strict=True)))
    parts: list[Ring] = []
    for turn in (-360, 0, 360):
        part = whole.intersection(box(turn - 180, -90, turn + 180, 90))
        parts += _rings_of(translate(part, xoff=-turn))
    return parts or [ring]


def _rings_of(shape: Any) -> list[Ring]:
    pieces = getattr(unary_union([shape]), "geoms", [shape])
    return [
        tuple((float(y), min(180.0, max(-180.0, float(x)))) for x, y, *_ in piece.exterior.coords)
        for piece in pieces
        if piece.geom_type == "Polygon" and not piece.is_empty
    ]
