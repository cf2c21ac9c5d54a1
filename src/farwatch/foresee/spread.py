"""How far a happening is felt: the chance that it lies in a cell's disc, and in the ring around."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from farwatch.foresee.grid import Floats, Grid, Ints, numbered, sphere

# Uncertainty radii in km that are told apart; a radius counts as the nearest one above it.
RADII = (5.0, 12.5, 25.0, 50.0, 100.0)
_FINE, _COARSE = 0.01, 0.2  # degrees: points closer than this are one
# A radius holds nine happenings in ten: of a round normal, that is 2.146 standard deviations.
_NINE_IN_TEN = 2.146


@dataclass(frozen=True, eq=False)
class Spread:
    """`share` (cells x points): the chance that a happening at a point lies in a cell's disc.

    `point` is each happening's column.
    """

    share: csr_matrix
    point: Ints


@lru_cache(maxsize=16)
def _profile(radius: float, disc_km: float) -> tuple[Floats, Floats]:
    """Distances in km from 0 and the chance of lying within the disc at each.

    The distance of a round normal about a point at distance d is Rice's, so the chance is the
    noncentral chi-square distribution's, two degrees of freedom.
    """
    from scipy.stats import ncx2  # dear to import: only where it is used

    sigma = radius / _NINE_IN_TEN
    distance = np.linspace(0.0, disc_km + 3 * sigma, 200)
    chance = ncx2.cdf((disc_km / sigma) ** 2, 2, np.maximum((distance / sigma) ** 2, 1e-9))
    return distance, np.asarray(chance, dtype=float)


def disc(grid: Grid, lat: Floats, lon: Floats, radius: Floats, disc_km: float) -> Spread:
    """The disc's matrix for happenings at points with an uncertainty radius in km.

    A radius of 5 km and less is a point: it lies in the disc or it does not.
    """
    size = np.searchsorted(np.array(RADII), np.minimum(radius, RADII[-1]))
    key = _snap(lat, lon, _FINE) * len(RADII) + size
    distinct, point = numbered(key)
    first = np.zeros(len(distinct), dtype=np.int64)
    first[point[::-1]] = np.arange(len(point) - 1, -1, -1)
    rows, columns, shares = [], [], []
    for number, km in enumerate(RADII):
        chosen = np.flatnonzero(size[first] == number)
        if not len(chosen):
            continue
        at = first[chosen]
        reach = disc_km if number == 0 else float(_profile(km, disc_km)[0][-1])
        pairs = _pairs(grid, lat[at], lon[at], reach)
        share = (
            np.ones(len(pairs)) if number == 0 else np.interp(pairs["v"], *_profile(km, disc_km))
        )
        rows.append(pairs["i"])
        columns.append(chosen[pairs["j"]])
        shares.append(share)
    return Spread(_matrix(rows, columns, shares, (len(grid), len(first))), point)


def ring(grid: Grid, lat: Floats, lon: Floats, inner_km: float, outer_km: float) -> Spread:
    """The matrix of the ring between two distances: 1 inside it, on a raster of 0.2 degrees."""
    point = numbered(_snap(lat, lon, _COARSE))[1]
    count = np.maximum(np.bincount(point), 1) if len(point) else np.zeros(0)
    middle = [np.bincount(point, values) / count if len(point) else count for values in (lat, lon)]
    pairs = _pairs(grid, middle[0], middle[1], outer_km)
    pairs = pairs[pairs["v"] > inner_km]
    share = np.ones(len(pairs))
    return Spread(_matrix([pairs["i"]], [pairs["j"]], [share], (len(grid), len(count))), point)


def _snap(lat: Floats, lon: Floats, step: float) -> Ints:
    across = round(360 / step) + 1
    rows = np.round((lat + 90) / step).astype(np.int64)
    return rows * across + np.round((lon + 180) / step).astype(np.int64)


def _pairs(grid: Grid, lat: Floats, lon: Floats, reach: float) -> NDArray[np.void]:
    """Records (i: cell, j: point, v: km) of all that lie within `reach` km."""
    tree = cKDTree(sphere(lat, lon).reshape(-1, 3))
    found: NDArray[np.void] = grid.tree.sparse_distance_matrix(tree, reach, output_type="ndarray")
    return found


def _matrix(
    rows: list[NDArray[np.int64]],
    columns: list[NDArray[np.int64]],
    shares: list[Floats],
    shape: tuple[int, int],
) -> csr_matrix:
    if not rows:
        return csr_matrix(shape)
    values = np.concatenate(shares), (np.concatenate(rows), np.concatenate(columns))
    return csr_matrix(values, shape=shape)
