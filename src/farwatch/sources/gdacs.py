"""GDACS: the event GeoJSON of the Global Disaster Alert and Coordination System (EC and UN)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from farwatch.errors import NotFound, UnreadableReport
from farwatch.model.document import Document, Item
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.report import Facts, Report, Span
from farwatch.sources.features import Record, records
from farwatch.sources.json_records import json_bytes
from farwatch.sources.quake import magnitude
from farwatch.sources.shapes import Point, Ring, area, number, point_lists, position
from farwatch.world.codes import alpha2

KINDS = {
    "EQ": Kind.EARTHQUAKE,
    "TC": Kind.CYCLONE,
    "FL": Kind.FLOOD,
    "VO": Kind.VOLCANO,
    "WF": Kind.WILDFIRE,
    "DR": Kind.DROUGHT,
    "TS": Kind.TSUNAMI,
}
# GDACS's alert levels estimate the need of international help. Green: little; it still is an event
# (2). Orange: help may be needed, and the desk's release rule counts it with Red among the severe.
SEVERITY = {"Green": 2, "Orange": 4, "Red": 5}

# The feature classes that draw the area affected, best first. An earthquake's and a volcano's
# circles are fixed distances for counting people (100 and 30 km), so they have only a point.
AREAS = {
    "FL": ("Poly_Affected", "Poly_Global"),
    "WF": ("Poly_area",),
    "DR": ("Poly_area",),
    "TC": ("Poly_Green", "Poly_Orange", "Poly_Red", "Poly_Cones"),
    "TS": ("Poly_area", "Poly_Affected"),
}
# What the number in `severity` measures.
MEASURE = {
    "EQ": "magnitude",
    "TC": "wind_kmh",
    "WF": "hectares",
    "DR": "square_km",
    "TS": "wave_m",
}
_KEY = re.compile(r"[?&](eventtype|eventid|episodeid)=(\w+)", re.IGNORECASE)
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905
_TIME = re.compile(r"(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d)\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Part:
    """One feature: which event and episode it belongs to."""

    record: Record
    said: Record
    event: tuple[str, str]  # eventtype, eventid
    episode: int

    @property
    def form(self) -> str:
        return self.said.text("Class")


def read(document: Document) -> Iterator[Item]:
    """One Report an event, keyed by type and id ("EQ1538909"), from all of its features.

    Features of its newest episode count. A bad feature comes out as an UnreadableReport, and its
    event is read from the others. Raises UnreadableFeed for what is no FeatureCollection.
    """
    events: dict[tuple[str, str], list[_Part]] = {}
    for record in records(document, "features", "FeatureCollection"):
        try:
            part = _part(record)
        except UnreadableReport as error:
            yield error
            continue
        events.setdefault(part.event, []).append(part)
    for parts in events.values():
        newest = max(part.episode for part in parts)
        try:
            yield _event(document, [part for part in parts if part.episode == newest])
        except UnreadableReport as error:
            yield error


def _part(record: Record) -> _Part:
    said = record.mapping("properties")
    linked = {name.lower(): value for name, value in _KEY.findall(said.text("link"))}
    form = (said.text("eventtype") or linked.get("eventtype", "")).upper()
    event = said.text("eventid") or linked.get("eventid", "")
    episode = said.text("episodeid") or linked.get("episodeid", "0")
    if form not in KINDS:
        raise record.wrong("eventtype", form, "is no event type of GDACS")
    if not event.isdecimal() or not episode.isdecimal():
        raise record.wrong("eventid", event or said.plain.get("link"), "names no event")
    return _Part(record, said, (form, event), int(episode))


def _event(document: Document, parts: Sequence[_Part]) -> Report:
    head = next((part for part in parts if part.form == "Point_Centroid"), parts[0])
    said, (form, event) = head.said, head.event
    geometry, broken = _geometry(parts, head)
    level = said.text("alertlevel").capitalize()
    if level not in SEVERITY:
        raise said.wrong("alertlevel", said.plain.get("alertlevel"), "is no alert level of GDACS")
    start = said.take("fromdate", _time)
    key, name = f"{form}{event}", said.text("name") or said.text("description")
    measures = _measures(said, form, level) | ({"area_unreadable": broken} if broken else {})
    return Report(
        source=document.source.id,
        key=key,
        received=document.received,
        raw=json_bytes([part.record.plain for part in parts]),
        title=name,
        text=said.text("htmldescription") or said.text("description"),
        language="en",
        url=said.text("link") or None,
        origin="gdacs.org",
        facts=Facts(
            kind=KINDS[form],
            severity=SEVERITY[level],
            code=f"glide:{form}",
            geometry=geometry,
            place=_place(said, form, geometry),
            happened=Span(start),
            certainty="Likely",
            official=document.source.official,
            happening=key,
            measures=measures,
        ),
        digest=_digest(head, geometry, start, level, name),
    )


def _geometry(parts: Sequence[_Part], head: _Part) -> tuple[Geometry, str]:
    """The area affected, else the centroid; and what of the area could not be read, if anything.

    A broken ring costs that ring, not the warning: the happening stands by its other features.
    """
    point = _centroid(head)
    broken: list[str] = []
    for form in AREAS.get(head.event[0], ()):
        rings: list[Ring] = []
        for part in parts:
            if part.form == form:
                try:
                    rings += _rings(part.record.plain.get("geometry"), broken)
                except ValueError as error:
                    broken.append(f"{part.record.at}: {error}")
        if rings:
            return area(rings, point), "; ".join(broken)[:200]
    return Geometry(*point), "; ".join(broken)[:200]


def _rings(value: Any, broken: list[str]) -> list[Ring]:
    """The rings of a polygon. GDACS strings the parts of a MultiPolygon together in one list.

    So a part ends where it comes back to its first point. What never does is told in `broken`.
    """
    if not isinstance(value, dict):
        raise ValueError(f"{value!r} is no geometry")
    rings: list[Ring] = []
    for points in point_lists(value):
        at = 0
        while at < len(points):
            try:
                end = points.index(points[at], at + 1)
            except ValueError:
                broken.append(f"{len(points) - at} of {len(points)} points close no ring")
                break
            if end - at >= 3:
                rings.append(points[at : end + 1])
            at = end + 1
    return rings


def _centroid(head: _Part) -> Point:
    """The stated latitude and longitude, else the centroid's own position."""
    lat, lon = head.said.text("latitude"), head.said.text("longitude")
    if not (lat and lon):
        point: Point = head.record.mapping("geometry").take("coordinates", position)
        return point
    try:
        return position([float(lon), float(lat)])
    except ValueError as error:
        raise head.said.wrong("latitude, longitude", f"{lat}, {lon}", str(error)) from error


