"""The map by the API: marks for what a box shows at a zoom, levels, towns, and its list."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import h3.api.basic_int as h3
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from farwatch.desk import map_feed, map_names, map_room
from farwatch.desk.map_cells import Box
from farwatch.desk.map_room import EventMark, SiteMark
from farwatch.model.event import Event
from farwatch.model.protect import Exposure
from farwatch.web.asked import Wants
from farwatch.web.map_answers import answer
from farwatch.web.map_asked import AreaAsked, Asks, BoxAsked, ChoiceAsked, SinceAsked, Zoom
from farwatch.web.noted import Notes
from farwatch.web.visitor import Serving

router = APIRouter(tags=["map"], prefix="/map")
GEOJSON = "application/geo+json"
_EXAMPLE = {
    "type": "FeatureCollection", "total": 12, "features": [{
        "type": "Feature", "geometry": {"type": "Point", "coordinates": [28.21, -12.8]},
        "properties": {
            "cell": "8596a46bfffffff", "count": 1, "event": "e4bf0bc8fbdeaf1122c15",
            "kind": "riot", "category": "unrest", "severity": 3, "precision": "city",
            "radius_km": 5.0, "title": "Crowd at the gate", "alerts": 1,
            "restricted": False,
        },
    }],
}  # fmt: skip
_MARKS: dict[int | str, dict[str, Any]] = {200: {"content": {GEOJSON: {"example": _EXAMPLE}}}}


class FeedItem(BaseModel):
    """An event with what of ours lies within its reach, and the alert that stands for it."""

    event: Event
    updated: datetime | None
    exposures: list[Exposure]
    alert: str | None


class FeedPage(BaseModel):
    """Some events; `next` is the cursor of those after them, `total` how many there are in all."""

    items: list[FeedItem]
    next: str | None
    total: int


@router.get("/events", name="api.map.events", response_class=Response, responses=_MARKS)
def events(  # noqa: PLR0913 (one argument a group of the URL's parameters)
    request: Request, desk: Serving, asking: Asks, choice: ChoiceAsked, bbox: BoxAsked,
    noting: Notes, zoom: Zoom = 2,
) -> Response:  # fmt: skip
    """Events in a box as GeoJSON: one mark each, or one for a cell of several, which tells how
    many and the worst. At most 1,500 marks; `total` counts the events."""

    def made() -> dict[str, Any]:
        marks, total = map_room.event_marks(desk, choice, bbox or Box(), zoom, asking)
        return _collection([_event(one) for one in marks], total)

    closed = map_room.closed_in(desk, choice, bbox or Box(), asking)
    noting.ids("events", closed).write()
    return answer(request, desk, asking, made, GEOJSON)


@router.get("/sites", name="api.map.sites", response_class=Response, responses=_MARKS)
def sites(
    request: Request, desk: Serving, asking: Asks, choice: ChoiceAsked, bbox: BoxAsked,
    zoom: Zoom = 2,
) -> Response:  # fmt: skip
    """Our sites in a box as GeoJSON, gathered in the same way, with how many are exposed."""

    def made() -> dict[str, Any]:
        marks, total = map_room.site_marks(desk, choice, bbox or Box(), zoom, asking)
        return _collection([_site(one) for one in marks], total)

    return answer(request, desk, asking, made, GEOJSON)


@router.get("/levels", name="api.map.levels", response_class=Response)
def levels(request: Request, desk: Serving, asking: Asks, choice: ChoiceAsked) -> Response:
    """The overall level 1-6 of every assessed country and admin-1 unit, now or `at` a time; null
    is not assessed, `at_least` is thin coverage."""

    def made() -> dict[str, Any]:
        found = map_room.levels(desk, choice, asking)
        items = [
            {
                "place": one.place, "code": one.code, "name": one.name, "level": one.level,
                "at_least": one.at_least, "as_of": one.as_of.isoformat(),
            }
            for one in found
        ]  # fmt: skip
        return {"items": items}

    return answer(request, desk, asking, made)


@router.get("/towns", name="api.map.towns", response_class=Response)
def towns(
    request: Request, desk: Serving, asking: Asks, bbox: BoxAsked, zoom: Zoom = 2
) -> Response:
    """Names of the most populous towns in a box, forty at most."""

    def made() -> dict[str, Any]:
        found = map_names.towns(desk, bbox or Box(), zoom)
        return {
            "items": [
                {"name": one.name, "lat": one.lat, "lon": one.lon, "population": one.population}
                for one in found
            ]
        }

    return answer(request, desk, asking, made)


@router.get("/feed", name="api.map.feed")
def feed(  # noqa: PLR0913 (one argument a group of the URL's parameters)
    desk: Serving, asking: Asks, choice: ChoiceAsked, area: AreaAsked, wanted: Wants,
    noting: Notes, updated_since: SinceAsked,
) -> FeedPage:  # fmt: skip
    """The events that the map marks as a list, last reported first; with `updated_since`, what
    changed since, oldest change first."""
    found = map_feed.feed(desk, choice, area, wanted, asking, updated_since)
    noting.events(row.event for row in found.page.items).write()
    items = [
        FeedItem(
            event=row.event, updated=row.updated, exposures=list(row.exposures),
            alert=row.alert.key if row.alert else None,
        )
        for row in found.page.items
    ]  # fmt: skip
    return FeedPage(items=items, next=found.page.next, total=found.total)


@router.get("/volume", name="api.map.volume", response_class=Response)
def volume(
    request: Request, desk: Serving, asking: Asks, choice: ChoiceAsked,
    days: Annotated[int, Query(ge=1, le=3_660)] = 14,
    bins: Annotated[int, Query(ge=1, le=1_000)] = 84,
) -> Response:  # fmt: skip
    """How many events became known in each part of the last days, oldest part first."""
    from datetime import timedelta

    def made() -> dict[str, Any]:
        return {"counts": map_room.volume(desk, choice, asking, bins, timedelta(days=days))}

    return answer(request, desk, asking, made)


def _collection(features: list[dict[str, Any]], total: int) -> dict[str, Any]:
    return {"type": "FeatureCollection", "total": total, "features": features}


def _event(mark: EventMark) -> dict[str, Any]:
    category = mark.kind.category
    return _feature(mark, {
        "event": mark.event, "kind": mark.kind.value,
        "category": category.value if category else None, "severity": mark.severity,
        "precision": mark.precision, "radius_km": mark.radius_km, "title": mark.title,
        "alerts": mark.alerts, "restricted": mark.restricted,
    })  # fmt: skip


def _site(mark: SiteMark) -> dict[str, Any]:
    return _feature(mark, {
        "site": mark.site, "name": mark.name, "exposed": mark.exposed, "warned": mark.warned,
        "severity": mark.severity,
    })  # fmt: skip


def _feature(mark: EventMark | SiteMark, properties: dict[str, Any]) -> dict[str, Any]:
    """The box is given for several points alone: where to zoom to."""
    several = {"box": list(mark.box)} if mark.count > 1 else {}
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [mark.lon, mark.lat]},
        "properties": {
            "cell": h3.int_to_str(mark.cell), "count": mark.count, **several, **properties,
        },
    }  # fmt: skip
