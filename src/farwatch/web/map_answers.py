"""The map's answers as bytes that a browser keeps until something changes.

An answer is named by what it depends on: the request, the account's scope (which says whether it
is cleared for what is restricted), the newest change of the database that it may know of, and the
desk's minute, for what ends by its time. The last answers are kept, so that fifty readers of one
view cost one.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from farwatch.desk import map_index
from farwatch.desk.map_room import Asking
from farwatch.desk.opening import Desk

_MOST = 256  # answers, of some ten to two hundred kilobytes each
_KEPT: OrderedDict[str, bytes] = OrderedDict()
_LOCK = threading.Lock()


def answer(
    request: Request, desk: Desk, asking: Asking, make: Callable[[], Any],
    media_type: str = "application/json",
) -> Response:  # fmt: skip
    """What `make` gives as JSON; 304 where the browser holds it already."""
    tag = _tag(request, desk, asking)
    headers = {"etag": tag, "cache-control": "private, no-cache", "vary": "cookie, authorization"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    with _LOCK:
        body = _KEPT.get(tag)
    if body is None:
        made = json.dumps(make(), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        body = made.encode("utf-8", "replace")  # titles of feeds hold lone surrogates
        with _LOCK:
            _KEPT[tag] = body
            while len(_KEPT) > _MOST:
                _KEPT.popitem(last=False)
    return Response(body, media_type=media_type, headers=headers)


def _tag(request: Request, desk: Desk, asking: Asking) -> str:
    index = map_index.current(desk, asking.now)
    mark = index.mark if asking.scope.restricted else index.open_mark
    minute = asking.now.replace(second=0, microsecond=0)
    parts = (desk.database.shown, request.url.path, request.url.query, asking.scope, mark, minute)
    return f'W/"{hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()}"'
