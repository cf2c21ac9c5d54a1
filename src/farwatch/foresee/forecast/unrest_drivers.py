"""The simple forecasts that an unrest outlook is made of, their weights, and their spread.

Every array is of shape (..., horizons, weeks): what was said at the end of each week about the
weeks after it, from the counts up to that week alone. So the last column is the forecast, and
those before it are its backtest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.special import betainc, gammaln, hyp2f1

from farwatch.model.unrest import HORIZONS

Floats = NDArray[np.float64]

LAST, EIGHT = "last week", "mean of 8 weeks"
NAMES = (LAST, EIGHT, "last weeks", "half a year", "mean of a year", "trend", "season")
YEAR = 52
FAST, SLOW = 3.0, 26.0  # half-lives in weeks
LEVEL, SLOPE, DAMPING = 0.25, 0.05, 0.9  # Holt's constants, on log(1 + count)
YEARS = 10  # that a season is looked for in
NEAR = 2  # weeks about the same week of another year
SEASON_PRIOR = 5.0  # weeks of an ordinary season that stand before any was seen
SOLAR = 52.1775  # weeks in a year
FLOOR = 0.05  # events a week: a mean of zero would rule out what may come
SIZES = np.geomspace(0.1, 200, 20)  # of the negative binomial
SIZE_MEMORY, WEIGHT_MEMORY = 0.99, 0.98  # a week, of past errors
TEMPER = 0.1  # of past log scores in the weights: weeks that overlap are not news each


@dataclass(frozen=True, slots=True)
class Spread:
    """Negative binomials: means and sizes of one shape (horizons, weeks)."""

    mean: Floats
    size: Floats

    def chance_over(self, bound: Floats) -> Floats:
        """P(count > bound), cell by cell."""
        found: Floats = betainc(np.floor(bound) + 1, self.size, self.mean / (self.size + self.mean))
        return found

    def crps(self, came: Floats) -> Floats:
        """Continuous ranked probability score of what came, in events; smaller is better.

        In closed form (Wei and Held 2014, "Calibration tests for count data"), its hypergeometric
        function by Pfaff's transformation, which keeps eleven digits at every mean and size here.
        """
        size, chance = self.size, self.size / (self.size + self.mean)
        ratio = (1 - chance) / chance**2
        upto = betainc(size, came + 1, chance)
        below = np.where(came > 0, betainc(size + 1, np.maximum(came, 1.0), chance), 0.0)
        apart = hyp2f1(1 - size, 0.5, 2, 4 * ratio / (1 + 4 * ratio)) / np.sqrt(1 + 4 * ratio)
        found: Floats = came * (2 * upto - 1)
        found -= size * ratio * (chance * (2 * below - 1) + apart)
        return found

    def quantiles(self, levels: Floats) -> Floats:
        """Shape (horizons, weeks, levels)."""
        from scipy.stats import nbinom  # dear to import: only where it is used

        size, mean = self.size[..., None], self.mean[..., None]
        found: Floats = nbinom.ppf(levels, size, size / (size + mean))
        return found


@dataclass(frozen=True, slots=True)
class Pooled:
    """Means of the drivers (drivers, horizons, weeks), weights, and the spread about their sum."""

    means: Floats
    weights: Floats
    spread: Spread


def pooled(counts: Floats) -> Pooled:
    """What is said at each week's end; `counts` begins with a heard week, NaN was not heard.

    The mean is the drivers' sum, weighted by how well each did at that horizon: exp(TEMPER times
    its discounted log score). Its size is the most likely one of SIZES by discounted past errors.
    """
    came = ahead(counts)
    means = np.maximum(driver_means(counts), FLOOR)
    scores = np.stack([_sized(one, came)[1] for one in means])
    told = _known_by(scores, WEIGHT_MEMORY)
    weights = np.exp(TEMPER * (told - told.max(axis=0)))
    weights /= weights.sum(axis=0)
    return Pooled(means, weights, spread((weights * means).sum(axis=0), came))


def spread(means: Floats, came: Floats) -> Spread:
    """Means with the size that their own past errors speak for."""
    means = np.maximum(means, FLOOR)
    return Spread(means, _sized(means, came)[0])


def ahead(counts: Floats) -> Floats:
    """What came so many weeks after each week, NaN where it is not known (yet)."""
    found = np.full((HORIZONS, len(counts)), np.nan)
    for step in range(1, min(HORIZONS, len(counts) - 1) + 1):
        found[step - 1, :-step] = counts[step:]
    return found


def driver_means(counts: Floats) -> Floats:
    """Expected events by each of NAMES, shape (drivers, horizons, weeks)."""
    year = year_mean(counts)
    flat = (last_heard(counts), heard_mean(counts, 8), _faded(counts, FAST), _faded(counts, SLOW))
    told = [np.tile(one, (HORIZONS, 1)) for one in (*flat, year)]
    return np.stack([*told, trended(counts), year * season(counts, year)])


def last_heard(counts: Floats) -> Floats:
    """The count of the last week that was heard."""
    return heard_mean(counts, 1)


def heard_mean(counts: Floats, weeks: int) -> Floats:
    """Mean of the last so many weeks that were heard, or of as many as there are."""
    heard = np.isfinite(counts)
    sums = np.cumsum(counts[heard])
    begin = np.maximum(np.arange(len(sums)) - weeks, -1)
    window: Floats = sums - np.where(begin >= 0, sums[begin], 0.0)
    means: Floats = window / (np.arange(len(sums)) - begin)
    found: Floats = means[np.cumsum(heard) - 1]
    return found


def year_mean(counts: Floats) -> Floats:
    """Mean of the weeks heard in the last 52; after a silent year, the last that there was."""
    windows = _years(counts)
    heard = np.isfinite(windows)
    number = heard.sum(axis=1)
    means = np.where(heard, windows, 0.0).sum(axis=1) / np.maximum(number, 1)
    return _carried(means, number > 0)


def year_median(counts: Floats) -> Floats:
    """Median of the weeks heard in the last 52; after a silent year, the last that there was."""
    windows = _years(counts)
    told = np.isfinite(windows).sum(axis=1) > 0
    medians = np.zeros(len(counts))
    medians[told] = np.nanmedian(windows[told], axis=1)
    return _carried(medians, told)


def trended(counts: Floats) -> Floats:
    """Holt's linear method with a damped trend (Gardner and McKenzie 1985) on log(1 + count)."""
    steps = np.cumsum(DAMPING ** np.arange(1, HORIZONS + 1))
    level, slope = float(np.log1p(counts[0])), 0.0
    found = np.empty((HORIZONS, len(counts)))
    for week, count in enumerate(counts):
        if week:
            level, slope = level + DAMPING * slope, DAMPING * slope
            error = np.log1p(count) - level if np.isfinite(count) else 0.0
            level, slope = level + LEVEL * error, slope + SLOPE * error
        found[:, week] = np.expm1(level + slope * steps)
    return found


