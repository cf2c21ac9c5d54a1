"""The alerts' room: lists and single alerts as an account may see them."""

from __future__ import annotations

from dataclasses import dataclass

from farwatch.desk import naming
from farwatch.desk.opening import Desk
from farwatch.errors import NotFound
from farwatch.model.account import Scope
from farwatch.model.event import Event
from farwatch.model.protect import Alert, Site
from farwatch.store import alert_lists, alerts, events, outbox, sites
from farwatch.store.alert_lists import AlertChoice, Listed
from farwatch.store.keyset import Page, Wanted
from farwatch.store.outbox import Queued


@dataclass(frozen=True, slots=True)
class AlertShown:
    """An alert with what stands around it: its event, the sites it speaks of, its revisions, and
    what was handed to whom."""

    alert: Alert
    event: Event
    sites: tuple[Site, ...]
    revisions: tuple[Alert, ...]
    messages: tuple[Queued, ...]


def listed(desk: Desk, choice: AlertChoice, scope: Scope, wanted: Wanted) -> Page[Listed]:
    """A page of the alerts that may be seen."""
    with desk.database.read() as conn:
        return alert_lists.listed(conn, choice, scope, wanted)


def shown(desk: Desk, name: str, scope: Scope) -> AlertShown:
    """One alert by key, id or its beginning; raises NotFound, also for one outside the scope."""
    with desk.database.read() as conn:
        alert = naming.alert(conn, name)
        event = events.get(conn, alert.event)
        ours = tuple(site for site in sites.load(conn) if site.id in alert.sites)
        country = event.place.country if event.place else None
        in_country = not scope.programmes and scope.holds_country(country)
        if not (scope.everywhere or in_country or any(map(scope.holds_site, ours))):
            raise NotFound(f"no alert {name!r}")
        return AlertShown(
            alert, event, ours,
            tuple(alerts.revisions(conn, alert.key)), tuple(outbox.of_alert(conn, alert.key)),
        )  # fmt: skip
