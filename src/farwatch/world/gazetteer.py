"""The gazetteer: every place name, memory-mapped from what `farwatch world build` compiled."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from farwatch.errors import NotFound, StoreError
from farwatch.world.candidates import Candidates
from farwatch.world.feature import Entry, Feature, NameKind, PlaceRecord
from farwatch.world.fold import fold, name_hash
from farwatch.world.nearest import NearestPlaces
from farwatch.world.table import COLUMNS, VERSION

BUILT = Path(__file__).parent / "built"
_NO_CODE = 0


class Gazetteer:
    """A compiled table. Opening maps the files (a few milliseconds); processes share the memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            about = json.loads((folder / "gazetteer.json").read_text(encoding="utf-8"))
            if about["version"] != VERSION:
                raise StoreError(
                    f"gazetteer in {str(folder)!r} is of version {about['version']}, "
                    f"{VERSION} is needed: run `farwatch world build` or import it again"
                )
            self._columns = {name: _mapped(folder / f"{name}.npy") for name in COLUMNS}
            self._keys = _mapped(folder / "name_key.npy").data
            self._name_row = _mapped(folder / "name_row.npy")
            self._name_kind = _mapped(folder / "name_kind.npy")
            self._prefix_key = _mapped(folder / "prefix_key.npy").data
            self._prefix_words = _mapped(folder / "prefix_words.npy")
            self._names = np.memmap(folder / "names.bin", dtype="u1", mode="r")
        except OSError as error:
            raise StoreError(
                f"gazetteer in {str(folder)!r} is not there ({error.strerror or error}): "
                "run `farwatch world build`"
            ) from error
        self.about: dict[str, Any] = about
        self.countries: list[str] = about["countries"]
        self.admin1_codes: list[str] = about["admin1"]
        self._fcodes: list[str] = about["fcodes"]
        self._capital = self._fcodes.index("P.PPLC") if "P.PPLC" in self._fcodes else -1
        self._cache: dict[str, Candidates | None] = {}
        self._words: dict[str, int] = {}

    def __len__(self) -> int:
        """How many places it holds."""
        return len(self._columns["lat"])

    # One place -----------------------------------------------------------------------------------

    def record(self, row: int, *, alternate: bool = False) -> PlaceRecord:
        """The place in one row of the table."""
        column = self._columns
        admin1 = int(column["admin1"][row])
        fclass, _, fcode = self._fcodes[column["fcode"][row]].partition(".")
        return PlaceRecord(
            row=row,
            geonameid=int(column["geonameid"][row]) or None,
            name=self.name_of(row),
            lat=float(column["lat"][row]),
            lon=float(column["lon"][row]),
            country=self.countries[column["country"][row]] or None,
            admin1=self.admin1_codes[admin1].partition(".")[2] or None,
            admin1_name=self.admin1_names.get(self.admin1_codes[admin1]),
            admin2=self.admin2_codes[column["admin2"][row]] or None,
            feature_class=fclass,
            feature_code=fcode,
            population=int(column["population"][row]),
            precision=Feature(int(column["feature"][row])).precision,
            alternate=alternate,
        )

    def name_of(self, row: int) -> str:
        """The main name of a row."""
        start = int(self._columns["name_at"][row])
        last = row + 1 == len(self)
        end = len(self._names) if last else int(self._columns["name_at"][row + 1])
        return bytes(self._names[start : end - 1]).decode()

    def place(self, geonameid: int) -> PlaceRecord:
        """The place with GeoNames' number; raises NotFound."""
        order, numbers = self._by_number
        at = int(np.searchsorted(numbers, geonameid))
        if at == len(numbers) or numbers[at] != geonameid or geonameid <= 0:
            raise NotFound(f"no place has the GeoNames id {geonameid}")
        return self.record(int(order[at]))

    def lookup(self, name: str) -> list[PlaceRecord]:
        """Every place of that name, accents and case folded, most populous first; maybe none."""
        found = self.candidates(fold(name))
        if found is None:
            return []
        return [
            self.record(int(row), alternate=bool(kind != NameKind.PRIMARY))
            for row, kind in zip(found.rows, found.kind, strict=True)
        ]

    # Names ---------------------------------------------------------------------------------------

    def candidates(self, key: str) -> Candidates | None:
        """Every place of a folded name; None if no place has it. Cached."""
        try:
            return self._cache[key]
        except KeyError:
            if len(self._cache) > 200_000:
                self._cache.clear()
            found = self._cache[key] = self._find(key)
            return found

    def longest(self, word: str) -> int:
        """How many words the longest name has that begins with this folded word; 1 if none."""
        try:
            return self._words[word]
        except KeyError:
            number = name_hash(word)
            at = bisect_left(self._prefix_key, number)
            known = at < len(self._prefix_key) and self._prefix_key[at] == number
            if len(self._words) > 500_000:
                self._words.clear()
            length = self._words[word] = int(self._prefix_words[at]) if known else 1
            return length

    def _find(self, key: str) -> Candidates | None:
        number = name_hash(key)
        low = bisect_left(self._keys, number)
        if low == len(self._keys) or self._keys[low] != number:
            return None
        high = bisect_right(self._keys, number, low)
        rows = self._name_row[low:high].astype(np.int64)
        return Candidates(key, rows, self._name_kind[low:high], self._columns, self._capital)

    def hashed_names(self) -> dict[int, list[tuple[int, int]]]:
        """Row -> its names as (hash, kind), to copy into another table."""
        found: dict[int, list[tuple[int, int]]] = {}
        columns = (self._name_row.tolist(), list(self._keys), self._name_kind.tolist())
        for row, key, kind in zip(*columns, strict=True):
            found.setdefault(row, []).append((key, kind))
        return found

    def numbers(self) -> frozenset[int]:
        """Every GeoNames id it holds."""
        return frozenset(self._columns["geonameid"].tolist()) - {0}

    def prefixes(self) -> list[tuple[int, int]]:
        """First words (hashes) and how many words the longest name has, to copy likewise."""
        return list(zip(self._prefix_key, self._prefix_words.tolist(), strict=True))

    def entry(self, row: int) -> Entry:
        """The place in a row as it was compiled, without its names."""
        place, column = self.record(row), self._columns
        return Entry(
            name=place.name,
            lat=place.lat,
            lon=place.lon,
            feature=Feature(int(column["feature"][row])),
            geonameid=place.geonameid or 0,
            country=place.country or "",
            admin1=self.admin1_codes[column["admin1"][row]],
            admin2=place.admin2 or "",
            fcode=self._fcodes[column["fcode"][row]],
            population=place.population,
        )

    # Bulk ----------------------------------------------------------------------------------------

    @cached_property
    def admin2_codes(self) -> list[str]:
        """GeoNames' admin-2 codes ("US.LA.079") by their number; "" is none."""
        return (self.folder / "admin2.txt").read_text(encoding="utf-8").split("\n")

    @cached_property
    def admin1_rows(self) -> dict[str, int]:
        """Admin-1 code ("ZM.08") -> row of that unit."""
        rows = np.flatnonzero(self._columns["feature"] == Feature.ADMIN1)
        return {self.admin1_codes[self._columns["admin1"][row]]: int(row) for row in rows[::-1]}

    @cached_property
    def admin1_names(self) -> dict[str, str]:
        """Admin-1 code ("ZM.08") -> its name."""
        return {code: self.name_of(row) for code, row in self.admin1_rows.items()}

    @cached_property
    def country_rows(self) -> dict[str, int]:
        """Alpha-2 -> row of the country."""
        rows = np.flatnonzero(self._columns["feature"] == Feature.COUNTRY)
        return {self.countries[self._columns["country"][row]]: int(row) for row in rows[::-1]}

    @cached_property
    def _by_number(self) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        order = np.argsort(self._columns["geonameid"], kind="stable")
        return order, self._columns["geonameid"][order]

    @cached_property
    def cities(self) -> NearestPlaces:
        """The populated places as a search tree; built once, about 0.2 s for 235 thousand."""
        rows = np.flatnonzero(self._columns["feature"] == Feature.CITY)
        return NearestPlaces(rows, *(self._columns[n][rows] for n in ("lat", "lon", "country")))

    def nearest(self, lat: float, lon: float, n: int = 1) -> list[tuple[PlaceRecord, float]]:
        """The `n` populated places nearest to a point, each with its distance in km."""
        rows, distance = self.cities.query(np.array([lat]), np.array([lon]), n)
        return [
            (self.record(int(row)), float(km)) for row, km in zip(rows[0], distance[0], strict=True)
        ]

    def admin1_of(
        self, lats: ArrayLike, lons: ArrayLike, countries: Sequence[str | None] | None = None
    ) -> list[str | None]:
        """Admin-1 code ("ZM.08") of each point: that of the nearest populated place.

        With `countries` (alpha-2, None for unknown) the place must lie in that country; where none
        of the 32 nearest does, the answer is None.
        """
        wanted = None
        if countries is not None:
            number = {code: i for i, code in enumerate(self.countries)}
            wanted = np.array([number.get(code or "", -1 if code else 0) for code in countries])
        rows = self.cities.one(np.asarray(lats, float), np.asarray(lons, float), wanted)
        found = np.where(rows >= 0, self._columns["admin1"][np.maximum(rows, 0)], _NO_CODE)
        return [self.admin1_codes[i] or None for i in found]

    def places(self, min_population: int = 0) -> pa.Table:
        """Populated places: row, geonameid, name, lat, lon, country, admin1 code, population."""
        column = self._columns
        chosen = (column["feature"] == Feature.CITY) & (column["population"] >= min_population)
        rows = np.flatnonzero(chosen)
        return pa.table(
            {
                "row": rows,
                "geonameid": column["geonameid"][rows].astype(np.int64),
                "name": [self.name_of(int(row)) for row in rows],
                "lat": column["lat"][rows],
                "lon": column["lon"][rows],
                "country": pa.array(self.countries).take(pa.array(column["country"][rows])),
                "admin1": pa.array(self.admin1_codes).take(pa.array(column["admin1"][rows])),
                "population": column["population"][rows].astype(np.int64),
            }
        )


def open(path: Path | None = None) -> Gazetteer:  # noqa: A001 - gazetteer.open() reads as it is
    """The gazetteer in `path`, or the built-in one; raises StoreError if it is not compiled."""
    return Gazetteer(BUILT if path is None else path)


def prefer(path: Path) -> Gazetteer:
    """The gazetteer a user imported into `path` if there is one, else the built-in one."""
    return open(path if (path / "gazetteer.json").is_file() else None)


def _mapped(path: Path) -> NDArray[Any]:
    # A view without memmap's own class: its indexing is several times slower.
    try:
        mapped: NDArray[Any] = np.load(path, mmap_mode="r").view(np.ndarray)
    except ValueError:  # an empty file cannot be mapped
        mapped = np.load(path)
    return mapped
