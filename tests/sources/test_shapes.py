from __future__ import annotations

import pytest

from farwatch.sources.shapes import Ring, area, around, circle, distance_km, outer_rings


def box(west: float, east: float) -> Ring:
    return ((0.0, west), (0.0, east), (2.0, east), (2.0, west), (0.0, west))


def test_a_ring_over_the_date_line_is_cut_in_two() -> None:
    cut = area([box(179.0, -179.0)])
    assert len(cut.rings) == 2
    spans = sorted((min(x for _, x in r), max(x for _, x in r)) for r in cut.rings)
    assert spans == [(-180.0, -179.0), (179.0, 180.0)]


def test_a_wide_ring_stays_whole() -> None:
    assert area([box(-80.0, 90.0)]).rings == (box(-80.0, 90.0),)


def test_the_point_given_is_taken_only_if_it_lies_inside() -> None:
    assert (area([box(0, 2)], (1.5, 1.5)).lat, area([box(0, 2)], (9.0, 9.0)).lat) == (1.5, 1.0)


def test_a_ring_without_extent_is_a_point() -> None:
    flat = area([((5.0, 6.0),) * 5])
    assert (flat.lat, flat.lon, flat.rings) == (5.0, 6.0, ())


def test_an_area_of_very_many_points_is_drawn_with_fewer() -> None:
    ring = (*((step / 5000, 0.0) for step in range(5000)), (1.0, 1.0), (0.0, 0.0))
    assert sum(map(len, area([ring]).rings)) < 10


def test_a_circle_keeps_its_radius() -> None:
    for lat, lon in circle(60.0, 179.9, 50.0):
        assert distance_km((60.0, 179.9), (lat, lon)) == pytest.approx(50.0, rel=0.02)


def test_points_are_held_by_a_circle() -> None:
    held = around([(0.0, 179.0), (0.0, -179.0)])
    assert abs(held.lon) == pytest.approx(180.0)
    assert held.radius_km == pytest.approx(111.2, rel=0.01)


@pytest.mark.parametrize(
    "shape",
    [
        {},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 2]]]},
        {"type": "MultiPolygon", "coordinates": [[[["a", 0]]]]},
    ],
)
def test_a_broken_polygon_is_refused(shape: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"polygon|ring|closed|number"):
        outer_rings(shape)
