"""Webhooks by the API: subscriptions, and the log of what was posted to each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from farwatch.desk import subscribing
from farwatch.desk.subscribing import LONGEST_URL, NewWebhook
from farwatch.model.webhook import Post, Told, Webhook
from farwatch.web.asked import Wants, moment
from farwatch.web.once import unkept
from farwatch.web.visitor import Serving, Visiting

router = APIRouter(tags=["webhooks"])
_SINCE = Query(description="ISO 8601 with a zone: what changed since, oldest change first.")
Since = Annotated[str | None, _SINCE]


class WebhookIn(BaseModel):
    """Where to post, and what of. On an exercise desk `exercise` must be true. Nothing restricted
    is told unless `restricted` says so; 403 where its maker does not see that."""

    url: Annotated[str, Field(max_length=LONGEST_URL, description="http or https.")]
    events: Annotated[list[Told], Field(min_length=1, max_length=3)] = [Told.ALERT]
    label: Annotated[str, Field(max_length=100)] = ""
    exercise: bool = False
    restricted: bool = False


class WebhookMade(BaseModel):
    """A webhook with the secret that signs what it is posted, shown this once."""

    webhook: Webhook
    secret: str


class WebhookPage(BaseModel):
    """Some webhooks; `next` is the cursor of those after them, null at the end."""

    items: list[Webhook]
    next: str | None


class PostPage(BaseModel):
    """Some posts; `next` is the cursor of those after them, null at the end."""

    items: list[Post]
    next: str | None


class Pinged(BaseModel):
    """The message that was queued."""

    message: str


@router.get("/webhooks", name="api.webhooks.list")
def list_webhooks(
    desk: Serving, visitor: Visiting, wanted: Wants, updated_since: Since = None
) -> WebhookPage:
    """One's own webhooks, newest first; an administrator without bounds sees all."""
    found = subscribing.listed(desk, visitor.known, moment(updated_since), wanted)
    return WebhookPage(items=list(found.items), next=found.next)


@router.post("/webhooks", name="api.webhooks.make", status_code=201)
def make_webhook(
    request: Request, desk: Serving, visitor: Visiting, given: WebhookIn
) -> WebhookMade:
    """Be told of what changes and may be seen by this account. Posts are signed as Standard
    Webhooks say; private addresses are refused."""
    unkept(request)
    new = NewWebhook(
        given.url, tuple(given.events), given.label, given.exercise, given.restricted
    )  # fmt: skip
    webhook, secret = subscribing.make(desk, visitor.known, new, _now(), visitor.scope)
    return WebhookMade(webhook=webhook, secret=secret)


@router.get("/webhooks/{webhook_id}", name="api.webhooks.show")
def show_webhook(desk: Serving, visitor: Visiting, webhook_id: str) -> Webhook:
    """One webhook."""
    return subscribing.shown(desk, visitor.known, webhook_id)


@router.delete("/webhooks/{webhook_id}", name="api.webhooks.remove", status_code=204)
def remove_webhook(desk: Serving, visitor: Visiting, webhook_id: str) -> None:
    """Take a webhook out, with its log."""
    subscribing.remove(desk, visitor.known, webhook_id, _now())


@router.post("/webhooks/{webhook_id}/start", name="api.webhooks.start")
def start_webhook(desk: Serving, visitor: Visiting, webhook_id: str) -> Webhook:
    """Let a stopped webhook go on; what waits is posted."""
    return subscribing.switch(desk, visitor.known, webhook_id, _now(), active=True)


@router.post("/webhooks/{webhook_id}/stop", name="api.webhooks.stop")
def stop_webhook(desk: Serving, visitor: Visiting, webhook_id: str) -> Webhook:
    """Post nothing until it is started again."""
    return subscribing.switch(desk, visitor.known, webhook_id, _now(), active=False)


@router.post("/webhooks/{webhook_id}/secret", name="api.webhooks.renew")
def renew_secret(
    request: Request, desk: Serving, visitor: Visiting, webhook_id: str
) -> WebhookMade:
    """A new secret, shown this once; the old one signs nothing from now on."""
    unkept(request)
    webhook, secret = subscribing.renew(desk, visitor.known, webhook_id, _now())
    return WebhookMade(webhook=webhook, secret=secret)


@router.post("/webhooks/{webhook_id}/ping", name="api.webhooks.ping", status_code=202)
def ping(desk: Serving, visitor: Visiting, webhook_id: str) -> Pinged:
    """Queue a message that says nothing, to try the receiver."""
    return Pinged(message=subscribing.ping(desk, visitor.known, webhook_id, _now()))


@router.get("/webhooks/{webhook_id}/posts", name="api.webhooks.log")
def list_posts(
    desk: Serving, visitor: Visiting, webhook_id: str, wanted: Wants, updated_since: Since = None
) -> PostPage:
    """What was posted to a webhook in the last thirty days, newest first."""
    found = subscribing.log(desk, visitor.known, webhook_id, moment(updated_since), wanted)
    return PostPage(items=list(found.items), next=found.next)


def _now() -> datetime:
    """The machine's time, which changes are dated by; not an exercise's own."""
    return datetime.now(UTC)
