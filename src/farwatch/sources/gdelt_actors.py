"""Actors of a GDELT row as groups, from their CAMEO actor codes; names are never taken."""

from __future__ import annotations

from farwatch.errors import NotFound
from farwatch.world.codes import country_name

# First columns of Actor1 and Actor2 and the offsets of the codes in them (Code, Name, CountryCode,
# KnownGroupCode, EthnicCode, Religion1Code, Religion2Code, Type1Code, Type2Code, Type3Code).
_ACTORS = (5, 15)
_COUNTRY, _GROUP, _TYPE = 2, 3, 7

# CAMEO generic role codes that name a sort of group. Source: CAMEO code book, chapter 3.
ROLES: dict[str, str] = {
    "COP": "police", "GOV": "government", "INS": "insurgents", "JUD": "judiciary",
    "MIL": "military", "OPP": "opposition", "REB": "rebels", "SEP": "separatists",
    "SPY": "intelligence service", "UAF": "unaligned armed forces", "AGR": "agriculture",
    "BUS": "business", "CRM": "criminals", "CVL": "civilians", "DEV": "development agency",
    "EDU": "education", "ENV": "environmental group", "HLH": "health service",
    "HRI": "human rights group", "LAB": "labour", "LEG": "legislature", "MED": "media",
    "REF": "refugees", "MOD": "moderates", "RAD": "radicals",
    "IGO": "intergovernmental organisation", "IMG": "international militant group",
    "INT": "international actor", "MNC": "multinational corporation",
    "NGM": "non-governmental movement", "NGO": "non-governmental organisation",
    "SET": "settlers",
}  # fmt: skip

# Known groups that desks meet often; another group code is written as its code.
GROUPS: dict[str, str] = {
    "UNO": "United Nations", "EEC": "European Union", "NAT": "NATO", "AFU": "African Union",
    "ASN": "ASEAN", "ARL": "Arab League", "TAL": "Taliban", "ALQ": "al-Qaida",
    "HAM": "Hamas", "HEZ": "Hizballah", "ISI": "Islamic State", "PKK": "PKK",
    "RCR": "Red Cross", "WBK": "World Bank", "IMF": "International Monetary Fund",
}  # fmt: skip


def actors_of(cells: list[str]) -> tuple[str, ...]:
    """Up to two groups, "military (Syria)", "Taliban"; a row without group codes has none."""
    named = (_actor(cells, first) for first in _ACTORS)
    return tuple(dict.fromkeys(actor for actor in named if actor))


def _actor(cells: list[str], first: int) -> str:
    country = _country(cells[first + _COUNTRY])
    group = cells[first + _GROUP]
    role = ROLES.get(cells[first + _TYPE], "")
    what = GROUPS.get(group, group and f"group {group}") or role
    if what and country and not group:
        return f"{what} ({country})"
    return what or country


def _country(code: str) -> str:
    """A country's name from its CAMEO (mostly ISO alpha-3) code, "" for regions and blanks."""
    try:
        return country_name(code) if len(code) == 3 else ""
    except NotFound:
        return ""
