"""What stands beside the rates: published figures, live hazard warnings and outbreaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from farwatch.foresee.constants import Constants
from farwatch.foresee.grid import Floats, Grid, Ints, sphere
from farwatch.foresee.weigh import area_numbers, encoded, floats
from farwatch.model.kinds import CATEGORY, Category
from farwatch.model.place import EARTH_KM
from farwatch.model.report import Figure


def latest(
    figures: Sequence[Figure], series: Sequence[str], country: str | None, as_of: datetime
) -> Figure | None:
    """The newest value of the first series that is known for the country; None if none is."""
    for name in series:
        known = [f for f in figures if f.series == name and f.country == country]
        known = [f for f in known if f.period <= as_of]
        if known:
            return max(known, key=lambda f: f.period)
    return None


def step(value: float, bounds: Sequence[float]) -> int:
    """1 under the first bound, one more at each bound reached."""
    return 1 + sum(value >= bound for bound in bounds)


@dataclass(frozen=True, eq=False)
class Warnings:
    """Live hazard warnings or outbreaks, side by side, as the grid numbers places.

    `level` is what each lifts a place to; `unconfirmed` counts those left out because they are
    neither official nor of credibility 1 or 2.
    """

    id: tuple[str, ...]
    unconfirmed: int
    level: Ints
    lat: Floats
    lon: Floats
    radius: Floats
    admin1: Ints
    country: Ints

    def over(self, grid: Grid, cells: Ints, *, whole: bool, disc_km: float) -> Ints:
        """For each of the cells the number of the highest warning that reaches it, -1 for none.

        A circle reaches a cell whose centre lies in it or within the disc's radius of its centre;
        one known to an admin-1 reaches all its cells; one known to its country only with `whole`.
        """
        best = np.full(len(cells), -1, dtype=np.int64)
        for one in self._rising(~np.isfinite(self.lat)):
            hit = (self.admin1[one] >= 0) & (grid.admin1[cells] == self.admin1[one])
            if whole and self.country[one] >= 0:
                hit |= grid.country[cells] == self.country[one]
            best[hit] = one
        pointed = self._rising(np.isfinite(self.lat))
        if len(pointed) and len(cells):
            tree = cKDTree(sphere(grid.lat[cells], grid.lon[cells]))
            # The tree measures straight through the earth, a radius along its surface.
            along = np.minimum(np.maximum(self.radius[pointed], disc_km) / EARTH_KM, np.pi)
            reach = 2 * EARTH_KM * np.sin(along / 2)
            at = sphere(self.lat[pointed], self.lon[pointed])
            for one, hits in zip(pointed, tree.query_ball_point(at, reach), strict=True):
                rows = np.array(hits, dtype=np.int64)
                lower = (best[rows] < 0) | (self.level[best[rows]] <= self.level[one])
                best[rows[lower]] = one
        return best

    def _rising(self, chosen: NDArray[np.bool_]) -> Ints:
        """Numbers of the chosen warnings, lowest level first."""
        rows = np.flatnonzero(chosen)
        return rows[np.argsort(self.level[rows], kind="stable")]


def warnings(
    events: pa.Table, category: Category, grid: Grid, as_of: datetime, constants: Constants
) -> Warnings:
    """The warnings of a category (hazard or health) that live at `as_of`.

    One lives from its start until it expires, or for `warning_days` where it states no end.
    """
    live = _live(events, category, as_of, constants.warning_days[category.value])
    severity = events["severity"].to_numpy()
    lift = np.zeros(6, dtype=np.int64)
    for number, level in constants.warning_level.items():
        lift[number] = level
    live &= lift[severity] > 0
    sure = np.asarray(events["official"].to_numpy(), dtype=bool)
    sure |= events["credibility"].to_numpy() <= 2
    keep = np.flatnonzero(live & sure)
    chosen = events.take(pa.array(keep))
    words, precision = encoded(chosen["precision"])
    pointed = np.array([word in ("point", "city", "admin2") for word in words] + [False])[precision]
    wide = np.array([word == "country" for word in words] + [False])[precision]
    lat, lon, radius = (floats(chosen, name) for name in ("lat", "lon", "radius_km"))
    pointed &= np.isfinite(lat) & np.isfinite(lon)
    country, admin1 = area_numbers(chosen, grid)
    admin1 = np.where(pointed | wide, -1, admin1)
    return Warnings(
        id=tuple(chosen["id"].to_pylist()),
        unconfirmed=int((live & ~sure).sum()),
        level=lift[severity[keep]],
        lat=np.where(pointed, lat, np.nan),
        lon=np.where(pointed, lon, np.nan),
        radius=np.nan_to_num(radius, nan=0.0),
        admin1=admin1,
        country=np.where(pointed | (admin1 >= 0), -1, country),
    )


def _live(events: pa.Table, category: Category, as_of: datetime, days: float) -> NDArray[np.bool_]:
    words, code = encoded(events["kind"])
    kinds = {kind.value for kind, counted in CATEGORY.items() if counted == category}
    counted = [word in kinds for word in words]
    kind = np.array([*counted, False])[code]
    words, code = encoded(events["category"])
    stated = np.array([*(word == category.value for word in words), False])[code]
    mine = np.where(code >= 0, stated, kind)
    start = np.asarray(events["start"].cast(pa.int64()).to_numpy())
    end = np.asarray(pc.fill_null(events["expires"].cast(pa.int64()), -1).to_numpy())
    end = np.where(end < 0, start + round(days * 86_400e6), end)
    now = round(as_of.timestamp() * 1e6)
    return np.asarray(mine & (start <= now) & (now < end), dtype=bool)
