"""Geometry refuses what is not on the earth, so that no stage meets it."""

from __future__ import annotations

from math import inf, nan

import pytest

from farwatch.model.place import Geometry

BOX = ((0.0, 179.0), (0.0, -179.0), (1.0, -179.0), (0.0, 179.0))


@pytest.mark.parametrize(
    ("lat", "lon", "radius"),
    [(90.1, 0, 0), (nan, 0, 0), (0, 180.5, 0), (0, inf, 0), (0, 0, -1), (0, 0, nan), (0, 0, inf)],
)
def test_a_point_or_radius_that_is_none(lat: float, lon: float, radius: float) -> None:
    with pytest.raises(ValueError, match=r"not on the earth|no finite number"):
        Geometry(lat, lon, radius)


@pytest.mark.parametrize("corner", [(91.0, 0.0), (0.0, 181.0), (nan, 0.0), (0.0, inf)])
def test_a_corner_that_is_nowhere(corner: tuple[float, float]) -> None:
    assert Geometry(0.5, 180.0, rings=(BOX,)).rings == (BOX,)
    with pytest.raises(ValueError, match=r"corner .* is not on the earth"):
        Geometry(0.5, 180.0, rings=(BOX, (*BOX[:2], corner, BOX[0])))
