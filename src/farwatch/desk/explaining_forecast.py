"""Explain a forecast: by its name, "forecast:ET@2026-06-01T12:00:00Z", which assessments carry."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from farwatch.desk.chain import ForecastChain
from farwatch.desk.telling_event import when
from farwatch.desk.tree import Branch, branch, listed
from farwatch.model.forecast import Forecast, Month, Record, country_and_time, forecast_id, in_words
from farwatch.model.history import month_written
from farwatch.store import forecasts

_SHOWN = 6  # months in words; the chain itself holds all


def forecast_chain(conn: Connection, name: str) -> ForecastChain | None:
    """The forecast of this name; None for one that is not kept, or another name."""
    asked = country_and_time(name)
    if asked is None:
        return None
    country, made = asked
    found = forecasts.of_place(conn, f"country:{country}", made)
    return _chain(found) if found is not None and found.made == made else None


def forecast_branch(chain: ForecastChain) -> Branch:
    """The forecast in words: its model, how good that is here, the next months, what moves them."""
    return branch(
        f"forecast {chain.id}",
        f"made {when(chain.made)} of data through {month_written(chain.cutoff)}",
        f"model {chain.model}: {_record(chain.record)}",
        listed("months", _months(chain.months)),
        listed(
            "what moves the chance of 25 deaths or more",
            [f"{one.effect:+.3f} {one.name}: {one.saw}" for one in chain.drivers],
        ),
    )


def _chain(found: Forecast) -> ForecastChain:
    return ForecastChain(
        forecast_id(found.country, found.made), found.country, found.made, found.cutoff,
        found.card.id, found.record, found.months, found.drivers,
    )  # fmt: skip


def _record(record: Record | None) -> str:
    if record is None:
        return "it was not tested on this country"
    word = "worse" if record.worse else "better"
    return (
        f"{word} than the baseline here, CRPS {record.crps:.3g} against {record.baseline:.3g} over"
        f" {record.months} months tested; {record.covered:.0%} of them lay in the 90 % interval"
    )


def _months(months: tuple[Month, ...]) -> Iterator[str]:
    for one in months[:_SHOWN]:
        yield (
            f"{month_written(one.month)}: median {one.at(0.5):.3g} deaths, 90 % {one.at(0.05):.3g}"
            f" to {one.at(0.95):.3g}; 25 or more {one.at_least_25:.0%}"
            f" ({in_words(one.at_least_25)})"
        )
