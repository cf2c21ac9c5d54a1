"""A backtest from a file to its folder: draws in the challenge's form, scores beside baselines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq
import pytest
from tests.foresee.forecast import made_panel

from farwatch.cli.forecast_scores import table
from farwatch.desk import backtesting
from farwatch.desk.backtesting import backtest_file
from farwatch.errors import InputError, UsageError
from farwatch.foresee.forecast import metrics
from farwatch.foresee.forecast.backtest import DRAWS, Window, windows
from farwatch.foresee.forecast.method import NAME


@pytest.fixture(autouse=True, scope="module")
def _small() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        made_panel.make_small(patch)
        yield


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return made_panel.write(made_panel.panel(), tmp_path / "panel.parquet")


def test_a_folder_holds_draws_and_scores(path: Path, tmp_path: Path) -> None:
    told: list[str] = []
    folder = tmp_path / "deep" / "out"
    found = backtest_file(path, windows("2020:2021"), folder, told.append)
    assert sorted(one.name for one in folder.iterdir()) == [
        "scores.json", "window_2020.parquet", "window_2021.parquet",
    ]  # fmt: skip
    assert [line.split(":")[0] for line in told] == ["window 2020", "window 2021"]
    report = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
    assert report == json.loads(json.dumps(found.report))
    assert set(report["windows"]) == {"2020", "2021"} and report["model"] == NAME
    assert set(report["mean"]) == {NAME, "zero", "last_poisson", "conflictology_12"}
    assert set(report["against"]) == {"zero", "last_poisson", "conflictology_12"}
    assert report["panel"]["last"] == "2022-12" and report["panel"]["countries"] == 28
    assert set(report["cost"]) == {"wall_seconds", "processor_seconds", "peak_mib"}
    for one in report["against"]["zero"]:
        assert one["verdict"] in {"better", "worse", "no different"}


def test_the_scores_are_those_of_the_draws(path: Path, tmp_path: Path) -> None:
    """Whoever reads the files and the panel gets the figures of scores.json."""
    found = backtest_file(path, [Window(2021)], tmp_path)
    drawn = pq.read_table(tmp_path / "window_2021.parquet")
    assert drawn.column_names == ["country_id", "month_id", "draw", "outcome"]
    assert {one.type for one in drawn.schema} == {pa.int64()}
    whole = made_panel.panel()
    assert set(drawn["month_id"].to_pylist()) == set(Window(2021).months.tolist())
    assert set(drawn["country_id"].to_pylist()) == set(whole.countries) - {whole.countries[6]}
    assert drawn.num_rows == 27 * 12 * DRAWS
    rows = drawn.sort_by([(name, "ascending") for name in ("country_id", "month_id", "draw")])
    assert rows["draw"].to_pylist()[: DRAWS + 1] == [*range(DRAWS), 0]
    draws = np.asarray(rows["outcome"]).reshape(-1, DRAWS).astype(float)
    cells = np.asarray(rows["country_id"])[::DRAWS], np.asarray(rows["month_id"])[::DRAWS]
    came = np.array([whole.sb[whole.row(a), whole.column(b)] for a, b in zip(*cells, strict=True)])
    mine = found.report["mean"][NAME]
    assert mine["crps"] == pytest.approx(metrics.crps(draws, came).mean())
    assert mine["ign"] == pytest.approx(metrics.ignorance(draws, came).mean())
    assert mine["mis"] == pytest.approx(metrics.interval_score(draws, came).mean())
    assert found.report["windows"]["2021"][NAME]["crps"] == pytest.approx(mine["crps"])


def test_windows_past_the_panels_end_are_drawn_all_the_same(tmp_path: Path) -> None:
    whole = made_panel.panel()
    cut = whole.through(Window(2022).cutoff)
    path = made_panel.write(cut, tmp_path / "cut.parquet")
    found = backtest_file(path, windows("2021:2022"), tmp_path / "out")
    assert found.report["windows_without_outcome"] == [2022]
    assert set(found.report["windows"]) == {"2021"}
    full = backtest_file(
        made_panel.write(whole, tmp_path / "whole.parquet"), windows("2022"), tmp_path / "full"
    )
    one, other = (
        pq.read_table(tmp_path / name / "window_2022.parquet") for name in ("out", "full")
    )
    assert one.equals(other) and full.report["windows_without_outcome"] == []
    only = backtest_file(path, windows("2022"), tmp_path / "only")
    assert only.cells is None and "mean" not in only.report
    assert (tmp_path / "only" / "window_2022.parquet").exists()


def test_a_window_that_the_panel_does_not_hold_is_named(path: Path, tmp_path: Path) -> None:
    """Before anything is fitted, with the windows that it does hold."""
    held = r"the panel holds 2011-01 to 2022-12, which allows windows 2018:2023"
    for year, told in (
        (2024, "window 2024 needs data through 2023-10"),
        (2011, "window 2011 is forecast of 0 months, and learning 14 months ahead needs 74"),
        (2017, "window 2017 is forecast of 70 months"),
    ):
        with pytest.raises(UsageError, match=rf"{told}.*; {held}"):
            backtest_file(path, [Window(2020), Window(year)], tmp_path / "out")
    with pytest.raises(UsageError, match=r"36 months ahead needs 96; .* allows windows 2020:2023"):
        backtest_file(path, [Window(2019)], tmp_path / "out", horizons=tuple(range(1, 37)))
    short = made_panel.write(made_panel.panel().through(440), tmp_path / "short.parquet")
    with pytest.raises(UsageError, match="which allows no window"):
        backtest_file(short, [Window(2016)], tmp_path / "out")
    assert not (tmp_path / "out").exists()
    for year in (2018, 2023):  # what is said to be allowed is
        backtesting._fits(backtesting.panel_from(path), [Window(year)], 14)
    bad = tmp_path / "bad.csv"
    bad.write_text("month_id,country_id,ged_sb\n501,57,-1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"row 1: ged_sb -1 is no count"):
        backtest_file(bad, [Window(2020)], tmp_path / "out")


def test_a_window_that_the_panel_ends_in_is_scored_so_far(tmp_path: Path) -> None:
    """Through June the first half is scored, as it is with the whole year, and said to be half."""
    whole = made_panel.panel()
    june = int(Window(2021).months[5])
    cut = backtest_file(
        made_panel.write(whole.through(june), tmp_path / "cut.parquet"), [Window(2021)],
        tmp_path / "out",
    )  # fmt: skip
    full = backtest_file(
        made_panel.write(whole, tmp_path / "whole.parquet"), [Window(2021)], tmp_path / "full"
    )
    seen, all_of_it = (one.report["tested"]["2021"] for one in (cut, full))
    assert (seen["months"], seen["months_scored"], seen["scored_through"]) == (12, 6, "2021-06")
    assert (all_of_it["months_scored"], all_of_it["scored_through"]) == (12, "2021-12")
    assert seen["cells_scored"] == 27 * 6 and all_of_it["cells_scored"] == 27 * 12
    assert cut.report["windows_without_outcome"] == []
    assert cut.cells is not None and full.cells is not None
    first = full.cells.within(3, 8)
    for name, values in cut.cells.by[NAME].items():
        if name != "pit":  # drawn
            assert np.array_equal(values, first.by[NAME][name]), name
    drawn = [pq.read_table(tmp_path / name / "window_2021.parquet") for name in ("out", "full")]
    assert drawn[0].equals(drawn[1])
    assert "window 2021: scored on 6 of 12 months, for the panel ends in 2021-06" in "\n".join(
        table(cut.report)
    )


def test_countries_without_a_number_in_october_are_named(tmp_path: Path) -> None:
    """One that ended long ago is not asked for; one that stops just before is."""
    whole = made_panel.panel()
    october = whole.column(Window(2021).cutoff)
    sb = whole.sb.copy()
    sb[[0, 9], october - 1 :] = np.nan  # these two end in August
    sb[12, october + 5 :] = np.nan  # and this one within the window
    path = made_panel.write(replace(whole, sb=sb), tmp_path / "late.parquet")
    found = backtest_file(path, [Window(2021)], tmp_path / "out")
    seen = found.report["tested"]["2021"]
    assert seen["left_out"] == [whole.countries[0], whole.countries[9]]
    assert (seen["countries"], seen["months_scored"]) == (25, 12)
    assert seen["cells_scored"] == 24 * 12 + 2
    drawn = pq.read_table(tmp_path / "out" / "window_2021.parquet")
    assert drawn.num_rows == 25 * 12 * DRAWS
    assert not set(seen["left_out"]) & set(drawn["country_id"].to_pylist())
    told = "\n".join(table(found.report))
    assert "window 2021: not forecast, for they have no ged_sb in 2020-10: country_id " in told


def test_a_window_whose_october_is_not_coded_is_refused(tmp_path: Path) -> None:
    whole = made_panel.panel()
    sb = whole.sb.copy()
    sb[:, whole.column(Window(2021).cutoff)] = np.nan
    path = made_panel.write(replace(whole, sb=sb), tmp_path / "gap.parquet")
    with pytest.raises(UsageError, match=r"window 2021 .* has no ged_sb in that month"):
        backtest_file(path, windows("2020:2021"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_world_at_peace_is_scored_without_what_it_cannot_tell(tmp_path: Path) -> None:
    """Nobody was active: no share of nothing gets into the file."""
    whole = made_panel.panel()
    path = made_panel.write(made_panel.changed(whole, lambda one: one * 0), tmp_path / "p.parquet")
    backtest_file(path, [Window(2021)], tmp_path / "out")
    text = (tmp_path / "out" / "scores.json").read_text(encoding="utf-8")
    assert "NaN" not in text and json.loads(text)["pit"]["active"] == []
    assert json.loads(text)["mean"][NAME]["coverage_90_active"] is None


def test_other_months_ahead_are_scored_by_stretches(path: Path, tmp_path: Path) -> None:
    every = tuple(range(1, 37))
    found = backtest_file(path, [Window(2020), Window(2021)], tmp_path, horizons=every)
    drawn = pq.read_table(tmp_path / "window_2021.parquet")
    months = sorted(set(drawn["month_id"].to_pylist()))
    assert months == [Window(2021).cutoff + n for n in every]
    assert found.report["horizons"] == [1, 36]
    ahead = found.report["ahead"]
    assert [(one["first"], one["last"], one["windows"]) for one in ahead] == [
        (1, 2, [2020, 2021]), (3, 14, [2020, 2021]), (15, 26, [2020, 2021]), (27, 36, [2020]),
    ]  # fmt: skip
    assert found.cells is not None and sum(one["cells"] for one in ahead) == len(found.cells.came)
    for one in ahead:
        for score in one["against"]["conflictology_12"]:
            assert one["mean"][NAME][score["name"]] == pytest.approx(score["value"])
    told = "\n".join(table(found.report))
    assert "27 to 36 months ahead, 1 window, against conflictology_12" in told
    protocol = backtest_file(path, [Window(2021)], tmp_path / "protocol")
    assert "ahead" not in protocol.report and protocol.report["horizons"] == [3, 14]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_panel_of_the_needed_columns_in_any_order_gives_the_same_draws(
    path: Path, tmp_path: Path, suffix: str
) -> None:
    """Whatever the numbers are stored as, and whatever else stands beside them."""
    whole = made_panel.table(made_panel.panel())
    rows = whole.take(np.random.default_rng(3).permutation(whole.num_rows))
    rows = rows.set_column(0, "month_id", rows["month_id"].cast(pa.int32()))
    rows = rows.set_column(2, "ged_sb", rows["ged_sb"].cast(pa.float32()))
    rows = rows.append_column("date", pa.array(["2011-01-01"] * rows.num_rows))
    other = tmp_path / f"other.{suffix}"
    (csv.write_csv if suffix == "csv" else pq.write_table)(rows, other)
    needed = tmp_path / "needed.parquet"
    pq.write_table(whole.select(["month_id", "country_id", "ged_sb"]), needed)
    found = {}
    for name in (path, other, needed):
        backtest_file(name, [Window(2021)], tmp_path / "out")
        found[name] = pq.read_table(tmp_path / "out" / "window_2021.parquet")
    assert found[other].equals(found[path])
    assert not found[needed].equals(found[path])  # it knows of no other violence
    assert found[needed].num_rows == found[path].num_rows


def test_countries_that_nobody_knows_are_forecast_too(tmp_path: Path) -> None:
    """A backtest takes any number for a country; it borders nobody."""
    whole = made_panel.panel()
    odd = replace(whole, countries=(*whole.countries[:-1], 987_654))
    path = made_panel.write(odd, tmp_path / "odd.parquet")
    assert backtesting.panel_from(path).codes[-1] is None
    found = backtest_file(path, [Window(2021)], tmp_path / "out")
    assert found.cells is not None and 987_654 in found.cells.country
