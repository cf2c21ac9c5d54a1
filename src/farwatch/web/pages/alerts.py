"""The alerts' pages: the inbox, one alert with what stands behind it, and its chain of reasons."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import Response

from farwatch.desk import (
    alert_inbox,
    alert_release,
    alert_room,
    alert_work,
    authority,
    delivery_room,
    telling,
)
from farwatch.desk.authority import Decider
from farwatch.desk.opening import Desk
from farwatch.model.grade import CREDIBILITY, RELIABILITY
from farwatch.model.kinds import Kind
from farwatch.protect.wording import kind_name
from farwatch.web import alert_words as words
from farwatch.web import i18n
from farwatch.web.alert_asked import (
    ChoiceAsked,
    ViewAsked,
    address_of,
    inside,
    person_of,
    reader_of,
    row_keys,
)
from farwatch.web.asked import Wants
from farwatch.web.noted import Notes
from farwatch.web.pages.alert_decisions import router
from farwatch.web.render import page
from farwatch.web.visitor import Serving, Visiting, Visitor

__all__ = ["router"]  # one router for the room: the decisions' module begins it
_KINDS = {kind.value: kind_name(kind) for kind in Kind if kind is not Kind.OTHER}


@router.get("/alerts", name="alerts.list")
def show_list(  # noqa: PLR0913 (one argument a thing that the address says)
    request: Request, desk: Serving, visitor: Visiting, view: ViewAsked, asked: ChoiceAsked,
    wanted: Wants, noting: Notes, acts: Annotated[str, Query(pattern="^([0-9]+-[0-9]+)?$")] = "",
    left: Annotated[int, Query(ge=0)] = 0,
) -> Response:  # fmt: skip
    """The inbox."""
    found = alert_inbox.read(desk, view, asked, reader_of(visitor), wanted)
    noting.alerts(one for row in found.rows.items for one in row.group.alerts).write()
    context = {
        "found": found, "asked": asked, "done": _done(desk, visitor, acts, left),
        "row_keys": row_keys, "kinds": _KINDS, "said": words.said(i18n.language_of(request)),
        **_common(request, desk, visitor),
    }  # fmt: skip
    return page(request, "alerts.html", context)


@router.get("/alerts/{name:path}/chain", name="alerts.chain")
def show_chain(
    request: Request, desk: Serving, visitor: Visiting, name: str, noting: Notes
) -> Response:
    """The chain of reasons, as `farwatch explain` tells it."""
    chain = alert_room.chain(desk, name, visitor.scope)
    noting.alerts([chain.alert]).write()
    told = [(_depth(line), line.strip()) for line in telling.tell(chain, width=10_000)]
    context = {"chain": chain, "lines": told, "here": address_of(request)}
    return page(request, "alert_chain.html", context)


@router.get("/alerts/{name:path}/release", name="alerts.release.ask")
def ask_release(
    request: Request, desk: Serving, visitor: Visiting, name: str, noting: Notes
) -> Response:
    """Show exactly who would be told what, before it is released."""
    alert = alert_room.one(desk, name, visitor.scope)
    noting.alerts([alert]).write()
    preview = alert_release.preview(desk, alert.key, visitor.now)
    context = {"alert": alert, "preview": preview, "here": address_of(request)}
    return page(request, "alert_release.html", context)


@router.get("/alerts/{name:path}", name="alerts.show")
def show_alert(  # noqa: PLR0913 (one argument a thing that the address says)
    request: Request, desk: Serving, visitor: Visiting, name: str, view: ViewAsked,
    asked: ChoiceAsked, noting: Notes,
    acts: Annotated[str, Query(pattern="^([0-9]+-[0-9]+)?$")] = "",
    left: Annotated[int, Query(ge=0)] = 0,
) -> Response:  # fmt: skip
    """One alert, in the reading order of the brief."""
    reader = reader_of(visitor)
    shown = alert_room.shown(desk, name, reader)
    noting.alerts([shown.alert, *shown.siblings]).write()
    with desk.database.read() as conn:
        before, after = alert_inbox.beside(desk, conn, view, asked, reader, shown.alert.key)
    context = {
        "shown": shown, "alert": shown.alert, "before": before, "after": after,
        "done": _done(desk, visitor, acts, left), "RELIABILITY": RELIABILITY,
        "CREDIBILITY": CREDIBILITY, "undo": _still(shown.undo_until),
        "authority": authority.stands(
            desk, shown.alert, Decider(person_of(visitor), visitor.known.role)
        ),
        "delivery": delivery_room.of_alert(
            desk, shown.alert, visitor.scope, i18n.language_of(request)
        ),
        **_common(request, desk, visitor),
    }  # fmt: skip
    return page(request, "alert.html", context)


def _common(request: Request, desk: Desk, visitor: Visitor) -> dict[str, Any]:
    may = visitor.may("alerts.decide")
    return {
        "words": words, "here": address_of(request), "address_of": address_of,
        "back": inside(request.url.path + address_of(request)), "may_decide": may,
        "people": alert_work.holders_to_be(desk) if may else [],
    }  # fmt: skip


def _done(desk: Desk, visitor: Visitor, acts: str, left: int) -> dict[str, Any] | None:
    """What was just done, by the audit's word: how many, and whether it can be undone."""
    if not acts or visitor.account is None:
        return None
    first, _, last = acts.partition("-")
    entries = alert_work.decided_in(desk, int(first), int(last), person_of(visitor))
    if not entries:
        return None
    kind = entries[-1].decision.kind
    until = alert_work.undo_until(entries, person_of(visitor))
    details = entries[-1].decision.details
    return {
        "kind": kind, "count": len(entries), "left": left, "acts": acts, "undo": _still(until),
        "to": details.get("to", ""), "disposition": details.get("disposition", ""),
    }  # fmt: skip


def _still(until: datetime | None) -> bool:
    return until is not None and datetime.now(UTC) <= until


def _depth(line: str) -> int:
    return min((len(line) - len(line.lstrip())) // 2, 8)
