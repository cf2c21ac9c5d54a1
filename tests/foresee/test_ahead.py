"""What a country's forecast does to its rate of conflict, and when it does nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.foresee.forecast_made import MADE, WORSE, forecast

from farwatch.foresee.ahead import UNFORECAST, ratio_of
from farwatch.model.forecast import Forecast, Reach, Score
from farwatch.model.history import month_written

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
NAME = "forecast:ET@2026-05-20T06:30:00Z"


@pytest.mark.parametrize(
    ("median", "expected"), [(60.0, 1.5), (40.0, 1.0), (400.0, 3.0), (0.0, 0.5), (26.0, 0.65)]
)
def test_the_median_of_next_month_over_the_last_year_within_bounds(
    median: float, expected: float
) -> None:
    found = ratio_of(forecast(median), NOW)
    assert found.value == pytest.approx(expected)
    assert found.evidence == (NAME,)


def test_its_note_carries_the_months_and_the_skill_here() -> None:
    note = ratio_of(forecast(), NOW).note
    assert "median 60 deaths in 2026-07 over 40 a month" in note
    assert "CRPS 21 against the baseline's 30 over 60 months tested here" in note


def test_the_months_that_were_coded_are_averaged() -> None:
    made = forecast(median=60.0)
    history = tuple((m, None if n % 2 else 30.0) for n, (m, _) in enumerate(made.history))
    found = ratio_of(replace(made, history=history), NOW)
    assert found.value == 2.0
    assert "in the 6 months coded of the last 12" in found.note


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (forecast(record=WORSE), "worse than the baseline here, CRPS 31 against the baseline's 30"),
        (forecast(record=None), "not tested on this country"),
        (forecast(past=0.0), "no deaths in the last 12 months to compare with"),
        (forecast(past=None), "none of the last 12 months was coded"),
        (forecast(made=MADE - timedelta(days=3 * 366)), "outdated: made of data through 2023-04"),
        (
            forecast(made=MADE - timedelta(days=600)),
            "23 months before 2026-07, so far ahead the model was not tested",
        ),
    ],
)
def test_it_is_1_and_says_why(made, reason: str) -> None:
    found = ratio_of(made, NOW)
    assert (found.value, found.evidence) == (1.0, ())
    assert reason in found.note
    assert "is not applied" in found.note


def test_without_a_forecast_it_is_1() -> None:
    assert ratio_of(None, NOW) is UNFORECAST
    assert UNFORECAST.value == 1.0


def test_what_is_worse_so_far_ahead_is_not_heard() -> None:
    """Each month ahead by the skill of its own stretch, whatever the others are worth."""
    made = forecast()
    ahead = next(one.horizon for one in made.months if month_written(one.month) == "2026-07")

    def with_reach(first: int, last: int, low: float) -> Forecast:
        score = Score("crps", 20.0, 19.0, low, 1.5)
        reach = Reach(first, last, (2021,), (score,), 0.9)
        skill = replace(made.card.skill, reaches=(reach,))
        return replace(made, card=replace(made.card, skill=skill))

    assert ratio_of(with_reach(1, ahead, -0.1), NOW).value == 1.5
    worse = ratio_of(with_reach(1, ahead, 0.1), NOW)
    assert worse.value == 1.0 and f"{ahead} months before 2026-07, so far ahead" in worse.note
    assert "so far ahead the model is worse" in worse.note
    untested = ratio_of(with_reach(ahead + 1, 36, -0.1), NOW)
    assert untested.value == 1.0 and "the model was not tested" in untested.note
