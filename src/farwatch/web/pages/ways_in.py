"""Ways in: the first account by its one-time link, signing in, signing out, the first page."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, Response

from farwatch.desk import accounts, running, single_sign_on
from farwatch.desk.accounts import NewAccount
from farwatch.errors import NotFound, SignInRefused, UsageError
from farwatch.model.account import Role
from farwatch.web.entering import entered, to
from farwatch.web.render import page
from farwatch.web.rooms import rooms_for
from farwatch.web.visitor import COOKIE, Serving, Visiting, desk_of, device_of

router = APIRouter()


@router.get("/", name="home")
def home(visitor: Visiting) -> Response:
    """The first room that is open to the visitor; for those who have none their own account."""
    rooms = rooms_for(visitor)
    return to(rooms[0].path if rooms else "/account" if visitor.account else "/sign-in")


@router.get("/health", name="health")
def health(desk: Serving) -> Response:
    """Whether the desk answers, and when each part of it last worked."""
    return JSONResponse({"up": True, "parts": running.health(desk, datetime.now(UTC))})


@router.get("/sign-in", name="sign_in.show")
def show_sign_in(request: Request, next: str = "/") -> Response:  # noqa: A002 (the URL's word)
    """The form."""
    return sign_in_page(request, next)


@router.post("/sign-in", name="sign_in.enter")
def enter(
    request: Request, desk: Serving, name: Annotated[str, Form()], password: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:  # fmt: skip
    """Sign in, or the form again with what was typed but the password."""
    try:
        got = accounts.sign_in(desk, name, password, datetime.now(UTC), device_of(request))
    except SignInRefused as refused:
        return sign_in_page(request, next, name, str(refused))
    return entered(request, got, next)


@router.post("/sign-out", name="sign_out")
def leave(desk: Serving, visitor: Visiting) -> Response:
    """End this sign-in."""
    if visitor.session:
        accounts.sign_out(desk, visitor.session, datetime.now(UTC))
    answer = to("/sign-in")
    answer.delete_cookie(COOKIE)
    return answer


@router.get("/set-up/{secret}", name="set_up.show")
def show_set_up(request: Request, secret: str) -> Response:
    """The form that makes the first administrator."""
    context = {"secret": secret, "name": "", "refused": None}
    return page(request, "set_up.html", context)


@router.post("/set-up/{secret}", name="set_up.make")
def make(
    request: Request, desk: Serving, secret: str,
    name: Annotated[str, Form()], password: Annotated[str, Form()],
) -> Response:  # fmt: skip
    """Make the first administrator and sign in."""
    new = NewAccount(name, Role.ADMINISTRATOR, password)
    try:
        signed_in = accounts.set_up(desk, secret, new, datetime.now(UTC), device_of(request))
    except (NotFound, UsageError) as refused:
        context = {"secret": secret, "name": name, "refused": str(refused)}
        answer: Response = page(request, "set_up.html", context)
        answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return answer
    return entered(request, signed_in, "/")


@router.get("/invited/{secret}", name="invited.show")
def show_invited(request: Request, desk: Serving, secret: str) -> Response:
    """The form by which somebody who was invited gives their account a password."""
    account = accounts.redeemable(desk, secret, datetime.now(UTC))
    context = {"secret": secret, "name": account.name, "refused": None}
    return page(request, "invited.html", context)


@router.post("/invited/{secret}", name="invited.make")
def take_up(
    request: Request, desk: Serving, secret: str, password: Annotated[str, Form()]
) -> Response:  # fmt: skip
    """Keep the password and sign in."""
    now = datetime.now(UTC)
    account = accounts.redeemable(desk, secret, now)
    try:
        got = accounts.redeem(desk, secret, password, now, device_of(request))
    except UsageError as refused:
        context = {"secret": secret, "name": account.name, "refused": str(refused)}
        answer: Response = page(request, "invited.html", context)
        answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return answer
    return entered(request, got, "/")


def sign_in_page(
    request: Request, following: str, name: str = "", refused: str | None = None
) -> Response:  # fmt: skip
    """The form to sign in; with a refusal it is one."""
    provider = single_sign_on.offered(desk_of(request).settings)
    context = {"next": following, "name": name, "refused": refused, "provider": provider}
    answer = page(request, "sign_in.html", context)
    if refused:
        answer.status_code = HTTPStatus.UNAUTHORIZED
    return answer
