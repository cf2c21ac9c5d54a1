"""Shaking at a distance: macroseismic intensity (MMI) predicted from magnitude and depth.

Allen, Wald and Worden (2012), "Intensity attenuation for active crustal regions", Journal of
Seismology 16:409-433: the relation for hypocentral distance. Rupture length: Wells and
Coppersmith (1994), BSSA 84:974-1002, subsurface length, all slip types.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

_C0, _C1, _C2, _C4 = 2.085, 1.428, -1.402, 0.078
_M1, _M2 = -0.209, 2.042
_FAR_KM = 50.0
_MOST_KM = 2500.0  # beyond this no recorded intensity supports the relation


def intensity(
    magnitude: ArrayLike, depth_km: ArrayLike, distance_km: ArrayLike
) -> NDArray[np.float64]:
    """MMI at an epicentral distance; arrays broadcast. Standard deviation is about 0.8 units."""
    mag = np.asarray(magnitude, dtype=np.float64)
    hypo = np.hypot(np.asarray(distance_km, np.float64), np.asarray(depth_km, np.float64))
    source = _M1 + _M2 * np.exp(mag - 5)
    far = np.where(hypo > _FAR_KM, _C4 * np.log(np.maximum(hypo, _FAR_KM) / _FAR_KM), 0.0)
    return np.asarray(
        _C0 + _C1 * mag + _C2 * np.log(np.maximum(np.hypot(hypo, source), 1e-3)) + far,
        dtype=np.float64,
    )


def reach_km(magnitude: ArrayLike, depth_km: ArrayLike, mmi: ArrayLike) -> NDArray[np.float64]:
    """Epicentral km within which the predicted intensity is at least `mmi`; 0 if nowhere.

    By bisection to 0.01 km: intensity falls with distance.
    """
    mag, depth, wanted = np.broadcast_arrays(
        *(np.asarray(value, dtype=np.float64) for value in (magnitude, depth_km, mmi))
    )
    low, high = np.zeros(mag.shape), np.full(mag.shape, _MOST_KM)
    for _ in range(18):
        middle = (low + high) / 2
        inside = intensity(mag, depth, middle) >= wanted
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    return np.where(intensity(mag, depth, 0.0) >= wanted, (low + high) / 2, 0.0)


def half_rupture_km(magnitude: ArrayLike, from_magnitude: float) -> NDArray[np.float64]:
    """Half the rupture's length from `from_magnitude` up, else 0: it may point at the site."""
    mag = np.asarray(magnitude, dtype=np.float64)
    return np.where(mag >= from_magnitude, 10 ** (-2.44 + 0.59 * mag) / 2, 0.0)
