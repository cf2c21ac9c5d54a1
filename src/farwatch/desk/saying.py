"""What a notice says of a happening's alerts, apart from any language; an officer's words first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from farwatch.desk.opening import Desk
from farwatch.errors import NotFound
from farwatch.model.protect import Alert
from farwatch.model.recipient import Near, Told
from farwatch.protect.delivery_rules import DESK, audience_of
from farwatch.store import decided, events, sites


def said(desk: Desk, conn: Connection, alerts: Sequence[Alert], now: datetime) -> Told:
    """One notice of all these alerts of one happening: the gravest's words, everybody's sites."""
    lead = max(alerts, key=lambda alert: (alert.level, alert.key))
    edit = decided.standing(conn, lead.event, decided.EDIT, now)
    inside = all(audience_of(a.recipient, desk.rules.restricted) == DESK for a in alerts)
    # Words written for a lesser danger are not put on a graver one; the desk reads its own.
    edited = edit is not None and not inside and int(edit.details["level"]) >= lead.level
    details = edit.details if edit is not None and edited else {}
    return Told(
        message=lead.message.value, kind=lead.kind.value, level=lead.level,
        severity=lead.severity, urgency=lead.urgency, certainty=lead.certainty,
        headline=details.get("headline") or lead.headline, place=_place(conn, lead.event),
        sites=_near(conn, alerts), advice=tuple(details.get("advice") or lead.advice),
        sent=lead.sent, ends=lead.ends, exercise=lead.exercise, edited=bool(details),
        unconfirmed=lead.headline.startswith("Unconfirmed"),
    )  # fmt: skip


def _place(conn: Connection, event: str) -> str | None:
    try:
        found = events.get(conn, event)
    except NotFound:
        return None
    return found.place.name if found.place else None


def _near(conn: Connection, alerts: Sequence[Alert]) -> tuple[Near, ...]:
    """The sites of all the alerts, nearest first, each once."""
    named = {site.id: site.name for site in sites.named(conn, {s for a in alerts for s in a.sites})}
    away = {one.site: one.distance_km for alert in alerts for one in alert.exposures}
    found = {site: Near(site, named.get(site, site), away.get(site))
             for alert in alerts for site in alert.sites}  # fmt: skip
    return tuple(sorted(found.values(), key=lambda one: (one.km is None, one.km or 0, one.site)))
