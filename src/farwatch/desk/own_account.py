"""What everybody may do with their own account: name shown, language, password, sign-ins."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from farwatch.desk import accounts as desk_accounts
from farwatch.desk import passwords, second_factors
from farwatch.desk.accounts import IDLE_AT_MOST, Device, SignedIn
from farwatch.desk.opening import Desk
from farwatch.errors import NotFound, UsageError
from farwatch.model.account import Account, Session
from farwatch.store import accounts, sessions

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})*")


def profile(
    desk: Desk, account: Account, display: str, language: str | None, now: datetime
) -> Account:  # fmt: skip
    """The name others read and the language of the pages (None: the browser's)."""
    shown = display.strip()
    if len(shown) > 100 or not shown.isprintable():
        raise UsageError(f"{display[:100]!r} is no name to show: at most 100 printable characters")
    if language is not None and not _LANGUAGE.fullmatch(language):
        raise UsageError(f"{language[:20]!r} is no language's code")
    with desk.database.begin() as conn:
        stands = accounts.get(conn, account.id)
        changed = replace(stands, display=shown, language=language)
        if changed != stands:
            accounts.change(conn, changed, now)
            desk_accounts.tell(conn, "account.profile", account.name, changed, now)
    return changed


def sign_ins(desk: Desk, account: Account, now: datetime) -> list[Session]:
    """The account's sign-ins that still open something, the last used first."""
    with desk.database.read() as conn:
        found = sessions.of_account(conn, account.id)
    return [
        one for one in found if one.expires > now and (one.seen or one.created) + IDLE_AT_MOST > now
    ]


def end(desk: Desk, account: Account, session_id: str, now: datetime) -> None:
    """End one of one's own sign-ins; raises NotFound, also for somebody else's."""
    with desk.database.begin() as conn:
        if not sessions.close(conn, session_id=session_id, account=account.id):
            raise NotFound(f"no sign-in {session_id[:80]!r} of yours")
        desk_accounts.tell(conn, "account.session_end", account.name, account, now, sign_ins=1)


def end_others(desk: Desk, account: Account, session: Session, now: datetime) -> int:
    """End all of one's own sign-ins but this; how many."""
    with desk.database.begin() as conn:
        ended = sessions.close(conn, account=account.id, but=session.id)
        desk_accounts.tell(conn, "account.session_end", account.name, account, now, sign_ins=ended)
    return ended


def change_password(
    desk: Desk, signed_in: tuple[Account, Session], old: str, new: str, now: datetime
) -> SignedIn:
    """A new password: every sign-in ends, and a new one is opened for whoever changed it.

    Raises SignInRefused where the old one is wrong (it counts), UsageError for the new one.
    """
    account, session = signed_in
    second_factors.confirm(desk, account, session, old, now)
    with desk.database.begin() as conn:
        if accounts.credentials(conn, account.id, mine=True).password is None:
            raise UsageError("this account has no password here: it signs in elsewhere")
        values = {"password": passwords.hashed(new, account.name), "failures": 0}
        accounts.set_credentials(conn, account.id, values)
        sessions.close(conn, account=account.id)
        desk_accounts.tell(conn, "account.password", account.name, account, now)
        device = Device(session.address, session.agent)
        return desk_accounts.open_session(conn, account, now, device, strong=session.strong)
