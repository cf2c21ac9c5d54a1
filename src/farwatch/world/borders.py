"""Which country a coordinate lies in, from Natural Earth's 1:10m borders."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from farwatch.errors import NotFound, StoreError
from farwatch.world.gazetteer import BUILT

_KM_PER_DEGREE = 111.195
_TOUCHING_DEGREES = 0.02  # borders are simplified: neighbours may lie a little apart


class Borders:
    """Country polygons, cut at set-up into small pieces so that a million points take a second."""

    def __init__(self, folder: Path) -> None:
        try:
            codes = json.loads((folder / "borders.json").read_text(encoding="utf-8"))
            packed = np.load(folder / "borders.npz")
        except OSError as error:
            raise StoreError(
                f"borders in {str(folder)!r} are not there: run `farwatch world build`"
            ) from error
        self.codes: list[str] = codes
        self._pieces = shapely.from_ragged_array(
            shapely.GeometryType.POLYGON, packed["coords"], (packed["rings"], packed["polygons"])
        )
        self._owner: NDArray[np.int64] = packed["owner"]

    @cached_property
    def _tree(self) -> Any:
        shapely.prepare(self._pieces)
        return shapely.STRtree(self._pieces)

    def country_at(self, lats: ArrayLike, lons: ArrayLike) -> list[str | None]:
        """Alpha-2 of the country each point lies in; None at sea and where no state is."""
        lat, lon = np.atleast_1d(np.asarray(lats, float)), np.atleast_1d(np.asarray(lons, float))
        owner = np.full(len(lat), -1)
        point, piece = self._tree.query(shapely.points(lon, lat), predicate="intersects")
        owner[point[::-1]] = self._owner[piece[::-1]]
        return [self.codes[i] if i >= 0 else None for i in owner]

    def distance_to_country_km(self, lat: float, lon: float, alpha2: str) -> float:
        """Kilometres from a point to the nearest part of a country; 0 inside.

        Planar in degrees scaled at the point's latitude: within 1 % up to about 300 km. Raises
        NotFound for a code without a polygon.
        """
        pieces = self._of(alpha2)
        scale = np.array([max(np.cos(np.radians(lat)), 0.01), 1.0])
        here = shapely.Point(0, 0)
        best = np.inf
        for shift in (-360.0, 0.0, 360.0):
            origin = np.array([lon + shift, lat])
            near = pieces[_may_be_nearest(shapely.bounds(pieces), origin, scale)]
            moved = shapely.transform(near, _Plane(origin, scale))
            best = min(best, float(shapely.distance(moved, here).min()))
        return best * _KM_PER_DEGREE

    def within_km(
        self, lats: ArrayLike, lons: ArrayLike, alpha2: str, km: float
    ) -> NDArray[np.bool_]:
        """Which points lie within `km` of a country, by `distance_to_country_km`."""
        lat, lon = np.atleast_1d(np.asarray(lats, float)), np.atleast_1d(np.asarray(lons, float))
        tree = shapely.STRtree(self._of(alpha2))
        # A box in degrees that holds the circle: only what touches one is measured.
        high = np.minimum(np.abs(lat) + km / _KM_PER_DEGREE, 90.0)
        tall = km / _KM_PER_DEGREE
        wide = tall / np.maximum(np.cos(np.radians(high)), 0.01)
        close = np.zeros(len(lat), dtype=bool)
        for shift in (-360.0, 0.0, 360.0):
            boxes = shapely.box(lon + shift - wide, lat - tall, lon + shift + wide, lat + tall)
            close[tree.query(boxes)[0]] = True
        for row in np.flatnonzero(close):
            close[row] = self.distance_to_country_km(lat[row], lon[row], alpha2) <= km
        return close

    def neighbours(self, countries: Sequence[str | None]) -> NDArray[np.bool_]:
        """Who borders whom, (countries, countries): less than some two kilometres apart on land.

        An alpha-2 without a polygon, and None, border nobody.
        """
        piece, other = self._tree.query(
            self._pieces, predicate="dwithin", distance=_TOUCHING_DEGREES
        )
        touching = np.zeros((len(self.codes), len(self.codes)), dtype=bool)
        touching[self._owner[piece], self._owner[other]] = True
        np.fill_diagonal(touching, val=False)
        known = {code: number for number, code in enumerate(self.codes)}
        at = np.array([known.get(code, -1) if code else -1 for code in countries], dtype=np.int64)
        near = touching[np.ix_(at, at)]
        near[at < 0, :] = near[:, at < 0] = False
        return np.asarray(near)

    def polygons(self, alpha2: str) -> NDArray[Any]:
        """The pieces (shapely polygons, longitude first) of a country; raises NotFound."""
        return self._of(alpha2)

    def _of(self, alpha2: str) -> NDArray[Any]:
        if alpha2 not in self.codes:
            raise NotFound(f"no border is known for country {alpha2!r}")
        return np.asarray(self._pieces[self._owner == self.codes.index(alpha2)])


class _Plane:
    """Degrees to a plane around a point, in degrees of latitude."""

    def __init__(self, origin: NDArray[np.float64], scale: NDArray[np.float64]) -> None:
        self._origin, self._scale = origin, scale

    def __call__(self, coords: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray((coords - self._origin) * self._scale)


def _may_be_nearest(
    boxes: NDArray[np.float64], origin: NDArray[np.float64], scale: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which boxes (n, 4) may hold the piece nearest to a point: no other is surely nearer."""
    low, high = (boxes[:, :2] - origin) * scale, (boxes[:, 2:] - origin) * scale
    least = np.hypot(*np.maximum(np.maximum(low, -high), 0).T)
    most = np.hypot(*np.maximum(np.abs(low), np.abs(high)).T)
    nearest: NDArray[np.bool_] = least <= most.min()
    return nearest


@lru_cache(maxsize=4)
def open(path: Path | None = None) -> Borders:  # noqa: A001 - borders.open() reads as it is
    """The borders in `path`, or the built-in ones; raises StoreError if not compiled."""
    return Borders(BUILT if path is None else path)
