"""The page behind a message's link: it shows, without a log-in, and confirms on a press only.

Mail scanners open links: opening changes nothing. The page needs no script and weighs a few KiB.
"""

from __future__ import annotations

import hmac
import json
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from farwatch.channels.webhook import signature
from farwatch.desk import confirming
from farwatch.desk.confirming import Asked
from farwatch.errors import NotFound, UsageError
from farwatch.model.times import parse_utc
from farwatch.protect.texts import advised, title
from farwatch.web import i18n
from farwatch.web.render import page
from farwatch.web.visitor import Serving, Visiting

router = APIRouter()
_OLDEST_S = 300  # seconds that a provider's receipt may be on its way
_LARGEST = 16_000


@router.get("/k/{token}", name="acknowledge.show")
def show(request: Request, desk: Serving, visitor: Visiting, token: str) -> Response:
    """What the person was told, and the button."""
    return _page(request, confirming.show(desk, token, visitor.now), token)


@router.post("/k/{token}", name="acknowledge.confirm")
def confirm(request: Request, desk: Serving, visitor: Visiting, token: str) -> Response:
    """The person has read it."""
    return _page(request, confirming.confirm(desk, token, visitor.now), token)


@router.post("/receipts/{channel}", name="receipts.take")
async def take(request: Request, desk: Serving, channel: str) -> Response:
    """A provider says what became of its message: {"id", "state", "at"?}, signed as webhooks are.

    States are the provider's words; "delivered", "failed" and "confirmed" are understood.
    """
    body = await request.body()
    if len(body) > _LARGEST:
        raise UsageError(f"a receipt of {len(body)} bytes is too long")
    _check(request, desk.settings.gateway_secret, body)
    said = _said(body)
    found = await run_in_threadpool(confirming.received, desk, channel, *said)
    if not found:
        raise NotFound(f"no message {said[0][:60]!r} of channel {channel[:20]!r}")
    return JSONResponse({"taken": True})


def _page(request: Request, asked: Asked, token: str) -> Response:
    language = asked.recipient.language if asked.recipient else i18n.language_of(request)
    told = asked.notice.told
    context = {
        "asked": asked, "told": told, "title": title(told, language), "token": token,
        "advice": advised(told, language),
    }  # fmt: skip
    answer = page(request, "acknowledge.html", context, language=language)
    answer.headers["referrer-policy"] = "no-referrer"
    answer.headers["x-robots-tag"] = "noindex"
    return answer


def _check(request: Request, secret: str, body: bytes) -> None:
    """Raises NotFound for what the gateway did not sign just now."""
    stamp = request.headers.get("farwatch-timestamp", "")
    given = request.headers.get("farwatch-signature", "")
    refused = NotFound("there is nothing here")
    if not secret or not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        raise refused
    if abs(datetime.now(UTC).timestamp() - int(stamp)) > _OLDEST_S:
        raise refused
    if not hmac.compare_digest(given.encode(), signature(secret.encode(), stamp, body).encode()):
        raise refused


def _said(body: bytes) -> tuple[str, str, datetime]:
    try:
        plain: Any = json.loads(body)
        number, state = str(plain["id"]), str(plain["state"])
        at = parse_utc(plain["at"]) if plain.get("at") else datetime.now(UTC)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError('a receipt reads {"id": "...", "state": "delivered"}') from error
    return number, state, at
