"""The audit chain: what persons and the desk decided, each entry sealed over the one before.

An entry's hash is SHA-256 over the previous hash and its own content, so that an entry changed or
taken out of the middle breaks the chain from there on. Losing the newest entries is seen only by
comparing `head` with a copy kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.errors import StoreError
from farwatch.store import schema
from farwatch.store.rows import lock

FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided: `kind` is join, part, dispose, release, ...; `by` an account or "desk";
    `subject` what it is about (an event's, alert's or statement's name)."""

    kind: str
    by: str
    subject: str
    at: datetime
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """A sealed decision."""

    id: int
    decision: Decision
    previous: str
    hash: str


def append(conn: Connection, decision: Decision) -> Entry:
    """Seal a decision onto the chain, in the transaction that carries it out."""
    lock(conn, schema.audit)
    previous = head(conn)
    body = json.dumps(dict(decision.details), sort_keys=True, separators=(",", ":"))
    row: dict[str, Any] = {
        "at": decision.at,
        "kind": decision.kind,
        "by": decision.by,
        "subject": decision.subject,
        "body": body,
        "previous": previous,
        "hash": _seal(previous, decision, body),
    }
    made = conn.execute(sa.insert(schema.audit).returning(schema.audit.c.id), row).scalar_one()
    return Entry(int(made), decision, previous, row["hash"])


def head(conn: Connection) -> str:
    """The newest entry's hash; sixty-four zeros where there is none."""
    table = schema.audit
    found = conn.execute(sa.select(table.c.hash).order_by(table.c.id.desc()).limit(1)).scalar()
    return FIRST if found is None else str(found)


def entries(conn: Connection, subject: str | None = None) -> list[Entry]:
    """All entries (about one subject), oldest first."""
    table = schema.audit
    query = sa.select(table).order_by(table.c.id)
    if subject is not None:
        query = query.where(table.c.subject == subject)
    return [entry_of(row) for row in conn.execute(query)]


def latest(conn: Connection, kind: str) -> Entry | None:
    """The newest entry of a kind."""
    table = schema.audit
    query = sa.select(table).where(table.c.kind == kind).order_by(table.c.id.desc()).limit(1)
    row = conn.execute(query).first()
    return None if row is None else entry_of(row)


def between(conn: Connection, first: int, last: int) -> list[Entry]:
    """The entries of these numbers, both included."""
    table = schema.audit
    query = sa.select(table).where(table.c.id.between(first, last)).order_by(table.c.id)
    return [entry_of(row) for row in conn.execute(query)]


def verify(conn: Connection) -> int:
    """The number of entries, if every one is as it was sealed; else StoreError names the first
    broken link."""
    previous, number, before = FIRST, 0, "the beginning"
    query = sa.select(schema.audit).order_by(schema.audit.c.id)
    with conn.execute(query.execution_options(yield_per=1_000)) as rows:
        for row in rows:
            which = f"entry {row.id} ({row.kind} {row.subject!r})"
            if row.hash != _seal(row.previous, entry_of(row).decision, row.body):
                raise StoreError(f"audit {which} was changed")
            if row.previous != previous:
                raise StoreError(
                    f"the audit is broken between {before} and {which}: what stood there was "
                    "changed or taken out"
                )
            previous, number, before = row.hash, number + 1, f"entry {row.id}"
    return number


def entry_of(row: Any) -> Entry:
    """A row of the table as an entry."""
    decision = Decision(row.kind, row.by, row.subject, row.at, json.loads(row.body))
    return Entry(row.id, decision, row.previous, row.hash)


def _seal(previous: str, decision: Decision, body: str) -> str:
    at = decision.at.astimezone(UTC).isoformat()
    content = json.dumps([previous, at, decision.kind, decision.by, decision.subject, body])
    return hashlib.sha256(content.encode()).hexdigest()
