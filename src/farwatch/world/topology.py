"""TopoJSON to polygons: Natural Earth's countries as the world-atlas package ships them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import shapely.affinity
from numpy.typing import NDArray

from farwatch.errors import UnreadableFeed

_CELL = 5.0  # degrees: polygons are cut at this grid so that a point meets few edges


def countries(path: Path) -> Iterator[tuple[str | None, str, Any]]:
    """Each country: ISO numeric code as text or None, name, valid (multi)polygon, lon first.

    Raises UnreadableFeed if the file is no TopoJSON with an object `countries`.
    """
    try:
        topology = json.loads(path.read_text(encoding="utf-8"))
        shapes = topology["objects"]["countries"]["geometries"]
        arcs = _arcs(topology)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableFeed(str(path), f"is no TopoJSON of countries: {error!r}") from error
    for shape in shapes:
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        built = [_polygon(polygon, arcs) for polygon in polygons]
        whole = shapely.make_valid(shapely.union_all([p for p in built if not p.is_empty]))
        yield shape.get("id"), shape["properties"]["name"], whole


def _arcs(topology: dict[str, Any]) -> list[NDArray[np.float64]]:
    # Quantised and delta-encoded (TopoJSON specification 2.1.2 and 2.1.3).
    scale, shift = (np.array(topology["transform"][k]) for k in ("scale", "translate"))
    return [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in topology["arcs"]]


def _polygon(rings: list[list[int]], arcs: list[NDArray[np.float64]]) -> Any:
    lines = []
    for ring in rings:
        parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in ring]
        points = np.concatenate([parts[0], *(part[1:] for part in parts[1:])])
        if len(points) >= 4:
            lines.append(_unwrapped(points))
    if not lines:
        return shapely.Polygon()
    return _wrapped(shapely.make_valid(shapely.Polygon(lines[0], lines[1:])))


def _unwrapped(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """A ring whose longitudes run on past 180; one around a pole is closed through that pole."""
    lon = np.unwrap(points[:, 0], period=360)
    ring = np.stack([lon, points[:, 1]], axis=1)
    if abs(lon[-1] - lon[0]) > 180:
        pole = 90.0 if points[:, 1].mean() > 0 else -90.0
        ring = np.concatenate([ring, [[lon[-1], pole], [lon[0], pole], ring[0]]])
    return ring


def _wrapped(shape: Any) -> Any:
    """What lies past 180 degrees, cut off and moved back."""
    west, _, east, _ = shape.bounds
    if west >= -180 and east <= 180:
        return shape
    parts = []
    for shift in (-360.0, 0.0, 360.0):
        window = shapely.box(-180 + shift, -90, 180 + shift, 90)
        part = shapely.intersection(shape, window)
        parts.append(shapely.affinity.translate(part, -shift))
    return shapely.union_all(parts)


def cut(shape: Any) -> list[Any]:
    """The polygons of a shape, cut at a 5-degree grid."""
    pieces = []
    for part in shapely.get_parts(shape):
        if part.geom_type != "Polygon":
            continue
        west, south, east, north = np.floor(np.array(part.bounds) / _CELL) * _CELL
        xs, ys = np.arange(west, east + 1, _CELL), np.arange(south, north + 1, _CELL)
        if len(xs) * len(ys) == 1:
            pieces.append(part)
            continue
        boxes = [shapely.box(x, y, x + _CELL, y + _CELL) for x in xs for y in ys]
        for piece in shapely.get_parts(shapely.intersection(part, boxes)):
            pieces += [p for p in shapely.get_parts(piece) if p.geom_type == "Polygon"]
    return [piece for piece in pieces if not piece.is_empty]
