"""Made nouns around Zambia, for the map, the view and the summary."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from farwatch.model.event import Event
from farwatch.model.grade import Grade
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.protect import Alert, Exposure, Message, Route, Site

NOON = datetime(2026, 5, 9, 12, 0, tzinfo=UTC)
KITWE = Site("kitwe", "Kitwe plant", -12.80, 28.21, "ZM", tier=1)
LUSAKA = Site("lusaka", "Lusaka office", -15.42, 28.28, "ZM", tier=2)
STORE = Site("store", "Livingstone store", -17.85, 25.86, "ZM", tier=3)
SITES = [KITWE, LUSAKA, STORE]


def event(name: str, kind: Kind, lat: float, lon: float, severity: int = 3) -> Event:
    place = Place(name, Precision.CITY, Geometry(lat, lon, 5.0), "ZM")
    title = f"Something in {name}"
    grade = Grade("B", 2)
    return Event(f"e-{name}", 1, kind, severity, title, place, None, NOON, NOON, grade)


def alert(of: Event, route: Route, *sites: Site, minutes: int = 0) -> Alert:
    exposures = tuple(
        Exposure(of.id, 1, s.id, of.kind, of.severity, 1.2, 30.0, 0.9, site_name=s.name)
        for s in sites
    )
    sent = NOON + timedelta(minutes=minutes)
    return Alert(
        id=f"a-{of.id}", key=f"{of.id}|desk", revision=1, message=Message.ALERT, event=of.id,
        event_version=1, kind=of.kind, level=of.severity, severity="Severe", urgency="Immediate",
        certainty="Likely", route=route, headline=f"{of.kind.value}, Severe, 1.2 km away",
        sites=tuple(s.id for s in sites), recipient="desk", sent=sent,
        ends=sent + timedelta(days=1), released=False, exposures=exposures, exercise=True,
    )  # fmt: skip


RIOT = event("Kitwe", Kind.RIOT, -12.81, 28.22, 4)
PROTEST = event("Lusaka", Kind.PROTEST, -15.41, 28.28, 2)
COUNTRY = replace(
    event("Zambia", Kind.ARMED_CLASH, -15.0, 30.0, 4),
    place=Place("Zambia", Precision.COUNTRY, Geometry(-15.0, 30.0, 600.0), "ZM"),
)
EVENTS = [RIOT, PROTEST, COUNTRY]
ALERTS = [alert(RIOT, Route.INTERRUPT, KITWE), alert(PROTEST, Route.DIGEST, LUSAKA, KITWE)]
