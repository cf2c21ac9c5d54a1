"""Forecasts on the desk: trained, run, shown with their skill; notices raised and told by time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from forecast_desk import FIRST, RISING, SECOND, THIRD, history, take
from tests.foresee.forecast import made_panel

from farwatch.desk import forecasting
from farwatch.desk.forecasting import Made
from farwatch.desk.history import forecasts_as_of
from farwatch.desk.opening import Desk, open_desk
from farwatch.errors import NotFound, UsageError
from farwatch.model.forecast import LEVELS, ModelCard
from farwatch.model.history import FORECASTS, month_written
from farwatch.settings import Settings
from farwatch.store import audit

DAY = timedelta(days=1)


@pytest.fixture(autouse=True, scope="module")
def _small() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        made_panel.make_small(patch)
        patch.setattr(forecasting, "WINDOWS", 2)
        yield


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(Settings(data_dir=tmp_path / "desk")) as opened:
        yield opened


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, ModelCard, list[Made]]]:
    """Three releases, a model, and a run on each."""
    folder = tmp_path_factory.mktemp("story")
    with open_desk(Settings(data_dir=folder / "desk")) as desk:
        take(desk, folder, 1)
        card = forecasting.train(desk, FIRST)
        runs = []
        for release, now in enumerate((FIRST, SECOND, THIRD), 1):
            if release > 1:
                take(desk, folder, release)
            runs.append(forecasting.run(desk, now))
        yield desk, card, runs


def test_what_is_missing_is_said(desk: Desk, tmp_path: Path) -> None:
    assert forecasting.card(desk) is None
    assert forecasting.shown(desk, "ET", FIRST) is None
    assert forecasting.changes(desk, FIRST) == forecasting.notices(desk) == ()
    with pytest.raises(UsageError, match="farwatch history import FILE"):
        forecasting.train(desk, FIRST)
    with pytest.raises(UsageError, match="farwatch forecast train"):
        forecasting.run(desk, FIRST)
    take(desk, tmp_path, 1)
    with pytest.raises(UsageError, match="no history of violence"):
        forecasting.train(desk, FIRST, FIRST.replace(day=1) - DAY)


@pytest.mark.parametrize("months", [20, 70, 90])
def test_a_history_too_short_to_test_on_is_refused(desk: Desk, tmp_path: Path, months: int) -> None:
    whole = history(1)
    late = replace(
        whole, first=whole.last - months + 1, sb=whole.sb[:, -months:], ns=whole.ns[:, -months:],
        os=whole.os[:, -months:],
    )  # fmt: skip
    take(desk, tmp_path, 1, late)
    with pytest.raises(UsageError, match=r"\d+ months|needs data"):
        forecasting.train(desk, FIRST)
    assert forecasting.card(desk) is None


def test_a_model_is_its_card(story: tuple[Desk, ModelCard, list[Made]]) -> None:
    desk, card, _ = story
    assert forecasting.card(desk) == card
    assert card.skill.windows == (2021, 2022) and card.horizons == tuple(range(1, 37))
    assert month_written(card.cutoff) == "2022-12" and card.vintage == FIRST.replace(day=1)
    assert card.panel_digest == history(1).digest() and card.id.endswith(card.panel_digest[:8])
    assert {"python", "numpy"} < set(card.libraries) and card.parameters["method"]
    assert {one.name for one in card.skill.scores} >= {"crps", "ign", "mis", "brier_at_least_25"}
    assert card.skill.horizons == (3, 14)
    assert [(one.first, one.last, one.windows) for one in card.skill.reaches] == [
        (1, 2, (2021, 2022)), (3, 14, (2021, 2022)), (15, 26, (2021,)),
    ]  # fmt: skip
    assert card.skill.reaches[1].scores == card.skill.scores
    assert card.stretches[-1] == (27, 36, None)  # of which the history does not tell yet
    assert card.skill.of("ET") is not None and len(card.skill.records) >= 26


def test_every_country_is_forecast_with_its_skill(
    story: tuple[Desk, ModelCard, list[Made]],
) -> None:
    desk, card, runs = story
    first = runs[0].forecasts
    live = {code for code in made_panel.CODES if code != history(1).codes[6]}
    assert {one.country for one in first} == live and runs[0].notices == runs[0].scored == ()
    for one in first:
        assert one.card == card and one.place == f"country:{one.country}"
        assert (one.cutoff, one.made, one.vintage) == (516, FIRST, FIRST.replace(day=1))
        assert [month.horizon for month in one.months] == list(range(1, 37))
        assert all(list(month.quantiles) == sorted(month.quantiles) for month in one.months)
        assert len(one.history) == 120 and one.drivers
    shown = forecasting.shown(desk, "ZM", THIRD)
    assert shown is not None and shown.made == THIRD and shown.record == card.skill.of("ZM")
    assert month_written(shown.cutoff) == "2023-02"
    assert forecasting.shown(desk, "CU", THIRD) is None


def test_a_run_can_be_made_again(desk: Desk, tmp_path: Path) -> None:
    """The same panel and model give the same draws, and nothing is kept twice."""
    take(desk, tmp_path, 1)
    forecasting.train(desk, FIRST)
    one = forecasting.run(desk, FIRST)
    rows = forecasts_as_of(desk, None).num_rows
    assert forecasting.run(desk, FIRST) == one
    assert forecasts_as_of(desk, None).num_rows == rows == 36 * len(one.forecasts)
    later = forecasting.run(desk, FIRST + DAY)
    assert [two.months for two in later.forecasts] == [two.months for two in one.forecasts]
    assert later.notices == ()  # nothing rose
    # As of the first release, the second is not seen.
    take(desk, tmp_path, 2)
    then = forecasting.run(desk, SECOND, FIRST)
    assert [two.months for two in then.forecasts] == [two.months for two in one.forecasts]
    assert then.forecasts[0].vintage == FIRST.replace(day=1)


def test_rises_are_noticed_and_told_by_time(story: tuple[Desk, ModelCard, list[Made]]) -> None:
    desk, _, runs = story
    raised = {one.country: one for one in runs[1].notices}
    assert set(RISING) <= set(raised)
    for one in raised.values():
        assert one.before is not None and one.before < one.threshold <= one.now
        assert (month_written(one.month), one.made, one.outcome) == ("2023-02", SECOND, "open")
    told = {one.country: one for one in runs[2].scored}
    outcomes = {code: told[code].outcome for code in RISING}
    assert outcomes == {"ZM": "hit", "FR": "false alarm", "PE": "not coded"}
    assert told["ZM"].updated == THIRD and told["ZM"].id == raised["ZM"].id
    kept = {one.id: one for one in forecasting.notices(desk)}
    assert kept[raised["ZM"].id].outcome == "hit"
    assert not {one.id for one in runs[2].notices} & set(told)


def test_changes_are_since_the_run_before(story: tuple[Desk, ModelCard, list[Made]]) -> None:
    desk, _, runs = story
    found = {one.country: one for one in forecasting.changes(desk, THIRD + DAY)}
    assert set(found) == {one.country for one in runs[2].forecasts}
    before = {one.country: one.months[1] for one in runs[1].forecasts}  # two months ahead, then
    now = {one.country: one.months[0] for one in runs[2].forecasts}
    for code, one in found.items():
        assert one.month == before[code].month == now[code].month == 519
        assert (one.before, one.now) == (before[code].at_least_25, now[code].at_least_25)
        assert one.made == THIRD
    assert found["ZM"].deaths_12 == pytest.approx((11 * 400 + 500) / 12)
    assert {one.month for one in forecasting.changes(desk, THIRD + DAY, 12)} == {530}


def test_the_lake_keeps_every_run(story: tuple[Desk, ModelCard, list[Made]]) -> None:
    desk, card, _ = story
    rows = forecasts_as_of(desk, FIRST + DAY, place="country:ZM")
    assert isinstance(rows, pa.Table) and rows.schema.names == FORECASTS.names
    table = rows.to_pylist()
    assert len(table) == 36 and {row["model"] for row in table} == {card.id}
    assert {row["cutoff"] for row in table} == {516} and table[0]["levels"] == list(LEVELS)
    newer = forecasts_as_of(desk, THIRD, place="country:ZM").to_pylist()
    assert {row["cutoff"] for row in newer} == {518}


def test_a_month_that_few_are_coded_in_is_no_cut_off(desk: Desk, tmp_path: Path) -> None:
    """A candidate month of some countries is not taken for a world at peace."""
    thin = history(2)
    thin.sb[4:, -1] = float("nan")
    take(desk, tmp_path, 2, thin)
    forecasting.train(desk, SECOND)
    made = forecasting.run(desk, SECOND)
    assert {month_written(one.cutoff) for one in made.forecasts} == {"2022-12"}
    assert {one.months[0].month for one in made.forecasts} == {517}


def test_steps_are_kept_with_their_person_and_audited(
    story: tuple[Desk, ModelCard, list[Made]],
) -> None:
    desk, _, runs = story
    of, when = runs[1].notices[0], THIRD + DAY
    kept = forecasting.record_step(desk, of.id, "  Staff leave\n Lusaka ", "Amina", when)
    assert kept.steps == ("2023-03-21 00:00 UTC, Amina: Staff leave Lusaka",)
    assert kept.updated == when
    again = forecasting.record_step(desk, of.id, "Flights booked", " Amina ", when + DAY)
    assert len(again.steps) == 2 and again.steps[0] == kept.steps[0]
    with desk.database.read() as conn:
        sealed = [one.decision for one in audit.entries(conn, of.id)]
    assert [(one.kind, one.by) for one in sealed] == [("forecast.step", "Amina")] * 2
    assert sealed[0].details == {"step": "Staff leave Lusaka", "country": of.country}
    with pytest.raises(NotFound, match="no watch notice 'wx'"):
        forecasting.record_step(desk, "wx", "Leave", "Amina", when)
    for words in ("", " \n ", "x" * 1001):
        with pytest.raises(UsageError, match="needs 1 to 1,000 characters"):
            forecasting.record_step(desk, of.id, words, "Amina", when)
    with pytest.raises(UsageError, match="no person's name"):
        forecasting.record_step(desk, of.id, "Leave", " ", when)


def test_progress_is_told(desk: Desk, tmp_path: Path) -> None:
    take(desk, tmp_path, 1)
    lines: list[str] = []
    forecasting.train(desk, FIRST, told=lines.append)
    assert lines == ["tested on 2021", "tested on 2022"]
