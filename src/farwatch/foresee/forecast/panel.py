"""The country-month panel as arrays: what a forecast is made from.

Deaths stand in `sb` (state-based, the target), `ns` (non-state) and `os` (one-sided), each of shape
(countries, months), float64; NaN where a country did not exist or was not coded, never a zero.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from farwatch.errors import NotFound, UsageError
from farwatch.model.history import month_written

if TYPE_CHECKING:
    import pyarrow as pa

Floats = NDArray[np.float64]
SERIES = {"sb": "ged_sb", "ns": "ged_ns", "os": "ged_os"}


@dataclass(frozen=True)
class Panel:
    """Countries by VIEWS id, in order; months without a gap from `first`."""

    countries: tuple[int, ...]
    codes: tuple[str | None, ...]  # alpha-2, None where the id is unknown to `world`
    first: int
    sb: Floats
    ns: Floats
    os: Floats

    @property
    def last(self) -> int:
        """The last month that any country is coded in."""
        return self.first + int(self.sb.shape[1]) - 1

    @cached_property
    def deaths(self) -> Floats:
        """State-based deaths with 0 for what was not coded: for sums, never for scores."""
        return np.nan_to_num(self.sb)

    def column(self, month: int) -> int:
        """Where a month stands; raises NotFound outside the panel."""
        if not self.first <= month <= self.last:
            raise NotFound(
                f"the panel holds {month_written(self.first)} to {month_written(self.last)}, "
                f"not {month_written(month)}"
            )
        return month - self.first

    def row(self, country: int) -> int:
        """Where a country stands; raises NotFound for an id the panel does not hold."""
        if country not in self.countries:
            raise NotFound(f"the panel holds no country {country}")
        return self.countries.index(country)

    @property
    def live(self) -> NDArray[np.int64]:
        """The rows that are coded in the last month: the countries to forecast."""
        return np.flatnonzero(np.isfinite(self.sb[:, -1]))

    def through(self, month: int) -> Panel:
        """The panel as it stood at the end of a month: what a forecast may see.

        Countries of which nothing was coded by then are left out. Raises NotFound outside it.
        """
        end = self.column(month) + 1
        known = np.isfinite(self.sb[:, :end]).any(axis=1)
        keep = np.flatnonzero(known)
        return replace(
            self,
            countries=tuple(self.countries[i] for i in keep),
            codes=tuple(self.codes[i] for i in keep),
            sb=self.sb[known, :end],
            ns=self.ns[known, :end],
            os=self.os[known, :end],
        )

    def digest(self) -> str:
        """SHA-256 of what it holds, so that a forecast can say what it was made from."""
        taken = hashlib.sha256(repr((self.countries, self.first)).encode())
        for one in (self.sb, self.ns, self.os):
            taken.update(np.ascontiguousarray(one).tobytes())
        return taken.hexdigest()


def panel_of(table: pa.Table, codes: dict[int, str]) -> Panel:
    """A panel from rows of (country_id, month_id, ged_sb[, ged_ns, ged_os]), in any order.

    `codes` gives ids their alpha-2. A null is "not coded"; a column that is missing is all null.
    Raises UsageError where nothing is coded, or a country and month stand twice.
    """
    import pyarrow.compute as pc

    table = table.filter(pc.is_valid(table["ged_sb"]))
    if not table.num_rows:
        raise UsageError("the panel codes no country in any month: ged_sb is empty")
    ids = np.asarray(table["country_id"].to_numpy(), dtype=np.int64)
    months = np.asarray(table["month_id"].to_numpy(), dtype=np.int64)
    countries, rows = np.unique(ids, return_inverse=True)
    first = int(months.min())
    shape = (len(countries), int(months.max()) - first + 1)
    places = rows * shape[1] + (months - first)
    if len(np.unique(places)) != len(places):
        twice = int(np.flatnonzero(np.bincount(places) > 1)[0])
        raise UsageError(
            f"the panel holds country {countries[twice // shape[1]]}, month "
            f"{first + twice % shape[1]} twice: keep one row of each"
        )
    return Panel(
        countries=tuple(int(one) for one in countries),
        codes=tuple(codes.get(int(one)) for one in countries),
        first=first,
        **{name: _filled(table, column, places, shape) for name, column in SERIES.items()},
    )


def _filled(
    table: pa.Table, column: str, places: NDArray[np.int64], shape: tuple[int, int]
) -> Floats:
    grid = np.full(shape, np.nan)
    if column in table.column_names:
        grid.flat[places] = table[column].cast("float64").to_numpy(zero_copy_only=False)
    return grid


def borders_of(panel: Panel) -> NDArray[np.bool_]:
    """Who borders whom among a panel's countries, by present borders."""
    from farwatch.world import borders

    return borders.open().neighbours(panel.codes)
