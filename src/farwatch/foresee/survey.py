"""Survey: the rates of every cell and category from one events table, and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from farwatch.foresee.constants import Constants, published
from farwatch.foresee.grid import Floats, Grid, Ints
from farwatch.foresee.rates import Rates
from farwatch.foresee.spread import Spread, disc, ring
from farwatch.foresee.weigh import CATEGORIES, RATED, Weighed, weigh
from farwatch.model.kinds import Category

_HIGH, _LOW = 0, 1
_NO_RATIOS: Mapping[str, float] = {}


@dataclass(frozen=True, eq=False)
class Ears:
    """How well each cell was listened to, 0-1, over the fast and the slow memory."""

    fast: Floats
    slow: Floats


@dataclass(frozen=True, eq=False)
class Survey:
    """The rates of every cell. `found` are the happenings they rest on, `events` their table."""

    grid: Grid
    as_of: datetime
    constants: Constants
    events: pa.Table
    found: Weighed
    rates: Mapping[Category, Rates]
    spread: Spread
    unforecast: Floats  # m1 of conflict as it would be without any forecast

    @cached_property
    def pointed(self) -> NDArray[np.int64]:
        """Numbers of the happenings that have a point, as the spread's columns count them."""
        return np.flatnonzero(self.found.located)

    def evidence(
        self, category: Category, cells: Ints, *, fast: bool, most: int
    ) -> tuple[str, ...]:
        """Ids of the events that weigh most in these cells' sum, heaviest first."""
        weight = self._aged(category, fast=fast)
        chance = np.zeros(len(self.found))
        felt = np.asarray(self.spread.share[cells].sum(axis=0)).ravel()
        chance[self.pointed] = felt[self.spread.point]
        admin1, country = self.grid.admin1[cells], self.grid.country[cells]
        wide = np.isin(self.found.admin1, admin1[admin1 >= 0])
        wide |= np.isin(self.found.country, country[country >= 0])
        chance[wide & ~self.found.located] = 1.0
        share = weight * chance
        order = np.argsort(-share, kind="stable")[:most]
        rows = self.found.row[order[share[order] > 1e-4]]
        return tuple(self.events["id"].take(pa.array(rows)).to_pylist())

    def _aged(self, category: Category, *, fast: bool) -> Floats:
        half = self.constants.half_lives[category]
        chosen = self.found.category == CATEGORIES.index(category)
        days = half.fast if fast else half.slow
        return np.where(chosen, self.found.weight * 2.0 ** (-self.found.age / days), 0.0)


def survey(
    events: pa.Table,
    grid: Grid,
    as_of: datetime,
    ears: Ears | None = None,
    *,
    credible: bool = False,
    ratios: Mapping[str, float] = _NO_RATIOS,
) -> Survey:
    """Rates of every cell of the grid at `as_of` from an EVENTS table; pure and set-wise.

    `ears` None means that nothing was missed. With `credible` only official events and those of
    credibility 1 or 2 count. `ratios` multiply m0 of conflict, by country (alpha-2). Raises
    InputError for a word or number outside its table.
    """
    constants = published()
    found = weigh(events, grid, as_of, constants, credible=credible)
    sums = _Sums(grid, found, constants)
    heard = ears or Ears(np.ones(len(grid)), np.ones(len(grid)))
    rates = {category: _rates(sums, i, category, heard) for i, category in enumerate(RATED)}
    plain = np.asarray(rates[Category.CONFLICT].m1)
    if ratios:
        rates[Category.CONFLICT] = _forecast(rates[Category.CONFLICT], grid, ratios, constants)
    return Survey(grid, as_of, constants, events, found, rates, sums.spread, plain)


class _Sums:
    """A_fast, A_slow and the ring's A_fast of every cell, apart for major and minor events.

    `fast`, `slow` and `near` have shape (cells, RATED, 2): major, then minor. `wide` is the slow
    sum of what is known to its country only, (countries, RATED, 2).
    """

    def __init__(self, grid: Grid, found: Weighed, constants: Constants) -> None:
        self.grid, self.constants = grid, constants
        self._column = _columns(found)
        quick, slow = (_aged(found, constants, fast=fast) for fast in (True, False))
        point = np.flatnonzero(found.located)
        where = found.lat[point], found.lon[point]
        self.spread = disc(grid, *where, found.radius[point], constants.disc_km)
        around = ring(grid, *where, constants.disc_km, constants.near_km)
        self.fast = self._felt(self.spread, point, quick)
        self.slow = self._felt(self.spread, point, slow)
        self.near = self._felt(around, point, quick) * constants.near_share
        self._add_admin1(found, quick, slow)
        wide = np.flatnonzero(found.country >= 0)
        self.wide = self._table(found.country[wide], wide, slow, len(grid.countries))

    def _felt(self, spread: Spread, point: Ints, weight: Floats) -> Floats:
        table = self._table(spread.point, point, weight, spread.share.shape[1])
        flat = spread.share @ table.reshape(-1, 2 * len(RATED))
        return np.asarray(flat, dtype=float).reshape(len(self.grid), len(RATED), 2)

    def _table(self, target: Ints, chosen: Ints, weight: Floats, size: int) -> Floats:
        """Sums of the chosen happenings' weights by target, category and class."""
        column = self._column[chosen]
        kept = column >= 0
        width = 2 * len(RATED)
        key = target[kept] * width + column[kept]
        total = np.bincount(key, weight[chosen][kept], minlength=size * width)
        return total.reshape(size, len(RATED), 2).astype(float)

    def _add_admin1(self, found: Weighed, quick: Floats, slow: Floats) -> None:
        wide = np.flatnonzero(found.admin1 >= 0)
        if not len(wide):
            return
        share = self.grid.admin1_share(self.constants.disc_km)[:, None, None]
        row = np.maximum(self.grid.admin1, 0)
        for total, weight in ((self.fast, quick), (self.slow, slow)):
            by_admin1 = self._table(found.admin1[wide], wide, weight, len(self.grid.admin1s))
            np.add(total, share * by_admin1[row], out=total)


