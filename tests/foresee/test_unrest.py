"""The unrest outlook: given with its skill, withheld with its reason, from whole heard weeks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from benchmarks.evaluate_unrest import recorded, returning, seasonal, wandering

from farwatch.foresee.forecast.unrest import LEAST_WEEKS, Listened, Weekly, outlook
from farwatch.foresee.forecast.unrest_drivers import NAMES, pooled
from farwatch.model.forecast import LEVELS
from farwatch.model.unrest import Baseline, SeriesOutlook, Why, Withheld

FIRST = date(2020, 1, 6)


def weekly(counts: np.ndarray) -> Weekly:
    return Weekly("gdelt_protest", "ET", FIRST, counts)


def given(counts: np.ndarray, now: datetime) -> SeriesOutlook:
    found = outlook(weekly(counts), now)
    assert isinstance(found, SeriesOutlook), found
    return found


def withheld(counts: np.ndarray, now: datetime) -> Withheld:
    found = outlook(weekly(counts), now)
    assert isinstance(found, Withheld)
    return found


def test_a_week_is_heard_enough_or_missing_never_zero() -> None:
    shares = {FIRST: 1.0, FIRST + timedelta(weeks=1): 0.49, FIRST + timedelta(weeks=3): 0.5}
    told = {FIRST: 7.0, FIRST + timedelta(weeks=1): 3.0, FIRST + timedelta(weeks=3): 3.0}
    until = FIRST + timedelta(weeks=4)
    scaled = Listened(shares, scaled=True).weekly("x", "ET", told, until)
    assert (scaled.first, scaled.last) == (FIRST, until)
    np.testing.assert_array_equal(scaled.counts, [7, np.nan, np.nan, 6, np.nan])
    plain = Listened(shares, scaled=False).weekly("x", "ET", {FIRST: 7.0}, until)
    np.testing.assert_array_equal(plain.counts, [7, np.nan, np.nan, 0, np.nan])
    early = Listened(shares, scaled=True).weekly("x", "ET", told, FIRST)
    assert early.counts.tolist() == [7]
    assert np.isnan(Listened({}, scaled=True).weekly("x", "ET", told, until).counts).all()


def test_a_series_begins_on_a_monday_and_counts() -> None:
    with pytest.raises(ValueError, match="no Monday"):
        Weekly("x", "ET", date(2020, 1, 7), np.ones(2))
    for wrong in (-1.0, np.inf):
        with pytest.raises(ValueError, match="negative or infinite"):
            weekly(np.array([1.0, wrong]))
    trimmed = weekly(np.array([np.nan, 2.4])).trimmed()
    assert (trimmed.first, trimmed.counts.tolist()) == (date(2020, 1, 13), [2.0])


def test_weeks_with_skill_are_given_as_distributions(now: datetime) -> None:
    counts = seasonal(320)
    found = given(counts, now)
    assert found.cutoff == FIRST + timedelta(weeks=319)
    assert [one.monday for one in found.weeks] == [
        found.cutoff + timedelta(weeks=one.horizon) for one in found.weeks
    ]
    assert len(found.weeks) + len(found.dropped) == 8
    for one in found.weeks:
        assert list(one.quantiles) == sorted(one.quantiles) and len(one.quantiles) == len(LEVELS)
        assert [driver.name for driver in one.drivers] == list(NAMES)
        assert sum(d.share * d.says for d in one.drivers) == pytest.approx(one.mean)
        assert one.a_day == one.mean / 7
        assert one.surge is not None and 0 <= one.surge < one.at_least_1 <= 1
    assert found.median == np.median(counts[-52:])
    assert found.history[-1] == (found.cutoff, counts[-1]) and len(found.history) == 104
    assert found.surge_told == (
        f"a surge is more than {2 * found.median:g} events, twice the year's median week"
    )


def test_what_comes_is_in_the_interval_as_often_as_it_says() -> None:
    """Eight weeks ahead of sixty series, each with its truth drawn along."""
    ends, inside = np.array([0.05, 0.95]), []
    for seed in range(60):
        counts = returning(208, seed)
        low, high = pooled(counts[:200]).spread.quantiles(ends)[:, -1].T
        inside += [*((low <= counts[200:]) & (counts[200:] <= high))]
    assert 0.85 < np.mean(inside) < 0.96


def test_nothing_after_the_last_week_counts(now: datetime) -> None:
    counts = returning(240)
    cut = Listened(
        {FIRST + timedelta(weeks=n): 1.0 for n in range(240)}, scaled=True
    )  # fmt: skip
    until = FIRST + timedelta(weeks=199)

    def told(tail: float) -> SeriesOutlook | Withheld:
        values = np.concatenate([counts[:200], np.full(40, tail)])
        by_week = {FIRST + timedelta(weeks=n): float(value) for n, value in enumerate(values)}
        return outlook(cut.weekly("gdelt_protest", "ET", by_week, until), now)

    assert told(0.0) == told(10_000.0) == outlook(weekly(counts[:200]), now)


def test_why_an_outlook_is_withheld(now: datetime) -> None:
    good = returning(320)
    hole = good.copy()
    hole[-52:-8:1] = np.nan
    late = np.concatenate([good, np.full(5, np.nan)])
    quiet = np.zeros(320)
    quiet[300:310] = 1
    for counts, why, told in (
        (np.full(200, np.nan), Why.NO_DATA, "no week of it was heard"),
        (good[: LEAST_WEEKS - 1], Why.TOO_FEW, "155 weeks were heard since 2020-01-06, of 156"),
        (hole, Why.TOO_THIN, "8 of the last 52 weeks were heard, of 26"),
        (late, Why.TOO_OLD, "the last week heard began on 2026-02-16, 5 whole weeks before"),
        (quiet, Why.TOO_QUIET, "10 of 260 tested weeks had an event, of 20"),
    ):
        found = withheld(counts, now)
        assert (found.why, found.skill) == (why, None)
        assert found.told.startswith(told)


def test_no_skill_is_withheld_with_what_was_measured(now: datetime) -> None:
    found = withheld(wandering(320), now)
    assert found.why is Why.NO_SKILL and found.skill is not None
    assert found.told.startswith("in 260 tested weeks ")
    assert Baseline.LAST_WEEK in found.told


def test_a_few_missing_weeks_at_the_end_are_borne(now: datetime) -> None:
    counts = np.concatenate([seasonal(316), np.full(4, np.nan)])
    found = given(counts, now)
    assert found.cutoff == FIRST + timedelta(weeks=319)
    assert found.history[-1] == (found.cutoff, None)


def test_where_most_weeks_are_empty_there_is_no_surge(now: datetime) -> None:
    counts = (np.arange(320) % 3 == 0).astype(float) * seasonal(320)
    found = given(counts, now)
    assert found.median == 0
    assert all(one.surge is None for one in found.weeks)
    assert found.surge_told.startswith("no surge is defined")


def test_large_counts_are_no_other_case(now: datetime) -> None:
    found = given(1000 * seasonal(200, seed=3), now)
    assert found.weeks[0].at(0.5) > 1000


def test_recorded_violence_of_ethiopia_has_skill(shared: Path, now: datetime) -> None:
    found = outlook(recorded(shared, "ethiopia", "ET", date(1999, 1, 4), date(2022, 12, 19)), now)
    assert isinstance(found, SeriesOutlook)
    assert [round(one.skill, 2) for one in found.skill.overall] == [0.22, 0.04]
    assert all(one.surge is None for one in found.weeks)  # its chance was no better
    assert "no skill over persistence" in found.surge_told


def test_recorded_violence_of_sri_lanka_at_its_end_has_none(shared: Path, now: datetime) -> None:
    found = outlook(recorded(shared, "sri_lanka", "LK", date(1990, 1, 1), date(2009, 5, 11)), now)
    assert isinstance(found, Withheld)
    assert found.why is Why.NO_SKILL
    assert Baseline.EIGHT_WEEKS in found.told and Baseline.LAST_WEEK not in found.told
