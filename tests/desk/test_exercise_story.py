"""One story end to end: a made world, watched, screened, alerted and scored; then looked at."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from farwatch.cli.main import cli
from farwatch.desk.exercising import exercise_run, exercise_settings, score_desk
from farwatch.desk.opening import open_desk
from farwatch.errors import ExerciseError
from farwatch.exercise.scenario import load
from farwatch.settings import Settings
from farwatch.store import alerts, events


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unrest") / "kept"
    ran = exercise_run("copperbelt_election", None, folder)
    missed = [f"{f.name}: {f.detail}" for f in ran.findings if not f.passed]
    assert not missed
    return folder


def test_everything_is_marked_exercise(folder: Path) -> None:
    with open_desk(exercise_settings(folder)) as desk, desk.database.read() as conn:
        found = events.chosen(conn, events.Which())
        assert found and all(event.exercise for event in found)
        told = alerts.every(conn)
        assert told and all(alert.exercise for alert in told)
    lines = (folder / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
    assert lines and all(json.loads(line)["exercise"] is True for line in lines)


def test_running_it_again_adds_nothing(folder: Path) -> None:
    before = (folder / "alerts.jsonl").read_bytes()
    again = exercise_run("copperbelt_election", None, folder)
    assert again.counts["new"] == 0
    assert again.counts["alerts"] == 0
    assert (folder / "alerts.jsonl").read_bytes() == before


@pytest.mark.parametrize(("at", "least", "most"), [("d1 12:00", 1, 2), ("d8 12:00", 4, 6)])
def test_a_level_is_marked_around_a_site(
    folder: Path, tmp_path: Path, at: str, least: int, most: int
) -> None:
    place, when = "site:kitwe_plant", load("copperbelt_election").moment(at).isoformat()
    mark = {"place": place, "category": "unrest", "at": when, "min": least, "max": most}
    truth = {"expect": [], "forbid": [], "levels": [mark]}
    (tmp_path / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    with open_desk(exercise_settings(folder)) as desk:
        (finding,) = score_desk(desk, tmp_path)
    assert finding.passed, finding.detail


def test_the_loudest_alert_is_explained_back_to_its_reports(folder: Path) -> None:
    with open_desk(exercise_settings(folder)) as desk, desk.database.read() as conn:
        loud = next(a for a in alerts.every(conn) if a.route.value == "I" and a.sites)
    environment = {"FARWATCH_EXERCISE": "1", "FARWATCH_DATA_DIR": str(folder / "desk")}
    result = CliRunner().invoke(cli, ["explain", loud.id], env=environment)
    assert result.exit_code == 0, result.output
    assert "kitwe_plant" in result.output
    assert "x-staff" in result.output


def test_an_exercise_desk_without_its_sources_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(ExerciseError, match="no sources folder"),
        open_desk(Settings(data_dir=tmp_path, exercise=True)),
    ):
        pass
