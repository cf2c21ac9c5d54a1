"""The inbox: what was accepted and not yet understood, in the order it was accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.report import Report
from farwatch.store import schema
from farwatch.store.reports import LATE, read_body
from farwatch.store.rows import upsert

# Names in `marks`: the last inbox row understood, and the last one moved to the lake.
UNDERSTOOD, MOVED = "understood", "moved"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `action` is new, version, withdrawn or reinstated; `at` when the desk learnt of it.

    `report` is the version accepted, or the one that stood when its statement was flagged.
    """

    id: int
    action: str
    at: datetime
    report: Report
    reason: str | None = None


def pending(conn: Connection, limit: int = 2_000) -> list[Entry]:
    """The next rows to understand, oldest first."""
    inbox, reports = schema.inbox, schema.reports
    query = (
        sa.select(
            inbox.c.id, inbox.c.action, inbox.c.received, inbox.c.reason,
            reports.c.body, reports.c.raw,
        )
        .join(reports, reports.c.id == inbox.c.report)
        .where(inbox.c.id > mark(conn, UNDERSTOOD), inbox.c.action != LATE)
        .order_by(inbox.c.id)
        .limit(limit)
    )  # fmt: skip
    return [
        Entry(row.id, row.action, row.received, read_body(row.body, row.raw), row.reason)
        for row in conn.execute(query)
    ]


def waiting(conn: Connection) -> int:
    """How many rows are to be understood yet."""
    inbox = schema.inbox
    query = sa.select(sa.func.count()).where(
        inbox.c.id > mark(conn, UNDERSTOOD), inbox.c.action != LATE
    )
    return int(conn.execute(query).scalar_one())


def mark_done(conn: Connection, up_to: int) -> None:
    """Everything up to this row id is understood; do it with what was made of it, in one
    transaction. A mark never goes back."""
    set_mark(conn, UNDERSTOOD, up_to)


def mark(conn: Connection, name: str) -> int:
    """The value of a mark; 0 where there is none yet."""
    table = schema.marks
    value = conn.execute(sa.select(table.c.value).where(table.c.name == name)).scalar()
    return 0 if value is None else int(value)


def set_mark(conn: Connection, name: str, value: int, at: datetime | None = None) -> None:
    """Move a mark forward; a lower value than the present one is left unset."""
    if value > mark(conn, name):
        upsert(conn, schema.marks, [{"name": name, "value": value, "at": at}])
