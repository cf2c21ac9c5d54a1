"""A line of `farwatch screen`: an Event as the desk writes it, or the form of docs/screen.md."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cattrs.errors import BaseValidationError
from cattrs.v import transform_error

from farwatch.errors import NotFound, UnreadableReport
from farwatch.model.codec import from_plain
from farwatch.model.event import Event, State
from farwatch.model.grade import Grade
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.report import Span
from farwatch.model.times import parse_utc
from farwatch.world.codes import alpha2

_SHORT = {
    "id", "kind", "severity", "title", "lat", "lon", "radius_km", "polygon", "precision", "country",
    "admin1", "place", "magnitude", "depth_km", "start", "end", "expires", "official", "site",
    "urgency", "state",
}  # fmt: skip
# The largest earthquake known had magnitude 9.5, the deepest 750 km; half the earth's girth.
_BOUNDS = {
    "lat": (-90.0, 90.0), "lon": (-180.0, 180.0), "radius_km": (0.0, 20_038.0),
    "magnitude": (-3.0, 10.0), "depth_km": (-10.0, 1000.0),
}  # fmt: skip


def event_of(plain: Mapping[str, Any], source: str, now: datetime) -> Event:
    """The event in a line's JSON object; raises UnreadableReport with the field and value.

    A short form without times happens `now`; every key it has must be known.
    """
    return _full(plain, source) if "grade" in plain else _short(plain, source, now)


def _full(plain: Mapping[str, Any], source: str) -> Event:
    try:
        return from_plain(Event, plain)
    except BaseValidationError as error:
        raise UnreadableReport(source, f"is no event: {transform_error(error)[0]}") from error
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableReport(source, f"is no event: {error}") from error


def _short(plain: Mapping[str, Any], source: str, now: datetime) -> Event:
    read = _Fields(plain, source)
    for key in plain:
        if key not in _SHORT:
            raise read.wrong(key, f"is unknown; known are {', '.join(sorted(_SHORT))}")
    start = read.time("start") or now
    measures = {
        name: value
        for name in ("magnitude", "depth_km")
        if (value := read.number(name)) is not None
    }
    title = read.text("title") or ""
    digest = hashlib.blake2b(json.dumps(plain, sort_keys=True).encode(), digest_size=8).hexdigest()
    return Event(
        id=read.text("id") or f"e{digest}", version=1, kind=read.word("kind", Kind),
        severity=read.severity(), title=title, place=_place(read), happened=_span(read, start),
        first_reported=now, last_reported=now, grade=Grade("F", 6),
        state=read.word("state", State, State.LIVE), expires=read.time("expires"),
        official=read.flag("official"), urgency=read.text("urgency"), site=read.text("site"),
        measures=measures,
    )  # fmt: skip


def _span(read: _Fields, start: datetime) -> Span:
    end = read.time("end")
    if end is not None and end < start:
        raise read.wrong("end", f"is before the start {start:%Y-%m-%dT%H:%M:%SZ}")
    return Span(start, end)


def _place(read: _Fields) -> Place | None:
    country = read.text("country")
    if country is not None:
        try:
            country = alpha2(country)
        except NotFound as error:
            raise read.wrong("country", "is no country") from error
    rings = read.rings()
    lat, lon = read.position()
    if (lat is None or lon is None) and rings:
        lat, lon = rings[0][0]
    default = Precision.COUNTRY if lat is None else Precision.POINT
    precision = read.word("precision", Precision, default)
    name = read.text("place") or read.text("admin1") or country or "the event"
    if lat is None or lon is None:
        if country is None:
            return None
        lat, lon = 0.0, 0.0  # a unit is met by its code, not by a point
        if precision in (Precision.POINT, Precision.CITY):
            raise read.wrong("lat", "is missing for a place of this precision")
    try:
        radius = read.number("radius_km") or 0.0
        geometry = Geometry(lat, lon, radius, rings)
    except ValueError as error:
        raise UnreadableReport(read.source, str(error)) from error
    return Place(name, precision, geometry, country, read.text("admin1"))


class _Fields:
    """The short form's fields, each read with its type or named as wrong."""

    def __init__(self, plain: Mapping[str, Any], source: str) -> None:
        self._plain, self.source = plain, source

    def wrong(self, field: str, reason: str) -> UnreadableReport:
        return UnreadableReport(self.source, reason, field=field, value=self._plain.get(field))

    def text(self, field: str) -> str | None:
        value = self._plain.get(field)
        if value is not None and not isinstance(value, str | int):
            raise self.wrong(field, "is no text")
        return None if value is None or value == "" else str(value)

    def number(self, field: str) -> float | None:
        value = self._plain.get(field)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            raise self.wrong(field, "is no number")
        least, most = _BOUNDS[field]
        if not least <= value <= most:
            raise self.wrong(field, f"is not between {least:g} and {most:g}")
        return float(value)

    def position(self) -> tuple[float | None, float | None]:
        """lat and lon, both or none."""
        lat, lon = self.number("lat"), self.number("lon")
        if (lat is None) != (lon is None):
            lost = "lat" if lat is None else "lon"
            raise self.wrong(lost, "is missing beside the other coordinate")
        return lat, lon

    def flag(self, field: str) -> bool:
        value = self._plain.get(field, False)
        if not isinstance(value, bool):
            raise self.wrong(field, "is neither true nor false")
        return value

    def word(self, field: str, kind: Any, missing: Any = None) -> Any:
        value = self._plain.get(field)
        if value is None and missing is not None:
            return missing
        try:
            return kind(value)
        except ValueError as error:
            raise self.wrong(field, f"is none of {', '.join(kind)}") from error

    def severity(self) -> int:
        value = self._plain.get("severity")
        if isinstance(value, bool) or value not in (1, 2, 3, 4, 5):
            raise self.wrong("severity", "is none of 1, 2, 3, 4, 5")
        return int(value)

    def time(self, field: str) -> datetime | None:
        value = self._plain.get(field)
        if value is None:
            return None
        try:
            return parse_utc(value)
        except ValueError as error:
            raise self.wrong(field, "is no ISO 8601 time with a zone") from error

    def rings(self) -> tuple[tuple[tuple[float, float], ...], ...]:
        value = self._plain.get("polygon")
        if value is None:
            return ()
        try:
            ring = tuple((float(lat), float(lon)) for lat, lon in value)
        except (TypeError, ValueError, OverflowError) as error:
            raise self.wrong("polygon", "is no list of [lat, lon]") from error
        if len(ring) < 4 or ring[0] != ring[-1]:
            raise self.wrong("polygon", "needs four points or more, the first equal to the last")
        return (ring,)
