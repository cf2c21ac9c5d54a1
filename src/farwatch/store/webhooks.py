"""Webhooks, and the queue of what is posted to them: at least once, retried, never in silence."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.errors import NotFound
from farwatch.model.account import Scope
from farwatch.model.event import Event
from farwatch.model.webhook import Post, Webhook
from farwatch.store import schema
from farwatch.store.bodies import pack, unpack
from farwatch.store.event_lists import seen
from farwatch.store.keyset import Order, Page, Wanted, page
from farwatch.store.rows import changed_at, insert_new

WAITING, CLAIMED, SENT, GIVEN_UP = "waiting", "claimed", "sent", "given_up"
_LONGEST_ERROR = 500


@dataclass(frozen=True, slots=True)
class Due:
    """A post that was claimed: where it goes, what it says, what signs it."""

    post: Post
    webhook: Webhook
    secret: str
    body: str


def add(conn: Connection, webhook: Webhook, secret: str) -> None:
    """Keep a new webhook with its secret."""
    row = _row(webhook) | {"secret": secret, "stands": "{}", "created": webhook.created}
    conn.execute(sa.insert(schema.webhooks), row)


def put(conn: Connection, webhook: Webhook) -> None:
    """Keep what changed of it; raises NotFound."""
    table = schema.webhooks
    change = sa.update(table).where(table.c.id == webhook.id).values(_row(webhook))
    if conn.execute(change).rowcount == 0:
        raise NotFound(f"no webhook {webhook.id!r}")


def remove(conn: Connection, webhook_id: str) -> None:
    """Take it out, with what it was posted."""
    conn.execute(sa.delete(schema.webhooks).where(schema.webhooks.c.id == webhook_id))


def get(conn: Connection, webhook_id: str) -> Webhook:
    """The webhook of this id; raises NotFound."""
    table = schema.webhooks
    row = conn.execute(sa.select(table).where(table.c.id == webhook_id)).one_or_none()
    if row is None:
        raise NotFound(f"no webhook {webhook_id!r}")
    return _webhook(row)


def set_secret(conn: Connection, webhook_id: str, secret: str) -> None:
    """From now on this one signs."""
    table = schema.webhooks
    conn.execute(sa.update(table).where(table.c.id == webhook_id).values(secret=secret))


def listed(
    conn: Connection, of: Sequence[str] | None, since: datetime | None, wanted: Wanted
) -> Page[Webhook]:
    """Webhooks of these accounts (None: all), newest first; with `since` in the order of change."""
    table = schema.webhooks
    query = sa.select(table)
    if of is not None:
        query = query.where(table.c.account.in_(of))
    order = Order((table.c.created, table.c.id))
    if since is not None:
        query = query.where(table.c.updated >= since)
        order = Order((table.c.updated, table.c.id), descending=False)
    return page(conn, query, order, wanted, _webhook)


def active(conn: Connection) -> list[tuple[Webhook, dict[str, str]]]:
    """Every active webhook, and up to when it was told, by what is followed."""
    table = schema.webhooks
    rows = conn.execute(sa.select(table).where(table.c.active).order_by(table.c.id))
    return [(_webhook(row), json.loads(row.stands)) for row in rows]


def stand(conn: Connection, webhook_id: str, stands: Mapping[str, str]) -> None:
    """Write down up to when it was told. No change that those who follow the list are told."""
    table = schema.webhooks
    change = sa.update(table).where(table.c.id == webhook_id)
    conn.execute(change.values(stands=json.dumps(dict(stands))))


def queue(
    conn: Connection, webhook_id: str, messages: Sequence[tuple[str, str, str]], now: datetime
) -> int:
    """Queue (message id, kind, body) once each; how many are new."""
    rows = [
        {
            "webhook": webhook_id, "message": message, "kind": kind, "state": WAITING,
            "next_attempt": now, "created": now, "updated": changed_at(), "body": body,
        }
        for message, kind, body in messages
    ]  # fmt: skip
    return insert_new(conn, schema.webhook_posts, rows)


def changed_events(
    conn: Connection, scope: Scope, since: datetime, wanted: Wanted
) -> Page[tuple[Event, datetime]]:
    """Events that may be seen, in the order of change: from their own table, not by the index of
    words, which follows later."""
    events = schema.events
    query = sa.select(events.c.body, events.c.updated).where(*seen(scope))
    query = query.where(events.c.updated >= since)
    order = Order((events.c.updated, events.c.id), descending=False)
    return page(conn, query, order, wanted, lambda row: (unpack(Event, row.body), row.updated))


def waits(conn: Connection, now: datetime) -> bool:
    """Whether any post is due."""
    table = schema.webhook_posts
    lapsed = sa.and_(table.c.state == CLAIMED, table.c.claimed_until <= now)
    due = sa.and_(table.c.state == WAITING, table.c.next_attempt <= now)
    found = sa.select(table.c.id).where(sa.or_(due, lapsed)).limit(1)
    return conn.execute(found).first() is not None


def claim(conn: Connection, now: datetime, *, limit: int, lease: timedelta) -> list[Due]:
    """Take posts that are due for `lease`, oldest first. Commit before posting them."""
    table, webhooks = schema.webhook_posts, schema.webhooks
    lapsed = sa.and_(table.c.state == CLAIMED, table.c.claimed_until <= now)
    due = sa.and_(table.c.state == WAITING, table.c.next_attempt <= now)
    query = (
        sa.select(table.c.id)
        .join(webhooks, webhooks.c.id == table.c.webhook)
        .where(webhooks.c.active, sa.or_(due, lapsed))
        .order_by(table.c.next_attempt, table.c.id)
        .limit(limit)
        .with_for_update(of=table, skip_locked=True)
    )
    ids = list(conn.execute(query).scalars())
    if not ids:
        return []
    change = {"state": CLAIMED, "attempts": table.c.attempts + 1, "claimed_until": now + lease}
    conn.execute(sa.update(table).where(table.c.id.in_(ids)).values(change))
    rows = conn.execute(sa.select(table).where(table.c.id.in_(ids)).order_by(table.c.id)).all()
    hooks = {
        row.id: row
        for row in conn.execute(
            sa.select(webhooks).where(webhooks.c.id.in_({row.webhook for row in rows}))
        )
    }
    return [
        Due(_post(row), _webhook(hooks[row.webhook]), hooks[row.webhook].secret, row.body)
        for row in rows
    ]


def sent(conn: Connection, post: Post, status: int, now: datetime) -> None:
    """It was taken."""
    change = {"state": SENT, "claimed_until": None, "posted_at": now, "status": status,
              "last_error": None, "updated": changed_at()}  # fmt: skip
    table = schema.webhook_posts
    conn.execute(sa.update(table).where(table.c.id == post.id).values(change))


def failed(
    conn: Connection, post: Post, error: str, status: int | None, again: datetime | None
) -> None:
    """It was not taken: try again then, or never (None)."""
    change: dict[str, Any] = {"claimed_until": None, "status": status, "updated": changed_at(),
                              "last_error": error[:_LONGEST_ERROR]}  # fmt: skip
    change |= {"state": GIVEN_UP} if again is None else {"state": WAITING, "next_attempt": again}
    table = schema.webhook_posts
    conn.execute(sa.update(table).where(table.c.id == post.id).values(change))


def posts(conn: Connection, webhook_id: str, since: datetime | None, wanted: Wanted) -> Page[Post]:
    """The log of one webhook, newest first; with `since` in the order of change."""
    table = schema.webhook_posts
    query = sa.select(table).where(table.c.webhook == webhook_id)
    order = Order((table.c.id,))
    if since is not None:
        query = query.where(table.c.updated >= since)
        order = Order((table.c.updated, table.c.id), descending=False)
    return page(conn, query, order, wanted, _post)


def forget(conn: Connection, before: datetime) -> None:
    """Take out of the log what was posted or given up before."""
    table = schema.webhook_posts
    over = table.c.state.in_([SENT, GIVEN_UP])
    conn.execute(sa.delete(table).where(over, table.c.updated < before))


def _row(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": webhook.id, "account": webhook.account, "active": webhook.active,
        "failing_since": webhook.failing_since, "updated": changed_at(), "body": pack(webhook),
    }  # fmt: skip


def _webhook(row: Any) -> Webhook:
    return replace(unpack(Webhook, row.body), failing_since=row.failing_since)


def _post(row: Any) -> Post:
    return Post(
        row.id, row.webhook, row.message, row.kind, row.state, row.attempts, row.created,
        row.updated, row.next_attempt, row.posted_at, row.status, row.last_error,
    )  # fmt: skip
