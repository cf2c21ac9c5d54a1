"""The Common Alerting Protocol's words, times and shapes (OASIS CAP 1.0, 1.1, 1.2).

Shared by the reader of warnings and by the writer of our own. `check` is the strict check of a
whole alert: our own code, held in the tests against the schemas that OASIS publishes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from farwatch.model.cap_check import CATEGORY as CATEGORY
from farwatch.model.cap_check import CERTAINTY as CERTAINTY
from farwatch.model.cap_check import MSG_TYPE as MSG_TYPE
from farwatch.model.cap_check import NAMESPACES as NAMESPACES
from farwatch.model.cap_check import RESPONSE_TYPE as RESPONSE_TYPE
from farwatch.model.cap_check import SCOPE as SCOPE
from farwatch.model.cap_check import SEVERITY as SEVERITY
from farwatch.model.cap_check import STATUS as STATUS
from farwatch.model.cap_check import URGENCY as URGENCY
from farwatch.model.cap_check import Violation as Violation
from farwatch.model.cap_check import check as check
from farwatch.model.cap_check import version as version

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
# CAP's severity as the desk's 1-5. A publisher that says Unknown still found it worth a warning,
# so it stands with Minor; 1 is left to what nobody warns of.
SEVERITY_LEVEL = {"Extreme": 5, "Severe": 4, "Moderate": 3, "Minor": 2, "Unknown": 2}
LEVEL_SEVERITY = {5: "Extreme", 4: "Severe", 3: "Moderate", 2: "Minor", 1: "Minor"}

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)\Z", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)\Z", re.ASCII)

Point = tuple[float, float]


def format_time(when: datetime) -> str:
    """An aware time as CAP writes it: whole seconds, an offset and never Z; UTC is -00:00.

    Raises ValueError if `when` is naive.
    """
    offset = when.utcoffset()
    if offset is None:
        raise ValueError(f"time {when!r} has no zone")
    if offset.total_seconds() % 60:
        when = when.astimezone(UTC)
    plain = when.replace(microsecond=0).isoformat()
    return plain.removesuffix("+00:00") + "-00:00" if plain.endswith("+00:00") else plain


def parse_time(value: str) -> datetime:
    """A CAP time as aware UTC; ValueError with the value if it is unreadable or has no zone."""
    text = value.strip()
    if not _TIME.match(text):
        raise ValueError(f"time {value!r} is no CAP time with a zone")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"time {value!r} is no day or hour that exists") from error


def parse_polygon(value: str) -> tuple[Point, ...]:
    """A CAP polygon "lat,lon lat,lon ..." as ((lat, lon), ...), first equal to last.

    Raises ValueError with the offending part: fewer than four points, an open ring, a pair that is
    no coordinate.
    """
    points = tuple(_point(pair) for pair in value.split())
    if len(points) < 4:
        raise ValueError(f"polygon has {len(points)} points, at least 4 are needed")
    if points[0] != points[-1]:
        raise ValueError(f"polygon is open: starts at {points[0]}, ends at {points[-1]}")
    return points


def parse_circle(value: str) -> tuple[float, float, float]:
    """A CAP circle "lat,lon radius" as (lat, lon, radius in km); ValueError with the part."""
    parts = value.split()
    if len(parts) != 2:
        raise ValueError(f"circle {value!r} is no point and radius")
    lat, lon = _point(parts[0])
    if not _NUMBER.match(parts[1]) or float(parts[1]) < 0:
        raise ValueError(f"circle radius {parts[1]!r} is no distance in km")
    return lat, lon, float(parts[1])


def format_polygon(ring: Sequence[Point]) -> str:
    """A ring of (lat, lon) as CAP writes it, closed if it was open; ValueError below 3 corners."""
    closed = list(ring) if ring and ring[0] == ring[-1] else [*ring, *ring[:1]]
    if len(closed) < 4:
        raise ValueError(f"a polygon needs 3 corners, {len(closed) - 1} given")
    return " ".join(f"{_degrees(lat)},{_degrees(lon)}" for lat, lon in closed)


def format_circle(lat: float, lon: float, radius_km: float) -> str:
    """A circle as CAP writes it, radius in km."""
    return f"{_degrees(lat)},{_degrees(lon)} {_degrees(radius_km)}"


def _degrees(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"{value!r} is no finite number")
    return f"{value:.5f}".rstrip("0").rstrip(".") if value else "0"


def _point(pair: str) -> Point:
    parts = pair.split(",")
    if len(parts) != 2 or not all(_NUMBER.match(part) for part in parts):
        raise ValueError(f"point {pair!r} is no lat,lon")
    lat, lon = float(parts[0]), float(parts[1])
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError(f"point {pair!r} is not on the earth")
    return lat, lon
