"""The sites' pages: the list, one site, and its form. What came first in the address is routed
first: `/sites/import` is no site's page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from farwatch.desk import site_changes, site_room
from farwatch.desk.opening import Desk
from farwatch.desk.site_changes import Filled, filled_of
from farwatch.desk.site_importing import safe
from farwatch.errors import ChangedMeanwhile, RejectedRows
from farwatch.model.account import Scope
from farwatch.store import site_lists
from farwatch.store.site_lists import Listed, SiteChoice
from farwatch.web import i18n
from farwatch.web import place_words as words
from farwatch.web.asked import Wants
from farwatch.web.noted import Notes
from farwatch.web.pages.places import level_context, named
from farwatch.web.pages.site_imports import router
from farwatch.web.render import page
from farwatch.web.site_asked import SitesAsked, filled_from, person_of
from farwatch.web.visitor import Serving, Visiting

__all__ = ["router"]  # one router for the room: the imports' module begins it
_COLUMNS = ("id", "name", "lat", "lon", "country", "tier", "staff", "programme", "coast_km",
            "height_m")  # fmt: skip


@router.get("/sites", name="sites.list")
def show_list(
    request: Request, desk: Serving, visitor: Visiting, asked: SitesAsked, wanted: Wants
) -> Response:
    """The sites in our care."""
    found, total = site_room.listed(desk, asked, visitor.scope, wanted)
    countries, programmes = site_room.choices(desk, visitor.scope)
    context = {
        "found": found, "total": total, "asked": asked, "countries": countries,
        "programmes": programmes, "words": words,
    }  # fmt: skip
    return page(request, "sites.html", context)


@router.get("/sites/export.csv", name="sites.export")
def export(desk: Serving, visitor: Visiting, asked: SitesAsked) -> Response:
    """All rows of the list as CSV, which can be imported again."""
    mark = "EXERCISE-" if desk.settings.exercise else ""
    headers = {"content-disposition": f'attachment; filename="{mark}sites.csv"'}
    lines = _lines(desk, asked, visitor.scope)
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/sites/new", name="sites.new")
def show_new(request: Request, visitor: Visiting) -> Response:
    """The form of a new site."""
    return _form(request, None, Filled({"tier": "2"}, {}), None)


@router.post("/sites/new", name="sites.new")
async def make(request: Request, desk: Serving, visitor: Visiting) -> Response:
    """Add a site, or the form again with what is wrong."""
    form = await request.form()
    filled = Filled({name: str(value) for name, value in form.items()}, {})
    try:
        filled = filled_from(form)
        made = site_changes.add(desk, filled, person_of(visitor), visitor.scope)
    except RejectedRows as wrong:
        return _form(request, None, filled, wrong)
    return _to(made.site.site.id)


@router.get("/sites/{name:path}/edit", name="sites.edit")
def show_edit(request: Request, desk: Serving, visitor: Visiting, name: str) -> Response:
    """The form of a site that stands."""
    found = _one(desk, visitor.scope, name, visitor)
    return _form(request, found, filled_of(found.site), None)


@router.post("/sites/{name:path}/edit", name="sites.edit")
async def change(request: Request, desk: Serving, visitor: Visiting, name: str) -> Response:
    """Change a site, or the form again: with what is wrong, or beside what somebody else made."""
    form = await request.form()
    found = _one(desk, visitor.scope, name, visitor)
    filled = Filled({one: str(value) for one, value in form.items()}, {})
    try:
        filled = filled_from(form)
        version = _number(str(form.get("version", "")))
        site_changes.edit(desk, name, filled, version, person_of(visitor), visitor.scope)
    except RejectedRows as wrong:
        return _form(request, found, filled, wrong, version=_number(str(form.get("version", ""))))
    except ChangedMeanwhile as meanwhile:
        answer = _form(request, found, filled, None, meanwhile=str(meanwhile))
        answer.status_code = HTTPStatus.CONFLICT
        return answer
    return _to(name)


@router.post("/sites/{name:path}/retire", name="sites.retire")
def retire(
    desk: Serving, visitor: Visiting, name: str, version: Annotated[int, Form()] = 0
) -> Response:
    """Take a site out of our care; its page then offers to take it back."""
    site_changes.retire(desk, name, version, person_of(visitor), visitor.scope)
    return _to(name)


@router.post("/sites/{name:path}/take-back", name="sites.take_back")
def take_back(
    desk: Serving, visitor: Visiting, name: str, version: Annotated[int, Form()] = 0
) -> Response:
    """Undo a retirement."""
    site_changes.take_back(desk, name, version, person_of(visitor), visitor.scope)
    return _to(name)


@router.get("/sites/{name:path}/level", name="sites.level")
def show_level(request: Request, desk: Serving, visitor: Visiting, name: str) -> Response:
    """The level at the site itself, by categories: a part of its page that comes when it is
    ready."""
    found = site_room.level_at(desk, name, visitor.scope, visitor.now, 2.0)
    say = i18n.translations(i18n.language_of(request)).gettext
    levels = level_context(found, say) if found else {"rows": []}
    context = {"found": found, "name": name, "words": words, **levels}
    return page(request, "site_level.html", context)


@router.get("/sites/{name:path}", name="sites.show")
def show_site(
    request: Request, desk: Serving, visitor: Visiting, name: str, noting: Notes
) -> Response:
    """One site: what reaches it first."""
    shown = site_room.shown(desk, name, visitor.scope, visitor.now)
    noting.events([*(one.event for one in shown.reached), *shown.nearby.events])
    noting.alerts(one.alert for one in shown.alerts.items).write()
    changes = [
        (new, site_changes.differences(old.site if old else None, new.site) if old else {})
        for new, old in zip(shown.versions, [*shown.versions[1:], None], strict=True)
    ]
    context = {"shown": shown, "words": words, "kind_name": named, "changes": changes}
    return page(request, "site.html", context)


def _form(
    request: Request, found: Listed | None, filled: Filled, wrong: RejectedRows | None,
    *, meanwhile: str | None = None, version: int | None = None,
) -> Response:  # fmt: skip
    lines = "\n".join(f"{name} = {value}" for name, value in filled.attributes.items())
    context: dict[str, Any] = {
        "found": found, "fields": filled.fields, "wrong": wrong, "words": words,
        "attributes": lines or filled.fields.get("attributes", ""), "meanwhile": meanwhile,
        "version": version or (found.version if found else 0),
    }  # fmt: skip
    answer = page(request, "site_form.html", context)
    if wrong is not None:
        answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return answer


def _one(desk: Desk, scope: Scope, name: str, visitor: Visiting) -> Listed:
    with desk.database.read() as conn:
        return site_lists.one(conn, name, scope, visitor.now)


def _lines(desk: Desk, asked: SiteChoice, scope: Scope) -> Iterator[str]:
    with desk.database.read() as conn:
        rows = [one.site for one in site_lists.every(conn, asked, scope)]
    kept = sorted({name for site in rows for name in site.attributes} - {"programme"})
    yield _line([*_COLUMNS, *(["exercise"] if desk.settings.exercise else []), *kept])
    for site in rows:
        fields = filled_of(site).fields
        values = [fields[name] for name in _COLUMNS]
        marks = ["yes"] if desk.settings.exercise else []
        yield _line([*values, *marks, *(site.attributes.get(name, "") for name in kept)])


def _line(values: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([safe(value) for value in values])
    return text.getvalue()


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _to(name: str) -> Response:
    return RedirectResponse(f"/sites/{quote(name)}", status_code=HTTPStatus.SEE_OTHER)
