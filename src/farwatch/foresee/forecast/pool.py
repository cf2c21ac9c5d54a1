"""One sample out of several: forests, the country's own last year, and the ladder's odds.

The forests and the last twelve months are pooled by weight. The ladder has its say in how much
belongs into each bin of deaths, the pool says where within it. Weights go by the level of the war.
All figures were set on windows up to 2017 (`docs/forecasting.md`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farwatch.foresee.forecast.metrics import EDGES
from farwatch.foresee.forecast.panel import Floats

# By log10 of the deaths a month of the last year. OWN: the share of the country's own last months
# in the pool; WARS: of the forest of wars in what comes of it. LADDER: the ladder's say about the
# bins; great wars have too few before them to learn from. KEPT: how much of the sample's spread is
# kept, for tails of pools are too wide.
LEVELS_AT = (-1.0, 0.0, 1.0, 2.0, 3.0, 3.7)
OWN = (0.0, 0.3, 0.3, 0.3, 0.7, 0.9)
WARS = (0.0, 0.0, 0.5, 0.5, 0.3, 0.2)
LADDER = (0.5, 0.5, 0.5, 0.4, 0.2, 0.1)
KEPT = (0.97, 0.94, 0.94, 0.97, 1.0, 1.0)
HALF_LIFE = 1.5  # months: of the weight of the own last months, so that a war that ended has ended
# Share of the same month a year ago in them: deaths known to the year alone are coded in December,
# and a great war has such a December year after year.
SEASON = 0.15
# Where a bin has none of the pool's draws: deaths that stand for it.
INSIDE = np.array([0, 1, 4, 8, 17, 36, 72, 160, 350, 700, 1500], dtype=float)


@dataclass(frozen=True)
class Cases:
    """What is pooled, a row a cell.

    Draws of the forests, (rows, any): of `all` countries, and of `wars` (all 0 in no war); `own`
    the country's last twelve months in order (rows, 12), `season` which of them is the calendar
    month that is forecast (rows,).
    """

    all: Floats
    wars: Floats
    own: Floats
    season: NDArray[np.int64]


def pooled(cases: Cases, bins: Floats, level: Floats, draws: int) -> NDArray[np.int64]:
    """(rows, draws) whole deaths, in order.

    `bins` are the ladder's probabilities (rows, 11), `level` deaths a month of the last year.
    """
    at = np.log10(np.maximum(level, 0.01))
    share, wars, say, kept = (np.interp(at, LEVELS_AT, one) for one in (OWN, WARS, LADDER, KEPT))
    wars = wars * (cases.wars > 0).any(axis=1)
    parts = (
        (cases.all, (1 - share) * (1 - wars), _even(cases.all)),
        (cases.own, share * (1 - wars), _months(cases)),
        (cases.wars, wars, _even(cases.wars)),
    )
    values = np.concatenate([one for one, _, _ in parts], axis=1)
    weights = np.concatenate(
        [total[:, None] * each for _, total, each in parts], axis=1
    )  # fmt: skip
    values, weights = _refilled(values, weights, bins, say[:, None])
    return _drawn(values, weights, kept, draws)


def _even(draws: Floats) -> Floats:
    return np.full(draws.shape, 1 / draws.shape[1])


def _months(cases: Cases) -> Floats:
    """Weights of the own last months, (rows, 12): the later the more, and the season's share."""
    count = cases.own.shape[1]
    recent = 0.5 ** (np.arange(count)[::-1] / HALF_LIFE)
    same = np.arange(count) == cases.season[:, None]
    return np.asarray((1 - SEASON) * recent / recent.sum() + SEASON * same)


def _refilled(values: Floats, weights: Floats, bins: Floats, say: Floats) -> tuple[Floats, Floats]:
    """Weights that give each bin what pool and ladder together say."""
    where = np.digitize(values, EDGES)
    held = np.stack([(weights * (where == one)).sum(axis=1) for one in range(len(INSIDE))], axis=1)
    wanted = (1 - say) * held + say * bins
    there = held > 0
    ratio = np.divide(wanted, held, out=np.zeros_like(wanted), where=there)
    weights = weights * np.take_along_axis(ratio, where, axis=1)
    missing = np.where(there, 0.0, wanted)
    stand_ins = np.broadcast_to(INSIDE, missing.shape)
    return np.concatenate([values, stand_ins], axis=1), np.concatenate([weights, missing], axis=1)


def _drawn(values: Floats, weights: Floats, kept: Floats, draws: int) -> NDArray[np.int64]:
    """Evenly spaced quantiles of a weighted sample, the outermost left out as `kept` says."""
    order = np.argsort(values, axis=1, kind="stable")
    ordered = np.take_along_axis(values, order, axis=1)
    heap = np.cumsum(np.take_along_axis(weights, order, axis=1), axis=1)
    even = (np.arange(draws) + 0.5) / draws - 0.5
    out = np.empty((len(values), draws), dtype=np.int64)
    for row in range(len(values)):
        place = np.searchsorted(heap[row], (0.5 + even * kept[row]) * heap[row, -1])
        out[row] = ordered[row, np.minimum(place, values.shape[1] - 1)]
    return out
