"""From changed events to alerts: screen our sites, decide, and queue what is to be handed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from farwatch.desk.notifying import notify
from farwatch.desk.opening import Desk
from farwatch.model.codec import to_plain
from farwatch.model.event import Event
from farwatch.model.protect import Alert, Exposure, Message, Site
from farwatch.protect import alerts as rules_of
from farwatch.protect.index import SiteIndex
from farwatch.protect.screen import screen
from farwatch.protect.timing import held_until, quiet_of
from farwatch.store import alerts, events, exposures, outbox, sites
from farwatch.store.outbox import Outgoing

_AT_THE_DESK = frozenset({"terminal", "jsonl"})  # who watches is awake: nothing is held there


@dataclass(frozen=True)
class InCare:
    """The sites in our care, ready for screening."""

    sites: Mapping[str, Site]
    index: SiteIndex


def in_care(conn: Connection) -> InCare:
    """Load the sites as they stand now."""
    found = sites.load(conn)
    return InCare({site.id: site for site in found}, SiteIndex.of(found))


def protect(
    desk: Desk, conn: Connection, care: InCare, changed: Sequence[Event], now: datetime
) -> list[Alert]:
    """Screen the changed events, decide, store and queue; returns the alerts sent."""
    if not changed:
        return []
    return decide_on(desk, conn, changed, _exposures(desk, care, changed, now), now)


def decide_on(
    desk: Desk, conn: Connection, changed: Sequence[Event],
    reached: Mapping[str, Sequence[Exposure]], now: datetime,
) -> list[Alert]:  # fmt: skip
    """The same where all that each event reaches is known; an event that is not named reaches
    nothing."""
    sent: list[Alert] = []
    ids = [event.id for event in changed]
    exposures.replace(conn, ids, [e for event in ids for e in reached.get(event, ())])
    for event in changed:
        names = {event.id, *events.merged_into(conn, event.id)}
        previous = alerts.of_events(conn, sorted(names))
        told = rules_of.decide(event, reached.get(event.id, ()), previous, desk.rules, now)
        queue_alerts(desk, conn, told, now)
        sent += told
        standing = [a for a in previous if a.key not in {t.key for t in told}]
        alerts.put(conn, rules_of.follow(event, standing, desk.rules, now))
    return sent


def queue_alerts(desk: Desk, conn: Connection, told: Sequence[Alert], now: datetime) -> int:
    """Store alerts with a message for every channel that may carry them; how many messages.

    What leaves the desk waits for the end of its recipient's quiet hours, if it can wait.
    """
    if not told:
        return 0
    messages = [
        Outgoing(
            alert.key,
            alert.recipient,
            channel,
            alert.revision,
            _due(desk, conn, alert, channel, now),
            _payload(alert),
        )
        for alert in told
        for channel in _channels(desk, alert)
    ]
    return alerts.put(conn, told, messages) + notify(desk, conn, told, now)


def _due(desk: Desk, conn: Connection, alert: Alert, channel: str, now: datetime) -> datetime:
    """When a message may go: revisions in order, a cancel with what is still held."""
    if channel in _AT_THE_DESK:
        return now
    if alert.message is Message.CANCEL:
        return max(now, outbox.waiting(conn, alert.key, channel, alert.revision) or now)
    quiet = quiet_of(alert.recipient, desk.rules)
    due = held_until(alert, quiet, desk.rules, now)
    if due is None:
        outbox.hasten(conn, alert.key, channel, alert.revision, now)
    return due or now


def _channels(desk: Desk, alert: Alert) -> list[str]:
    """The terminal shows all; the file takes all; only what is released leaves by webhook."""
    channels = ["terminal"]
    if desk.settings.jsonl_file:
        channels.append("jsonl")
    if desk.settings.webhook_url and alert.released:
        channels.append("webhook")
    return channels


def _payload(alert: Alert) -> dict[str, object]:
    where = ", ".join(alert.sites) or "no site"
    mark = "EXERCISE " if alert.exercise else ""
    return {
        "subject": f"{mark}{alert.message.value}: {alert.headline}",
        "body": (
            f"{mark}{alert.message.value} ({alert.route.value}) {alert.urgency}, {alert.severity}. "
            f"{alert.headline}. Sites: {where}. Advice: {', '.join(alert.advice) or 'none'}. "
            f"Holds until {alert.ends:%Y-%m-%d %H:%M} UTC."
        ),
        "exercise": alert.exercise,
        "alert": to_plain(alert),
    }


def _exposures(
    desk: Desk, care: InCare, changed: Sequence[Event], now: datetime
) -> dict[str, list[Exposure]]:
    found: dict[str, list[Exposure]] = {}
    for exposure in screen(changed, care.index, now, desk.rules.reach):
        found.setdefault(exposure.event, []).append(exposure)
    return found
