"""A scenario's forecasts and what was counted later, in the exercise's own format.

`build` writes them as forecasts.json, by time: a forecast of the country's months from the next one
on, or the deaths that were counted in a month. Every number is invented: no model made them, so
they carry no skill, and no level rests on them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import NormalDist
from typing import Any

from farwatch.errors import UsageError
from farwatch.exercise.scenario import Scenario
from farwatch.model.forecast import LEVELS, Forecast, ModelCard, Month, Skill
from farwatch.model.history import month_of, month_written
from farwatch.model.times import parse_utc

MANY = 25  # deaths in a month: of these the chance is given
MONTHS = 6  # ahead
_PAST = 24  # months of history
_FIELDS = {
    "forecasts": {"at", "chance", "median", "past"},
    "counted": {"at", "month", "deaths"},
}


@dataclass(frozen=True, slots=True)
class Counted:
    """The deaths of a month, as they became known."""

    at: datetime
    country: str
    month: int  # VIEWS's number
    deaths: float


def rows(scenario: Scenario) -> list[dict[str, Any]]:
    """What forecasts.json holds, by time; raises UsageError naming what is wrong."""
    found = []
    for part, fields in _FIELDS.items():
        for entry in scenario.part(part):
            if set(entry) != fields:
                raise UsageError(
                    f"scenario {scenario.name}: {part} {entry!r} needs {', '.join(sorted(fields))}"
                )
            at = scenario.moment(entry["at"]).isoformat()
            found.append({"country": scenario.country, **entry, "at": at, "sort": part})
    return sorted(found, key=lambda one: (one["at"], one["sort"]))


def read(listed: Sequence[dict[str, Any]]) -> Iterator[Forecast | Counted]:
    """The forecasts and counts of such rows, in order."""
    for one in listed:
        at = parse_utc(one["at"])
        if one["sort"] == "forecasts":
            yield _forecast(one["country"], at, one)
        else:
            yield Counted(at, one["country"], _month_of(one["month"]), float(one["deaths"]))


def _forecast(country: str, at: datetime, told: dict[str, Any]) -> Forecast:
    """A forecast as if the month of `at` were the last of its data."""
    cutoff = month_of(at.date())
    months = tuple(_month(cutoff + n, n, told) for n in range(1, MONTHS + 1))
    history = tuple((cutoff - _PAST + 1 + n, float(told["past"])) for n in range(_PAST))
    place = f"country:{country}"
    return Forecast(place, country, at, cutoff, _card(at, cutoff), months, (), history)


def _month(month: int, horizon: int, told: dict[str, Any]) -> Month:
    """A log-normal month with the median and the chance that were told."""
    chance, middle = float(told["chance"]), math.log(float(told["median"]))
    normal = NormalDist()
    spread = (math.log(MANY) - middle) / normal.inv_cdf(1 - chance)
    quantiles = tuple(round(math.exp(middle + spread * normal.inv_cdf(q)), 1) for q in LEVELS)
    mean = math.exp(middle + spread**2 / 2)
    return Month(month, horizon, quantiles, mean, normal.cdf(middle / spread), chance, None)


def _card(at: datetime, cutoff: int) -> ModelCard:
    skill = Skill((), (1, 0), "none: an exercise's forecast is invented", (), 0.0, {}, (), {}, ())
    name = f"exercise-{month_written(cutoff)}"
    return ModelCard(name, at, None, "", cutoff, tuple(range(1, MONTHS + 1)), 0, {}, {}, skill)


def _month_of(text: str) -> int:
    year, _, month = str(text).partition("-")
    return (int(year) - 1980) * 12 + int(month)
