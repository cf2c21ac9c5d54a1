"""`farwatch history`, as a person at a terminal meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from farwatch.cli.main import cli
from farwatch.errors import InputError, RejectedRows, UsageError

GOOD = "month_id,country_id,ged_sb\n517,57,5\n518,57,6\n"


def run(folder: Path, *args: str) -> Result:
    return CliRunner().invoke(cli, ["history", *args, "--data-dir", str(folder / "desk")])


@pytest.fixture
def panel(tmp_path: Path) -> str:
    (tmp_path / "panel.csv").write_text(GOOD, encoding="utf-8")
    return str(tmp_path / "panel.csv")


def test_a_panel_is_imported_listed_and_not_taken_twice(tmp_path: Path, panel: str) -> None:
    assert "no history: farwatch history import" in run(tmp_path, "list").output
    done = run(tmp_path, "import", panel, "--vintage", "2023-06-01")
    assert done.exit_code == 0, done.output
    assert done.output == (
        "panel.csv: country-month panel, dataset country_month, vintage 2023-06-01 00:00 UTC: "
        "2 rows taken, 0 rejected; 2023-01 to 2023-02, 1 country\n"
    )
    again = run(tmp_path, "import", panel, "--vintage", "2023-06-01")
    assert "held already, nothing added" in again.output
    listed = run(tmp_path, "list")
    assert listed.output == (
        "country_month  2023-06-01 00:00  country-month panel: 1 file, 2 rows, 2023-01 to 2023-02\n"
    )
    (held,) = json.loads(run(tmp_path, "list", "--json").output)
    assert (held["dataset"], held["rows"], held["last"]) == ("country_month", 2, "2023-02")


def test_bad_rows_refuse_the_file_in_one_sentence(tmp_path: Path, panel: str) -> None:
    Path(panel).write_text(GOOD + "519,57,-1\n519,530,2\n", encoding="utf-8")
    refused = run(tmp_path, "import", panel)
    assert isinstance(refused.exception, RejectedRows)
    assert "line 4: ged_sb '-1' is negative; 2 of 4 rows are wrong" in str(refused.exception)
    assert "rejected" in refused.output and "country_id '530'" in refused.output
    assert "no history" in run(tmp_path, "list").output
    partial = run(tmp_path, "import", panel, "--partial")
    assert "2 rows taken, 2 rejected" in partial.output
    assert "line 5: country_id '530' is no country id of VIEWS" in partial.output


def test_many_bad_rows_are_counted_beyond_the_first(tmp_path: Path, panel: str) -> None:
    rows = "".join(f"517,{1000 + number},1\n" for number in range(30))
    Path(panel).write_text(GOOD + rows, encoding="utf-8")
    done = run(tmp_path, "import", panel, "--partial")
    assert done.output.count("rejected ") == 21
    assert "rejected 10 more of panel.csv" in done.output


def test_slips_of_the_pen_are_named(tmp_path: Path, panel: str) -> None:
    late = run(tmp_path, "import", panel, "--vintage", "2022-06-01")
    assert isinstance(late.exception, InputError)
    assert "month '2023-02' is after the release was published" in str(late.exception)
    future = run(tmp_path, "import", panel, "--vintage", "2030-01-01", "--now", "2026-06-01")
    assert isinstance(future.exception, UsageError)
    other = tmp_path / "GEDEvent_v24_1.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    unknown = run(tmp_path, "import", str(other))
    assert isinstance(unknown.exception, InputError)
    assert "is none of: UCDP GED as CSV" in str(unknown.exception)
    assert run(tmp_path, "import").exit_code == 2
