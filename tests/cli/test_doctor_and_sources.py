"""`farwatch doctor` and `farwatch sources`, and that `--help` imports nothing heavy."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from farwatch.cli.doctor import doctor
from farwatch.cli.sources import sources
from farwatch.desk.doctor import examine
from farwatch.errors import FarwatchError
from farwatch.model.report import Report
from farwatch.settings import Settings, load
from farwatch.store import health, rejects, reports
from farwatch.store.database import Database
from farwatch.store.rejects import Reject

TODAY = date(2026, 6, 1)
HEAVY = ("sqlalchemy", "pyarrow", "numpy", "ibis", "shapely", "httpx", "rich", "matplotlib", "yaml")


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FARWATCH_CONFIG", raising=False)
    monkeypatch.setenv("FARWATCH_DATA_DIR", str(tmp_path / "desk"))
    return tmp_path


def run(command: object, *args: str) -> Result:
    return CliRunner().invoke(command, list(args))  # type: ignore[arg-type]


def wrong(settings: Settings) -> dict[str, str]:
    found = examine(settings, TODAY, environ={})
    return {one.what: one.said for one in found.findings if not one.fine}


def test_an_empty_machine_is_fine_and_stays_empty(empty: Path) -> None:
    found = examine(load(), TODAY)
    assert found.fine
    assert list(empty.iterdir()) == []
    refused = {one.source.id: one.refused for one in found.sources if one.refused}
    assert "non_commercial" in refused["who"]


def test_settings_come_with_their_origin_and_without_secrets(empty: Path) -> None:
    (empty / "farwatch.toml").write_text('organisation = "Relief"\n')
    hook = "https://hook.example/token"
    given = load({"webhook_url": hook, "database_url": "postgresql://me:pw@127.0.0.1:1/x"})
    told = {one.name: one for one in examine(given, TODAY).settings}
    assert (told["organisation"].value, told["organisation"].origin) == ("Relief", "farwatch.toml")
    assert told["data_dir"].origin == "FARWATCH_DATA_DIR"
    assert told["webhook_url"].value == "https://hook.example"
    assert told["database_url"].value == "postgresql://127.0.0.1:1/x"


def test_what_is_wrong_is_named_with_its_value(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("nonsense: 1\n")
    found = wrong(
        Settings(
            data_dir=tmp_path,
            database_url="postgresql://me:pw@127.0.0.1:1/x",
            rules_file=str(tmp_path / "rules.yaml"),
            webhook_url="ftp://hook.example",
            jsonl_file=str(tmp_path / "no" / "alerts.jsonl"),
            sources="usgs,nowhere",
        )
    )
    assert set(found) == {"database", "alert rules", "webhook", "JSON lines", "sources"}
    assert "pw" not in found["database"]
    assert "nonsense" in found["alert rules"]
    assert "nowhere" in found["sources"]


def test_a_bad_database_url_is_a_finding(tmp_path: Path) -> None:
    assert "mysql" in wrong(Settings(data_dir=tmp_path, database_url="mysql://x/y"))["database"]


def test_the_command_exits_1_and_prints_json(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(doctor).exit_code == 0
    monkeypatch.setenv("FARWATCH_WEBHOOK_URL", "nowhere")
    result = run(doctor, "--json")
    assert isinstance(result.exception, FarwatchError)
    assert result.exception.exit_code == 1
    plain = json.loads(result.stdout)
    assert plain["fine"] is False
    assert "webhook" in [one["what"] for one in plain["findings"] if not one["fine"]]


def heard(at: datetime) -> None:
    """USGS three days at its volume and one bad record; GDACS out of reach; FCDO silent."""
    with Database(load().database) as database:
        database.migrate()
        with database.begin() as conn:
            for hours in range(72):
                health.heard(conn, "usgs", at - timedelta(hours=hours), health.Volume(10, 2, 1))
            bad = Reject("usgs", "day.json", "is no number", at, "features[3]", "mag", "strong")
            rejects.reject(conn, [bad])
            for _ in range(3):
                health.failed(conn, "gdacs", at, "answered 503")
            health.heard(conn, "fcdo", at - timedelta(hours=100), health.Volume(accepted=1))


def test_sources_tell_terms_refusals_and_health(empty: Path) -> None:
    heard(datetime(2026, 6, 1, 12, tzinfo=UTC))
    shown = run(sources, "--now", "2026-06-01T12:30:00Z").stdout
    for line in (
        "last heard 2026-06-01 12:00 UTC, last new 2026-06-01 12:00 UTC",
        "720 reports in 7 days, 241.7 a day; 100 to 1,000 a day expected: normal",
        "! 72 records could not be read in 7 days; the latest at 2026-06-01 12:00 UTC: "
        "day.json, features[3]: mag 'strong' is no number",
        "! SILENT: never heard; its bound is ",
        "! failed 3 times in a row: answered 503",
        "! SILENT for 100.5 h, since 2026-05-28 08:00 UTC; its bound is 96 h",
        "source 'who' is not collected",
        "reports are kept 365 days",
        "never tried",
    ):
        assert line in shown
    told = json.loads(run(sources, "--json", "--now", "2026-06-01T12:30:00Z").stdout)
    plain = {one["source"]["id"]: one for one in told}
    assert plain["usgs"]["permitted"] is True
    assert plain["usgs"]["health"]["failures"] == 0
    assert plain["usgs"]["health"]["errors"][0]["value"] == "strong"
    assert plain["fcdo"]["health"]["silent"] is True
    assert plain["cap"]["health"] is None


def test_what_is_past_its_retention_is_counted_then_removed(empty: Path) -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    with Database(load().database) as database:
        database.migrate()
        with database.begin() as conn:
            reports.accept(conn, [Report("staff", "k", now, b"A fire", title="A fire")], batch="b")
            reports.accept(conn, [Report("lost", "k", now, b"A fire")], batch="b")
    later = ("--now", "2027-06-02")
    dry = run(sources, "retain", "--dry-run", *later)
    assert "staff: would be removed: inbox 1, reports 1, statements 1" in dry.stdout
    assert "lost: reports are held and no terms are known" in dry.stderr
    assert run(sources, "retain", "--now", "2027-06-01").stdout.startswith("nothing is past")
    assert "staff: removed: inbox 1, reports 1" in run(sources, "retain", *later).stdout
    plain = json.loads(run(sources, "retain", "--json", *later).stdout)
    assert (plain["removed"], plain["without_terms"]) == ({}, ["lost"])
    other = run(sources, "--data-dir", str(empty / "other"), "retain", *later)
    assert (other.exit_code, other.stderr) == (0, "")
    assert (empty / "other" / "desk.sqlite").is_file()


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom farwatch.cli.main import cli\n"
        "cli(['--help'], standalone_mode=False)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
