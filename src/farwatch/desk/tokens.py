"""Keys of programs to the API: made by their owner, shown once, bounded, revoked by either side."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from farwatch.desk import accounts as desk_accounts
from farwatch.desk.opening import Desk
from farwatch.desk.passwords import digest
from farwatch.desk.second_factors import roles_asked
from farwatch.errors import Forbidden, NotFound, UsageError
from farwatch.model.account import RESTRICTED_READ, Account, Role, Token
from farwatch.store import accounts, tokens
from farwatch.store.keyset import Page, Wanted

PREFIX = "farwatch_"  # so that a scanner of sources recognises a key that leaked
LONGEST_DAYS = 366
MOST = 50  # keys of one account that stand at once
_SCOPE = re.compile(rf"read|write|{RESTRICTED_READ}|[a-z_]{{1,40}}:write")


@dataclass(frozen=True, slots=True)
class NewToken:
    """What a key is made from: a label, what it may ("read", "write", "alerts:write", and beside
    one of these "restricted:read"), days."""

    label: str
    may: tuple[str, ...] = ("read",)
    days: int = 90


def make(
    desk: Desk, owner: Account, new: NewToken, now: datetime, through: Token | None = None
) -> tuple[Token, str]:
    """A new key of this account and its secret, which is not kept.

    A key that makes a key (`through`) gives no more than it has and for no longer. Raises
    UsageError for what cannot be read, Forbidden for what it may not give.
    """
    token_secret = PREFIX + secrets.token_urlsafe(32)
    made = _checked(new, Token(digest(token_secret), owner.id, "", (), now), now)
    if RESTRICTED_READ in made.may and not owner.sight().restricted:
        raise Forbidden(f"a {owner.role.value} sees nothing restricted, nor does its API token")
    if through is not None:
        _check_through(made, through)
    with desk.database.begin() as conn:
        every = tokens.listed(conn, [owner.id], None, Wanted(1_000)).items
        stands = [one for one in every if not _over(one, now)]
        if len(stands) >= MOST:
            raise UsageError(f"{len(stands)} API tokens stand already; revoke one first")
        tokens.put(conn, made)
        desk_accounts.tell(
            conn, "token.make", owner.name, owner, now,
            token=made.id, label=made.label, may=list(made.may),
        )  # fmt: skip
    return made, token_secret


def revoke(desk: Desk, by: Account, token_id: str, now: datetime) -> Token:
    """End a key at once: its owner's right, and an administrator's. Raises NotFound, also for one
    that is not theirs."""
    with desk.database.begin() as conn:
        token = tokens.get(conn, token_id)
        owner = accounts.get(conn, token.account)
        theirs = by.role is Role.ADMINISTRATOR and owner.scope.within(by.scope)
        if owner.id != by.id and not theirs:
            raise NotFound(f"no API token {token_id!r}")
        over = replace(token, revoked=True)
        if not token.revoked:
            tokens.put(conn, over)
            desk_accounts.tell(
                conn, "token.revoke", by.name, owner, now, token=token.id, label=token.label
            )
    return over


def listed(
    desk: Desk, of: Sequence[str] | None, since: datetime | None, wanted: Wanted
) -> Page[Token]:
    """A page of the keys of these accounts (None: of all)."""
    with desk.database.read() as conn:
        return tokens.listed(conn, of, since, wanted)


def of_secret(desk: Desk, secret: str, now: datetime) -> tuple[Account, Token] | None:
    """Whose key this is; None where it is unknown, revoked or over, the account is not active, or
    its role asks for a second factor that it does not have."""
    with desk.database.read() as conn:
        try:
            token = tokens.get(conn, digest(secret))
        except NotFound:
            return None
        account = accounts.get(conn, token.account)
    lacking = account.role in roles_asked(desk) and not account.second_factor
    if _over(token, now) or not account.active or lacking:
        return None
    desk.last_uses.token(token.id, token.last_used, now)
    return account, token


def allows(may: Sequence[str], room: str, *, writes: bool) -> bool:
    """Whether a key with these scopes opens a room for reading, or for writing too."""
    if writes:
        return "write" in may or f"{room}:write" in may
    return not {"read", "write", f"{room}:write"}.isdisjoint(may)


def _checked(new: NewToken, token: Token, now: datetime) -> Token:
    label = new.label.strip()
    if not label or len(label) > 100 or not label.isprintable():
        raise UsageError(f"{new.label[:100]!r} is no label: 1 to 100 printable characters")
    wrong = [one for one in new.may if not _SCOPE.fullmatch(one)]
    if wrong or not new.may:
        raise UsageError(f"scopes {wrong!r} are none of: read, write, a room's as alerts:write")
    if not 1 <= new.days <= LONGEST_DAYS:
        raise UsageError(f"an API token lasts 1 to {LONGEST_DAYS} days, not {new.days}")
    may = tuple(sorted(set(new.may)))
    if may == (RESTRICTED_READ,):
        raise UsageError(f"{RESTRICTED_READ!r} opens nothing by itself: add read or a room's")
    return replace(token, label=label, may=may, expires=now + timedelta(days=new.days))


def _check_through(made: Token, through: Token) -> None:
    held, apart = {*through.may}, {"write", RESTRICTED_READ}  # no other scope holds these two
    every = "write" in held
    more = [one for one in made.may if one not in held and (one in apart or not every)]
    if more:
        raise Forbidden(f"an API token gives no more than it has: {', '.join(more)}")
    if through.expires and made.expires and made.expires > through.expires:
        raise Forbidden(
            f"an API token gives no longer than it lasts: {through.expires:%Y-%m-%d}"
        )  # fmt: skip


def _over(token: Token, now: datetime) -> bool:
    return token.revoked or (token.expires is not None and token.expires <= now)
