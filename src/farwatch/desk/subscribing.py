"""Webhooks as their owners manage them: made, changed, tried, removed; their secret shown once."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from farwatch.channels.exercise_wall import may_reach
from farwatch.collect.addresses import check_url, objection
from farwatch.desk.opening import Desk
from farwatch.errors import ExerciseError, Forbidden, ForbiddenAddress, NotFound, UsageError
from farwatch.model.account import Account, Role, Scope
from farwatch.model.webhook import Post, Told, Webhook
from farwatch.store import accounts, audit, webhooks
from farwatch.store.audit import Decision
from farwatch.store.keyset import Page, Wanted

MOST = 20  # webhooks of one account
LONGEST_URL = 2_000
SECRET = "whsec_"  # noqa: S105 - the prefix that Standard Webhooks gives to secrets


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """What a webhook is made from. On an exercise desk `exercise` is said out loud, and so is
    `restricted`: that it is to be told of what is."""

    url: str
    events: tuple[Told, ...] = (Told.ALERT,)
    label: str = ""
    exercise: bool = False
    restricted: bool = False


def make(
    desk: Desk, owner: Account, new: NewWebhook, now: datetime, scope: Scope | None = None
) -> tuple[Webhook, str]:
    """A new webhook of this account and its secret, which is shown this once. `scope` is what its
    maker sees of the desk, where that is less than the account may (an API token).

    Raises UsageError, ForbiddenAddress for an address that is never contacted, ExerciseError where
    exercise and real would mix, Forbidden for what is restricted where its maker does not see it.
    """
    if new.restricted and not (owner.sight() if scope is None else scope).restricted:
        raise Forbidden("a webhook is told of what is restricted if its maker sees it")
    check(desk, new.url, exercise=new.exercise)
    webhook = Webhook(
        "w" + secrets.token_hex(8), owner.id, new.url, _events(new.events), now,
        _label(new.label), new.exercise, restricted=new.restricted,
    )  # fmt: skip
    secret = _secret()
    with desk.database.begin() as conn:
        if len(webhooks.listed(conn, [owner.id], None, Wanted(MOST)).items) >= MOST:
            raise UsageError(f"{MOST} webhooks stand already; remove one first")
        webhooks.add(conn, webhook, secret)
        _tell(conn, "webhook.make", owner, webhook, now)
    return webhook, secret


def switch(desk: Desk, by: Account, webhook_id: str, now: datetime, *, active: bool) -> Webhook:
    """Stop a webhook, or let it go on; one that failed for long begins afresh. What waits is
    posted then. Raises NotFound."""
    with desk.database.begin() as conn:
        found = _theirs(conn, by, webhook_id)
        stopped = "" if active else f"stopped by {by.name}"
        changed = replace(found, active=active, stopped=stopped, failing_since=None)
        webhooks.put(conn, changed)
        _tell(conn, "webhook.start" if active else "webhook.stop", by, changed, now)
    return changed


def renew(desk: Desk, by: Account, webhook_id: str, now: datetime) -> tuple[Webhook, str]:
    """A new secret, shown this once; the old one signs nothing from now on. Raises NotFound."""
    secret = _secret()
    with desk.database.begin() as conn:
        found = _theirs(conn, by, webhook_id)
        webhooks.set_secret(conn, found.id, secret)
        _tell(conn, "webhook.renew", by, found, now)
    return found, secret


def remove(desk: Desk, by: Account, webhook_id: str, now: datetime) -> None:
    """Take a webhook out, with its log. Raises NotFound."""
    with desk.database.begin() as conn:
        found = _theirs(conn, by, webhook_id)
        webhooks.remove(conn, found.id)
        _tell(conn, "webhook.remove", by, found, now)


def ping(desk: Desk, by: Account, webhook_id: str, now: datetime) -> str:
    """Queue a message that says nothing; its id. Raises NotFound."""
    from farwatch.desk.posting import message

    with desk.database.begin() as conn:
        found = _theirs(conn, by, webhook_id)
        name = "msg_" + secrets.token_hex(12)
        body = message(found, Told.PING, {"webhook": found.id}, now)
        webhooks.queue(conn, found.id, [(name, Told.PING.value, body)], now)
    return name


def shown(desk: Desk, by: Account, webhook_id: str) -> Webhook:
    """One webhook; raises NotFound, also for one that is not theirs."""
    with desk.database.read() as conn:
        return _theirs(conn, by, webhook_id)


def listed(desk: Desk, by: Account, since: datetime | None, wanted: Wanted) -> Page[Webhook]:
    """One's own webhooks; an administrator without bounds sees all."""
    whole = by.role is Role.ADMINISTRATOR and by.scope.everywhere
    with desk.database.read() as conn:
        return webhooks.listed(conn, None if whole else [by.id], since, wanted)


def log(
    desk: Desk, by: Account, webhook_id: str, since: datetime | None, wanted: Wanted
) -> Page[Post]:
    """What was posted to a webhook, and what became of it. Raises NotFound."""
    with desk.database.read() as conn:
        return webhooks.posts(conn, _theirs(conn, by, webhook_id).id, since, wanted)


def check(desk: Desk, url: str, *, exercise: bool) -> None:
    """Raise where a desk may not post to an address: another scheme, an address of our own network
    (setting `webhook_private`), or one of the other world."""
    settings = desk.settings
    if len(url) > LONGEST_URL:
        raise UsageError(f"an address of {len(url)} characters; {LONGEST_URL} at most")
    if exercise != settings.exercise:
        raise ExerciseError(
            "an exercise desk posts to webhooks that say `exercise`, and a real one to none of them"
        )
    parts = check_url(url)
    if not exercise and not settings.webhook_private:
        why = objection(parts.hostname or "")
        if why not in {"", "no address"}:  # a name is looked up, and checked, when it is posted to
            raise ForbiddenAddress(
                f"{parts.hostname!r} is {why}; setting webhook_private lets webhooks reach it"
            )
    may_reach(url, settings.exercise_hosts, exercise=exercise)


def _theirs(conn: Connection, by: Account, webhook_id: str) -> Webhook:
    found = webhooks.get(conn, webhook_id)
    if found.account == by.id:
        return found
    owner = accounts.get(conn, found.account)
    if by.role is not Role.ADMINISTRATOR or not owner.scope.within(by.scope):
        raise NotFound(f"no webhook {webhook_id!r}")
    return found


def _events(events: Sequence[Told]) -> tuple[Told, ...]:
    chosen = tuple(dict.fromkeys(events))
    if not chosen:
        raise UsageError("a webhook is told of something: alert.changed, event.changed")
    return chosen


def _label(label: str) -> str:
    if len(label) > 100 or not (label.isprintable() or not label):
        raise UsageError(f"{label[:100]!r} is no label: at most 100 printable characters")
    return label.strip()


def _secret() -> str:
    return SECRET + base64.b64encode(secrets.token_bytes(32)).decode()


def _tell(conn: Connection, kind: str, by: Account, webhook: Webhook, now: datetime) -> None:
    url, events = webhook.url.partition("?")[0], [one.value for one in webhook.events]
    details = {"url": url, "events": events, "restricted": webhook.restricted}
    audit.append(conn, Decision(kind, by.name, webhook.id, now, details))
