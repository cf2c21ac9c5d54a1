"""Scores against values worked out by hand, and what holds of them for any forecast."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.foresee.forecast import metrics

DEATHS = st.integers(0, 60_000)
SAMPLES = st.lists(DEATHS, min_size=1, max_size=40)


def one(draws: list[int], came: float) -> tuple[np.ndarray, np.ndarray]:
    return np.array([draws], dtype=float), np.array([came], dtype=float)


def by_pairs(draws: list[int], came: int) -> float:
    """E|X - y| - E|X - X'|/2 as it is written, over all pairs, each with itself too."""
    count = len(draws)
    apart = sum(abs(x - came) for x in draws) / count
    return apart - sum(abs(x - other) for x in draws for other in draws) / count**2 / 2


def test_crps_by_hand() -> None:
    # E|X - 2| of 0, 0, 3, 5: (2 + 2 + 1 + 3) / 4 = 2. Pairs: 0 + 3 + 5 + 3 + 5 + 2 = 18 apart,
    # each twice in 16: 36 / 16 = 2.25. 2 - 2.25 / 2 = 0.875.
    assert metrics.crps(*one([0, 0, 3, 5], 2)) == pytest.approx(0.875)
    # A point forecast scores its absolute error: |7 - 3| = 4.
    assert metrics.crps(*one([7, 7, 7], 3)) == pytest.approx(4)
    assert metrics.crps(*one([3], 3)) == 0


def test_log_crps_by_hand() -> None:
    # 0 and e^2 - 1 are 0 and 2 in log(1 + x); y = e - 1 is 1. E|X - 1| = 1; pairs: 2 * 2 / 4 = 1,
    # half of it 0.5. 1 - 0.5 = 0.5.
    draws = np.array([[0.0, math.exp(2) - 1]])
    assert metrics.log_crps(draws, np.array([math.e - 1])) == pytest.approx(0.5)


def test_ignorance_by_hand() -> None:
    # 11 bins, one draw added to each: 2 lies in [0.5, 2.5), where of 0, 0, 3, 5 there is none:
    # -log2(1 / 15). 4 lies in [2.5, 5.5) with 3 and 5: -log2(3 / 15).
    assert metrics.ignorance(*one([0, 0, 3, 5], 2)) == pytest.approx(math.log2(15))
    assert metrics.ignorance(*one([0, 0, 3, 5], 4)) == pytest.approx(math.log2(5))
    # 1,000 draws, all in the last bin, as what came: -log2(1001 / 1011).
    assert metrics.ignorance(*one([2000] * 1000, 1001)) == pytest.approx(-math.log2(1001 / 1011))


@pytest.mark.parametrize(
    ("deaths", "number"),
    [(0, 0), (1, 1), (2, 1), (3, 2), (5, 2), (6, 3), (10, 3), (11, 4), (25, 4), (26, 5), (50, 5),
     (51, 6), (100, 6), (101, 7), (250, 7), (251, 8), (500, 8), (501, 9), (1000, 9), (1001, 10)],
)  # fmt: skip
def test_each_count_lies_in_its_bin(deaths: int, number: int) -> None:
    assert int(np.digitize(deaths, metrics.EDGES)) == number


@pytest.mark.parametrize(("came", "score"), [(50, 90), (95, 90), (100, 190), (0, 190), (5, 90)])
def test_interval_score_by_hand(came: int, score: float) -> None:
    # Of 0 to 100 the central 90 % is 5 to 95, 90 wide; each death outside costs 2 / 0.1 = 20.
    draws = list(range(101))
    assert metrics.interval_score(*one(draws, came)) == pytest.approx(score)
    assert bool(metrics.covered(*one(draws, came))[0]) is (score == 90)


def test_pit_by_hand() -> None:
    # Of 0, 0, 1, 5: P(X < 0) = 0 and P(X <= 0) = .5; P(X < 1) = .5 and P(X <= 1) = .75; 9 is past
    # all, so exactly 1.
    draws = np.tile([0.0, 0, 1, 5], (900, 1))
    rng = np.random.default_rng(1)
    for came, low, high in ((0, 0, 0.5), (1, 0.5, 0.75), (9, 1, 1)):
        placed = metrics.pit(draws, np.full(900, float(came)), rng)
        assert low <= placed.min() and placed.max() <= high
        assert placed.mean() == pytest.approx((low + high) / 2, abs=0.02)


def test_brier_and_auc_by_hand() -> None:
    happened = np.array([False, False, True, True])
    # (0.3 - 1)^2 = 0.49, (0.3 - 0)^2 = 0.09.
    found = metrics.brier(np.array([0.3, 0.3]), np.array([True, False]))
    assert found.tolist() == pytest.approx([0.49, 0.09])
    # Of four pairs 0.35 loses to 0.4 alone: 3 / 4. Ties count half.
    assert metrics.auc(np.array([0.1, 0.4, 0.35, 0.8]), happened) == 0.75
    assert metrics.auc(np.full(4, 0.2), happened) == 0.5
    assert metrics.auc(np.full(4, 0.2), np.zeros(4, dtype=bool)) is None
    assert metrics.auc(np.full(4, 0.2), np.ones(4, dtype=bool)) is None


@given(SAMPLES, DEATHS)
def test_crps_is_that_of_all_pairs_and_never_negative(draws: list[int], came: int) -> None:
    found = float(metrics.crps(*one(draws, came))[0])
    assert found == pytest.approx(by_pairs(draws, came), abs=1e-6)
    assert found >= -1e-9
    assert found <= max(abs(x - came) for x in draws) + 1e-9


@given(SAMPLES, DEATHS, st.randoms(use_true_random=False))
def test_no_score_depends_on_the_order_of_draws(draws: list[int], came: int, random) -> None:
    other = draws.copy()
    random.shuffle(other)
    for score in (metrics.crps, metrics.log_crps, metrics.ignorance, metrics.interval_score):
        assert score(*one(draws, came)) == pytest.approx(score(*one(other, came)))


@given(SAMPLES, DEATHS)
def test_the_interval_score_is_its_width_where_it_holds(draws: list[int], came: int) -> None:
    low, high = metrics.interval(np.array([draws], dtype=float))
    score = metrics.interval_score(*one(draws, came))[0]
    assert score >= high[0] - low[0]
    if metrics.covered(*one(draws, came))[0]:
        assert score == high[0] - low[0]


@given(SAMPLES, DEATHS, st.integers(0, 2**32 - 1))
def test_pit_lies_between_0_and_1(draws: list[int], came: int, seed: int) -> None:
    placed = metrics.pit(*one(draws, came), np.random.default_rng(seed))[0]
    assert 0 <= placed <= 1
    assert math.isfinite(metrics.ignorance(*one(draws, came))[0])


def test_the_pit_of_an_honest_forecast_is_even() -> None:
    rng = np.random.default_rng(8)
    rate = rng.gamma(0.5, 8, 4000)
    draws, came = rng.poisson(rate[:, None], (4000, 400)), rng.poisson(rate)
    shares, _ = np.histogram(metrics.pit(draws, came.astype(float), rng), 10, (0, 1))
    assert np.abs(shares / 4000 - 0.1).max() < 0.02
