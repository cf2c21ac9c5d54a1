"""The watch room: the map, and beside it what asks for a person and what was heard last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from farwatch.desk import map_feed, map_index, map_room
from farwatch.desk.map_cells import Box
from farwatch.desk.map_room import Asking, MapChoice
from farwatch.desk.opening import Desk
from farwatch.errors import NotFound
from farwatch.model.event import State
from farwatch.model.grade import CREDIBILITY, RELIABILITY
from farwatch.model.kinds import Category, Kind
from farwatch.store.keyset import Wanted
from farwatch.web import watch_words
from farwatch.web.asked import Wants
from farwatch.web.map_asked import AreaAsked, Asks, ChoiceAsked
from farwatch.web.noted import Notes
from farwatch.web.render import page
from farwatch.web.visitor import Serving

router = APIRouter()
SPAN = timedelta(days=14)  # what the time slider reaches over
BARS = 84
_MOST_ALERTS = 5
_CARRIED = {"country", "days", "at", "cell", "bbox"}


@dataclass(frozen=True, slots=True)
class Looked:
    """What is looked at: the choice, a part of the map, a page of the list, the chosen event."""

    choice: MapChoice
    area: map_feed.Area
    wanted: Wanted
    event: str | None


async def _looked(
    choice: ChoiceAsked, area: AreaAsked, wanted: Wants,
    event: Annotated[str | None, Query(description="The chosen event's id.")] = None,
) -> Looked:  # fmt: skip
    return Looked(choice, area, wanted, event)


@router.get("/watch", name="watch")
def show(
    request: Request, desk: Serving, asking: Asks, looked: Annotated[Looked, Depends(_looked)],
    noting: Notes,
    view: Annotated[str, Query(pattern="^(|table)$")] = "",
) -> Response:  # fmt: skip
    """The room; `view=table` shows the marks as one table instead of the map."""
    choice, area = looked.choice, looked.area
    feed = map_feed.feed(desk, choice, area, looked.wanted, asking)
    context: dict[str, Any] = {
        "feed": feed, "choice": choice, "area": area,
        "selected": _selected(desk, looked.event, asking),
        "alerts": map_feed.open_alerts(desk, choice, asking, _MOST_ALERTS + 1),
        "most_alerts": _MOST_ALERTS, "at": choice.at or asking.now,
        "held": _held(request),
        "link": lambda **change: _link(request, change),
        **_time(desk, choice, asking), **WORDS,
    }  # fmt: skip
    rows = [*feed.page.items, *([context["selected"]] if context["selected"] else [])]
    noting.events(row.event for row in rows).alerts(context["alerts"]).write()
    index = map_index.current(desk, asking.now)
    ours = map_room.own_sites(index.sites, asking.scope)
    context["sites"], context["begins"] = int(ours.sum()), _begins(desk, choice, asking)
    return page(request, "watch_table.html" if view == "table" else "watch.html", context)


WORDS: Mapping[str, Any] = {
    "KINDS": {
        category: tuple(kind for kind in Kind if kind.category is category)
        for category in (*Category, None)
    },
    "KIND": watch_words.KIND, "CATEGORY": watch_words.CATEGORY, "STATE": watch_words.STATE,
    "PRECISION": watch_words.PRECISION, "RELIABILITY": RELIABILITY, "CREDIBILITY": CREDIBILITY,
    "SEVERITY": watch_words.SEVERITY, "STATES": tuple(State), "SHAPES": watch_words.SHAPES,
    "ALERT_STATE": watch_words.ALERT_STATE,
}  # fmt: skip


def _selected(desk: Desk, event: str | None, asking: Asking) -> map_feed.FeedRow | None:
    """The chosen event; None where none is chosen or it is gone: the page still stands."""
    if not event:
        return None
    try:
        return map_feed.one(desk, event, asking)
    except NotFound:
        return None


def _time(desk: Desk, choice: MapChoice, asking: Asking) -> dict[str, Any]:
    """The slider: hours from its beginning, and bars of how much became known when."""
    counts = map_room.volume(desk, choice, asking, BARS, SPAN)
    highest = max(max(counts), 1)
    hours = int(SPAN.total_seconds() // 3600)
    start = asking.now - SPAN
    at = hours
    if choice.at is not None:
        at = max(0, min(hours, round((choice.at - start).total_seconds() / 3600)))
    return {
        "bars": [(n, round(100 * count / highest), count) for n, count in enumerate(counts)],
        "hours": hours, "start": start, "hour": at, "days_shown": _day_marks(start, asking.now),
    }  # fmt: skip


def _day_marks(start: datetime, end: datetime) -> list[tuple[float, str]]:
    """Midnights under the slider: (0-100 along it, "7 May"), every second one."""
    day = start.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    found = []
    while day <= end:
        found.append((round(100 * (day - start) / SPAN, 2), f"{day.day} {day:%b}"))
        day += timedelta(days=2)
    return found


def _begins(desk: Desk, choice: MapChoice, asking: Asking) -> str:
    """Where the map opens: the box around what is ours, else around the events."""
    index = map_index.current(desk, asking.now)
    sites = index.sites
    fits = map_room.own_sites(sites, asking.scope)
    if choice.country:
        fits &= sites.country == choice.country
    lat, lon = sites.lat[fits], sites.lon[fits]
    if not len(lat):
        events = index.events
        seen = map_room.chosen(index, choice, asking) & Box().holds(events.lat, events.lon)
        lat, lon = events.lat[seen], events.lon[seen]
    if not len(lat):
        return ""
    box = (lon.min(), lat.min(), lon.max(), lat.max())
    return ",".join(f"{side:.4f}" for side in box)


def _held(request: Request) -> list[tuple[str, str]]:
    """What the filter's form must carry along though it has no field for it."""
    return [(k, v) for k, v in request.query_params.multi_items() if k in _CARRIED and v]


def _link(request: Request, change: Mapping[str, object]) -> str:
    """This page with some parameters changed; None takes one away. Paging starts anew."""
    url = request.url.remove_query_params(["cursor", *change])
    kept = {key: str(value) for key, value in change.items() if value is not None}
    query = url.include_query_params(**kept).query if kept else url.query
    return f"{url.path}?{query}" if query else url.path
