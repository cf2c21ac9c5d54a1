"""The drivers of an unrest outlook, worked by hand, and that none of them looks ahead."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.evaluate_unrest import returning
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import nbinom

from farwatch.foresee.forecast import unrest_drivers as drivers
from farwatch.model.unrest import HORIZONS

NAN = np.nan


def test_means_are_of_the_weeks_that_were_heard() -> None:
    counts = np.array([4.0, NAN, 2.0, 9.0, NAN])
    assert drivers.last_heard(counts).tolist() == [4, 4, 2, 9, 9]
    assert drivers.heard_mean(counts, 2).tolist() == [4, 4, 3, 5.5, 5.5]
    assert drivers.year_mean(counts).tolist() == [4, 4, 3, 5, 5]
    assert drivers.year_median(counts).tolist() == [4, 4, 3, 4, 4]


def test_a_year_is_of_52_weeks_and_a_silent_one_leaves_the_last_word() -> None:
    counts = np.concatenate([[100.0], np.ones(51), [3.0], np.full(60, NAN)])
    mean = drivers.year_mean(counts)
    assert mean[51] == pytest.approx((100 + 51) / 52)
    assert mean[52] == pytest.approx((51 + 3) / 52)
    assert mean[103] == mean[112] == 3
    assert drivers.year_median(counts)[112] == 3


def test_a_half_life_halves() -> None:
    assert_allclose(drivers._faded(np.array([8.0, 2.0]), 1.0), [8, (8 * 0.5 + 2) / 1.5])
    assert_allclose(drivers._faded(np.array([8.0, NAN]), 1.0), [8, 8])


def test_the_trend_is_holts_and_damped() -> None:
    found = drivers.trended(np.array([0.0, np.expm1(1.0), NAN]))
    level, slope = 0.25 * 1.0, 0.05 * 1.0  # of an error of 1 on the scale of logarithms
    assert_allclose(found[0, 0], 0)
    assert_allclose(found[0, 1], np.expm1(level + 0.9 * slope))
    assert_allclose(found[1, 1], np.expm1(level + (0.9 + 0.81) * slope))
    assert_allclose(found[0, 2], found[1, 1])  # a week that was not heard only lets time pass


def test_a_season_is_the_same_weeks_of_the_years_before() -> None:
    counts = np.ones(52 * 3)
    counts[50:55] = counts[102:107] = 11.0  # five weeks about the turn of each year
    found = drivers.season(counts, np.ones_like(counts))
    # After week 155 comes 156: a year back 104, two 52, five weeks each, and three years back 0, 1.
    assert found[0, 155] == pytest.approx((110 + 2 + 5) / (10 + 2 + 5))
    assert found[0, 30] == 1  # no year before it was heard
    assert found[0, 120] == pytest.approx(1)  # nothing special in those weeks


def test_what_came_stands_where_it_was_foretold() -> None:
    came = drivers.ahead(np.array([1.0, 2.0, 3.0]))
    assert came.shape == (HORIZONS, 3)
    assert came[0, :2].tolist() == [2, 3] and came[1, 0] == 3
    assert np.isnan(came[0, 2]) and np.isnan(came[2:]).all()


def test_what_is_known_of_forecasts_is_of_weeks_that_have_come() -> None:
    scores = np.arange(1.0, 5.0) * np.ones((HORIZONS, 4))
    known = drivers._known_by(scores, 0.5)
    assert known[0].tolist() == [0, 1, 2.5, 4.25]  # 1, then 2 and half of 1, and so on
    assert known[2].tolist() == [0, 0, 0, 1]


def test_the_spread_is_as_wide_as_past_errors_were() -> None:
    rng = np.random.default_rng(1)
    wild = rng.negative_binomial(2, 2 / 42, 400).astype(float)
    calm = rng.poisson(40, 400).astype(float)
    told = np.full((HORIZONS, 400), 40.0)
    assert 1 < drivers.spread(told, drivers.ahead(wild)).size[0, -1] < 4
    assert drivers.spread(told, drivers.ahead(calm)).size[0, -1] > 90


def test_a_spread_gives_chances_and_quantiles_of_the_negative_binomial() -> None:
    # Size 1 is the geometric distribution: P(count > n) = (mean / (1 + mean)) ** (n + 1).
    one = drivers.Spread(np.array([[3.0]]), np.array([[1.0]]))
    assert_allclose(one.chance_over(np.array(1.0)), [[0.75**2]])
    assert one.quantiles(np.array([0.2, 0.5, 0.9]))[0, 0].tolist() == [0, 2, 8]


@pytest.mark.parametrize("size", [drivers.SIZES[0], 3.0, drivers.SIZES[-1]])
@pytest.mark.parametrize("mean", [drivers.FLOOR, 4.0, 700.0])
def test_the_score_is_the_sum_over_counts_that_defines_it(mean: float, size: float) -> None:
    one = drivers.Spread(np.array(mean), np.array(size))
    counts = np.arange(60_000)
    upto = nbinom.cdf(counts, size, size / (size + mean))
    for came in (0.0, 3.0, 900.0, NAN):
        found = one.crps(np.array(came))
        assert_allclose(found, ((upto - (counts >= came)) ** 2).sum() if came == came else NAN)


def test_shares_add_up_and_the_mean_is_their_sum() -> None:
    pool = drivers.pooled(returning(200))
    assert pool.means.shape == pool.weights.shape == (len(drivers.NAMES), HORIZONS, 200)
    assert_allclose(pool.weights.sum(axis=0), 1)
    assert_allclose((pool.weights * pool.means).sum(axis=0), pool.spread.mean)


def test_who_did_better_lately_weighs_more() -> None:
    steady = drivers.pooled(np.random.default_rng(3).poisson(30, 200).astype(float))
    share = dict(zip(drivers.NAMES, steady.weights[:, 0, -1], strict=True))
    assert share["mean of a year"] > 3 * share[drivers.LAST]


counted = st.lists(st.one_of(st.integers(0, 500), st.none()), min_size=12, max_size=90)


@settings(max_examples=40)
@given(counts=counted, more=counted, cut=st.integers(1, 90))
def test_no_driver_looks_ahead(
    counts: list[int | None], more: list[int | None], cut: int
) -> None:  # fmt: skip
    kept = [1, *counts[:cut]]
    before = drivers.pooled(np.array(kept, dtype=float))
    after = drivers.pooled(np.array([*kept, *more], dtype=float))
    until = len(kept)
    assert_allclose(after.means[..., :until], before.means, rtol=1e-9)
    assert_allclose(after.weights[..., :until], before.weights, rtol=1e-9)
    assert_allclose(after.spread.size[..., :until], before.spread.size)


@settings(max_examples=40)
@given(counts=counted)
def test_every_forecast_is_a_distribution(counts: list[int | None]) -> None:
    pool = drivers.pooled(np.array([1, *counts], dtype=float))
    assert np.isfinite(pool.spread.mean).all() and (pool.spread.mean >= drivers.FLOOR).all()
    quantiles = pool.spread.quantiles(np.array([0.05, 0.5, 0.95]))
    assert np.isfinite(quantiles).all() and (np.diff(quantiles) >= 0).all()
    chance = pool.spread.chance_over(np.array(0.0))
    assert ((chance >= 0) & (chance <= 1)).all()