def _columns(found: Weighed) -> Ints:
    """Each happening's column among (RATED, 2), -1 for a category that has no rate by cell."""
    number = np.full(len(CATEGORIES), -1, dtype=np.int64)
    for i, category in enumerate(RATED):
        number[CATEGORIES.index(category)] = i
    rated = number[found.category]
    return np.where(rated >= 0, rated * 2 + found.minor, -1)


def _aged(found: Weighed, constants: Constants, *, fast: bool) -> Floats:
    """Weight x 2^(-age / half-life), zero for a category without half-lives."""
    days = np.full(len(CATEGORIES), np.nan)
    for category, half in constants.half_lives.items():
        days[CATEGORIES.index(category)] = half.fast if fast else half.slow
    aged = found.weight * np.exp2(-found.age / days[found.category])
    return np.asarray(np.nan_to_num(aged, nan=0.0), dtype=float)


def _rates(sums: _Sums, i: int, category: Category, ears: Ears) -> Rates:
    constants, grid, half = sums.constants, sums.grid, sums.constants.half_lives[category]
    fast = _capped(sums.fast[:, i], constants.minor_cap * half.fast_months)
    slow = _capped(sums.slow[:, i], constants.minor_cap * half.slow_months)
    near = _capped(sums.near[:, i], constants.minor_cap * half.fast_months) / half.fast_months
    slow_months = ears.slow * half.slow_months
    cells = np.bincount(grid.country + 1, minlength=len(grid.countries) + 1)
    cap = constants.minor_cap * half.slow_months * np.maximum(cells[1:], 1)
    wide = np.minimum(sums.wide[:, i, _LOW], cap) + sums.wide[:, i, _HIGH]
    total = np.bincount(grid.country + 1, slow, minlength=len(cells)).astype(float)
    total[1:] += wide
    months = np.bincount(grid.country + 1, slow_months, minlength=len(cells))
    m0 = np.divide(total, months, out=np.zeros_like(total), where=months > 0)[grid.country + 1]
    m1 = _admin1_rate(grid, slow, slow_months, m0, constants.prior_months["country"])
    return Rates(fast, slow, near, m0, m1, ears.fast * half.fast_months, slow_months)


def _forecast(rates: Rates, grid: Grid, ratios: Mapping[str, float], constants: Constants) -> Rates:
    """The rates with each country's m0 times its ratio, and what follows of it for m1."""
    by_country = np.array([*(ratios.get(code, 1.0) for code in grid.countries), 1.0])
    m0 = np.asarray(rates.m0) * by_country[grid.country]  # -1, no country, takes the last
    slow, months = np.asarray(rates.slow), np.asarray(rates.slow_months)
    m1 = _admin1_rate(grid, slow, months, m0, constants.prior_months["country"])
    return replace(rates, m0=m0, m1=m1)


def _capped(pair: Floats, cap: float) -> Floats:
    """Major events and as much of the minor ones as the cap lets count."""
    return pair[:, _HIGH] + np.minimum(pair[:, _LOW], cap)


def _admin1_rate(grid: Grid, slow: Floats, slow_months: Floats, m0: Floats, prior: float) -> Floats:
    """m1 of each cell: its admin-1's mean cell under the country's rate."""
    row = grid.admin1 + 1
    size = len(grid.admin1s) + 1
    cells = np.maximum(np.bincount(row, minlength=size), 1)[row]
    heard = np.bincount(row, slow, minlength=size)[row] / cells
    months = np.bincount(row, slow_months, minlength=size)[row] / cells
    rate = (heard + prior * m0) / (months + prior)
    # Cells of no admin-1 are no unit together: they have their country's rate.
    return np.where(grid.admin1 >= 0, rate, m0)
