"""Distances and points on the mean sphere (`model.place.EARTH_KM`), in degrees and kilometres."""

from __future__ import annotations

import math

from farwatch.model.place import EARTH_KM

_CIRCLE_CORNERS = 16


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance (haversine)."""
    north, east = math.radians(lat2 - lat1), math.radians(lon2 - lon1)
    part = math.cos(math.radians(lat1)) * math.cos(math.radians(lat2)) * math.sin(east / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(math.sin(north / 2) ** 2 + part)))


def moved(lat: float, lon: float, km: float, bearing: float) -> tuple[float, float]:
    """The point `km` away along a bearing in degrees clockwise from north."""
    angle, turn, north = km / EARTH_KM, math.radians(bearing), math.radians(lat)
    sine = math.sin(north) * math.cos(angle) + math.cos(north) * math.sin(angle) * math.cos(turn)
    end = math.asin(max(-1.0, min(1.0, sine)))
    east = math.atan2(
        math.sin(turn) * math.sin(angle) * math.cos(north),
        math.cos(angle) - math.sin(north) * sine,
    )
    return math.degrees(end), (lon + math.degrees(east) + 540) % 360 - 180


def ring(lat: float, lon: float, km: float) -> tuple[tuple[float, float], ...]:
    """A circle as a closed ring of 16 corners, first equal to last."""
    steps = [moved(lat, lon, km, 360 * n / _CIRCLE_CORNERS) for n in range(_CIRCLE_CORNERS)]
    return (*steps, steps[0])
