"""Keys of programs to the API. Kept by digest, never by secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.errors import NotFound
from farwatch.model.account import Token
from farwatch.store import schema_accounts as schema
from farwatch.store.bodies import pack, unpack
from farwatch.store.keyset import Order, Page, Wanted, page
from farwatch.store.rows import changed_at, upsert


def put(conn: Connection, token: Token) -> None:
    """Keep a key, or what changed of it."""
    row = {
        "id": token.id,
        "account": token.account,
        "expires": token.expires,
        "revoked": token.revoked,
        "last_used": token.last_used,
        "created": token.created,
        "updated": changed_at(),
        "body": pack(token),
    }
    upsert(conn, schema.tokens, [row])


def get(conn: Connection, token_id: str) -> Token:
    """The key of this digest, whatever became of it; raises NotFound."""
    query = _read().where(schema.tokens.c.id == token_id)
    row = conn.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"no API token {token_id!r}")
    return _token(row)


def saw(conn: Connection, token_id: str, at: datetime) -> None:
    """A key was used. Not a change that those who follow the list are told."""
    table = schema.tokens
    conn.execute(sa.update(table).where(table.c.id == token_id).values(last_used=at))


def listed(
    conn: Connection, of: Sequence[str] | None, since: datetime | None, wanted: Wanted
) -> Page[Token]:
    """Keys of these accounts (None: all), newest first; with `since` in the order of change."""
    table = schema.tokens
    query = _read()
    if of is not None:
        query = query.where(table.c.account.in_(of))
    order = Order((table.c.created, table.c.id))
    if since is not None:
        query = query.where(table.c.updated >= since)
        order = Order((table.c.updated, table.c.id), descending=False)
    return page(conn, query, order, wanted, _token)


def _read() -> sa.Select[Any]:
    return sa.select(schema.tokens.c.body, schema.tokens.c.last_used)


def _token(row: Any) -> Token:
    return replace(unpack(Token, row.body), last_used=row.last_used)
