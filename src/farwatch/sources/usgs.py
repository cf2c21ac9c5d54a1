"""USGS earthquakes: the GeoJSON summary feeds (earthquake.usgs.gov, "all_day" and its kin)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from farwatch.errors import UnreadableReport
from farwatch.model.document import Document, Item
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry
from farwatch.model.report import Action, Facts, Report, Span
from farwatch.model.times import utc_from_epoch_ms
from farwatch.sources import quake
from farwatch.sources.features import Record, records
from farwatch.sources.json_records import json_bytes
from farwatch.sources.shapes import number, position

# Seismic events that are something else than an earthquake. Blasting, sonic booms, cracking ice and
# whatever else the network hears are nothing a desk acts on.
KINDS = {
    "earthquake": Kind.EARTHQUAKE,
    "volcanic eruption": Kind.VOLCANO,
    "landslide": Kind.LANDSLIDE,
}

# Where a solution's epicentre may be off, in km: judgement, after the errors USGS states for most
# reviewed and automatic solutions (the summary feed leaves them out).
RADIUS_KM = {"reviewed": 5.0, "automatic": 10.0}

# What makes a new version. Felt counts, station counts, residuals and `updated` change without the
# earthquake becoming another one.
MATERIAL = ("mag", "magType", "place", "time", "status", "alert", "mmi", "tsunami", "type")

_TITLE_TYPE = re.compile(r"M\s*[-\d.?]*\s+(?P<type>[A-Za-z][A-Za-z ]*?)\s+-\s")


def read(document: Document) -> Iterator[Item]:
    """One Report a feature, keyed by the event's id; bad features come out as UnreadableReports.

    The id may be missing: then it is the last part of the event page's address. Raises
    UnreadableFeed for a document that is no FeatureCollection.
    """
    for record in records(document, "features", "FeatureCollection"):
        try:
            yield _report(document, record)
        except UnreadableReport as error:
            yield error


def _report(document: Document, record: Record) -> Report:
    said = record.mapping("properties")
    key = _key(record, said)
    happened: datetime = said.take("time", utc_from_epoch_ms)
    updated = said.take("updated", utc_from_epoch_ms) if said.plain.get("updated") else None
    lat, lon, depth = _hypocentre(record)
    status = said.text("status").lower()
    kind = _kind(said)
    alert = said.text("alert").lower() or None
    magnitude, mmi = _size(said), said.number("mmi")
    place = said.text("place")
    facts = Facts(
        kind=kind,
        severity=quake.severity(magnitude, depth, mmi, alert) if kind is Kind.EARTHQUAKE else None,
        code=f"glide:{kind.glide}" if kind.glide else None,
        geometry=Geometry(lat, lon, RADIUS_KM.get(status, RADIUS_KM["automatic"])),
        happened=Span(happened),
        certainty="Observed" if status == "reviewed" else "Likely",
        official=document.source.official,
        happening=key,
        measures=_measures(said, depth),
    )
    return Report(
        source=document.source.id,
        key=key,
        received=document.received,
        raw=json_bytes(record.plain),
        published=updated,
        title=said.text("title") or f"M {magnitude} - {place}",
        text=_text(kind, said, depth, place),
        language="en",
        url=said.text("url") or None,
        origin="usgs.gov",
        action=Action.CANCEL if status == "deleted" else Action.ISSUE,
        facts=facts,
        digest=_digest(said, (lat, lon, depth)),
    )


def _key(record: Record, said: Record) -> str:
    own = record.text("id")
    if own:
        return own
    path = urlsplit(said.text("url", required=True)).path.rstrip("/")
    name = path.rsplit("/", 1)[-1].removesuffix(".geojson").removesuffix(".php")
    if not re.fullmatch(r"[\w.-]+", name):
        raise record.wrong("url", said.plain.get("url"), "names no event, and there is no id")
    return name


def _hypocentre(record: Record) -> tuple[float, float, float | None]:
    geometry = record.mapping("geometry")
    lat, lon = geometry.take("coordinates", position)
    coordinates = geometry.plain["coordinates"]
    depth = coordinates[2] if len(coordinates) > 2 else None
    try:
        return lat, lon, None if depth is None else number(depth)
    except ValueError as error:
        raise record.wrong("depth", depth, "is no number of km") from error


def _size(said: Record) -> float | None:
    stated: float | None = (
        None if said.plain.get("mag") is None else said.take("mag", quake.magnitude)
    )
    return stated


def _kind(said: Record) -> Kind:
    """By `type`; old snapshots lack it, and only their titles tell a quarry blast."""
    stated = said.text("type").lower()
    if not stated:
        titled = _TITLE_TYPE.match(said.text("title"))
        stated = titled["type"].lower() if titled else "earthquake"
    return KINDS.get(stated, Kind.OTHER)


def _measures(said: Record, depth: float | None) -> dict[str, float | str]:
    found: dict[str, float | str | None] = {
        "magnitude": _size(said),
        "magnitude_type": said.text("magType") or None,
        "depth_km": depth,
        "mmi": said.number("mmi"),
        "alert": said.text("alert").lower() or None,
        "felt": said.number("felt"),
        "tsunami": said.number("tsunami") or None,
        "status": said.text("status").lower() or None,
        "type": said.text("type").lower() or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _text(kind: Kind, said: Record, depth: float | None, place: str) -> str:
    what = "earthquake" if kind is Kind.EARTHQUAKE else said.text("type") or "seismic event"
    magnitude = _size(said)
    strength = "of unknown magnitude" if magnitude is None else f"of magnitude {magnitude:g}"
    deep = "" if depth is None else f", {depth:.0f} km deep"
    alert = f" PAGER alert {said.text('alert').lower()}." if said.text("alert") else ""
    wave = " A tsunami message may have been issued." if said.number("tsunami") else ""
    return f"{what.capitalize()} {strength}{deep}, {place or 'place not named'}.{alert}{wave}"


def _digest(said: Record, hypocentre: tuple[float | None, ...]) -> str:
    material: list[Any] = [said.plain.get(name) for name in MATERIAL]
    return json_bytes([*material, *hypocentre]).decode()
