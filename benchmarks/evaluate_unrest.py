"""Score the unrest outlook: on recorded violence by week, and on series whose truth is known.

    python -m benchmarks.evaluate unrest

No long weekly series of unrest is recorded, so UCDP GED's events by week (of their last day) stand
in: violence in place of unrest, and as it was coded in the end, not as it was known at the time.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from benchmarks.aims import SHARED, Figure
from numpy.typing import NDArray

from farwatch.foresee.forecast.unrest import Weekly, outlook
from farwatch.foresee.forecast.unrest_drivers import YEAR, ahead, pooled
from farwatch.foresee.forecast.unrest_skill import against, baselines, measured
from farwatch.model.unrest import Against, Baseline, SeriesOutlook, UnrestSkill

Floats = NDArray[np.float64]

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
FIRST = date(2019, 1, 7)
# What was to be forecast from the end of: a spread of times, chosen for the calendar alone.
RECORDED = (
    ("ethiopia", "ET", date(1999, 1, 4), date(2005, 12, 26)),
    ("ethiopia", "ET", date(1999, 1, 4), date(2010, 12, 27)),
    ("ethiopia", "ET", date(1999, 1, 4), date(2018, 12, 24)),
    ("ethiopia", "ET", date(1999, 1, 4), date(2022, 12, 19)),
    ("sri_lanka", "LK", date(1990, 1, 1), date(2001, 12, 17)),
    ("sri_lanka", "LK", date(1990, 1, 1), date(2009, 5, 11)),
    ("sri_lanka", "LK", date(1990, 1, 1), date(2019, 4, 22)),
)
SEEDS = range(20)
WEEKS = 320


def seasonal(weeks: int, seed: int = 1) -> Floats:
    """Five times as many events in summer as in winter: persistence is always late."""
    rng = np.random.default_rng(seed)
    mean = 30 * np.exp(0.8 * np.sin(2 * np.pi * np.arange(weeks) / 52.18))
    return rng.negative_binomial(8, 8 / (8 + mean)).astype(float)


def returning(weeks: int, seed: int = 1) -> Floats:
    """Bursts about a fixed mean of some 20: what rose comes back."""
    rng = np.random.default_rng(seed)
    level, found = 0.0, []
    for _ in range(weeks):
        level = 0.9 * level + 0.35 * rng.normal()
        found.append(rng.negative_binomial(5, 5 / (5 + 20 * np.exp(level))))
    return np.array(found, dtype=float)


def wandering(weeks: int, seed: int = 1) -> Floats:
    """A random walk: nothing is better than last week's count."""
    steps = 0.15 * np.random.default_rng(seed).normal(size=weeks)
    return np.rint(np.exp(np.clip(np.log(2000) + np.cumsum(steps), 2, 9)))


def echoing(weeks: int, seed: int = 1) -> Floats:
    """Each week drawn about the mean of the eight before: nothing is better for the week ahead."""
    rng = np.random.default_rng(seed)
    found = list(rng.poisson(40, 8))
    for _ in range(weeks):
        found.append(rng.negative_binomial(6, 6 / (6 + max(1.0, float(np.mean(found[-8:]))))))
    return np.array(found[8:], dtype=float)


SYNTHETIC: dict[str, tuple[Callable[[int, int], Floats], bool]] = {  # is there skill to find?
    "seasonal": (seasonal, True),
    "returning": (returning, True),
    "random walk": (wandering, False),
    "echo of 8 weeks": (echoing, False),
}


def recorded(shared: Path, name: str, country: str, first: date, last: date) -> Weekly:
    """GED's events of a country by the week of their last day, to the week of `last`."""
    counts = np.zeros((last - first).days // 7 + 1)
    path = shared / "recorded" / "ucdp" / f"ged_events_{name}.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            week = (date.fromisoformat(row["date_end"][:10]) - first).days // 7
            if 0 <= week < len(counts):
                counts[week] += 1
    return Weekly(f"ged_{country}", country, first, counts)


def evaluate(shared: Path = SHARED, seeds: Sequence[int] = SEEDS) -> list[Figure]:
    """Print the skill of each recorded series; figures of the synthetic ones with their aims."""
    print(
        "\nseries, last week  tested  CRPS   saved of last week's   of the 8 weeks' mean     "
        "surge (Brier), of each  in 90 %  outlook"
    )
    figures = []
    for one in RECORDED:
        weekly = recorded(shared, *one)
        skill = measured(weekly.counts, weekly.first, pooled(weekly.counts))
        found = outlook(weekly, NOW)
        given = isinstance(found, SeriesOutlook)
        print(_row(weekly, skill, "given" if given else f"withheld, {found.why}"))
        figures.append(Figure(f"{weekly.series} to {weekly.last}: skill over the 8 weeks' mean",
                              skill.overall[1].skill, form=".3f"))  # fmt: skip
    figures += _years_after(shared)
    for name, (made, there) in SYNTHETIC.items():
        figures.append(_synthetic(name, made, seeds, there=there))
    return figures


def _years_after(shared: Path) -> list[Figure]:
    """Did it hold? Skill over the better persistence in the year after each look (one in 52 weeks,
    from the fourth year on): over all looks at which the outlook was given, and over the others."""
    figures = []
    for name, country, first, last in (RECORDED[3], RECORDED[5]):
        weekly = recorded(shared, name, country, first, last)
        counts, came = weekly.counts, ahead(weekly.counts)
        ours = pooled(counts).spread.crps(came)
        theirs = baselines(counts)[Baseline.EIGHT_WEEKS].crps(came)
        years: dict[bool, list[int]] = {True: [], False: []}
        for end in range(4 * YEAR, len(counts) - YEAR, YEAR):
            then = outlook(Weekly(weekly.series, country, first, counts[:end]), NOW)
            years[isinstance(then, SeriesOutlook)].append(end)
        for given, ends in years.items():
            weeks = [end - 1 + n for end in ends for n in range(YEAR)]
            if weeks:
                held = against(Baseline.EIGHT_WEEKS, ours[:, weeks], theirs[:, weeks])
                told = "given" if given else "withheld"
                print(f"{country}, {len(ends)} years after it was {told}: {_told(held)}")
                figures.append(
                    Figure(f"{country}: skill when {told}, year after", held.skill, form=".3f")
                )
    return figures


def _synthetic(
    name: str, made: Callable[[int, int], Floats], seeds: Sequence[int], *, there: bool
) -> Figure:  # fmt: skip
    """How often an outlook is given: nearly always where there is skill, else hardly ever."""
    found = [outlook(Weekly(name, "ET", FIRST, made(WEEKS, seed)), NOW) for seed in seeds]
    share = sum(isinstance(one, SeriesOutlook) for one in found) / len(found)
    bounds = {"least": 0.9} if there else {"most": 0.05}
    return Figure(f"{name}: outlook given, of {len(found)} series", share, form=".2f", **bounds)


def _row(weekly: Weekly, skill: UnrestSkill, given: str) -> str:
    surge = " ".join(f"{one.skill:+.3f}" for one in skill.surge) or "too few"
    scores = "  ".join(_told(one) for one in skill.overall)
    return (
        f"{weekly.series} {weekly.last}  {skill.origins:>4}  {skill.overall[0].score:.3f}  "
        f"{scores}  {surge:<22}  {skill.covered:.0%}  {given}"
    )


def _told(one: Against) -> str:
    return f"{one.skill:+.3f} [{-one.high / one.theirs:+.3f},{-one.low / one.theirs:+.3f}]"
