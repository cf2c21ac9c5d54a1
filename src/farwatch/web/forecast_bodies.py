"""Forecasts as the API gives them: months as "2022-10", chances with ICD 203's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, Field

from farwatch.model.forecast import (
    LEVELS,
    TARGET,
    Bin,
    Change,
    Driver,
    Forecast,
    ModelCard,
    Month,
    Reach,
    Record,
    Score,
    WatchNotice,
    in_words,
)
from farwatch.model.history import month_start
from farwatch.web.forecast_asked import Changes


class Chance(BaseModel):
    """A probability and ICD 203's word for it."""

    probability: float = Field(examples=[0.37])
    words: str = Field(examples=["unlikely"])


class ScoreBody(BaseModel):
    """A score of the tested windows beside the baseline's, smaller is better; `low` to `high` is
    the 95 % interval of the difference, `verdict` is better, worse or no different."""

    name: str = Field(examples=["brier_at_least_25"])
    value: float = Field(examples=[0.031])
    baseline: float = Field(examples=[0.036])
    low: float = Field(examples=[-0.008])
    high: float = Field(examples=[-0.002])
    verdict: str = Field(examples=["better"])


class RecordBody(BaseModel):
    """How the model did in one country: CRPS and the baseline's, share inside the 90 % interval."""

    country: str | None
    months: int = Field(examples=[60])
    crps: float = Field(examples=[23.1])
    baseline: float = Field(examples=[30.2])
    covered: float = Field(examples=[0.88])
    worse: bool


class ReachBody(BaseModel):
    """A stretch of months ahead and how good the model was there; `tested` lists the years, each
    forecast from the October before, and is empty where it was not tested."""

    first: int = Field(examples=[3])
    last: int = Field(examples=[14])
    tested: list[int] = Field(examples=[[2018, 2019, 2020, 2021]])
    coverage: float | None = Field(examples=[0.91], description="Of the 90 % interval.")
    scores: list[ScoreBody]


class ModelBody(BaseModel):
    """The model, in short: no forecast is given without it. Months are "2022-10"."""

    id: str = Field(examples=["m-20260301"])
    trained: datetime
    data_through: str = Field(examples=["2022-10"])
    published: datetime | None
    baseline: str
    coverage: float = Field(examples=[0.91], description="Of the 90 % interval.")
    scores: list[ScoreBody]
    reaches: list[ReachBody] = Field(description="How good it is near and far ahead.")


class ForecastRow(BaseModel):
    """A country's chance of 25 deaths or more in a month, now and in the forecast before.

    `rise` is the difference, null where nothing was before; `deaths_12` the mean a month of the
    last twelve; `record` is null where the model was not tested.
    """

    country: str
    month: str = Field(examples=["2022-11"])
    now: Chance
    before: Chance | None
    rise: float | None = Field(examples=[0.12])
    deaths_12: float = Field(examples=[41.0])
    record: RecordBody | None
    updated: datetime | None


class ForecastPage(BaseModel):
    """Some countries, largest rise first; `model` is null until one was trained."""

    items: list[ForecastRow]
    next: str | None
    total: int
    target: str = Field(examples=[TARGET])
    horizon: int = Field(examples=[1])
    data_through: str | None = Field(examples=["2022-10"])
    model: ModelBody | None


class MonthBody(BaseModel):
    """One month: quantiles by level, and chances; `onset` only after a year without deaths.

    `tested` is false where the model was not tested so far ahead: what it says there is unproven.
    """

    month: str = Field(examples=["2022-11"])
    horizon: int = Field(examples=[1])
    quantiles: dict[str, float] = Field(examples=[{"0.05": 0.0, "0.5": 12.0, "0.95": 140.0}])
    mean: float
    at_least_1: Chance
    at_least_25: Chance
    onset: Chance | None
    tested: bool


class PastBody(BaseModel):
    """What was counted in a month; `deaths` is null where it was not coded, never a zero."""

    month: str = Field(examples=["2022-10"])
    deaths: float | None


class ForecastBody(BaseModel):
    """A country's forecast with the history it rests on, and the skill of its model."""

    country: str
    place: str
    target: str = Field(examples=[TARGET])
    made: datetime
    data_through: str = Field(examples=["2022-10"])
    published: datetime | None = Field(description="When the newest of the data was published.")
    months_old: int = Field(examples=[1], description="Months from the end of the data to now.")
    months: list[MonthBody]
    drivers: list[Driver]
    history: list[PastBody]
    record: RecordBody | None
    model: ModelBody


class SkillBody(ModelBody):
    """All that was measured of the model before it was trusted, and how it was made."""

    tested: list[int] = Field(examples=[[2018, 2019, 2020, 2021]])
    horizons: list[int] = Field(
        examples=[[3, 14]], description="First and last month ahead that all but `reaches` is of."
    )
    reliability: dict[str, list[Bin]]
    pit: list[float] = Field(description="Ten shares; even is honest.")
    auc: dict[str, float | None]
    records: list[RecordBody]
    panel_digest: str
    seed: int
    parameters: dict[str, float | int | str]
    libraries: dict[str, str]


