"""The places one name may mean, as arrays read from the mapped table when first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from farwatch.world.feature import NameKind

_SHORT = int(NameKind.SHORT)


class Candidates:
    """Every place a name may mean, most populous first; the arrays run side by side.

    `country`, `admin1`, `admin2` are numbers into the gazetteer's code lists, 0 for none; `feature`
    and `kind` are `Feature` and `NameKind` numbers; `xyz` are unit vectors, `capital` marks
    a country's, `all` is true throughout; `short` says whether an abbreviation is among the names.
    """

    def __init__(
        self,
        key: str,
        rows: NDArray[np.int64],
        kind: NDArray[np.uint8],
        columns: Mapping[str, NDArray[Any]],
        capital: int,
    ) -> None:
        self.key, self.rows, self.kind = key, rows, kind
        self.all = np.ones(len(rows), dtype=bool)
        self.short = _SHORT in kind.tolist()
        self._columns, self._capital = columns, capital

    @cached_property
    def feature(self) -> NDArray[np.uint8]:
        """`Feature` numbers."""
        return np.asarray(self._columns["feature"][self.rows])

    @cached_property
    def population(self) -> NDArray[np.int64]:
        """People, 0 for unknown."""
        return self._columns["population"][self.rows].astype(np.int64)

    @cached_property
    def country(self) -> NDArray[np.int32]:
        """Numbers of countries."""
        return self._columns["country"][self.rows].astype(np.int32)

    @cached_property
    def admin1(self) -> NDArray[np.int32]:
        """Numbers of first-level units."""
        return np.asarray(self._columns["admin1"][self.rows])

    @cached_property
    def admin2(self) -> NDArray[np.int32]:
        """Numbers of second-level units."""
        return np.asarray(self._columns["admin2"][self.rows])

    @cached_property
    def capital(self) -> NDArray[np.bool_]:
        """Which are capitals of countries."""
        return np.asarray(self._columns["fcode"][self.rows] == self._capital)

    @cached_property
    def xyz(self) -> NDArray[np.float32]:
        """Unit vectors, (n, 3)."""
        return unit_vectors(self._columns["lat"][self.rows], self._columns["lon"][self.rows])


def unit_vectors(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.float32]:
    """Points of the unit sphere, (n, 3), for degrees."""
    phi, lam = np.radians(lat), np.radians(lon)
    vectors = np.empty((len(phi), 3), dtype=np.float32)
    level = np.cos(phi)
    vectors[:, 0] = level * np.cos(lam)
    vectors[:, 1] = level * np.sin(lam)
    vectors[:, 2] = np.sin(phi)
    return vectors
