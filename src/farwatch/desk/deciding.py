"""What persons decide about alerts: acknowledge, release, dispose; each goes into the audit."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from farwatch.desk import naming
from farwatch.desk.explaining import held_because
from farwatch.desk.opening import Desk
from farwatch.errors import ExerciseError, UsageError
from farwatch.model.event import Event, State
from farwatch.model.protect import Alert, AlertState, Disposition
from farwatch.protect.alerts import decide
from farwatch.store import alerts, audit, events, exposures
from farwatch.store.audit import Decision, Entry

_NOT_PERSONS = {"model", "desk"}
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Person:
    """Who decides, and when. Raises UsageError for a name that is no person's."""

    name: str
    at: datetime

    def __post_init__(self) -> None:
        name = self.name
        control = any(unicodedata.category(char).startswith("C") for char in name)
        if not name.strip() or control or len(name) > _LONGEST_NAME:
            raise UsageError(f"--by {name[:_LONGEST_NAME]!r} is no person's name")
        if name.strip().casefold() in _NOT_PERSONS:
            raise UsageError(f"--by {name!r} is the program's own name, not a person's")

    def decides(
        self, conn: Connection, kind: str, subject: str, details: Mapping[str, Any]
    ) -> Entry:
        """Seal a decision of this person into the audit."""
        return audit.append(conn, Decision(kind, self.name.strip(), subject, self.at, details))


@dataclass(frozen=True, slots=True)
class Released:
    """The alert released, the alerts sent because of it, and how many messages were queued."""

    alert: Alert
    sent: tuple[Alert, ...]
    queued: int


def listed(
    conn: Connection, *, active: bool = False, site: str | None = None
) -> list[Alert]:  # fmt: skip
    """Alerts in the order sent: all, or those that stand; of one site."""
    found = alerts.active(conn) if active else alerts.every(conn)
    return [alert for alert in found if site is None or site in alert.sites]


def acknowledge(desk: Desk, name: str, person: Person) -> Alert:
    """Somebody has seen it; raises NotFound, and UsageError unless the alert is open."""
    with desk.database.begin() as conn:
        alert = naming.alert(conn, name)
        if alert.state is not AlertState.OPEN:
            raise UsageError(f"alert {alert.id} is {alert.state.value}; only an open one can be "
                             "acknowledged")  # fmt: skip
        seen = replace(alert, state=AlertState.ACKNOWLEDGED)
        alerts.put(conn, [seen])
        person.decides(conn, "acknowledge", alert.key, _which(alert))
    return seen


def release(desk: Desk, name: str, person: Person) -> Released:
    """Let the sites of an alert's happening be told, now and when it is revised.

    Raises NotFound; UsageError where the alert does not stand, is released already or never leaves
    the desk; ExerciseError for an exercise's alert on a real desk. Nothing is changed then.
    """
    from farwatch.desk.protecting import queue_alerts

    with desk.database.begin() as conn:
        alert = naming.alert(conn, name)
        event = events.get(conn, alert.event)
        _check(desk, alert, event, person.at)
        freed = replace(alert, released=True)
        alerts.put(conn, [freed])
        previous = alerts.of_events(conn, [event.id, *events.merged_into(conn, event.id)])
        reached = exposures.of_events(conn, [event.id]).get(event.id, ())
        sent = decide(event, reached, previous, desk.rules, person.at)
        # The released alert itself may now leave by channels that carry only what is released.
        standing = [] if any(one.key == alert.key for one in sent) else [freed]
        queued = queue_alerts(desk, conn, [*standing, *sent], person.at)
        told = [one.recipient for one in sent]
        person.decides(conn, "release", alert.key, _which(alert) | {"told": told})
    return Released(freed, tuple(sent), queued)


def dispose(desk: Desk, name: str, disposition: Disposition, person: Person) -> Alert:
    """Say what an alert proved to be; it is closed if it stood. A later word replaces it."""
    with desk.database.begin() as conn:
        alert = naming.alert(conn, name)
        disposed = alerts.dispose(conn, alert.key, disposition)
        before = alert.disposition.value if alert.disposition else None
        details = {"disposition": disposition.value, "before": before}
        person.decides(conn, "dispose", alert.key, _which(alert) | details)
    return disposed


def cap(desk: Desk, conn: Connection, name: str) -> bytes:
    """An alert (or the revision that an id names) as a CAP 1.2 message.

    Raises NotFound; UsageError where CAP cannot carry it.
    """
    from farwatch.protect.cap import to_cap
    from farwatch.store import sites

    alert = naming.revision(conn, name)
    event = _as_told(conn, alert)
    ours = sites.named(conn, alert.sites)
    try:
        return to_cap(
            alert, event, ours,
            sender=sender(desk.settings.organisation), sender_name=desk.settings.organisation,
            earlier=alerts.revisions(conn, alert.key),
        )  # fmt: skip
    except ValueError as error:
        raise UsageError(f"alert {alert.id} cannot be written as CAP: {error}") from error


def sender(organisation: str) -> str:
    """The desk's name on the wire: "farwatch." and the organisation's without what CAP forbids."""
    plain = unicodedata.normalize("NFKD", organisation).encode("ascii", "ignore").decode().lower()
    words = "".join(char if char.isalnum() else " " for char in plain).split()
    return "farwatch." + ("-".join(words) or "desk")


def disposition_of(text: str) -> Disposition:
    """The disposition of this name, hyphens or spaces; raises UsageError with the value."""
    try:
        return Disposition(" ".join(text.casefold().replace("-", " ").replace("_", " ").split()))
    except ValueError as error:
        known = ", ".join(item.value for item in Disposition)
        raise UsageError(f"disposition {text!r} is none of: {known}") from error


def _check(desk: Desk, alert: Alert, event: Event, now: datetime) -> None:
    """Raise where this alert cannot be released."""
    if alert.exercise and not desk.rules.exercise:
        raise ExerciseError(f"alert {alert.id} is an exercise's; this desk is not (--exercise)")
    if alert.released:
        raise UsageError(f"alert {alert.id} is released already")
    if alert.state not in alerts.ACTIVE or alert.ends <= now or event.state is not State.LIVE:
        raise UsageError(
            f"alert {alert.id} does not stand: it is {alert.state.value}, ends "
            f"{alert.ends:%Y-%m-%d %H:%M} UTC, and its event is {event.state.value}"
        )
    why = held_because(desk, event)
    if why is not None:
        raise UsageError(f"alert {alert.id} cannot be released: {why}")


def _as_told(conn: Connection, alert: Alert) -> Event:
    """The version of the event that the alert speaks of; the standing one if it was not kept."""
    for event in events.versions(conn, alert.event):
        if event.version == alert.event_version:
            return event
    return events.get(conn, alert.event)


def _which(alert: Alert) -> dict[str, Any]:
    return {"alert": alert.id, "revision": alert.revision, "event": alert.event}
