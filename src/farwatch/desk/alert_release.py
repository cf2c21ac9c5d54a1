"""What a release would send, before anybody decides it: exactly who would be told what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from farwatch.desk import naming
from farwatch.desk.explaining import held_because
from farwatch.desk.opening import Desk
from farwatch.model.protect import Alert
from farwatch.protect.alerts import decide
from farwatch.store import alerts, events, exposures


@dataclass(frozen=True, slots=True)
class Preview:
    """The alerts that a release would send; `refused` says why it cannot be, None: it can."""

    alert: Alert
    would_send: tuple[Alert, ...]
    refused: str | None


def preview(desk: Desk, name: str, now: datetime) -> Preview:
    """What releasing this alert would send. Nothing is changed. Raises NotFound."""
    with desk.database.read() as conn:
        alert = naming.alert(conn, name)
        event = events.get(conn, alert.event)
        named = [event.id, *events.merged_into(conn, event.id)]
        told = [
            replace(one, released=True) if one.key == alert.key else one
            for one in alerts.of_events(conn, named)
        ]
        reached = exposures.of_events(conn, [event.id]).get(event.id, ())
        sent = decide(event, reached, told, desk.rules, now)
    why = held_because(desk, event)
    if alert.released:
        why = "it is released already"
    elif alert.state not in alerts.ACTIVE or alert.ends <= now:
        why = f"it does not stand: it is {alert.state.value}"
    return Preview(alert, tuple(sent), why)
