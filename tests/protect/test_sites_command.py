import csv
import getpass
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from farwatch.cli.sites import sites
from farwatch.desk.opening import open_desk
from farwatch.errors import InputError, RejectedRows, UsageError
from farwatch.model.event import Event
from farwatch.model.grade import Grade
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.report import Span
from farwatch.settings import Settings
from farwatch.store import alerts, audit, events

TEXT = "id,name,lat,lon,country,phone\na,Alpha,-12.8,28.2,ZM,1\nb,Beta,,28.2,ZM,2\n"


@pytest.fixture
def desk(tmp_path, monkeypatch):
    monkeypatch.setenv("FARWATCH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sites.csv").write_text(TEXT, encoding="utf-8")
    return tmp_path


def run(*arguments: str):
    return CliRunner().invoke(sites, arguments)


def test_a_list_with_a_wrong_row_is_refused_whole(desk):
    result = run("import", "sites.csv")
    assert isinstance(result.exception, RejectedRows)
    assert result.exception.exit_code == 4
    assert "line 3: lat '' is missing; 1 of 2 rows" in str(result.exception)
    assert run("list").stdout == ""


def test_partial_takes_the_good_rows_and_lists_the_rest(desk):
    result = run("import", "sites.csv", "--partial", "--report", "bad.csv")
    assert result.exit_code == 0
    assert "rejected line 3: lat '' is missing" in result.stdout
    assert "1 site, 1 row rejected; 1 site in our care" in result.stdout
    assert "id = id, name = name" in result.stdout
    assert "phone" in result.stdout
    with (desk / "bad.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [
            ["line", "field", "value", "reason"],
            ["3", "lat", "", "is missing"],
        ]
    listed = run("list").stdout
    assert "a  Alpha  -12.8000, 28.2000  ZM  tier 2" in listed


def test_an_empty_list_does_not_replace_what_is_in_our_care(desk):
    run("import", "sites.csv", "--partial")
    (desk / "empty.csv").write_text("id,lat,lon\nc,,\n", encoding="utf-8")
    refused = run("import", "empty.csv", "--partial", "--replace").exception
    assert isinstance(refused, InputError)
    assert "empty.csv: holds no site" in str(refused)
    assert "a  Alpha" in run("list").stdout


def test_the_desk_may_be_named_by_a_flag(desk):
    run("import", "sites.csv", "--partial", "--data-dir", str(desk / "other"))
    assert run("list").stdout == ""
    assert "a  Alpha" in run("list", "--data-dir", str(desk / "other")).stdout


def test_replace_and_dry_run(desk):
    run("import", "sites.csv", "--partial")
    (desk / "other.csv").write_text("id,lat,lon\nc,-12.9,28.2\n", encoding="utf-8")
    assert "nothing stored" in run("import", "other.csv", "--dry-run").stdout
    assert "a  Alpha" in run("list").stdout
    assert "2 sites in our care" in run("import", "other.csv").stdout
    assert "1 site in our care" in run("import", "other.csv", "--replace").stdout


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        (("import", "none.csv"), InputError, "none.csv"),
        (("import", "sites.csv", "--map", "lat"), UsageError, "'lat' is not FIELD=COLUMN"),
        (("import", "sites.csv", "--map", "lat=x"), UsageError, "no column 'x'"),
        (("import", "sites.csv", "--report", "no/where.csv"), InputError, "cannot be written"),
    ],
)
def test_errors_are_one_sentence_with_the_value(desk, arguments, kind, words):
    result = run(*arguments)
    assert isinstance(result.exception, kind)
    assert words in str(result.exception)


def test_an_import_is_audited_and_screened_at_once(desk):
    """As the page's import: who did it, and an alert for what is happening beside a new site."""
    now = datetime.now(UTC)
    place = Place("Kitwe", Precision.CITY, Geometry(-12.8, 28.2, 1.0), "ZM", "ZM.08")
    blast = Event(
        "e1", 1, Kind.EXPLOSION, 5, "Blast in Kitwe", place, Span(now), now, now, Grade("B", 2),
        sources=("x-news",), origins=("x", "y"), statements=("x-news\tk",),
    )  # fmt: skip
    with open_desk(Settings(data_dir=desk / "data")) as opened, opened.database.begin() as conn:
        events.put(conn, [blast])
    told = run("import", "sites.csv", "--partial", "--by", "Amina").stdout
    assert "1 site in our care; 1 alert sent" in told
    run("import", "sites.csv", "--partial", "--by", "Amina")
    (desk / "other.csv").write_text("id,lat,lon\nc,12.9,28.2\n", encoding="utf-8")
    assert run("import", "other.csv", "--replace").exit_code == 0
    with open_desk(Settings(data_dir=desk / "data")) as opened, opened.database.read() as conn:
        assert [one.event for one in alerts.active(conn)] == ["e1"]
        first, again, replaced = (one.decision for one in audit.entries(conn, "sites"))
    assert (first.kind, first.by) == ("sites.import", "Amina")
    assert (first.details["file"], first.details["added"], first.details["alerts"]) == (
        "sites.csv", 1, 1,
    )  # fmt: skip
    assert (again.details["unchanged"], again.details["alerts"]) == (1, 0)
    assert (replaced.by, replaced.details["retired"]) == (getpass.getuser(), 1)
