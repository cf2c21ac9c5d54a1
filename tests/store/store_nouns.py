"""Small nouns for the store's tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from farwatch.model.event import Event, Reading
from farwatch.model.grade import Grade
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.protect import Alert, Exposure, Message, Route
from farwatch.model.report import Report, Span

T0 = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def report(key: str, content: str = "a", minutes: float = 0, **more: Any) -> Report:
    """A report of source "wire", received `minutes` after T0."""
    return Report("wire", key, after(minutes), content.encode(), title=content, **more)


def place(lat: float, lon: float, country: str = "ZM", precision: str = "city") -> Place:
    return Place("somewhere", Precision(precision), Geometry(lat, lon, 5.0), country, "08")


def reading(key: str, where: Place | None, minutes: float = 0, **more: Any) -> Reading:
    given: dict[str, Any] = {"kind": Kind.RIOT, "severity": 3, "grade": Grade("C", 3)}
    happened = Span(after(minutes))
    return Reading(report(key), place=where, happened=happened, **(given | more))


def event(name: str, version: int = 1, **more: Any) -> Event:
    given: dict[str, Any] = {
        "kind": Kind.RIOT,
        "severity": 3,
        "title": "Riot in Kitwe",
        "place": place(-12.8, 28.2),
        "happened": Span(T0),
        "first_reported": T0,
        "last_reported": T0,
        "grade": Grade("C", 3),
        "sources": ("wire",),
        "statements": (f"wire\t{name}",),
    }
    return Event(name, version, **(given | more))


def exposure(event_id: str, site: str, distance_km: float = 1.0) -> Exposure:
    return Exposure(event_id, 1, site, Kind.RIOT, 3, distance_km, 3.0, 0.9, ("in reach",))


def alert(key: str, revision: int = 1, **more: Any) -> Alert:
    given: dict[str, Any] = {
        "message": Message.ALERT,
        "event": "e1",
        "event_version": 1,
        "kind": Kind.RIOT,
        "level": 3,
        "severity": "Moderate",
        "urgency": "Immediate",
        "certainty": "Likely",
        "route": Route.QUEUE,
        "headline": "Riot near the plant",
        "sites": ("s1",),
        "recipient": "desk",
        "sent": T0,
        "ends": after(60),
        "released": False,
        "exposures": (exposure("e1", "s1"),),
    }
    return Alert(f"a-{key}-{revision}", key, revision, **(given | more))
