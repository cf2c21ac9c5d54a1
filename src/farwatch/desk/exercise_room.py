"""The exercises' room: scenarios, and runs of them, each a process with a desk of its own.

A run is a folder under the data folder's `exercises/`; nothing of it touches the real desk.
"""

from __future__ import annotations

import json
import re
import subprocess  # the exercise's own process, with a fixed command
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from farwatch.desk.deciding import Person
from farwatch.desk.opening import Desk
from farwatch.errors import NotFound, UsageError
from farwatch.exercise import scenario
from farwatch.exercise.score import Finding
from farwatch.model.codec import from_plain
from farwatch.model.times import parse_utc

SPEEDS = (0.0, 3_600.0, 600.0, 60.0)  # times real time; 0: as fast as it goes
UNDER_WAY = ("starting", "running", "paused")
WISHES = ("run", "pause", "stop")
_NAME = re.compile(r"[a-z0-9_]+-\d{8}T\d{6}Z")
_LOST = timedelta(seconds=30)  # without a word for so long, the process is gone
_MARKED = ("expect", "forbid", "levels", "notices")
_LARGEST_SEED = 2**31 - 1
_STARTED: list[subprocess.Popen[bytes]] = []  # by this process; others' are known by their folder


@dataclass(frozen=True, slots=True)
class Outline:
    """A scenario as the page tells it. `traps` are what must not fool the desk."""

    name: str
    title: str
    story: str
    country: str
    start: datetime
    days: int
    seed: int
    sites: int
    feeds: int
    happenings: int
    marks: int
    traps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it stands. `done` is 0-1 of the exercise's time."""

    name: str
    scenario: str
    title: str
    seed: int
    speed: float
    by: str
    begun: datetime
    state: str
    why: str
    now: datetime | None
    done: float
    counts: Mapping[str, int] = field(default_factory=dict)
    latest: Sequence[Mapping[str, Any]] = ()
    findings: Sequence[Finding] = ()
    picture: bool = False
    folder: str = ""

    @property
    def under_way(self) -> bool:
        """Whether it still runs or waits."""
        return self.state in UNDER_WAY

    @property
    def passed(self) -> int:
        """How many marks were met."""
        return sum(one.passed for one in self.findings)


@cache  # the package's own files: they do not change while it runs
def outlines() -> tuple[Outline, ...]:
    """The scenarios that ship with Farwatch, with their story in short."""
    out = []
    for name in scenario.names():
        told = scenario.load(name)
        injects = told.part("injects")
        traps = tuple(dict.fromkeys(one["trap"] for one in injects if one.get("trap")))
        marks = sum(len(told.part(part)) for part in _MARKED)
        feeds = len(told.part("outlets")) + len(told.part("warnings"))
        out.append(Outline(
            name, told.title, str(told.body.get("story", "")), told.country, told.start, told.days,
            told.seed, len(told.part("sites")), feeds, len(injects), marks, traps,
        ))  # fmt: skip
    return tuple(out)


def runs(desk: Desk) -> list[Run]:
    """All runs, newest first."""
    _reap()
    folder = _home(desk)
    if not folder.is_dir():
        return []
    found = [_run(one) for one in folder.iterdir() if (one / "run.json").is_file()]
    return sorted(found, key=lambda run: run.begun, reverse=True)


def shown(desk: Desk, name: str) -> Run:
    """One run; raises NotFound."""
    _reap()
    return _run(_folder(desk, name))


def picture(desk: Desk, name: str) -> Path:
    """The map of a run that has ended; raises NotFound."""
    path = _folder(desk, name) / "map.png"
    if not path.is_file():
        raise NotFound(f"exercise {name!r} has no picture yet")
    return path


def begin(desk: Desk, name: str, seed: int | None, speed: float, person: Person) -> Run:
    """Start a run. Raises NotFound for no scenario; UsageError for a seed or speed that is none,
    or while another run is under way: one process is what a desk's machine has to spare."""
    outline = scenario.load(name)
    if speed not in SPEEDS:
        raise UsageError(f"speed {speed:g} is none of {', '.join(f'{one:g}' for one in SPEEDS)}")
    if seed is not None and not 0 <= seed <= _LARGEST_SEED:
        raise UsageError(f"seed {seed} is not from 0 to {_LARGEST_SEED}")
    for other in runs(desk):
        if other.under_way:
            raise UsageError(f"exercise {other.name!r} is under way; stop it first")
    begun = datetime.now(UTC)
    folder = _home(desk) / f"{name}-{begun:%Y%m%dT%H%M%SZ}"
    folder.mkdir(parents=True)
    told = {
        "scenario": name, "title": outline.title, "speed": speed, "by": person.name,
        "seed": outline.seed if seed is None else seed, "begun": begun.isoformat(),
        "start": outline.start.isoformat(), "end": outline.end.isoformat(),
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(told), encoding="utf-8")
    with desk.database.begin() as conn:
        person.decides(conn, "exercise.begin", folder.name, {"seed": told["seed"]})
    _start(folder)
    return _run(folder)


