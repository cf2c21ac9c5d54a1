"""Run an exercise: make its world, watch it on a desk of its own, score the desk."""

from __future__ import annotations

import io
import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from farwatch.channels.terminal import Terminal
from farwatch.desk.assessing import assess_place, cell_at
from farwatch.desk.delivering import channels_of
from farwatch.desk.exercise_forecasts import Injected
from farwatch.desk.opening import Desk, open_desk
from farwatch.desk.sites import import_sites
from farwatch.desk.watching import Seen, Watch, replay
from farwatch.errors import ExerciseError
from farwatch.exercise import scenario, world
from farwatch.exercise import score as scoring
from farwatch.model.event import Event
from farwatch.model.kinds import Category
from farwatch.model.protect import Alert, Site
from farwatch.protect.sites import read_sites
from farwatch.protect.where import Earth
from farwatch.settings import Settings
from farwatch.store import alerts, assessments, events, health, sites
from farwatch.store import forecasts as kept
from farwatch.world.borders import Borders

_LISTENED_DAYS = 120


def exercise_settings(folder: Path) -> Settings:
    """A desk that is the exercise's alone: its own stores, and no channel that leads outside."""
    return Settings(
        data_dir=(folder / "desk").absolute(),
        organisation="Exercise organisation",
        exercise=True,
        jsonl_file=str((folder / "alerts.jsonl").absolute()),
    )


@dataclass(frozen=True)
class Ran:
    """An exercise that was run: its score, and what there is to show of it."""

    outline: scenario.Scenario
    seed: int
    findings: list[scoring.Finding]
    counts: Mapping[str, int]
    sites: Sequence[Site]
    events: Sequence[Event]
    alerts: Sequence[Alert]  # every revision
    seconds: float
    borders: Borders

    def draw(self, path: Path) -> None:
        """The map of sites, events and alerts, as .png or .svg."""
        from farwatch.desk.picture import draw

        draw(
            self.outline.title, self.sites, self.events, self.alerts, self.borders, path,
            exercise=True,
        )  # fmt: skip


def run_exercise(
    scenario_name: str,
    seed: int | None,
    folder: Path,
    told: Callable[[Seen], None] = lambda _: None,
) -> list[scoring.Finding]:
    """The score of `exercise_run`."""
    return exercise_run(scenario_name, seed, folder, told).findings


def exercise_run(
    scenario_name: str,
    seed: int | None,
    folder: Path,
    told: Callable[[Seen], None] = lambda _: None,
) -> Ran:
    """Build the scenario's world in `folder`, run the watch over it, score it.

    The desk in `folder` can be looked at afterwards. A run that was killed goes on.
    """
    outline = scenario.load(scenario_name)
    if not (folder / "replay.yaml").is_file():
        world.build(outline, seed, folder)
    settings = exercise_settings(folder)
    shutil.copytree(folder / "sources", settings.data_dir / "sources", dirs_exist_ok=True)
    began = time.monotonic()
    with open_desk(settings) as desk:
        import_listed(desk, folder / "sites.csv")
        _listened_before(desk, outline.start)
        channels = channels_of(desk)
        channels["terminal"] = Terminal(io.StringIO(), exercise=True)  # the live view shows them
        forecasts = Injected(desk, folder)

        def step(seen: Seen) -> None:
            if seen.now is not None:
                forecasts.until(seen.now)
            told(seen)

        seen = replay(Watch(desk, channels, step), folder)
        forecasts.until(outline.end)
        found = score_desk(desk, folder)
        with desk.database.read() as conn:
            return Ran(
                outline,
                outline.seed if seed is None else seed,
                found,
                seen.counts,
                sites.load(conn),
                events.chosen(conn, events.Which()),
                _revisions(conn),
                time.monotonic() - began,
                desk.borders,
            )


def shown_desk(folder: Path) -> Settings:
    """The settings of the desk that an exercise in `folder` runs on."""
    return exercise_settings(folder)


def score_desk(desk: Desk, folder: Path) -> list[scoring.Finding]:
    """Score a desk that has run an exercise against the folder's truth."""
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    with desk.database.read() as conn:
        seen = scoring.Seen(
            _revisions(conn), _events(conn), lambda *asked: _level(desk, conn, *asked),
            kept.notices(conn),
        )  # fmt: skip
        return scoring.score(truth, seen)


def _listened_before(desk: Desk, start: datetime) -> None:
    """The exercise begins on a desk that has listened to its feeds for months, and heard nothing.

    Without it every level of the first weeks would be "not assessed", as on any new desk.
    """
    with desk.database.begin() as conn:
        if health.status(conn):
            return  # a run that goes on
        for source in desk.sources:
            for day in range(_LISTENED_DAYS, 0, -1):
                at = start - timedelta(days=day - 0.5)
                health.heard(conn, source, at, health.Volume(accepted=1))


def _revisions(conn: Connection) -> list[Alert]:
    return [
        revision for alert in alerts.every(conn) for revision in alerts.revisions(conn, alert.key)
    ]


def _events(conn: Connection) -> list[Event]:
    return list(events.chosen(conn, events.Which()))


def _level(desk: Desk, conn: Connection, place: str, category: str, at: datetime) -> int | None:
    """The level as it stood at an area, or as it was around a site ("site:kandi_gin")."""
    if place.startswith("site:"):
        site = sites.get(conn, place.removeprefix("site:"))
        assessed = assess_place(desk, cell_at(site.lat, site.lon), at)
        return next(one.level for one in assessed.levels if one.category == category)
    standing = [s for s in assessments.levels(conn, place, Category(category)) if s.as_of <= at]
    return standing[-1].level if standing else None


def import_listed(desk: Desk, path: Path) -> None:
    """Put the sites of a replay in the desk's care; raises ExerciseError for a bad row."""
    earth = Earth(desk.borders, desk.gazetteer)
    listed = read_sites(path.read_bytes(), str(path), earth=earth)
    if listed.rejected:
        raise ExerciseError(f"{str(path)!r}: {listed.rejected[0]}")
    import_sites(desk.settings, listed.sites, replace=True)
