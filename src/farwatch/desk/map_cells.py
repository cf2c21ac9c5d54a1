"""Points into marks: what shares an H3 cell is one mark, which tells how many and the worst."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from farwatch.desk.map_index import FINEST, Cells, parents

MOST_MARKS = 1_500  # of one answer, whatever is asked
_WIDEST_KM = 2_215.0  # across a cell of resolution 0
_SHRINK = math.sqrt(7)  # from one resolution to the next
_KM_A_PIXEL = 78.27  # at zoom 0 on the equator, 512-pixel tiles
_LEAST_PX = 42.0  # a cell is no narrower than a mark with its number

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Box:
    """What the map shows, in degrees. `west` > `east` goes over the antimeridian."""

    west: float = -180.0
    south: float = -90.0
    east: float = 180.0
    north: float = 90.0

    def holds(self, lat: Array, lon: Array) -> Array:
        """Which points lie inside; NaN lies nowhere."""
        high = (lat >= self.south) & (lat <= self.north)
        if self.west <= self.east:
            return np.asarray(high & (lon >= self.west) & (lon <= self.east))
        return np.asarray(high & ((lon >= self.west) | (lon <= self.east)))


@dataclass(frozen=True, slots=True)
class Marks:
    """Marks, one row each: its cell, how many points, the row of the worst, where it stands and
    the box (west, south, east, north) around its points."""

    cell: Cells
    count: Array
    worst: Array
    lat: Array
    lon: Array
    box: Array  # (n, 4)
    resolution: int


def resolution_at(zoom: float) -> int:
    """The finest resolution whose cells are wider than a mark at this zoom."""
    across = _WIDEST_KM * 2**zoom / _KM_A_PIXEL
    return max(0, min(FINEST, math.floor(math.log(across / _LEAST_PX) / math.log(_SHRINK))))


def gathered(cells: Cells, lat: Array, lon: Array, weight: Array, zoom: float) -> Marks:
    """Gather points by cell. `weight` says which is worst: the highest of a cell.

    Points are given by their finest cells. Where more cells are met than one answer may hold, the
    resolution is coarser.
    """
    resolution = resolution_at(zoom)
    while True:
        own = parents(cells, resolution)
        order = np.lexsort((-weight, own))
        own = own[order]
        starts = np.flatnonzero(np.r_[True, own[1:] != own[:-1]]) if len(own) else np.array([], int)
        if resolution == 0 or len(starts) <= MOST_MARKS:
            break
        resolution -= 1
    count = np.diff(np.r_[starts, len(own)])
    worst = order[starts]
    # Longitudes are taken from the worst's, so that a cell over the antimeridian has one middle.
    base = np.repeat(lon[worst], count)
    turned = base + (lon[order] - base + 180) % 360 - 180
    high = lat[order]
    if len(own) == 0:
        nothing = np.array([], dtype=float)
        return Marks(own, count, worst, nothing, nothing, np.empty((0, 4)), resolution)
    middle = np.add.reduceat(turned, starts) / count
    box = np.stack([
        np.minimum.reduceat(turned, starts), np.minimum.reduceat(high, starts),
        np.maximum.reduceat(turned, starts), np.maximum.reduceat(high, starts),
    ], axis=1)  # fmt: skip
    return Marks(
        own[starts], count, worst, np.add.reduceat(high, starts) / count,
        (middle + 180) % 360 - 180, box, resolution,
    )  # fmt: skip
