"""Outlooks as the API gives them: chances with ICD 203's words, each with the skill it rests on."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from farwatch.desk.outlook_room import Missing
from farwatch.model.outlook import (
    Chance,
    Driver,
    History,
    Month,
    Onset,
    PlaceOutlook,
    SiteOutlook,
    Skill,
)
from farwatch.model.unrest import SeriesOutlook, UnrestOutlook, Withheld
from farwatch.web.forecast_bodies import Chance as ChanceBody
from farwatch.web.forecast_bodies import chance


class OutlookScore(BaseModel):
    """A mean score beside the baseline's, less is better; `low` to `high` is the 95 % interval of
    the gain."""

    name: str = Field(examples=["log score"])
    ours: float = Field(examples=[0.12])
    baseline: float = Field(examples=[0.14])
    low: float = Field(examples=[0.014])
    high: float = Field(examples=[0.025])


class OutlookSkill(BaseModel):
    """What the forecast was worth on cases after those it was made from, tried from `first` to
    `last` with inputs `late_days` old; the first score decides whether anything is told."""

    baseline: str = Field(examples=["the site's own three-year rate"])
    cases: int = Field(examples=[18099])
    first: datetime
    last: datetime
    late_days: int = Field(examples=[40])
    scores: list[OutlookScore]
    auc: float | None = Field(examples=[0.78])


class OutlookDriver(BaseModel):
    """What a number rests on: `effect` is what leaving these events out takes from it, `evidence`
    their publisher's ids, the latest first."""

    name: str = Field(examples=["within 25 km, last 90 days"])
    effect: float = Field(examples=[0.04])
    share: float = Field(examples=[0.3])
    evidence: list[str] = Field(examples=[["450050"]])


class OutlookHistory(BaseModel):
    """The past an outlook rests on, counted in `unit`."""

    told_until: datetime
    unit: str = Field(examples=["deadly events within 50 km"])
    last_year: int = Field(examples=[27])
    three_years: int = Field(examples=[102])
    last: datetime | None
    nearest_km: float | None = Field(examples=[0.9])


class SiteChance(BaseModel):
    """The chance that a deadly event begins within so many km in the next days, beside the site's
    own rate."""

    within_km: float = Field(examples=[25.0])
    days: int = Field(examples=[30])
    chance: ChanceBody
    own_rate: ChanceBody
    skill: OutlookSkill
    drivers: list[OutlookDriver]


class SiteOutlookBody(BaseModel):
    """A site's outlook. Not `ready`: it is being worked out, ask again. `missing` says what the
    desk would need; `withheld` why a chance, or all, is not told, which never means safe."""

    site: str
    ready: bool
    missing: str | None
    as_of: datetime | None
    history: OutlookHistory | None
    chances: list[SiteChance]
    withheld: list[str]


class OutlookMonth(BaseModel):
    """A month's battle deaths: quantiles by level and chances."""

    month: str = Field(examples=["2023-06"])
    ahead: int = Field(examples=[2], description="Months after the last one that is known.")
    quantiles: dict[str, float] = Field(examples=[{"0.05": 0.0, "0.5": 0.0, "0.95": 14.0}])
    mean: float
    at_least_1: ChanceBody
    at_least_25: ChanceBody
    skill: OutlookSkill


class OutlookOnset(BaseModel):
    """The chance of any battle death in the next months after a year without one."""

    months: int = Field(examples=[6])
    chance: ChanceBody
    skill: OutlookSkill


class OutlookPlace(BaseModel):
    """An admin-1 as its history's publisher names it."""

    place: str = Field(examples=["ged-adm1:Tigray state"])
    history: OutlookHistory
    months: list[OutlookMonth]
    onset: OutlookOnset | None
    drivers: list[OutlookDriver]
    withheld: list[str]


class PlacesOutlookBody(BaseModel):
    """A country's admin-1s, the likeliest first. `ready` and `missing` as of a site."""

    country: str
    ready: bool
    missing: str | None
    as_of: datetime | None
    places: list[OutlookPlace]


