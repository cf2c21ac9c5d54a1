"""Webhooks under Administration: listed, added, paused, taken out, with their last posts."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from farwatch.desk import subscribing
from farwatch.desk.subscribing import LONGEST_URL, NewWebhook
from farwatch.errors import ExerciseError, ForbiddenAddress, UsageError
from farwatch.model.webhook import Told
from farwatch.store.keyset import Wanted
from farwatch.web.asked import Wants
from farwatch.web.entering import to
from farwatch.web.render import page
from farwatch.web.visitor import Serving, Visiting, desk_of, visitor_of

router = APIRouter(prefix="/administration/webhooks")
_OFFERED = (Told.ALERT, Told.EVENT)
_POSTS = Wanted(20)


@router.get("", name="administration.webhooks")
def show_webhooks(request: Request, wanted: Wants) -> Response:
    """All webhooks, newest first, and the form that adds one."""
    return _list(request, wanted)


@router.post("", name="administration.webhooks.make")
def make_webhook(  # noqa: PLR0913 (one argument a field of the form)
    request: Request, desk: Serving, visitor: Visiting,
    url: Annotated[str, Form(max_length=LONGEST_URL)] = "",
    label: Annotated[str, Form(max_length=100)] = "",
    events: Annotated[list[Told] | None, Form()] = None,
    restricted: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Add one of one's own; its secret is shown once."""
    new = NewWebhook(
        url.strip(), tuple(events or ()), label.strip(), desk.settings.exercise, bool(restricted)
    )  # fmt: skip
    try:
        webhook, secret = subscribing.make(desk, visitor.known, new, _now())
    except (UsageError, ForbiddenAddress, ExerciseError) as refused:
        return _list(request, Wanted(), str(refused))
    return page(
        request, "administration_webhook.html",
        {"webhook": webhook, "secret": secret, "posts": (), "tab": "webhooks"},
    )  # fmt: skip


@router.get("/{webhook_id}", name="administration.webhooks.show")
def show_webhook(request: Request, desk: Serving, visitor: Visiting, webhook_id: str) -> Response:
    """One webhook with the last of what it was posted."""
    context = {
        "webhook": subscribing.shown(desk, visitor.known, webhook_id), "secret": "",
        "posts": subscribing.log(desk, visitor.known, webhook_id, None, _POSTS).items,
        "tab": "webhooks",
    }  # fmt: skip
    return page(request, "administration_webhook.html", context)


@router.post("/{webhook_id}/switch", name="administration.webhooks.switch")
def switch_webhook(
    desk: Serving, visitor: Visiting, webhook_id: str, active: Annotated[str, Form()] = ""
) -> Response:
    """Pause it, or let it go on."""
    subscribing.switch(desk, visitor.known, webhook_id, _now(), active=bool(active))
    return to(f"/administration/webhooks/{webhook_id}")


@router.post("/{webhook_id}/remove", name="administration.webhooks.remove")
def remove_webhook(desk: Serving, visitor: Visiting, webhook_id: str) -> Response:
    """Take it out, with its log."""
    subscribing.remove(desk, visitor.known, webhook_id, _now())
    return to("/administration/webhooks")


def _list(request: Request, wanted: Wanted, wrong: str = "") -> Response:
    found = subscribing.listed(desk_of(request), visitor_of(request).known, None, wanted)
    context = {"found": found, "offered": _OFFERED, "wrong": wrong, "tab": "webhooks"}
    answer = page(request, "administration_webhooks.html", context)
    answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return answer


def _now() -> datetime:
    """The machine's time, which changes are dated by; not an exercise's own."""
    return datetime.now(UTC)
