"""Who asks: the guard that stands before every route, and what a route may know of the visitor."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from farwatch.desk import accounts, limiting, second_factors, tokens
from farwatch.desk.accounts import Device
from farwatch.desk.clock import now_of
from farwatch.desk.opening import Desk
from farwatch.errors import Forbidden, SecondFactorNeeded, SignInRefused
from farwatch.model.account import RESTRICTED_READ, Account, Role, Scope, Session, Token
from farwatch.web.limited import Meter, address_of, count_route
from farwatch.web.policy import POLICY, PROVING

COOKIE = "farwatch_session"
_SAFE = {"GET", "HEAD", "OPTIONS"}
_NOWHERE = Scope(countries=("",))
_TOKENS = Meter(limiting.TOKEN)


@dataclass(frozen=True, slots=True)
class Visitor:
    """One request's caller. Without an account they are nobody, and see what is public.

    `now` is the desk's time: in an exercise the exercise's.
    """

    now: datetime
    account: Account | None = None
    session: Session | None = None
    token: Token | None = None

    @property
    def known(self) -> Account:
        """The account; raises SignInRefused for nobody."""
        if self.account is None:
            raise SignInRefused("nobody is signed in")
        return self.account

    @property
    def scope(self) -> Scope:
        """What part of the desk they see: what is restricted by role, and by a key's own scope."""
        if self.account is None:
            return _NOWHERE
        return self.account.sight(asked=self.token is None or RESTRICTED_READ in self.token.may)

    @property
    def csrf(self) -> str:
        """What their forms carry."""
        return self.session.csrf if self.session else ""

    def may(self, route: str) -> bool:
        """Whether a route is open to them: pages show no button that would be refused."""
        who = POLICY.get(route, frozenset())
        return who is None or (self.account is not None and self.account.role in who)

    def is_a(self, *roles: Role) -> bool:
        """Whether they hold one of these roles."""
        return self.account is not None and self.account.role in roles


async def guard(request: Request) -> None:
    """Know the visitor, and refuse what the table does not open to them.

    Raises SignInRefused (nobody is signed in), Forbidden (role, key or forged form).
    """
    visitor = await run_in_threadpool(_visitor, request)
    request.state.visitor = visitor
    name = request.scope["route"].name
    if name not in POLICY:
        raise Forbidden(f"route {name!r} is not in the policy table")
    writes = request.method not in _SAFE
    if POLICY[name] is None:
        if writes:
            _check_site(request)
        return
    account = visitor.known
    if not visitor.may(name):
        raise Forbidden(f"a {account.role.value} may not do this ({name})")
    _check_strength(request, visitor)
    if visitor.token is not None:
        _check_token(name, visitor.token, writes=writes)
    elif writes:
        await _check_form(request, visitor)


def visitor_of(request: Request) -> Visitor:
    """The visitor whom the guard knew."""
    visitor: Visitor = request.state.visitor
    return visitor


def desk_of(request: Request) -> Desk:
    """The desk this application serves."""
    desk: Desk = request.app.state.desk
    return desk


# Dependencies are async where they wait for nothing: FastAPI runs each other one in a thread, and
# the way there and back costs more than a short query.
async def _visiting(request: Request) -> Visitor:
    return visitor_of(request)


async def _serving(request: Request) -> Desk:
    return desk_of(request)


Visiting = Annotated[Visitor, Depends(_visiting)]
Serving = Annotated[Desk, Depends(_serving)]


def device_of(request: Request) -> Device:
    """Where a sign-in comes from."""
    return Device(address_of(request), request.headers.get("user-agent", ""))


def _visitor(request: Request) -> Visitor:
    desk, real = desk_of(request), datetime.now(UTC)
    now = now_of(desk)
    count_route(desk, request, real)
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret:
        found = tokens.of_secret(desk, secret.strip(), real)
        if found is None:
            address = limiting.neighbourhood(address_of(request))
            limiting.spend(desk, limiting.WRONG_TOKEN, address, real)
            raise SignInRefused("this API token is unknown, revoked or over")
        _TOKENS.spend(found[1].id, real)
        return Visitor(now, account=found[0], token=found[1])
    cookie = request.cookies.get(COOKIE)
    signed_in = accounts.of_cookie(desk, cookie, real) if cookie else None
    if signed_in is None:
        return Visitor(now)
    return Visitor(now, account=signed_in[0], session=signed_in[1])


def _check_strength(request: Request, visitor: Visitor) -> None:
    """A role that must have a second factor goes no further without one than to add it."""
    account, session = visitor.known, visitor.session
    if session is None or session.strong or request.scope["route"].name in PROVING:
        return
    if account.role in second_factors.roles_asked(desk_of(request)):
        raise SecondFactorNeeded(
            f"a {account.role.value} must have a second factor here; add one at /account first"
        )


def _check_token(name: str, token: Token, *, writes: bool) -> None:
    """A key opens the API alone, and of it what its scopes say."""
    if name == "live":
        return
    kind, _, rest = name.partition(".")
    if kind != "api":
        raise Forbidden("an API token opens /api/v1 and nothing else")
    if not tokens.allows(token.may, rest.split(".")[0], writes=writes):
        raise Forbidden(f"this API token may {', '.join(token.may)}, and not this ({name})")


def _check_site(request: Request) -> None:
    """A form is sent from our own pages alone."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Forbidden("this form was sent from another site")


async def _check_form(request: Request, visitor: Visitor) -> None:
    """A write by cookie must come from our own pages and carry what only they know."""
    _check_site(request)
    given = request.headers.get("x-csrf-token", "")
    if not given and "form" in request.headers.get("content-type", ""):
        given = str((await request.form()).get("csrf", ""))
    if not hmac.compare_digest(given.encode(), visitor.csrf.encode()) or not given:
        raise Forbidden("this form is too old or was not made here; open the page again")
