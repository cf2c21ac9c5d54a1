"""A backtest from a file to its folder: draws in the challenge's form, scores beside baselines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.foresee.forecast import made_panel

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
    table = pq.read_table(tmp_path / "window_2021.parquet")
    assert table.column_names == ["country_id", "month_id", "draw", "outcome"]
    assert {one.type for one in table.schema} == {pa.int64()}
    whole = made_panel.panel()
    assert set(table["month_id"].to_pylist()) == set(Window(2021).months.tolist())
    assert set(table["country_id"].to_pylist()) == set(whole.countries) - {whole.countries[6]}
    assert table.num_rows == 27 * 12 * DRAWS
    rows = table.sort_by([(name, "ascending") for name in ("country_id", "month_id", "draw")])
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


def test_a_panel_that_ends_too_early_is_named(path: Path, tmp_path: Path) -> None:
    for year in (2024, 2011):
        with pytest.raises(UsageError, match=rf"window {year} needs data through {year - 1}-10"):
            backtest_file(path, [Window(2020), Window(year)], tmp_path / "out")
    assert not (tmp_path / "out").exists()
    with pytest.raises(UsageError, match="needs 74"):
        backtest_file(path, [Window(2015)], tmp_path / "out")
    bad = tmp_path / "bad.csv"
    bad.write_text("month_id,country_id,ged_sb\n501,57,-1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"row 1: ged_sb -1\.0 is no count"):
        backtest_file(bad, [Window(2020)], tmp_path / "out")


def test_countries_that_nobody_knows_are_forecast_too(tmp_path: Path) -> None:
    """A backtest takes any number for a country; it borders nobody."""
    whole = made_panel.panel()
    odd = replace(whole, countries=(*whole.countries[:-1], 987_654))
    path = made_panel.write(odd, tmp_path / "odd.parquet")
    assert backtesting.panel_from(path).codes[-1] is None
    found = backtest_file(path, [Window(2021)], tmp_path / "out")
    assert found.cells is not None and 987_654 in found.cells.country
