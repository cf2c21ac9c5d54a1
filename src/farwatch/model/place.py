"""Place: a named location with geometry and a stated precision."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

EARTH_KM = 6371.0088  # mean radius (IUGG): everywhere the earth is this sphere


class Precision(StrEnum):
    """How exactly a place is known. Only POINT and CITY ever expose a site by distance."""

    POINT = "point"
    CITY = "city"
    ADMIN2 = "admin2"
    ADMIN1 = "admin1"
    COUNTRY = "country"
    REGION = "region"  # seas, continents, several countries


@dataclass(frozen=True, slots=True)
class Geometry:
    """Where something is: a point with its uncertainty, a circle, or polygons.

    `lat`, `lon` (degrees, WGS 84) are always set: the point, the circle's centre or a point inside
    the polygons. `radius_km` is the uncertainty of a point or the radius of a circle.
    `rings` holds outer rings as ((lat, lon), ...), first equal to last; empty for point and circle.
    """

    lat: float
    lon: float
    radius_km: float = 0.0
    rings: tuple[tuple[tuple[float, float], ...], ...] = ()

    def __post_init__(self) -> None:
        if not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
            raise ValueError(f"coordinates {self.lat}, {self.lon} are not on the earth")
        if not 0 <= self.radius_km < math.inf:
            raise ValueError(f"radius {self.radius_km} km is negative or no finite number")
        for lat, lon in (corner for ring in self.rings for corner in ring):
            if not (-90 <= lat <= 90 and -180 <= lon <= 180):
                raise ValueError(f"corner {lat}, {lon} of an area is not on the earth")


@dataclass(frozen=True, slots=True)
class Place:
    """A named location. `country` is ISO 3166-1 alpha-2, `admin1` GeoNames' code within it."""

    name: str
    precision: Precision
    geometry: Geometry
    country: str | None = None
    admin1: str | None = None
    geonameid: int | None = None
    reasons: tuple[str, ...] = ()
