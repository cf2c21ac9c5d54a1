"""One exercise in a process of its own: `python -m farwatch.desk.exercise_runner FOLDER`.

FOLDER/run.json says what to run. The process writes FOLDER/progress.json as it goes and reads
FOLDER/wish.json: "run", "pause" or "stop". Killed, and started again, it goes on where it stood.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from farwatch.desk.exercising import exercise_run
from farwatch.desk.watching import Seen
from farwatch.errors import FarwatchError
from farwatch.model.codec import to_plain

_LOOK = 0.2  # seconds between looks at the wish while it waits
_WRITE = 0.5  # seconds between two writings of the progress
_LATEST = 12  # alerts that the page shows as they come


class Stopped(Exception):
    """A person stopped the exercise."""


class Runner:
    """Tells how far the exercise is, at the pace that was asked, and obeys the wish."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        self.speed = float(self.told["speed"])
        self.last: datetime | None = None
        self.seen = Seen()
        self.written = 0.0

    def run(self) -> None:
        """To its end, its score and its picture; how it ended stands in the progress."""
        self._write("starting")
        world = self.folder / "world"
        try:
            ran = exercise_run(self.told["scenario"], self.told["seed"], world, self._step)
            _replace(self.folder / "score.json", to_plain(ran.findings))
            ran.draw(self.folder / "map.png")
        except Stopped:
            self._write("stopped")
        except FarwatchError as error:
            self._write("failed", str(error))
        else:
            self._write("finished")

    def _step(self, seen: Seen) -> None:
        now = seen.now
        self.seen = seen
        if time.monotonic() - self.written > _WRITE:
            self._write("running")
        waiting = 0.0
        if self.last is not None and now is not None and self.speed > 0:
            waiting = max(0.0, (now - self.last).total_seconds() / self.speed)
        self.last = now or self.last
        self._wait(waiting)

    def _wait(self, seconds: float) -> None:
        """The pace between two documents, and for as long as a person wishes to pause."""
        until = time.monotonic() + seconds
        while True:
            wish = _wish(self.folder)
            if wish == "stop":
                raise Stopped
            if wish == "pause":
                self._write("paused")
                time.sleep(_LOOK)
                continue
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(_LOOK, left))

    def _write(self, state: str, why: str = "") -> None:
        seen = self.seen
        self.written = time.monotonic()
        latest = [
            {"id": one.id, "headline": one.headline, "severity": one.severity, "level": one.level,
             "sent": one.sent.isoformat()}
            for one in reversed([one for one in seen.alerts if not one.restricted][-_LATEST:])
        ]  # fmt: skip
        _replace(self.folder / "progress.json", {
            "state": state, "why": why, "pid": os.getpid(), "at": datetime.now(UTC).isoformat(),
            "now": seen.now.isoformat() if seen.now else None, "counts": dict(seen.counts),
            "latest": latest,
        })  # fmt: skip


def _wish(folder: Path) -> str:
    try:
        return str(json.loads((folder / "wish.json").read_text(encoding="utf-8"))["wish"])
    except (OSError, ValueError, KeyError):
        return "run"


def _replace(path: Path, value: Any) -> None:
    """Write whole or not at all: a reader never sees half of it."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    part.replace(path)


if __name__ == "__main__":
    Runner(Path(sys.argv[1])).run()
