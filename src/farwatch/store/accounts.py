"""Accounts, what they sign in with, and one-time links. Secrets are kept as digests alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from farwatch.errors import NotFound, UsageError
from farwatch.model.account import Account
from farwatch.store import schema_accounts as schema
from farwatch.store.bodies import pack, unpack
from farwatch.store.rows import count


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an account signs in with, and how often somebody failed to."""

    password: str | None  # Argon2id
    totp: str | None
    failures: int
    locked_until: datetime | None
    totp_step: int | None = None  # of the last code taken
    subject: str | None = None  # issuer and name at an OpenID provider

    def locked(self, now: datetime) -> bool:
        """Whether nothing opens the account for now."""
        return self.locked_until is not None and self.locked_until > now


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that works once. `id` is the digest of its secret."""

    id: str
    purpose: str  # set-up | invite | reset
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


def of_subject(conn: Connection, subject: str) -> Account:
    """The account of a name at an OpenID provider; raises NotFound."""
    return _one(conn, schema.accounts.c.subject == subject, subject)


def every(conn: Connection) -> list[Account]:
    """All accounts, by name."""
    table = schema.accounts
    query = sa.select(table.c.body).order_by(table.c.name)
    return [unpack(Account, body) for body in conn.execute(query).scalars()]


def any_yet(conn: Connection) -> bool:
    """Whether the desk has an account at all."""
    return count(conn, schema.accounts) > 0


def credentials(conn: Connection, account_id: str, *, mine: bool = False) -> Credentials:
    """What an account signs in with; raises NotFound. `mine`: nobody else changes it until the
    transaction ends, so that two who fail at once are counted as two."""
    table = schema.accounts
    columns = (getattr(table.c, field.name) for field in fields(Credentials))
    query = sa.select(*columns).where(table.c.id == account_id)
    row = conn.execute(query.with_for_update() if mine else query).one_or_none()
    if row is None:
        raise NotFound(f"no account {account_id!r}")
    return Credentials(**row._mapping)


def set_credentials(conn: Connection, account_id: str, values: Mapping[str, Any]) -> None:
    """Change columns of `Credentials` by name."""
    table = schema.accounts
    conn.execute(sa.update(table).where(table.c.id == account_id).values(dict(values)))


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


def withdraw_invitations(
    conn: Connection, *, purpose: str | None = None, account: str | None = None
) -> None:
    """Links of this purpose, or to this account, that nobody used stop working."""
    table = schema.invitations
    fits = table.c.purpose == purpose if purpose is not None else table.c.account == account
    conn.execute(sa.delete(table).where(fits, table.c.used.is_(None)))


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
