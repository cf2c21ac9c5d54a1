"""`farwatch forecast`, as a person at a terminal meets it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.foresee.forecast import made_panel

from farwatch.cli.main import cli
from farwatch.desk import forecasting
from farwatch.desk.opening import open_desk
from farwatch.errors import InputError, NotFound, UsageError
from farwatch.settings import Settings

sys.path.insert(0, str(Path(__file__).parents[1] / "desk"))

from forecast_desk import FIRST, RISING, SECOND, THIRD, take

NOW = {1: FIRST.isoformat(), 2: SECOND.isoformat(), 3: THIRD.isoformat()}


def run(folder: Path, *args: str) -> Result:
    return CliRunner().invoke(cli, ["forecast", *args, "--data-dir", str(folder / "desk")])


@pytest.fixture(autouse=True, scope="module")
def _small() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        made_panel.make_small(patch)
        patch.setattr(forecasting, "WINDOWS", 2)
        yield


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Result]]:
    """A desk that was trained and run on three releases; what each command said."""
    folder = tmp_path_factory.mktemp("forecast")
    said: dict[str, Result] = {}
    for release in (1, 2, 3):
        with open_desk(Settings(data_dir=folder / "desk")) as desk:
            take(desk, folder, release)
        if release == 1:
            said["train"] = run(folder, "train", "--now", NOW[1])
        said[f"run {release}"] = run(folder, "run", "--now", NOW[release])
    for name, one in said.items():
        assert one.exit_code == 0, (name, one.output, one.exception)
    return folder, said


Told = tuple[Path, dict[str, Result]]


def test_train_prints_the_card(told: Told) -> None:
    one = told[1]["train"]
    assert one.stderr == "tested on 2021\ntested on 2022\n"
    lines = one.stdout.splitlines()
    assert lines[0].startswith("farwatch-") and "2022-12, vintage 2023-01-01" in lines[0]
    assert "tested on 2021, 2022, each forecast from October of the year before" in lines[1]
    assert "3 to 14 months ahead" in lines[1] and "conflictology_12" in lines[2]
    names = ("CRPS  ", "CRPS of log1p", "IGN", "MIS", "Brier, 1 or", "Brier, 25", "Brier, onset")
    for name in names:
        (line,) = [line for line in lines if line.startswith(name)]
        assert " to " in line and line.endswith(("better", "worse", "no different"))
    assert "the 90 % interval held" in one.stdout and "AUC: at_least_1 0." in one.stdout
    assert lines[-5].startswith("by CRPS the baseline served better in ")
    assert lines[-4].startswith("1 to 2 months ahead, tested from 2021-2022: CRPS ")
    assert lines[-1].startswith("27 to 36 months ahead: NOT TESTED")


def test_run_says_what_was_made_raised_and_scored(told: Told) -> None:
    first, second, third = (told[1][f"run {n}"].stdout for n in (1, 2, 3))
    assert "27 countries forecast, 1 to 36 months ahead, of data through 2022-12" in first
    assert "0 watch notices raised\n0 earlier notices scored" in first
    assert "THE DATA ARE OLD" not in first
    assert "of data through 2023-01, vintage 2023-02-01" in second
    assert "Zambia 2023-02: 25 deaths or more " in second and "past 30 %  open" in second
    assert "Zambia 2023-02" in third and third.count("  hit") >= 1 and "false alarm" in third
    for text in (first, second, third):
        assert "its record everywhere, 2021-2022, model against conflictology_12: CRPS" in text


def test_show_tells_months_reasons_history_and_record(told: Told) -> None:
    folder, _ = told
    text = run(folder, "show", "Zambia", "--now", NOW[3]).stdout
    lines = text.splitlines()
    assert lines[0] == (
        "Zambia (ZM): state-based battle deaths a month, forecast 2023-03-20 00:00 UTC"
    )
    assert "of data through 2023-02, vintage 2023-03-01, by farwatch-" in lines[1]
    assert lines[2].startswith("its record here: ") and "tested months" in lines[2]
    months = [line for line in lines if line.startswith(("2023-", "2024-", "2025-", "2026-"))]
    assert len(months) == 36 and months[0].startswith("2023-03      1")
    stretches = [line for line in lines if " months ahead" in line]
    assert [line.split(" months")[0] for line in stretches] == ["1 to 2", "3 to 14", "15 to 26",
                                                                "27 to 36"]  # fmt: skip
    assert "tested from 2021-2022: CRPS " in stretches[0] and "(" in stretches[0]
    assert "tested from 2021-2021: CRPS " in stretches[2]  # 2022's second year is yet to come
    assert stretches[3].endswith("NOT TESTED; what is forecast so far ahead is unproven")
    assert "onset" not in text  # a year that was not quiet
    assert any(word in months[0] for word in ("likely (", "roughly even chance (", "certain ("))
    assert "what moves the chance of more than 25 deaths" in text and " points   " in text
    (last,) = [line for line in lines if line.startswith("  2023 ")]
    assert last.split() == ["2023", "400", "500"]
    young = run(folder, "show", made_panel.CODES[4], "--now", NOW[3])
    assert young.exit_code == 0


def test_a_quiet_country_has_an_onset_and_absent_months_are_dashes(told: Told) -> None:
    folder, _ = told
    quiet = [code for code in made_panel.CODES if code not in RISING]
    shown = {code: run(folder, "show", code, "--now", NOW[2]) for code in quiet}
    texts = [one.stdout for one in shown.values() if one.exit_code == 0]
    assert len(texts) == len(quiet) - 1  # one is no longer coded
    assert any(" - " in text.partition("the history it rests on")[2][60:] for text in texts)


def test_old_data_are_called_old(told: Told) -> None:
    folder, _ = told
    late = run(folder, "show", "ZM", "--now", "2023-06-01").stdout
    assert "THE DATA ARE OLD: 4 months; nothing that happened since 2023-02 is in it" in late
    assert "THE DATA ARE OLD" not in run(folder, "show", "ZM", "--now", "2023-05-31").stdout
    assert "THE DATA ARE OLD" in run(folder, "run", "--now", "2023-06-01T00:00Z").stdout


def test_json_holds_the_record_of_the_country(told: Told) -> None:
    folder, _ = told
    found = json.loads(run(folder, "show", "ZMB", "--json", "--now", NOW[3]).stdout)
    assert (found["country"], found["cutoff"], len(found["months"])) == ("ZM", 518, 36)
    assert [one["country"] for one in found["card"]["skill"]["records"]] == ["ZM"]
    assert found["card"]["skill"]["scores"] and found["drivers"] and len(found["history"]) == 120


def test_notices_and_their_steps(told: Told) -> None:
    folder, _ = told
    found = json.loads(run(folder, "notices", "--json").stdout)
    (zambia,) = [one for one in found if one["country"] == "ZM" and one["month"] == 518]
    assert zambia["outcome"] == "hit" and zambia["steps"] == []
    when = ("--now", "2023-03-21")
    done = run(folder, "step", zambia["id"], "Staff leave Lusaka", "--by", "Amina", *when)
    assert done.exit_code == 0
    assert "  step: 2023-03-21 00:00 UTC, Amina: Staff leave Lusaka\n" in done.stdout
    listed = run(folder, "notices")
    assert "Staff leave Lusaka" in listed.stdout and zambia["id"] in listed.stdout
    assert "1 hit" in listed.stderr and f"{len(found)} watch notices: " in listed.stderr
    unknown = run(folder, "step", "wx", "Leave", "--by", "Amina")
    assert isinstance(unknown.exception, NotFound)
    nobody = run(folder, "step", zambia["id"], "Leave", "--by", " ")
    assert isinstance(nobody.exception, UsageError)
    assert run(folder, "step", zambia["id"], "Leave").exit_code == 2  # by nobody


def test_what_is_missing_is_said_with_what_brings_it(tmp_path: Path, told: Told) -> None:
    for args, error, message in (
        (("train",), UsageError, "farwatch history import FILE"),
        (("run",), UsageError, "farwatch forecast train"),
        (("show", "ET"), NotFound, "farwatch forecast train` and `farwatch forecast run"),
        (("show", "Atlantis"), NotFound, "Atlantis"),
        (("run", "--as-of", "2023-02-01", "--now", "2023-01-01"), UsageError, "has not come yet"),
        (("train", "--now", "noon"), UsageError, "--now"),
    ):
        found = run(tmp_path, *args)
        assert isinstance(found.exception, error), (args, found.output)
        assert message in str(found.exception)
    assert run(tmp_path, "notices").stderr == "0 watch notices\n"
    assert json.loads(run(tmp_path, "notices", "--json").stdout) == []
    unforecast = run(told[0], "show", "CU", "--now", NOW[3])
    assert isinstance(unforecast.exception, NotFound)
    assert "does not mean that it is safe" in str(unforecast.exception)


def test_as_of_hides_later_releases(told: Told, tmp_path: Path) -> None:
    folder, _ = told
    done = run(folder, "run", "--as-of", "2023-01-25", "--now", "2023-06-02")
    assert "of data through 2022-12, vintage 2023-01-01" in done.stdout


def backtest(panel: Path, windows: str, out: Path) -> Result:
    args = ["forecast", "backtest", "--panel", str(panel), "--windows", windows, "-o", str(out)]
    return CliRunner().invoke(cli, args)


def test_backtest_prints_a_table_and_writes_files(tmp_path: Path) -> None:
    panel = made_panel.write(made_panel.panel(), tmp_path / "panel.parquet")
    done = backtest(panel, "2021:2022", tmp_path / "out")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].startswith("mean of 2 windows") and "last_poisson" in lines[0]
    assert [line for line in lines if line.startswith("against")][2].startswith(
        "against conflictology_12"
    )
    assert "peak" in done.stdout and done.stderr.startswith("window 2021: ")
    assert lines[-1] == f"draws and scores in {tmp_path / 'out'}"
    cut = made_panel.write(made_panel.panel().through(502), tmp_path / "cut.parquet")
    after = backtest(cut, "2022", tmp_path / "after")
    assert "drawn and not scored, for the panel ends before: 2022" in after.stdout
    assert "nothing to score" in after.stdout
    assert (tmp_path / "after" / "window_2022.parquet").exists()


def test_backtest_refuses_what_it_cannot_read(tmp_path: Path) -> None:
    panel = tmp_path / "panel.csv"
    panel.write_text("month_id,country_id\n501,57\n", encoding="utf-8")
    assert isinstance(backtest(panel, "2021", tmp_path / "o").exception, InputError)
    assert isinstance(backtest(panel, "21", tmp_path / "o").exception, UsageError)
    assert isinstance(backtest(tmp_path / "none", "2021", tmp_path / "o").exception, InputError)


def test_the_group_holds_every_forecast() -> None:
    shown = CliRunner().invoke(cli, ["forecast", "--help"]).output
    for name in ("train", "run", "show", "notices", "step", "backtest", "site", "unrest"):
        assert f"\n  {name} " in shown
