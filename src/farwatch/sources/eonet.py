"""NASA EONET: natural events, API v2.1 (`geometries`) and v3 (`geometry`, magnitudes, closing)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from farwatch.errors import UnreadableReport
from farwatch.model.document import Document, Item
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry
from farwatch.model.report import Facts, Report, Span
from farwatch.model.times import parse_utc
from farwatch.sources import quake
from farwatch.sources.features import Record, records
from farwatch.sources.json_records import json_bytes
from farwatch.sources.shapes import area, outer_rings, position

# Category of v2.1 (number) and v3 (word) -> kind. Icebergs and coloured water concern no site.
KINDS = {
    **dict.fromkeys(("6", "drought"), Kind.DROUGHT),
    **dict.fromkeys(("7", "dustHaze"), Kind.STORM),
    **dict.fromkeys(("8", "wildfires"), Kind.WILDFIRE),
    **dict.fromkeys(("9", "floods"), Kind.FLOOD),
    **dict.fromkeys(("10", "severeStorms"), Kind.STORM),
    **dict.fromkeys(("12", "volcanoes"), Kind.VOLCANO),
    **dict.fromkeys(("13", "waterColor"), Kind.OTHER),
    **dict.fromkeys(("14", "landslides"), Kind.LANDSLIDE),
    **dict.fromkeys(("15", "seaLakeIce"), Kind.OTHER),
    **dict.fromkeys(("16", "earthquakes"), Kind.EARTHQUAKE),
    **dict.fromkeys(("17", "snow"), Kind.COLD),
    **dict.fromkeys(("18", "tempExtremes"), Kind.OTHER),
    **dict.fromkeys(("19", "manmade"), Kind.INDUSTRIAL),
}
# EONET states no severity. What it lists was seen from space, so it is at least Minor; a named
# storm and an eruption count as Moderate until someone says more. Judgement.
SEVERITY = {
    Kind.WILDFIRE: 2,
    Kind.STORM: 3,
    Kind.CYCLONE: 3,
    Kind.VOLCANO: 3,
    Kind.FLOOD: 3,
    Kind.LANDSLIDE: 3,
    Kind.DROUGHT: 2,
    Kind.HEAT: 2,
    Kind.COLD: 2,
    Kind.INDUSTRIAL: 2,
}
# Sustained wind in knots: tropical storm, hurricane, major hurricane (Saffir-Simpson).
_KNOTS = ((96, 5), (64, 4), (34, 3))
_CYCLONE = re.compile(r"\b(tropical|hurricane|typhoon|cyclone)\b", re.IGNORECASE)
_HOT = re.compile(r"\b(heat|hot)\b", re.IGNORECASE)
_COLD = re.compile(r"\b(cold|freez\w*|frost)\b", re.IGNORECASE)


def read(document: Document) -> Iterator[Item]:
    """One Report an event, keyed by EONET's id; its newest geometry is where it is now.

    Raises UnreadableFeed for a document that holds no list of events.
    """
    for record in records(document, "events"):
        try:
            yield _report(document, record)
        except UnreadableReport as error:
            yield error


def _report(document: Document, record: Record) -> Report:
    key = record.text("id", required=True)
    title = record.text("title", required=True)
    stages = _stages(record)
    kind = _kind(record, title)
    newest = stages[-1]
    measures = _measures(newest[1])
    closed = record.take("closed", parse_utc) if record.plain.get("closed") else None
    if closed is not None and closed < stages[0][0]:
        raise record.wrong("closed", record.plain["closed"], "is before the event's beginning")
    facts = Facts(
        kind=kind,
        severity=_severity(kind, measures),
        code=f"glide:{kind.glide}" if kind.glide else None,
        geometry=_geometry(newest[1]),
        happened=Span(stages[0][0], closed, _precision(stages)),
        certainty="Observed",
        official=document.source.official,
        happening=key,
        measures=measures,
    )
    return Report(
        source=document.source.id,
        key=key,
        received=document.received,
        raw=json_bytes(record.plain),
        title=title,
        text=record.text("description"),
        language="en",
        url=record.text("link") or None,
        origin="nasa.gov",
        expires=closed,
        facts=facts,
    )


def _stages(record: Record) -> list[tuple[datetime, Record]]:
    """Every dated geometry, oldest first."""
    field = "geometries" if "geometries" in record.plain else "geometry"
    listed = record.plain.get(field)
    if not isinstance(listed, list) or not listed:
        raise record.wrong(field, listed, "is no list of dated places")
    stages = []
    for index, member in enumerate(listed):
        at = f"{record.at}.{field}[{index}]"
        if not isinstance(member, dict):
            raise UnreadableReport(
                record.source, "is not an object", field=field, value=member, position=at
            )
        stage = Record(record.source, at, member)
        stages.append((stage.take("date", _time), stage))
    return sorted(stages, key=lambda stage: stage[0])


def _time(value: Any) -> datetime:
    if not isinstance(value, str):
        raise ValueError("it is no text")
    return parse_utc(value)


def _precision(stages: list[tuple[datetime, Record]]) -> str:
    """A day, where every stage is dated to midnight; that is how EONET writes a bare day."""
    bare = all(when.astimezone(UTC).time() == datetime.min.time() for when, _ in stages)
    return "day" if bare else "second"


def _kind(record: Record, title: str) -> Kind:
    listed = record.plain.get("categories")
    if not isinstance(listed, list) or not listed or not isinstance(listed[0], dict):
        raise record.wrong("categories", listed, "names no category")
    code = str(listed[0].get("id"))
    if code not in KINDS:
        raise record.wrong("categories", code, "is no category of EONET")
    kind = KINDS[code]
    if kind is Kind.STORM and _CYCLONE.search(title):
        return Kind.CYCLONE
    if code in ("18", "tempExtremes"):
        if _HOT.search(title):
            return Kind.HEAT
        return Kind.COLD if _COLD.search(title) else kind
    return kind


def _geometry(stage: Record) -> Geometry:
    if stage.plain.get("type") == "Point":
        return Geometry(*stage.take("coordinates", position))
    try:
        return area(outer_rings(stage.plain))
    except ValueError as error:
        raise stage.wrong("coordinates", stage.plain.get("type"), str(error)) from error


def _measures(stage: Record) -> dict[str, float | str]:
    value = stage.number("magnitudeValue")
    if value is None:
        return {}
    unit = stage.text("magnitudeUnit")
    name = {"kts": "wind_knots", "acres": "acres"}.get(unit, f"magnitude_{unit or 'unknown'}")
    return {name: value}


def _severity(kind: Kind, measures: dict[str, float | str]) -> int | None:
    knots = measures.get("wind_knots")
    if isinstance(knots, float) and kind in (Kind.CYCLONE, Kind.STORM):
        return next((step for least, step in _KNOTS if knots >= least), 2)
    if kind is Kind.EARTHQUAKE:
        strength = next((v for name, v in measures.items() if name.startswith("magnitude_")), None)
        return quake.severity(strength if isinstance(strength, float) else None)
    return SEVERITY.get(kind)
