"""Ways in: the first account by its one-time link, signing in, signing out, the first page."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from farwatch.desk import accounts
from farwatch.desk.accounts import NewAccount, SignedIn
from farwatch.errors import NotFound, SignInRefused, UsageError
from farwatch.model.account import Role
from farwatch.web.render import page
from farwatch.web.rooms import rooms_for
from farwatch.web.visitor import COOKIE, Serving, Visiting

router = APIRouter()


@router.get("/", name="home")
def home(visitor: Visiting) -> Response:
    """The first room that is open to the visitor."""
    rooms = rooms_for(visitor)
    return _to(rooms[0].path if rooms else "/sign-in")


@router.get("/health", name="health")
def health(desk: Serving) -> Response:
    """Whether the desk answers; nothing that is anybody's business."""
    with desk.database.read():
        return JSONResponse({"up": True})


@router.get("/sign-in", name="sign_in.show")
def show_sign_in(request: Request, next: str = "/") -> Response:  # noqa: A002 (the URL's word)
    """The form."""
    return page(request, "sign_in.html", {"next": next, "name": "", "refused": None})


@router.post("/sign-in", name="sign_in.enter")
def enter(
    request: Request, desk: Serving, name: Annotated[str, Form()], password: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:  # fmt: skip
    """Sign in, or the form again with what was typed but the password."""
    try:
        signed_in = accounts.sign_in(desk, name, password, datetime.now(UTC))
    except SignInRefused as refused:
        answer: Response = page(
            request, "sign_in.html", {"next": next, "name": name, "refused": str(refused)}
        )
        answer.status_code = HTTPStatus.UNAUTHORIZED
        return answer
    return _entered(request, signed_in, next)


@router.post("/sign-out", name="sign_out")
def leave(desk: Serving, visitor: Visiting) -> Response:
    """End this sign-in."""
    if visitor.session:
        accounts.sign_out(desk, visitor.session, datetime.now(UTC))
    answer = _to("/sign-in")
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
        signed_in = accounts.set_up(desk, secret, new, datetime.now(UTC))
    except (NotFound, UsageError) as refused:
        context = {"secret": secret, "name": name, "refused": str(refused)}
        answer: Response = page(request, "set_up.html", context)
        answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return answer
    return _entered(request, signed_in, "/")


def _entered(request: Request, signed_in: SignedIn, following: str) -> Response:
    """On to where they wanted to go, if that is one of our own pages."""
    ours = following.startswith("/") and not following.startswith(("//", "/\\"))
    answer = _to(following if ours else "/")
    secure = request.app.state.desk.settings.public_url.startswith("https:")
    answer.set_cookie(
        COOKIE, signed_in.secret, httponly=True, samesite="lax", secure=secure,
        expires=signed_in.session.expires,
    )  # fmt: skip
    return answer


def _to(path: str) -> Response:
    return RedirectResponse(path, status_code=HTTPStatus.SEE_OTHER)
