"""Battle deaths by month in the parts of a country: admin-1s by GED's names, PRIO-GRID cells.

A death counts in the month its event ended, as the country panels count it; events located no
better than an admin-1 count in no cell, those no better than a country in neither.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from farwatch.foresee.forecast.happenings import LOCATED, Happenings, time_of
from farwatch.foresee.grid import Floats, Ints, sphere

BATTLE = 1  # GED's type_of_violence: state-based
ADMIN1 = 4  # where_prec up to an admin-1
_NEAR_KM = 75.0  # a neighbour's weight falls to 1/e at this distance
_NEAR_LEAST = 1e-3


@dataclass(frozen=True, eq=False)
class Panel:
    """Deaths by (place, month). `first` is the first month, months since January 1970.

    `since` is each place's first month with an event (as a column; the width for none): an admin-1
    is not known to exist before. `near` (place, place) weighs the neighbours, 0 for itself; None
    where places have no fixed position. `elsewhere` counts the deaths that lie in no place.
    """

    names: tuple[str, ...]
    first: int
    deaths: Floats
    since: Ints
    near: Floats | None
    elsewhere: float

    @property
    def width(self) -> int:
        """How many months."""
        return int(self.deaths.shape[1])


def month_of(day: float) -> int:
    """The month a day lies in, in months since January 1970."""
    when = time_of(day)
    return (when.year - 1970) * 12 + when.month - 1


def admin1s(events: Happenings, today: float) -> Panel:
    """The panel of admin-1s, "ged-adm1:<name>", of all whole months before `today`."""
    mine = _battles(events, today)
    placed = (mine.where <= ADMIN1) & (mine.admin1 != "")
    names = tuple(sorted(set(mine.admin1[placed])))
    number = {name: i for i, name in enumerate(names)}
    rows = [number[n] if here else -1 for n, here in zip(mine.admin1, placed, strict=True)]
    titles = tuple(f"ged-adm1:{name}" for name in names)
    return _panel(mine, np.array(rows, dtype=np.int64), titles, today)


def cells(events: Happenings, gids: Ints, today: float) -> Panel:
    """The panel of PRIO-GRID cells, "priogrid:<gid>", of all whole months before `today`."""
    mine = _battles(events, today)
    order = np.argsort(gids)
    at = np.searchsorted(gids, gid_of(mine.lat, mine.lon), sorter=order)
    row = order[np.minimum(at, len(gids) - 1)]
    placed = (mine.where <= LOCATED) & (gids[row] == gid_of(mine.lat, mine.lon))
    names = tuple(f"priogrid:{gid}" for gid in gids.tolist())
    panel = _panel(mine, np.where(placed, row, -1), names, today)
    points = sphere(*centre_of(gids))
    km = np.linalg.norm(points[:, None] - points[None], axis=2)
    near = np.where(km > 0, np.exp(-km / _NEAR_KM), 0.0)
    near[near < _NEAR_LEAST] = 0.0
    since = np.zeros(len(gids), dtype=np.int64)  # a cell is there before anything happens in it
    return Panel(names, panel.first, panel.deaths, since, near, panel.elsewhere)


def gid_of(lat: Floats, lon: Floats) -> Ints:
    """PRIO-GRID's number of the half-degree cell that holds a point (Tollefsen et al. 2012)."""
    row = np.clip(np.floor((lat + 90) * 2), 0, 359).astype(np.int64)
    column = np.clip(np.floor((lon + 180) * 2), 0, 719).astype(np.int64)
    return np.asarray(row * 720 + column + 1)


def centre_of(gids: Ints) -> tuple[Floats, Floats]:
    """Latitude and longitude of cells' centres."""
    row, column = (gids - 1) // 720, (gids - 1) % 720
    return np.asarray(row / 2 - 89.75), np.asarray(column / 2 - 179.75)


def _battles(events: Happenings, today: float) -> Happenings:
    known = events.known_by(today)
    return known.take(known.sort == BATTLE)


def _panel(events: Happenings, row: Ints, names: tuple[str, ...], today: float) -> Panel:
    last = month_of(today)  # the running month is not whole
    month = np.array([month_of(day - 1) for day in events.known], dtype=np.int64)
    first = int(month.min()) if len(month) else last
    width = max(last - first, 0)
    whole = (row >= 0) & (month < last)
    at = row[whole] * width + month[whole] - first
    flat = np.zeros(len(names) * width)
    np.add.at(flat, at, events.deaths[whole])
    since = np.full(len(names), width, dtype=np.int64)
    np.minimum.at(since, row[whole], month[whole] - first)
    lost = float(events.deaths[(row < 0) & (month < last)].sum())
    return Panel(names, first, flat.reshape(len(names), width), since, None, lost)
