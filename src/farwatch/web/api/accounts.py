"""Accounts, API tokens and the audit by the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from farwatch.desk import administering, audit_room, own_account, tokens
from farwatch.desk.accounts import NewAccount
from farwatch.desk.administering import Changes
from farwatch.desk.tokens import LONGEST_DAYS, NewToken
from farwatch.errors import Forbidden
from farwatch.model.account import Account, Role, Scope, Session, Token
from farwatch.store.audit import Entry
from farwatch.web import scopes
from farwatch.web.account_asked import AccountsAsked, AuditAsked, by_of
from farwatch.web.asked import Wants, moment
from farwatch.web.once import unkept
from farwatch.web.visitor import Serving, Visiting

router = APIRouter()
Countries = Annotated[str, Field(max_length=1_000, description="ISO alpha-2, comma-separated.")]
Programmes = Annotated[str, Field(max_length=1_000, description="Comma-separated.")]


class AccountPage(BaseModel):
    """Some accounts; `next` is the cursor of those after them, null at the end."""

    items: list[Account]
    next: str | None


class AccountIn(BaseModel):
    """A new account. It gets a one-time link and no password."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    role: Role
    display: Annotated[str, Field(max_length=100)] = ""
    email: Annotated[str | None, Field(max_length=200)] = None
    countries: Countries = ""
    programmes: Programmes = ""


class AccountChange(BaseModel):
    """What becomes of an account; what is left out stays. Both bounds are given together."""

    role: Role | None = None
    display: Annotated[str | None, Field(max_length=100)] = None
    email: Annotated[str | None, Field(max_length=200)] = None
    countries: Countries | None = None
    programmes: Programmes | None = None
    active: bool | None = None


class Invited(BaseModel):
    """An account and its one-time link, shown this once; null where it signs in elsewhere."""

    account: Account
    link: str | None


class ResetIn(BaseModel):
    """What is reset beside the password."""

    second_factors: bool = False


class TokenIn(BaseModel):
    """A new API token: what it may ("read", "write", "alerts:write", ...) and for how long."""

    label: Annotated[str, Field(min_length=1, max_length=100)]
    may: list[str] = ["read"]
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] = 90


class TokenMade(BaseModel):
    """A token with its secret, shown this once."""

    token: Token
    secret: str


class TokenPage(BaseModel):
    """Some tokens; `next` is the cursor of those after them."""

    items: list[Token]
    next: str | None


class EntryOut(BaseModel):
    """A sealed entry of the audit."""

    id: int
    at: datetime
    kind: str
    by: str
    subject: str
    details: Mapping[str, Any]
    previous: str
    hash: str


class AuditPage(BaseModel):
    """Some entries; `next` is the cursor of those after them."""

    items: list[EntryOut]
    next: str | None


class ProofOut(BaseModel):
    """Whether the chain is whole; `broken` names the first broken link."""

    whole: bool
    entries: int
    head: str
    broken: str | None


@router.get("/me", name="api.me.show", tags=["me"])
def me(visitor: Visiting) -> Account:
    """The account that asks."""
    return visitor.known


@router.get("/me/sign-ins", name="api.me.sign_ins", tags=["me"])
def my_sign_ins(desk: Serving, visitor: Visiting) -> list[Session]:
    """One's own sign-ins that still open something. Their CSRF tokens are left out."""
    found = own_account.sign_ins(desk, visitor.known, _now())
    return [Session(**_plain(one) | {"csrf": ""}) for one in found]


@router.delete(
    "/me/sign-ins/{session_id}", name="api.me.end_sign_in", tags=["me"], status_code=204
)  # fmt: skip
def end_sign_in(desk: Serving, visitor: Visiting, session_id: str) -> Response:
    """End one of one's own sign-ins."""
    own_account.end(desk, visitor.known, session_id, _now())
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.get("/accounts", name="api.accounts.list", tags=["accounts"])
def list_accounts(
    desk: Serving, visitor: Visiting, asked: AccountsAsked, wanted: Wants
) -> AccountPage:  # fmt: skip
    """Accounts by name; with `updated_since` what changed since, oldest change first."""
    by = by_of(visitor)
    found = administering.listed(desk, asked, by, wanted)
    administering.note_read(desk, "accounts", "accounts", by.name, _now())
    return AccountPage(items=list(found.items), next=found.next)


@router.post("/accounts", name="api.accounts.add", tags=["accounts"], status_code=201)
def add_account(
    request: Request, desk: Serving, visitor: Visiting, given: AccountIn
) -> Invited:  # fmt: skip
    """Add an account; its owner chooses the password by the one-time link."""
    unkept(request)
    scope = administering.scope_of(given.countries, given.programmes)
    new = NewAccount(given.name, given.role, None, given.display, given.email, scope)
    account, secret = administering.invite(desk, new, by_of(visitor), _now())
    return Invited(account=account, link=f"{desk.settings.site_url}/invited/{secret}")


