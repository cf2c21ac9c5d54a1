"""Events by the API: search, one event with its chain, and the decisions on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from farwatch.desk import event_room, joining, passing_on, regrading
from farwatch.desk.passing_on import Passed
from farwatch.model.codec import to_plain
from farwatch.model.event import Event
from farwatch.web.asked import Wants
from farwatch.web.event_asked import EventsAsked
from farwatch.web.noted import Notes
from farwatch.web.pages.events import Form_, as_file, person_of, take_back
from farwatch.web.visitor import Serving, Visiting

router = APIRouter(tags=["events"])


class EventRow(BaseModel):
    """An event, and when its row changed last."""

    event: Event
    updated: datetime | None


class EventPage(BaseModel):
    """Some events; `next` is the cursor of those after them, null at the end.

    `total` is counted to 1,000, 1,001 is more. `unknown` words are in no index: only places,
    groups and vocabulary are, so that nobody is found by name.
    """

    items: list[EventRow]
    total: int
    unknown: list[str]
    next: str | None


class DecisionRow(BaseModel):
    """What a person decided about it: join, part or regrade; `counts` unless it was undone."""

    id: int
    kind: str
    by: str
    at: datetime
    details: dict[str, Any]
    counts: bool


class EventAnswer(BaseModel):
    """An event with its chain: versions, judgements, reports, what was removed; and decisions."""

    event: Event
    chain: dict[str, Any]
    decisions: list[DecisionRow]
    alerts: list[str]
    sites: list[str]


class GradeGiven(BaseModel):
    """Both halves of the Admiralty code, and why."""

    grade: str = Field(pattern="^[A-Fa-f][1-6]$", examples=["B2"])
    reason: str = Field(min_length=1, max_length=2_000)


class JoinGiven(BaseModel):
    """The other event, and why they are one."""

    other: str = Field(max_length=100, examples=["e4bf0bc8fbdeaf1122c15"])
    reason: str = Field(min_length=1, max_length=2_000)


class PartGiven(BaseModel):
    """A report of the event (its id, or "source key"), and why it tells of another happening."""

    report: str = Field(max_length=2_000, examples=["usgs us7000abcd"])
    reason: str = Field(min_length=1, max_length=2_000)


class UndoGiven(BaseModel):
    """The number of a decision about the event."""

    decision: int = Field(ge=1, le=2**53)


@router.get("/events", name="api.events.list")
def list_events(
    desk: Serving, visitor: Visiting, asked: EventsAsked, wanted: Wants, noting: Notes
) -> EventPage:  # fmt: skip
    """Events, what happened last first; with `updated_since`, what changed since, oldest first."""
    found = event_room.found(desk, asked, visitor.scope, wanted)
    noting.events(one.event for one in found.rows.items).write()
    rows = [EventRow(event=one.event, updated=one.updated) for one in found.rows.items]
    return EventPage(
        items=rows, total=found.total, unknown=list(found.unknown), next=found.rows.next
    )


@router.get("/events/export.{form}", name="api.events.export", response_class=Response)
def export(
    desk: Serving, visitor: Visiting, asked: EventsAsked, form: Form_, noting: Notes
) -> Response:  # fmt: skip
    """Every event of the filter, streamed as CSV, GeoJSON or JSON lines, as its terms allow."""
    passed = Passed(desk.settings.exercise)
    noting.ids("events", passing_on.closed_events(desk, asked, visitor.scope)).write()
    rows = passing_on.event_rows(desk, asked, visitor.scope, passed)
    return as_file("events", form, rows, passed)


@router.get("/events/{name}", name="api.events.show")
def show_event(desk: Serving, visitor: Visiting, name: str, noting: Notes) -> EventAnswer:
    """One event by its id, an earlier id of it, or a beginning that fits one."""
    shown = event_room.shown(desk, name, visitor.scope)
    noting.events([shown.event]).alerts(shown.alerts).write()
    decisions = [
        DecisionRow(
            id=one.entry.id, kind=one.entry.decision.kind, by=one.entry.decision.by,
            at=one.entry.decision.at, details=dict(one.entry.decision.details), counts=one.counts,
        )
        for one in shown.decisions
    ]  # fmt: skip
    return EventAnswer(
        event=shown.event, chain=to_plain(shown.chain), decisions=decisions,
        alerts=[alert.key for alert in shown.alerts], sites=[one.site.id for one in shown.reached],
    )  # fmt: skip


@router.post("/events/{name}/regrade", name="api.events.regrade")
def regrade(desk: Serving, visitor: Visiting, name: str, given: GradeGiven) -> Event:
    """Grade it by hand; it outweighs the model until a later word or an undo."""
    event = event_room.one(desk, name, visitor.scope)
    person = person_of(visitor)
    return regrading.regrade(desk, event.id, given.grade, person, given.reason).event


@router.post("/events/{name}/join", name="api.events.join")
def join(desk: Serving, visitor: Visiting, name: str, given: JoinGiven) -> Event:
    """Say that it is one happening with another; the event that they are now."""
    one, two = (event_room.one(desk, each, visitor.scope) for each in (name, given.other))
    joining.join(desk, (one.id, two.id), person_of(visitor), given.reason)
    return event_room.one(desk, one.id, visitor.scope)


@router.post("/events/{name}/part", name="api.events.part")
def part(desk: Serving, visitor: Visiting, name: str, given: PartGiven) -> Event:
    """Say that a report of it tells of another happening; the event that is left."""
    event = event_room.one(desk, name, visitor.scope)
    joining.part(desk, event.id, given.report, person_of(visitor), given.reason)
    return event_room.one(desk, event.id, visitor.scope)


@router.post("/events/{name}/undo", name="api.events.undo")
def undo(desk: Serving, visitor: Visiting, name: str, given: UndoGiven) -> list[Event]:
    """Take a join, a parting or a regrade back; the events that it was about, as they stand."""
    return list(take_back(desk, visitor, name, given.decision).events)
