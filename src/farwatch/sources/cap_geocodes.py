"""Where a CAP area lies that is given by codes alone: its country, and its state if the code tells.

Codes name counties and forecast zones, whose outlines are not packaged. They are read as far as
their prefix goes: UGC (letters of a US state), SAME and FIPS6 (state in digits two and three), CLC
and SGC (Canada's forecast regions and census divisions), EMMA_ID and NUTS (a country's letters).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from lxml import etree

from farwatch.errors import NotFound
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.safe_xml import children
from farwatch.sources.cap_info import values
from farwatch.world import gazetteer
from farwatch.world.codes import alpha2, country_name

# Uncertainty (km) of the point that stands for a unit, as for GDELT's places.
_RADIUS = {Precision.COUNTRY: 500.0, Precision.ADMIN1: 150.0}
_SHOWN = 5

# FIPS 5-2: digits -> postal letters of the US states and territories.
_FIPS = {
    "01": "AL", "02": "AK", "04": "AZ", "05": "AR", "06": "CA", "08": "CO", "09": "CT", "10": "DE",
    "11": "DC", "12": "FL", "13": "GA", "15": "HI", "16": "ID", "17": "IL", "18": "IN", "19": "IA",
    "20": "KS", "21": "KY", "22": "LA", "23": "ME", "24": "MD", "25": "MA", "26": "MI", "27": "MN",
    "28": "MS", "29": "MO", "30": "MT", "31": "NE", "32": "NV", "33": "NH", "34": "NJ", "35": "NM",
    "36": "NY", "37": "NC", "38": "ND", "39": "OH", "40": "OK", "41": "OR", "42": "PA", "44": "RI",
    "45": "SC", "46": "SD", "47": "TN", "48": "TX", "49": "UT", "50": "VT", "51": "VA", "53": "WA",
    "54": "WV", "55": "WI", "56": "WY", "60": "AS", "66": "GU", "69": "MP", "72": "PR", "78": "VI",
}  # fmt: skip
_LETTERS = frozenset(_FIPS.values())
_TERRITORIES = frozenset({"AS", "GU", "MP", "PR", "VI"})  # countries of their own in ISO 3166
# Statistics Canada's SGC: province digits -> GeoNames' code of the province.
_SGC = {
    "10": "CA.05", "11": "CA.09", "12": "CA.07", "13": "CA.04", "24": "CA.10", "35": "CA.08",
    "46": "CA.03", "47": "CA.11", "48": "CA.01", "59": "CA.02", "60": "CA.12", "61": "CA.13",
    "62": "CA.14",
}  # fmt: skip
# Environment Canada's CLC counts from east to west; 01 and 02 (Atlantic) and 09 (territories) hold
# several provinces, 00 is water.
_CLC = {"03": "CA.10", "04": "CA.08", "05": "CA.03", "06": "CA.11", "07": "CA.01", "08": "CA.02"}
_CLC_SEVERAL = frozenset({"01", "02", "09"})
# Meteoalarm and Eurostat write two countries by letters of their own.
_EUROPE = {"UK": "GB", "EL": "GR"}

Unit = tuple[str, str | None]  # country, admin-1


def coded_place(infos: Iterable[etree._Element]) -> Place | None:
    """The one admin-1 unit, or else the one country, that all area codes lie in; None if neither.

    A code that is not known (a marine zone) is named in the reasons and places nothing.
    """
    units: dict[Unit, str] = {}
    unknown: list[str] = []
    for info in infos:
        for area in children(info, "area"):
            found: dict[Unit, str] = {}
            for name, code in values(area, "geocode"):
                unit = unit_of(name, code)
                if unit is None:
                    unknown.append(f"{name} {code}")
                else:
                    found.setdefault(unit, f"{_scheme(name)} {code}")
            finer = {country for country, admin1 in found if admin1}
            for unit, told in found.items():
                if unit[1] or unit[0] not in finer:
                    units.setdefault(unit, told)
    if len({country for country, _ in units}) != 1:
        return None
    return _place(units, unknown)


def unit_of(name: str, code: str) -> Unit | None:
    """Country and admin-1 (None where it tells the country only) of one code; None if unknown."""
    read = _READERS.get(_scheme(name))
    return read(code.strip().upper()) if read else None


def _scheme(name: str) -> str:
    """A geocode's name without its version: "profile:CAP-CP:Location:0.3" is SGC."""
    plain = name.strip().upper()
    if plain.startswith("PROFILE:CAP-CP:LOCATION"):
        return "SGC"
    if plain.startswith("LAYER:EC-MSC-SMC:") and plain.endswith(":CLC"):
        return "CLC"
    return "NUTS" if re.fullmatch(r"NUTS[0-3]?", plain) else plain


def _us(letters: str) -> Unit | None:
    if letters in _TERRITORIES:
        return (letters, None)
    return ("US", f"US.{letters}") if letters in _LETTERS else None


def _ugc(code: str) -> Unit | None:
    return _us(code[:2]) if re.fullmatch(r"[A-Z]{2}[CZ](\d{3}|ALL)", code) else None


def _same(code: str) -> Unit | None:
    """PSSCCC: part, state, county; FIPS may leave the part out. 000000 is the whole of the US."""
    if not re.fullmatch(r"\d{5,6}", code):
        return None
    digits = code[-5:-3]
    return ("US", None) if not int(code) else _us(_FIPS.get(digits, ""))


def _clc(code: str) -> Unit | None:
    if not re.fullmatch(r"\d{6}", code):
        return None
    if code[:2] in _CLC_SEVERAL:
        return ("CA", None)
    return ("CA", _CLC[code[:2]]) if code[:2] in _CLC else None


def _sgc(code: str) -> Unit | None:
    if code == "0" or not re.fullmatch(r"\d{2,7}", code):
        return ("CA", None) if code == "0" else None
    return ("CA", _SGC[code[:2]]) if code[:2] in _SGC else None


def _european(code: str) -> Unit | None:
    if not re.fullmatch(r"[A-Z]{2}[A-Z0-9]*", code):
        return None
    letters = _EUROPE.get(code[:2], code[:2])
    try:
        return (letters, None) if alpha2(letters) == letters else None
    except NotFound:
        return None


_READERS = {
    "UGC": _ugc,
    "SAME": _same,
    "FIPS": _same,
    "FIPS6": _same,
    "CLC": _clc,
    "SGC": _sgc,
    "EMMA_ID": _european,
    "NUTS": _european,
}


@cache
def _gazetteer() -> gazetteer.Gazetteer:
    return gazetteer.open()


def _place(units: Mapping[Unit, str], unknown: Sequence[str]) -> Place:
    country = next(iter(units))[0]
    admin1 = next(iter(units))[1] if len(units) == 1 else None
    told = list(units.items())
    why = "; ".join(f"{code} lies in {_name(unit)}" for unit, code in told[:_SHOWN])
    more = f" and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
    reasons = [f"the area is given by codes alone: {why}{more}"]
    if unknown:
        shown = ", ".join(unknown[:_SHOWN])
        reasons.append(f"codes that are not known place nothing: {shown}")
    known = _gazetteer()
    row = known.admin1_rows[admin1] if admin1 else known.country_rows[country]
    at = known.record(row)
    precision = Precision.ADMIN1 if admin1 else Precision.COUNTRY
    spot = Geometry(at.lat, at.lon, _RADIUS[precision])
    name = at.name if admin1 else country_name(country)
    return Place(name, precision, spot, country, admin1, at.geonameid, tuple(reasons))


def _name(unit: Unit) -> str:
    country, admin1 = unit
    return _gazetteer().admin1_names[admin1] if admin1 else country_name(country)
