"""Where an assessment is made: the populated H3 cells, with their admin-1, country and people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import h3
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from farwatch.errors import NotFound
from farwatch.model.place import EARTH_KM

RESOLUTION = 5
_SMALL = 7  # of the cell of a state that is smaller than a cell
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Grid:
    """Cells side by side. `place` is "cell:<H3 index>" (or any name of a unit of estimate).

    `country` and `admin1` are numbers into `countries` (alpha-2) and `admin1s` ("ET.53"), -1 for
    none; `population` counts people, at least 1 in a populated cell.
    """

    place: tuple[str, ...]
    lat: Floats
    lon: Floats
    country: Ints
    admin1: Ints
    population: Floats
    countries: tuple[str, ...]
    admin1s: tuple[str, ...]

    def __len__(self) -> int:
        """How many cells it has."""
        return len(self.place)

    @cached_property
    def row(self) -> dict[str, int]:
        """Name of a cell -> its number."""
        return {name: i for i, name in enumerate(self.place)}

    @cached_property
    def tree(self) -> cKDTree:
        """The centres as points of the sphere, in km."""
        return cKDTree(sphere(self.lat, self.lon))

    @cached_property
    def country_number(self) -> dict[str, int]:
        """Alpha-2 -> number."""
        return {code: i for i, code in enumerate(self.countries)}

    @cached_property
    def admin1_number(self) -> dict[str, int]:
        """Admin-1 code ("ET.53") -> number."""
        return {code: i for i, code in enumerate(self.admin1s)}

    def admin1_share(self, disc_km: float) -> Floats:
        """Chance that a happening somewhere in a cell's admin-1 lies in the cell's disc.

        It is the share of the admin-1's people who live within the disc, at most 1.
        """
        pairs = self.tree.sparse_distance_matrix(self.tree, disc_km, output_type="ndarray")
        inside = self.admin1[pairs["i"]] == self.admin1[pairs["j"]]
        i, j = pairs["i"][inside], pairs["j"][inside]
        size = (len(self), len(self))
        around = csr_matrix((np.ones(len(i)), (i, j)), shape=size) @ self.population
        total = np.bincount(self.admin1 + 1, self.population, minlength=len(self.admin1s) + 1)
        share = np.minimum(1.0, around / np.maximum(total[self.admin1 + 1], 1.0))
        return np.where(self.admin1 >= 0, share, 0.0)

    def members(self, place: str) -> Ints:
        """Numbers of the cells of "cell:...", "admin1:ET.53" or "country:ET"; raises NotFound."""
        kind, _, code = place.partition(":")
        if kind == "country" and code in self.country_number:
            return np.flatnonzero(self.country == self.country_number[code])
        if kind == "admin1" and code in self.admin1_number:
            return np.flatnonzero(self.admin1 == self.admin1_number[code])
        if place in self.row:
            return np.array([self.row[place]], dtype=np.int64)
        raise NotFound(f"place {place!r} is no populated cell, admin-1 or country of the gazetteer")

    def nearest(self, lat: float, lon: float) -> tuple[int, float]:
        """Number of the nearest cell and its distance in km."""
        km, row = self.tree.query(sphere(np.array([lat]), np.array([lon]))[0])
        return int(row), float(km)

    def with_point(self, lat: float, lon: float) -> tuple[Grid, str]:
        """A grid that holds the cell of a point, and the cell's name.

        An unpopulated cell takes country and admin-1 of the nearest populated one within 100 km
        and counts one person; farther off it has neither.
        """
        name, centre = cell_of(lat, lon)
        if name in self.row:
            return self, name
        row, km = self.nearest(*centre)
        near = km <= 100
        return replace(
            self,
            place=(*self.place, name),
            lat=np.append(self.lat, centre[0]),
            lon=np.append(self.lon, centre[1]),
            country=np.append(self.country, self.country[row] if near else -1),
            admin1=np.append(self.admin1, self.admin1[row] if near else -1),
            population=np.append(self.population, 1.0),
        ), name

    def only(self, country: str) -> Grid:
        """The cells of one country (alpha-2), for an assessment of it alone; raises NotFound."""
        return self.take(self.members(f"country:{country}"))

    def around(self, places: Iterable[str]) -> Grid:
        """All cells of the countries that the places lie in; raises NotFound."""
        wanted = np.unique(np.concatenate([self.country[self.members(p)] for p in places]))
        return self.take(np.flatnonzero(np.isin(self.country, wanted)))

    def take(self, rows: Ints) -> Grid:
        """Only these cells; numbers of countries and admin-1s stay."""
        return replace(
            self,
            place=tuple(self.place[i] for i in rows.tolist()),
            lat=self.lat[rows],
            lon=self.lon[rows],
            country=self.country[rows],
            admin1=self.admin1[rows],
            population=self.population[rows],
        )


def sphere(lat: Floats, lon: Floats) -> Floats:
    """Points of the sphere in km, (n, 3), for degrees."""
    phi, lam = np.radians(lat), np.radians(lon)
    return EARTH_KM * np.stack(
        (np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)), axis=-1
    )


def numbered(keys: Ints) -> tuple[Ints, Ints]:
    """Distinct keys in order of appearance, and each row's number among them.

    By hash: on a million rows several times faster than numpy's unique, which sorts.
    """
    coded = pa.array(keys).dictionary_encode()
    return np.asarray(coded.dictionary), np.asarray(coded.indices).astype(np.int64)


def cell_of(lat: float, lon: float) -> tuple[str, tuple[float, float]]:
    """Name of the cell that holds a point, and its centre."""
    cell = h3.latlng_to_cell(lat, lon, RESOLUTION)
    return f"cell:{cell}", h3.cell_to_latlng(cell)


def from_places(places: pa.Table) -> Grid:
    """The populated cells of a gazetteer's places.

    Columns: lat, lon (degrees), country (alpha-2), admin1 ("ET.53" or null), population. A cell
    takes country and admin-1 of its largest place; a place of unknown population counts one person.
    """
    size = np.maximum(_numbers(places, "population"), 1.0)
    order = np.argsort(-size, kind="stable")
    lat, lon = _numbers(places, "lat")[order], _numbers(places, "lon")[order]
    cells = [
        h3.latlng_to_cell(a, b, RESOLUTION) for a, b in zip(lat.tolist(), lon.tolist(), strict=True)
    ]
    names, first, cell = np.unique(np.array(cells, dtype="U15"), True, True)  # noqa: FBT003 - numpy's
    centre = np.array([h3.cell_to_latlng(name) for name in names.tolist()]).reshape(-1, 2)
    countries, country = _numbered(places, "country")
    admin1s, admin1 = _numbered(places, "admin1")
    grid = Grid(
        place=tuple(f"cell:{name}" for name in names.tolist()),
        lat=centre[:, 0],
        lon=centre[:, 1],
        country=country[order][first],
        admin1=admin1[order][first],
        population=np.bincount(cell, size[order], minlength=len(names)).astype(float),
        countries=countries,
        admin1s=admin1s,
    )
    return _with_small_states(grid, lat, lon, country[order], admin1[order], size[order])


def _with_small_states(
    grid: Grid, lat: Floats, lon: Floats, country: Ints, admin1: Ints, size: Floats
) -> Grid:
    """The grid with a smaller cell for each country whose places all lie in a neighbour's cells.

    The arrays are the places, largest first. Such a country (Liechtenstein, the Vatican) would
    else be nowhere; its cell is that of its largest place and holds all its people.
    """
    numbers, first = np.unique(country, return_index=True)
    lost = first[~np.isin(numbers, grid.country) & (numbers >= 0)]
    if not len(lost):
        return grid
    points = zip(lat[lost].tolist(), lon[lost].tolist(), strict=True)
    cells = [h3.latlng_to_cell(a, b, _SMALL) for a, b in points]
    centre = np.array([h3.cell_to_latlng(cell) for cell in cells])
    people = np.bincount(country[country >= 0], size[country >= 0], minlength=len(grid.countries))
    return replace(
        grid,
        place=(*grid.place, *(f"cell:{cell}" for cell in cells)),
        lat=np.append(grid.lat, centre[:, 0]),
        lon=np.append(grid.lon, centre[:, 1]),
        country=np.append(grid.country, country[lost]),
        admin1=np.append(grid.admin1, admin1[lost]),
        population=np.append(grid.population, people[country[lost]]),
    )


def from_sites(
    lat: Sequence[float], lon: Sequence[float], country: str, admin1: Sequence[str]
) -> Grid:
    """One unit of estimate a site ("site:0" ...), its disc around the site itself."""
    codes = tuple(sorted(set(admin1)))
    number = {code: i for i, code in enumerate(codes)}
    return Grid(
        place=tuple(f"site:{i}" for i in range(len(lat))),
        lat=np.asarray(lat, dtype=float),
        lon=np.asarray(lon, dtype=float),
        country=np.zeros(len(lat), dtype=np.int64),
        admin1=np.array([number[code] for code in admin1], dtype=np.int64),
        population=np.ones(len(lat)),
        countries=(country,),
        admin1s=codes,
    )


def _numbers(table: pa.Table, name: str) -> Floats:
    return np.asarray(table[name].cast(pa.float64()).fill_null(0.0).to_numpy(), dtype=float)


def _numbered(table: pa.Table, name: str) -> tuple[tuple[str, ...], Ints]:
    """The distinct words of a column and each row's number among them, -1 for null and ""."""
    coded = table[name].cast(pa.string()).combine_chunks().dictionary_encode()
    words = coded.dictionary.to_pylist()
    kept = tuple(word for word in words if word)
    number = {word: i for i, word in enumerate(kept)}
    lookup = np.array([number.get(word, -1) for word in words] + [-1], dtype=np.int64)
    codes = np.asarray(coded.indices.fill_null(len(words)).to_numpy(zero_copy_only=False))
    return kept, lookup[codes.astype(np.int64)]
