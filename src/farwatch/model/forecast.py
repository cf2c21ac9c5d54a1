"""Forecast: a distribution over a stated target, place and horizon, with its measured skill.

Nothing here can be made without its skill: a `Forecast` holds the `ModelCard` it rests on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby

TARGET = "state-based battle deaths a month"
FORECAST = "forecast:"  # what its name begins with
LEVELS = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)  # of a forecast's quantiles
OLD = 3  # months from the end of the data to now; where it is more, whoever shows it says so

# ICD 203: upper bound of each likelihood word.
WORDS = (
    (0.05, "almost no chance"), (0.20, "very unlikely"), (0.45, "unlikely"),
    (0.55, "roughly even chance"), (0.80, "likely"), (0.95, "very likely"),
    (1.0, "almost certain"),
)  # fmt: skip


def in_words(chance: float) -> str:
    """ICD 203's word for a probability; below 1 % and above 99 % the outermost ones."""
    return next(word for bound, word in WORDS if chance < bound or bound == 1.0)


def forecast_id(country: str, made: datetime) -> str:
    """The name of a forecast: "forecast:ET@2026-06-01T12:00:00Z", UTC."""
    return f"{FORECAST}{country}@{made.astimezone(UTC).isoformat().replace('+00:00', 'Z')}"


def country_and_time(name: str) -> tuple[str, datetime] | None:
    """What and when a forecast's name says; None for a name of something else."""
    if not name.startswith(FORECAST):
        return None
    country, _, text = name.removeprefix(FORECAST).partition("@")
    try:
        made = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (country, made) if made.tzinfo else None


@dataclass(frozen=True, slots=True)
class Score:
    """A mean score over tested windows, the baseline's beside it; smaller is better.

    `low` and `high` are the 95 % country-bootstrap interval of model minus baseline: below zero
    throughout is better than the baseline, above zero throughout is worse.
    """

    name: str  # crps, crps_log1p, ign, mis, brier_at_least_1, brier_at_least_25, brier_onset
    value: float
    baseline: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """better, worse, or no different, by the interval."""
        return "better" if self.high < 0 else "worse" if self.low > 0 else "no different"


@dataclass(frozen=True, slots=True)
class Bin:
    """One step of a reliability diagram: of `count` forecasts near `forecast`, how many came."""

    forecast: float
    observed: float
    count: int


@dataclass(frozen=True, slots=True)
class Record:
    """How the model did for one country in the tested windows."""

    country: str | None  # alpha-2
    months: int
    crps: float
    baseline: float
    covered: float  # share of months inside the 90 % interval

    @property
    def worse(self) -> bool:
        """Whether the baseline served better here."""
        return self.crps > self.baseline


@dataclass(frozen=True, slots=True)
class Reach:
    """How the model did over a stretch of months ahead, its first and last included.

    `coverage` is of the 90 % interval, None where no country was active.
    """

    first: int
    last: int
    windows: tuple[int, ...]  # those of which what came so far ahead is known
    scores: tuple[Score, ...]
    coverage: float | None

    def score(self, name: str) -> Score | None:
        """One of them; None where no month was tested on it."""
        return next((one for one in self.scores if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Skill:
    """What a backtest measured: `windows` are years, each forecast from the October before.

    All of it is of the months ahead in `horizons`, but for `reaches`, which hold the scores of
    every stretch that was tested; a month in none of them was not.
    """

    windows: tuple[int, ...]
    horizons: tuple[int, int]  # first and last month ahead
    baseline: str
    scores: tuple[Score, ...]
    coverage: float  # of the 90 % interval, countries with a death in the previous 60 months
    reliability: dict[str, tuple[Bin, ...]]  # by threshold: at_least_1, at_least_25, onset
    pit: tuple[float, ...]  # ten shares; even is honest
    auc: dict[str, float | None]
    records: tuple[Record, ...]
    reaches: tuple[Reach, ...] = ()

    @property
    def stretches(self) -> tuple[Reach, ...]:
        """The reaches; of a model kept before there were any, the months that it was tested on."""
        if self.reaches or not self.scores:
            return self.reaches
        return (Reach(*self.horizons, self.windows, self.scores, self.coverage),)

    def at(self, horizon: int) -> Reach | None:
        """How it did so many months ahead; None where that was not tested."""
        return next((one for one in self.stretches if one.first <= horizon <= one.last), None)

    def of(self, country: str) -> Record | None:
        """The record of a country (alpha-2); None where it was not tested."""
        return next((one for one in self.records if one.country == country), None)


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A trained model: what it was made from, how, and how it did before it was trusted."""

    id: str
    trained: datetime
    vintage: datetime | None  # of the panel; None for a panel that was given as a file
    panel_digest: str
    cutoff: int  # last month of data, VIEWS's number
    horizons: tuple[int, ...]
    seed: int
    parameters: dict[str, float | int | str]
    libraries: dict[str, str]
    skill: Skill

    @property
    def stretches(self) -> tuple[tuple[int, int, Reach | None], ...]:
        """The months ahead that it forecasts, as (first, last, how good); None is not tested."""
        runs = (list(run) for _, run in groupby(self.horizons, lambda one: self.skill.at(one)))
        return tuple((run[0], run[-1], self.skill.at(run[0])) for run in runs)


@dataclass(frozen=True, slots=True)
class Driver:
    """One group of what the model saw, and what it did to the probability of more than 25 deaths.

    `effect` is what that probability loses when the group's SHAP values are taken out of its
    log-odds; `saw` says what was seen, in words: `form` with its `figures` filled in, so that other
    languages can say it too.
    """

    name: str
    saw: str
    effect: float
    form: str = ""  # "%(deaths)s in twelve months"; empty where an older Farwatch kept no form
    figures: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Month:
    """One month's distribution: `quantiles` at LEVELS; `onset` only after a quiet year."""

    month: int
    horizon: int
    quantiles: tuple[float, ...]
    mean: float
    at_least_1: float
    at_least_25: float
    onset: float | None

    def at(self, level: float) -> float:
        """The quantile at one of LEVELS."""
        return self.quantiles[LEVELS.index(level)]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected of a country, with the history it rests on and the skill of its model.

    `history` holds (month, deaths) of up to the last ten years, None where it was not coded.
    """

    place: str  # "country:ET"
    country: str
    made: datetime
    cutoff: int
    card: ModelCard
    months: tuple[Month, ...]
    drivers: tuple[Driver, ...]
    history: tuple[tuple[int, float | None], ...]
    vintage: datetime | None = None  # when the newest of the data was published

    @property
    def record(self) -> Record | None:
        """How the model did here."""
        return self.card.skill.of(self.country)


@dataclass(frozen=True, slots=True)
class Change:
    """A country's probability of 25 deaths or more in a month, now and in the forecast before."""

    country: str
    month: int
    before: float | None
    now: float
    deaths_12: float  # a month, mean of the last twelve: the base rate beside it
    made: datetime  # when the newer forecast was made

    @property
    def rise(self) -> float | None:
        """Now minus before; None where nothing was forecast before."""
        return None if self.before is None else self.now - self.before


@dataclass(frozen=True, slots=True)
class WatchNotice:
    """A rise past a set probability: asks for no acknowledgement, and is scored when time tells."""

    id: str
    country: str
    month: int  # the month it is about
    made: datetime
    before: float | None
    now: float
    threshold: float
    deaths: int  # the rise is of P(at least this many)
    outcome: str = "open"  # open | hit | false alarm | not coded
    updated: datetime | None = None  # of the outcome or the newest step
    steps: tuple[str, ...] = ()  # pre-emptive steps that a person recorded, with who and when
