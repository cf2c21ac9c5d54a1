import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.protect.likely import inside
from farwatch.protect.shaking import half_rupture_km, intensity, reach_km


# Computed by the desk's reference from Allen and others (2012), one decimal.
@pytest.mark.parametrize(
    ("magnitude", "depth", "km", "mmi"),
    [
        (6.9, 10, 78, 5.8), (6.9, 10, 114, 5.4), (6.9, 10, 162, 4.9), (6.9, 10, 200, 4.6),
        (6.9, 10, 411, 3.7), (7.4, 25, 78, 6.5), (7.4, 25, 114, 6.0), (7.4, 25, 162, 5.6),
        (7.4, 25, 200, 5.3), (7.4, 25, 411, 4.4), (7.4, 25, 459, 4.2), (5.9, 20, 23, 5.7),
        (4.6, 10, 35, 3.6),
    ],
)  # fmt: skip
def test_intensity_is_the_published_one(magnitude: float, depth: float, km: float, mmi: float):
    assert float(intensity(magnitude, depth, km)) == pytest.approx(mmi, abs=0.06)


@pytest.mark.parametrize(
    ("magnitude", "reaches"),
    [(5, (18, 0, 0)), (6, (56, 26, 8)), (7, (166, 76, 33)), (8, (489, 227, 99))],
)
def test_reach_of_each_band_is_the_table_s(magnitude: float, reaches: tuple[float, ...]):
    assert reach_km(magnitude, 10, [5, 6, 7]) == pytest.approx(reaches, abs=1.0)


@given(st.floats(4, 9.5), st.floats(0, 700), st.floats(2, 9))
def test_intensity_at_its_reach_is_the_wanted_one(magnitude: float, depth: float, mmi: float):
    km = float(reach_km(magnitude, depth, mmi))
    if 0 < km < 2490:
        assert float(intensity(magnitude, depth, km)) == pytest.approx(mmi, abs=0.01)
    elif km == 0:
        assert float(intensity(magnitude, depth, 0)) < mmi


def test_half_a_rupture_counts_from_m7():
    assert half_rupture_km([6.9, 7.4], 7.0) == pytest.approx([0, 42.3], abs=0.5)


@pytest.mark.parametrize(
    ("d", "r", "u", "chance"),
    [
        (0, 3, 0, 1), (3, 3, 0, 1), (3.1, 3, 0, 0),  # a point known exactly
        (0, 3, 5, 0.36), (8, 3, 5, 0), (2, 8, 5, 1), (0, 0, 5, 0), (0, 0, 0, 1),
    ],
)  # fmt: skip
def test_chance_of_being_inside(d: float, r: float, u: float, chance: float):
    assert float(inside(d, r, u)) == pytest.approx(chance)


@given(st.floats(0, 100), st.floats(0.1, 60), st.floats(0.1, 60))
def test_chance_agrees_with_counting_spots(d: float, r: float, u: float):
    side = np.linspace(-u, u, 121)
    x, y = np.meshgrid(side, side)
    disc = np.hypot(x, y) <= u
    counted = (np.hypot(x - d, y)[disc] <= r).mean()
    assert float(inside(d, r, u)) == pytest.approx(counted, abs=0.03)
