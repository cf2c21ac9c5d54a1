"""The desk's own pulse: when each part of it last did its work, by the machine's clock."""

from __future__ import annotations

import json
import secrets as random
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.store import schema
from farwatch.store.bodies import pack
from farwatch.store.rows import insert_new, upsert


def beat(conn: Connection, name: str, at: datetime, body: Mapping[str, Any] | None = None) -> None:
    """This part works."""
    upsert(conn, schema.pulses, [{"name": name, "at": at, "body": pack(dict(body or {}))}])


def all_of(conn: Connection) -> dict[str, datetime]:
    """When each part last worked."""
    table = schema.pulses
    return {row.name: row.at for row in conn.execute(sa.select(table.c.name, table.c.at))}


def told(conn: Connection) -> list[tuple[str, datetime, dict[str, Any]]]:
    """Each part: its name, when it last worked, and what it said then."""
    table = schema.pulses
    rows = conn.execute(sa.select(table).order_by(table.c.name))
    return [(row.name, row.at, json.loads(row.body)) for row in rows]


def secret(conn: Connection, name: str) -> bytes:
    """The desk's own secret of this name, 32 random bytes; made when first asked for."""
    table = schema.secrets
    query = sa.select(table.c.value).where(table.c.name == name)
    found = conn.execute(query).scalar()
    if found is None:  # not asked in a reading transaction first: nothing sealed by it is there yet
        insert_new(conn, table, [{"name": name, "value": random.token_hex(32)}])
        found = conn.execute(query).scalar_one()
    return bytes.fromhex(found)
