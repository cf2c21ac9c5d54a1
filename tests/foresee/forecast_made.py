"""One country's forecast, made up: a flat median over deaths that were the same each month."""

from __future__ import annotations

from datetime import UTC, datetime

from farwatch.model.forecast import LEVELS, Driver, Forecast, ModelCard, Month, Record, Score, Skill
from farwatch.model.history import month_of

MADE = datetime(2026, 5, 20, 6, 30, tzinfo=UTC)
GOOD = Record("ET", 60, 21.0, 30.0, 0.9)
WORSE = Record("ET", 60, 31.0, 30.0, 0.9)


def card(record: Record | None = GOOD, name: str = "m-1") -> ModelCard:
    skill = Skill(
        (2021, 2022), (3, 14), "the last year, resampled",
        (Score("crps", 20.0, 22.0, -3.0, -1.0),), 0.9, {}, (0.1,) * 10, {},
        () if record is None else (record,),
    )  # fmt: skip
    cutoff = month_of(MADE.date()) - 1
    return ModelCard(name, MADE, None, "9f" * 32, cutoff, tuple(range(1, 37)), 1, {}, {}, skill)


def forecast(
    median: float = 60.0,
    past: float | None = 40.0,
    made: datetime = MADE,
    record: Record | None = GOOD,
    chance: float = 0.31,
) -> Forecast:
    """Ethiopia's, of data through the month before; `past` deaths in each of the last 24 months."""
    cutoff = month_of(made.date()) - 1
    quantiles = tuple(median * level * 2 for level in LEVELS)
    months = tuple(Month(cutoff + n, n, quantiles, median, 0.9, chance, None) for n in range(1, 37))
    history = tuple((cutoff - 23 + n, past) for n in range(24))
    drivers = (Driver("own history", "40 deaths a month in the last year", 0.2),)
    return Forecast("country:ET", "ET", made, cutoff, card(record), months, drivers, history)
