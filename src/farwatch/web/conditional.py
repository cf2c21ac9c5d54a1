"""Answers that did not change are not sent again: an entity tag on every JSON answer of the API.

Weak tags (RFC 9110, 8.8.3), for the bytes may be compressed on their way. Lists that are streamed
(exports) have none: they are never held whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import MutableMapping
from http import HTTPStatus
from typing import Any

from farwatch.web.security import App, Receive, Scope, Send

_DROPPED = {b"content-length", b"content-type"}


class Conditional:
    """ASGI middleware: `ETag` on JSON answers under `prefix`, 304 for `If-None-Match`."""

    def __init__(self, app: App, *, prefix: str) -> None:
        self.app = app
        self.prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, its answer tagged."""
        reads = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
        if not reads or not scope["path"].startswith(self.prefix):
            await self.app(scope, receive, send)
            return
        known = {name.lower(): value for name, value in scope["headers"]}.get(b"if-none-match", b"")
        first: list[MutableMapping[str, Any]] = []

        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start" and _tagged(message):
                first.append(message)
                return
            if first and message["type"] == "http.response.body":
                start = first.pop()
                tag = b'W/"' + hashlib.sha256(message.get("body", b"")).hexdigest()[:32].encode()
                tag += b'"'
                headers = [*start["headers"], (b"etag", tag), (b"vary", b"authorization, cookie")]
                if _matches(known, tag):
                    start["status"] = HTTPStatus.NOT_MODIFIED.value
                    headers = [pair for pair in headers if pair[0].lower() not in _DROPPED]
                    message = {"type": "http.response.body", "body": b""}
                start["headers"] = headers
                await send(start)
            await send(message)

        await self.app(scope, receive, sending)


def _tagged(start: MutableMapping[str, Any]) -> bool:
    """Whether the answer is whole, JSON and good. Who says its length sends one body."""
    headers = {name.lower(): value for name, value in start["headers"]}
    kind = headers.get(b"content-type", b"")
    whole = b"content-length" in headers and b"etag" not in headers
    return bool(start["status"] == HTTPStatus.OK and kind.startswith(b"application/json") and whole)


def _matches(known: bytes, tag: bytes) -> bool:
    asked = {one.strip().removeprefix(b"W/") for one in known.split(b",")}
    return b"*" in asked or tag.removeprefix(b"W/") in asked