class NoticeBody(BaseModel):
    """A watch notice: a rise past a set probability. `outcome` is open, hit, false alarm or not
    coded; `steps` are what persons decided on."""

    id: str = Field(examples=["wn-ET-515"])
    country: str
    month: str = Field(examples=["2022-11"])
    made: datetime
    before: Chance | None
    now: Chance
    threshold: float = Field(examples=[0.5])
    deaths: int = Field(examples=[25])
    outcome: str = Field(examples=["open"])
    updated: datetime = Field(description="Of the outcome or the newest step.")
    steps: list[str] = Field(examples=[["Moved the convoy to the north road (amina)"]])


class NoticePage(BaseModel):
    """Some watch notices, newest first; `next` asks for those after them."""

    items: list[NoticeBody]
    next: str | None


def month_text(number: int) -> str:
    """VIEWS's number of a month as "2022-10"."""
    return f"{month_start(number):%Y-%m}"


def chance(probability: float) -> Chance:
    """A probability with its word."""
    return Chance(probability=probability, words=in_words(probability))


def maybe(probability: float | None) -> Chance | None:
    """The same, or nothing."""
    return None if probability is None else chance(probability)


def score_body(one: Score) -> ScoreBody:
    """A score with its verdict."""
    return ScoreBody(
        name=one.name, value=one.value, baseline=one.baseline, low=one.low, high=one.high,
        verdict=one.verdict,
    )  # fmt: skip


def reach_body(first: int, last: int, reach: Reach | None) -> ReachBody:
    """How good the model is so far ahead."""
    return ReachBody(
        first=first, last=last, tested=list(reach.windows) if reach else [],
        coverage=reach.coverage if reach else None,
        scores=[score_body(one) for one in reach.scores] if reach else [],
    )  # fmt: skip


def record_body(one: Record) -> RecordBody:
    """How the model did in a country."""
    return RecordBody(
        country=one.country, months=one.months, crps=one.crps, baseline=one.baseline,
        covered=one.covered, worse=one.worse,
    )  # fmt: skip


def model_body(card: ModelCard) -> ModelBody:
    """The model in short."""
    return ModelBody(
        id=card.id, trained=card.trained, data_through=month_text(card.cutoff),
        published=card.vintage, baseline=card.skill.baseline, coverage=card.skill.coverage,
        scores=[score_body(one) for one in card.skill.scores],
        reaches=[reach_body(*one) for one in card.stretches],
    )  # fmt: skip


def row(one: Change, found: Changes) -> ForecastRow:
    """A country of the list."""
    record = found.card.skill.of(one.country) if found.card else None
    return ForecastRow(
        country=one.country, month=month_text(one.month), now=chance(one.now),
        before=maybe(one.before), rise=one.rise, deaths_12=one.deaths_12,
        record=record_body(record) if record else None, updated=one.made,
    )  # fmt: skip


def month_body(one: Month, card: ModelCard) -> MonthBody:
    """A month of a forecast."""
    return MonthBody(
        month=month_text(one.month), horizon=one.horizon, mean=one.mean,
        quantiles={str(level): value for level, value in zip(LEVELS, one.quantiles, strict=True)},
        at_least_1=chance(one.at_least_1), at_least_25=chance(one.at_least_25),
        onset=maybe(one.onset), tested=card.skill.at(one.horizon) is not None,
    )  # fmt: skip


def forecast_body(found: Forecast, months_old: int) -> ForecastBody:
    """A forecast as it is given."""
    record = found.record
    return ForecastBody(
        country=found.country, place=found.place, target=TARGET, made=found.made,
        data_through=month_text(found.cutoff), published=found.vintage, months_old=months_old,
        months=[month_body(one, found.card) for one in found.months], drivers=list(found.drivers),
        history=[
            PastBody(month=month_text(month), deaths=deaths) for month, deaths in found.history
        ],
        record=record_body(record) if record else None, model=model_body(found.card),
    )  # fmt: skip


def skill_body(card: ModelCard, records: Sequence[Record]) -> SkillBody:
    """All of a model, with those records of countries that may be seen."""
    skill = card.skill
    return SkillBody(
        **model_body(card).model_dump(), tested=list(skill.windows),
        horizons=list(skill.horizons),
        reliability={name: list(bins) for name, bins in skill.reliability.items()},
        pit=list(skill.pit), auc=skill.auc, records=[record_body(one) for one in records],
        panel_digest=card.panel_digest, seed=card.seed, parameters=card.parameters,
        libraries=card.libraries,
    )  # fmt: skip


def notice_body(one: WatchNotice) -> NoticeBody:
    """A watch notice as it is given."""
    return NoticeBody(
        id=one.id, country=one.country, month=month_text(one.month), made=one.made,
        before=maybe(one.before), now=chance(one.now), threshold=one.threshold,
        deaths=one.deaths, outcome=one.outcome, updated=one.updated or one.made,
        steps=list(one.steps),
    )  # fmt: skip
