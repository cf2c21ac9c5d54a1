"""The compiled table on disk: flat columns and sorted name hashes, written in bounded memory."""

from __future__ import annotations

import json
import shutil
from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from farwatch.world.feature import Entry, NameKind
from farwatch.world.fold import WORD, fold_word, join, name_hash

VERSION = 6
COLUMNS: dict[str, tuple[str, str]] = {  # column -> (array typecode, numpy dtype)
    "geonameid": ("Q", "u8"),
    "lat": ("d", "f8"),
    "lon": ("d", "f8"),
    "country": ("H", "u2"),
    "admin1": ("l", "i4"),
    "admin2": ("l", "i4"),
    "feature": ("B", "u1"),
    "fcode": ("H", "u2"),
    "population": ("Q", "u8"),
    "name_at": ("Q", "u8"),
}
MAX_WORDS = 7
_BUCKETS = 64
_NAME = np.dtype([("key", "<u8"), ("row", "<u4"), ("kind", "u1")])
_PREFIX = np.dtype([("key", "<u8"), ("words", "u1")])
_FLUSH = 50_000


class _Codes:
    """Strings numbered in the order they came."""

    def __init__(self) -> None:
        self.number: dict[str, int] = {"": 0}

    def __call__(self, code: str) -> int:
        return self.number.setdefault(code, len(self.number))


class TableWriter:
    """Writes entries to a folder; `finish` sorts the names bucket by bucket and seals it.

    Holds one bucket of names (a 64th) and the administrative codes in memory, whatever the input.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._work = folder / "unfinished"
        shutil.rmtree(self._work, ignore_errors=True)
        self._work.mkdir(parents=True)
        self._files: dict[str, BinaryIO] = {
            name: (self._work / f"{name}.raw").open("wb") for name in [*COLUMNS, "names"]
        }
        self._buckets = [(self._work / f"bucket{i}.raw").open("wb") for i in range(_BUCKETS)]
        self._columns = {name: array(code) for name, (code, _) in COLUMNS.items()}
        self._pending: list[list[tuple[int, int, int]]] = [[] for _ in range(_BUCKETS)]
        self._prefixes: dict[int, int] = {}
        self._country, self._admin1, self._admin2, self._fcode = (_Codes() for _ in range(4))
        self.rows = 0
        self._name_at = 0

    def add(self, entry: Entry) -> int:
        """Append one place with all its names; returns its row."""
        self._add_names(entry)
        return self._add_row(entry)

    def add_hashed(self, entry: Entry, names: Iterable[tuple[int, int]]) -> int:
        """Append one place of another table, its names given as (hash, kind); returns its row."""
        for number, kind in names:
            self._pending[number >> 58].append((number, self.rows, kind))
        return self._add_row(entry)

    def add_prefixes(self, prefixes: Iterable[tuple[int, int]]) -> None:
        """Take over (hash of a first word, words of the longest name) from another table."""
        for number, words in prefixes:
            self._prefixes[number] = max(self._prefixes.get(number, 1), words)

    def _add_row(self, entry: Entry) -> int:
        values = {
            "geonameid": entry.geonameid,
            "lat": entry.lat,
            "lon": entry.lon,
            "country": self._country(entry.country),
            "admin1": self._admin1(entry.admin1),
            "admin2": self._admin2(entry.admin2),
            "feature": int(entry.feature),
            "fcode": self._fcode(entry.fcode),
            "population": entry.population,
            "name_at": self._name_at,
        }
        for name, value in values.items():
            self._columns[name].append(value)  # type: ignore[arg-type]
        encoded = entry.name.encode() + b"\0"
        self._files["names"].write(encoded)
        self._name_at += len(encoded)
        self.rows += 1
        if self.rows % _FLUSH == 0:
            self._flush()
        return self.rows - 1

    def _add_names(self, entry: Entry) -> None:
        seen: set[str] = set()
        for name, kind in ((entry.name, NameKind.PRIMARY), *entry.names):
            words = [fold_word(word) for word in WORD.findall(name)]
            key = join(words)
            if not key or key in seen or len(words) > MAX_WORDS:
                continue
            seen.add(key)
            number = name_hash(key)
            self._pending[number >> 58].append((number, self.rows, int(kind)))
            if len(words) > 1:
                first = name_hash(key.split(" ", 1)[0])
                self._prefixes[first] = max(self._prefixes.get(first, 1), len(words))

    def _flush(self) -> None:
        for name, column in self._columns.items():
            column.tofile(self._files[name])
            del column[:]
        for bucket, rows in enumerate(self._pending):
            np.array(rows, dtype=_NAME).tofile(self._buckets[bucket])
            rows.clear()

    def finish(self, about: dict[str, Any]) -> None:
        """Sort, write the final files and the description; only then is the table usable.

        Files are replaced, never rewritten: a process that has the old ones mapped keeps them.
        """
        self._flush()
        self._close()
        final = self._work / "final"
        final.mkdir()
        for name, (code, dtype) in COLUMNS.items():
            stored = np.fromfile(self._work / f"{name}.raw", dtype=code)
            np.save(final / f"{name}.npy", stored.astype(dtype))
        shutil.move(self._work / "names.raw", final / "names.bin")
        self._write_names(final)
        prefixes = np.array(sorted(self._prefixes.items()), dtype=_PREFIX)
        for field in _PREFIX.names or ():
            np.save(final / f"prefix_{field}.npy", prefixes[field])
        (final / "admin2.txt").write_text("\n".join(self._admin2.number), encoding="utf-8")
        described = about | {
            "version": VERSION,
            "rows": self.rows,
            "countries": list(self._country.number),
            "admin1": list(self._admin1.number),
            "fcodes": list(self._fcode.number),
        }
        (self.folder / "gazetteer.json").unlink(missing_ok=True)
        for file in final.iterdir():
            file.replace(self.folder / file.name)
        shutil.rmtree(self._work)
        (self.folder / "gazetteer.json").write_text(json.dumps(described), encoding="utf-8")

    def __enter__(self) -> TableWriter:
        """Nothing is left behind unless `finish` is reached."""
        return self

    def __exit__(self, *error: object) -> None:
        """Discard what was not finished; a table that was in the folder stays as it was."""
        self._close()
        shutil.rmtree(self._work, ignore_errors=True)

    def _close(self) -> None:
        for file in [*self._files.values(), *self._buckets]:
            file.close()

    def _write_names(self, final: Path) -> None:
        population = np.load(final / "population.npy", mmap_mode="r")
        parts = {field: (self._work / f"{field}.sorted").open("wb") for field in _NAME.names or ()}
        for bucket in _sorted_buckets(self._work, population):
            for field, file in parts.items():
                bucket[field].tofile(file)
        for field, file in parts.items():
            file.close()
            stored = np.fromfile(self._work / f"{field}.sorted", dtype=_NAME[field])
            np.save(final / f"name_{field}.npy", stored)


def _sorted_buckets(work: Path, population: NDArray[np.uint64]) -> Iterable[NDArray[Any]]:
    """Each bucket sorted by hash, then by population, largest first.

    A bucket holds the hashes with the same six top bits, so the buckets in turn are all in order.
    """
    for index in range(_BUCKETS):
        names = np.fromfile(work / f"bucket{index}.raw", dtype=_NAME)
        size = population[names["row"]].astype(np.int64)
        yield names[np.lexsort((-size, names["key"]))]
