"""Made-up forecasts, whole: a card with its skill, countries with history and fans, notices.

with forecasts_of(monkeypatch): ...     what the desk is asked is answered from here
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from statistics import NormalDist
from typing import Any

from farwatch.desk import forecasting
from farwatch.errors import NotFound
from farwatch.foresee.forecast.summary import FORMS
from farwatch.model.forecast import (
    LEVELS,
    Bin,
    Change,
    Driver,
    Forecast,
    ModelCard,
    Month,
    Reach,
    Record,
    Score,
    Skill,
    WatchNotice,
)

CUTOFF = 514  # October 2022
MADE = datetime(2022, 11, 12, 6, 30, tzinfo=UTC)
PUBLISHED = datetime(2022, 11, 10, tzinfo=UTC)
HORIZONS = tuple(range(1, 37))
# country -> (deaths a month, chance of 25 or more at the first month, and a month ago)
COUNTRIES: dict[str, tuple[float, float, float | None]] = {
    "ET": (850.0, 0.83, 0.52), "SD": (40.0, 0.61, 0.31), "ML": (120.0, 0.72, 0.6),
    "ZM": (0.0, 0.004, 0.004), "PE": (0.4, 0.02, 0.03), "UA": (4200.0, 0.995, 0.99),
    "AF": (95.0, 0.57, 0.71), "NG": (210.0, 0.9, 0.88), "CO": (12.0, 0.21, 0.25),
    "MZ": (18.0, 0.37, 0.33), "TD": (9.0, 0.19, None), "MM": (160.0, 0.86, 0.79),
    "YE": (60.0, 0.41, 0.58), "SO": (240.0, 0.93, 0.92), "KE": (3.0, 0.06, 0.05),
    "LK": (0.0, 0.01, 0.01), "CD": (180.0, 0.91, 0.85), "BF": (140.0, 0.88, 0.74),
}  # fmt: skip


def card(records: tuple[Record, ...] | None = None) -> ModelCard:
    """A model with a skill that is good in places and worse than the baseline in others."""
    made = tuple(
        Record(name, 60, 4 + rate / 9, 4 + rate / 9 * (1.2 if n % 3 else 0.8), 0.84 + n % 5 / 40)
        for n, (name, (rate, _, _)) in enumerate(COUNTRIES.items())
        if name != "LK"
    )
    near, far = (
        (Score("crps", 20.1 + n, 23.5 + n, -4.0, -0.8), Score("ign", 0.69, 0.7, -0.02, 0.04),
         Score("brier_at_least_25", 0.029 + n / 100, 0.036 + n / 100, *ends))
        for n, ends in enumerate(((-0.009, -0.003), (0.001, 0.004)))
    )  # fmt: skip
    skill = Skill(
        windows=(2018, 2019, 2020, 2021), horizons=(3, 14),
        baseline="the last twelve months of the country, resampled",
        scores=(
            Score("crps", 21.4, 23.9, -4.1, -0.9), Score("crps_log1p", 0.281, 0.301, -0.03, -0.012),
            Score("ign", 0.71, 0.7, -0.02, 0.04),
            Score("mis", 402.0, 371.0, 8.0, 61.0),
            Score("brier_at_least_1", 0.061, 0.066, -0.009, -0.001),
            Score("brier_at_least_25", 0.031, 0.036, -0.008, -0.002),
            Score("brier_onset", 0.012, 0.012, -0.001, 0.001),
        ),
        coverage=0.873,
        reliability={
            "at_least_1": tuple(Bin(n / 10 + 0.05, n / 10 + 0.02, 9000 // (n + 1) ** 2 + 40)
                                for n in range(10)),
            "at_least_25": tuple(Bin(n / 10 + 0.05, min(1, n / 9.4), 20000 // (n + 1) ** 2 + 9)
                                 for n in range(10)),
            "onset": (Bin(0.02, 0.016, 6100), Bin(0.11, 0.14, 150), Bin(0.24, 0.2, 25),
                      Bin(0.45, 0.0, 0)),
        },
        pit=(0.13, 0.11, 0.095, 0.09, 0.09, 0.085, 0.09, 0.095, 0.1, 0.115),
        auc={"at_least_1": 0.962, "at_least_25": 0.971, "onset": None},
        records=made if records is None else records,
        reaches=(
            Reach(1, 2, (2018, 2019, 2020, 2021), near, 0.9),
            Reach(3, 14, (2018, 2019, 2020, 2021), near, 0.873),
            Reach(15, 26, (2018, 2019, 2020), far, None),
        ),
    )  # fmt: skip
    return ModelCard(
        "m-2022-11", MADE, PUBLISHED, "9f2c" * 16, CUTOFF, HORIZONS, 20221101,
        {"trees": 400, "learning rate": 0.05, "loss": "quantile"},
        {"numpy": "2.1.0", "scikit-learn": "1.5.2"}, skill,
    )  # fmt: skip


def forecast(country: str = "ET") -> Forecast:
    """A country's forecast, with three months of its history that were not coded."""
    rate, chance, _ = COUNTRIES[country]
    months = tuple(_month(rate, chance, horizon) for horizon in HORIZONS)
    drivers = (
        _driver(
            "deaths of the last year and longer",
            "year",
            chance * 0.6,
            deaths=round(rate * 12),
            months=7,
        ),
        _driver("months since the last violence", "since 1", -0.08, months=1),
        _driver("violence in neighbouring countries", "near 2", 0.05, deaths=1234, neighbours=6),
        Driver("news", "violent events are reported as often as before", 0.004),
    )
    return Forecast(
        f"country:{country}", country, MADE, CUTOFF, card(), months, drivers, _history(rate),
        PUBLISHED,
    )  # fmt: skip


