"""The backtest of an unrest outlook: scores by hand, intervals, and what truth it finds."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from benchmarks.evaluate_unrest import returning, seasonal, wandering

from farwatch.foresee.forecast.unrest_drivers import pooled
from farwatch.foresee.forecast.unrest_skill import (
    BLOCK,
    BURN_IN,
    TESTED,
    against,
    baselines,
    block_interval,
    measured,
    origins_of,
)
from farwatch.model.unrest import HORIZONS, Baseline, UnrestSkill

FIRST = date(2018, 1, 1)


def skill_of(counts: np.ndarray) -> UnrestSkill:
    return measured(counts, FIRST, pooled(counts))


def test_horizons_are_averaged_then_weeks() -> None:
    ours = np.array([[1.0, 2.0, np.nan], [3.0, np.nan, np.nan]])
    theirs = np.array([[2.0, 5.0, 1.0], [4.0, np.nan, 1.0]])
    found = against(Baseline.LAST_WEEK, ours, theirs)
    assert (found.score, found.theirs) == (2.0, 4.0)  # (2 + 2) / 2 and (3 + 5) / 2
    assert found.skill == 0.5
    assert found.verdict == "no different"  # two weeks prove nothing


def test_an_interval_holds_the_mean_and_widens_with_neighbours_that_agree() -> None:
    rng = np.random.default_rng(5)
    alone = rng.normal(size=200)
    runs = np.repeat(rng.normal(size=20), 10)
    low, high = block_interval(alone)
    assert low < alone.mean() < high
    wide = np.subtract(*block_interval(runs)[::-1])
    assert wide / runs.std() > 1.8 * (high - low) / alone.std()
    assert block_interval(np.ones(50)) == (1.0, 1.0)
    assert block_interval(np.ones(BLOCK)) == (-np.inf, np.inf)


def test_the_last_five_years_are_tested_after_a_year_of_learning() -> None:
    assert origins_of(200).tolist() == list(range(BURN_IN, 199))
    assert len(origins_of(1000)) == TESTED and origins_of(1000)[-1] == 998
    assert not len(origins_of(BURN_IN))
    with pytest.raises(ValueError, match="none to test"):
        skill_of(np.ones(BURN_IN))


def test_persistence_is_told_with_a_spread_of_its_own() -> None:
    told = baselines(seasonal(200))
    assert told[Baseline.LAST_WEEK].mean[:, -1].tolist() == [seasonal(200)[-1]] * HORIZONS
    assert told[Baseline.EIGHT_WEEKS].mean[3, -1] == pytest.approx(seasonal(200)[-8:].mean())
    assert told[Baseline.LAST_WEEK].size[0, -1] < told[Baseline.EIGHT_WEEKS].size[0, -1]


@pytest.mark.parametrize("series", [seasonal, returning])
def test_skill_is_found_where_it_is(series) -> None:
    found = skill_of(series(400))
    assert found.proven and all(found.holds(h) for h in range(1, HORIZONS + 1))
    assert 0.85 < found.covered < 0.97
    assert found.surges > 20 and found.surge_proven


@pytest.mark.parametrize("seed", range(4))
def test_none_is_found_in_a_random_walk(seed: int) -> None:
    found = skill_of(wandering(320, seed))
    last = next(one for one in found.overall if one.baseline is Baseline.LAST_WEEK)
    assert last.verdict != "better" and not found.proven


def test_a_season_is_worth_more_further_ahead() -> None:
    found = skill_of(seasonal(400))
    first, last = (found.by_week[h][1].skill for h in (0, HORIZONS - 1))
    assert last > 2 * first


def test_weeks_that_were_not_heard_are_in_no_score() -> None:
    counts = seasonal(300)
    counts[200:240] = np.nan
    found = skill_of(counts)
    assert (
        found.origins == 247 - 33
    )  # from the ends of weeks 199 to 231 none of the next eight was heard
    assert (found.first, found.last) == (date(2018, 12, 31), date(2023, 9, 18))


def test_the_same_series_has_the_same_skill() -> None:
    assert skill_of(returning(220)) == skill_of(returning(220))


def test_scores_of_tested_weeks_do_not_hang_on_later_ones() -> None:
    counts = returning(240)
    changed = np.concatenate([counts[:200], 9 * counts[200:]])
    pool, other = pooled(counts), pooled(changed)
    assert np.array_equal(pool.spread.mean[:, :200], other.spread.mean[:, :200])
    assert np.array_equal(pool.spread.size[:, :200], other.spread.size[:, :200])
    for name, one in baselines(counts).items():
        assert np.array_equal(one.size[:, :200], baselines(changed)[name].size[:, :200])
