"""`farwatch forecast site`: what it prints, and how it refuses."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.desk.history_written import ged

from farwatch.cli.outlook import site
from farwatch.desk.history import How, import_history
from farwatch.desk.opening import open_desk
from farwatch.errors import FarwatchError, NotFound, UnreadableFeed, UsageError
from farwatch.settings import Settings

HEAD = (
    "id,type_of_violence,where_prec,adm_1,latitude,longitude,country_id,date_prec,"
    "date_start,date_end,best\n"
)
ROW = "{id},1,1,North,9.6,80.0,780,1,2008-01-0{id},2008-01-0{id},3\n"


@pytest.fixture
def few(tmp_path: Path) -> Path:
    path = tmp_path / "ged.csv"
    path.write_text(HEAD + "".join(ROW.format(id=n) for n in range(1, 5)) + "9,1\n", "utf-8")
    return path


def run(tmp_path: Path, *args: str) -> Result:
    return CliRunner().invoke(site, [*args, "--data-dir", str(tmp_path / "desk")])


def failed(result: Result) -> FarwatchError:
    assert isinstance(result.exception, FarwatchError)
    return result.exception


def test_a_short_history_is_withheld_and_its_bad_row_named(few: Path, tmp_path: Path) -> None:
    point = ("--at", "9.66,80.02", "--events", str(few), "--as-of", "2008-03-01")
    found = run(tmp_path, *point)
    assert found.exit_code == 0, found.exception
    assert "line 6: columns 2 is not 11" in found.output
    assert "withheld: a history of 0.0 years at" in found.output
    assert "4 deadly events within 50 km in a year" in found.output
    plain = json.loads(run(tmp_path, *point, "--json").stdout)
    assert plain["chances"] == []
    assert plain["withheld"]


@pytest.mark.parametrize(
    ("args", "sort", "said"),
    [
        ((), UsageError, "either a SITE_ID or --at"),
        (("jaf", "--at", "9,80"), UsageError, "either a SITE_ID or --at"),
        (("--at", "nine"), UsageError, "'nine' is not LAT,LON"),
        (("--at", "99,80"), UsageError, "'99,80' is not on the earth"),
        (("--at", "9,80", "--as-of", "soon"), UsageError, "--as-of"),
        (("nowhere",), NotFound, "'nowhere'"),
    ],
)
def test_wrong_arguments_are_one_sentence(
    few: Path, tmp_path: Path, args: tuple[str, ...], sort: type[FarwatchError], said: str
) -> None:
    error = failed(run(tmp_path, *args, "--events", str(few)))
    assert isinstance(error, sort)
    assert said in str(error)


def held(tmp_path: Path, *events: tuple[str, str, int], published: datetime) -> None:
    """A release in the desk's lake."""
    file = ged(tmp_path / "release.csv", *events)
    with open_desk(Settings(data_dir=tmp_path / "desk")) as desk:
        import_history(desk, [file], published, How(vintage=published))


def test_without_a_file_the_desks_history_speaks_as_it_was_known(tmp_path: Path) -> None:
    published = datetime(2023, 2, 1, tzinfo=UTC)
    held(tmp_path, ("1", "2022-11-03", 3), ("2", "2022-12-09", 1), published=published)
    point = ("--at", "9.01,38.71")
    found = run(tmp_path, *point, "--as-of", "2023-03-01")
    assert found.exit_code == 0, found.exception
    assert "2 deadly events within 50 km in a year" in found.output
    assert "last on 2022-12-09" in found.output
    early = failed(run(tmp_path, *point, "--as-of", "2023-01-01"))
    assert isinstance(early, UsageError)
    assert "2023-01-01" in str(early)


def test_a_desk_without_history_says_what_to_import(tmp_path: Path) -> None:
    error = failed(run(tmp_path, "--at", "9,38", "--as-of", "2023-03-01"))
    assert isinstance(error, UsageError)
    assert "no conflict event was known to this desk at 2023-03-01 00:00 UTC" in str(error)
    assert "farwatch history import FILE" in str(error)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    error = failed(run(tmp_path, "--at", "9,80", "--events", str(tmp_path / "no.csv")))
    assert isinstance(error, UnreadableFeed)


def test_chances_are_printed_with_skill_and_reasons(shared: Path, tmp_path: Path) -> None:
    path = shared / "recorded" / "ucdp" / "ged_events_sri_lanka.csv.gz"
    if not path.is_file():
        pytest.skip(f"no recorded events at {path}")
    found = run(tmp_path, "--at", "9.66,80.02", "--events", str(path), "--as-of", "2008-06-01")
    assert found.exit_code == 0, found.exception
    for wanted in ("50 km, 90 days", "log score", "own rate", "rests on", "within 25 km, earlier"):
        assert wanted in found.output
