"""Administer accounts: list, add, change, deactivate, reset. The last administrator stays.

Who is bounded to a part of the desk administers those alone who see no more than that part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from farwatch.desk import accounts as desk_accounts
from farwatch.desk.accounts import EVERYWHERE, INVITATION_LASTS, NewAccount
from farwatch.desk.opening import Desk
from farwatch.errors import Forbidden, NotFound, UsageError
from farwatch.model.account import Account, Role, Scope
from farwatch.store import account_lists, accounts, audit, factors, sessions
from farwatch.store.account_lists import AccountChoice
from farwatch.store.accounts import Credentials
from farwatch.store.audit import Decision
from farwatch.store.keyset import Page, Wanted
from farwatch.store.rows import lock
from farwatch.store.schema_accounts import accounts as accounts_table
from farwatch.world.codes import country_name

RESET_LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class By:
    """Who administers: a name for the audit, and the part of the desk they see."""

    name: str
    scope: Scope = EVERYWHERE


@dataclass(frozen=True, slots=True)
class Changes:
    """What becomes of an account; None leaves it."""

    role: Role | None = None
    scope: Scope | None = None
    display: str | None = None
    email: str | None = None
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class AccountShown:
    """An account with what an administrator must know of how it signs in."""

    account: Account
    credentials: Credentials
    passkeys: int
    sign_ins: int


def listed(desk: Desk, choice: AccountChoice, by: By, wanted: Wanted) -> Page[Account]:
    """A page of the accounts that they may administer, by name."""
    with desk.database.read() as conn:
        return account_lists.listed(conn, choice, theirs(conn, by.scope), wanted)


def theirs(conn: Connection, scope: Scope) -> list[str] | None:
    """The ids of the accounts that lie within a scope; None: all."""
    if scope.everywhere:
        return None
    return [one.id for one in accounts.every(conn) if one.scope.within(scope)]


def shown(desk: Desk, account_id: str, by: By, now: datetime) -> AccountShown:
    """One account; raises NotFound, also for one outside their part. The audit tells of it."""
    with desk.database.begin() as conn:
        account = _get(conn, account_id, by)
        desk_accounts.tell(conn, "account.read", by.name, account, now)
        return AccountShown(
            account, accounts.credentials(conn, account.id),
            len(factors.passkeys(conn, account.id)), len(sessions.of_account(conn, account.id)),
        )  # fmt: skip


def invite(desk: Desk, new: NewAccount, by: By, now: datetime) -> tuple[Account, str]:
    """Add an account, and the secret of the one-time link by which its owner gives it a password.

    Raises UsageError for what cannot stand, Forbidden for a scope wider than one's own.
    """
    _check_scope(new.scope, by)
    with desk.database.begin() as conn:
        account = desk_accounts.put_new(conn, replace(new, password=None), now)
        desk_accounts.tell(
            conn, "account.add", by.name, account, now,
            role=account.role.value, scope=_plain(account.scope),
        )  # fmt: skip
        until = now + INVITATION_LASTS
        return account, desk_accounts.invited(conn, "invite", until, account.id)


def change(desk: Desk, account_id: str, changes: Changes, by: By, now: datetime) -> Account:
    """Change role, scope, name shown, e-mail, or whether the account is active; at once.

    Deactivating ends every sign-in. Raises NotFound, Forbidden, and UsageError where the desk
    would be left without an administrator who sees all of it.
    """
    if changes.scope is not None:
        _check_scope(changes.scope, by)
    with desk.database.begin() as conn:
        lock(conn, accounts_table)  # two who remove each other would both find the other standing
        stands = _get(conn, account_id, by)
        changed = _changed(stands, changes)
        if not _whole(changed) and is_last(conn, stands):
            raise UsageError(
                f"{stands.name!r} is the last administrator who sees all of the desk; make another "
                "first"
            )
        accounts.change(conn, changed, now)
        if not changed.active:
            sessions.close(conn, account=stands.id)
            accounts.withdraw_invitations(conn, account=stands.id)
        details = _told(stands, changed)
        desk_accounts.tell(conn, "account.change", by.name, changed, now, **details)
    return changed


def reset(desk: Desk, account_id: str, by: By, now: datetime, *, second: bool = False) -> str:
    """End every sign-in, unlock, and give the secret of a one-time link to a new password.

    `second` takes out the second factors too. The old password opens nothing from now on; API
    tokens stay. An account that signs in elsewhere gets no link: the answer is empty.
    """
    with desk.database.begin() as conn:
        account = _get(conn, account_id, by)
        if not account.active:
            raise UsageError(f"{account.name!r} is not active; activate it first")
        sessions.close(conn, account=account.id)
        accounts.withdraw_invitations(conn, account=account.id)
        values = {"failures": 0, "locked_until": None}
        accounts.set_credentials(conn, account.id, values)
        if second:
            factors.drop_all(conn, account.id)
            accounts.change(conn, replace(account, second_factor=None), now)
        desk_accounts.tell(conn, "account.reset", by.name, account, now, second_factors=second)
        if account.provider:
            return ""
        if not is_last(conn, account):
            accounts.set_credentials(conn, account.id, {"password": None})
        return desk_accounts.invited(conn, "reset", now + RESET_LASTS, account.id)


def is_last(conn: Connection, account: Account) -> bool:
    """Whether this is the only account that administers all of the desk and can sign in."""
    able = [one for one in accounts.every(conn) if _whole(one) and _enters(conn, one)]
    return [one.id for one in able] == [account.id]


def scope_of(countries: str, programmes: str) -> Scope:
    """A scope from comma-separated texts; raises UsageError for what is no country's code."""
    named = tuple(sorted({part.strip().upper() for part in countries.split(",") if part.strip()}))
    for code in named:
        try:
            country_name(code)
        except (KeyError, ValueError, NotFound, UsageError) as error:
            raise UsageError(f"{code!r} is no country's ISO 3166-1 alpha-2 code") from error
    parts = {part.strip() for part in programmes.split(",") if part.strip()}
    return Scope(named, tuple(sorted(parts)))


