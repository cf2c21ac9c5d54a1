"""The area of CAP info blocks as one Geometry: polygons, circles, or points."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from lxml import etree

from farwatch.model.cap import parse_circle, parse_polygon
from farwatch.model.place import Geometry
from farwatch.model.safe_xml import children, text
from farwatch.sources.shapes import Point, Ring, area, around, circle

T = TypeVar("T")


def area_of(infos: Iterable[etree._Element]) -> tuple[Geometry | None, str]:
    """All areas of the infos in one, and what of them could not be read ("" if nothing).

    A shape that cannot be read is left out and told: the warning counts, and nothing is guessed in
    its place. One circle stays a circle; circles beside other shapes become rings; circles without
    radius are points, and count only where nothing larger is given.
    """
    areas = [found for info in infos for found in children(info, "area")]
    unread: list[str] = []
    rings = _shapes(areas, "polygon", parse_polygon, unread)
    circles = _shapes(areas, "circle", parse_circle, unread)
    return _joined(rings, circles), "; ".join(unread)[:500]


def _shapes(
    areas: Iterable[etree._Element], name: str, read: Callable[[str], T], unread: list[str]
) -> list[T]:
    """Every shape of that name, each once; an empty element is one left out."""
    values = [text(shape).strip() for found in areas for shape in children(found, name)]
    shapes = []
    for value in dict.fromkeys(values):
        if not value:
            continue
        try:
            shapes.append(read(value))
        except ValueError as error:
            unread.append(str(error))
    return shapes


def _joined(rings: list[Ring], circles: list[tuple[float, float, float]]) -> Geometry | None:
    round_ones = [one for one in circles if one[2] > 0]
    if not rings and len(round_ones) == 1:
        lat, lon, radius = round_ones[0]
        return Geometry(lat, lon, radius)
    drawn = rings + [circle(*one) for one in round_ones]
    if drawn:
        return area(drawn)
    points: list[Point] = [(lat, lon) for lat, lon, _ in circles]
    return around(points) if points else None
