"""Scores by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.foresee.forecast.outlook_scores import (
    auc,
    bins,
    brier,
    crps,
    interval,
    log_loss,
    score,
)


def test_log_loss_and_brier() -> None:
    p, y = np.array([0.25, 0.25, 0.0]), np.array([True, False, False])
    assert log_loss(p, y)[:2].tolist() == pytest.approx([np.log(4), -np.log(0.75)])
    assert np.isfinite(log_loss(p, ~y)).all()
    assert brier(p, y).tolist() == pytest.approx([0.5625, 0.0625, 0.0])


def test_crps_of_one_atom_is_the_distance_and_of_two_is_known() -> None:
    one = crps(np.array([[5.0]]), np.array([[1.0]]), np.array([2.0]))
    # E|X - y| = 1, E|X - X'| / 2 = .5 for a fair coin of 0 and 2, y = 1
    two = crps(np.array([[2.0, 0.0]]), np.array([[0.5, 0.5]]), np.array([1.0]))
    assert one[0] == 3.0
    assert two[0] == pytest.approx(0.5)


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=8),
    st.floats(0, 100),
    st.randoms(use_true_random=False),
)
def test_crps_is_as_the_definition_says(atoms: list[float], y: float, rng: object) -> None:
    x = np.array(atoms)
    w = np.array([rng.random() + 0.01 for _ in atoms])  # type: ignore[attr-defined]
    w /= w.sum()
    plain = (w * abs(x - y)).sum() - (w[:, None] * w * abs(x[:, None] - x)).sum() / 2
    assert crps(x[None], w[None], np.array([y]))[0] == pytest.approx(plain, abs=1e-8)


def test_auc_counts_pairs() -> None:
    y = np.array([False, True, False, True])
    assert auc(np.array([0.1, 0.4, 0.2, 0.3]), y) == 1.0
    assert auc(np.array([0.5, 0.5, 0.5, 0.5]), y) == 0.5
    assert auc(np.array([0.1, 0.2]), np.array([True, True])) is None


def test_bins_hold_their_cases() -> None:
    p = np.array([0.005, 0.005, 0.5, 0.9])
    found = bins(p, np.array([False, True, True, True]))
    assert [(one.cases, one.observed) for one in found] == [(2, 0.5), (1, 1.0), (1, 1.0)]


def test_a_gain_that_every_place_shares_has_no_width() -> None:
    low, high = interval(np.array([2.0, 4.0]), np.array([1.0, 2.0]))
    assert (low, high) == (2.0, 2.0)
    told = np.array([[True, False], [True, True]])
    found = score("loss", np.full((2, 2), 0.1), np.full((2, 2), 0.3), told)
    assert (found.ours, found.baseline) == pytest.approx((0.1, 0.3))
    assert found.low == pytest.approx(0.2)
