"""Notices: who was told of a happening, in which revision, and whether they confirmed it.

A notice's `due` is the durable timer of its escalation: it stands in the database with what it is
about, and whoever looks after it does so in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.errors import NotFound
from farwatch.model.recipient import AWAITED, Notice, NoticeState
from farwatch.store import schema
from farwatch.store.bodies import pack, unpack
from farwatch.store.rows import changed_at, chunks, insert_new

_AWAITED = [state.value for state in AWAITED]


def add(conn: Connection, notices: Sequence[Notice]) -> dict[tuple[str, str, int], int]:
    """Store new notices; the number given to each (event, recipient, revision)."""
    updated, table = changed_at(), schema.notices
    insert_new(conn, table, [_row(one) | {"updated": updated} for one in notices])
    found: dict[tuple[str, str, int], int] = {}
    for event in {one.event for one in notices}:
        query = sa.select(table.c.recipient, table.c.revision, table.c.id)
        rows = conn.execute(query.where(table.c.event == event))
        found |= {(event, row.recipient, row.revision): row.id for row in rows}
    return found


def put(conn: Connection, notices: Sequence[Notice]) -> None:
    """Write changed notices back, by their numbers."""
    if not notices:
        return
    table, updated = schema.notices, changed_at()
    change = sa.update(table).where(table.c.id == sa.bindparam("which"))
    names = ("state", "due", "confirmed_at", "updated", "body")
    change = change.values({name: sa.bindparam(f"new_{name}") for name in names})
    rows = []
    for one in notices:
        row = _row(one) | {"updated": updated}
        rows.append({"which": one.id} | {f"new_{name}": row[name] for name in names})
    conn.execute(change, rows)


def get(conn: Connection, number: int) -> Notice:
    """One notice; raises NotFound."""
    table = schema.notices
    row = conn.execute(sa.select(table.c.id, table.c.body).where(table.c.id == number)).first()
    if row is None:
        raise NotFound(f"no notice {number}")
    return _notice(row)


def latest(conn: Connection, event: str, recipients: Iterable[str]) -> dict[str, Notice]:
    """The newest notice of a happening to each of these recipients."""
    table = schema.notices
    found: dict[str, Notice] = {}
    for some in chunks(recipients):
        query = sa.select(table.c.id, table.c.body).where(
            table.c.event == event, table.c.recipient.in_(some)
        )
        for row in conn.execute(query.order_by(table.c.revision)):
            one = _notice(row)
            found[one.recipient] = one
    return found


def of_event(conn: Connection, event: str) -> list[Notice]:
    """All notices of a happening, in the order asked."""
    return _read(conn, schema.notices.c.event == event)


def awaited(conn: Connection, event: str, group: str) -> list[Notice]:
    """The notices of a group that are not confirmed yet."""
    table = schema.notices
    return _read(
        conn,
        sa.and_(table.c.event == event, table.c.group == group, table.c.state.in_(_AWAITED)),
    )


def recipients_of(conn: Connection, event: str) -> set[str]:
    """Everybody who has a notice of a happening."""
    table = schema.notices
    return set(conn.execute(sa.select(table.c.recipient).where(table.c.event == event)).scalars())


def next_due(conn: Connection) -> datetime | None:
    """When the next notice is to be looked after; None: none awaits anything."""
    found: datetime | None = conn.execute(sa.select(sa.func.min(schema.notices.c.due))).scalar()
    return found


def due(conn: Connection, now: datetime, limit: int) -> list[Notice]:
    """Notices to be looked after now, soonest first; they are this transaction's alone."""
    table = schema.notices
    query = sa.select(table.c.id, table.c.body).where(table.c.due <= now)
    query = query.order_by(table.c.due, table.c.id).limit(limit).with_for_update(skip_locked=True)
    return [_notice(row) for row in conn.execute(query)]


def hasten(conn: Connection, numbers: Iterable[int], at: datetime) -> None:
    """Look after these awaited notices at `at`: their channel failed."""
    table = schema.notices
    for some in chunks(str(one) for one in numbers):
        change = sa.update(table).where(
            table.c.id.in_([int(one) for one in some]),
            table.c.state == NoticeState.ASKED.value, table.c.due > at,
        )  # fmt: skip
        conn.execute(change.values(due=at))


def counted(conn: Connection, event: str | None = None) -> dict[str, int]:
    """How many notices stand in which state."""
    table = schema.notices
    query = sa.select(table.c.state, sa.func.count()).group_by(table.c.state)
    if event is not None:
        query = query.where(table.c.event == event)
    return {state: int(number) for state, number in conn.execute(query)}


def _read(conn: Connection, condition: sa.ColumnElement[bool]) -> list[Notice]:
    table = schema.notices
    query = sa.select(table.c.id, table.c.body).where(condition).order_by(table.c.asked, table.c.id)
    return [_notice(row) for row in conn.execute(query)]


def _notice(row: Any) -> Notice:
    return replace(unpack(Notice, row.body), id=row.id)


def _row(notice: Notice) -> dict[str, Any]:
    return {
        "event": notice.event,
        "key": notice.key,
        "recipient": notice.recipient,
        "revision": notice.revision,
        "group": notice.group,
        "in_turn": notice.in_turn,
        "state": notice.state.value,
        "due": notice.due,
        "asked": notice.asked,
        "confirmed_at": notice.confirmed_at,
        "body": pack(notice),
    }
