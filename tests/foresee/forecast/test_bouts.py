"""Rings, bins and memories, by hand."""

import numpy as np
import pytest
from tests.foresee.forecast.made_up import happenings

from farwatch.foresee.forecast.bouts import (
    bouts,
    deadly_since,
    decayed,
    months_heard,
    outcomes,
    struck_windows,
)

HERE = (np.array([10.0]), np.array([40.0]))
CUT = 14_100.0
KM = 1 / 111.195  # degrees of latitude


def test_an_event_lies_in_the_ring_of_its_distance() -> None:
    lat = 10 + np.array([10, 40, 90, 150, 300, 500]) * KM
    found = bouts(happenings(lat=lat), *HERE, CUT)
    # 1-4 dead weigh 1, and log2(1 + 1) = 1; the one at 500 km counts nowhere
    assert found.weight.sum(axis=(1, 2)).tolist() == [1, 1, 1, 1, 1]
    assert found.struck.sum(axis=(1, 2)).tolist() == [1, 1]
    assert int(found.deadly.sum()) == 5


def test_events_of_one_bin_count_less_than_their_number() -> None:
    three = happenings(began=[14_002.0, 14_003.0, 14_004.0], deaths=[0, 5, 30])
    found = bouts(three, *HERE, CUT)
    assert found.weight.sum() == pytest.approx(np.log2(1 + 0.3 + 2 + 4))


def test_a_bin_holds_what_became_known_by_its_end() -> None:
    found = bouts(happenings(began=[14_079.0, 14_080.0]), *HERE, CUT)
    assert found.ends[-1] == CUT
    # known on the 80th (by the end of the third last bin), and on the 81st (within the next)
    assert found.weight[0, 0, -3:].tolist() == [1, 1, 0]


def test_memories_fade_by_half_in_a_half_life() -> None:
    found = bouts(happenings(began=[14_079.0]), *HERE, CUT)
    cuts = np.array([14_080.0, 14_100.0])
    rates = decayed(found, cuts)[20][0, 0]
    heard = months_heard(20, cuts - found.start)
    assert (rates * heard).tolist() == pytest.approx([1.0, 0.5])


def test_months_heard_tend_to_the_mean_life() -> None:
    assert months_heard(30, np.array([1e6]))[0] == pytest.approx(1 / np.log(2))
    assert months_heard(30, np.array([30.0]))[0] == pytest.approx(0.5 / np.log(2))


def test_outcomes_begin_in_the_days_after() -> None:
    found = bouts(happenings(began=[14_030.0]), *HERE, CUT)
    nows = np.array([13_990.0, 14_000.0, 14_010.0, 14_030.0, 14_040.0])
    assert outcomes(found, nows, 25, 30)[0].tolist() == [False, False, True, True, False]


def test_an_event_without_dead_is_no_outcome() -> None:
    found = bouts(happenings(began=[14_030.0], deaths=[0]), *HERE, CUT)
    assert not outcomes(found, np.array([14_020.0]), 50, 30).any()
    assert found.weight.sum() > 0


def test_windows_count_spans_not_events() -> None:
    found = bouts(happenings(began=[14_005.0, 14_006.0, 14_065.0]), *HERE, CUT)
    cuts = np.array([CUT])
    assert struck_windows(found, cuts, 25, 30, 3)[0, 0] == 1  # days 10-40, 40-70, 70-100
    assert struck_windows(found, cuts, 25, 30, 4)[0, 0] == 2
    assert deadly_since(found, cuts, 60)[0, 0] == 1


def test_events_badly_located_or_after_the_cut_are_not_seen() -> None:
    found = bouts(happenings(began=[14_050.0, 14_100.0], where=[4, 1]), *HERE, CUT)
    assert not found.weight.any()
    assert not found.began.any()


def test_without_leaves_out_a_ring_in_some_bins_alone() -> None:
    two = happenings(began=[14_050.0, 14_050.0], lat=[10.0, 10 + 40 * KM])
    found = bouts(two, *HERE, CUT)
    bare = found.without((0,), np.ones(found.weight.shape[2], dtype=bool))
    assert bare.weight.sum(axis=(1, 2)).tolist() == [0, 1, 0, 0, 0]
    assert found.weight.sum(axis=(1, 2)).tolist() == [1, 1, 0, 0, 0]


def test_no_event_at_all() -> None:
    found = bouts(happenings(began=[]), *HERE, CUT)
    assert found.weight.shape == (5, 1, 1)
    assert not found.weight.any()
