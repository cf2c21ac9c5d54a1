"""Second factors of accounts: codes taken once, recovery codes by digest, passkeys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.account import Passkey
from farwatch.store import schema_accounts as schema
from farwatch.store.bodies import pack, unpack
from farwatch.store.rows import upsert


def take_step(conn: Connection, account: str, step: int) -> bool:
    """A code of this time step is used up; False where it, or a later one, was already."""
    table = schema.accounts
    newer = sa.or_(table.c.totp_step.is_(None), table.c.totp_step < step)
    done = conn.execute(sa.update(table).where(table.c.id == account, newer).values(totp_step=step))
    return int(done.rowcount) == 1


def set_recovery(conn: Connection, account: str, digests: Iterable[str]) -> None:
    """These codes stand in place of all that stood."""
    table = schema.recovery_codes
    conn.execute(sa.delete(table).where(table.c.account == account))
    rows = [{"account": account, "id": digest} for digest in digests]
    if rows:
        conn.execute(sa.insert(table), rows)


def take_recovery(conn: Connection, account: str, digest: str, at: datetime) -> bool:
    """A recovery code is used up; False where it is none or was used."""
    table = schema.recovery_codes
    fits = (table.c.account == account, table.c.id == digest, table.c.used.is_(None))
    return int(conn.execute(sa.update(table).where(*fits).values(used=at)).rowcount) == 1


def recovery_left(conn: Connection, account: str) -> int:
    """How many recovery codes are unused."""
    table = schema.recovery_codes
    query = sa.select(sa.func.count()).where(table.c.account == account, table.c.used.is_(None))
    return int(conn.execute(query).scalar_one())


def put_passkey(conn: Connection, passkey: Passkey) -> None:
    """Keep a passkey, or what changed of it."""
    row = {"id": passkey.id, "account": passkey.account, "body": pack(passkey)}
    upsert(conn, schema.passkeys, [row])


def passkeys(conn: Connection, account: str) -> list[Passkey]:
    """The passkeys of an account, oldest first."""
    table = schema.passkeys
    query = sa.select(table.c.body).where(table.c.account == account)
    found = [unpack(Passkey, body) for body in conn.execute(query).scalars()]
    return sorted(found, key=lambda one: (one.created, one.id))


def passkey_stands(conn: Connection, passkey_id: str) -> bool:
    """Whether any account has this passkey."""
    table = schema.passkeys
    return conn.execute(sa.select(table.c.id).where(table.c.id == passkey_id)).scalar() is not None


def drop_passkey(conn: Connection, account: str, passkey_id: str) -> bool:
    """Take a passkey out; False where the account has none of this id."""
    table = schema.passkeys
    fits = (table.c.account == account, table.c.id == passkey_id)
    return int(conn.execute(sa.delete(table).where(*fits)).rowcount) == 1


def drop_all(conn: Connection, account: str) -> None:
    """No second factor stands any more."""
    for table in (schema.passkeys, schema.recovery_codes):
        conn.execute(sa.delete(table).where(table.c.account == account))
    accounts = schema.accounts
    conn.execute(sa.update(accounts).where(accounts.c.id == account).values(totp=None))
