"""Errors as answers: RFC 9457 problems under /api, pages elsewhere, a number to quote on both."""

from __future__ import annotations

import logging
import math
import secrets
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from farwatch import errors
from farwatch.web.render import page
from farwatch.web.security import TooLarge

_LOG = logging.getLogger(__name__)

# The first that fits holds; the tree of `errors` says what each is.
STATUS: tuple[tuple[type[errors.FarwatchError], HTTPStatus], ...] = (
    (errors.SignInRefused, HTTPStatus.UNAUTHORIZED),
    (errors.TooMany, HTTPStatus.TOO_MANY_REQUESTS),
    (errors.Forbidden, HTTPStatus.FORBIDDEN),
    (errors.TermsError, HTTPStatus.FORBIDDEN),
    (errors.NotFound, HTTPStatus.NOT_FOUND),
    (errors.ExerciseError, HTTPStatus.CONFLICT),
    (errors.ChangedMeanwhile, HTTPStatus.CONFLICT),
    (errors.UsageError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.InputError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.ChannelError, HTTPStatus.BAD_GATEWAY),
    (errors.ForbiddenAddress, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.FetchError, HTTPStatus.BAD_GATEWAY),
    (errors.StoreError, HTTPStatus.SERVICE_UNAVAILABLE),
    (errors.FarwatchError, HTTPStatus.INTERNAL_SERVER_ERROR),
)

# Where the database is has to do with nobody who asks.
AWAY = "the desk's database cannot be reached just now; ask again in a few seconds"
AWAY_S, BUSY_S = 5, 60  # seconds after which to ask again


def install(app: FastAPI) -> None:
    """Answer every error of this application."""
    app.add_exception_handler(errors.FarwatchError, _farwatch)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(TooLarge, _too_large)
    app.add_exception_handler(Exception, _unexpected)


def problem(status: int, title: str, detail: str, **more: Any) -> Response:
    """An `application/problem+json` answer."""
    body = {"type": "about:blank", "status": status, "title": title, "detail": detail, **more}
    return JSONResponse(body, status_code=status, media_type="application/problem+json")


def _farwatch(request: Request, error: Exception) -> Response:
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    if status is HTTPStatus.UNAUTHORIZED and not _is_api(request) and request.method == "GET":
        inside = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        to = f"/sign-in?{urlencode({'next': inside})}"
        return RedirectResponse(to, status_code=HTTPStatus.SEE_OTHER)
    if isinstance(error, errors.SecondFactorNeeded) and not _is_api(request):
        return RedirectResponse("/account", status_code=HTTPStatus.SEE_OTHER)
    away = isinstance(error, errors.DatabaseAway)
    answer = _answer(request, status, AWAY if away else str(error))
    if isinstance(error, errors.TooMany):
        answer.headers["retry-after"] = str(max(1, math.ceil(error.retry_after)))
    elif status is HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["retry-after"] = str(AWAY_S if away else BUSY_S)
    return answer


def _invalid(request: Request, error: Exception) -> Response:
    found = error.errors() if isinstance(error, RequestValidationError) else []
    wrong = [
        {
            "field": ".".join(map(str, one["loc"])),
            "value": _shown(one.get("input")),
            "why": one["msg"],
        }
        for one in found
    ]
    parted = wrong if _is_api(request) else [one | {"field": _named(one["field"])} for one in wrong]
    detail = "; ".join(f"{one['field']} {one['value']}: {one['why']}" for one in parted)
    return _answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=wrong)


def _http(request: Request, error: Exception) -> Response:
    status = HTTPStatus(error.status_code if isinstance(error, HTTPException) else 500)
    detail = str(getattr(error, "detail", status.phrase))
    if status is HTTPStatus.NOT_FOUND:
        detail = f"there is nothing at {request.url.path!r}"
    return _answer(request, status, detail)


def _too_large(request: Request, error: Exception) -> Response:
    return _answer(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(error))


def _unexpected(request: Request, error: Exception) -> Response:
    number = secrets.token_hex(4)
    _LOG.error("error %s at %s %s", number, request.method, request.url.path, exc_info=error)
    detail = "this is a fault of Farwatch's; what was stored before stands, and it is in the log"
    return _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, detail, number=number)


def _answer(request: Request, status: HTTPStatus, detail: str, **more: Any) -> Response:
    number = more.setdefault("number", secrets.token_hex(4))
    if _is_api(request):
        return problem(status, status.phrase, detail, **more)
    context = {"status": status, "detail": detail, "number": number, "back": _before(request)}
    answer = page(request, "error.html", context)
    answer.status_code = status
    return answer


def _before(request: Request) -> str:
    """The page of this desk from which the visitor came, empty where it is none or this one."""
    came = urlsplit(request.headers.get("referer", ""))
    if came.netloc != request.url.netloc or (
        request.method == "GET" and (came.path, came.query) == (request.url.path, request.url.query)
    ):
        return ""
    # One slash at its beginning: two would lead to another host.
    return "/" + came.path.lstrip("/") + (f"?{came.query}" if came.query else "")


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _named(field: str) -> str:
    """A field as its form calls it: "query.state.0" is "state"."""
    parts = field.split(".")
    return next((part for part in parts[1:] if not part.isdecimal()), field)


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 120 else shown[:117] + "..."
