"""A window of a backtest: the protocol, no leak from the future, the same draws again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from tests.foresee.forecast import made_panel

from farwatch.errors import NotFound, UsageError
from farwatch.foresee.forecast import backtest, baselines
from farwatch.foresee.forecast.backtest import HORIZONS, Window, horizons, windows
from farwatch.foresee.forecast.method import NAME, Fitted
from farwatch.foresee.forecast.panel import Panel, borders_of, panel_of
from farwatch.model.history import month_written
from farwatch.world.country_names import VIEWS

YEAR = Window(2021)


@pytest.fixture(autouse=True, scope="module")
def _small() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        made_panel.make_small(patch)
        yield


@pytest.fixture(scope="module")
def whole() -> Panel:
    return made_panel.panel()


@pytest.fixture(scope="module")
def tested(whole: Panel) -> backtest.Tested:
    return backtest.test(whole, borders_of, YEAR)


def same(one: backtest.Tested, other: backtest.Tested) -> bool:
    return one.countries == other.countries and all(
        np.array_equal(draws, other.draws[method]) for method, draws in one.draws.items()
    )


def test_a_window_is_forecast_from_october_of_the_year_before() -> None:
    assert month_written(YEAR.cutoff) == "2020-10"
    assert [month_written(int(one)) for one in YEAR.months] == [
        f"2021-{month:02d}" for month in range(1, 13)
    ]
    assert [one.year for one in windows("2018:2022")] == [2018, 2019, 2020, 2021, 2022]
    assert windows(" 2018 ") == windows("2018:2018") == (Window(2018),)
    assert [one.year for one in windows("2020:2021, 2018,2020")] == [2018, 2020, 2021]
    assert horizons("3:14") == HORIZONS and horizons(" 36 ") == (36,)
    assert [month_written(int(one)) for one in YEAR.ahead((1, 36))] == ["2020-11", "2023-10"]


@pytest.mark.parametrize(
    "said", ["", "2018:", "18:22", "2018-2022", "2018:2019:2020", "x", "2018,"]
)
def test_what_are_no_windows_is_refused(said: str) -> None:
    with pytest.raises(UsageError, match="write 2018:2022"):
        windows(said)
    with pytest.raises(UsageError, match="end before they begin"):
        windows("2022:2018")


@pytest.mark.parametrize("said", ["", "0:3", "3:", "14:3", "1:37", "x", "3-14", "-1"])
def test_what_are_no_months_ahead_is_refused(said: str) -> None:
    with pytest.raises(UsageError, match="write 3:14, at least 1 and at most 36"):
        horizons(said)


def test_draws_are_whole_deaths_of_each_live_country(tested: backtest.Tested, whole: Panel) -> None:
    ended = whole.countries[6]
    assert set(tested.countries) == set(whole.countries) - {ended}
    for draws in tested.draws.values():
        assert draws.shape == (len(tested.countries), 12, backtest.DRAWS)
        assert draws.dtype == np.int64 and draws.min() >= 0
    assert tested.came.shape == (len(tested.countries), 12)
    row = whole.row(tested.countries[9])
    january = whole.column(int(YEAR.months[0]))
    assert np.array_equal(tested.came[9], whole.sb[row, january : january + 12])
    past = whole.sb[row, january - 62 : january - 2]
    assert bool(tested.active[9]) is bool(past.any())
    assert bool(tested.quiet[9]) is not bool(past[-12:].any())


def test_nothing_after_the_cutoff_changes_a_draw(tested: backtest.Tested, whole: Panel) -> None:
    """Every later value is another one, and countries come to be that were not before."""
    rng = np.random.default_rng(11)
    later = np.arange(whole.sb.shape[1]) > whole.column(YEAR.cutoff)

    def altered(values: np.ndarray) -> np.ndarray:
        other = rng.integers(0, 50_000, values.shape).astype(float)
        other[rng.random(values.shape) < 0.2] = np.nan
        newborn = np.where(later, 700.0, np.nan)
        return np.vstack([newborn, np.where(later, other, values), newborn])

    more = replace(
        made_panel.changed(whole, altered),
        countries=(1, *whole.countries, 900),
        codes=("CU", *whole.codes, "SS"),
    )
    assert same(backtest.test(more, borders_of, YEAR), tested)


def test_a_panel_that_ends_with_the_cutoff_gives_the_same_draws(
    tested: backtest.Tested, whole: Panel
) -> None:
    found = backtest.test(whole.through(YEAR.cutoff), borders_of, YEAR)
    assert same(found, tested) and np.isnan(found.came).all()
    partly = backtest.test(whole.through(YEAR.cutoff + 8), borders_of, YEAR)
    assert np.isfinite(partly.came).all(axis=0).tolist() == [True] * 6 + [False] * 6
    with pytest.raises(NotFound):
        backtest.test(whole.through(YEAR.cutoff - 1), borders_of, YEAR)


def test_the_same_panel_and_seed_give_the_same_draws(tested: backtest.Tested, whole: Panel) -> None:
    rows = made_panel.table(whole)
    order = np.random.default_rng(4).permutation(rows.num_rows)
    again = panel_of(rows.take(order), VIEWS)
    (one,) = backtest.run(again, borders_of, [YEAR])
    assert same(one, tested) and np.array_equal(one.came, tested.came)
    other = backtest.test(whole, borders_of, YEAR, seed=3)
    assert not np.array_equal(other.draws[NAME], tested.draws[NAME])


def test_what_was_before_the_cutoff_does_change_the_draws(
    tested: backtest.Tested, whole: Panel
) -> None:
    last = np.arange(whole.sb.shape[1]) == whole.column(YEAR.cutoff)
    more = made_panel.changed(whole, lambda values: np.where(last, values + 400, values))
    found = backtest.test(more, borders_of, YEAR)
    assert not np.array_equal(found.draws[NAME], tested.draws[NAME])
    assert not np.array_equal(found.draws["last_poisson"], tested.draws["last_poisson"])


def test_more_is_expected_where_there_was_war_than_where_there_was_none(
    tested: backtest.Tested,
) -> None:
    """A weak demand, of any method."""
    mean = tested.draws[NAME].mean(axis=(1, 2))
    own = tested.draws["conflictology_12"].mean(axis=(1, 2))
    assert mean[own > 50].mean() > 5 * mean[tested.quiet].mean()


def test_horizons_are_drawn_in_the_order_asked(whole: Panel) -> None:
    fitted = Fitted(whole, borders_of(whole), (1, 2, 12))
    drawn = fitted.draw(50)
    assert drawn.horizons == (1, 2, 12) and drawn.draws.shape == (len(whole.live), 3, 50)
    assert np.array_equal(drawn.draws, fitted.draw(50).draws)
    for shares in fitted.shares(1).values():
        assert shares.shape == (len(whole.live),) and np.abs(shares).max() <= 1


def test_a_panel_too_short_to_learn_from_is_refused(whole: Panel) -> None:
    short = whole.through(made_panel.FIRST + 70)
    with pytest.raises(UsageError, match="holds 71 months"):
        Fitted(short, borders_of(short), HORIZONS)


def test_baselines_are_what_they_are_called(whole: Panel) -> None:
    rng = np.random.default_rng(1)
    assert not baselines.zero(whole, (1, 2), 10, rng).any()
    poisson = baselines.last_poisson(whole, (1, 2), 4000, rng)
    assert np.allclose(poisson.mean(axis=2), whole.deaths[:, -1:], rtol=0.1, atol=0.1)
    own = baselines.conflictology_12(whole, (1, 2), 500, rng)
    for row, draws in enumerate(own):
        assert set(np.unique(draws)) <= set(whole.deaths[row, -12:].astype(int))
    assert own.shape == (len(whole.countries), 2, 500) and tuple(range(3, 15)) == HORIZONS
