"""Admin-1s and cells: panels by hand, distributions, no look-ahead, honest refusals."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from tests.foresee.forecast.made_up import END, happenings, history

from farwatch.errors import InputError, NotFound
from farwatch.foresee.forecast.happenings import Happenings, day_of, time_of
from farwatch.foresee.forecast.local import Panel, admin1s, cells, centre_of, gid_of, month_of
from farwatch.foresee.forecast.local_backtest import onset_skill, quiet_cases, skill_of, trial
from farwatch.foresee.forecast.local_model import Spread, columns, own_spread, own_year
from farwatch.foresee.forecast.local_outlook import LocalModel, fit_local, place_outlook
from farwatch.foresee.grid import Ints

NOW = time_of(END)
JUNE = day_of(datetime(2012, 6, 1, tzinfo=UTC))


def days(*texts: str) -> list[float]:
    return [day_of(datetime.fromisoformat(text).replace(tzinfo=UTC)) for text in texts]


@pytest.fixture(scope="module")
def events() -> Happenings:
    """Enough months with deaths for two towns alone to learn from."""
    return history(every=(60, 120))


@pytest.fixture(scope="module")
def grid() -> Ints:
    """The 81 cells around the first two towns."""
    lat, lon = np.meshgrid(8.25 + np.arange(9) / 2, 38.25 + np.arange(9) / 2)
    return gid_of(lat.ravel(), lon.ravel())


@pytest.fixture(scope="module")
def panel(events: Happenings, grid: Ints) -> Panel:
    return cells(events, grid, END)


@pytest.fixture(scope="module")
def model(panel: Panel) -> LocalModel:
    return fit_local(panel, NOW, months=2)


def test_cells_are_numbered_as_priogrid_numbers_them() -> None:
    # Dansha and Mekelle in GED, with the cells it gives them
    assert gid_of(np.array([13.56387, 13.49667]), np.array([36.973604, 39.47528])).tolist() == [
        149474,
        148759,
    ]
    lat, lon = centre_of(np.array([149474, 1, 259200]))
    assert lat.tolist() == [13.75, -89.75, 89.75]
    assert lon.tolist() == [36.75, -179.75, 179.75]


def test_deaths_count_in_the_month_the_event_ended() -> None:
    began = days("2012-03-30", "2012-04-02", "2012-05-31", "2012-06-02")
    known = days("2012-04-02", "2012-04-03", "2012-06-01", "2012-06-03")
    found = admin1s(
        happenings(began=began, known=known, deaths=[1, 2, 4, 8], admin1=["A", "A", "B", "B"]),
        day_of(datetime(2012, 6, 20, tzinfo=UTC)),
    )
    assert found.names == ("ged-adm1:A", "ged-adm1:B")
    assert found.deaths.tolist() == [[3, 0], [0, 4]]  # April and May; June is not whole
    assert found.since.tolist() == [0, 1]
    assert found.first == month_of(JUNE) - 2


def test_what_lies_in_no_place_is_counted_apart() -> None:
    began = days(*["2012-04-02"] * 4)
    told = happenings(
        began=began,
        where=[1, 4, 5, 1],
        sort=[1, 1, 1, 2],
        deaths=[1, 2, 4, 8],
        admin1=["A", "A", "A", "A"],
    )
    assert admin1s(told, JUNE).deaths.sum() == 3
    assert admin1s(told, JUNE).elsewhere == 4
    grid = gid_of(np.array([10.0]), np.array([40.0]))
    assert cells(told, grid, JUNE).deaths.sum() == 1
    assert cells(told, grid, JUNE).elsewhere == 6


def test_the_own_year_is_the_last_twelve_months() -> None:
    panel = Panel(("a",), 0, np.arange(14.0)[None], np.zeros(1, dtype=np.int64), None, 0.0)
    assert own_year(panel, np.array([13, 0]))[0].tolist() == [
        list(range(2, 14)),
        [0.0] * 12,
    ]


def test_a_spread_tells_chances_and_quantiles() -> None:
    one = Spread(np.array([[30.0, 0.0, 2.0]]), np.array([[0.2, 0.5, 0.3]]))
    assert one.at_least(1)[0] == pytest.approx(0.5)
    assert one.at_least(25)[0] == pytest.approx(0.2)
    assert one.mean()[0] == pytest.approx(6.6)
    assert [one.quantile(level)[0] for level in (0.05, 0.5, 0.8, 0.95)] == [0, 0, 2, 30]
    assert own_spread(np.array([[0.0, 4.0]])).at_least(1)[0] == 0.5


def test_columns_do_not_look_past_what_is_known(panel: Panel) -> None:
    known = np.array([60, 80])
    later = panel.deaths.copy()
    later[:, 81:] = 500.0
    assert np.array_equal(columns(replace(panel, deaths=later), known), columns(panel, known))


def test_a_trial_up_to_a_month_does_not_change_with_what_came_after(panel: Panel) -> None:
    later = panel.deaths.copy()
    later[:, 150:] = 40.0
    whole, other = trial(panel, 2, 120), trial(replace(panel, deaths=later), 2, 120)
    assert whole is not None
    assert other is not None
    before = whole.months < panel.first + 150
    assert before.sum() == 30
    assert np.array_equal(whole.p_any[:, before], other.p_any[:, before])
    for name, (ours, own) in whole.losses.items():
        assert np.array_equal(ours[:, before], other.losses[name][0][:, before])
        assert np.array_equal(own[:, before], other.losses[name][1][:, before])


def test_the_hurdle_beats_the_own_year_where_violence_comes_in_bouts(panel: Panel) -> None:
    found = skill_of(trial(panel, 1, 100), 1)
    assert [one.name for one in found.scores][:2] == ["CRPS of log(1 + deaths)", "CRPS"]
    assert found.scores[0].low > 0
    assert found.late_days == 0


def test_an_outlook_tells_months_with_their_skill(model: LocalModel) -> None:
    name = f"priogrid:{int(gid_of(np.array([10.2]), np.array([40.2]))[0])}"
    found = place_outlook(model, name)
    assert [month.ahead for month in found.months] == [1, 2]
    assert found.months[0].start == datetime(2012, 6, 1, tzinfo=UTC)
    for month in found.months:
        assert month.skill.scores[0].low > 0
        assert 0 < month.p_any < 1
    assert sum(driver.share for driver in found.drivers) == pytest.approx(1)
    assert found.history.unit == "months with battle deaths"


def test_places_where_nothing_was_have_small_chances(model: LocalModel) -> None:
    quiet = place_outlook(model, model.panel.names[0])
    busy = max(model.panel.names, key=lambda name: place_outlook(model, name).months[0].p_any)
    assert quiet.months[0].p_any < 0.05
    assert place_outlook(model, busy).months[0].p_any > 0.1
    assert quiet.months[0].quantiles[2] == (0.5, 0.0)
    assert quiet.history.last is None


def test_an_onset_is_told_of_quiet_places_alone(panel: Panel) -> None:
    found = quiet_cases(panel, 1)
    assert not panel.deaths[found.quiet[:, 0], :13].any()
    mild = replace(panel, deaths=np.zeros_like(panel.deaths))
    with pytest.raises(ValueError, match="after a quiet year: too few"):
        onset_skill(mild, 1, 100)


def test_the_same_again_gives_the_same(panel: Panel, model: LocalModel) -> None:
    again = fit_local(panel, NOW, months=2)
    for name in panel.names[:20]:
        assert place_outlook(again, name) == place_outlook(model, name)


def test_too_little_or_too_old_a_history_is_withheld(events: Happenings, grid: Ints) -> None:
    name = f"priogrid:{int(grid[0])}"
    whole = cells(events, grid, END)
    late = place_outlook(fit_local(whole, NOW + timedelta(days=500)), name)
    assert "months before now" in late.withheld[0]
    mild = cells(replace(events, deaths=np.zeros(len(events))), grid, END)
    assert "20 are needed" in place_outlook(fit_local(mild, NOW), name).withheld[0]
    short = cells(events.take(events.began > END - 1500), grid, END)
    assert "too short" in place_outlook(fit_local(short, NOW), name).withheld[0]


def test_an_unknown_place_and_too_many_months_are_refused(model: LocalModel) -> None:
    with pytest.raises(NotFound, match="'priogrid:1'"):
        place_outlook(model, "priogrid:1")
    with pytest.raises(InputError, match="months 13"):
        fit_local(model.panel, NOW, months=13)
