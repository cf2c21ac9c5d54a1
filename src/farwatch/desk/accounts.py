"""Who may sit at the desk: the first account, one-time links, signing in and out.

A sign-in is proved in one step, or in two where the account has a second factor: then a password
makes a `Halfway`, whose cookie opens nothing but the page that asks for the rest.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from farwatch.desk import limiting, passwords
from farwatch.desk.opening import Desk
from farwatch.desk.passwords import digest
from farwatch.errors import NotFound, SignInRefused, UsageError
from farwatch.model.account import Account, Role, Scope, Session
from farwatch.store import accounts, audit, sessions
from farwatch.store.accounts import Invitation
from farwatch.store.audit import Decision

SESSION_LASTS = timedelta(hours=12)
IDLE_AT_MOST = timedelta(hours=2)
HALFWAY_LASTS = timedelta(minutes=10)
LINK_LASTS = timedelta(hours=1)
INVITATION_LASTS = timedelta(hours=72)
FREE_FAILURES = 5  # wrong passwords before the first lock-out; each further one doubles it
LOCKED_FOR = timedelta(minutes=1)
LOCKED_AT_MOST = timedelta(hours=1)
REFUSED = "name and password do not open an account here, or it is locked for now"
HALFWAY = "second"  # what waits
EVERYWHERE = Scope()


@dataclass(frozen=True, slots=True)
class Device:
    """Where a sign-in comes from, shown to its owner."""

    address: str = ""
    agent: str = ""


NOWHERE = Device()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A sign-in and the secret its cookie carries."""

    account: Account
    session: Session
    secret: str


@dataclass(frozen=True, slots=True)
class Halfway:
    """A password that was right, and the secret of the cookie that asks for the second factor."""

    account: Account
    secret: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is kept of a `Halfway`: for whom, and the challenge a passkey must answer."""

    account: str
    challenge: str | None = None


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an account is made from. Without a password it waits for its one-time link."""

    name: str
    role: Role
    password: str | None = None
    display: str = ""
    email: str | None = None
    scope: Scope = EVERYWHERE


def set_up_link(desk: Desk, now: datetime) -> str | None:
    """The secret of a link that makes the first administrator; None where accounts stand.

    Links printed before stop working: only the newest start's link does.
    """
    with desk.database.begin() as conn:
        if accounts.any_yet(conn):
            return None
        accounts.withdraw_invitations(conn, purpose="set-up")
        return invited(conn, "set-up", now + LINK_LASTS)


def set_up(
    desk: Desk, secret: str, new: NewAccount, now: datetime, device: Device = NOWHERE
) -> SignedIn:
    """Make the first administrator by the one-time link, and sign in; raises NotFound, UsageError.

    The link is used up in the same transaction: two persons with it make one account.
    """
    with desk.database.begin() as conn:
        found = accounts.invitation(conn, digest(secret), now)
        if found.purpose != "set-up" or accounts.any_yet(conn):
            raise NotFound("this link was used, ran out, or never stood")
        accounts.use(conn, found.id, now)
        account = put_new(conn, replace(new, role=Role.ADMINISTRATOR), now)
        tell(conn, "account.set_up", account.name, account, now)
        return open_session(conn, account, now, device)


def add(desk: Desk, new: NewAccount, by: str, now: datetime) -> Account:
    """Add an account; raises UsageError for a name that is taken or a password too short."""
    with desk.database.begin() as conn:
        account = put_new(conn, new, now)
        tell(conn, "account.add", by, account, now, role=account.role.value)
    return account


def sign_in(
    desk: Desk, name: str, password: str, now: datetime, device: Device = NOWHERE
) -> SignedIn | Halfway:
    """Sign in by name and password: whole, or half where the account has a second factor.

    Raises SignInRefused, which never says whether the name or the password was wrong, and TooMany.
    After five wrong ones in a row each further one locks the account for twice as long, up to an
    hour.
    """
    limiting.spend(desk, limiting.SIGN_IN_AS, name.strip().casefold(), now)
    with desk.database.read() as conn:
        account = _named(conn, name)
        known = accounts.credentials(conn, account.id).password if account else None
    # Verified outside the writing transaction, for a name that stands and one that does not: it
    # takes its time on purpose.
    right = passwords.right(known, password)
    with desk.database.begin() as conn:
        opened = account and _opened(conn, account.id, now, known if right else None)
        if opened:
            return proved(conn, opened, now, device)
        if account is None:
            audit.append(conn, Decision("account.refused", "desk", "unknown", now, {}))
    raise SignInRefused(REFUSED)


def proved(conn: Connection, account: Account, now: datetime, device: Device) -> SignedIn | Halfway:
    """What a first factor gives: the sign-in, or half of it."""
    sessions.forget(conn, now)
    if account.second_factor:
        secret = secrets.token_urlsafe(32)
        sessions.wait(conn, digest(secret), HALFWAY, now + HALFWAY_LASTS, Waiting(account.id))
        return Halfway(account, secret)
    accounts.set_credentials(conn, account.id, {"failures": 0, "locked_until": None})
    tell(conn, "account.sign_in", account.name, account, now, address=device.address)
    return open_session(conn, account, now, device)


