"""What webhooks are told: queued as it changes, posted signed, retried, given up in the open.

Standard Webhooks (standardwebhooks.com), so that their libraries can check it:

    webhook-id: msg_...            the same for every try; who has had it drops it
    webhook-timestamp: 1772366400  seconds since 1970, of this try
    webhook-signature: v1,<base64 of HMAC-SHA256 over "id.timestamp.body" with the secret>

    {"type": "alert.changed", "timestamp": "...", "exercise": false, "data": {...}}
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
import time
from collections.abc import Callable, Container, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import Connection

from farwatch import __version__
from farwatch.collect.addresses import resolve
from farwatch.collect.wire import FAILURES, VettedBackend, VettedTransport, deadline
from farwatch.desk.opening import Desk
from farwatch.desk.subscribing import SECRET, check
from farwatch.errors import FarwatchError, NotFound
from farwatch.model.account import Scope
from farwatch.model.codec import to_plain
from farwatch.model.times import parse_utc
from farwatch.model.webhook import Post, Told, Webhook
from farwatch.store import accounts, alert_lists, audit, webhooks
from farwatch.store.alert_lists import AlertChoice
from farwatch.store.audit import Decision
from farwatch.store.keyset import Wanted
from farwatch.store.webhooks import Due

TIMEOUT_S = 10.0
LEASE = timedelta(minutes=2)
OVERLAP = timedelta(seconds=60)  # no transaction that writes is longer
PAUSES = tuple(
    timedelta(seconds=s) for s in (5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200)
)
GIVE_UP = timedelta(days=3)  # a webhook that took nothing for so long is stopped
LOG_KEPT = timedelta(days=30)
_AT_ONCE = 100
_WORKERS = 4
_GONE = 410
_PAGE = 1_000

Change = tuple[str, datetime, Any]  # of what, when, and what is told
Sender = Callable[[str, bytes, Mapping[str, str]], int]


def look(desk: Desk, now: datetime) -> int:
    """Queue what changed for every active webhook, in the transaction that moves its place on; how
    many messages. Changes of the last minute are looked at again: one that was written before, and
    committed after, another is not passed over, and none is queued twice."""
    queued = 0
    with desk.database.read() as conn:
        if not webhooks.active(conn):
            return 0
    with desk.database.begin() as conn:
        for webhook, stands in webhooks.active(conn):
            queued += _look(conn, webhook, stands, now)
    return queued


def post(desk: Desk, sender: Sender, now: datetime) -> dict[str, int]:
    """Post everything that is due; counts under "sent" and "failed"."""
    counts = {"sent": 0, "failed": 0}
    while True:
        with desk.database.read() as conn:
            if not webhooks.waits(conn, now):
                return counts
        with desk.database.begin() as conn:
            due = webhooks.claim(conn, now, limit=_AT_ONCE, lease=LEASE)
        if not due:
            return counts
        with ThreadPoolExecutor(_WORKERS) as pool:
            answers = list(pool.map(lambda one: _posted(desk, sender, one, now), due))
        for one, (status, error) in zip(due, answers, strict=True):
            with desk.database.begin() as conn:
                _settle(conn, one, status, error, now)
            counts["failed" if error else "sent"] += 1


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The webhook-signature header; receivers compare it with `hmac.compare_digest`."""
    key = base64.b64decode(secret.removeprefix(SECRET))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def message(webhook: Webhook, kind: Told, data: Any, at: datetime) -> str:
    """The body of one message."""
    return json.dumps(
        {
            "type": kind.value,
            "timestamp": at.isoformat(),
            "exercise": webhook.exercise,
            "data": data,
        }
    )


def wire(
    desk: Desk, *, loopback_ports: Container[int] = (), context: ssl.SSLContext | None = None
) -> Sender:
    """Posts to addresses that were checked once resolved; to any of them where `webhook_private`
    is set, and in an exercise, whose hosts are named. Follows no redirect, reads no answer."""
    if desk.settings.webhook_private or desk.settings.exercise:
        transport: httpx.BaseTransport = httpx.HTTPTransport(verify=context or True)
    else:
        backend = VettedBackend(resolve, time.monotonic, loopback_ports=loopback_ports)
        transport = VettedTransport(backend, context)
    agent = f"farwatch/{__version__}"

    def send(url: str, body: bytes, headers: Mapping[str, str]) -> int:
        told = {**headers, "content-type": "application/json", "user-agent": agent}
        limits = {"timeout": httpx.Timeout(TIMEOUT_S).as_dict()}
        request = httpx.Request("POST", url, content=body, headers=told, extensions=limits)
        over = deadline.set(time.monotonic() + TIMEOUT_S)
        try:
            answer = transport.handle_request(request)
            answer.close()
            return answer.status_code
        finally:
            deadline.reset(over)

    return send


