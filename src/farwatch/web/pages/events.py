"""The events' pages: search, one event with what stands behind it, and the decisions on it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from farwatch.desk import event_room, joining, passing_on, regrading, undoing
from farwatch.desk.deciding import Person
from farwatch.desk.opening import Desk
from farwatch.desk.passing_on import FORMATS, Passed
from farwatch.errors import NotFound
from farwatch.web import event_words as words
from farwatch.web.asked import Wants
from farwatch.web.event_asked import EventsAsked, Reason, address_of, narrowed
from farwatch.web.noted import Notes
from farwatch.web.render import page
from farwatch.web.visitor import Serving, Visiting, Visitor

router = APIRouter()
Form_ = Literal["csv", "geojson", "jsonl"]


@router.get("/events", name="events.list")
def show_list(
    request: Request, desk: Serving, visitor: Visiting, asked: EventsAsked, wanted: Wants,
    noting: Notes,
) -> Response:  # fmt: skip
    """Search."""
    found = event_room.found(desk, asked, visitor.scope, wanted)
    noting.events(one.event for one in found.rows.items).write()
    context = {
        "found": found, "asked": asked, "words": words, "here": address_of(request),
        "narrowed": narrowed(request), "sources": sorted(desk.sources), "room": "events",
    }  # fmt: skip
    return page(request, "events.html", context)


@router.get("/events/export.{form}", name="events.export")
def export(
    desk: Serving, visitor: Visiting, asked: EventsAsked, form: Form_, noting: Notes
) -> Response:  # fmt: skip
    """Every event of the filter as a file."""
    passed = Passed(desk.settings.exercise)
    noting.ids("events", passing_on.closed_events(desk, asked, visitor.scope)).write()
    rows = passing_on.event_rows(desk, asked, visitor.scope, passed)
    return as_file("events", form, rows, passed)


@router.get("/events/{name}", name="events.show")
def show_event(
    request: Request, desk: Serving, visitor: Visiting, name: str, noting: Notes,
    done: Annotated[str, Query(pattern="^[a-z]{0,10}$")] = "",
) -> Response:  # fmt: skip
    """One event."""
    shown = event_room.shown(desk, name, visitor.scope)
    if shown.event.id != name:
        return _to(shown.event.id, done)
    noting.events([shown.event, *shown.near]).alerts(shown.alerts).write()
    context = {
        "shown": shown, "event": shown.event, "words": words, "here": address_of(request),
        "done": done if done in words.DONE else "", "may_decide": visitor.may("events.regrade"),
    }  # fmt: skip
    return page(request, "event.html", context)


@router.post("/events/{name}/regrade", name="events.regrade")
def regrade(
    desk: Serving, visitor: Visiting, name: str, reliability: Annotated[str, Form()],
    credibility: Annotated[str, Form()], reason: Reason,
) -> Response:  # fmt: skip
    """Grade it by hand."""
    event = event_room.one(desk, name, visitor.scope)
    grade = f"{reliability}{credibility}"
    regrading.regrade(desk, event.id, grade, person_of(visitor), reason)
    return _to(event.id, "regrade")


@router.post("/events/{name}/join", name="events.join")
def join(
    desk: Serving, visitor: Visiting, name: str, other: Annotated[str, Form()], reason: Reason
) -> Response:
    """Say that it is one with another."""
    one, two = (event_room.one(desk, each, visitor.scope) for each in (name, other))
    joining.join(desk, (one.id, two.id), person_of(visitor), reason)
    return _to(one.id, "join")


@router.post("/events/{name}/part", name="events.part")
def part(
    desk: Serving, visitor: Visiting, name: str, report: Annotated[str, Form()], reason: Reason
) -> Response:
    """Say that a report of it tells of another happening."""
    event = event_room.one(desk, name, visitor.scope)
    joining.part(desk, event.id, report, person_of(visitor), reason)
    return _to(event.id, "part")


@router.post("/events/{name}/undo", name="events.undo")
def undo(desk: Serving, visitor: Visiting, name: str, decision: Annotated[int, Form()]) -> Response:
    """Take a decision about it back."""
    take_back(desk, visitor, name, decision)
    return _to(name, "undo")


def take_back(desk: Desk, visitor: Visitor, name: str, decision: int) -> undoing.Undone:
    """Undo a decision about this very event; raises NotFound for one about another."""
    shown = event_room.shown(desk, name, visitor.scope)
    if decision not in {one.entry.id for one in shown.decisions}:
        raise NotFound(f"event {name!r} has no decision {decision}")
    return undoing.undo(desk, decision, person_of(visitor))


def person_of(visitor: Visitor) -> Person:
    """The signed-in visitor as one who decides."""
    return Person(visitor.known.name, visitor.now)


def as_file(noun: str, form: str, rows: passing_on.Rows, passed: Passed) -> Response:
    """A file that is written while it is sent."""
    write, kind = FORMATS[form]
    mark = "exercise-" if passed.exercise else ""
    name = f"farwatch-{mark}{noun}.{form}"
    told = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(write(rows, passed), media_type=kind, headers=told)


def _to(name: str, done: str = "") -> Response:
    more = f"?done={done}" if done else ""
    return RedirectResponse(f"/events/{name}{more}", status_code=HTTPStatus.SEE_OTHER)
