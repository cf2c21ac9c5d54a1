"""What a forecast may see: no later month, and nothing that is no number."""

from __future__ import annotations

import numpy as np
import pytest
from tests.foresee.forecast import made_panel

from farwatch.foresee.forecast.features import GROUPS, Features, features
from farwatch.foresee.forecast.panel import Panel, borders_of

BORDERS = borders_of(made_panel.panel())


def seen(panel: Panel) -> Features:
    return features(panel, BORDERS)


@pytest.mark.parametrize("column", [0, 1, 11, 12, 59, 60, 100, 142])
def test_no_feature_sees_a_later_month(column: int) -> None:
    whole, rng = made_panel.panel(), np.random.default_rng(column)

    def altered(values: np.ndarray) -> np.ndarray:
        later = np.arange(values.shape[1]) > column
        other = rng.integers(0, 9_000, values.shape).astype(float)
        other[rng.random(values.shape) < 0.3] = np.nan
        return np.where(later, other, values)

    one, other = seen(whole), seen(made_panel.changed(whole, altered))
    upto = slice(0, column + 1)
    assert np.array_equal(one.cube[:, upto], other.cube[:, upto])
    assert np.array_equal(one.level[:, upto], other.level[:, upto])
    assert np.array_equal(one.active[:, upto], other.active[:, upto])
    assert not np.array_equal(one.cube, other.cube)  # so that the test could fail


def test_the_last_month_is_seen() -> None:
    whole = made_panel.panel()
    last = np.arange(made_panel.MONTHS) == made_panel.MONTHS - 1
    more = made_panel.changed(whole, lambda values: np.where(last, 900, values))
    assert (seen(whole).cube[:, -1] != seen(more).cube[:, -1]).any(axis=1).all()


def test_every_feature_is_a_number_of_a_named_group() -> None:
    found = seen(made_panel.panel())
    assert np.isfinite(found.cube).all() and found.cube.shape[:2] == found.level.shape
    ahead = np.array([1, 36])
    made = found.rows(np.array([0, 9]), np.array([100, 143]), ahead, made_panel.FIRST)
    assert made.shape == (2, len(found.columns)) and len(set(found.columns)) == len(found.columns)
    assert {name.partition("_")[0] for name in found.columns} == set(GROUPS)
    assert np.isfinite(made).all()


def test_level_and_activity_are_of_the_past_year_and_five() -> None:
    whole = made_panel.changed(made_panel.panel(), np.zeros_like)
    whole.sb[2, 10] = 24.0
    found = seen(whole)
    assert found.level[2, 9:23].tolist() == [0, *[2.0] * 12, 0]
    assert found.active[2].nonzero()[0].tolist() == list(range(10, 70))
