"""Ahead: what a country's forecast of battle deaths does to its slow rate of conflict.

    m0 x clip(median of the month after the assessment / mean a month of the last 12, .5, 3)

No skill, no effect: a forecast that was not tested on the country, or did worse there than its
baseline, leaves the rate alone, and so does one that does not reach the month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from farwatch.foresee.constants import published
from farwatch.model.forecast import Forecast, Record, forecast_id
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
    record = forecast.record
    if month is None or month.horizon > forecast.card.skill.horizons[1]:
        reason = f"outdated: made of data through {month_written(forecast.cutoff)}, " + (
            f"it does not reach {month_written(wanted)}"
            if month is None
            else f"{month.horizon} months before {month_written(wanted)}, farther than was tested"
        )
    elif record is None:
        reason = "the model was not tested on this country"
    elif record.worse:
        reason = f"the model is worse than the baseline here, {_told(record)}"
    elif not past:
        reason = "none of the last 12 months was coded"
    elif not fmean(past):
        reason = "no deaths in the last 12 months to compare with"
    else:
        low, high = published().forecast_ratio
        mean, median = fmean(past), month.at(0.5)
        note = (
            f"median {median:.3g} deaths in {month_written(wanted)} over {mean:.3g} a month in the"
            f" {len(past)} months coded of the last 12; {_told(record)}; multiplies the country's"
            f" slow rate, {low:g} to {high:g}"
        )
        return Ratio(min(max(median / mean, low), high), note, (name,))
    return Ratio(1.0, f"{reason}: 1 stands, {name} is not applied")


def _told(record: Record) -> str:
    return (
        f"CRPS {record.crps:.3g} against the baseline's {record.baseline:.3g} over"
        f" {record.months} months tested here"
    )
