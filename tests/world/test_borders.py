"""Which country a point is in, how far it is from one, and TopoJSON."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from farwatch.errors import NotFound, StoreError, UnreadableFeed
from farwatch.world import borders as border_files
from farwatch.world.borders import Borders
from farwatch.world.topology import countries, cut

POINTS = [
    (-12.8, 28.2, "ZM"),
    (6.4, 2.4, "BJ"),
    (48.85, 2.35, "FR"),
    (4.9, -52.3, "GF"),
    (-21.1, 55.5, "RE"),
    (42.6, 21.0, "XK"),
    (9.5, 44.1, "SO"),
    (65.0, -175.0, "RU"),  # past the antimeridian
    (65.0, 179.0, "RU"),
    (-80.0, 20.0, "AQ"),  # the ring runs round a pole
    (0.0, -30.0, None),
    (90.0, 0.0, None),
]


def test_country_at(borders: Borders) -> None:
    lats, lons, codes = zip(*POINTS, strict=True)
    assert borders.country_at(lats, lons) == list(codes)


def test_no_points(borders: Borders) -> None:
    assert borders.country_at([], []) == []


DISTANCES = [  # point, country, km, tolerance
    ((-12.8, 28.2), "ZM", 0.0, 0.0),
    ((50.9, 1.4), "FR", 13.0, 8.0),  # in the Channel
    ((51.1, 1.3), "FR", 40.0, 8.0),  # Dover
    ((64.0, -179.0), "RU", 112.0, 25.0),
    ((13.5, 2.1), "BJ", 150.0, 40.0),  # Niamey
]


@pytest.mark.parametrize(("point", "country", "km", "within"), DISTANCES)
def test_distance_to_a_country(
    borders: Borders, point: tuple[float, float], country: str, km: float, within: float
) -> None:
    assert borders.distance_to_country_km(*point, country) == pytest.approx(km, abs=within)


def test_distance_is_the_least_over_all_pieces(borders: Borders) -> None:
    whole = shapely.union_all(borders.polygons("ZM"))
    direct = shapely.distance(whole, shapely.Point(28.0, -20.0)) * 111.195
    assert borders.distance_to_country_km(-20.0, 28.0, "ZM") == pytest.approx(direct, rel=0.08)


def test_unknown_country(borders: Borders) -> None:
    with pytest.raises(NotFound, match="QQ"):
        borders.distance_to_country_km(0, 0, "QQ")


def test_missing_borders(empty: Path) -> None:
    with pytest.raises(StoreError, match="farwatch world build"):
        border_files.open(empty)


def _topology(path: Path, arcs: list[list[list[int]]], rings: list[list[int]]) -> Path:
    shape = {"type": "Polygon", "arcs": rings, "id": "999", "properties": {"name": "Box"}}
    path.write_text(
        json.dumps(
            {
                "type": "Topology",
                "transform": {"scale": [1, 1], "translate": [0, 0]},
                "arcs": arcs,
                "objects": {"countries": {"geometries": [shape]}},
            }
        )
    )
    return path


def test_delta_encoded_arcs_and_reversed_ones(tmp_path: Path) -> None:
    half, other = [[0, 0], [10, 0], [0, 10]], [[0, 0], [0, 10], [10, 0]]
    path = _topology(tmp_path / "t.json", [half, other], [[0, -2]])
    [(number, name, shape)] = countries(path)
    assert (number, name, shape.bounds) == ("999", "Box", (0, 0, 10, 10))


def test_a_shape_across_the_antimeridian_has_parts_on_both_sides(tmp_path: Path) -> None:
    arc = [[170, 0], [20, 0], [0, 10], [-20, 0], [0, -10]]
    [(_, _, shape)] = countries(_topology(tmp_path / "t.json", [arc], [[0]]))
    assert shapely.area(shape) == pytest.approx(200)
    assert shape.bounds == (-180, 0, 180, 10)


def test_cut_keeps_the_area(tmp_path: Path) -> None:
    pieces = cut(shapely.MultiPolygon([shapely.box(1, 1, 13, 8), shapely.box(20, 20, 21, 21)]))
    assert sum(piece.area for piece in pieces) == pytest.approx(12 * 7 + 1)
    assert max(piece.bounds[2] - piece.bounds[0] for piece in pieces) <= 5


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"objects": {}}'])
def test_what_is_no_topology_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(UnreadableFeed, match=r"bad\.json"):
        list(countries(path))


def test_points_within_reach_of_a_country(borders: Borders) -> None:
    """As measured one by one; over the antimeridian and near a pole too."""
    rng = np.random.default_rng(7)
    for country, around, spread in (
        ("ZM", (-15.0, 30.0), 8.0), ("FJ", (-17.0, 179.5), 6.0), ("RU", (70.0, -179.0), 9.0),
        ("NO", (80.0, 20.0), 9.0),
    ):  # fmt: skip
        lat = np.clip(around[0] + rng.uniform(-spread, spread, 60), -90, 90)
        lon = (around[1] + rng.uniform(-spread, spread, 60) + 180) % 360 - 180
        km = [borders.distance_to_country_km(a, b, country) for a, b in zip(lat, lon, strict=True)]
        for reach in (0.0, 50.0, 200.0):
            found = borders.within_km(lat, lon, country, reach)
            assert found.tolist() == [away <= reach for away in km]
        assert min(km) < 50 < max(km)  # so that some are in reach and some are not
    with pytest.raises(NotFound, match="QQ"):
        borders.within_km([0.0], [0.0], "QQ", 1.0)
    assert borders.within_km([], [], "ZM", 1.0).tolist() == []


def test_neighbours_touch_on_land(borders: Borders) -> None:
    asked = ("ET", "SO", "ER", "LK", "IN", None, "FR", "ES", "GB", "QQ", "US", "RU", "KP")
    near = borders.neighbours(asked)
    pairs = {frozenset({asked[a], asked[b]}) for a, b in zip(*np.nonzero(near), strict=True)}
    assert pairs == {
        frozenset(pair)
        for pair in (("ET", "SO"), ("ET", "ER"), ("FR", "ES"), ("RU", "KP"))
    }  # fmt: skip
    assert (near == near.T).all() and not near.diagonal().any()
    assert not near[5].any() and not near[9].any()  # None, and a code without a polygon


def test_neighbours_stand_in_the_order_asked(borders: Borders) -> None:
    assert borders.neighbours(("KE", "ET", "PE")).tolist() == [
        [False, True, False], [True, False, False], [False, False, False],
    ]  # fmt: skip
    assert borders.neighbours((None, "ET")).tolist() == [[False, False], [False, False]]
    assert borders.neighbours(()).shape == (0, 0)
    twice = borders.neighbours(("SD", "EG", "SD"))  # a code that two ids have
    assert twice[1].tolist() == [True, False, True]
