"""One's own account: name shown, language, password, second factors, API tokens, sign-ins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from farwatch.desk import own_account, passkeys, second_factors, tokens
from farwatch.desk.second_factors import Enrolment
from farwatch.desk.tokens import NewToken
from farwatch.errors import Forbidden, SignInRefused, UsageError
from farwatch.model.account import RESTRICTED_READ, Session
from farwatch.store.keyset import Wanted
from farwatch.web import scopes
from farwatch.web.entering import sign_in_cookie, to
from farwatch.web.i18n import LANGUAGES
from farwatch.web.render import page
from farwatch.web.visitor import Serving, Visiting, Visitor, desk_of, visitor_of

router = APIRouter(prefix="/account")
Text = Annotated[str, Form(max_length=300)]
Password = Annotated[str, Form()]


@router.get("", name="account")
def show(request: Request, done: Annotated[str, Query()] = "") -> Response:
    """The page; `done` names what was just done, to be said once."""
    return _page(request, {"done": done})


@router.post("/profile", name="account.profile")
def profile(
    request: Request, desk: Serving, visitor: Visiting, display: Text = "", language: Text = ""
) -> Response:
    """Name shown and language."""

    def keep() -> Response:
        if language and language not in LANGUAGES:
            raise UsageError(f"language {language[:20]!r} is none of: {', '.join(LANGUAGES)}")
        own_account.profile(desk, visitor.known, display, language or None, _now())
        return to("/account?done=profile")

    return _tried(request, keep)


@router.post("/password", name="account.password")
def password(
    request: Request, desk: Serving, visitor: Visiting, old: Password, new: Password
) -> Response:
    """A new password; every other sign-in ends, and this one goes on under a new cookie."""

    def change() -> Response:
        signed_in = visitor.known, _session(visitor)
        got = own_account.change_password(desk, signed_in, old, new, _now())
        answer = to("/account?done=password")
        sign_in_cookie(request, answer, got)
        return answer

    return _tried(request, change)


@router.post("/totp", name="account.totp_begin")
def begin_totp(
    request: Request, desk: Serving, visitor: Visiting, password: Password = ""
) -> Response:
    """Begin with an authenticator; the account's password first."""

    def begin() -> Response:
        now, session = _now(), _session(visitor)
        second_factors.confirm(desk, visitor.known, session, password, now)
        second_factors.begin_totp(desk, visitor.known, session, now)
        return to("/account/totp")

    return _tried(request, begin)


@router.get("/totp", name="account.totp_show")
def show_totp(request: Request, desk: Serving, visitor: Visiting) -> Response:
    """The secret as QR code and as text, and the form that asks for a code of it."""
    if visitor.session is None:
        return to("/account")
    try:
        begun = second_factors.begun_totp(desk, visitor.known, visitor.session, _now())
    except UsageError:
        return to("/account")
    return _enrolment(request, begun)


@router.post("/totp/finish", name="account.totp_finish")
def finish_totp(request: Request, desk: Serving, visitor: Visiting, code: Text) -> Response:
    """Keep the authenticator whose code this is; its recovery codes are shown once."""
    now, session = _now(), _session(visitor)
    try:
        codes = second_factors.finish_totp(desk, visitor.known, session, code, now)
    except UsageError as refused:
        try:
            begun = second_factors.begun_totp(desk, visitor.known, session, now)
        except UsageError:
            return _page(request, {"refused": str(refused)})
        return _enrolment(request, begun, str(refused))
    return _codes(request, codes)


@router.post("/passkeys/begin", name="account.passkey_begin")
def begin_passkey(desk: Serving, visitor: Visiting, password: Password = "") -> Response:
    """What the browser makes a passkey from, as JSON; the account's password first."""
    now, session = _now(), _session(visitor)
    try:
        second_factors.confirm(desk, visitor.known, session, password, now)
    except SignInRefused as refused:
        raise UsageError(str(refused)) from refused
    options = passkeys.begin(desk, visitor.known, session, now)
    return Response(options, media_type="application/json")


@router.post("/passkeys", name="account.passkey_finish")
def finish_passkey(
    request: Request, desk: Serving, visitor: Visiting,
    credential: Annotated[str, Form(max_length=20_000)], label: Text = "",
) -> Response:  # fmt: skip
    """Keep the passkey that the browser made."""

    def keep() -> Response:
        session, now = _session(visitor), _now()
        return _codes(
            request, passkeys.finish(desk, visitor.known, session, label, credential, now)
        )  # fmt: skip

    return _tried(request, keep)


