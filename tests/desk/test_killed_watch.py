"""kill -9 of a replay at random moments: the desk it ends with is an undisturbed run's."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from desk_runs import decided

from farwatch.exercise import scenario, world

KILLS = int(os.environ.get("FARWATCH_TEST_KILLS", "3"))


def short_replay(folder: Path) -> Path:
    """Days five to eight of the unrest: riot, curfew, silence, gunfire, blockade."""
    outline = scenario.load("copperbelt_election")
    world.build(outline, 3, folder)
    first, last = (outline.start + timedelta(days=day) for day in (4, 8))
    for path in (folder / "feeds").rglob("*"):
        when = path.name[:16]
        if path.is_file() and not f"{first:%Y%m%dT%H%M%SZ}" <= when < f"{last:%Y%m%dT%H%M%SZ}":
            path.unlink()
    replay = yaml.safe_load((folder / "replay.yaml").read_text())
    assert replay["exercise"] is True
    return folder


def start(folder: Path, data_dir: Path) -> subprocess.Popen[bytes]:
    program = Path(sys.executable).with_name("farwatch")
    command = [program, "watch", "--replay", folder, "--data-dir", data_dir, "--json"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(folder: Path, data_dir: Path) -> None:
    process = start(folder, data_dir)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors.decode()


def test_a_killed_watch_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    folder = short_replay(tmp_path / "world")
    began = time.monotonic()
    finish(folder, tmp_path / "calm")
    whole = time.monotonic() - began
    rng = random.Random(7)
    killed = 0
    while killed < KILLS:
        process = start(folder, tmp_path / "shaken")
        try:
            process.wait(timeout=rng.uniform(0.3, 1.0) * whole)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += 1
    finish(folder, tmp_path / "shaken")
    calm, shaken = decided(tmp_path / "calm"), decided(tmp_path / "shaken")
    assert calm["alerts"], "the replay raised no alert: there is nothing to compare"
    for table, rows in calm.items():
        assert shaken[table] == rows, f"table {table} differs"


def test_the_replay_leaves_the_comparison_something(tmp_path: Path) -> None:
    folder = short_replay(tmp_path)
    documents = [p for p in (folder / "feeds").rglob("*") if p.is_file()]
    assert len(documents) > 100
    with pytest.raises(FileNotFoundError):
        (folder / "desk" / "desk.sqlite").read_bytes()
