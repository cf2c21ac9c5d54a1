"""The outbox: every message to hand over, keyed by alert, recipient, channel and revision.

Delivery is at least once. A worker claims rows for a while, hands each over, and completes or
fails it. A worker killed in between lets its claim run out; the row is then claimed again, which
counts as a repeat, for the message may have been handed over already.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.errors import NotFound
from farwatch.store import schema
from farwatch.store.rows import CHUNK, insert_new

WAITING, CLAIMED, SENT, GIVEN_UP = "waiting", "claimed", "sent", "given_up"
FAILED = "failed"  # a receipt: the provider could not deliver what it had taken

_LONGEST_ERROR = 1_000


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to queue: `key` is its alert's, `due` when it may first be handed over.

    `payload` is whatever the channel needs, as JSON values; `notice` the number of the notice to a
    person that it carries.
    """

    key: str
    recipient: str
    channel: str
    revision: int
    due: datetime
    payload: Mapping[str, Any] = field(default_factory=dict)
    notice: int | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """A message in the outbox. `repeats` counts claims that ended without a word; `receipt` is what
    the provider said became of the message that it calls `provider`."""

    id: int
    key: str
    recipient: str
    channel: str
    revision: int
    state: str
    attempts: int
    repeats: int
    next_attempt: datetime
    handed_over_at: datetime | None
    last_error: str | None
    payload: Mapping[str, Any]
    notice: int | None = None
    provider: str | None = None
    receipt: str | None = None
    receipt_at: datetime | None = None


def enqueue(conn: Connection, messages: Sequence[Outgoing]) -> int:
    """Queue the messages that are not there yet; how many. Their alerts must be stored."""
    rows = [
        {
            "key": message.key,
            "recipient": message.recipient,
            "channel": message.channel,
            "revision": message.revision,
            "state": WAITING,
            "next_attempt": message.due,
            "body": json.dumps(dict(message.payload)),
            "notice": message.notice,
        }
        for message in messages
    ]
    return insert_new(conn, schema.outbox, rows)


def claim(
    conn: Connection,
    now: datetime,
    *,
    limit: int = 100,
    lease: timedelta,
    channels: Sequence[str] | None = None,
) -> list[Queued]:
    """Take messages that are due (of some channels), for `lease`; oldest due first. Commit before
    handing them over.

    Two workers never hold one message at a time, unless a lease ran out.
    """
    table = schema.outbox
    lapsed = sa.and_(table.c.state == CLAIMED, table.c.claimed_until <= now)
    due = sa.and_(table.c.state == WAITING, table.c.next_attempt <= now)
    query = (
        sa.select(table.c.id)
        .where(sa.or_(due, lapsed), *([table.c.channel.in_(channels)] if channels else []))
        .order_by(table.c.next_attempt, table.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)  # left out by SQLite, whose writers are alone
    )
    ids = list(conn.execute(query).scalars())
    if not ids:
        return []
    conn.execute(
        sa.update(table)
        .where(table.c.id.in_(ids))
        .values(
            repeats=table.c.repeats + sa.case((table.c.state == CLAIMED, 1), else_=0),
            attempts=table.c.attempts + 1,
            state=CLAIMED,
            claimed_until=now + lease,
        )
    )
    return _read(conn, table.c.id.in_(ids))


def held(conn: Connection, message_id: int) -> bool:
    """Whether a claimed message is still to be handed over: asked right before it leaves, for it
    may have been confirmed or replaced meanwhile."""
    query = sa.select(schema.outbox.c.state).where(schema.outbox.c.id == message_id)
    return conn.execute(query).scalar() == CLAIMED


def complete(
    conn: Connection, message_id: int, at: datetime, provider: str | None = None
) -> None:  # fmt: skip
    """The channel took the message, and calls it `provider`; raises NotFound."""
    done: dict[str, Any] = {"state": SENT, "handed_over_at": at, "claimed_until": None}
    _update(conn, message_id, done | {"last_error": None, "provider": provider})


def fail(conn: Connection, message_id: int, error: str, next_attempt: datetime | None) -> None:
    """The channel refused: try again at `next_attempt`, or never (None).

    A message that was taken back in between stays so.
    """
    change: dict[str, Any] = {"claimed_until": None, "last_error": error[:_LONGEST_ERROR]}
    if next_attempt is None:
        change["state"] = GIVEN_UP
    else:
        change |= {"state": WAITING, "next_attempt": next_attempt}
    table = schema.outbox
    held = sa.and_(table.c.id == message_id, table.c.state == CLAIMED)
    conn.execute(sa.update(table).where(held).values(change))


def put_back(conn: Connection, message_id: int, next_attempt: datetime) -> None:
    """A claimed message was not tried after all: it waits, and the attempt does not count."""
    table = schema.outbox
    held = sa.and_(table.c.id == message_id, table.c.state == CLAIMED)
    change = sa.update(table).where(held).values(
        state=WAITING, claimed_until=None, attempts=table.c.attempts - 1,
        next_attempt=next_attempt,
    )  # fmt: skip
    conn.execute(change)


def receipt(
    conn: Connection, channel: str, provider: str, what: str, at: datetime
) -> Queued | None:
    """Write down what a provider says became of its message; None where it names none of ours.

    A later word replaces an earlier one; the same word again changes nothing.
    """
    table = schema.outbox
    ours = sa.and_(table.c.channel == channel, table.c.provider == provider)
    newer = sa.or_(table.c.receipt_at.is_(None), table.c.receipt_at <= at)
    conn.execute(sa.update(table).where(ours, newer).values(receipt=what, receipt_at=at))
    return next(iter(_read(conn, ours)), None)


