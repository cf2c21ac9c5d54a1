"""The second half of a sign-in: a code, a recovery code, a passkey; and signing in elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from farwatch.desk import passkeys, second_factors, single_sign_on
from farwatch.errors import FetchError, NotFound, SignInRefused, UsageError
from farwatch.web.entering import ELSEWHERE_COOKIE, HALFWAY_COOKIE, entered, keep, to
from farwatch.web.pages.ways_in import sign_in_page
from farwatch.web.render import page
from farwatch.web.visitor import Serving, desk_of, device_of

router = APIRouter()


@router.get("/sign-in/second", name="second_factor.show")
def show(request: Request, next: str = "/") -> Response:  # noqa: A002 (the URL's word)
    """The page that asks for the second factor."""
    return _asked(request, next)


@router.post("/sign-in/second", name="second_factor.code")
def by_code(
    request: Request, desk: Serving, code: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:  # fmt: skip
    """Complete the sign-in by an authenticator's code or a recovery code."""
    secret = request.cookies.get(HALFWAY_COOKIE, "")
    try:
        got = second_factors.complete(
            desk, secret, code[:100], datetime.now(UTC), device_of(request)
        )
    except SignInRefused as refused:
        return _asked(request, next, str(refused))
    return entered(request, got, next)


@router.post("/sign-in/second/passkey/ask", name="second_factor.passkey_ask")
def ask_passkey(request: Request, desk: Serving) -> Response:
    """What the passkey must answer, as JSON."""
    try:
        asked = passkeys.ask(desk, request.cookies.get(HALFWAY_COOKIE, ""), datetime.now(UTC))
    except SignInRefused as refused:
        raise UsageError(str(refused)) from refused
    return Response(asked, media_type="application/json")


@router.post("/sign-in/second/passkey", name="second_factor.passkey")
def by_passkey(
    request: Request, desk: Serving, credential: Annotated[str, Form(max_length=20_000)],
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:  # fmt: skip
    """Complete the sign-in by a passkey's answer."""
    secret, now = request.cookies.get(HALFWAY_COOKIE, ""), datetime.now(UTC)
    try:
        got = passkeys.complete(desk, secret, credential, now, device_of(request))
    except SignInRefused as refused:
        return _asked(request, next, str(refused))
    return entered(request, got, next)


@router.get("/sign-in/elsewhere", name="elsewhere.begin")
def begin(request: Request, desk: Serving, next: str = "/") -> Response:  # noqa: A002
    """On to the provider's page. A link, not a form: the policy lets forms go to us alone."""
    if single_sign_on.offered(desk.settings) is None:
        raise NotFound("this desk has no provider to sign in at")
    try:
        url, secret = single_sign_on.begin(desk, next, datetime.now(UTC))
    except FetchError as refused:
        return sign_in_page(request, next, "", str(refused))
    answer = to(url)
    keep(request, answer, ELSEWHERE_COOKIE, secret)
    return answer


@router.get(single_sign_on.CALLBACK, name="elsewhere.finish")
def finish(request: Request, desk: Serving) -> Response:
    """Back from the provider."""
    if single_sign_on.offered(desk.settings) is None:
        raise NotFound("this desk has no provider to sign in at")
    secret, now = request.cookies.get(ELSEWHERE_COOKIE, ""), datetime.now(UTC)
    try:
        got, following = single_sign_on.finish(
            desk, secret, dict(request.query_params), now, device_of(request)
        )
    except (SignInRefused, FetchError) as refused:
        return sign_in_page(request, "/", "", str(refused))
    return entered(request, got, following)


def _asked(request: Request, following: str, refused: str | None = None) -> Response:
    """The page, or, where no half sign-in waits, the form to begin one."""
    desk = desk_of(request)
    try:
        account, factors = second_factors.waiting_for(
            desk, request.cookies.get(HALFWAY_COOKIE, ""), datetime.now(UTC)
        )
    except SignInRefused:
        return sign_in_page(request, following, "", refused) if refused else to("/sign-in")
    keys = bool(factors.passkeys) and request.url.hostname == passkeys.host(desk.settings)
    context = {"next": following, "refused": refused, "account": account, "factors": factors}
    answer = page(request, "second_factor.html", context | {"passkeys": keys})
    if refused:
        answer.status_code = HTTPStatus.UNAUTHORIZED
    return answer
