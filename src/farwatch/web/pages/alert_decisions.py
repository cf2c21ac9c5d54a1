"""The forms of the alerts' pages: decisions on one or many, and taking one back."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from farwatch.desk import alert_inbox, alert_room, alert_work, authority, deciding
from farwatch.desk.alert_work import Chosen, Done
from farwatch.desk.authority import Decider
from farwatch.desk.opening import Desk
from farwatch.errors import UsageError
from farwatch.web.alert_asked import (
    ChoiceAsked,
    Decided,
    DecisionForm,
    ViewAsked,
    inside,
    person_of,
    reader_of,
)
from farwatch.web.visitor import Serving, Visiting, Visitor

router = APIRouter()


@router.post("/alerts/decide", name="alerts.decide")
def decide(
    desk: Serving, visitor: Visiting, form: Decided, view: ViewAsked, asked: ChoiceAsked
) -> Response:
    """Acknowledge, hand over or dismiss what was chosen: rows, or all of a view."""
    keys = form.keys
    if form.every is not None:
        keys = alert_inbox.keys(desk, view, asked, reader_of(visitor), form.every)
    done = _carried(desk, visitor, form, Chosen(keys, visitor.scope))
    return _back(form.back, done)


@router.post("/alerts/undo", name="alerts.undo")
def undo(
    desk: Serving, visitor: Visiting, acts: Annotated[str, Form(pattern="^[0-9]+-[0-9]+$")] = "0-0",
    key: Annotated[str, Form()] = "", back: Annotated[str, Form(max_length=2000)] = "",
) -> Response:  # fmt: skip
    """Take acknowledgements back: those of some audit entries, or one alert's."""
    person = person_of(visitor)
    first, _, last = acts.partition("-")
    entries = alert_work.decided_in(desk, int(first), int(last), person)
    keys = (key,) if key else tuple(entry.decision.subject for entry in entries)
    done = alert_work.undo(desk, Chosen(keys, visitor.scope), person)
    if not done.done:
        raise UsageError(
            "this acknowledgement can no longer be taken back: it is older than "
            f"{alert_work.UNDO_FOR.seconds // 60} minutes, or more was decided since"
        )
    return _back(inside(back), done)


@router.post("/alerts/{name:path}/acknowledge", name="alerts.acknowledge")
def acknowledge(desk: Serving, visitor: Visiting, name: str) -> Response:
    """Say that the alert was seen, and show it again."""
    alert = alert_room.one(desk, name, visitor.scope)
    done = alert_work.acknowledge(desk, Chosen((alert.key,), visitor.scope), person_of(visitor))
    return _back(f"/alerts/{alert.key}", done)


@router.post("/alerts/{name:path}/release", name="alerts.release")
def release(
    desk: Serving, visitor: Visiting, name: str, back: Annotated[str, Form(max_length=2000)] = ""
) -> Response:
    """Let the alert's sites be told."""
    alert = alert_room.one(desk, name, visitor.scope)
    authority.release(desk, alert.key, Decider(person_of(visitor), visitor.known.role))
    to = inside(back) if back else f"/alerts/{alert.key}"
    return RedirectResponse(to, status_code=HTTPStatus.SEE_OTHER)


@router.post("/alerts/{name:path}/note", name="alerts.note")
def note(
    desk: Serving, visitor: Visiting, name: str, text: Annotated[str, Form()] = "",
    back: Annotated[str, Form(max_length=2000)] = "",
) -> Response:  # fmt: skip
    """Write something down beside the alert."""
    alert = alert_room.one(desk, name, visitor.scope)
    done = alert_work.note(desk, Chosen((alert.key,), visitor.scope), text, person_of(visitor))
    return _back(inside(back) if back else f"/alerts/{alert.key}", done)


def _carried(desk: Desk, visitor: Visitor, form: DecisionForm, chosen: Chosen) -> Done:
    person = person_of(visitor)

    def dismissed() -> Done:
        return alert_work.dispose(desk, chosen, deciding.disposition_of(form.disposition), person)

    ways: dict[str, Callable[[], Done]] = {
        "acknowledge": lambda: alert_work.acknowledge_own(desk, chosen, person),
        "acknowledge-these": lambda: alert_work.acknowledge(desk, chosen, person),
        "hand-over": lambda: alert_work.hand_over(desk, chosen, form.to, person),
        "dismiss": dismissed,
    }
    if form.do not in ways:
        raise UsageError(f"{form.do!r} is none of: {', '.join(ways)}")
    return ways[form.do]()


def _back(to: str, done: Done) -> Response:
    """Back to where the form stood, with what was done."""
    told = {"acts": f"{done.first}-{done.last}"} if done.done else {}
    if done.left:
        told["left"] = str(len(done.left))
    address = to + ("&" if "?" in to else "?") + urlencode(told) if told else to
    return RedirectResponse(address, status_code=HTTPStatus.SEE_OTHER)
