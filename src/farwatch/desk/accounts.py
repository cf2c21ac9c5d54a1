"""Who may sit at the desk: the first account, signing in and out, sign-ins and keys by digest.

A secret (cookie, key, link) is 256 random bits shown once; the database keeps its SHA-256 alone, so
that a copy of the database opens no door. Passwords are Argon2id (RFC 9106's second choice).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy import Connection

from farwatch.desk.opening import Desk
from farwatch.errors import NotFound, SignInRefused, UsageError
from farwatch.model.account import Account, Role, Session, Token
from farwatch.store import accounts, audit
from farwatch.store.accounts import Credentials, Invitation
from farwatch.store.audit import Decision

SESSION_LASTS = timedelta(hours=12)
LINK_LASTS = timedelta(hours=1)
FREE_FAILURES = 5  # wrong passwords before the first lock-out; each further one doubles it
LOCKED_FOR = timedelta(minutes=1)
LOCKED_AT_MOST = timedelta(hours=1)
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 256  # NIST SP 800-63B asks for 8; no composition rules

_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_NOBODYS = _HASHER.hash("nobody's")  # verified for unknown names, so that they take as long
_NOBODY = Credentials(None, None, 0, None)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A sign-in and the secret its cookie carries."""

    account: Account
    session: Session
    secret: str


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an account is made from."""

    name: str
    role: Role
    password: str | None = None
    display: str = ""
    email: str | None = None


def digest(secret: str) -> str:
    """What is kept of a cookie, key or link."""
    return hashlib.sha256(secret.encode()).hexdigest()


def set_up_link(desk: Desk, now: datetime) -> str | None:
    """The secret of a link that makes the first administrator; None where accounts stand.

    Links printed before stop working: only the newest start's link does.
    """
    with desk.database.begin() as conn:
        if accounts.any_yet(conn):
            return None
        accounts.withdraw_invitations(conn, "set-up")
        return _invited(conn, "set-up", now)


def set_up(desk: Desk, secret: str, new: NewAccount, now: datetime) -> SignedIn:
    """Make the first administrator by the one-time link, and sign in; raises NotFound, UsageError.

    The link is used up in the same transaction: two persons with it make one account.
    """
    with desk.database.begin() as conn:
        found = accounts.invitation(conn, digest(secret), now)
        if found.purpose != "set-up" or accounts.any_yet(conn):
            raise NotFound("this link was used, ran out, or never stood")
        accounts.use(conn, found.id, now)
        account = _add(conn, replace(new, role=Role.ADMINISTRATOR), now)
        _tell(conn, "account.set_up", account.name, account, now)
        return _open(conn, account, now)


def add(desk: Desk, new: NewAccount, by: str, now: datetime) -> Account:
    """Add an account; raises UsageError for a name that is taken or a password too short."""
    with desk.database.begin() as conn:
        account = _add(conn, new, now)
        _tell(conn, "account.add", by, account, now, role=account.role.value)
    return account


def sign_in(desk: Desk, name: str, password: str, now: datetime) -> SignedIn:
    """Sign in by name and password.

    Raises SignInRefused, which never says whether the name or the password was wrong. After five
    wrong passwords in a row each further one locks the account for twice as long, up to an hour.
    """
    with desk.database.read() as conn:
        try:
            account: Account | None = accounts.named(conn, name)
        except NotFound:
            account = None
        known = accounts.credentials(conn, account.id) if account else _NOBODY
    # Verified outside the writing transaction: it takes its time on purpose.
    right = _verified(known.password or _NOBODYS, password) and known.password is not None
    locked = known.locked_until is not None and known.locked_until > now
    with desk.database.begin() as conn:
        if account and account.active and right and not locked:
            accounts.set_credentials(conn, account.id, {"failures": 0, "locked_until": None})
            _tell(conn, "account.sign_in", account.name, account, now)
            return _open(conn, account, now)
        if account and not right and not locked:
            accounts.set_credentials(conn, account.id, _failed(known.failures + 1, now))
        shown = account.id if account else "unknown"
        audit.append(conn, Decision("account.refused", "desk", shown, now, {"locked": locked}))
    raise SignInRefused("name and password do not open an account here, or it is locked for now")


def sign_out(desk: Desk, session: Session, now: datetime) -> None:
    """End a sign-in."""
    with desk.database.begin() as conn:
        accounts.close_sessions(conn, session_id=session.id)
        account = accounts.get(conn, session.account)
        _tell(conn, "account.sign_out", account.name, account, now)


def of_cookie(desk: Desk, secret: str, now: datetime) -> tuple[Account, Session] | None:
    """Whose sign-in a cookie carries; None where it is over or the account is not active."""
    with desk.database.read() as conn:
        session = accounts.session(conn, digest(secret), now)
        if session is None:
            return None
        account = accounts.get(conn, session.account)
    return (account, session) if account.active else None


def of_token(desk: Desk, secret: str, now: datetime) -> tuple[Account, Token] | None:
    """Whose key this is; None where it is revoked, over or the account is not active."""
    with desk.database.read() as conn:
        token = accounts.token(conn, digest(secret), now)
        if token is None:
            return None
        account = accounts.get(conn, token.account)
    return (account, token) if account.active else None


def checked_password(password: str) -> str:
    """The Argon2id hash of a password; raises UsageError for one too short or too long."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise UsageError(
            f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; "
            f"this one has {len(password)}"
        )
    return _HASHER.hash(password)


def _add(conn: Connection, new: NewAccount, now: datetime) -> Account:
    name = new.name.strip()
    if not name or len(name) > 100 or not name.isprintable():
        raise UsageError(f"{new.name[:100]!r} is no account's name: 1 to 100 printable characters")
    account = Account(
        "a" + secrets.token_hex(8), name, new.role, now, display=new.display, email=new.email
    )
    hashed = None if new.password is None else checked_password(new.password)
    accounts.add(conn, account, now)
    if hashed is not None:
        accounts.set_credentials(conn, account.id, {"password": hashed})
    return account


def _open(conn: Connection, account: Account, now: datetime, *, strong: bool = False) -> SignedIn:
    secret = secrets.token_urlsafe(32)
    session = Session(
        digest(secret), account.id, secrets.token_urlsafe(32), now, now + SESSION_LASTS, strong
    )
    accounts.open_session(conn, session)
    return SignedIn(account, session, secret)


def _invited(conn: Connection, purpose: str, now: datetime, account: str | None = None) -> str:
    secret = secrets.token_urlsafe(32)
    accounts.invite(conn, Invitation(digest(secret), purpose, now + LINK_LASTS, account))
    return secret


def _verified(stored: str, password: str) -> bool:
    if len(password) > LONGEST_PASSWORD:
        return False
    try:
        return _HASHER.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _failed(failures: int, now: datetime) -> Mapping[str, Any]:
    over = failures - FREE_FAILURES
    if over < 0:
        return {"failures": failures}
    locked = min(LOCKED_FOR * float(2 ** min(over, 10)), LOCKED_AT_MOST)
    return {"failures": failures, "locked_until": now + locked}


def _tell(
    conn: Connection, kind: str, by: str, account: Account, now: datetime, **details: str
) -> None:
    audit.append(conn, Decision(kind, by, account.id, now, {"name": account.name, **details}))
