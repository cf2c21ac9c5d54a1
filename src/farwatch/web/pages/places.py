"""The places' pages: the list, one place with its levels and what stands around it, a person's
level over the model's."""

from __future__ import annotations

from datetime import UTC, datetime, time
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from farwatch.desk import asking, overriding, place_list, place_room
from farwatch.desk.deciding import Person
from farwatch.desk.level_strips import strips
from farwatch.desk.overriding import Wish, category_of
from farwatch.desk.place_list import PlaceChoice
from farwatch.desk.place_room import Asked, PlaceShown
from farwatch.desk.waterfall import waterfall
from farwatch.errors import UsageError
from farwatch.model.assessment import Assessment, Level
from farwatch.model.kinds import Category, Kind
from farwatch.protect.wording import kind_name
from farwatch.web import i18n
from farwatch.web import place_words as words
from farwatch.web.asked import Wants, moment
from farwatch.web.level_figures import Say, history_svg, waterfall_svg
from farwatch.web.noted import Notes
from farwatch.web.render import page
from farwatch.web.visitor import Serving, Visiting

router = APIRouter()
DAYS = (30, 90, 365)


async def _choice(  # noqa: PLR0913 (one argument a parameter of the URL)
    q: Annotated[str, Query(max_length=200, description="Words of the name.")] = "",
    kind: Annotated[str, Query(pattern="^(country|admin1|)$")] = "",
    country: Annotated[str, Query(pattern="^([A-Za-z]{2})?$")] = "",
    level: Annotated[str, Query(pattern="^[0-6]?$", description="At least; 0: not assessed.")] = "",
    trend: Annotated[str, Query(pattern="^(rising|falling|steady|unknown|)$")] = "",
    ours: Annotated[bool, Query(description="Only with sites or live events.")] = False,  # noqa: FBT002
    updated_since: Annotated[str | None, Query(description="ISO 8601 with a zone.")] = None,
) -> PlaceChoice:
    return PlaceChoice(
        q, kind, country.upper(), int(level) if level else None, trend, ours, moment(updated_since)
    )


PlacesAsked = Annotated[PlaceChoice, Depends(_choice)]


@router.get("/places", name="places.list")
def show_list(
    request: Request, desk: Serving, visitor: Visiting, asked: PlacesAsked, wanted: Wants
) -> Response:
    """Countries and admin-1 units, those with sites or events first."""
    found, total = place_list.listed(desk, asked, visitor.scope, wanted, visitor.now)
    context = {"found": found, "total": total, "asked": asked, "words": words}
    return page(request, "places.html", context)


@router.get("/places/{place}", name="places.show")
def show_place(  # noqa: PLR0913 (one argument a parameter of the URL)
    request: Request, desk: Serving, visitor: Visiting, place: str, noting: Notes,
    as_of: str | None = None, days: Annotated[str, Query(pattern="^[0-9]{0,3}$")] = "",
) -> Response:  # fmt: skip
    """One place, in the order: how dangerous, why, since when, what is near, who says so."""
    when, long = moment(as_of), max(7, int(days or 90))
    shown = place_room.shown(desk, place, visitor.scope, visitor.now, Asked(when, long))
    noting.events(shown.nearby.events).write()
    return page(request, "place.html", _context(request, shown, when, long))


@router.post("/places/{place}/override", name="places.override")
def set_level(  # noqa: PLR0913 (one argument a field of the form)
    desk: Serving, visitor: Visiting, place: str,
    category: Annotated[str, Form()] = "", level: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "", until: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Set a level over the model's, and show the place again."""
    if not level.isdecimal():
        raise UsageError(f"level {level!r} is not from 1 to 6")
    wish = Wish(place, category_of(category), int(level), reason, _end(until))
    overriding.put(desk, wish, Person(visitor.known.name, visitor.now), visitor.scope)
    return _back(place)


@router.post("/places/{place}/override/end", name="places.override.end")
def end_level(
    desk: Serving, visitor: Visiting, place: str, category: Annotated[str, Form()] = ""
) -> Response:
    """End a level that a person set."""
    person = Person(visitor.known.name, visitor.now)
    overriding.end(desk, place, category_of(category), person, visitor.scope)
    return _back(place)


def level_context(assessment: Assessment, say: Say) -> dict[str, Any]:
    """What pages draw of an assessment: the deciding category first, each with its steps."""
    ordered = sorted(
        assessment.levels,
        key=lambda one: (one.category.value != assessment.decided_by, -(one.level or 0)),
    )
    return {"rows": [(one, _figure(one, say)) for one in ordered]}


def named(kind: str) -> str:
    """A kind as a reader says it."""
    return kind_name(Kind(kind))


def _figure(level: Level, say: Say) -> dict[str, Any] | None:
    found = waterfall(level)
    return None if found is None else {"fall": found, "svg": waterfall_svg(found, say)}


def _context(
    request: Request, shown: PlaceShown, when: datetime | None, days: int
) -> dict[str, Any]:
    say = i18n.translations(i18n.language_of(request)).gettext
    past = shown.history
    cut = strips(past.steps, past.times, past.since, past.until)
    levels = level_context(shown.assessment, say) if shown.assessment else {"rows": []}
    stands = [kept for kept in shown.overrides if kept.stands(shown.as_of)]
    return {
        "shown": shown, "at": when, "days": days, "choices": DAYS, "words": words,
        "history": history_svg(cut, past.since, past.until, say),
        "until": overriding.last_day(request.state.visitor.now),
        "strips": cut, "standing": stands, "kind_name": named,
        "categories": [one.value for one in Category
                       if one is not Category.CYBER or shown.id.startswith("country:")],
        "again": "?" + urlencode({"as_of": asking.rounded(shown.as_of).isoformat(), "days": days}),
        **levels,
    }  # fmt: skip


def _end(text: str) -> datetime:
    """The end that a form gave: a day (its last moment, UTC) or a time."""
    try:
        if len(text) == len("2026-06-01"):
            return datetime.combine(datetime.fromisoformat(text), time(23, 59), UTC)
        found = moment(text)
    except ValueError as error:
        raise UsageError(f"end {text!r} is no day") from error
    if found is None:
        raise UsageError("say until when: at most 30 days from now")
    return found


def _back(place: str) -> Response:
    return RedirectResponse(f"/places/{quote(place)}", status_code=HTTPStatus.SEE_OTHER)
