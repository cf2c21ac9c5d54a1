from __future__ import annotations

import math

import pytest

from farwatch.desk import picture_layout as layout


def test_the_map_holds_every_site_with_room_around_and_has_the_shape_asked_for() -> None:
    points = [(-12.8, 28.2), (-17.85, 25.86), (-15.4, 28.3)]
    view = layout.extent(points, 1.4)
    assert all(view.holds(*point) for point in points)
    assert view.west < 25.0 and view.north > -12.2
    high_km = (view.north - view.south) * layout.KM_PER_DEGREE
    assert view.width_km / high_km == pytest.approx(1.4, rel=0.01)


def test_a_lone_site_is_shown_with_the_land_around_it() -> None:
    view = layout.extent([(9.0, 38.7)], 1.4)
    assert view.width_km >= 120
    assert view.middle == pytest.approx((9.0, 38.7))


def test_a_map_over_the_antimeridian_stays_narrow() -> None:
    view = layout.extent([(-17.7, 178.1), (-13.8, -171.8)], 1.4)
    assert view.east - view.west < 40
    assert view.holds(-17.7, 178.1) and view.holds(-13.8, -171.8)
    assert not view.holds(-15.0, 0.0)


@pytest.mark.parametrize("points", [[], [(0.0, -120.0), (10.0, 0.0), (5.0, 120.0)]])
def test_no_site_or_sites_all_around_is_the_world(points: list[tuple[float, float]]) -> None:
    assert layout.extent(points, 1.4) == layout.WORLD


def test_a_circle_is_as_wide_as_said_everywhere() -> None:
    for lat in (0.0, 45.0, 70.0):
        ring = layout.circle(lat, 10.0, 100.0)
        assert max(p[0] for p in ring) - lat == pytest.approx(100 / layout.KM_PER_DEGREE, rel=1e-3)
        wide = (max(p[1] for p in ring) - 10.0) * math.cos(math.radians(lat))
        assert wide == pytest.approx(100 / layout.KM_PER_DEGREE, rel=0.01)


def test_the_scale_bar_is_a_round_length() -> None:
    assert [layout.nice_km(width) for width in (900, 450, 121)] == [200, 100, 20]


def test_points_at_one_place_are_drawn_apart_and_off_the_site() -> None:
    drawn = layout.fan([(0.0, 0.0)] * 9 + [(500.0, 0.0)], [(1.0, 1.0)], near=24.0)
    apart = [math.dist(a, b) for i, a in enumerate(drawn) for b in drawn[:i]]
    assert min(apart) > 10
    assert min(math.dist(point, (1.0, 1.0)) for point in drawn) > 20
    assert drawn[-1] == (500.0, 0.0)


def test_labels_do_not_collide_and_stay_in_the_frame() -> None:
    anchors = [(100.0, 100.0), (104.0, 102.0), (98.0, 97.0), (199.0, 199.0)]
    marks = [(x - 8, y - 8, x + 8, y + 8) for x, y in anchors]
    frame = (0.0, 0.0, 200.0, 200.0)
    boxes = layout.place_labels(anchors, [(60.0, 14.0)] * 4, marks, frame)
    pairs = [(a, b) for i, a in enumerate(boxes) for b in boxes[:i]]
    assert all(layout.overlap(a, b) == 0 for a, b in pairs)
    assert all(layout.overlap(box, frame) == pytest.approx(60 * 14) for box in boxes)
