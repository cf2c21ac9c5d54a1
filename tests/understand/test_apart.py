"""How far apart two places are: areas, circles, the antimeridian."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.model.place import Geometry, Place, Precision
from farwatch.understand.apart import km_apart
from farwatch.understand.earth import distance_km, moved, ring


def spot(lat: float, lon: float, *rings: tuple[tuple[float, float], ...]) -> Place:
    return Place("there", Precision.CITY, Geometry(lat, lon, 0.0, rings))


@pytest.mark.parametrize("lon", [-179.97, 179.97, 0.0, 28.0])
def test_a_circle_holds_what_is_near_and_nothing_across_the_world(lon: float) -> None:
    area = spot(-16.85, lon, ring(-16.85, lon, 15.0))
    for km, bearing in ((5.0, 90.0), (5.0, 270.0), (12.0, 0.0)):
        assert km_apart(area, spot(*moved(-16.85, lon, km, bearing))) == 0
    across = spot(-16.85, (lon + 150 + 180) % 360 - 180)
    assert km_apart(area, across) == km_apart(across, area)
    assert km_apart(area, across) > 10_000


@given(st.floats(-80, 80), st.floats(-180, 180), st.floats(2, 300), st.floats(0, 360),
       st.floats(0, 3))  # fmt: skip
def test_a_circle_as_an_area_is_as_far_as_the_circle(
    lat: float, lon: float, km: float, bearing: float, share: float
) -> None:
    area, point = spot(lat, lon, ring(lat, lon, km)), spot(*moved(lat, lon, km * share, bearing))
    apart = km_apart(area, point)
    if share < 0.95:  # a ring of sixteen corners stays this close to its circle
        assert apart == 0
    if share > 1.05:
        least = km * (share - 1)
        # measured to the nearest corner, which is at most a sixteenth of the circle away
        assert least * 0.99 <= apart <= least + 0.4 * km
    assert distance_km(lat, lon, *moved(lat, lon, km, bearing)) == pytest.approx(km, rel=1e-6)
