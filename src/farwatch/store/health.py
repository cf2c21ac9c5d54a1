"""How each source is heard: when last, how much an hour, what went wrong, its last snapshot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.store import schema
from farwatch.store.rows import lock, upsert

_LONGEST_ERROR = 1_000


@dataclass(frozen=True, slots=True)
class Volume:
    """How many records of a source came in a time."""

    accepted: int = 0  # new statements and versions
    unchanged: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """A source as last heard. `failures` counts failed fetches in a row."""

    source: str
    last_heard: datetime | None = None  # last answer, even one that brought nothing new
    last_new: datetime | None = None
    last_error: str | None = None
    last_error_at: datetime | None = None
    failures: int = 0


def heard(conn: Connection, source: str, at: datetime, volume: Volume) -> None:
    """The source answered at `at` with this much; ends a row of failures."""
    lock(conn, schema.health)
    known = get(conn, source)
    row = {
        "source": source,
        "last_heard": _later(known.last_heard, at),
        "last_new": _later(known.last_new, at) if volume.accepted else known.last_new,
        "failures": 0,
    }
    upsert(conn, schema.health, [row])
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    table = schema.volumes
    found = conn.execute(
        sa.select(table).where(table.c.source == source, table.c.hour == hour)
    ).one_or_none()
    upsert(
        conn,
        table,
        [
            {
                "source": source,
                "hour": hour,
                "accepted": volume.accepted + (found.accepted if found else 0),
                "unchanged": volume.unchanged + (found.unchanged if found else 0),
                "rejected": volume.rejected + (found.rejected if found else 0),
            }
        ],
    )


def failed(conn: Connection, source: str, at: datetime, error: str) -> None:
    """The source could not be fetched or read at all."""
    lock(conn, schema.health)
    row = {
        "source": source,
        "last_error": error.replace("\0", "")[:_LONGEST_ERROR],
        "last_error_at": at,
        "failures": get(conn, source).failures + 1,
    }
    upsert(conn, schema.health, [row])


def get(conn: Connection, source: str) -> Health:
    """A source's health; one never heard has none of it."""
    return status(conn, source).get(source, Health(source))


def status(conn: Connection, source: str | None = None) -> dict[str, Health]:
    """Every source that was ever heard or failed (or the one named)."""
    table = schema.health
    query = sa.select(table).order_by(table.c.source)
    if source is not None:
        query = query.where(table.c.source == source)
    return {
        row.source: Health(
            row.source, row.last_heard, row.last_new, row.last_error, row.last_error_at,
            row.failures,
        )
        for row in conn.execute(query)
    }  # fmt: skip


def per_hour(
    conn: Connection, source: str, since: datetime, until: datetime
) -> dict[datetime, Volume]:
    """Volumes by the hour's start, for hours that start in [since, until); silent hours lack."""
    table = schema.volumes
    query = (
        sa.select(table)
        .where(table.c.source == source, table.c.hour >= since, table.c.hour < until)
        .order_by(table.c.hour)
    )
    return {
        row.hour: Volume(row.accepted, row.unchanged, row.rejected) for row in conn.execute(query)
    }


def total(conn: Connection, source: str, since: datetime, until: datetime) -> Volume:
    """The volume of the hours that start in [since, until): a day's, to set beside what is due."""
    hours = per_hour(conn, source, since, until).values()
    return Volume(
        sum(hour.accepted for hour in hours),
        sum(hour.unchanged for hour in hours),
        sum(hour.rejected for hour in hours),
    )


def first_heard(conn: Connection, source: str) -> datetime | None:
    """The hour in which a source first answered; None if it never did."""
    table = schema.volumes
    found: datetime | None = conn.execute(
        sa.select(table.c.hour).where(table.c.source == source).order_by(table.c.hour).limit(1)
    ).scalar()
    return found


def save_snapshot(conn: Connection, source: str, state: Mapping[str, Any]) -> None:
    """Keep what comparing a source's snapshots must remember, as JSON values."""
    upsert(conn, schema.health, [{"source": source, "snapshot": json.dumps(dict(state))}])


def snapshot(conn: Connection, source: str) -> dict[str, Any]:
    """What `save_snapshot` kept; empty for a source never compared."""
    table = schema.health
    body = conn.execute(sa.select(table.c.snapshot).where(table.c.source == source)).scalar()
    return {} if body is None else dict(json.loads(body))


def _later(known: datetime | None, at: datetime) -> datetime:
    return at if known is None else max(known, at)
