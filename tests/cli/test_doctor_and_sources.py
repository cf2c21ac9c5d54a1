"""`farwatch doctor` and `farwatch sources`, and that `--help` imports nothing heavy."""

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from farwatch.cli.doctor import doctor
from farwatch.cli.sources import sources
from farwatch.desk.doctor import examine
from farwatch.errors import FarwatchError
from farwatch.settings import Settings, load
from farwatch.store import health
from farwatch.store.database import Database

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


def test_sources_tell_terms_refusals_and_health(empty: Path) -> None:
    with Database(load().database) as database:
        database.migrate()
        with database.begin() as conn:
            at = datetime(2026, 6, 1, tzinfo=UTC)
            health.heard(conn, "usgs", at, health.Volume(accepted=3))
            health.failed(conn, "gdacs", at, "answered 503")
    shown = run(sources).stdout
    assert "last heard 2026-06-01T00:00:00+00:00" in shown
    assert "answered 503" in shown
    assert "source 'who' is not collected" in shown
    plain = {one["source"]["id"]: one for one in json.loads(run(sources, "--json").stdout)}
    assert plain["usgs"]["permitted"] is True
    assert plain["usgs"]["health"]["failures"] == 0
    assert plain["cap"]["health"] is None


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom farwatch.cli.main import cli\n"
        "cli(['--help'], standalone_mode=False)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
