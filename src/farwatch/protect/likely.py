"""How likely a site is inside a happening's reach, given where the happening may have been."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

_POINT_KM = 1e-6


def inside(
    distance_km: ArrayLike, reach_km: ArrayLike, uncertainty_km: ArrayLike
) -> NDArray[np.float64]:
    """P(site within reach) when the happening lies anywhere in a disc, each spot alike.

    It is the share of the uncertainty disc that a disc of the reach around the site covers (the
    area of a lens, on a plane: good to 1 % up to 500 km). Arrays broadcast; answers are 0-1.
    """
    d, r, u = np.broadcast_arrays(
        *(np.asarray(value, dtype=np.float64) for value in (distance_km, reach_km, uncertainty_km))
    )
    whole = d + u <= r
    swallowed = ~whole & (d + r <= u)
    lens = ~whole & ~swallowed & (d < r + u) & (u > _POINT_KM) & (r > 0)
    answer = np.where(whole | ((u <= _POINT_KM) & (d <= r)), 1.0, 0.0)
    answer = np.where(swallowed & (u > _POINT_KM), (r / np.maximum(u, _POINT_KM)) ** 2, answer)
    if lens.any():
        answer[lens] = _lens(d[lens], r[lens], u[lens])
    return answer


def _lens(
    d: NDArray[np.float64], r: NDArray[np.float64], u: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Area common to discs of radius `r` and `u` at distance `d`, over the area of the `u` disc."""
    at_r = np.clip((d * d + r * r - u * u) / (2 * d * r), -1, 1)
    at_u = np.clip((d * d + u * u - r * r) / (2 * d * u), -1, 1)
    kite = np.sqrt(np.maximum((-d + r + u) * (d + r - u) * (d - r + u) * (d + r + u), 0)) / 2
    area = r * r * np.arccos(at_r) + u * u * np.arccos(at_u) - kite
    return np.clip(area / (np.pi * u * u), 0, 1)