def _driver(name: str, form: str, effect: float, **figures: int) -> Driver:
    words = FORMS[form]
    return Driver(
        name, words % {one: f"{n:,}" for one, n in figures.items()}, effect, words, figures
    )


def _month(rate: float, chance: float, horizon: int) -> Month:
    spread = 0.7 + 0.03 * horizon
    quantiles = tuple(
        max(0.0, math.expm1(math.log1p(rate * chance) + spread * NormalDist().inv_cdf(level)))
        for level in LEVELS
    )
    fading = chance * (1 - horizon / 120)
    onset = 0.02 + horizon / 2000 if rate == 0 else None
    return Month(
        CUTOFF + horizon, horizon, quantiles, rate * chance, min(0.999, fading * 1.15), fading,
        onset,
    )  # fmt: skip


def _history(rate: float) -> tuple[tuple[int, float | None], ...]:
    found: list[tuple[int, float | None]] = []
    for n in range(120):
        month = CUTOFF - 119 + n
        wave = round(rate * (1 + math.sin(n / 9)) * (0.4 + (n * 37 % 11) / 11))
        found.append((month, None if 40 <= n < 52 else float(wave)))
    return tuple(found)


def changes(horizon: int = 1) -> tuple[Change, ...]:
    """All countries, largest rise first, those without a forecast before at the end."""
    made = [
        Change(name, CUTOFF + horizon, before, now, rate, MADE)
        for name, (rate, now, before) in COUNTRIES.items()
    ]
    return tuple(sorted(made, key=lambda one: -(one.rise if one.rise is not None else -9)))


def notices() -> tuple[WatchNotice, ...]:
    """Two that are open, and three that time has judged."""
    first = WatchNotice(
        "wn-ET-515", "ET", CUTOFF + 1, MADE, 0.52, 0.83, 0.8, 25, updated=MADE
    )  # fmt: skip
    return (
        first,
        replace(first, id="wn-SD-515", country="SD", before=None, now=0.61, threshold=0.5,
                steps=("Staff in El Geneina halved (amina, 2022-11-13 08:10 UTC)",)),
        replace(first, id="wn-ET-500", month=CUTOFF - 14, outcome="hit"),
        replace(first, id="wn-MZ-498", country="MZ", month=CUTOFF - 16, outcome="false alarm"),
        replace(first, id="wn-LK-490", country="LK", month=CUTOFF - 24, outcome="not coded"),
    )  # fmt: skip


def put_behind(desk: Any) -> list[WatchNotice]:
    """Let the desk's functions answer from here (`desk` is a MonkeyPatch); its notices, which
    recorded steps are added to."""
    kept = list(notices())

    def step(_: object, notice: str, text: str, by: str, now: datetime) -> WatchNotice:
        for n, one in enumerate(kept):
            if one.id == notice:
                told = f"{text} ({by}, {now:%Y-%m-%d %H:%M} UTC)"
                kept[n] = replace(one, steps=(*one.steps, told), updated=now)
                return kept[n]
        raise NotFound(f"no watch notice {notice!r}")

    def shown(_: object, country: str, __: datetime) -> Forecast | None:
        return forecast(country) if country in COUNTRIES else None

    desk.setattr(forecasting, "card", lambda _: card())
    desk.setattr(forecasting, "changes", lambda _, __, horizon=1: changes(horizon))
    desk.setattr(forecasting, "shown", shown)
    desk.setattr(forecasting, "notices", lambda _: tuple(kept))
    desk.setattr(forecasting, "record_step", step)
    return kept


def put_nothing(desk: Any) -> None:
    """Let the desk's functions answer that no model was trained."""

    def unknown(_: object, notice: str, *__: object) -> WatchNotice:
        raise NotFound(f"no watch notice {notice!r}")

    desk.setattr(forecasting, "card", lambda _: None)
    desk.setattr(forecasting, "changes", lambda _, __, horizon=1: ())
    desk.setattr(forecasting, "shown", lambda *_: None)
    desk.setattr(forecasting, "notices", lambda _: ())
    desk.setattr(forecasting, "record_step", unknown)