def _look(conn: Connection, webhook: Webhook, stands: dict[str, str], now: datetime) -> int:
    try:
        owner = accounts.get(conn, webhook.account)
    except NotFound:
        return 0
    if not owner.active:
        return 0
    queued, before, sight = 0, dict(stands), owner.sight(asked=webhook.restricted)
    for kind in webhook.events:
        follow = _FOLLOWED.get(kind)
        if follow is None:
            continue
        since = parse_utc(stands[kind]) if kind in stands else webhook.created
        latest, found = since, []
        for key, updated, data in follow(conn, sight, max(since - OVERLAP, webhook.created)):
            mark = hashlib.sha256(f"{webhook.id} {kind} {key} {updated.isoformat()}".encode())
            found.append((f"msg_{mark.hexdigest()[:24]}", kind.value,
                          message(webhook, kind, data, updated)))  # fmt: skip
            latest = max(latest, updated)
        queued += webhooks.queue(conn, webhook.id, found, now)
        stands[kind] = latest.isoformat()
    if stands != before:
        webhooks.stand(conn, webhook.id, stands)
    return queued


def _alerts(conn: Connection, scope: Scope, since: datetime) -> Iterator[Change]:
    choice, wanted = AlertChoice(updated_since=since), Wanted(_PAGE)
    while True:
        found = alert_lists.listed(conn, choice, scope, wanted)
        for one in found.items:
            if one.updated:
                yield one.alert.key, one.updated, {"alert": to_plain(one.alert)}
        if found.next is None:
            return
        wanted = Wanted(_PAGE, found.next)


def _events(conn: Connection, scope: Scope, since: datetime) -> Iterator[Change]:
    wanted = Wanted(_PAGE)
    while True:
        found = webhooks.changed_events(conn, scope, since, wanted)
        for event, updated in found.items:
            yield event.id, updated, {"event": to_plain(event)}
        if found.next is None:
            return
        wanted = Wanted(_PAGE, found.next)


_FOLLOWED: Mapping[Told, Callable[[Connection, Scope, datetime], Iterator[Change]]] = {
    Told.ALERT: _alerts,
    Told.EVENT: _events,
}


def _posted(desk: Desk, sender: Sender, due: Due, now: datetime) -> tuple[int | None, str]:
    """The answer's status, and why it was not taken ("" where it was)."""
    body, at = due.body.encode(), int(datetime.now(UTC).timestamp())
    headers = {
        "webhook-id": due.post.message,
        "webhook-timestamp": str(at),
        "webhook-signature": sign(due.secret, due.post.message, at, body),
    }
    try:
        check(desk, due.webhook.url, exercise=due.webhook.exercise)
        status = sender(due.webhook.url, body, headers)
    except (FarwatchError, httpx.HTTPError, httpx.InvalidURL, OSError, *FAILURES) as error:
        return None, f"{type(error).__name__}: {error}"
    return status, "" if 200 <= status < 300 else f"answered {status}"


def _settle(conn: Connection, due: Due, status: int | None, error: str, now: datetime) -> None:
    webhook = webhooks.get(conn, due.webhook.id) if _stands(conn, due.webhook.id) else None
    if webhook is None:
        return
    if not error:
        webhooks.sent(conn, due.post, status or 0, now)
        if webhook.failing_since is not None:
            webhooks.put(conn, replace(webhook, failing_since=None))
        return
    since = webhook.failing_since or now
    stopped = _why_stopped(status, since, now)
    if stopped or since != webhook.failing_since:
        webhooks.put(
            conn, replace(webhook, failing_since=since, active=not stopped, stopped=stopped)
        )
    if stopped:
        details = {"url": webhook.url.partition("?")[0], "why": stopped, "error": error[:200]}
        audit.append(conn, Decision("webhook.stop", "desk", webhook.id, now, details))
    webhooks.failed(conn, due.post, error, status, _again(due.post, now))


def _why_stopped(status: int | None, since: datetime, now: datetime) -> str:
    if status == _GONE:
        return "it answered 410 Gone"
    return f"it took nothing since {since:%Y-%m-%d %H:%M} UTC" if now - since >= GIVE_UP else ""


def _again(failed: Post, now: datetime) -> datetime | None:
    """When to try again, each time later; None after the last pause."""
    return None if failed.attempts > len(PAUSES) else now + PAUSES[failed.attempts - 1]


def _stands(conn: Connection, webhook_id: str) -> bool:
    try:
        webhooks.get(conn, webhook_id)
    except NotFound:
        return False
    return True