def spare(
    conn: Connection, notices: Sequence[int], why: str, *, claimed: bool = False
) -> None:  # fmt: skip
    """Take back the messages of these notices that wait, and those claimed too: one that a worker
    holds may still leave, but is never handed over again."""
    table, states = schema.outbox, [WAITING, CLAIMED] if claimed else [WAITING]
    for some in _numbered(notices):
        change = sa.update(table).where(table.c.notice.in_(some), table.c.state.in_(states))
        conn.execute(change.values(state=GIVEN_UP, claimed_until=None, last_error=why))


def handed_over(conn: Connection, notices: Sequence[int]) -> set[int]:
    """Those of the notices of which a message was, or perhaps was, handed over."""
    table = schema.outbox
    left = sa.or_(table.c.state.in_([SENT, CLAIMED]), table.c.repeats > 0)
    found: set[int] = set()
    for some in _numbered(notices):
        query = sa.select(table.c.notice).where(table.c.notice.in_(some), left)
        found |= set(conn.execute(query).scalars())
    return found


def lost(conn: Connection, notices: Sequence[int]) -> set[int]:
    """Those of the notices of which no message is left to hope for: all were given up, or there
    never was one."""
    table = schema.outbox
    hoped: set[int] = set()
    for some in _numbered(notices):
        query = sa.select(table.c.notice).where(
            table.c.notice.in_(some), table.c.state != GIVEN_UP,
            sa.or_(table.c.receipt.is_(None), table.c.receipt != FAILED),
        )  # fmt: skip
        hoped |= set(conn.execute(query).scalars())
    return set(notices) - hoped


def _numbered(notices: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(notices), CHUNK):
        yield notices[start : start + CHUNK]


def waiting(conn: Connection, key: str, channel: str, before: int) -> datetime | None:
    """When the last message of an alert's revisions before this one is due; None: none waits."""
    table = schema.outbox
    query = sa.select(sa.func.max(table.c.next_attempt)).where(_earlier(key, channel, before))
    due: datetime | None = conn.execute(query).scalar()
    return due


def hasten(conn: Connection, key: str, channel: str, before: int, at: datetime) -> None:
    """Let waiting messages of the revisions before this one go first: none may come after it."""
    table = schema.outbox
    change = sa.update(table).where(_earlier(key, channel, before), table.c.next_attempt > at)
    conn.execute(change.values(next_attempt=at))


def _earlier(key: str, channel: str, before: int) -> sa.ColumnElement[bool]:
    table = schema.outbox
    return sa.and_(
        table.c.key == key, table.c.channel == channel, table.c.revision < before,
        table.c.state == WAITING,
    )  # fmt: skip


def of_alert(conn: Connection, key: str) -> list[Queued]:
    """All messages of an alert, in the order queued."""
    return _read(conn, schema.outbox.c.key == key)


def of_notices(conn: Connection, notices: Sequence[int]) -> list[Queued]:
    """All messages that carry these notices, in the order queued."""
    found: list[Queued] = []
    for some in _numbered(notices):
        found += _read(conn, schema.outbox.c.notice.in_(some))
    return found


def told(conn: Connection, key: str) -> list[tuple[str, str]]:
    """Who was told of an alert: distinct (recipient, channel) with a message handed over, or
    perhaps handed over by a worker that was killed. These are to hear of a cancellation."""
    reached = [
        (item.recipient, item.channel)
        for item in of_alert(conn, key)
        if item.state in {SENT, CLAIMED} or item.repeats
    ]
    return list(dict.fromkeys(reached))


def undelivered(conn: Connection) -> list[Queued]:
    """All messages not handed over yet and not given up, soonest first."""
    found = _read(conn, schema.outbox.c.state.in_([WAITING, CLAIMED]))
    return sorted(found, key=lambda item: (item.next_attempt, item.id))


def totals(conn: Connection) -> dict[str, int]:
    """Messages by state, and under "repeats" how many hand-overs may have been double."""
    table = schema.outbox
    query = sa.select(table.c.state, sa.func.count(), sa.func.sum(table.c.repeats))
    rows = conn.execute(query.group_by(table.c.state)).all()
    counted = {state: int(number) for state, number, _ in rows}
    return counted | {"repeats": sum(int(repeats) for _, _, repeats in rows)}


def _read(conn: Connection, condition: sa.ColumnElement[bool]) -> list[Queued]:
    table = schema.outbox
    query = sa.select(table).where(condition).order_by(table.c.next_attempt, table.c.id)
    return [
        Queued(
            id=row.id,
            key=row.key,
            recipient=row.recipient,
            channel=row.channel,
            revision=row.revision,
            state=row.state,
            attempts=row.attempts,
            repeats=row.repeats,
            next_attempt=row.next_attempt,
            handed_over_at=row.handed_over_at,
            last_error=row.last_error,
            payload=json.loads(row.body),
            notice=row.notice,
            provider=row.provider,
            receipt=row.receipt,
            receipt_at=row.receipt_at,
        )
        for row in conn.execute(query)
    ]


def _update(conn: Connection, message_id: int, values: dict[str, Any]) -> None:
    table = schema.outbox
    done = conn.execute(sa.update(table).where(table.c.id == message_id).values(values))
    if done.rowcount == 0:
        raise NotFound(f"no message {message_id} in the outbox")
