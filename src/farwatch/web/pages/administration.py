"""Administration: accounts, rules as they stand, channels, backup, the audit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from farwatch.desk import administering, audit_room, backing_up, configured, tokens
from farwatch.desk.accounts import INVITATION_LASTS, NewAccount
from farwatch.desk.administering import RESET_LASTS, Changes
from farwatch.errors import Forbidden, UsageError
from farwatch.model.account import Role
from farwatch.store.account_lists import AccountChoice
from farwatch.store.keyset import Wanted
from farwatch.web.account_asked import AccountsAsked, AuditAsked, by_of
from farwatch.web.asked import Wants
from farwatch.web.entering import to
from farwatch.web.render import page
from farwatch.web.visitor import Serving, Visiting, desk_of, visitor_of

router = APIRouter(prefix="/administration")
Text = Annotated[str, Field(max_length=1_000)]


class ChangeForm(BaseModel):
    """What stands of an account. What is empty is no bound, no name, no address."""

    role: Role
    display: Text = ""
    email: Text = ""
    countries: Text = ""
    programmes: Text = ""
    csrf: str = ""


class NewForm(ChangeForm):
    """A new account."""

    name: Text


@router.get("", name="administration")
def show_accounts(request: Request, asked: AccountsAsked, wanted: Wants) -> Response:
    """The accounts, and the form that adds one."""
    return _accounts(request, asked, wanted)


@router.post("/accounts", name="administration.add")
def add(
    request: Request, desk: Serving, visitor: Visiting, given: Annotated[NewForm, Form()]
) -> Response:
    """Add an account; its one-time link is shown once."""
    try:
        scope = administering.scope_of(given.countries, given.programmes)
        email = given.email.strip() or None
        new = NewAccount(given.name, given.role, email=email, scope=scope)
        account, secret = administering.invite(desk, new, by_of(visitor), _now())
    except (UsageError, Forbidden) as refused:
        return _accounts(request, None, Wanted(), str(refused))
    context = {"account": account, "link": _link(request, secret), "lasts": INVITATION_LASTS}
    return page(request, "administration_link.html", context | {"tab": "accounts"})


@router.get("/accounts/{account_id}", name="administration.account")
def show_account(request: Request, account_id: str, done: Annotated[str, Query()] = "") -> Response:
    """One account."""
    return _account(request, account_id, done=done)


@router.post("/accounts/{account_id}", name="administration.change")
def change(
    request: Request, desk: Serving, visitor: Visiting, account_id: str,
    given: Annotated[ChangeForm, Form()],
) -> Response:  # fmt: skip
    """Role, scope, name shown, e-mail; in force with the account's next request."""

    def keep() -> Response:
        scope = administering.scope_of(given.countries, given.programmes)
        changes = Changes(given.role, scope, given.display, given.email)
        administering.change(desk, account_id, changes, by_of(visitor), _now())
        return to(f"/administration/accounts/{account_id}?done=change")

    return _tried(request, account_id, keep)


@router.post("/accounts/{account_id}/active", name="administration.active")
def set_active(
    request: Request, desk: Serving, visitor: Visiting, account_id: str,
    active: Annotated[bool, Form()],
) -> Response:  # fmt: skip
    """Deactivate, which ends every sign-in, or activate again."""

    def keep() -> Response:
        changes = Changes(active=active)
        administering.change(desk, account_id, changes, by_of(visitor), _now())
        return to(f"/administration/accounts/{account_id}?done=change")

    return _tried(request, account_id, keep)