def note_read(
    desk: Desk, what: str, subject: str, by: str, now: datetime,
    details: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    """Write into the audit that somebody read personal or restricted data."""
    with desk.database.begin() as conn:
        audit.append(conn, Decision(f"{what}.read", by, subject, now, details or {}))


def _get(conn: Connection, account_id: str, by: By) -> Account:
    account = accounts.get(conn, account_id)
    if not account.scope.within(by.scope):
        raise NotFound(f"no account {account_id!r}")
    return account


def _check_scope(scope: Scope, by: By) -> None:
    if not scope.within(by.scope):
        raise Forbidden("nobody gives a wider scope than their own")


def _whole(account: Account) -> bool:
    return account.active and account.role is Role.ADMINISTRATOR and account.scope.everywhere


def _enters(conn: Connection, account: Account) -> bool:
    known = accounts.credentials(conn, account.id)
    return known.password is not None or known.subject is not None


def _changed(account: Account, changes: Changes) -> Account:
    return replace(
        account,
        role=changes.role or account.role,
        scope=account.scope if changes.scope is None else changes.scope,
        display=account.display if changes.display is None else changes.display.strip()[:100],
        email=account.email if changes.email is None else changes.email.strip()[:200] or None,
        active=account.active if changes.active is None else changes.active,
    )


def _plain(scope: Scope) -> Mapping[str, object]:
    return {name: list(value) for name, value in asdict(scope).items()}


def _told(before: Account, after: Account) -> dict[str, object]:
    """What changed, for the audit; not the e-mail address itself."""
    told: dict[str, object] = {}
    if before.role is not after.role:
        told |= {"role": after.role.value, "before": before.role.value}
    if before.scope != after.scope:
        told |= {"scope": _plain(after.scope)}
    if before.active != after.active:
        told |= {"active": after.active}
    if before.email != after.email or before.display != after.display:
        told |= {"details": True}
    return told
