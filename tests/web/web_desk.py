"""What the desk of the web tests holds: sites in two countries, events, alerts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from starlette.testclient import TestClient

from farwatch.desk.opening import Desk
from farwatch.model.event import Event
from farwatch.model.grade import Grade
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.protect import Alert, Message, Route, Site
from farwatch.model.report import Span
from farwatch.store import alerts, events, sites

Enter = Callable[..., TestClient]
PASSWORD = "correct horse battery staple"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KITWE = Site("kitwe", "Kitwe plant", -12.80, 28.21, "ZM", "08", 1, attributes={"programme": "mine"})
LIMA = Site("lima", "Lima office", -12.05, -77.04, "PE", "15", 2, attributes={"programme": "bank"})


def furnish(desk: Desk) -> None:
    """Put the sites, events and alerts on the desk."""
    riot = event("e-riot", Kind.RIOT, "Crowd at the gate in Kitwe", -12.8, 28.2, "ZM")
    quake = event("e-quake", Kind.EARTHQUAKE, "M 5.1 off Lima", -12.1, -77.2, "PE")
    far = event("e-far", Kind.PROTEST, "March in Lusaka", -15.4, 28.3, "ZM")
    with desk.database.begin() as conn:
        sites.add(conn, [KITWE, LIMA])
        events.put(conn, [riot, quake, far])
        alerts.put(conn, [alert(riot, KITWE), alert(quake, LIMA, minutes=5)])


def event(name: str, kind: Kind, title: str, lat: float, lon: float, country: str) -> Event:
    """One live event of severity 3 at noon."""
    place = Place(title.rsplit(" ", 1)[-1], Precision.CITY, Geometry(lat, lon, 5), country)
    return Event(
        name, 1, kind, 3, title, place, Span(NOON), NOON, NOON, Grade("B", 2),
        sources=("x-news",), origins=("x",), statements=(f"x-news\t{name}",),
    )  # fmt: skip


def alert(of: Event, site: Site, minutes: int = 0, revision: int = 1) -> Alert:
    """An open alert about an event at a site, for the desk."""
    sent = NOON + timedelta(minutes=minutes)
    return Alert(
        id=f"a-{of.id}-{revision}", key=f"{of.id}/desk", revision=revision, message=Message.ALERT,
        event=of.id, event_version=1, kind=of.kind, level=3, severity="Moderate",
        urgency="Immediate", certainty="Likely", route=Route.QUEUE,
        headline=f"{of.title}; at {site.name}", sites=(site.id,), recipient="desk", sent=sent,
        ends=datetime(2099, 1, 1, tzinfo=UTC), released=False, advice=("Shelter",),
        reasons=("graded B2, 1 independent origin(s)",),
    )  # fmt: skip
