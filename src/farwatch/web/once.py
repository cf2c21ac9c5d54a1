"""Idempotency keys: a write that is sent again is answered as it was, and not carried out again.

    POST /api/v1/...   Idempotency-Key: <16 to 255 characters that nobody guesses, a UUID>

One place for every write of the API. `Once`, around the application, sees a request's bytes and its
answer's; `once`, a dependency behind the guard, knows the account and claims the key.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import MutableMapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from farwatch.desk.opening import Desk
from farwatch.errors import DatabaseAway, UsageError
from farwatch.store import answers
from farwatch.store.answers import Answer, Key
from farwatch.web.answers import problem
from farwatch.web.security import App, Receive, Scope, Send
from farwatch.web.visitor import desk_of, visitor_of

_LOG = logging.getLogger(__name__)
HEADER = "idempotency-key"
REPLAYED = "idempotent-replayed"
SHORTEST, LONGEST = 16, 255
ABANDONED = timedelta(minutes=5)  # no request takes longer: its process died
_SAFE = {"GET", "HEAD", "OPTIONS"}
_KEPT_HEADERS = {"content-type", "location", "etag", "link"}
_HERE = "farwatch.once"


class Held:
    """One request with a key: its bytes as they come, and whether its key was claimed."""

    def __init__(self) -> None:
        self.body = bytearray()
        self.key: Key | None = None
        self.desk: Desk | None = None
        self.secret = False  # the answer holds what is shown once and kept nowhere


class Answered(Exception):
    """The request is answered by what was kept, or refused."""

    def __init__(self, response: Response) -> None:
        self.response = response


class Once:
    """ASGI middleware: keeps the answer of a request whose key was claimed."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; one with a key is watched."""
        names = {name.lower() for name, _ in scope.get("headers", ())}
        if scope["type"] != "http" or scope["method"] in _SAFE or HEADER.encode() not in names:
            await self.app(scope, receive, send)
            return
        held = scope[_HERE] = Held()
        sent: list[MutableMapping[str, Any]] = []

        async def receiving() -> MutableMapping[str, Any]:
            message = await receive()
            held.body += message.get("body", b"")
            return message

        async def sending(message: MutableMapping[str, Any]) -> None:
            if held.key is None:
                await send(message)
            else:
                sent.append(message)

        try:
            await self.app(scope, receiving, sending)
        finally:
            # Kept before it is sent: who has the answer may ask again at once.
            if held.key is not None:
                await run_in_threadpool(_finish, held, sent)
        for message in sent:
            await send(message)


async def once(request: Request) -> None:
    """Claim the request's key; raises `Answered` where it was claimed before, UsageError for one
    that cannot be used."""
    held: Held | None = request.scope.get(_HERE)
    text = request.headers.get(HEADER)
    account = visitor_of(request).account
    if held is None or text is None or account is None:
        return
    if not request.scope["route"].name.startswith("api."):
        return
    if not (SHORTEST <= len(text) <= LONGEST and text.isascii() and text.isprintable()):
        raise UsageError(
            f"Idempotency-Key {text[:60]!r} is not {SHORTEST} to {LONGEST} printable characters; "
            "a UUID is a good one"
        )
    if not request._stream_consumed:
        await request.body()
    key, desk = Key(account.id, text), desk_of(request)
    mark = _fingerprint(request, bytes(held.body))
    refused = await run_in_threadpool(_claim, desk, key, mark)
    if refused is not None:
        raise Answered(refused)
    held.key, held.desk = key, desk


def unkept(request: Request) -> None:
    """Say that this request's answer holds a secret: a repeat is told so, and not answered with
    it: shown once is shown once, and a key is no secret to whoever logs a request."""
    held: Held | None = request.scope.get(_HERE)
    if held is not None:
        held.secret = True


def install(app: FastAPI) -> None:
    """Answer the repeated requests of this application."""
    app.add_exception_handler(Answered, _answered)


def _answered(_: Request, error: Exception) -> Response:
    assert isinstance(error, Answered)  # noqa: S101 - registered for it alone
    return error.response


def _claim(desk: Desk, key: Key, fingerprint: str) -> Response | None:
    now = datetime.now(UTC)
    with desk.database.begin() as conn:
        kept = answers.claim(conn, key, fingerprint, now)
    if kept is None:
        return None
    if kept.fingerprint != fingerprint:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return problem(status, status.phrase, "this Idempotency-Key was used for another request")
    if kept.answer is not None:
        answer = Response(kept.answer.body, kept.answer.status, dict(kept.answer.headers))
        answer.headers[REPLAYED] = "true"
        return answer
    status = HTTPStatus.CONFLICT
    if now - kept.at > ABANDONED:
        detail = (
            "the request with this Idempotency-Key was never answered; look whether it was carried "
            "out, and use a new key if it was not"
        )
        return problem(status, status.phrase, detail)
    detail = "the request with this Idempotency-Key is still being carried out; ask again"
    answer = problem(status, status.phrase, detail)
    answer.headers["retry-after"] = "1"
    return answer


def _fingerprint(request: Request, body: bytes) -> str:
    """What makes two requests the same: method, address and body, and whether who asks is cleared
    for what is restricted, which the kept answer may hold. Of a form with files the words
    between its parts are the client's own, and other ones each time."""
    kind, _, rest = request.headers.get("content-type", "").partition(";")
    boundary = rest.partition("boundary=")[2].strip('" ').encode("latin-1")
    if kind.startswith("multipart/") and boundary:
        body = body.replace(boundary, b"")
    sight = "" if visitor_of(request).scope.restricted else "open "
    asked = (
        f"{sight}{request.method} {request.url.path}?{request.url.query} {kind.strip().lower()}\n"
    )
    return hashlib.sha256(asked.encode() + body).hexdigest()


def _finish(held: Held, sent: list[MutableMapping[str, Any]]) -> None:
    assert held.key is not None and held.desk is not None  # noqa: S101 - claimed before
    answer = _answer(sent)
    if held.secret and answer is not None and answer.status < HTTPStatus.BAD_REQUEST:
        answer = _SHOWN_ONCE
    try:
        _keep(held.desk, held.key, answer)
    except DatabaseAway:  # the answer is right all the same; a repeat is told that it was not kept
        _LOG.warning("the answer to a request with a key is not kept: the database is away")


def _keep(desk: Desk, key: Key, answer: Answer | None) -> None:
    with desk.database.begin() as conn:
        if answer is None or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            answers.release(conn, key)
        elif len(answer.body) <= answers.LARGEST:
            answers.keep(conn, key, answer)
        else:
            _LOG.warning("an answer of %d bytes is not kept for a repeat", len(answer.body))


_SHOWN_ONCE = Answer(
    HTTPStatus.CONFLICT,
    {"content-type": "application/problem+json"},
    b'{"type": "about:blank", "status": 409, "title": "Conflict", "detail": "this was carried out, '
    b'and its answer held a secret that is shown once"}',
)


def _answer(sent: list[MutableMapping[str, Any]]) -> Answer | None:
    """The answer that went out; None where none did."""
    if not sent:
        return None
    headers = {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in sent[0]["headers"]
        if name.decode("latin-1").lower() in _KEPT_HEADERS
    }
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(int(sent[0]["status"]), headers, body)
