"""The places one name may mean, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Every place a name may mean, most populous first; the arrays run side by side.

    `country`, `admin1`, `admin2` are numbers into the gazetteer's code lists, 0 for none; `feature`
    and `kind` are `Feature` and `NameKind` numbers; `xyz` are unit vectors, `capital` marks
    a country's, `all` is true throughout; `short` says whether an abbreviation is among the names.
    """

    key: str
    rows: NDArray[np.int64]
    kind: NDArray[np.uint8]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    xyz: NDArray[np.float32]
    country: NDArray[np.int32]
    admin1: NDArray[np.int32]
    admin2: NDArray[np.int32]
    feature: NDArray[np.uint8]
    population: NDArray[np.int64]
    capital: NDArray[np.bool_]
    all: NDArray[np.bool_]
    short: bool


def unit_vectors(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float32]:
    """Points of the unit sphere, (n, 3), for degrees."""
    phi, lam = np.radians(lat), np.radians(lon)
    vectors = (np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi))
    return np.stack(vectors, axis=-1).astype(np.float32)
