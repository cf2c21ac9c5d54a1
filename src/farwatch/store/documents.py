"""The documents whose reports are kept: a document's name is the batch it was accepted in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.report import Report
from farwatch.store import schema
from farwatch.store.keyset import Order, Page, Wanted, page
from farwatch.store.reports import read_body


@dataclass(frozen=True, slots=True)
class Stored:
    """A document with how many reports of it were new when it came, and are kept."""

    name: str
    received: datetime
    reports: int


def of_source(
    conn: Connection, source: str, wanted: Wanted, since: datetime | None = None
) -> Page[Stored]:
    """A source's documents, newest first; with `since` what came since, oldest first."""
    table = schema.reports
    query = (
        sa.select(table.c.batch, table.c.received, sa.func.count().label("number"))
        .where(table.c.source == source)
        .group_by(table.c.received, table.c.batch)
    )
    if since is not None:
        query = query.where(table.c.received >= since)
    order = Order((table.c.received, table.c.batch), descending=since is None)
    return page(conn, query, order, wanted, lambda r: Stored(r.batch, r.received, r.number))


def reports_of(conn: Connection, source: str, name: str, limit: int) -> list[Report]:
    """The kept reports of a document, by key; empty for one that is not known."""
    table = schema.reports
    query = (
        sa.select(table.c.body, table.c.raw)
        .where(table.c.source == source, table.c.batch == name)
        .order_by(table.c.key, table.c.id)
        .limit(limit)
    )
    return [read_body(row.body, row.raw) for row in conn.execute(query)]