def wish(desk: Desk, name: str, what: str, person: Person) -> Run:
    """Let a run go on, pause or stop; one whose process is gone is started again to go on.

    Raises NotFound; UsageError for another word, or a run that has ended.
    """
    folder = _folder(desk, name)
    if what not in WISHES:
        raise UsageError(f"{what[:40]!r} is none of {', '.join(WISHES)}")
    before = _run(folder)
    again = what == "run" and before.state in ("lost", "stopped")
    if not before.under_way and not again:
        raise UsageError(f"exercise {name!r} is {before.state}; it cannot {what}")
    part = folder / "wish.part"
    part.write_text(json.dumps({"wish": what}), encoding="utf-8")
    part.replace(folder / "wish.json")
    with desk.database.begin() as conn:
        person.decides(conn, f"exercise.{what}", name, {})
    if again:
        (folder / "progress.json").unlink(missing_ok=True)
        _touch_begun(folder)
        _start(folder)
    return _run(folder)


def _start(folder: Path) -> None:
    """The process; it outlives this one, and knows nothing of this desk's settings."""
    command = [sys.executable, "-m", "farwatch.desk.exercise_runner", str(folder)]
    with (folder / "log.txt").open("ab") as log:
        _STARTED.append(subprocess.Popen(  # noqa: S603 (a fixed command)
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            cwd=folder,
        ))  # fmt: skip


def _reap() -> None:
    """Let go of processes that have ended."""
    _STARTED[:] = [one for one in _STARTED if one.poll() is None]


def _touch_begun(folder: Path) -> None:
    """Its silence is counted from now on."""
    (folder / "started").write_text(datetime.now(UTC).isoformat(), encoding="utf-8")


def _home(desk: Desk) -> Path:
    return desk.settings.data_dir / "exercises"


def _folder(desk: Desk, name: str) -> Path:
    folder = _home(desk) / name
    if not _NAME.fullmatch(name) or not (folder / "run.json").is_file():
        raise NotFound(f"no exercise {name[:80]!r}")
    return folder


def _run(folder: Path) -> Run:
    told, stands = _read(folder / "run.json"), _read(folder / "progress.json")
    start, end = parse_utc(told["start"]), parse_utc(told["end"])
    now = parse_utc(stands["now"]) if stands.get("now") else None
    state = _state(folder, told, stands)
    done = 1.0 if state == "finished" else 0.0 if now is None else (now - start) / (end - start)
    findings = _read(folder / "score.json") if state == "finished" else []
    return Run(
        name=folder.name, scenario=told["scenario"], title=told["title"], seed=told["seed"],
        speed=told["speed"], by=told["by"], begun=parse_utc(told["begun"]), state=state,
        why=stands.get("why", ""), now=now, done=max(0.0, min(1.0, done)),
        counts=stands.get("counts", {}), latest=stands.get("latest", []),
        findings=[from_plain(Finding, one) for one in findings],
        picture=(folder / "map.png").is_file(), folder=str(folder / "world"),
    )  # fmt: skip


def _state(folder: Path, told: Mapping[str, Any], stands: Mapping[str, Any]) -> str:
    state = str(stands.get("state", "starting"))
    if state not in UNDER_WAY:
        return state
    started = folder / "started"
    last = stands.get("at") or (
        started.read_text(encoding="utf-8") if started.is_file() else told["begun"]
    )
    silent = datetime.now(UTC) - parse_utc(last) > _LOST
    return "lost" if silent and not _lives(stands.get("pid"), folder) else state


def _lives(pid: object, folder: Path) -> bool:
    """Whether the run's own process is still there: slow steps write nothing for a while."""
    try:
        command = Path(f"/proc/{int(str(pid))}/cmdline").read_bytes()
    except (OSError, ValueError):
        return False
    return str(folder).encode() in command


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
