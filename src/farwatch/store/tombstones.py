"""Tombstones: which reports an event rested on were removed past their retention, when and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.store import schema
from farwatch.store.rows import chunks, upsert


@dataclass(frozen=True, slots=True)
class Tombstone:
    """`reports` versions of a source's statements, gone from under an event at `removed`."""

    event: str
    source: str
    removed: datetime
    reports: int
    reason: str


def put(conn: Connection, tombstones: Sequence[Tombstone]) -> None:
    """Keep them; the same event, source and time again overwrites."""
    rows = [
        {
            "event": one.event,
            "source": one.source,
            "removed": one.removed,
            "reports": one.reports,
            "reason": one.reason,
        }
        for one in tombstones
    ]
    upsert(conn, schema.tombstones, rows)


def of_events(conn: Connection, events: Iterable[str]) -> list[Tombstone]:
    """Those of these events, oldest first. A merged event's stand under its old name as well."""
    table = schema.tombstones
    found: list[Tombstone] = []
    for some in chunks(events):
        query = sa.select(table).where(table.c.event.in_(some))
        found += [
            Tombstone(row.event, row.source, row.removed, row.reports, row.reason)
            for row in conn.execute(query)
        ]
    return sorted(found, key=lambda one: (one.removed, one.source, one.event))
