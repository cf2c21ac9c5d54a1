"""SiteIndex: sites sorted by rows of latitude, so that a reach anywhere is a few slices.

The earth is a sphere of 6371.0088 km: distances are right to 0.5 %. A circle that crosses the
antimeridian becomes two slices a row; one that holds a pole takes its rows whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from farwatch.model.place import EARTH_KM
from farwatch.model.protect import Site

_ROW_DEG = 0.1
_ROWS = int(180 / _ROW_DEG)
_STRIDE = 400.0  # more than 360: rows never overlap in the sort key
_PAD_DEG = 1e-6  # rounding never loses a site on the edge
_MOST_CANDIDATES = 4_000_000  # looked at together: bounds memory to some 300 MB

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Circles and the sites in them: `circle` and `site` are row numbers, `km` their distance."""

    circle: Ints
    site: Ints
    km: Floats


class SiteIndex:
    """The sites in our care, by place. `ids`, `lat`, `lon` ... are columns in the order given."""

    def __init__(self, table: pa.Table, sites: Sequence[Site] | None = None) -> None:
        """Of a table in the shape of model.tables.SITES; `sites` are the same rows as nouns."""
        self.table = table
        self.sites = sites
        self.lat: Floats = _floats(table, "lat")
        self.lon: Floats = _floats(table, "lon")
        row = np.clip(((self.lat + 90) / _ROW_DEG).astype(np.int64), 0, _ROWS - 1)
        key = row * _STRIDE + _wrapped(self.lon) + 180
        self._order: Ints = np.argsort(key)
        self._key: Floats = key[self._order]
        self._vectors = _unit(self.lat[self._order], self.lon[self._order])

    @classmethod
    def of(cls, sites: Iterable[Site]) -> Self:
        """An index over Sites."""
        given = list(sites)
        columns = {
            "id": pa.array([site.id for site in given], pa.string()),
            "lat": pa.array([site.lat for site in given], pa.float64()),
            "lon": pa.array([site.lon for site in given], pa.float64()),
            "country": pa.array([site.country for site in given], pa.string()),
            "admin1": pa.array([site.admin1 for site in given], pa.string()),
            "tier": pa.array([site.tier for site in given], pa.int8()),
            "coast_km": pa.array([site.coast_km for site in given], pa.float64()),
            "height_m": pa.array([site.height_m for site in given], pa.float64()),
        }
        return cls(pa.table(columns), given)

    def id(self, row: int) -> str:
        """The site's id."""
        return str(self.table["id"][row].as_py())

    def name(self, row: int) -> str:
        """The site's name; its id where only a table is known."""
        return self.id(row) if self.sites is None else self.sites[row].name

    def row(self, site: str) -> int | None:
        """The row of a site's id; None if it is not ours."""
        return self._rows.get(site)

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {site: row for row, site in enumerate(self.table["id"].to_pylist())}

    @cached_property
    def units(self) -> dict[tuple[str, str | None], list[int]]:
        """Rows by country, (ET, None), and by admin-1 unit, (ET, 53)."""
        found: dict[tuple[str, str | None], list[int]] = {}
        columns = (self.table["country"].to_pylist(), self.table["admin1"].to_pylist())
        for row, (country, admin1) in enumerate(zip(*columns, strict=True)):
            if country is not None:
                found.setdefault((country, None), []).append(row)
                if admin1 is not None:
                    found.setdefault((country, unit_code(admin1)), []).append(row)
        return found

    def __len__(self) -> int:
        """How many sites."""
        return len(self.lat)

    def within(self, lat: float, lon: float, km: float) -> tuple[Ints, Floats]:
        """Row numbers and distances of the sites within `km` of a point, nearest first."""
        found = list(self.pairs(np.array([lat]), np.array([lon]), np.array([km])))
        site = np.concatenate([pairs.site for pairs in found] or [np.empty(0, np.int64)])
        away = np.concatenate([pairs.km for pairs in found] or [np.empty(0)])
        order = np.lexsort((site, away))
        return site[order], away[order]

    def pairs(self, lat: Floats, lon: Floats, km: Floats) -> Iterator[Pairs]:
        """Every site in every circle, in batches of bounded size; order within is not promised."""
        circle, row, low, high = _slices(lat, _wrapped(lon), km)
        base = row * _STRIDE + 180
        start = np.searchsorted(self._key, base + low, side="left")
        end = np.searchsorted(self._key, base + high, side="right")
        length = np.maximum(end - start, 0)
        kept = length > 0
        circle, start, length = circle[kept], start[kept], length[kept]
        centre = _unit(lat, lon)
        least = np.cos(np.minimum(np.maximum(km, 0) / EARTH_KM, np.pi)) - 1e-13
        for begin, stop in _batches(length):
            part = length[begin:stop]
            circles = np.repeat(circle[begin:stop], part)
            offset = np.arange(len(circles)) - np.repeat(np.cumsum(part) - part, part)
            spot = np.repeat(start[begin:stop], part) + offset
            cosine = np.einsum("ij,ij->i", self._vectors[spot], centre[circles])
            near = np.flatnonzero(cosine >= least[circles] - 1e-9)
            circles, spot = circles[near], spot[near]
            chord = np.linalg.norm(self._vectors[spot] - centre[circles], axis=1)
            away = 2 * EARTH_KM * np.arcsin(np.minimum(chord / 2, 1))
            inside = away <= km[circles]
            yield Pairs(circles[inside], self._order[spot[inside]], away[inside])


