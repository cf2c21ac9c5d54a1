"""Exercises run from the page: a process and a desk of their own, paused, stopped, gone on with."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from web_desk import Enter

from farwatch.desk import exercise_room
from farwatch.desk.opening import Desk
from farwatch.model.account import Role
from farwatch.store import alerts, audit

LONGEST = 120.0  # seconds that a process may take to say something


def until(holds: Callable[[], bool]) -> None:
    """Wait for another process to come so far."""
    end = time.monotonic() + LONGEST
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_scenarios_are_told_with_their_story(enter: Enter) -> None:
    client = enter(Role.VIEWER)
    page = client.get("/exercises").text
    for outline in exercise_room.outlines():
        assert outline.story and outline.title in page
    told = client.get("/api/v1/exercises/scenarios").json()
    assert {one["name"] for one in told} >= {"copperbelt_election", "ancash_earthquake"}
    assert 'class="exercise-band"' not in page  # this desk is real


def test_a_run_is_paused_stopped_and_goes_on_apart_from_the_real_desk(
    desk: Desk, enter: Enter
) -> None:
    client = enter(Role.DUTY_OFFICER)
    with desk.database.read() as conn:
        ours = [one.id for one in alerts.every(conn)]
    form = {"scenario": "copperbelt_election", "speed": "3600"}
    name = client.post("/exercises", data=form).headers["location"].rpartition("/")[2]
    try:
        second = client.post("/exercises", data=form)
        assert second.status_code == 422 and "under way" in second.text

        def state() -> str:
            return str(client.get(f"/api/v1/exercises/{name}").json()["state"])

        until(lambda: state() == "running")
        page = client.get(f"/exercises/{name}").text
        assert 'class="exercise-band"' in page and "hx-trigger" in page
        client.post(f"/exercises/{name}/pause")
        until(lambda: state() == "paused")
        stood = client.get(f"/api/v1/exercises/{name}").json()["now"]
        time.sleep(1)
        assert client.get(f"/api/v1/exercises/{name}").json()["now"] == stood
        client.post(f"/exercises/{name}/run")
        until(lambda: client.get(f"/api/v1/exercises/{name}").json()["now"] > stood)
        client.post(f"/api/v1/exercises/{name}/stop")
        until(lambda: state() == "stopped")
        client.post(f"/exercises/{name}/run")
        until(lambda: state() == "running")
        until(lambda: client.get(f"/api/v1/exercises/{name}").json()["now"] >= stood)
    finally:
        client.post(f"/exercises/{name}/stop")
    until(lambda: state() == "stopped")
    until(lambda: not exercise_room.runs(desk) or not exercise_room._STARTED)
    with desk.database.read() as conn:
        assert [one.id for one in alerts.every(conn)] == ours
        kinds = [entry.decision.kind for entry in audit.entries(conn)]
    assert [kind.removeprefix("exercise.") for kind in kinds if kind.startswith("exercise.")] == [
        "begin", "pause", "run", "stop", "run", "stop",
    ]  # fmt: skip


def test_a_killed_run_is_seen_as_lost(desk: Desk, enter: Enter) -> None:
    client = enter(Role.DUTY_OFFICER)
    form = {"scenario": "ancash_earthquake", "speed": "60"}
    name = client.post("/exercises", data=form).headers["location"].rpartition("/")[2]
    folder = desk.settings.data_dir / "exercises" / name
    until(lambda: (folder / "progress.json").is_file())
    pid = json.loads((folder / "progress.json").read_text())["pid"]
    os.killpg(os.getpgid(pid), signal.SIGKILL)
    until(lambda: not exercise_room._lives(pid, folder))
    told = json.loads((folder / "progress.json").read_text())
    told["at"] = "2026-01-01T00:00:00+00:00"  # as if it had been silent for long
    (folder / "progress.json").write_text(json.dumps(told))
    assert client.get(f"/api/v1/exercises/{name}").json()["state"] == "lost"
    client.get("/exercises")
    assert "Go on where it stood" in client.get(f"/exercises/{name}").text


def finished(desk: Desk) -> str:
    """A run that has ended with a score, as its process leaves it behind."""
    folder = desk.settings.data_dir / "exercises" / "copperbelt_election-20260301T120000Z"
    folder.mkdir(parents=True)
    run = {
        "scenario": "copperbelt_election", "title": "Unrest <b>", "speed": 0.0, "by": "amina",
        "seed": 11, "begun": "2026-03-01T12:00:00+00:00", "start": "2026-05-04T00:00:00+00:00",
        "end": "2026-05-16T00:00:00+00:00",
    }  # fmt: skip
    findings = [
        {"rule": "expect", "name": "tyres", "passed": True, "detail": "in time",
         "late_seconds": -60.0},
        {"rule": "forbid", "name": "the vote alerts nobody", "passed": False,
         "detail": "alert a1", "late_seconds": None},
    ]  # fmt: skip
    (folder / "run.json").write_text(json.dumps(run))
    (folder / "progress.json").write_text(
        json.dumps({"state": "finished", "now": run["end"], "counts": {}, "latest": []})
    )
    (folder / "score.json").write_text(json.dumps(findings))
    (folder / "map.png").write_bytes(b"\x89PNG")
    return folder.name


def test_a_score_shows_every_mark_and_misses_first(desk: Desk, enter: Enter) -> None:
    name = finished(desk)
    client = enter(Role.VIEWER)
    page = client.get(f"/exercises/{name}").text
    assert "1 of 2 marks met" in page and "1 min early" in page
    assert page.index("the vote alerts nobody") < page.index("tyres")
    assert "Unrest &lt;b&gt;" in page
    assert client.get(f"/exercises/{name}/map.png").headers["content-type"] == "image/png"
    assert client.get("/api/v1/exercises").json()["items"][0]["name"] == name


@pytest.mark.parametrize(
    ("name", "wish"),
    [("..%2f..%2fetc", "stop"), ("copperbelt_election-20260101T000000Z", "stop")],
)
def test_no_other_folder_is_a_run(enter: Enter, name: str, wish: str) -> None:
    client = enter(Role.DUTY_OFFICER)
    assert client.get(f"/api/v1/exercises/{name}").status_code == 404
    assert client.post(f"/api/v1/exercises/{name}/{wish}").status_code == 404


@pytest.mark.parametrize(
    "form",
    [{"scenario": "nothing"}, {"scenario": "copperbelt_election", "seed": "-1"},
     {"scenario": "copperbelt_election", "speed": "7"}],
)  # fmt: skip
def test_what_cannot_be_run_is_refused(
    desk: Desk, enter: Enter, form: dict[str, str], tmp_path: Path
) -> None:
    client = enter(Role.DUTY_OFFICER)
    assert client.post("/exercises", data=form).status_code in {404, 422}
    assert exercise_room.runs(desk) == []


def test_a_run_that_has_ended_cannot_be_paused(desk: Desk, enter: Enter) -> None:
    name = finished(desk)
    answer = enter(Role.DUTY_OFFICER).post(f"/api/v1/exercises/{name}/pause")
    assert answer.status_code == 422 and "finished" in answer.json()["detail"]