@router.post("/accounts/{account_id}/reset", name="administration.reset")
def reset(
    request: Request, desk: Serving, visitor: Visiting, account_id: str,
    second: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """End every sign-in, unlock, and show a one-time link to a new password."""

    def keep() -> Response:
        by, now = by_of(visitor), _now()
        secret = administering.reset(desk, account_id, by, now, second=bool(second))
        if not secret:
            return to(f"/administration/accounts/{account_id}?done=reset")
        found = administering.shown(desk, account_id, by, now)
        context = {"account": found.account, "link": _link(request, secret), "lasts": RESET_LASTS}
        return page(request, "administration_link.html", context | {"tab": "accounts"})

    return _tried(request, account_id, keep)


@router.post("/accounts/{account_id}/tokens/{token_id}/revoke", name="administration.revoke")
def revoke(desk: Serving, visitor: Visiting, account_id: str, token_id: str) -> Response:
    """End somebody's key at once."""
    tokens.revoke(desk, visitor.known, token_id, _now())
    return to(f"/administration/accounts/{account_id}?done=token")


@router.get("/backup", name="administration.backup")
def show_backup(request: Request, desk: Serving) -> Response:
    """When the last backup was made, and how one is made and tried."""
    context = {"last": backing_up.last(desk), "folder": desk.settings.data_dir, "tab": "backup"}
    return page(request, "administration_backup.html", context)


@router.get("/rules", name="administration.rules")
def show_rules(request: Request, desk: Serving) -> Response:
    """The rules as they stand."""
    context = {"rules": configured.rules(desk), "official": configured.official(desk)}
    return page(request, "administration_rules.html", context | {"tab": "rules"})


@router.get("/channels", name="administration.channels")
def show_channels(request: Request, desk: Serving) -> Response:
    """The ways out."""
    context = {"channels": configured.channels(desk), "waiting": configured.waiting(desk)}
    return page(request, "administration_channels.html", context | {"tab": "channels"})


@router.get("/audit", name="administration.audit")
def show_audit(
    request: Request, desk: Serving, visitor: Visiting, asked: AuditAsked, wanted: Wants,
    verify: Annotated[str, Query(max_length=10)] = "",
) -> Response:  # fmt: skip
    """The chain of decisions and reads, newest first; with `verify` every seal is looked at."""
    by = by_of(visitor)
    proof = audit_room.proof(desk, by) if verify else None
    found = audit_room.listed(desk, asked, by, wanted, _now())
    context = {"found": found, "asked": asked, "proof": proof, "whole": by.scope.everywhere}
    return page(request, "administration_audit.html", context | {"tab": "audit", "real": _now()})


def _accounts(
    request: Request, asked: AccountsAsked | None, wanted: Wanted, refused: str | None = None
) -> Response:
    desk, by, now = desk_of(request), by_of(visitor_of(request)), _now()
    asked = asked or AccountChoice()
    found = administering.listed(desk, asked, by, wanted)
    administering.note_read(desk, "accounts", "accounts", by.name, now)
    context = {
        "found": found, "asked": asked, "roles": list(Role), "refused": refused, "real": now,
        "tab": "accounts",
    }  # fmt: skip
    answer = page(request, "administration.html", context)
    if refused:
        answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return answer


def _account(
    request: Request, account_id: str, refused: str | None = None, done: str = ""
) -> Response:
    desk, now = desk_of(request), _now()
    found = administering.shown(desk, account_id, by_of(visitor_of(request)), now)
    context = {
        "shown": found, "account": found.account, "roles": list(Role), "refused": refused,
        "done": done, "real": now, "tab": "accounts",
        "locked": found.credentials.locked(now),
        "tokens": tokens.listed(desk, [account_id], None, Wanted(200)).items,
    }  # fmt: skip
    answer = page(request, "administration_account.html", context)
    if refused:
        answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return answer


def _tried(request: Request, account_id: str, action: Callable[[], Response]) -> Response:
    """What the action answers; refused, the account's page again with why."""
    try:
        return action()
    except (UsageError, Forbidden) as refused:
        return _account(request, account_id, str(refused))


def _link(request: Request, secret: str) -> str:
    return f"{desk_of(request).settings.site_url}/invited/{secret}"


def _now() -> datetime:
    """Accounts live by the machine's time, in an exercise too."""
    return datetime.now(UTC)
