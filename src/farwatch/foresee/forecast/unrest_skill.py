"""How well an unrest outlook did on its own series: a rolling-origin backtest against persistence.

From the end of each tested week the next eight were forecast with what was known then. Intervals
are of a moving-block bootstrap (Kunsch 1989) over the weeks that were forecast from, in blocks of
13: forecasts of neighbouring weeks speak of the same ones.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from farwatch.foresee.forecast.unrest_drivers import (
    Floats,
    Pooled,
    Spread,
    ahead,
    heard_mean,
    last_heard,
    spread,
    year_median,
)
from farwatch.model.unrest import HORIZONS, Against, Baseline, UnrestSkill

BURN_IN = 52  # weeks before the first one that is forecast from
TESTED = 260  # weeks that are forecast from, at most: skill of five years ago is another's
BLOCK = 13
RESAMPLED = 2_000
SEED = 20_260_601
CENTRAL = np.array([0.05, 0.95])
LEAST_SURGES = 10  # tested weeks: under that no chance of a surge is scored


def origins_of(weeks: int) -> NDArray[np.int64]:
    """The weeks, by their place, whose end is forecast from: each has a week after it."""
    return np.arange(max(BURN_IN, weeks - 1 - TESTED), weeks - 1)


def baselines(counts: Floats) -> dict[Baseline, Spread]:
    """Persistence as distributions: each with the size that its own past errors speak for."""
    came = ahead(counts)
    told = {Baseline.LAST_WEEK: last_heard(counts), Baseline.EIGHT_WEEKS: heard_mean(counts, 8)}
    return {name: spread(np.tile(mean, (HORIZONS, 1)), came) for name, mean in told.items()}


def measured(counts: Floats, first: date, pool: Pooled) -> UnrestSkill:
    """The skill of a series; `first` is the Monday of its first week.

    Raises ValueError if there is no week to test.
    """
    at = origins_of(len(counts))
    if not len(at):
        raise ValueError(f"{len(counts)} weeks leave none to test after {BURN_IN}")
    came = ahead(counts)[:, at]
    ours, theirs = _at(pool.spread, at), {k: _at(v, at) for k, v in baselines(counts).items()}
    score, others = ours.crps(came), {name: one.crps(came) for name, one in theirs.items()}
    surge, surges = _surge(came, year_median(counts)[at], ours, theirs)
    low, high = np.moveaxis(ours.quantiles(CENTRAL), -1, 0)
    known = np.isfinite(came)
    return UnrestSkill(
        origins=int(known.any(axis=0).sum()),
        first=first + timedelta(weeks=int(at[0])),
        last=first + timedelta(weeks=int(at[-1])),
        overall=tuple(against(name, score, other) for name, other in others.items()),
        by_week=tuple(
            tuple(against(name, score[[h]], other[[h]]) for name, other in others.items())
            for h in range(HORIZONS)
        ),
        covered=float(((low <= came) & (came <= high))[known].mean()),
        surges=surges,
        surge=surge,
    )


def against(baseline: Baseline, ours: Floats, theirs: Floats) -> Against:
    """Two scores of shape (horizons, weeks), NaN where nothing is known, side by side.

    The horizons of a week are averaged first, then the weeks.
    """
    told = np.isfinite(ours) & np.isfinite(theirs)
    number = told.sum(axis=0)
    some = number > 0
    a, b = (np.where(told, one, 0.0).sum(axis=0)[some] / number[some] for one in (ours, theirs))
    low, high = block_interval(a - b)
    return Against(baseline, float(a.mean()), float(b.mean()), low, high)


def block_interval(values: Floats) -> tuple[float, float]:
    """The 95 % interval of a mean of neighbours; a series of one block or less has none.

    Blocks begin anywhere, the end goes on at the beginning, so that each week counts alike.
    """
    count = len(values)
    if count <= BLOCK:
        return -np.inf, np.inf
    rng = np.random.default_rng(SEED)
    begins = rng.integers(0, count, (RESAMPLED, -(-count // BLOCK)))
    places = (begins[:, :, None] + np.arange(BLOCK)).reshape(RESAMPLED, -1)[:, :count] % count
    low, high = np.quantile(values[places].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def _surge(
    came: Floats, median: Floats, ours: Spread, theirs: dict[Baseline, Spread]
) -> tuple[tuple[Against, ...], int]:
    """Brier scores of a surge, and how many weeks that were forecast from saw one come next.

    Where the year's median week has no event there is no surge.
    """
    known = np.isfinite(came) & (median > 0)
    happened = came > 2 * median
    surges = int((known & happened)[0].sum())
    if surges < LEAST_SURGES:
        return (), surges
    bound = np.tile(2 * median, (HORIZONS, 1))

    def brier(one: Spread) -> Floats:
        return np.where(known, (one.chance_over(bound) - happened) ** 2, np.nan)

    mine = brier(ours)
    return tuple(against(name, mine, brier(one)) for name, one in theirs.items()), surges


def _at(one: Spread, weeks: NDArray[np.int64]) -> Spread:
    return Spread(one.mean[:, weeks], one.size[:, weeks])
