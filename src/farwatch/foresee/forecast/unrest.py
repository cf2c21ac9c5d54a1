"""Unrest outlook of one weekly series: given where its skill over persistence is proven.

    found = outlook(Weekly("gdelt_protest", "ET", date(2020, 1, 6), counts), now)

The expected count is a mean of simple forecasts (`unrest_drivers.NAMES`), weighted by how well each
did lately; about it lies a negative binomial as wide as its own past errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from farwatch.foresee.forecast.unrest_drivers import (
    NAMES,
    YEAR,
    Floats,
    Pooled,
    pooled,
    year_median,
)
from farwatch.foresee.forecast.unrest_skill import LEAST_SURGES, measured, origins_of
from farwatch.model.forecast import LEVELS
from farwatch.model.unrest import (
    HORIZONS,
    SeriesOutlook,
    UnrestDriver,
    UnrestSkill,
    UnrestWeek,
    Why,
    Withheld,
)

LEAST_SHARE = 0.5  # of a week that must have been heard, else the week is missing
LEAST_WEEKS = 156  # heard: a year to learn from, two to be tested on
LEAST_OF_YEAR = 26  # heard of the last 52 weeks
OLDEST = 4  # whole weeks since the last one that was heard
LEAST_BUSY = 20  # tested weeks with an event
SHOWN = 2 * YEAR  # weeks of history beside an outlook


@dataclass(frozen=True)
class Weekly:
    """Events by week from `first`, a Monday, to the last whole week; NaN was not heard.

    Raises ValueError for another day, a negative or an infinite count.
    """

    series: str
    country: str  # alpha-2
    first: date
    counts: Floats

    def __post_init__(self) -> None:
        if self.first.weekday():
            raise ValueError(f"{self.series}: {self.first} is no Monday")
        if np.isinf(self.counts).any() or (self.counts < 0).any():
            raise ValueError(f"{self.series}: a count is negative or infinite")

    @property
    def last(self) -> date:
        """The Monday of the last week."""
        return self.first + timedelta(weeks=len(self.counts) - 1)

    def trimmed(self) -> Weekly:
        """From the first heard week on, with whole counts; empty if none was heard."""
        heard = np.flatnonzero(np.isfinite(self.counts))
        begin = int(heard[0]) if len(heard) else len(self.counts)
        first = self.first + timedelta(weeks=begin)
        return Weekly(self.series, self.country, first, np.rint(self.counts[begin:]))


@dataclass(frozen=True)
class Listened:
    """Weeks, by their Monday, that were heard at all, each with its share of the week (0-1).

    `scaled`: a share heard holds that share of the events, so that counts are brought to a whole
    week; else all of them.
    """

    shares: Mapping[date, float]
    scaled: bool

    def weekly(
        self, series: str, country: str, told: Mapping[date, float], until: date
    ) -> Weekly:  # fmt: skip
        """Counts of the weeks to the one that begins on `until`: thin ones are missing, never 0.

        A week that was heard and that `told` does not have is a zero.
        """
        weeks = [week for week in self.shares if week <= until]
        first = min(weeks, default=until)
        counts = np.full((until - first).days // 7 + 1, np.nan)
        for week in weeks:
            share = self.shares[week]
            if share >= LEAST_SHARE:
                counts[(week - first).days // 7] = told.get(week, 0.0) / (
                    share if self.scaled else 1.0
                )
        return Weekly(series, country, first, counts)


def outlook(weekly: Weekly, now: datetime) -> SeriesOutlook | Withheld:
    """The eight weeks after the last whole one, or why they are withheld."""
    weekly = weekly.trimmed()
    lacking = _lacking(weekly)
    if lacking is not None:
        return Withheld(weekly.country, now, weekly.series, *lacking)
    pool = pooled(weekly.counts)
    skill = measured(weekly.counts, weekly.first, pool)
    given = tuple(h for h in range(1, HORIZONS + 1) if skill.holds(h))
    if not skill.proven or not given:
        told = _no_skill(skill)
        return Withheld(weekly.country, now, weekly.series, Why.NO_SKILL, told, skill)
    median = float(year_median(weekly.counts)[-1])
    surge, surge_told = _surge_bound(skill, median)
    return SeriesOutlook(
        country=weekly.country,
        made=now,
        series=weekly.series,
        cutoff=weekly.last,
        median=median,
        weeks=tuple(_week(weekly.last, h, pool, surge) for h in given),
        dropped=tuple(h for h in range(1, HORIZONS + 1) if h not in given),
        skill=skill,
        surge_told=surge_told,
        history=_history(weekly),
    )


def _lacking(weekly: Weekly) -> tuple[Why, str] | None:
    """What a series lacks to be forecast and tested."""
    heard = np.isfinite(weekly.counts)
    number = int(heard.sum())
    if not number:
        return Why.NO_DATA, "no week of it was heard well enough to count"
    silent = len(heard) - 1 - int(np.flatnonzero(heard)[-1])
    if silent > OLDEST:
        last = weekly.last - timedelta(weeks=silent)
        return Why.TOO_OLD, (
            f"the last week heard began on {last}, {silent} whole weeks before the last one: "
            f"at most {OLDEST} may be missing"
        )
    year = int(heard[-YEAR:].sum())
    if number < LEAST_WEEKS:
        return Why.TOO_FEW, f"{number} weeks were heard since {weekly.first}, of {LEAST_WEEKS}"
    if year < LEAST_OF_YEAR:
        return Why.TOO_THIN, f"{year} of the last {YEAR} weeks were heard, of {LEAST_OF_YEAR}"
    tested = weekly.counts[origins_of(len(heard)) + 1]
    busy = int((np.nan_to_num(tested) > 0).sum())
    if busy < LEAST_BUSY:
        return Why.TOO_QUIET, f"{busy} of {len(tested)} tested weeks had an event, of {LEAST_BUSY}"
    return None


def _no_skill(skill: UnrestSkill) -> str:
    told = "; ".join(one.told for one in skill.overall if one.verdict != "better")
    return f"in {skill.origins} tested weeks {told or 'no horizon was better alone'}"


def _surge_bound(skill: UnrestSkill, median: float) -> tuple[float | None, str]:
    """The count that a surge exceeds, None where its chance is withheld; and that in words."""
    if not median:
        return None, "no surge is defined: the year's median week has no event"
    said = f"a surge is more than {2 * median:g} events, twice the year's median week"
    if not skill.surge:
        return None, (
            f"{said}; its chance is withheld: {skill.surges} tested weeks were one, "
            f"of {LEAST_SURGES}"
        )
    if not skill.surge_proven:
        return None, f"{said}; its chance is withheld: no skill over persistence"
    return 2 * median, said


def _week(cutoff: date, horizon: int, pool: Pooled, surge: float | None) -> UnrestWeek:
    at = horizon - 1
    quantiles = pool.spread.quantiles(np.array(LEVELS))[at, -1]
    says, shares = pool.means[:, at, -1], pool.weights[:, at, -1]

    def over(bound: float) -> float:
        return float(pool.spread.chance_over(np.array(bound))[at, -1])

    return UnrestWeek(
        monday=cutoff + timedelta(weeks=horizon),
        horizon=horizon,
        mean=float(pool.spread.mean[at, -1]),
        size=float(pool.spread.size[at, -1]),
        quantiles=tuple(float(one) for one in quantiles),
        at_least_1=over(0.0),
        surge=None if surge is None else over(surge),
        drivers=tuple(
            UnrestDriver(name, float(said), float(share))
            for name, said, share in zip(NAMES, says, shares, strict=True)
        ),
    )


def _history(weekly: Weekly) -> tuple[tuple[date, float | None], ...]:
    begin = max(0, len(weekly.counts) - SHOWN)
    return tuple(
        (weekly.first + timedelta(weeks=at), float(count) if np.isfinite(count) else None)
        for at, count in enumerate(weekly.counts[begin:], begin)
    )
