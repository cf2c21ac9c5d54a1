"""The cookies of a sign-in, whole or half, and where the browser goes on to."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from farwatch.desk import accounts
from farwatch.desk.accounts import HALFWAY_LASTS, Halfway, SignedIn
from farwatch.web.visitor import COOKIE, desk_of, visitor_of

HALFWAY_COOKIE = "farwatch_halfway"
ELSEWHERE_COOKIE = "farwatch_elsewhere"
_WAYS_IN = "/sign-in"  # the path below which the short-lived cookies are sent


def entered(request: Request, got: SignedIn | Halfway, following: str) -> Response:
    """On to where they wanted to go, if that is one of our own pages; with half a sign-in to the
    page that asks for the rest. The sign-in that this browser had before ends."""
    if isinstance(got, Halfway):
        answer = to(f"/sign-in/second?{urlencode({'next': following})}")
        keep(request, answer, HALFWAY_COOKIE, got.secret)
        return answer
    before = visitor_of(request).session
    if before is not None:
        accounts.sign_out(desk_of(request), before, datetime.now(UTC))
    ours = following.startswith("/") and not following.startswith(("//", "/\\"))
    answer = to(following if ours else "/")
    sign_in_cookie(request, answer, got)
    answer.delete_cookie(HALFWAY_COOKIE, path=_WAYS_IN)
    answer.delete_cookie(ELSEWHERE_COOKIE, path=_WAYS_IN)
    return answer


def sign_in_cookie(request: Request, answer: Response, got: SignedIn) -> None:
    """Give the browser a sign-in."""
    answer.set_cookie(
        COOKIE, got.secret, httponly=True, samesite="lax", secure=_secure(request),
        expires=got.session.expires,
    )  # fmt: skip


def keep(request: Request, answer: Response, name: str, secret: str) -> None:
    """Give the browser what a sign-in that waits is known by."""
    answer.set_cookie(
        name, secret, httponly=True, samesite="lax", secure=_secure(request),
        max_age=int(HALFWAY_LASTS.total_seconds()), path=_WAYS_IN,
    )  # fmt: skip


def to(path: str) -> Response:
    """After a form: the page to show."""
    return RedirectResponse(path, status_code=HTTPStatus.SEE_OTHER)


def _secure(request: Request) -> bool:
    return desk_of(request).settings.public_url.startswith("https:")
