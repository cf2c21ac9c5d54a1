"""Outlooks as parts of pages, which come when they are ready: a site's, a country's unrest, its
admin-1s. What cannot be told is withheld with its reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from farwatch.desk import outlook_room
from farwatch.desk.outlook_room import Missing
from farwatch.model.forecast import OLD, in_words
from farwatch.model.history import month_of
from farwatch.model.outlook import PlaceOutlook
from farwatch.model.unrest import UnrestOutlook, Withheld
from farwatch.web import forecast_words as words
from farwatch.web.forecast_asked import country_of, months_old
from farwatch.web.outlook_words import SERIES, place_name
from farwatch.web.render import page
from farwatch.web.visitor import Serving, Visiting

router = APIRouter()
_WAIT = 2.0  # seconds that a part waits before it says that it is being worked out
_SHOWN = 8  # places at first; the others are folded
_TEMPLATE: dict[str, Any] = {
    "words": words, "percent": words.percent, "points": words.points, "figure": words.figure,
    "in_words": in_words, "RANGES": words.ranges(), "SERIES": SERIES, "place_name": place_name,
    "series_name": lambda name: SERIES.get(name, name),
}  # fmt: skip


@router.get("/sites/{name:path}/outlook", name="sites.outlook")
def show_site(request: Request, desk: Serving, visitor: Visiting, name: str) -> Response:
    """The chances of a deadly event near a site, beside its own rate and the measured skill."""
    found = outlook_room.of_site(desk, name, visitor.scope, visitor.now, _WAIT)
    told = found if found is not None and not isinstance(found, Missing) else None
    context = {
        "name": name, "ready": found is not None, "missing": _why(found), "told": told,
        "old": _old(told.history.told_until, visitor.now) if told else 0, **_TEMPLATE,
    }  # fmt: skip
    return page(request, "site_outlook.html", context)


@router.get("/forecasts/{country}/unrest", name="forecasts.unrest")
def show_unrest(request: Request, desk: Serving, visitor: Visiting, country: str) -> Response:
    """Events of unrest in a country's next weeks, by series."""
    code = country_of(country, visitor.scope)
    found = outlook_room.of_unrest(desk, code, visitor.now, _WAIT)
    withheld: tuple[Withheld, ...] = ()
    if isinstance(found, UnrestOutlook):
        withheld = found.withheld
    elif isinstance(found, Withheld):
        withheld = found.parts or (found,)
    context = {
        "code": code, "ready": found is not None, "missing": _why(found), "withheld": withheld,
        "told": found if isinstance(found, UnrestOutlook) else None, **_TEMPLATE,
    }  # fmt: skip
    return page(request, "forecast_unrest.html", context)


@router.get("/forecasts/{country}/places", name="forecasts.places")
def show_places(request: Request, desk: Serving, visitor: Visiting, country: str) -> Response:
    """Battle deaths ahead in a country's admin-1s, the likeliest first."""
    code = country_of(country, visitor.scope)
    found = outlook_room.of_places(desk, code, visitor.now, _WAIT)
    told: tuple[PlaceOutlook, ...] = found if isinstance(found, tuple) else ()
    months = [one for one in told if one.months]
    context = {
        "code": code, "ready": found is not None, "missing": _why(found), "told": told,
        "parts": [months[:_SHOWN], months[_SHOWN:]], "first": months[0] if months else None,
        "month": month_of(months[0].months[0].start.date()) if months else None,
        "reasons": list(dict.fromkeys(why for one in told for why in one.withheld)),
        "old": _old(told[0].history.told_until, visitor.now) if told else 0, **_TEMPLATE,
    }  # fmt: skip
    return page(request, "forecast_places.html", context)


def _why(found: object) -> str | None:
    return found.why if isinstance(found, Missing) else None


def _old(told_until: datetime, now: datetime) -> int:
    """Months from the end of the history to now where that is long, else 0."""
    found = months_old(month_of(told_until.date()), now)
    return found if found > OLD else 0
