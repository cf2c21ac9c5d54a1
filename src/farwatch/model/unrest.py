"""Unrest outlook: how many events of unrest a country's next weeks hold, with its skill.

Nothing here can be made without its skill or the reason why it is withheld.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from farwatch.model.forecast import LEVELS

HORIZONS = 8  # weeks ahead


class Baseline(StrEnum):
    """What an outlook has to beat: persistence, each with a spread fitted to its own errors."""

    LAST_WEEK = "last week's count"
    EIGHT_WEEKS = "the mean of the last 8 weeks"


class Why(StrEnum):
    """Why an outlook is withheld."""

    NO_DATA = "no data"
    TOO_FEW = "too few weeks"
    TOO_THIN = "too thin coverage"
    TOO_OLD = "too old"
    TOO_QUIET = "too quiet to test"
    NO_SKILL = "no skill over persistence"


@dataclass(frozen=True, slots=True)
class Against:
    """A mean score beside a baseline's over the same tested weeks; smaller is better.

    `low` and `high` are the 95 % moving-block bootstrap interval of the outlook's minus theirs.
    """

    baseline: Baseline
    score: float
    theirs: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """better, worse, or no different, by the interval."""
        return "better" if self.high < 0 else "worse" if self.low > 0 else "no different"

    @property
    def skill(self) -> float:
        """Share of the baseline's score that is saved; below zero where it is worse."""
        return 1 - self.score / self.theirs if self.theirs else 0.0

    @property
    def told(self) -> str:
        """The verdict with its figures, in words."""
        than = "from" if self.verdict == "no different" else "than"
        return (
            f"{self.verdict} {than} {self.baseline}: score {self.score:.3g} against "
            f"{self.theirs:.3g} ({self.skill:+.1%}), difference {self.low:+.2g} to {self.high:+.2g}"
        )


@dataclass(frozen=True, slots=True)
class UnrestSkill:
    """What a rolling-origin backtest on the series itself measured.

    `overall` is the CRPS over all horizons together (events a week), one a baseline; `by_week` the
    same for each week ahead; `surge` the Brier score of a surge, empty where none could be tested.
    `covered` is the share of tested weeks in the 90 % interval.
    """

    origins: int
    first: date  # Monday of the first week that was forecast from, and of the last
    last: date
    overall: tuple[Against, ...]
    by_week: tuple[tuple[Against, ...], ...]
    covered: float
    surges: int  # tested weeks that were one
    surge: tuple[Against, ...]

    def __post_init__(self) -> None:
        asked = set(Baseline)
        if any({one.baseline for one in each} != asked for each in (self.overall, *self.by_week)):
            raise ValueError("a skill says how it stands against every baseline")
        if not self.origins or len(self.by_week) != HORIZONS:
            raise ValueError(f"a skill is tested, and says so for {HORIZONS} weeks ahead")

    @property
    def proven(self) -> bool:
        """Better than every baseline over all horizons together, by the interval."""
        return all(one.verdict == "better" for one in self.overall)

    def holds(self, horizon: int) -> bool:
        """Whether this many weeks ahead its score was the smallest."""
        return all(one.score < one.theirs for one in self.by_week[horizon - 1])

    @property
    def surge_proven(self) -> bool:
        """Whether the chances of a surge were better than every baseline's, by the interval."""
        return bool(self.surge) and all(one.verdict == "better" for one in self.surge)


@dataclass(frozen=True, slots=True)
class UnrestDriver:
    """One simple forecast of the week ahead, and its share in the mean: shares add up to 1."""

    name: str
    says: float  # events in that week
    share: float


@dataclass(frozen=True, slots=True)
class UnrestWeek:
    """One week's distribution, negative binomial: `quantiles` at `forecast.LEVELS`, in events.

    `surge` is the chance of more than twice the year's median week; None where no surge is defined
    or its chance has no skill. `drivers` say what the mean is made of.
    """

    monday: date
    horizon: int
    mean: float
    size: float  # variance is mean + mean**2 / size
    quantiles: tuple[float, ...]
    at_least_1: float
    surge: float | None
    drivers: tuple[UnrestDriver, ...]

    @property
    def a_day(self) -> float:
        """Expected events a day."""
        return self.mean / 7

    def at(self, level: float) -> float:
        """The quantile at one of `forecast.LEVELS`."""
        return self.quantiles[LEVELS.index(level)]


@dataclass(frozen=True, slots=True)
class Withheld:
    """An outlook that is not given: of one series, or of a country with each series in `parts`."""

    country: str
    made: datetime
    series: str
    why: Why
    told: str
    skill: UnrestSkill | None = None
    parts: tuple[Withheld, ...] = ()

    def __post_init__(self) -> None:
        if not self.told:
            raise ValueError("what is withheld is withheld for a reason")
        if self.why is Why.NO_SKILL and self.skill is None and not self.parts:
            raise ValueError("no skill is measured, not supposed")


@dataclass(frozen=True, slots=True)
class SeriesOutlook:
    """The weeks ahead of one weekly series of a country, of which `skill` is proven.

    `cutoff` is the Monday of the last whole week; `median` the median of the heard weeks of the
    year to it; `dropped` the horizons that are left out: persistence did as well there. `history`
    has (Monday, events) of up to the last two years, None where the week was not heard.
    """

    country: str
    made: datetime
    series: str
    cutoff: date
    median: float
    weeks: tuple[UnrestWeek, ...]
    dropped: tuple[int, ...]
    skill: UnrestSkill
    surge_told: str
    history: tuple[tuple[date, float | None], ...]

    def __post_init__(self) -> None:
        if not self.skill.proven:
            raise ValueError(f"{self.series}: no outlook without skill over persistence")
        if not self.weeks or any(not self.skill.holds(one.horizon) for one in self.weeks):
            raise ValueError(f"{self.series}: a week is given where its horizon has skill")
        if any(one.surge is not None for one in self.weeks) and not self.skill.surge_proven:
            raise ValueError(f"{self.series}: no chance of a surge without its skill")


@dataclass(frozen=True, slots=True)
class UnrestOutlook:
    """A country's unrest ahead: every series that has skill, and every one withheld with why."""

    country: str
    made: datetime
    series: tuple[SeriesOutlook, ...]
    withheld: tuple[Withheld, ...]

    def __post_init__(self) -> None:
        if not self.series:
            raise ValueError("an outlook gives a series; else it is withheld")
