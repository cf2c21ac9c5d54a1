"""Names of towns for the map: the most populous of each part of what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from farwatch.desk.map_cells import Array, Box, resolution_at
from farwatch.desk.map_index import Cells, cells_of, parents
from farwatch.desk.opening import Desk
from farwatch.world.gazetteer import Gazetteer

_LEAST = 5_000  # people; smaller ones are named in the list, where something happens there
_MOST = 40
_ZOOM_APART = 1.2  # a name needs more room than a mark


@dataclass(frozen=True, slots=True)
class Town:
    """A populated place with its number of people."""

    name: str
    lat: float
    lon: float
    population: int


@dataclass(frozen=True, slots=True)
class _Towns:
    name: list[str]
    lat: Array
    lon: Array
    population: Array
    cell: Cells


def towns(desk: Desk, box: Box, zoom: float) -> tuple[Town, ...]:
    """Forty at most, the most populous first."""
    known = _known(desk.gazetteer)
    rows = np.flatnonzero(box.holds(known.lat, known.lon))
    rows = rows[np.argsort(-known.population[rows], kind="stable")]
    cells = parents(known.cell[rows], resolution_at(max(zoom - _ZOOM_APART, 0)))
    _, first = np.unique(cells, return_index=True)
    return tuple(
        Town(known.name[row], float(known.lat[row]), float(known.lon[row]),
             int(known.population[row]))
        for row in rows[np.sort(first)[:_MOST]]
    )  # fmt: skip


@lru_cache(maxsize=2)
def _known(gazetteer: Gazetteer) -> _Towns:
    """Read once a process, in about a second."""
    table = gazetteer.places(_LEAST)
    lat, lon = table["lat"].to_numpy(), table["lon"].to_numpy()
    return _Towns(
        table["name"].to_pylist(), lat, lon, table["population"].to_numpy(), cells_of(lat, lon)
    )
