"""An exercise's forecasts on its desk: kept in time, told when they rise, scored, never twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from farwatch.desk import forecasting
from farwatch.desk.exercise_forecasts import FILE, Injected
from farwatch.desk.opening import Desk, open_desk
from farwatch.errors import UsageError
from farwatch.exercise import scenario, world
from farwatch.exercise.forecasts import Counted, read, rows
from farwatch.foresee.ahead import ratio_of
from farwatch.model.forecast import Forecast
from farwatch.settings import Settings

OUTLINE = scenario.load("atacora_insurgency")
RISE = OUTLINE.moment("d55 06:00")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return world.build(OUTLINE, None, tmp_path_factory.mktemp("atacora") / "world")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(Settings(data_dir=tmp_path / "desk")) as found:
        yield found


def test_a_rise_is_told_once_and_scored_when_the_month_is_counted(desk: Desk, folder: Path) -> None:
    injected = Injected(desk, folder)
    injected.until(RISE - timedelta(minutes=1))
    assert forecasting.notices(desk) == ()
    first = forecasting.shown(desk, "BJ", RISE - timedelta(minutes=1))
    assert first is not None
    assert first.months[0].at_least_25 == 0.12
    injected.until(RISE + timedelta(hours=1))
    (notice,) = forecasting.notices(desk)
    assert (notice.country, notice.before, notice.now) == ("BJ", 0.12, 0.31)
    assert (notice.made, notice.outcome, notice.deaths) == (RISE, "open", 25)
    Injected(desk, folder).until(RISE + timedelta(hours=2))  # a run that was killed goes on
    assert forecasting.notices(desk) == (notice,)
    injected.until(OUTLINE.end)
    assert [one.outcome for one in forecasting.notices(desk)] == ["false alarm"]


def test_no_level_rests_on_an_invented_forecast(desk: Desk, folder: Path) -> None:
    Injected(desk, folder).until(RISE)
    found = ratio_of(forecasting.shown(desk, "BJ", RISE), RISE)
    assert found.value == 1.0
    assert "is not applied" in found.note


def test_a_forecast_s_months_hold_together() -> None:
    *made, counted = read(rows(OUTLINE))
    assert isinstance(counted, Counted)
    assert (counted.country, counted.deaths) == ("BJ", 7.0)
    for one in made:
        assert isinstance(one, Forecast)
        for month in one.months:
            assert list(month.quantiles) == sorted(month.quantiles)
            assert month.at_least_1 > month.at_least_25
            assert month.at(0.5) == pytest.approx({0.12: 4.0, 0.31: 9.0}[month.at_least_25])


def test_a_field_that_is_missing_is_named() -> None:
    wrong = scenario.Scenario(
        "x", "X", 1, 9, OUTLINE.start, "BJ", {"counted": [{"at": "d1 06:00"}]}
    )
    with pytest.raises(UsageError, match="needs at, deaths, month"):
        rows(wrong)


def test_a_folder_without_forecasts_has_none(desk: Desk, tmp_path: Path) -> None:
    assert not (tmp_path / FILE).exists()
    Injected(desk, tmp_path).until(OUTLINE.end)
    assert forecasting.notices(desk) == ()
