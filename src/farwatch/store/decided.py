"""What officers decided about a happening before it leaves the desk: other words, or to hold it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.store import schema
from farwatch.store.bodies import pack
from farwatch.store.rows import upsert

EDIT, HOLD = "edit", "hold"


@dataclass(frozen=True, slots=True)
class Standing:
    """A decision that stands: `until` is when it ends by itself, None never."""

    event: str
    what: str
    by: str
    at: datetime
    until: datetime | None
    details: Mapping[str, Any]


def put(conn: Connection, decision: Standing) -> None:
    """Let this decision stand instead of an earlier one of its sort."""
    row = {
        "event": decision.event, "what": decision.what, "by": decision.by, "at": decision.at,
        "until": decision.until, "body": pack(dict(decision.details)),
    }  # fmt: skip
    upsert(conn, schema.decided, [row])


def lift(conn: Connection, event: str, what: str) -> None:
    """Let a decision stand no longer."""
    table = schema.decided
    conn.execute(sa.delete(table).where(table.c.event == event, table.c.what == what))


def standing(conn: Connection, event: str, what: str, now: datetime) -> Standing | None:
    """The decision of this sort that stands about a happening; None: none does."""
    table = schema.decided
    row = conn.execute(
        sa.select(table).where(table.c.event == event, table.c.what == what)
    ).first()  # fmt: skip
    if row is None or (row.until is not None and row.until <= now):
        return None
    return Standing(row.event, row.what, row.by, row.at, row.until, json.loads(row.body))
