"""The recorded panel: no leak on it either, and better than the baseline on a year tuned on.

The window is one that the method was tuned on (to 2017); later ones are left to the release.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.foresee.forecast import made_panel

from farwatch.foresee.forecast import backtest, skill
from farwatch.foresee.forecast.backtest import BASELINE, Window
from farwatch.foresee.forecast.method import NAME
from farwatch.foresee.forecast.panel import Panel, borders_of, panel_of
from farwatch.world.country_names import VIEWS

SLOW = bool(os.environ.get("FARWATCH_TEST_SLOW"))
YEAR = Window(2016)


@pytest.fixture(scope="module")
def recorded(shared: Path) -> Panel:
    return panel_of(pq.read_table(shared / "recorded" / "ucdp" / "country_month.parquet"), VIEWS)


def altered(panel: Panel) -> Panel:
    """Another future, of the same past: other deaths, gaps, and the world's states reshuffled."""
    rng = np.random.default_rng(4)
    later = np.arange(panel.sb.shape[1]) > panel.column(YEAR.cutoff)

    def change(values: np.ndarray) -> np.ndarray:
        other = rng.integers(0, 90_000, values.shape).astype(float)
        other[rng.random(values.shape) < 0.3] = np.nan
        return np.where(later, other, values)

    return made_panel.changed(panel, change)


def same(one: backtest.Tested, other: backtest.Tested) -> bool:
    return one.countries == other.countries and all(
        np.array_equal(draws, other.draws[method]) for method, draws in one.draws.items()
    )


def test_nothing_after_the_cutoff_changes_a_draw(
    recorded: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With few trees, so that it takes seconds; with all of them below."""
    made_panel.make_small(monkeypatch)
    one = backtest.test(recorded, borders_of, YEAR)
    assert same(backtest.test(altered(recorded), borders_of, YEAR), one)
    assert 160 < len(one.countries) < 200


@pytest.mark.skipif(not SLOW, reason="some minutes: set FARWATCH_TEST_SLOW=1")
def test_the_whole_method_leaks_nothing_and_beats_the_baseline(recorded: Panel) -> None:
    one = backtest.test(recorded, borders_of, YEAR)
    assert same(backtest.test(altered(recorded), borders_of, YEAR), one)
    scored = skill.cells([one], 1)
    mine, theirs = (skill.mean_scores(scored, name) for name in (NAME, BASELINE))
    for name in ("crps", "ign", "mis", "crps_log1p", "brier_at_least_25"):
        assert mine[name] < theirs[name], name  # type: ignore[operator]
    coverage = mine["coverage_90_active"]
    assert coverage is not None and 0.85 < coverage < 0.99
