"""Exercises by the API: scenarios, runs, and what a run is told to do."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from farwatch.desk import exercise_room
from farwatch.desk.deciding import Person
from farwatch.desk.exercise_room import Outline, Run
from farwatch.errors import UsageError
from farwatch.exercise.score import Finding
from farwatch.web.asked import Wants, moment
from farwatch.web.visitor import Serving, Visiting

router = APIRouter(tags=["exercises"])


class RunItem(BaseModel):
    """A run. `done` is 0-1 of the exercise's own time; `findings` stand when it has finished."""

    name: str
    scenario: str
    seed: int
    speed: float
    by: str
    begun: datetime
    state: str
    why: str
    now: datetime | None
    done: float
    counts: dict[str, int]
    latest: list[dict[str, Any]]
    findings: list[Finding]


class RunPage(BaseModel):
    """Some runs, newest first; `next` asks for those after them."""

    items: list[RunItem]
    next: str | None


class Wished(BaseModel):
    """What to run: a scenario, another seed of it, and how fast (0: as fast as it goes)."""

    scenario: str
    seed: int | None = None
    speed: float = Field(0.0, description="0, 60, 600 or 3600 times real time.")


@router.get("/exercises/scenarios", name="api.exercises.scenarios")
def scenarios() -> list[Outline]:
    """The scenarios that ship with Farwatch."""
    return list(exercise_room.outlines())


@router.get("/exercises", name="api.exercises.list")
def list_runs(
    desk: Serving, wanted: Wants,
    updated_since: Annotated[str | None, Query(description="Begun since; ISO 8601.")] = None,
) -> RunPage:  # fmt: skip
    """Runs on this desk's machine, newest first."""
    found, since = exercise_room.runs(desk), moment(updated_since)
    if since is not None:
        found = [run for run in found if run.begun >= since]
    names = [run.name for run in found]
    if wanted.after is not None and wanted.after not in names:
        raise UsageError(f"cursor {wanted.after[:60]!r} is not one that this list gave")
    start = names.index(wanted.after) + 1 if wanted.after is not None else 0
    shown = found[start : start + wanted.limit]
    more = start + wanted.limit < len(found)
    return RunPage(items=[_item(run) for run in shown], next=shown[-1].name if more else None)


@router.post("/exercises", name="api.exercises.run", status_code=HTTPStatus.CREATED)
def run(desk: Serving, visitor: Visiting, asked: Wished) -> RunItem:
    """Start a run; 422 while another is under way."""
    person = Person(visitor.known.name, visitor.now)
    return _item(exercise_room.begin(desk, asked.scenario, asked.seed, asked.speed, person))


@router.get("/exercises/{name}", name="api.exercises.show")
def show_run(desk: Serving, name: str) -> RunItem:
    """One run, as it stands."""
    return _item(exercise_room.shown(desk, name))


@router.post("/exercises/{name}/{wish}", name="api.exercises.control")
def control(desk: Serving, visitor: Visiting, name: str, wish: str) -> RunItem:
    """`run`, `pause` or `stop`."""
    person = Person(visitor.known.name, visitor.now)
    return _item(exercise_room.wish(desk, name, wish, person))


def _item(run: Run) -> RunItem:
    return RunItem(
        name=run.name, scenario=run.scenario, seed=run.seed, speed=run.speed, by=run.by,
        begun=run.begun, state=run.state, why=run.why, now=run.now, done=run.done,
        counts=dict(run.counts), latest=[dict(one) for one in run.latest],
        findings=list(run.findings),
    )  # fmt: skip