def season(counts: Floats, year: Floats) -> Floats:
    """The coming week's share of its year's mean, from the same weeks of up to ten years before.

    Shape (horizons, weeks); 1 where no year before was heard.
    """
    weeks = len(counts)
    comes = np.arange(1, HORIZONS + 1)[:, None] + np.arange(weeks)
    above = np.zeros((HORIZONS, weeks))
    below = np.zeros((HORIZONS, weeks))
    for back in range(1, YEARS + 1):
        for about in range(-NEAR, NEAR + 1):
            at = comes - round(back * SOLAR) + about
            seen = (at >= 0) & np.isfinite(counts[np.maximum(at, 0)])
            above += np.where(seen, np.nan_to_num(counts)[np.maximum(at, 0)], 0.0)
            below += np.where(seen, year[np.maximum(at, 0)], 0.0)
    prior = SEASON_PRIOR * np.maximum(year, FLOOR)
    found: Floats = (above + prior) / (below + prior)
    return found


def _sized(means: Floats, came: Floats) -> tuple[Floats, Floats]:
    """The most likely size by what was known, and the log score that it had with it later."""
    likely = _log_chance(means, came, SIZES[:, None, None])
    best = _known_by(likely, SIZE_MEMORY).argmax(axis=0)
    score: Floats = np.take_along_axis(likely, best[None], axis=0)[0]
    return SIZES[best], score


def _log_chance(mean: Floats, came: Floats, size: Floats) -> Floats:
    """Log probability of what came, negative binomial; NaN where it is not known."""
    ways = gammaln(came + size) - gammaln(size) - gammaln(came + 1)
    found: Floats = ways + size * np.log(size / (size + mean)) + came * np.log(mean / (size + mean))
    return found


def _known_by(scores: Floats, memory: float) -> Floats:
    """Discounted sums of the scores of forecasts whose week had come by each week's end."""
    from scipy.signal import lfilter  # dear to import: only where it is used

    found = np.zeros_like(scores)
    sums = lfilter([1.0], [1.0, -memory], np.nan_to_num(scores), axis=-1)
    for step in range(1, min(HORIZONS, scores.shape[-1] - 1) + 1):
        found[..., step - 1, step:] = sums[..., step - 1, :-step]
    return found


def _faded(counts: Floats, half_life: float) -> Floats:
    """Mean of all weeks heard, each worth half of one a half-life younger."""
    from scipy.signal import lfilter  # dear to import: only where it is used

    memory = 0.5 ** (1 / half_life)
    sums = lfilter([1.0], [1.0, -memory], np.nan_to_num(counts))
    found: Floats = sums / lfilter([1.0], [1.0, -memory], np.isfinite(counts).astype(float))
    return found


def _years(counts: Floats) -> Floats:
    padded = np.concatenate([np.full(YEAR - 1, np.nan), counts])
    return np.asarray(sliding_window_view(padded, YEAR))


def _carried(values: Floats, told: NDArray[np.bool_]) -> Floats:
    """Values where they are told, else the last one that was."""
    last = np.maximum.accumulate(np.where(told, np.arange(len(values)), 0))
    return values[last]