def redeem(
    desk: Desk, secret: str, password: str, now: datetime, device: Device = NOWHERE
) -> SignedIn | Halfway:
    """Give an account its password by a one-time link, and sign in; raises NotFound, UsageError.

    Every sign-in of before ends. A second factor that stands is asked all the same.
    """
    with desk.database.begin() as conn:
        found, account = _link(conn, secret, now)
        accounts.use(conn, found.id, now)
        accounts.withdraw_invitations(conn, account=account.id)
        values = {"password": passwords.hashed(password, account.name)}
        accounts.set_credentials(
            conn, account.id, values | {"failures": 0, "locked_until": None}
        )  # fmt: skip
        sessions.close(conn, account=account.id)
        tell(conn, f"account.{found.purpose}_used", account.name, account, now)
        return proved(conn, account, now, device)


def redeemable(desk: Desk, secret: str, now: datetime) -> Account:
    """Whose one-time link this is; raises NotFound where it is used, over or unknown."""
    with desk.database.read() as conn:
        return _link(conn, secret, now)[1]


def sign_out(desk: Desk, session: Session, now: datetime) -> None:
    """End a sign-in."""
    with desk.database.begin() as conn:
        sessions.close(conn, session_id=session.id)
        account = accounts.get(conn, session.account)
        tell(conn, "account.sign_out", account.name, account, now)


def of_cookie(desk: Desk, secret: str, now: datetime) -> tuple[Account, Session] | None:
    """Whose sign-in a cookie carries; None where it is over, was idle for two hours, or the account
    is not active."""
    with desk.database.read() as conn:
        session = sessions.get(conn, digest(secret))
        if session is None:
            return None
        account = accounts.get(conn, session.account)
    seen = desk.last_uses.of_session(session.id) or session.seen or session.created
    if not account.active or session.expires <= now or seen + IDLE_AT_MOST <= now:
        return None
    desk.last_uses.session(session.id, seen, now)
    return account, session


def put_new(conn: Connection, new: NewAccount, now: datetime) -> Account:
    """Keep a new account; raises UsageError for its name, e-mail, scope or password."""
    name = new.name.strip()
    if not name or len(name) > 100 or not name.isprintable():
        raise UsageError(f"{new.name[:100]!r} is no account's name: 1 to 100 printable characters")
    if name.casefold() in {"desk", "model"}:
        raise UsageError(f"{name!r} is the program's own name in the audit, not an account's")
    account = Account(
        "a" + secrets.token_hex(8), name, new.role, now, new.scope, new.display, new.email
    )
    hashed = None if new.password is None else passwords.hashed(new.password, name)
    accounts.add(conn, account, now)
    if hashed is not None:
        accounts.set_credentials(conn, account.id, {"password": hashed})
    return account


def open_session(
    conn: Connection, account: Account, now: datetime, device: Device, *, strong: bool = False
) -> SignedIn:
    """A new sign-in, with a secret that nobody had before."""
    secret = secrets.token_urlsafe(32)
    session = Session(
        digest(secret), account.id, secrets.token_urlsafe(32), now, now + SESSION_LASTS, strong,
        seen=now, agent=device.agent[:200], address=device.address,
    )  # fmt: skip
    sessions.put(conn, session)
    return SignedIn(account, session, secret)


def invited(conn: Connection, purpose: str, until: datetime, account: str | None = None) -> str:
    """The secret of a new one-time link."""
    secret = secrets.token_urlsafe(32)
    accounts.invite(conn, Invitation(digest(secret), purpose, until, account))
    return secret


def failed(conn: Connection, account: Account, now: datetime) -> None:
    """One more wrong password or code in a row; the caller's transaction commits it."""
    known = accounts.credentials(conn, account.id, mine=True)
    accounts.set_credentials(conn, account.id, _after(known.failures + 1, now))
    details = {"locked": known.locked(now)}
    audit.append(conn, Decision("account.refused", "desk", account.id, now, details))


def tell(
    conn: Connection, kind: str, by: str, account: Account, now: datetime, **details: Any
) -> None:
    """Seal what became of an account into the audit."""
    audit.append(conn, Decision(kind, by, account.id, now, {"name": account.name, **details}))


def _opened(
    conn: Connection, account_id: str, now: datetime, password: str | None
) -> Account | None:
    """The account as it stands now, if its password is still the one that was given and it is
    neither locked nor inactive; a wrong one is counted."""
    known = accounts.credentials(conn, account_id, mine=True)
    account = accounts.get(conn, account_id)
    locked = known.locked(now)
    if password is not None and password == known.password and account.active and not locked:
        return account
    if password is None and not locked:
        failed(conn, account, now)
    else:
        details = {"locked": locked}
        audit.append(conn, Decision("account.refused", "desk", account.id, now, details))
    return None


def _named(conn: Connection, name: str) -> Account | None:
    try:
        return accounts.named(conn, name)
    except NotFound:
        return None


def _link(conn: Connection, secret: str, now: datetime) -> tuple[Invitation, Account]:
    found = accounts.invitation(conn, digest(secret), now)
    account = accounts.get(conn, found.account) if found.account else None
    if account is None or not account.active:
        raise NotFound("this link was used, ran out, or never stood")
    return found, account


def _after(failures: int, now: datetime) -> Mapping[str, Any]:
    over = failures - FREE_FAILURES
    if over < 0:
        return {"failures": failures}
    locked = min(LOCKED_FOR * float(2 ** min(over, 10)), LOCKED_AT_MOST)
    return {"failures": failures, "locked_until": now + locked}