class UnrestBody(BaseModel):
    """A country's unrest of the next weeks by series; `withheld` are those without skill, each with
    the reason. `ready` and `missing` as of a site."""

    country: str
    ready: bool
    missing: str | None
    made: datetime | None
    series: list[SeriesOutlook]
    withheld: list[Withheld]


def site_body(name: str, found: SiteOutlook | Missing | None) -> SiteOutlookBody:
    """A site's outlook as it is given."""
    told = found if isinstance(found, SiteOutlook) else None
    return SiteOutlookBody(
        site=name, ready=found is not None, missing=_why(found),
        as_of=told.as_of if told else None,
        history=_history(told.history) if told else None,
        chances=[_chance(one) for one in told.chances] if told else [],
        withheld=list(told.withheld) if told else [],
    )  # fmt: skip


def places_body(
    country: str, found: tuple[PlaceOutlook, ...] | Missing | None
) -> PlacesOutlookBody:
    """The admin-1s of a country as they are given."""
    told = found if isinstance(found, tuple) else ()
    return PlacesOutlookBody(
        country=country, ready=found is not None, missing=_why(found),
        as_of=told[0].as_of if told else None, places=[_place(one) for one in told],
    )  # fmt: skip


def unrest_body(country: str, found: UnrestOutlook | Withheld | Missing | None) -> UnrestBody:
    """A country's unrest as it is given; of one withheld whole, its series' reasons."""
    told = found if isinstance(found, UnrestOutlook) else None
    kept = found if isinstance(found, Withheld) else None
    withheld = told.withheld if told else (kept.parts or (kept,)) if kept else ()
    return UnrestBody(
        country=country, ready=found is not None, missing=_why(found),
        made=told.made if told else kept.made if kept else None,
        series=list(told.series) if told else [], withheld=list(withheld),
    )  # fmt: skip


def _why(found: object) -> str | None:
    return found.why if isinstance(found, Missing) else None


def _chance(one: Chance) -> SiteChance:
    return SiteChance(
        within_km=one.within_km, days=one.days, chance=chance(one.p),
        own_rate=chance(one.own_rate), skill=_skill(one.skill),
        drivers=[_driver(driver) for driver in one.drivers],
    )  # fmt: skip


def _place(one: PlaceOutlook) -> OutlookPlace:
    return OutlookPlace(
        place=one.place, history=_history(one.history), months=[_month(m) for m in one.months],
        onset=_onset(one.onset) if one.onset else None,
        drivers=[_driver(driver) for driver in one.drivers], withheld=list(one.withheld),
    )  # fmt: skip


def _month(one: Month) -> OutlookMonth:
    return OutlookMonth(
        month=f"{one.start:%Y-%m}", ahead=one.ahead,
        quantiles={str(level): deaths for level, deaths in one.quantiles}, mean=one.mean,
        at_least_1=chance(one.p_any), at_least_25=chance(one.p_25), skill=_skill(one.skill),
    )  # fmt: skip


def _onset(one: Onset) -> OutlookOnset:
    return OutlookOnset(months=one.months, chance=chance(one.p), skill=_skill(one.skill))


def _skill(one: Skill) -> OutlookSkill:
    scores = [
        OutlookScore(
            name=score.name, ours=score.ours, baseline=score.baseline, low=score.low,
            high=score.high,
        )
        for score in one.scores
    ]  # fmt: skip
    return OutlookSkill(
        baseline=one.baseline, cases=one.cases, first=one.first, last=one.last,
        late_days=one.late_days, scores=scores, auc=one.auc,
    )  # fmt: skip


def _driver(one: Driver) -> OutlookDriver:
    return OutlookDriver(
        name=one.name, effect=one.effect, share=one.share, evidence=list(one.evidence)
    )


def _history(one: History) -> OutlookHistory:
    return OutlookHistory(
        told_until=one.told_until, unit=one.unit, last_year=one.last_year,
        three_years=one.three_years, last=one.last, nearest_km=one.nearest_km,
    )  # fmt: skip
