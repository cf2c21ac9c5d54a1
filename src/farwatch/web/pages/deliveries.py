"""The delivery board, and the recipients with their rotas."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from farwatch.desk import alert_room, authority, delivery_room, heartbeat, recipient_room
from farwatch.desk.authority import Decider, Wording
from farwatch.desk.opening import Desk
from farwatch.errors import FarwatchError, UsageError
from farwatch.model.recipient import LANGUAGES, PERSONAL, NoticeState, Recipient
from farwatch.protect.recipient_rows import read_recipients
from farwatch.store.notice_lists import NoticeChoice
from farwatch.web import i18n
from farwatch.web.alert_asked import person_of
from farwatch.web.asked import Wants, moment
from farwatch.web.noted import Notes
from farwatch.web.render import page
from farwatch.web.visitor import Serving, Visiting, Visitor

router = APIRouter()
FIELDS = (
    "id", "name", "role", *PERSONAL, "language", "zone", "quiet_from", "quiet_to", "longest",
    "sites", "countries", "severity", "supervisor", "active",
)  # fmt: skip


async def _choice(
    state: Annotated[
        list[NoticeState] | None, Query(description="Only in these states.")
    ] = None,
    alert: Annotated[str | None, Query(description="An alert's key.")] = None,
    event: Annotated[str | None, Query(description="A happening's id.")] = None,
    recipient: Annotated[str | None, Query(description="A recipient's id.")] = None,
    updated_since: Annotated[
        str | None, Query(description="ISO 8601 with a zone: what changed since, oldest first.")
    ] = None,
) -> NoticeChoice:  # fmt: skip
    return NoticeChoice(
        tuple(one.value for one in state or ()), alert or None, event or None, recipient or None,
        moment(updated_since),
    )  # fmt: skip


DeliveriesAsked = Annotated[NoticeChoice, Depends(_choice)]


@router.get("/deliveries", name="deliveries.list")
def show_board(
    request: Request, desk: Serving, visitor: Visiting, asked: DeliveriesAsked, wanted: Wants,
    noting: Notes,
) -> Response:  # fmt: skip
    """Who was told, by what, when, and who has not confirmed."""
    found = delivery_room.listed(desk, asked, visitor.scope, wanted, i18n.language_of(request))
    noting.ids("alerts", (one.alert for one in found.items if one.restricted)).write()
    context = {
        "found": found,
        "counts": delivery_room.counts(desk, asked, visitor.scope), "asked": asked,
        "stopped": heartbeat.stopped(desk, datetime.now(UTC)),
    }  # fmt: skip
    return page(request, "deliveries.html", context)


@router.post("/deliveries/decide", name="deliveries.decide")
def decide(  # noqa: PLR0913 (one argument a field of the form)
    desk: Serving, visitor: Visiting, alert: Annotated[str, Form()],
    do: Annotated[str, Form(max_length=20)], reason: Annotated[str, Form(max_length=500)] = "",
    headline: Annotated[str, Form(max_length=500)] = "",
    advice: Annotated[str, Form(max_length=200)] = "", hours: Annotated[float, Form()] = 4.0,
) -> Response:  # fmt: skip
    """Edit, hold, lift a hold or release, as far as the authority matrix lets this role."""
    words = Wording(headline, tuple(advice.replace(",", " ").split()))
    key = decided_on(desk, visitor, alert, do, reason, words, hours)
    return RedirectResponse(f"/alerts/{key}", status_code=HTTPStatus.SEE_OTHER)


def decided_on(  # noqa: PLR0913 (what page and API both decide)
    desk: Desk, visitor: Visitor, alert: str, do: str, reason: str, words: Wording, hours: float
) -> str:  # fmt: skip
    """Carry a decision out; the alert's key. Raises NotFound outside the scope, Forbidden."""
    key = alert_room.one(desk, alert, visitor.scope).key
    who = Decider(person_of(visitor), visitor.known.role)
    if do == authority.EDIT:
        authority.edit(desk, key, words, who, reason)
    elif do == authority.HOLD:
        authority.hold(desk, key, who, reason, hours)
    elif do == authority.LIFT:
        authority.lift(desk, key, who, reason)
    elif do == authority.RELEASE:
        authority.release(desk, key, who, reason)
    else:
        raise UsageError(f"{do[:20]!r} is none of: edit, hold, lift, release")
    return key


