"""Second factors by code: time-based one-time passwords (RFC 6238) and recovery codes.

A code is taken once: the time step of the last one taken is kept, and only later ones are taken.
Recovery codes have 80 random bits each; the database keeps their SHA-256.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime

import pyotp
from sqlalchemy import Connection

from farwatch.desk import accounts as desk_accounts
from farwatch.desk import passwords
from farwatch.desk.accounts import HALFWAY, HALFWAY_LASTS, NOWHERE, Device, SignedIn, Waiting
from farwatch.desk.opening import Desk
from farwatch.desk.passwords import digest
from farwatch.errors import SettingsError, SignInRefused, UsageError
from farwatch.model.account import Account, Passkey, Role, Session
from farwatch.store import accounts, factors, sessions

RECOVERY_CODES = 10
_STEP = 30  # seconds
_DRIFT = (0, -1, 1)  # steps by which an authenticator's clock may differ
_RECENT = 15 * 60  # seconds in which a sign-in from elsewhere needs no password to be confirmed
REFUSED = "this code is wrong, was used, or this sign-in is over"


@dataclass(frozen=True, slots=True)
class Factors:
    """What an account has beside its password."""

    totp: bool
    passkeys: tuple[Passkey, ...]
    recovery_left: int


@dataclass(frozen=True, slots=True)
class Enrolment:
    """An authenticator's secret, shown once as text and as what its QR code says."""

    secret: str
    uri: str


def roles_asked(desk: Desk) -> frozenset[Role]:
    """The roles that must have a second factor; raises SettingsError with a value that is none."""
    named = [part.strip() for part in desk.settings.second_factor_for.split(",") if part.strip()]
    try:
        return frozenset(Role(name) for name in named)
    except ValueError as error:
        known = ", ".join(Role)
        raise SettingsError(f"setting second_factor_for {named!r}: roles are {known}") from error


def of_account(desk: Desk, account: Account) -> Factors:
    """What stands of an account."""
    with desk.database.read() as conn:
        return _of(conn, account)


def waiting_for(desk: Desk, secret: str, now: datetime) -> tuple[Account, Factors]:
    """For whom a half sign-in waits, and what may complete it; raises SignInRefused."""
    with desk.database.read() as conn:
        account, _ = halfway(conn, secret, now, mine=False)
        return account, _of(conn, account)


def complete(
    desk: Desk, secret: str, code: str, now: datetime, device: Device = NOWHERE
) -> SignedIn:
    """Complete a half sign-in by an authenticator's code or a recovery code.

    Raises SignInRefused; a wrong code counts as a wrong password does, and locks.
    """
    with desk.database.begin() as conn:
        account, _ = halfway(conn, secret, now)
        how = _taken(conn, account, code, now)
        if how is not None:
            return completed(conn, secret, account, now, device, how)
        if not accounts.credentials(conn, account.id).locked(now):
            desk_accounts.failed(conn, account, now)
    raise SignInRefused(REFUSED)


def halfway(
    conn: Connection, secret: str, now: datetime, *, mine: bool = True
) -> tuple[Account, Waiting]:
    """What waits under a half sign-in's cookie; raises SignInRefused where nothing does, the
    account is inactive or locked."""
    waits = sessions.waiting(conn, digest(secret), HALFWAY, now, Waiting)
    if waits is None:
        raise SignInRefused(REFUSED)
    account = accounts.get(conn, waits.account)
    known = accounts.credentials(conn, account.id, mine=mine)
    if not account.active or known.locked(now):
        raise SignInRefused(REFUSED)
    return account, waits


def completed(
    conn: Connection, secret: str, account: Account, now: datetime, device: Device, how: str
) -> SignedIn:
    """The whole sign-in; its half works no more."""
    if not sessions.taken(conn, digest(secret)):
        raise SignInRefused(REFUSED)
    accounts.set_credentials(conn, account.id, {"failures": 0, "locked_until": None})
    desk_accounts.tell(
        conn, "account.sign_in", account.name, account, now, address=device.address, second=how
    )
    return desk_accounts.open_session(conn, account, now, device, strong=True)


def confirm(desk: Desk, account: Account, session: Session, password: str, now: datetime) -> None:
    """Make sure that it is the owner who changes what proves the account.

    By its password; an account that has none must have signed in within a quarter of an hour.
    Raises SignInRefused; a wrong password counts.
    """
    with desk.database.read() as conn:
        known = accounts.credentials(conn, account.id)
    if known.password is None:
        if (now - session.created).total_seconds() > _RECENT:
            raise SignInRefused("sign in again first: this sign-in is older than 15 minutes")
        return
    right = passwords.right(known.password, password)
    if known.locked(now) or not right:
        with desk.database.begin() as conn:
            if not known.locked(now):
                desk_accounts.failed(conn, account, now)
        raise SignInRefused("this is not the account's password, or it is locked for now")


def begin_totp(desk: Desk, account: Account, session: Session, now: datetime) -> Enrolment:
    """A new authenticator's secret, which stands only once a code of it was given."""
    enrolment = _enrolment(desk, account, pyotp.random_base32())
    with desk.database.begin() as conn:
        until = now + HALFWAY_LASTS
        sessions.wait(conn, _place(session), "totp", until, [enrolment.secret])
    return enrolment