def _time(value: Any) -> datetime:
    """ "04 May 2026 06:09:50", UTC without saying so; or ISO 8601, UTC where it has no zone."""
    if not isinstance(value, str):
        raise ValueError("it is no text")
    found = _TIME.match(value.strip())
    if found and found[2] in _MONTHS:
        day, hour, minute, second = (int(found[part]) for part in (1, 4, 5, 6))
        month = _MONTHS.index(found[2]) + 1
        return datetime(int(found[3]), month, day, hour, minute, second, tzinfo=UTC)
    when = datetime.fromisoformat(value.strip())
    return when.replace(tzinfo=UTC) if when.utcoffset() is None else when.astimezone(UTC)


def _country(said: Record) -> str | None:
    """Alpha-2 of `iso3`, which is empty off shore; a code nobody knows is an error."""
    code = said.text("iso3")
    if not code:
        return None
    try:
        return alpha2(code)
    except NotFound as error:
        raise said.wrong("iso3", code, "is no country") from error


def _place(said: Record, form: str, geometry: Geometry) -> Place:
    """The event's place. A drought without an area is only as exact as the countries it names."""
    countries = [name for name in said.text("country").split(",") if name.strip()]
    precision = Precision.POINT
    if form == "DR" and not geometry.rings:
        precision = Precision.REGION if len(countries) > 1 else Precision.COUNTRY
    name = said.text("country") or said.text("eventname") or "off shore"
    return Place(name, precision, geometry, _country(said))


def _measures(said: Record, form: str, level: str) -> dict[str, float | str]:
    as_of: datetime = said.take("todate", _time)
    found: dict[str, float | str] = {"alert": level.lower(), "as_of": as_of.isoformat()}
    if said.text("alertlevelepisode"):
        found["alert_episode"] = said.text("alertlevelepisode").lower()
    for name, field in ((MEASURE.get(form, ""), "severity"), ("alert_score", "alertscore")):
        if name and said.text(field):
            found[name] = said.take(field, _magnitude if name == "magnitude" else _figure)
    if said.text("eventname"):
        found["name"] = said.text("eventname")
    return found


def _figure(value: Any) -> float:
    """A number, or a text that holds one."""
    return number(float(value) if isinstance(value, str) else value)


def _magnitude(value: Any) -> float:
    return magnitude(_figure(value))


def _digest(head: _Part, geometry: Geometry, start: datetime, level: str, name: str) -> str:
    """What makes a version; pictures, counters and the running end date do not."""
    said = head.said
    shape = [geometry.lat, geometry.lon, geometry.rings]
    return json_bytes(
        [head.episode, level, said.text("severity"), start.isoformat(), name, shape]
    ).decode()
