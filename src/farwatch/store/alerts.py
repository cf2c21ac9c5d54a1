"""Alerts by key, with their revisions; written in one transaction with the messages they cause."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.errors import NotFound
from farwatch.model.protect import Alert, AlertState, Disposition
from farwatch.store import schema
from farwatch.store.bodies import pack, unpack
from farwatch.store.outbox import Outgoing, enqueue
from farwatch.store.restricted import alerts_among, events_among
from farwatch.store.rows import changed_at, chunks, upsert

# An alert in these states may still be revised, cancelled or acknowledged.
ACTIVE = (AlertState.OPEN, AlertState.ACKNOWLEDGED)


def put(conn: Connection, alerts: Sequence[Alert], messages: Sequence[Outgoing] = ()) -> int:
    """Make these the revisions that stand and queue their messages; the number queued.

    The same (key, revision) again overwrites its state, never the event version that it was made
    from; the same message again is not queued. An alert is restricted if its event is, and stays
    so: what it said then is still in its revisions.
    """
    alerts = _marked(conn, _as_first_made(conn, alerts))
    latest = {alert.key: alert for alert in alerts}
    updated = changed_at()
    upsert(conn, schema.alerts, [_row(alert) | {"updated": updated} for alert in latest.values()])
    _put_sites(conn, list(latest.values()))
    every = {(alert.key, alert.revision): alert for alert in alerts}
    upsert(
        conn,
        schema.alert_revisions,
        [
            {
                "key": alert.key,
                "revision": alert.revision,
                "id": alert.id,
                "body": pack(alert),
            }
            for alert in every.values()
        ],
    )
    return enqueue(conn, messages)


def get(conn: Connection, name: str) -> Alert:
    """An alert by its id or key: the revision that stands, or the one an older id names.

    Raises NotFound.
    """
    table, revisions = schema.alerts, schema.alert_revisions
    query = sa.select(table.c.body).where(sa.or_(table.c.id == name, table.c.key == name))
    body = conn.execute(query.order_by(table.c.sent.desc()).limit(1)).scalar()
    if body is None:
        older = sa.select(revisions.c.body).where(revisions.c.id == name)
        body = conn.execute(older.order_by(revisions.c.revision.desc()).limit(1)).scalar()
    if body is None:
        raise NotFound(f"no alert {name!r}")
    return unpack(Alert, body)


def by_keys(conn: Connection, keys: Iterable[str]) -> dict[str, Alert]:
    """The standing revision of each key; unknown keys are left out."""
    table = schema.alerts
    found: dict[str, Alert] = {}
    for some in chunks(keys):
        query = sa.select(table.c.key, table.c.body).where(table.c.key.in_(some))
        found |= {row.key: unpack(Alert, row.body) for row in conn.execute(query)}
    return found


def of_events(conn: Connection, events: Iterable[str]) -> list[Alert]:
    """The standing alerts about these events, in the order they were sent."""
    table = schema.alerts
    found: list[Alert] = []
    for some in chunks(events):
        query = sa.select(table.c.body).where(table.c.event.in_(some))
        found += [unpack(Alert, body) for body in conn.execute(query).scalars()]
    return sorted(found, key=lambda alert: (alert.sent, alert.key))


def active(conn: Connection, now: datetime | None = None) -> list[Alert]:
    """Open and acknowledged alerts (with `now`: that have not ended), in the order sent."""
    table = schema.alerts
    query = sa.select(table.c.body).where(table.c.state.in_([state.value for state in ACTIVE]))
    if now is not None:
        query = query.where(table.c.ends > now)
    query = query.order_by(table.c.sent, table.c.key)
    return [unpack(Alert, body) for body in conn.execute(query).scalars()]


def ended(conn: Connection, now: datetime) -> list[Alert]:
    """Active alerts whose time is over: what the desk expires."""
    return [alert for alert in active(conn) if alert.ends <= now]


def every(conn: Connection, since: datetime | None = None) -> list[Alert]:
    """All standing alerts in any state (sent since then), in the order sent."""
    table = schema.alerts
    query = sa.select(table.c.body).order_by(table.c.sent, table.c.key)
    if since is not None:
        query = query.where(table.c.sent >= since)
    return [unpack(Alert, body) for body in conn.execute(query).scalars()]


def revisions(conn: Connection, key: str) -> list[Alert]:
    """All revisions of an alert, first to last."""
    table = schema.alert_revisions
    query = sa.select(table.c.body).where(table.c.key == key).order_by(table.c.revision)
    return [unpack(Alert, body) for body in conn.execute(query).scalars()]


def dispose(conn: Connection, name: str, disposition: Disposition) -> Alert:
    """Say what an alert proved to be, which closes it if it was active; raises NotFound."""
    alert = get(conn, name)
    state = AlertState.CLOSED if alert.state in ACTIVE else alert.state
    disposed = replace(alert, disposition=disposition, state=state)
    put(conn, [disposed])
    return disposed


def dispositions(conn: Connection) -> dict[Disposition | None, int]:
    """How many alerts proved to be what; None for those not yet disposed of."""
    table = schema.alerts
    query = sa.select(table.c.disposition, sa.func.count()).group_by(table.c.disposition)
    return {
        None if word is None else Disposition(word): int(number)
        for word, number in conn.execute(query)
    }


def restrict(conn: Connection, events: Sequence[str]) -> None:
    """Mark the alerts about these events, under whatever names, as restricted."""
    table, moved = schema.alerts, schema.redirects
    for some in chunks(events):
        merged = sa.select(moved.c.old).where(moved.c.surviving.in_(some))
        about = sa.or_(table.c.event.in_(some), table.c.event.in_(merged))
        query = sa.select(table.c.body).where(about, table.c.restricted.is_(False))
        put(conn, [unpack(Alert, body) for body in conn.execute(query).scalars().all()])


def _marked(conn: Connection, alerts: Sequence[Alert]) -> list[Alert]:
    """The alerts, those restricted that were before, or whose event is now."""
    closed = events_among(conn, [alert.event for alert in alerts])
    closed |= alerts_among(conn, [alert.key for alert in alerts])
    return [
        replace(one, restricted=True) if one.key in closed or one.event in closed else one
        for one in alerts
    ]


def _as_first_made(conn: Connection, alerts: Sequence[Alert]) -> list[Alert]:
    """The alerts, each revision with the event version that it was first stored with."""
    table = schema.alert_revisions
    made: dict[tuple[str, int], int] = {}
    for some in chunks(alert.key for alert in alerts):
        query = sa.select(table.c.key, table.c.revision, table.c.body).where(table.c.key.in_(some))
        for row in conn.execute(query):
            made[row.key, row.revision] = int(json.loads(row.body)["event_version"])
    kept = []
    for alert in alerts:
        version = made.setdefault((alert.key, alert.revision), alert.event_version)
        kept.append(replace(alert, event_version=version))
    return kept


def _put_sites(conn: Connection, alerts: Sequence[Alert]) -> None:
    table = schema.alert_sites
    for some in chunks(alert.key for alert in alerts):
        conn.execute(sa.delete(table).where(table.c.key.in_(some)))
    rows = [{"key": a.key, "site": site} for a in alerts for site in dict.fromkeys(a.sites)]
    if rows:
        conn.execute(sa.insert(table), rows)


def _row(alert: Alert) -> dict[str, Any]:
    return {
        "key": alert.key,
        "revision": alert.revision,
        "id": alert.id,
        "event": alert.event,
        "recipient": alert.recipient,
        "state": alert.state.value,
        "route": alert.route.value,
        "released": alert.released,
        "sent": alert.sent,
        "ends": alert.ends,
        "exercise": alert.exercise,
        "disposition": alert.disposition.value if alert.disposition else None,
        "restricted": alert.restricted,
        "body": pack(alert),
    }
