"""GeoNames' dump (19 tab-separated columns a line) compiled into a gazetteer of the same form.

Read in one pass, a line at a time: memory does not grow with the dump, but for the names of the
administrative units. The columns are those of the dump's readme: geonameid, name, asciiname,
alternatenames, latitude, longitude, feature class, feature code, country code, cc2, admin1-4 codes,
population, elevation, dem, timezone, modification date.
"""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from farwatch.errors import InputError, RejectedRows, UnreadableReport
from farwatch.world.demonyms import DEMONYMS
from farwatch.world.feature import Entry, Feature, NameKind
from farwatch.world.gazetteer import Gazetteer
from farwatch.world.packaged import kind_of, spellings
from farwatch.world.short_names import COUNTRY_NAMES, SHORT_UNITS
from farwatch.world.table import TableWriter

COLUMNS = 19
_SHOWN = 20  # how many bad lines are named
_COUNTRY_CODES = frozenset({"PCLI", "PCLD", "PCLF", "PCLS", "PCLIX", "PCL", "TERR"})
_REGION_CODES = frozenset({"CONT", "OCN", "SEA"})
_SPOTS = frozenset({"PK", "PT", "HLL", "MT", "VLC", "CAPE", "PASS", "SPNG", "WLL", "FLLS", "DAM"})
_HISTORIC = "H"  # PPLH, ADM1H: what was once there


@dataclass(frozen=True, slots=True)
class Dump:
    """The dump and GeoNames' other files beside it; of a zip, the like-named text is read."""

    places: Path
    admin1: Path | None = None  # admin1CodesASCII.txt: code, name, ascii name, geonameid
    admin2: Path | None = None  # admin2Codes.txt: the same
    alternate: Path | None = None  # alternateNamesV2.txt


@dataclass(slots=True)
class Imported:
    """What an import did; `rejected` holds the first bad lines, `refused` counts all."""

    places: int = 0
    names: int = 0
    refused: int = 0
    rejected: list[UnreadableReport] = field(default_factory=list)


def import_geonames(
    dump: Dump, target: Path, beside: Gazetteer | None = None, *, partial: bool = False
) -> Imported:
    """Compile the dump into `target`; what was there stays until the new one is complete.

    Places of `beside` (the built-in gazetteer) that the dump does not number are kept, so that a
    country's or a cities file still knows the other countries, units, airports and seas.
    A line that cannot be read refuses the whole import (RejectedRows, naming the first lines and
    how many), or with `partial` is left out and counted. Raises InputError for an unreadable file.
    """
    done = Imported()
    further = _alternate_names(dump.alternate, done) if dump.alternate else {}
    units = _units(dump.admin1, done) | _units(dump.admin2, done)
    with TableWriter(target) as writer:
        without = _write(_entries(dump.places, further, units, done), writer, done, beside)
        _accept(dump, done, partial=partial)
        if beside is not None:
            _copy(beside, writer, without)
        made_from = {dump.places.name: done.places}
        writer.finish({"made_from": made_from, "attribution": "GeoNames (geonames.org), CC BY 4.0"})
    return done


def _write(
    entries: Iterator[Entry], writer: TableWriter, done: Imported, beside: Gazetteer | None
) -> set[int]:
    """Write all entries; the ids among them that `beside` has too."""
    known = beside.numbers() if beside is not None else frozenset()
    numbered: set[int] = set()
    for entry in entries:
        writer.add(entry)
        done.places += 1
        done.names += 1 + len(entry.names)
        if entry.geonameid in known:
            numbered.add(entry.geonameid)
    return numbered


def _accept(dump: Dump, done: Imported, *, partial: bool) -> None:
    if done.refused and not partial:
        first = "; ".join(str(error) for error in done.rejected[:3])
        raise RejectedRows(
            str(dump.places),
            f"{done.refused:,} lines cannot be read, nothing was imported ({first}); "
            "--partial leaves them out",
        )
    if not done.places:
        raise InputError(str(dump.places), "holds no place")


def _copy(beside: Gazetteer, writer: TableWriter, without: set[int]) -> None:
    names = beside.hashed_names()
    for row in range(len(beside)):
        entry = beside.entry(row)
        if entry.geonameid not in without:
            writer.add_hashed(entry, names.get(row, ()))
    writer.add_prefixes(beside.prefixes())


@contextmanager
def _lines(path: Path) -> Iterator[Iterator[bytes]]:
    try:
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                names = [n for n in archive.namelist() if n.endswith(".txt") and "readme" not in n]
                name = next((n for n in names if Path(n).stem == path.stem), names[0])
                with archive.open(name) as file:
                    yield iter(io.BufferedReader(file))  # type: ignore[type-var]
        else:
            with path.open("rb") as file:
                yield iter(file)
    except (OSError, zipfile.BadZipFile, IndexError) as error:
        raise InputError(str(path), f"cannot be read: {error}") from error