@router.get("/deliveries/recipients", name="recipients.list")
def show_recipients(request: Request, desk: Serving, visitor: Visiting) -> Response:
    """Who may be told, and the rotas with their gaps."""
    context = {"room": recipient_room.shown(desk, visitor.scope, visitor.now), "wrong": ""}
    return page(request, "recipients.html", context)


@router.get("/deliveries/recipients/new", name="recipients.new")
def new_recipient(request: Request) -> Response:
    """An empty form."""
    return _form(request, dict.fromkeys(FIELDS, ""), "", fresh=True)


@router.get("/deliveries/recipients/{name}", name="recipients.show")
def show_recipient(request: Request, desk: Serving, visitor: Visiting, name: str) -> Response:
    """One recipient, to be changed."""
    return _form(
        request,
        values(recipient_room.read(desk, name, visitor.scope, person_of(visitor))),
        "",
        fresh=False,
    )


@router.post("/deliveries/recipients/save", name="recipients.save")
async def save_recipient(request: Request, desk: Serving, visitor: Visiting) -> Response:
    """Add or change a recipient; what is wrong is said beside the form."""
    from starlette.concurrency import run_in_threadpool

    sent = await request.form()
    row = {name: str(sent.get(name, "")) for name in FIELDS}
    try:
        await run_in_threadpool(recipient_room.save, desk, row, visitor.scope, person_of(visitor))
    except FarwatchError as error:
        answer = _form(request, row, str(error), fresh=False)
        answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return answer
    return RedirectResponse("/deliveries/recipients", status_code=HTTPStatus.SEE_OTHER)


@router.post("/deliveries/recipients/import", name="recipients.import")
def import_recipients(
    request: Request, desk: Serving, visitor: Visiting, file: UploadFile,
    partial: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Take a CSV or YAML file; the rows that are wrong are named with line, field and value."""
    name = file.filename or "recipients.csv"
    found, wrong = None, ""
    try:
        found = read_recipients(file.file.read(), name)
        if found.rejected and not partial:
            raise recipient_room.refused(name, found)
        recipient_room.take(desk, found, person_of(visitor))
    except FarwatchError as error:
        wrong = str(error)
    context = {
        "room": recipient_room.shown(desk, visitor.scope, visitor.now), "wrong": wrong,
        "rejected": found.rejected if found else (),
        "taken": len(found.recipients) if found and not wrong else None,
    }  # fmt: skip
    answer = page(request, "recipients.html", context)
    answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return answer


def values(one: Recipient) -> dict[str, str]:
    """A recipient as the fields of a row."""
    quiet = one.quiet or ("", "")
    return {
        "id": one.id, "name": one.name, "role": one.role, **dict.fromkeys(PERSONAL, ""),
        **one.addresses, "language": one.language, "zone": one.zone,
        "quiet_from": quiet[0], "quiet_to": quiet[1],
        "longest": " ".join(f"{channel}={most}" for channel, most in one.longest.items()),
        "sites": " ".join(one.sites), "countries": " ".join(one.countries),
        "severity": str(one.severity), "supervisor": one.supervisor or "",
        "active": "yes" if one.active else "no",
    }  # fmt: skip


def _form(request: Request, row: dict[str, Any], wrong: str, *, fresh: bool) -> Response:
    context = {"row": row, "wrong": wrong, "fresh": fresh, "spoken": LANGUAGES}
    return page(request, "recipient.html", context)
