"""NASA FIRMS: active fires seen from space, CSV of MODIS and VIIRS, near real time or archive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from farwatch.model.document import Document, Item
from farwatch.model.kinds import Kind
from farwatch.model.report import Facts, Report, Span
from farwatch.sources.records import Row, csv_rows, reports_of

REQUIRED = ("latitude", "longitude", "acq_date", "acq_time", "satellite", "confidence")
SATELLITES = {
    "T": "Terra",
    "A": "Aqua",
    "N": "Suomi NPP",
    "1": "NOAA-20",
    "N20": "NOAA-20",
    "2": "NOAA-21",
    "N21": "NOAA-21",
}
# Confidence as CAP's certainty. MODIS gives 0-100 and calls under 30 low, from 80 high; VIIRS
# gives the word or its first letter.
_WORDS = {"l": "Possible", "n": "Likely", "h": "Observed"}
_WORDS |= {"low": "Possible", "nominal": "Likely", "high": "Observed"}
# The archive's `type`: 0 presumed vegetation fire; a volcano, a flare or a plant is no wildfire.
_WILD = ("", "0")
_BRIGHTNESS = ("brightness", "bright_ti4")
_DETECTION_SEVERITY = 1  # one hot pixel; only several of them make a fire that a desk acts on
_PIXEL_KM = {"scan": 1.0, "track": 1.0}  # of MODIS at nadir, where the file leaves it out


def read(document: Document) -> Iterator[Item]:
    """One Report a detection, keyed by satellite, time and position; a bad line is named.

    Raises UnreadableFeed if a column is missing.
    """
    return reports_of(csv_rows(document, REQUIRED), lambda row: _report(document, row))


def _report(document: Document, row: Row) -> Report:
    when = _time(row)
    pixel = max(_optional(row, side) or size for side, size in _PIXEL_KM.items())
    geometry = row.geometry("latitude", "longitude", pixel / 2)
    satellite = row.text("satellite")
    certainty = _certainty(row)
    wild = row.cells.get("type", "") in _WILD
    spot = f"{geometry.lat:.5f},{geometry.lon:.5f}"
    key = f"{satellite}:{when:%Y%m%dT%H%MZ}:{spot}"
    seen_by = SATELLITES.get(satellite, satellite)
    return Report(
        source=document.source.id,
        key=key,
        received=document.received,
        raw=row.raw,
        title=f"{'Fire' if wild else 'Heat source'} seen by {seen_by} at {spot}",
        text=f"Confidence {row.cells['confidence']}, seen at {when:%H:%M} UTC.",
        language="en",
        origin="nasa.gov",
        facts=Facts(
            kind=Kind.WILDFIRE if wild else Kind.OTHER,
            severity=_DETECTION_SEVERITY,
            code="glide:WF" if wild else None,
            geometry=geometry,
            happened=Span(when, precision="minute"),
            certainty=certainty,
            official=document.source.official,
            measures=_measures(row, seen_by),
        ),
    )


def _time(row: Row) -> datetime:
    """acq_date and acq_time (HHMM, its leading zeros perhaps lost to a spreadsheet), UTC."""
    clock = row.cells["acq_time"].replace(":", "")
    if not re.fullmatch(r"\d{1,4}", clock, re.ASCII):
        raise row.wrong("acq_time", "is no HHMM")
    clock = clock.zfill(4)
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", row.cells["acq_date"], re.ASCII):
        raise row.wrong("acq_date", "is no YYYY-MM-DD")
    try:
        day = datetime.fromisoformat(row.cells["acq_date"]).replace(tzinfo=UTC)
    except ValueError as error:
        raise row.wrong("acq_date", "is no day that exists") from error
    try:
        return day.replace(hour=int(clock[:2]), minute=int(clock[2:]))
    except ValueError as error:
        raise row.wrong("acq_time", "is no hour and minute that exist") from error


def _certainty(row: Row) -> str:
    stated = row.text("confidence").lower()
    if stated in _WORDS:
        return _WORDS[stated]
    percent = row.number("confidence")
    if not 0 <= percent <= 100:
        raise row.wrong("confidence", "is not within 0-100")
    return "Possible" if percent < 30 else "Observed" if percent >= 80 else "Likely"


def _optional(row: Row, field: str) -> float | None:
    return row.number(field) if row.cells.get(field) else None


def _measures(row: Row, satellite: str) -> dict[str, float | str]:
    found: dict[str, float | str] = {"satellite": satellite, "confidence": row.cells["confidence"]}
    brightness = next((_optional(row, name) for name in _BRIGHTNESS if row.cells.get(name)), None)
    power = _optional(row, "frp")
    if brightness is not None:
        found["brightness_k"] = brightness
    if power is not None:
        found["power_mw"] = power
    if row.cells.get("instrument"):
        found["instrument"] = row.cells["instrument"]
    return found