def _rows(path: Path, columns: int, done: Imported) -> Iterator[tuple[int, list[str]]]:
    """Numbered rows with at least so many columns; a bad line is counted and kept."""
    with _lines(path) as lines:
        for number, line in enumerate(lines, start=1):
            try:
                text = line.decode("utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                _reject(done, path, number, f"is no UTF-8: {error.reason}")
                continue
            if not text or text.startswith("#"):
                continue
            row = text.split("\t")
            if len(row) < columns:
                _reject(done, path, number, f"has {len(row)} columns, not {columns}")
                continue
            yield number, row


def _reject(
    done: Imported, path: Path, number: int, reason: str, what: tuple[str, str] | None = None
) -> None:
    done.refused += 1
    if len(done.rejected) < _SHOWN:
        name, value = what or (None, None)
        error = UnreadableReport(
            str(path), reason, field=name, value=value, position=f"line {number}"
        )
        done.rejected.append(error)


def _alternate_names(path: Path, done: Imported) -> dict[int, list[str]]:
    """Place -> its preferred and short names in use, from alternateNamesV2 (10 columns)."""
    found: dict[int, list[str]] = defaultdict(list)
    for number, row in _rows(path, 4, done):
        language, name = row[2], row[3]
        historic = len(row) > 7 and row[7] == "1"
        if historic or (language and len(language) > 3):  # link, wkdt, post, iata, icao, unlc
            continue
        if not row[1].isdigit():
            _reject(done, path, number, "is no number", ("geonameid", row[1]))
            continue
        found[int(row[1])].append(name)
    return found


def _units(path: Path | None, done: Imported) -> dict[int, str]:
    """GeoNames id of each unit in a codes file -> its English name."""
    if path is None:
        return {}
    found = {}
    for number, row in _rows(path, 4, done):
        if not row[3].isdigit():
            _reject(done, path, number, "is no number", ("geonameid", row[3]))
            continue
        found[int(row[3])] = row[1]
    return found


def _entries(
    path: Path, further: dict[int, list[str]], units: dict[int, str], done: Imported
) -> Iterator[Entry]:
    for number, row in _rows(path, COLUMNS, done):
        try:
            entry = _entry(row, further, units)
        except _BadFieldError as error:
            _reject(done, path, number, error.reason, (error.name, error.value))
            continue
        if entry is not None:
            yield entry


class _BadFieldError(ValueError):
    def __init__(self, name: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.name, self.value, self.reason = name, value, reason


def _entry(row: list[str], further: dict[int, list[str]], units: dict[int, str]) -> Entry | None:
    fclass, fcode, country = row[6], row[7], row[8].upper()
    feature = feature_of(fclass, fcode)
    if feature is None:
        return None
    geonameid = int(_number(row, 0, "geonameid", 1, 2**32))
    lat, lon = _number(row, 4, "latitude", -90, 90), _number(row, 5, "longitude", -180, 180)
    population = int(_number(row, 14, "population", 0, 2**40)) if row[14] else 0
    name = units.get(geonameid, row[1]).strip()
    if not name:
        raise _BadFieldError("name", row[1], "is empty")
    admin1 = f"{country}.{row[10]}" if row[10] and row[10] != "00" else ""
    admin2 = f"{admin1}.{row[11]}" if admin1 and row[11] else ""
    others = [row[1], row[2], *row[3].split(","), *further.get(geonameid, ())]
    names = list(dict.fromkeys(spellings([n for n in others if n], name)))
    names += _own_names(feature, country, admin1)
    return Entry(
        name=name,
        lat=lat,
        lon=lon,
        feature=feature,
        geonameid=geonameid,
        country=country,
        admin1=admin1,
        admin2=admin2,
        fcode=f"{fclass}.{fcode}",
        population=population,
        names=tuple(names),
    )


def _own_names(feature: Feature, country: str, admin1: str) -> list[tuple[str, NameKind]]:
    """Short forms and demonyms that the dump does not mark as such."""
    if feature == Feature.ADMIN1:
        return list(SHORT_UNITS.get(admin1, ()))
    if feature != Feature.COUNTRY:
        return []
    names = list(COUNTRY_NAMES.get(country, ()))
    names += [(name, NameKind.DEMONYM) for name in DEMONYMS.get(country, "").split("|") if name]
    return [
        (name, kind if kind != NameKind.ALTERNATE else kind_of(name, "")) for name, kind in names
    ]


def _number(row: list[str], column: int, name: str, low: float, high: float) -> float:
    try:
        value = float(row[column])
    except ValueError as error:
        raise _BadFieldError(name, row[column], "is no number") from error
    if not low <= value <= high:
        raise _BadFieldError(name, row[column], f"is outside {low:g} to {high:g}")
    return value


def feature_of(fclass: str, fcode: str) -> Feature | None:
    """What a GeoNames class and code is here; None for what is no more, and for roads."""
    if fcode.endswith(_HISTORIC) and fclass in "AP" and fcode not in {"", "H"}:
        return None
    if fclass == "P":
        return Feature.CITY
    if fclass == "A":
        return _administrative(fcode)
    if fclass == "R":
        return None
    if fcode in _REGION_CODES:
        return Feature.REGION
    return Feature.POINT if fclass == "S" or fcode in _SPOTS else Feature.AREA


def _administrative(fcode: str) -> Feature:
    if fcode in _COUNTRY_CODES:
        return Feature.COUNTRY
    return {"ADM1": Feature.ADMIN1, "ADM2": Feature.ADMIN2}.get(fcode, Feature.CITY)
