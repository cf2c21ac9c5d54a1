"""Areas on the earth: how far sites lie from a set of rings, across antimeridian and poles too."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from farwatch.model.place import EARTH_KM, Geometry

_STEP_DEG = 0.5  # edges are straight in degrees, as CAP draws them: they are cut this fine
_FARTHEST_KM = 19_900.0  # the projection tears at the antipode

Floats = NDArray[np.float64]


class Area:
    """The rings of a Geometry, laid flat around its centre (azimuthal equidistant, km)."""

    def __init__(self, geometry: Geometry) -> None:
        self._at = (geometry.lat, geometry.lon)
        shapes = [self._polygon(ring) for ring in geometry.rings]
        self._shape = shapely.union_all(shapes)
        shapely.prepare(self._shape)
        corners = shapely.get_coordinates(self._shape)
        far = float(np.hypot(corners[:, 0], corners[:, 1]).max()) if len(corners) else 0.0
        self.radius_km = min(far, _FARTHEST_KM)  # around the geometry's centre holds every ring

    def distance_km(self, lat: Floats, lon: Floats) -> Floats:
        """Kilometres from each point to the area; 0 inside.

        Right to 1 % where both lie within 1,500 km of the geometry's centre, to 5 % within 3,000.
        """
        flat = self._flat(lat, lon)
        return np.asarray(shapely.distance(shapely.points(flat), self._shape), dtype=np.float64)

    def _polygon(self, ring: tuple[tuple[float, float], ...]) -> shapely.Geometry:
        corners = np.asarray(ring, dtype=np.float64).reshape(-1, 2)
        lat = corners[:, 0]
        # each edge takes the short way round: a ring over the antimeridian stays whole
        step = (np.diff(corners[:, 1]) + 180) % 360 - 180
        lon = corners[0, 1] + np.concatenate(([0.0], np.cumsum(step)))
        pieces = np.maximum(np.abs(np.diff(lat)), np.abs(step)) / _STEP_DEG
        count = np.maximum(np.ceil(pieces).astype(np.int64), 1)
        edge = np.repeat(np.arange(len(count)), count)
        share = (np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)) / count[edge]
        fine_lat = lat[edge] + share * np.diff(lat)[edge]
        fine_lon = lon[edge] + share * np.diff(lon)[edge]
        if len(fine_lat) < 3:
            return shapely.Polygon()
        return shapely.make_valid(shapely.Polygon(self._flat(fine_lat, fine_lon)))

    def _flat(self, lat: Floats, lon: Floats) -> Floats:
        phi0, phi = np.radians(self._at[0]), np.radians(lat)
        dlam = np.radians(np.asarray(lon) - self._at[1])
        east = np.cos(phi) * np.sin(dlam)
        north = np.cos(phi0) * np.sin(phi) - np.sin(phi0) * np.cos(phi) * np.cos(dlam)
        up = np.sin(phi0) * np.sin(phi) + np.cos(phi0) * np.cos(phi) * np.cos(dlam)
        across = np.hypot(east, north)
        away = EARTH_KM * np.arctan2(across, up)
        scale = np.where(across > 1e-12, away / np.maximum(across, 1e-12), EARTH_KM)
        return np.stack((east * scale, north * scale), axis=-1)
