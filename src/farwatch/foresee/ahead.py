"""Ahead: what a country's forecast of battle deaths does to its slow rate of conflict.

    m0 x clip(median of the month after the assessment / mean a month of the last 12, .5, 3)

No skill, no effect: a forecast that was not tested on the country or so many months ahead, or did
worse there than its baseline, leaves the rate alone, and so does one that does not reach the month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from farwatch.foresee.constants import published
from farwatch.model.forecast import Forecast, Month, Record, forecast_id
from farwatch.model.history import month_of, month_written

YEAR = 12  # months


@dataclass(frozen=True, slots=True)
class Ratio:
    """What a country's slow rate of conflict is multiplied by, why, and by which forecast."""

    value: float
    note: str
    evidence: tuple[str, ...] = ()


UNFORECAST = Ratio(1.0, "no forecast of the country was made by then: 1 stands")


def ratio_of(forecast: Forecast | None, as_of: datetime) -> Ratio:
    """The ratio by a forecast that was made by `as_of`; 1, with the reason, where it says none."""
    if forecast is None:
        return UNFORECAST
    name = forecast_id(forecast.country, forecast.made)
    wanted = month_of(as_of.date()) + 1
    month = next((one for one in forecast.months if one.month == wanted), None)
    past = [deaths for _, deaths in forecast.history[-YEAR:] if deaths is not None]
    reason = _unheard(forecast, month, wanted, past)
    if reason or month is None or forecast.record is None:
        return Ratio(1.0, f"{reason}: 1 stands, {name} is not applied")
    low, high = published().forecast_ratio
    mean, median = fmean(past), month.at(0.5)
    note = (
        f"median {median:.3g} deaths in {month_written(wanted)} over {mean:.3g} a month in the"
        f" {len(past)} months coded of the last 12; {_told(forecast.record)}; multiplies the"
        f" country's slow rate, {low:g} to {high:g}"
    )
    return Ratio(min(max(median / mean, low), high), note, (name,))


def _unheard(forecast: Forecast, month: Month | None, wanted: int, past: list[float]) -> str:
    """Why the forecast leaves the rate alone; empty where it does not."""
    record, then = forecast.record, month_written(wanted)
    through = f"made of data through {month_written(forecast.cutoff)}"
    if month is None:
        return f"outdated: {through}, it does not reach {then}"
    reach = forecast.card.skill.at(month.horizon)
    crps = reach.score("crps") if reach else None
    ahead = f"{through}, {month.horizon} months before {then}"
    reasons = (
        (reach is None, f"{ahead}, so far ahead the model was not tested"),
        (crps is not None and crps.verdict == "worse", f"{ahead}, so far ahead the model is worse"),
        (record is None, "the model was not tested on this country"),
        (record and record.worse, f"the model is worse than the baseline here, {_told(record)}"),
        (not past, "none of the last 12 months was coded"),
        (not sum(past), "no deaths in the last 12 months to compare with"),
    )
    return next((reason for holds, reason in reasons if holds), "")


def _told(record: Record | None) -> str:
    return (
        ""
        if record is None
        else (
            f"CRPS {record.crps:.3g} against the baseline's {record.baseline:.3g} over"
            f" {record.months} months tested here"
        )
    )
