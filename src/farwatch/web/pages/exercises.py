"""The exercises' pages: scenarios, and runs of them, live, with score and picture."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import FileResponse, RedirectResponse, Response

from farwatch.desk import exercise_room
from farwatch.desk.deciding import Person
from farwatch.errors import UsageError
from farwatch.web.render import page
from farwatch.web.visitor import Serving, Visiting

router = APIRouter()


@router.get("/exercises", name="exercises.list")
def show_list(request: Request, desk: Serving) -> Response:
    """Scenarios with their story, and the runs of this desk."""
    runs = exercise_room.runs(desk)
    context = {
        "outlines": exercise_room.outlines(), "runs": runs, "speeds": exercise_room.SPEEDS,
        "busy": next((run for run in runs if run.under_way), None),
    }  # fmt: skip
    return page(request, "exercises.html", context)


@router.post("/exercises", name="exercises.run")
def run(
    desk: Serving, visitor: Visiting, scenario: Annotated[str, Form()],
    seed: Annotated[str, Form()] = "", speed: Annotated[float, Form()] = 0.0,
) -> Response:  # fmt: skip
    """Start a run, and look at it."""
    if seed and not seed.strip().isdecimal():
        raise UsageError(f"seed {seed[:40]!r} is no whole number")
    person = Person(visitor.known.name, visitor.now)
    chosen = int(seed) if seed else None
    begun = exercise_room.begin(desk, scenario, chosen, speed, person)
    return _to(begun.name)


@router.get("/exercises/{name}", name="exercises.show")
def show_run(request: Request, desk: Serving, name: str) -> Response:
    """One run, as it goes and as it ended. Its page bears the band, on a real desk too."""
    shown = exercise_room.shown(desk, name)
    return page(request, "exercise.html", {"run": shown, "exercise": True})


@router.get("/exercises/{name}/map.png", name="exercises.picture")
def show_picture(desk: Serving, name: str) -> Response:
    """The map of a run that has ended."""
    return FileResponse(exercise_room.picture(desk, name), media_type="image/png")


@router.post("/exercises/{name}/{wish}", name="exercises.control")
def control(desk: Serving, visitor: Visiting, name: str, wish: str) -> Response:
    """Let it go on, pause or stop."""
    exercise_room.wish(desk, name, wish, Person(visitor.known.name, visitor.now))
    return _to(name)


def _to(name: str) -> Response:
    return RedirectResponse(f"/exercises/{name}", status_code=HTTPStatus.SEE_OTHER)
