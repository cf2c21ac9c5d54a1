"""Where an administrative unit lies, worked out from the places in it and the country's border."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from farwatch.world.candidates import unit_vectors
from farwatch.world.feature import Entry

_STEP = 0.2  # degrees of the grid that is dealt out to the nearest place's unit
_MAIN_PART = 0.6  # a country's largest part stands for it from this share of its area on


def centre(shape: Any) -> tuple[float, float]:
    """(lat, lon) that stands for a country: the middle of its largest part if that part is most."""
    parts = shapely.get_parts(shape)
    areas = shapely.area(parts)
    whole = parts[areas.argmax()] if areas.max() >= _MAIN_PART * areas.sum() else shape
    lat, lon = _grid(whole)
    if len(lat) < 10:
        point = shapely.point_on_surface(whole)
        return round(float(point.y), 5), round(float(point.x), 5)
    return round(float(lat.mean()), 5), _mean(lat, lon)[1]


def unit_centres(
    cities: Iterable[Entry], shapes: Mapping[str, Any]
) -> dict[str, tuple[float, float, int]]:
    """Code of each admin-1 and admin-2 unit with a place in it -> (lat, lon, population).

    An admin-1 unit's area is taken as the grid points of its country that lie nearest to one of
    its places; its centre is their mean. A unit without such a point, and every admin-2 unit, is
    at the mean of its places.
    """
    listed = list(cities)
    answer = {}
    for code, members in _grouped(listed).items():
        lat, lon = _mean(np.array([c.lat for c in members]), np.array([c.lon for c in members]))
        answer[code] = (lat, lon, sum(c.population for c in members))
    for code, (lat, lon) in _dealt(listed, shapes).items():
        answer[code] = (lat, lon, answer[code][2])
    return answer


def _grouped(cities: list[Entry]) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for city in cities:
        for code in (city.admin1, city.admin2):
            if code:
                groups.setdefault(code, []).append(city)
    return groups


def _mean(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> tuple[float, float]:
    x, y, z = unit_vectors(lat, lon).astype(float).mean(axis=0)
    lat_mean, lon_mean = np.degrees([np.arctan2(z, np.hypot(x, y)), np.arctan2(y, x)])
    return round(float(lat_mean), 5), round(float(lon_mean), 5)


def _dealt(cities: list[Entry], shapes: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    by_country: dict[str, list[Entry]] = {}
    for city in cities:
        if city.admin1:
            by_country.setdefault(city.country, []).append(city)
    answer = {}
    for country, members in by_country.items():
        if country not in shapes:
            continue
        lat, lon = _grid(shapes[country])
        if not len(lat):
            continue
        places = unit_vectors(
            np.array([c.lat for c in members]), np.array([c.lon for c in members])
        )
        nearest = cKDTree(places).query(unit_vectors(lat, lon))[1]
        codes = np.array([c.admin1 for c in members])[nearest]
        for code in np.unique(codes):
            answer[str(code)] = _mean(lat[codes == code], lon[codes == code])
    return answer


def _grid(shape: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    shapely.prepare(shape)
    found: list[NDArray[np.float64]] = []
    for part in shapely.get_parts(shape):
        west, south, east, north = part.bounds
        xs = np.arange(west + _STEP / 2, east, _STEP)
        ys = np.arange(south + _STEP / 2, north, _STEP)
        if not len(xs) * len(ys):
            continue
        lon, lat = (axis.ravel() for axis in np.meshgrid(xs, ys))
        shapely.prepare(part)
        inside = shapely.contains_xy(part, lon, lat)
        # Thin the meridians towards the poles, so that a point stands for the same area.
        weight = np.random.default_rng(0).random(len(lat)) < np.cos(np.radians(lat))
        found.append(np.stack([lat[inside & weight], lon[inside & weight]]))
    if not found:
        return np.array([]), np.array([])
    both = np.concatenate(found, axis=1)
    return both[0], both[1]