def begun_totp(desk: Desk, account: Account, session: Session, now: datetime) -> Enrolment:
    """The enrolment that waits, to be shown again; raises UsageError where none does."""
    with desk.database.read() as conn:
        waits = sessions.waiting(conn, _place(session), "totp", now, list[str])
    if waits is None:
        raise UsageError("this enrolment ran out; begin again")
    return _enrolment(desk, account, waits[0])


def finish_totp(
    desk: Desk, account: Account, session: Session, code: str, now: datetime
) -> list[str]:
    """Keep the authenticator whose code this is; the new recovery codes, empty where some stand.

    Raises UsageError for a wrong code. Other sign-ins of the account end.
    """
    secret = begun_totp(desk, account, session, now).secret
    step = _step_of(secret, code, now)
    if step is None:
        raise UsageError("this code is not the authenticator's; look at its clock and try again")
    with desk.database.begin() as conn:
        if not sessions.taken(conn, _place(session)):
            raise UsageError("this enrolment ran out; begin again")
        accounts.set_credentials(conn, account.id, {"totp": secret, "totp_step": step})
        return enrolled(conn, account, session, now, "totp")


def enrolled(
    conn: Connection, account: Account, session: Session, now: datetime, what: str
) -> list[str]:
    """A second factor stands: this sign-in is strong, others end; the recovery codes, if new."""
    settle(conn, account, now)
    sessions.close(conn, account=account.id, but=session.id)
    sessions.put(conn, replace(session, strong=True))
    desk_accounts.tell(conn, "account.factor_add", account.name, account, now, factor=what)
    if factors.recovery_left(conn, account.id):
        return []
    return _new_codes(conn, account)


def renew_codes(desk: Desk, account: Account, now: datetime) -> list[str]:
    """New recovery codes in place of the old; raises UsageError without a second factor."""
    with desk.database.begin() as conn:
        if not _of(conn, account).totp and not factors.passkeys(conn, account.id):
            raise UsageError("recovery codes stand beside an authenticator or a passkey; add one")
        desk_accounts.tell(conn, "account.codes_renew", account.name, account, now)
        return _new_codes(conn, account)


def drop(desk: Desk, account: Account, passkey: str | None, now: datetime) -> None:
    """Take out a passkey, or (None) the authenticator; raises UsageError where there is none, or
    where the role asks for a second factor and it is the last."""
    with desk.database.begin() as conn:
        stands = _of(conn, account)
        if len(stands.passkeys) + stands.totp == 1 and account.role in roles_asked(desk):
            raise UsageError(f"a {account.role.value} must have a second factor; add another first")
        if passkey is None:
            accounts.set_credentials(conn, account.id, {"totp": None})
        elif not factors.drop_passkey(conn, account.id, passkey):
            raise UsageError(f"passkey {passkey[:60]!r} is none of this account's")
        settle(conn, account, now)
        what = "totp" if passkey is None else "passkey"
        desk_accounts.tell(conn, "account.factor_drop", account.name, account, now, factor=what)


def settle(conn: Connection, account: Account, now: datetime) -> Account:
    """Write down which second factor is asked, by what stands."""
    stands = _of(conn, account)
    kind = "passkey" if stands.passkeys else "totp" if stands.totp else None
    if kind is None:
        factors.set_recovery(conn, account.id, [])
    settled = replace(accounts.get(conn, account.id), second_factor=kind)
    accounts.change(conn, settled, now)
    return settled


def _taken(conn: Connection, account: Account, code: str, now: datetime) -> str | None:
    """How this code completes a sign-in, now used up; None where it does not."""
    secret = accounts.credentials(conn, account.id).totp
    step = None if secret is None else _step_of(secret, code, now)
    if step is not None:
        return "totp" if factors.take_step(conn, account.id, step) else None
    plain = "".join(code.split()).replace("-", "").upper()
    return "recovery" if factors.take_recovery(conn, account.id, digest(plain), now) else None


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code this is; every one near now is compared, in constant time."""
    totp, here = pyotp.TOTP(secret), int(now.timestamp()) // _STEP
    plain = "".join(code.split()).encode()
    steps = [here + drift for drift in _DRIFT]
    fits = [step for step in steps if hmac.compare_digest(totp.at(step * _STEP).encode(), plain)]
    return max(fits) if fits else None


def _of(conn: Connection, account: Account) -> Factors:
    totp = accounts.credentials(conn, account.id).totp is not None
    passkeys = tuple(factors.passkeys(conn, account.id))
    return Factors(totp, passkeys, factors.recovery_left(conn, account.id))


def _new_codes(conn: Connection, account: Account) -> list[str]:
    plain = [base64.b32encode(secrets.token_bytes(10)).decode() for _ in range(RECOVERY_CODES)]
    factors.set_recovery(conn, account.id, map(digest, plain))
    return ["-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in plain]


def _enrolment(desk: Desk, account: Account, secret: str) -> Enrolment:
    issuer = f"Farwatch {desk.settings.organisation}"
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.name, issuer_name=issuer)
    return Enrolment(secret, uri)


def _place(session: Session) -> str:
    return digest(f"totp {session.id}")