@router.post("/factors/drop", name="account.factor_drop")
def drop_factor(
    request: Request, desk: Serving, visitor: Visiting, factor: Text, password: Password = ""
) -> Response:
    """Take out an authenticator ("totp") or a passkey (its id); the account's password first."""

    def drop() -> Response:
        now = _now()
        second_factors.confirm(desk, visitor.known, _session(visitor), password, now)
        second_factors.drop(desk, visitor.known, None if factor == "totp" else factor, now)
        return to("/account?done=factor")

    return _tried(request, drop)


@router.post("/codes", name="account.codes_renew")
def renew_codes(
    request: Request, desk: Serving, visitor: Visiting, password: Password = ""
) -> Response:
    """New recovery codes in place of the old; the account's password first."""

    def renew() -> Response:
        now = _now()
        second_factors.confirm(desk, visitor.known, _session(visitor), password, now)
        return _codes(request, second_factors.renew_codes(desk, visitor.known, now))

    return _tried(request, renew)


@router.post("/tokens", name="account.token_make")
def make_token(
    request: Request, desk: Serving, visitor: Visiting, label: Text,
    may: Annotated[list[str], Form()], days: Annotated[int, Form()] = 90,
) -> Response:  # fmt: skip
    """A new key to the API, shown once."""

    def make() -> Response:
        new = NewToken(label, scopes.checked(may), days)
        made, secret = tokens.make(desk, visitor.known, new, _now())
        return page(request, "token.html", {"token": made, "secret": secret})

    return _tried(request, make)


@router.post("/tokens/{token_id}/revoke", name="account.token_revoke")
def revoke_token(desk: Serving, visitor: Visiting, token_id: str) -> Response:
    """End a key at once."""
    tokens.revoke(desk, visitor.known, token_id, _now())
    return to("/account?done=token")


@router.post("/sign-ins/{session_id}/end", name="account.session_end")
def end_session(desk: Serving, visitor: Visiting, session_id: str) -> Response:
    """End one of one's own sign-ins."""
    own_account.end(desk, visitor.known, session_id, _now())
    return to("/account?done=session")


@router.post("/sign-ins/end-others", name="account.sessions_end")
def end_sessions(desk: Serving, visitor: Visiting) -> Response:
    """End all but this sign-in."""
    own_account.end_others(desk, visitor.known, _session(visitor), _now())
    return to("/account?done=session")


def _page(request: Request, said: dict[str, Any]) -> Response:
    desk, visitor, now = desk_of(request), visitor_of(request), _now()
    account = visitor.known
    host = passkeys.host(desk.settings)
    context = {
        "done": "", "refused": None, "account": account, "real": now, "host": host,
        "here": request.url.hostname == host, "site": desk.settings.site_url,
        "factors": second_factors.of_account(desk, account),
        "needed": account.role in second_factors.roles_asked(desk),
        "session": visitor.session, "sign_ins": own_account.sign_ins(desk, account, now),
        "tokens": tokens.listed(desk, [account.id], None, Wanted(200)).items,
        "scopes": [one for one in scopes.known()
                   if one != RESTRICTED_READ or visitor.scope.restricted],
    }  # fmt: skip
    answer = page(request, "account.html", context | said)
    if said.get("refused"):
        answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return answer


def _tried(request: Request, action: Callable[[], Response]) -> Response:
    """What the action answers; refused, the page again with why."""
    try:
        return action()
    except (UsageError, SignInRefused) as refused:
        return _page(request, {"refused": str(refused)})


def _enrolment(request: Request, begun: Enrolment, refused: str | None = None) -> Response:
    # On white, whatever the page's colours: readers of QR codes want dark on light.
    picture = segno.make(begun.uri, error="m").svg_data_uri(scale=5, light="#fff")
    context = {"picture": picture, "secret": begun.secret, "refused": refused}
    answer = page(request, "totp.html", context)
    if refused:
        answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return answer


def _codes(request: Request, codes: list[str]) -> Response:
    """The recovery codes, once; where they stood before there is nothing to show."""
    return page(request, "codes.html", {"codes": codes}) if codes else to("/account?done=added")


def _session(visitor: Visitor) -> Session:
    if visitor.session is None:
        raise Forbidden("this is done by a sign-in, not by an API token")
    return visitor.session


def _now() -> datetime:
    """Accounts live by the machine's time, in an exercise too."""
    return datetime.now(UTC)