@router.get("/accounts/{account_id}", name="api.accounts.show", tags=["accounts"])
def show_account(desk: Serving, visitor: Visiting, account_id: str) -> Account:
    """One account by its id."""
    return administering.shown(desk, account_id, by_of(visitor), _now()).account


@router.patch("/accounts/{account_id}", name="api.accounts.change", tags=["accounts"])
def change_account(
    desk: Serving, visitor: Visiting, account_id: str, given: AccountChange
) -> Account:  # fmt: skip
    """Change an account; in force with its next request. The last administrator stays one."""
    scope: Scope | None = None
    if given.countries is not None or given.programmes is not None:
        scope = administering.scope_of(given.countries or "", given.programmes or "")
    changes = Changes(given.role, scope, given.display, given.email, given.active)
    return administering.change(desk, account_id, changes, by_of(visitor), _now())


@router.post("/accounts/{account_id}/reset", name="api.accounts.reset", tags=["accounts"])
def reset_account(
    request: Request, desk: Serving, visitor: Visiting, account_id: str, given: ResetIn
) -> Invited:
    """End every sign-in, unlock, and give a one-time link to a new password."""
    unkept(request)
    by, now = by_of(visitor), _now()
    secret = administering.reset(desk, account_id, by, now, second=given.second_factors)
    account = administering.shown(desk, account_id, by, now).account
    link = f"{desk.settings.site_url}/invited/{secret}" if secret else None
    return Invited(account=account, link=link)


@router.get("/tokens", name="api.tokens.list", tags=["tokens"])
def list_tokens(
    desk: Serving, visitor: Visiting, wanted: Wants,
    account: Annotated[
        str | None, Query(description="Of this account: an administrator's to ask.")
    ] = None,
    updated_since: Annotated[str | None, Query(description="ISO 8601 with a zone.")] = None,
) -> TokenPage:  # fmt: skip
    """API tokens (one's own, unless an account is named), newest first."""
    whose = account or visitor.known.id
    if whose != visitor.known.id:
        if not visitor.is_a(Role.ADMINISTRATOR):
            raise Forbidden("only an administrator asks for the tokens of others")
        administering.shown(desk, whose, by_of(visitor), _now())
    found = tokens.listed(desk, [whose], moment(updated_since), wanted)
    return TokenPage(items=list(found.items), next=found.next)


@router.post("/tokens", name="api.tokens.make", tags=["tokens"], status_code=201)
def make_token(request: Request, desk: Serving, visitor: Visiting, given: TokenIn) -> TokenMade:
    """A new token of one's own; made by a token, it may no more than that and lasts no longer."""
    unkept(request)
    new = NewToken(given.label, scopes.checked(given.may), given.days)
    made, secret = tokens.make(desk, visitor.known, new, _now(), visitor.token)
    return TokenMade(token=made, secret=secret)


@router.delete(
    "/tokens/{token_id}", name="api.tokens.revoke", tags=["tokens"], status_code=204
)  # fmt: skip
def revoke_token(desk: Serving, visitor: Visiting, token_id: str) -> Response:
    """End a token at once: one's own, or as administrator anybody's."""
    tokens.revoke(desk, visitor.known, token_id, _now())
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.get("/audit", name="api.audit.list", tags=["audit"])
def list_audit(
    desk: Serving, visitor: Visiting, asked: AuditAsked, wanted: Wants
) -> AuditPage:  # fmt: skip
    """The audit, newest first; with `updated_since` what was sealed since, oldest first."""
    found = audit_room.listed(desk, asked, by_of(visitor), wanted, _now())
    return AuditPage(items=[_entry(one) for one in found.items], next=found.next)


@router.get("/audit/verify", name="api.audit.verify", tags=["audit"])
def verify_audit(desk: Serving, visitor: Visiting) -> ProofOut:
    """Look at every seal of the chain."""
    proof = audit_room.proof(desk, by_of(visitor))
    return ProofOut(
        whole=proof.broken is None, entries=proof.entries, head=proof.head, broken=proof.broken
    )


def _entry(entry: Entry) -> EntryOut:
    what = entry.decision
    return EntryOut(
        id=entry.id, at=what.at, kind=what.kind, by=what.by, subject=what.subject,
        details=what.details, previous=entry.previous, hash=entry.hash,
    )  # fmt: skip


def _plain(session: Session) -> dict[str, Any]:
    return {name: getattr(session, name) for name in Session.__slots__}


def _now() -> datetime:
    """Accounts live by the machine's time, in an exercise too."""
    return datetime.now(UTC)
