"""The nearest populated place, for one point or a million."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from farwatch.model.place import EARTH_KM

_WITHIN_COUNTRY = (1, 8, 32)  # how many neighbours are asked before giving up


class NearestPlaces:
    """A search tree over places; `country` numbers let a search keep within one country."""

    def __init__(
        self,
        rows: NDArray[np.int64],
        lat: NDArray[np.float64],
        lon: NDArray[np.float64],
        country: NDArray[Any],
    ) -> None:
        self._rows, self._country = rows, country
        self._tree = cKDTree(_vectors(lat, lon), balanced_tree=False, compact_nodes=False)

    def query(
        self, lat: NDArray[np.float64], lon: NDArray[np.float64], n: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Rows and great-circle km of the `n` nearest places of each point, both (points, n)."""
        n = min(n, len(self._rows))
        chord, found = self._tree.query(_vectors(lat, lon), k=[*range(1, n + 1)])
        return self._rows[found], 2 * EARTH_KM * np.arcsin(np.minimum(chord / 2, 1))

    def one(
        self,
        lat: NDArray[np.float64],
        lon: NDArray[np.float64],
        country: NDArray[Any] | None = None,
    ) -> NDArray[np.int64]:
        """Row of the nearest place, in the given country where one is given (0: any); -1: none."""
        points = _vectors(lat, lon)
        if country is None:
            return np.asarray(self._rows[self._tree.query(points)[1]])
        answer = np.full(len(points), -1, dtype=np.int64)
        open_points = np.arange(len(points))
        for count in _WITHIN_COUNTRY:
            if not len(open_points):
                break
            near = self._tree.query(points[open_points], k=[*range(1, count + 1)])[1]
            near = np.minimum(near, len(self._rows) - 1)
            wanted = country[open_points, None]
            fits = (self._country[near] == wanted) | (wanted == 0)
            first = fits.argmax(axis=1)
            hit = fits.any(axis=1)
            answer[open_points[hit]] = self._rows[near[hit, first[hit]]]
            open_points = open_points[~hit]
        return answer


def _vectors(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float64]:
    phi, lam = np.radians(lat), np.radians(lon)
    return np.stack((np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)), axis=-1)
