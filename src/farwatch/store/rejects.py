"""Rejected records: what could not be read, with document, position, field and value."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.errors import InputError
from farwatch.store import schema
from farwatch.store.keyset import Order, Page, Wanted, page
from farwatch.store.rows import insert_new

# A rejected value is kept for a person to see, not to be read again.
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Reject:
    """One unreadable record (or whole document) of a source. `at` is when it was received."""

    source: str
    document: str
    reason: str
    at: datetime
    position: str | None = None
    field: str | None = None
    value: str | None = None

    @classmethod
    def of(cls, error: InputError, source: str, document: str, at: datetime) -> Reject:
        """The record behind an UnreadableReport or UnreadableFeed."""
        value = None if error.value is None else _plain(str(error.value))
        return cls(source, document, _plain(error.reason), at, error.position, error.field, value)


@dataclass(frozen=True, slots=True)
class RejectChoice:
    """Which rejected records; None asks for all. `without` these sources. Times are aware."""

    source: str | None = None
    updated_since: datetime | None = None
    without: tuple[str, ...] = ()


def reject(conn: Connection, rejects: Sequence[Reject]) -> int:
    """Keep the records; the number not kept before. The same record rejected again is one."""
    distinct = {_digest(item): item for item in rejects}
    return insert_new(
        conn,
        schema.rejects,
        [
            {
                "digest": digest,
                "source": item.source,
                "document": item.document,
                "position": item.position,
                "field": item.field,
                "value": item.value,
                "reason": item.reason,
                "at": item.at,
            }
            for digest, item in distinct.items()
        ],
    )


def rejected(conn: Connection, source: str | None = None, limit: int = 1_000) -> list[Reject]:
    """The latest rejected records, newest first."""
    table = schema.rejects
    query = sa.select(table).order_by(table.c.at.desc(), table.c.digest).limit(limit)
    if source is not None:
        query = query.where(table.c.source == source)
    return [_row(row) for row in conn.execute(query)]


def listed(conn: Connection, choice: RejectChoice, wanted: Wanted) -> Page[Reject]:
    """A page of rejected records, newest first; with `updated_since`, from there, oldest first."""
    table = schema.rejects
    query = sa.select(table)
    if choice.source is not None:
        query = query.where(table.c.source == choice.source)
    if choice.without:
        query = query.where(table.c.source.not_in(choice.without))
    if choice.updated_since is not None:
        query = query.where(table.c.at >= choice.updated_since)
    order = Order((table.c.at, table.c.digest), descending=choice.updated_since is None)
    return page(conn, query, order, wanted, _row)


def _row(row: sa.Row[Any]) -> Reject:
    return Reject(
        row.source, row.document, row.reason, row.at, row.position, row.field, row.value
    )  # fmt: skip


def counts(conn: Connection) -> dict[str, int]:
    """How many distinct records of each source were rejected."""
    table = schema.rejects
    query = sa.select(table.c.source, sa.func.count()).group_by(table.c.source)
    return {source: int(number) for source, number in conn.execute(query)}


def _digest(item: Reject) -> str:
    parts = (item.source, item.document, item.position, item.field, item.value, item.reason)
    text = "\x1f".join("" if part is None else part for part in parts)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _plain(text: str) -> str:
    """Bounded, and free of what PostgreSQL's text cannot hold."""
    shown = text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 3] + "..."
