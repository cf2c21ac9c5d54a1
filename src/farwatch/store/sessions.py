"""Sign-ins that last, and what waits for its second half. Kept by digest, never by secret."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.account import Session
from farwatch.store import schema_accounts as schema
from farwatch.store.bodies import pack, unpack
from farwatch.store.rows import upsert

T = TypeVar("T")


def put(conn: Connection, session: Session) -> None:
    """Keep a sign-in (again: with what changed of it)."""
    row = {
        "id": session.id,
        "account": session.account,
        "expires": session.expires,
        "seen": session.seen or session.created,
        "body": pack(session),
    }
    upsert(conn, schema.sessions, [row])


def get(conn: Connection, session_id: str) -> Session | None:
    """The sign-in of this digest, over or not."""
    table = schema.sessions
    row = conn.execute(
        sa.select(table.c.body, table.c.seen).where(table.c.id == session_id)
    ).one_or_none()
    return None if row is None else _session(row)


def of_account(conn: Connection, account: str) -> list[Session]:
    """All sign-ins of an account, the last used first."""
    table = schema.sessions
    query = sa.select(table.c.body, table.c.seen).where(table.c.account == account)
    return [_session(row) for row in conn.execute(query.order_by(table.c.seen.desc()))]


def saw(conn: Connection, session_id: str, at: datetime) -> None:
    """A sign-in was used."""
    table = schema.sessions
    conn.execute(sa.update(table).where(table.c.id == session_id).values(seen=at))


def close(
    conn: Connection,
    *,
    session_id: str | None = None,
    account: str | None = None,
    but: str | None = None,
) -> int:
    """End one sign-in, or all of an account (`but` one); how many."""
    table = schema.sessions
    fits = [table.c.id == session_id] if session_id is not None else []
    if account is not None:
        fits.append(table.c.account == account)
    if but is not None:
        fits.append(table.c.id != but)
    if not fits:
        raise ValueError("neither a sign-in nor an account to end the sign-ins of")
    return int(conn.execute(sa.delete(table).where(*fits)).rowcount)


def forget(conn: Connection, now: datetime) -> None:
    """Take out sign-ins and waiting things that are over."""
    for table in (schema.sessions, schema.pending):
        conn.execute(sa.delete(table).where(table.c.expires <= now))


def wait(conn: Connection, wait_id: str, purpose: str, expires: datetime, what: object) -> None:
    """Keep something that waits for its second half, in place of what waited there."""
    row = {"id": wait_id, "purpose": purpose, "expires": expires, "body": pack(what)}
    upsert(conn, schema.pending, [row])


def rewait(conn: Connection, wait_id: str, purpose: str, what: object) -> None:
    """What waits there is now this; how long it waits stays."""
    table = schema.pending
    fits = (table.c.id == wait_id, table.c.purpose == purpose)
    conn.execute(sa.update(table).where(*fits).values(body=pack(what)))


def waiting(conn: Connection, wait_id: str, purpose: str, now: datetime, kind: type[T]) -> T | None:
    """What waits there, unless it waited too long."""
    table = schema.pending
    fits = (table.c.id == wait_id, table.c.purpose == purpose, table.c.expires > now)
    body = conn.execute(sa.select(table.c.body).where(*fits)).scalar()
    return None if body is None else unpack(kind, body)


def taken(conn: Connection, wait_id: str) -> bool:
    """What waited was answered: False where another was quicker."""
    table = schema.pending
    return int(conn.execute(sa.delete(table).where(table.c.id == wait_id)).rowcount) == 1


def _session(row: Any) -> Session:
    return replace(unpack(Session, row.body), seen=row.seen)
