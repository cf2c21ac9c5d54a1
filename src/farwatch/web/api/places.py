"""Places by the API: lists, levels as of a time, and levels that persons set."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from farwatch.desk import overriding, place_list, place_room
from farwatch.desk.advising import Advice
from farwatch.desk.overriding import Wish
from farwatch.desk.place_room import Asked
from farwatch.model.assessment import Assessment
from farwatch.model.kinds import Category
from farwatch.model.place import Place
from farwatch.store.near import Near
from farwatch.store.overrides import Kept
from farwatch.store.place_levels import Step
from farwatch.web.asked import Wants, moment
from farwatch.web.noted import Notes
from farwatch.web.pages.places import PlacesAsked
from farwatch.web.site_asked import person_of
from farwatch.web.visitor import Serving, Visiting

router = APIRouter(tags=["places"])
_WAIT = 5.0  # seconds that an assessment which nobody keeps is waited for


class PlaceRow(BaseModel):
    """A place; `level` 1-6 is null where none is kept or it is not assessed, never safe."""

    id: str
    name: str
    country: str
    level: int | None
    at_least: bool
    trend: str
    decided_by: str | None
    as_of: datetime | None
    sites: int
    events: int
    overridden: bool


class PlacePage(BaseModel):
    """Some places; `next` is the cursor of those after them, null at the end."""

    items: list[PlaceRow]
    next: str | None
    total: int


class PlaceBody(BaseModel):
    """A place as of a time. `assessment` is null while it is being assessed: ask again.

    `nearby` holds at most 100 live events, of a country the most severe, else the nearest, first;
    `nearby_total` is counted to 1,000, 1,001 is more. `/events?country=` has them all, by page.
    """

    id: str
    place: Place
    as_of: datetime
    kept: bool
    assessment: Assessment | None
    history: list[Step]
    nearby: list[Near]
    nearby_total: int
    advice: list[Advice]
    sites: int


class OverrideGiven(BaseModel):
    """A level to set over the model's, why, and until when (at most 30 days)."""

    category: Category
    level: int = Field(ge=1, le=6)
    reason: str
    until: datetime


class CategoryGiven(BaseModel):
    """Of which category."""

    category: Category


class OverridePage(BaseModel):
    """Some levels that persons set; `next` is the cursor of those after them."""

    items: list[Kept]
    next: str | None


@router.get("/places", name="api.places.list")
def list_places(desk: Serving, visitor: Visiting, asked: PlacesAsked, wanted: Wants) -> PlacePage:
    """Countries and admin-1 units, those with sites or live events first."""
    found, total = place_list.listed(desk, asked, visitor.scope, wanted, visitor.now)
    return PlacePage(items=[_row(one) for one in found.items], next=found.next, total=total)


@router.get("/places/{place}", name="api.places.show")
def show_place(
    desk: Serving, visitor: Visiting, place: str, noting: Notes,
    as_of: Annotated[str | None, Query(description="ISO 8601 with a zone; else now.")] = None,
    days: Annotated[int, Query(ge=1, le=730, description="Of history.")] = 90,
) -> PlaceBody:  # fmt: skip
    """One place: its levels with their factors, their history, and what stands around it."""
    asked = Asked(moment(as_of), days, _WAIT)
    shown = place_room.shown(desk, place, visitor.scope, visitor.now, asked)
    noting.events(shown.nearby.events).write()
    return PlaceBody(
        id=shown.id, place=shown.place, as_of=shown.as_of, kept=shown.kept,
        assessment=shown.assessment, history=list(shown.history.steps),
        nearby=list(shown.nearby.events), nearby_total=shown.nearby.total,
        advice=list(shown.advice), sites=shown.site_count,
    )  # fmt: skip


@router.get("/overrides", name="api.overrides.list")
def list_overrides(
    desk: Serving, visitor: Visiting, wanted: Wants, updated_since: str | None = None
) -> OverridePage:
    """Levels that persons set, newest first; with `updated_since`, in the order of change."""
    found = overriding.listed(desk, visitor.scope, wanted, moment(updated_since))
    return OverridePage(items=list(found.items), next=found.next)


@router.post("/places/{place}/override", name="api.places.override", status_code=201)
def set_level(desk: Serving, visitor: Visiting, place: str, given: OverrideGiven) -> Kept:
    """Set a level over the model's; it ends by itself."""
    overriding.check_place(desk, place, visitor.scope)
    wish = Wish(place, given.category, given.level, given.reason, moment_of(given.until))
    return overriding.put(desk, wish, person_of(visitor), visitor.scope)


@router.post("/places/{place}/override/end", name="api.places.override.end")
def end_level(desk: Serving, visitor: Visiting, place: str, given: CategoryGiven) -> Kept:
    """End a level that a person set before its time."""
    return overriding.end(desk, place, given.category, person_of(visitor), visitor.scope)


def moment_of(when: datetime) -> datetime:
    """The time, if it says its zone; raises UsageError."""
    return moment(when.isoformat()) or when


def _row(one: place_list.PlaceRow) -> PlaceRow:
    level = one.level
    return PlaceRow(
        id=one.id, name=one.name, country=one.country, sites=one.sites, events=one.events,
        overridden=one.overridden, level=level.overall if level else None,
        at_least=bool(level and level.at_least), trend=level.trend if level else "unknown",
        decided_by=level.decided_by if level else None, as_of=level.as_of if level else None,
    )  # fmt: skip
