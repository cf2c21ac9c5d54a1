"""Screen live events against sites that were just added, changed or retired, and decide anew."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection

from farwatch.desk.opening import Desk
from farwatch.desk.protecting import decide_on
from farwatch.model.account import Scope
from farwatch.model.protect import Alert, Exposure, Site
from farwatch.protect.index import SiteIndex
from farwatch.protect.screen import screen
from farwatch.store import events, exposures


def rescreen(
    desk: Desk, conn: Connection, changed: Sequence[Site], touched: Collection[str],
    reached_before: Collection[str], now: datetime,
) -> list[Alert]:  # fmt: skip
    """What is sent because sites changed. `changed` are those in our care as they are now,
    `touched` the ids of all that changed, also of those retired; `reached_before` are the events
    that reached any of them. Exposures of other sites stay as they are."""
    live = events.live(conn, now)
    fresh: dict[str, list[Exposure]] = {}
    if changed:
        for one in screen(live, SiteIndex.of(changed), now, desk.rules.reach):
            fresh.setdefault(one.event, []).append(one)
    affected = [event for event in live if event.id in fresh or event.id in reached_before]
    stood = exposures.of_events(conn, [event.id for event in affected])
    others = set(touched)
    reached = {
        event.id: sorted(
            [one for one in stood.get(event.id, ()) if one.site not in others]
            + fresh.get(event.id, []),
            key=lambda one: (one.distance_km, one.site),
        )
        for event in affected
    }
    return decide_on(desk, conn, affected, reached, now)


def told_of(sent: Sequence[Alert], scope: Scope) -> int:
    """How many alerts who changed the sites may know to have been sent: otherwise a site moved
    about would find what is restricted."""
    return sum(scope.restricted or not alert.restricted for alert in sent)