def unit_code(code: str | None) -> str | None:
    """The unit's own part of an admin-1 code: "08" of "ZM.08" and of "08"."""
    return code.rpartition(".")[2] if code else None


def _slices(lat: Floats, lon: Floats, km: Floats) -> tuple[Ints, Ints, Floats, Floats]:
    """Circle number, row, lowest and highest longitude of every slice that a circle may touch."""
    angle = np.degrees(np.maximum(km, 0) / EARTH_KM) + _PAD_DEG
    first = np.clip(((lat - angle + 90) / _ROW_DEG).astype(np.int64), 0, _ROWS - 1)
    last = np.clip(((lat + angle + 90) / _ROW_DEG).astype(np.int64), 0, _ROWS - 1)
    polar = np.abs(lat) + angle >= 90
    ratio = np.sin(np.radians(np.minimum(angle, 90))) / np.maximum(np.cos(np.radians(lat)), 1e-12)
    width = np.where(polar, 180.0, np.degrees(np.arcsin(np.minimum(ratio, 1))) + _PAD_DEG)
    rows = last - first + 1
    circle = np.repeat(np.arange(len(lat)), rows)
    row = np.repeat(first, rows) + np.arange(len(circle)) - np.repeat(np.cumsum(rows) - rows, rows)
    low, high = lon[circle] - width[circle], lon[circle] + width[circle]
    whole = high - low >= 360
    low, high = np.where(whole, -180.0, low), np.where(whole, 180.0, high)
    west, east = np.flatnonzero(low < -180), np.flatnonzero(high > 180)
    return (
        np.concatenate((circle, circle[west], circle[east])),
        np.concatenate((row, row[west], row[east])),
        np.concatenate((np.maximum(low, -180), low[west] + 360, np.full(len(east), -180.0))),
        np.concatenate((np.minimum(high, 180), np.full(len(west), 180.0), high[east] - 360)),
    )


def _batches(length: Ints) -> Iterator[tuple[int, int]]:
    """Ranges of slices that hold about as many candidates as may be looked at together."""
    if not len(length):
        return
    number = np.cumsum(length) // _MOST_CANDIDATES
    edges = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), len(length)]
    yield from pairwise(edges)


def _wrapped(lon: Floats) -> Floats:
    return (lon + 180) % 360 - 180


def _unit(lat: Floats, lon: Floats) -> Floats:
    phi, lam = np.radians(lat), np.radians(lon)
    across = np.cos(phi)
    return np.stack((across * np.cos(lam), across * np.sin(lam), np.sin(phi)), axis=-1)


def _floats(table: pa.Table, name: str) -> Floats:
    column = table.column(name).cast(pa.float64())
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)
