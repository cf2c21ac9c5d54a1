"""Outlines the map draws, made at set-up: countries at two scales, admin-1 units by country.

Countries are Natural Earth's (world-atlas). No package carries admin-1 units by the codes that the
desk assesses (GeoNames'), so a unit is drawn as what lies nearer to one of its populated places
than to any other unit's, within its country: true to some kilometres where places are many, rough
in deserts, and the page says that it is approximate.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pycountry
import shapely
from numpy.typing import NDArray

from farwatch.errors import NotFound
from farwatch.world import borders, codes, gazetteer, topology

COARSE, FINE = "countries-coarse", "countries-fine"
_TOLERANCE = 0.03  # degrees; the triangle that a corner spans, not more than a pixel or two
_ISLET = 0.002  # square degrees, some 25 km2: smaller parts go, a country's largest stays
_DECIMALS = 2  # of a degree: 1.1 km
_STRAY = 3  # places that make a part of a unit one that is meant
_FEWEST = 2  # a country of one unit is its own outline
_RIM = 4.0  # degrees around the places, so that every bit of the country has a nearest one


@dataclass(frozen=True, slots=True)
class Outline:
    """A country or unit: its code ("ZM", "ZM.08"; "" where none is), name, shape with lon first."""

    code: str
    name: str
    shape: Any


def write(atlas: Path, folder: Path) -> int:
    """Write both scales of countries and `admin1/XX.json` as GeoJSON; how many files."""
    (folder / "admin1").mkdir(parents=True, exist_ok=True)
    _write(folder / f"{COARSE}.json", _countries(atlas / "countries-110m.json"))
    fine = simplified(_countries(atlas / "countries-10m.json"))
    _write(folder / f"{FINE}.json", fine)
    land = {one.code: one.shape for one in fine if one.code}
    places = gazetteer.open().places()
    country = np.array(places["country"])
    unit, lat, lon = (np.array(places[name]) for name in ("admin1", "lat", "lon"))
    count = 2
    for code in sorted(set(country) - {""}):
        rows = np.flatnonzero((country == code) & (unit != ""))
        shape = land.get(code) or _border(code)
        if shape is not None and len(set(unit[rows])) >= _FEWEST:
            _write(
                folder / "admin1" / f"{code}.json", admin1(shape, unit[rows], lat[rows], lon[rows])
            )
            count += 1
    return count


def _countries(path: Path) -> Iterator[Outline]:
    for number, name, shape in topology.countries(path):
        found = pycountry.countries.get(numeric=number) if number else None
        code = "XK" if name == "Kosovo" else found.alpha_2 if found else ""
        yield Outline(code, codes.country_name(code) if code else name, shape)


def _border(code: str) -> Any:
    try:
        return shapely.union_all(borders.open().polygons(code)).simplify(_TOLERANCE)
    except NotFound:
        return None


def simplified(outlines: Iterable[Outline]) -> list[Outline]:
    """The same with fewer corners; neighbours keep one common border."""
    given = list(outlines)
    shapes = [shapely.MultiPolygon(_polygons(one.shape)) for one in given]
    simple = shapely.coverage_simplify(shapes, _TOLERANCE)
    return [
        Outline(one.code, one.name, shapely.MultiPolygon(_large(_polygons(shape))))
        for one, shape in zip(given, simple, strict=True)
    ]


def _polygons(shape: Any) -> list[Any]:
    parts = shapely.get_parts(shape)
    return [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]


def _large(parts: list[Any]) -> list[Any]:
    most = max((part.area for part in parts), default=0.0)
    return [part for part in parts if part.area >= min(_ISLET, most)]


def admin1(
    land: Any, units: NDArray[Any], lats: NDArray[np.float64], lons: NDArray[np.float64]
) -> Iterator[Outline]:
    """The units of a country, drawn around its populated places within its land."""
    spots, first = np.unique(np.stack([lons, lats], axis=1).round(4), axis=0, return_index=True)
    frame = shapely.box(*land.bounds).buffer(_RIM)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(spots), extend_to=frame))
    point, cell = shapely.STRtree(cells).query(shapely.points(spots), predicate="intersects")
    owner = np.full(len(cells), "", dtype=object)
    owner[cell] = units[first][point]
    shapely.prepare(land)
    shapes = {
        unit: shapely.intersection(shapely.union_all(cells[owner == unit]), land)
        for unit in sorted(set(units))
    }
    names = gazetteer.open().admin1_names
    for unit, shape in _joined(shapes, shapely.points(spots)).items():
        if not shape.is_empty:
            yield Outline(unit, names.get(unit, unit), shape)


def _joined(shapes: dict[str, Any], spots: Any) -> dict[str, Any]:
    """Parts cut off from their unit go to the neighbour whom they touch most: a border that runs
    in between leaves parts without a place of their own, a wrong code in the table parts with one
    or two. What touches nobody, an island, stays."""
    tree = shapely.STRtree(spots)
    kept: dict[str, list[Any]] = {unit: [] for unit in shapes}
    astray: list[tuple[str, Any]] = []
    for unit, shape in shapes.items():
        parts = _polygons(shape)
        holds = [len(tree.query(part, predicate="intersects")) for part in parts]
        for part, count in zip(parts, holds, strict=True):
            if count >= min(_STRAY, max(holds)):
                kept[unit].append(part)
            else:
                astray.append((unit, part))
    for unit, part in astray:
        touch = {other: _common(part, parts) for other, parts in kept.items() if parts}
        most = max(touch, key=lambda other: touch[other], default=unit)
        kept[most if touch.get(most) else unit].append(part)
    return {unit: shapely.union_all(parts).simplify(_TOLERANCE / 3) for unit, parts in kept.items()}


def _common(part: Any, parts: list[Any]) -> float:
    near = [one for one in parts if shapely.dwithin(one, part, 1e-6)]
    return sum(float(shapely.length(shapely.intersection(part.buffer(1e-6), one))) for one in near)


def _write(path: Path, outlines: Iterable[Outline]) -> None:
    plain = {
        "type": "FeatureCollection",
        "features": [_feature(one) for one in outlines if not one.shape.is_empty],
    }
    path.write_text(json.dumps(plain, separators=(",", ":"), ensure_ascii=False), encoding="utf-8")


def _feature(one: Outline) -> dict[str, Any]:
    """GeoJSON; `at` is a point inside the largest part, where a name may stand."""
    parts = _polygons(one.shape)
    at = shapely.point_on_surface(max(parts, key=shapely.area))
    properties = {
        "code": one.code, "name": one.name, "area": round(float(one.shape.area), 2),
        "at": [round(at.x, 2), round(at.y, 2)],
    }  # fmt: skip
    polygons = [rings for part in parts if (rings := _rings(part))]
    geometry = {"type": "MultiPolygon", "coordinates": polygons}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _rings(part: Any) -> list[list[list[float]]]:
    made = []
    for ring in (part.exterior, *part.interiors):
        points = shapely.get_coordinates(ring).round(_DECIMALS)
        kept = np.r_[True, np.any(points[1:] != points[:-1], axis=1)]
        if kept.sum() >= 4:
            made.append(points[kept].tolist())
        elif ring is part.exterior:
            return []
    return made
