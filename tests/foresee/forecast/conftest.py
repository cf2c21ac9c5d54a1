"""What the local forecasts are tried on, made once."""

import numpy as np
import pytest
from tests.foresee.forecast.made_up import TOWNS, history

from farwatch.foresee.forecast.happenings import Happenings
from farwatch.foresee.grid import Floats


@pytest.fixture(scope="session")
def events() -> Happenings:
    return history()


@pytest.fixture(scope="session")
def towns() -> tuple[Floats, Floats]:
    """Twelve places: four near each of the towns."""
    lat = np.concatenate([TOWNS[0] + shift for shift in (0.0, 0.1, -0.1, 0.05)])
    lon = np.concatenate([TOWNS[1] + shift for shift in (0.0, 0.05, -0.05, -0.1)])
    return lat, lon
