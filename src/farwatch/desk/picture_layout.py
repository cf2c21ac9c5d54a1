"""Where things go on a map: its extent, circles on the earth, fans and labels. No drawing here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

KM_PER_DEGREE = 111.195
_LEAST_KM = 120.0  # a lone site is shown with this much land around it
_PADDING = 0.16  # of the longer side, on every side
_MOST_LAT = 85.0
_ROUND = 300.0  # degrees: a map so wide may as well be the whole world

Point = tuple[float, float]  # lat, lon
Box = tuple[float, float, float, float]  # left, bottom, right, top in pixels


@dataclass(frozen=True, slots=True)
class Extent:
    """A rectangle in degrees. `east` may pass 180 where the map lies over the antimeridian."""

    west: float
    east: float
    south: float
    north: float

    @property
    def middle(self) -> Point:
        """The centre (lat, lon)."""
        return (self.south + self.north) / 2, (self.west + self.east) / 2

    @property
    def stretch(self) -> float:
        """How many times longer a degree of latitude is drawn than one of longitude."""
        return 1 / max(math.cos(math.radians(self.middle[0])), 0.1)

    @property
    def width_km(self) -> float:
        """Kilometres across, in the middle."""
        return (self.east - self.west) * KM_PER_DEGREE / self.stretch

    def lon(self, lon: float) -> float:
        """The same meridian, written so that it is nearest to the middle of the map."""
        middle = self.middle[1]
        return middle + (lon - middle + 180) % 360 - 180

    def holds(self, lat: float, lon: float) -> bool:
        """Whether the point is on the map."""
        inside = self.west <= self.lon(lon) <= self.east
        return inside and self.south <= lat <= self.north


WORLD = Extent(-180.0, 180.0, -60.0, 80.0)


def extent(points: Sequence[Point], shape: float) -> Extent:
    """The map that shows all points with padding; `shape` is its width by its height as drawn.

    The whole world where there is no point, or where they lie all around it.
    """
    if not points:
        return WORLD
    west, east = _narrowest([lon for _, lon in points])
    south, north = min(lat for lat, _ in points), max(lat for lat, _ in points)
    stretch = 1 / max(math.cos(math.radians((south + north) / 2)), 0.1)
    wide, high = (east - west) / stretch, north - south
    pad = _PADDING * max(wide, high)
    least = _LEAST_KM / KM_PER_DEGREE
    wide, high = max(wide + 2 * pad, least), max(high + 2 * pad, least)
    wide, high = max(wide, high * shape), max(high, wide / shape)
    if wide * stretch >= _ROUND:
        return WORLD
    lat, lon = (south + north) / 2, (west + east) / 2
    half = wide * stretch / 2
    return Extent(
        lon - half, lon + half, max(lat - high / 2, -_MOST_LAT), min(lat + high / 2, _MOST_LAT)
    )


def _narrowest(lons: Sequence[float]) -> tuple[float, float]:
    """The shortest stretch of the circle that holds every meridian; its end may pass 180."""
    around = sorted((lon + 180) % 360 - 180 for lon in lons)
    gaps = [b - a for a, b in zip(around, [*around[1:], around[0] + 360], strict=True)]
    widest = gaps.index(max(gaps))
    start = around[(widest + 1) % len(around)]
    return start, start + 360 - gaps[widest]


def circle(lat: float, lon: float, radius_km: float, corners: int = 90) -> list[Point]:
    """The points at `radius_km` from a centre, on the sphere."""
    across = min(radius_km, 19_000.0) / KM_PER_DEGREE
    a, phi = math.radians(across), math.radians(lat)
    points = []
    for step in range(corners + 1):
        bearing = 2 * math.pi * step / corners
        sine = math.sin(phi) * math.cos(a) + math.cos(phi) * math.sin(a) * math.cos(bearing)
        up = math.asin(max(-1.0, min(1.0, sine)))
        side = math.sin(bearing) * math.sin(a) * math.cos(phi)
        turn = math.atan2(side, math.cos(a) - math.sin(phi) * math.sin(up))
        points.append((math.degrees(up), lon + math.degrees(turn)))
    return points


def nice_km(width_km: float) -> float:
    """A round length for a scale bar, at most a quarter of the map's width."""
    most = width_km / 4
    power: float = 10.0 ** math.floor(math.log10(most))
    return max(step * power for step in (1, 2, 5) if step * power <= most)


def fan(points: Sequence[Point], centres: Sequence[Point], near: float) -> list[Point]:
    """Where to draw each point (x, y in pixels) so that none hides another or a centre.

    A point within `near` of a centre, or of a point before it, stands on a ring around that one:
    eight on the first ring, as many again on each wider one. A lone point stays where it is.
    """
    groups: list[tuple[Point, bool, list[int]]] = [(centre, True, []) for centre in centres]
    for index, point in enumerate(points):
        close = [g for g in groups if math.dist(g[0], point) <= near]
        if close:
            min(close, key=lambda g: math.dist(g[0], point))[2].append(index)
        else:
            groups.append((point, False, [index]))
    drawn = list(points)
    for centre, is_centre, members in groups:
        if is_centre or len(members) > 1:
            for turn, index in enumerate(members):
                drawn[index] = _on_ring(centre, turn, min(len(members), 8), near)
    return drawn


def _on_ring(centre: Point, turn: int, around: int, near: float) -> Point:
    ring, seat = divmod(turn, 8)
    angle = math.radians(215 + 360 * seat / max(around, 5) + 22.5 * ring)
    away = near * (1 + 0.8 * ring)
    return centre[0] + away * math.cos(angle), centre[1] + away * math.sin(angle)


def overlap(a: Box, b: Box) -> float:
    """Square pixels that two boxes share."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def place_labels(
    anchors: Sequence[Point], sizes: Sequence[Point], taken: Sequence[Box], frame: Box
) -> list[Box]:
    """A box for each label, in order of importance: near its anchor (x, y), over as little as can
    be of what is `taken`, of the labels placed before it and of what lies outside the frame.
    """
    placed: list[Box] = []
    for anchor, size in zip(anchors, sizes, strict=True):
        reach = 100.0 + max(size)
        near = (anchor[0] - reach, anchor[1] - reach, anchor[0] + reach, anchor[1] + reach)
        held = [box for box in (*taken, *placed) if overlap(box, near) > 0]
        placed.append(
            min(_candidates(anchor, size), key=lambda c: c[0] + _cost(c[1], held, frame))[1]
        )
    return placed


def _candidates(anchor: Point, size: Point) -> list[tuple[float, Box]]:
    """Boxes around an anchor with what their distance and side cost; right is best, then left."""
    (x, y), (wide, high) = anchor, size
    sides = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))
    found = []
    for away, (rank, (right, up)) in product((13.0, 24.0, 40.0, 62.0, 90.0), enumerate(sides)):
        middle_x = x + right * (away + wide / 2)
        middle_y = y + up * ((away if right == 0 else away * 0.8) + high / 2)
        box = (middle_x - wide / 2, middle_y - high / 2, middle_x + wide / 2, middle_y + high / 2)
        found.append((away * 6 + rank * 4, box))
    return found


def _cost(box: Box, taken: Sequence[Box], frame: Box) -> float:
    inside = overlap(box, frame)
    outside = (box[2] - box[0]) * (box[3] - box[1]) - inside
    return 20 * outside + sum(4 * overlap(box, other) for other in taken)
