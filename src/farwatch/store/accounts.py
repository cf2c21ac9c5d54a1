"""Accounts, sign-ins, keys of programs and one-time links. Secrets are kept as digests alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from farwatch.errors import NotFound, UsageError
from farwatch.model.account import Account, Session, Token
from farwatch.store import schema_accounts as schema
from farwatch.store.bodies import pack, unpack
from farwatch.store.rows import count, upsert


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an account signs in with, and how often somebody failed to."""

    password: str | None  # Argon2id
    totp: str | None
    failures: int
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that works once. `id` is the digest of its secret."""

    id: str
    purpose: str  # set-up | password
    expires: datetime
    account: str | None = None
    used: datetime | None = None


def add(conn: Connection, account: Account, at: datetime) -> None:
    """Add an account; raises UsageError where its name is taken."""
    try:
        with conn.begin_nested():
            conn.execute(sa.insert(schema.accounts), _row(account, at))
    except IntegrityError as error:
        raise UsageError(f"an account named {account.name!r} stands already") from error


def change(conn: Connection, account: Account, at: datetime) -> None:
    """Make this what stands of the account; its credentials stay."""
    table = schema.accounts
    conn.execute(sa.update(table).where(table.c.id == account.id).values(_row(account, at)))


def get(conn: Connection, account_id: str) -> Account:
    """One account; raises NotFound."""
    return _one(conn, schema.accounts.c.id == account_id, account_id)


def named(conn: Connection, name: str) -> Account:
    """The account that signs in by this name, in any case; raises NotFound."""
    return _one(conn, schema.accounts.c.name == name.strip().casefold(), name)


def every(conn: Connection) -> list[Account]:
    """All accounts, by name."""
    table = schema.accounts
    query = sa.select(table.c.body).order_by(table.c.name)
    return [unpack(Account, body) for body in conn.execute(query).scalars()]


def any_yet(conn: Connection) -> bool:
    """Whether the desk has an account at all."""
    return count(conn, schema.accounts) > 0


def credentials(conn: Connection, account_id: str) -> Credentials:
    """What an account signs in with; raises NotFound."""
    table = schema.accounts
    query = sa.select(table.c.password, table.c.totp, table.c.failures, table.c.locked_until)
    row = conn.execute(query.where(table.c.id == account_id)).one_or_none()
    if row is None:
        raise NotFound(f"no account {account_id!r}")
    return Credentials(row.password, row.totp, row.failures, row.locked_until)


def set_credentials(conn: Connection, account_id: str, values: Mapping[str, Any]) -> None:
    """Change columns of `Credentials` by name."""
    table = schema.accounts
    conn.execute(sa.update(table).where(table.c.id == account_id).values(dict(values)))


def open_session(conn: Connection, session: Session) -> None:
    """Keep a sign-in (again: with what changed of it)."""
    row = {"id": session.id, "account": session.account, "expires": session.expires}
    upsert(conn, schema.sessions, [row | {"body": pack(session)}])


def session(conn: Connection, session_id: str, now: datetime) -> Session | None:
    """The sign-in of this digest, unless it is over."""
    table = schema.sessions
    query = sa.select(table.c.body).where(table.c.id == session_id, table.c.expires > now)
    body = conn.execute(query).scalar()
    return None if body is None else unpack(Session, body)


def close_sessions(
    conn: Connection, *, session_id: str | None = None, account: str | None = None
) -> int:
    """End one sign-in, or all of an account; how many."""
    table = schema.sessions
    fits = table.c.id == session_id if session_id is not None else table.c.account == account
    return int(conn.execute(sa.delete(table).where(fits)).rowcount)


def add_token(conn: Connection, token: Token) -> None:
    """Keep a program's key, or what changed of it."""
    row = {
        "id": token.id,
        "account": token.account,
        "expires": token.expires,
        "revoked": token.revoked,
        "last_used": token.last_used,
        "body": pack(token),
    }
    upsert(conn, schema.tokens, [row])


def token(conn: Connection, token_id: str, now: datetime) -> Token | None:
    """The key of this digest, unless it is revoked or over."""
    table = schema.tokens
    query = sa.select(table.c.body).where(
        table.c.id == token_id,
        table.c.revoked.is_(False),
        sa.or_(table.c.expires.is_(None), table.c.expires > now),
    )
    body = conn.execute(query).scalar()
    return None if body is None else unpack(Token, body)


def tokens(conn: Connection, account: str | None = None) -> list[Token]:
    """All keys (of an account), newest first."""
    table = schema.tokens
    query = sa.select(table.c.body)
    if account is not None:
        query = query.where(table.c.account == account)
    found = [unpack(Token, body) for body in conn.execute(query).scalars()]
    return sorted(found, key=lambda one: one.created, reverse=True)


def invite(conn: Connection, invitation: Invitation) -> None:
    """Keep a one-time link."""
    table = schema.invitations
    conn.execute(
        sa.insert(table),
        {
            "id": invitation.id,
            "purpose": invitation.purpose,
            "account": invitation.account,
            "expires": invitation.expires,
            "used": invitation.used,
        },
    )


def invitation(conn: Connection, digest: str, now: datetime) -> Invitation:
    """The link of this digest; raises NotFound where it is used, over or unknown."""
    table = schema.invitations
    query = sa.select(table).where(
        table.c.id == digest, table.c.used.is_(None), table.c.expires > now
    )
    row = conn.execute(query).one_or_none()
    if row is None:
        raise NotFound("this link was used, ran out, or never stood")
    return Invitation(row.id, row.purpose, row.expires, row.account)


def use(conn: Connection, digest: str, at: datetime) -> None:
    """A link is used up; raises NotFound where another was quicker."""
    table = schema.invitations
    fits = sa.and_(table.c.id == digest, table.c.used.is_(None))
    if conn.execute(sa.update(table).where(fits).values(used=at)).rowcount != 1:
        raise NotFound("this link was used already")


def withdraw_invitations(conn: Connection, purpose: str) -> None:
    """Links of this purpose that nobody used stop working."""
    table = schema.invitations
    conn.execute(sa.delete(table).where(table.c.purpose == purpose, table.c.used.is_(None)))


def _one(conn: Connection, fits: sa.ColumnElement[bool], shown: str) -> Account:
    body = conn.execute(sa.select(schema.accounts.c.body).where(fits)).scalar()
    if body is None:
        raise NotFound(f"no account {shown!r}")
    return unpack(Account, body)


def _row(account: Account, at: datetime) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name.strip().casefold(),
        "role": account.role.value,
        "active": account.active,
        "updated": at,
        "body": pack(account),
    }
