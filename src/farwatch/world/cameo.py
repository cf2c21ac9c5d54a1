"""CAMEO codes read for a desk: PLOVER category, our kind and a severity 1-5.

The kind is a rule per code prefix, the longest that fits. Severity follows the desk's scale of
deaths (2 none, 3 some, 4 several, 5 many) by what the code usually means; GDELT's own intensity
(Goldstein) measures effect on stability and is not used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from farwatch.errors import NotFound
from farwatch.model.kinds import Kind
from farwatch.world.cameo_labels import LABELS


@dataclass(frozen=True, slots=True)
class Cameo:
    """One CAMEO code. `plover` is None for 01 (PLOVER dropped plain statements)."""

    code: str
    label: str
    plover: str | None
    kind: Kind
    severity: int


# Prefix -> PLOVER category. Source: PLOVER code book, table of CAMEO equivalents.
_PLOVER: dict[str, str] = {
    "02": "request",
    "03": "agree",
    "04": "consult",
    "05": "support",
    "06": "cooperate",
    "07": "aid",
    "08": "concede",
    "084": "retreat",
    "087": "retreat",
    "09": "accuse",
    "10": "request",
    "11": "accuse",
    "12": "reject",
    "13": "threaten",
    "14": "protest",
    "15": "mobilize",
    "16": "sanction",
    "17": "coerce",
    "18": "assault",
    "19": "assault",
    "20": "assault",
}

# Prefix -> (kind, severity). What is not named says nothing a desk acts on: OTHER, severity 1.
_KINDS: dict[str, tuple[Kind, int]] = {
    "130": (Kind.THREAT, 2),
    "1323": (Kind.THREAT, 2),
    "1324": (Kind.THREAT, 2),
    "133": (Kind.PROTEST, 1),
    "137": (Kind.THREAT, 3),
    "138": (Kind.THREAT, 3),
    "1385": (Kind.THREAT, 4),
    "139": (Kind.THREAT, 3),
    "14": (Kind.PROTEST, 2),
    "142": (Kind.PROTEST, 1),
    "144": (Kind.BLOCKADE, 2),
    "145": (Kind.RIOT, 3),
    "15": (Kind.THREAT, 2),
    "155": (Kind.CYBER, 2),
    "1643": (Kind.RESTRICTION, 2),
    "1663": (Kind.RESTRICTION, 2),
    "170": (Kind.THREAT, 2),
    "171": (Kind.CRIME, 2),
    "1711": (Kind.OTHER, 1),
    "172": (Kind.RESTRICTION, 2),
    "1723": (Kind.RESTRICTION, 3),
    "1724": (Kind.RESTRICTION, 4),
    "175": (Kind.RIOT, 4),
    "176": (Kind.CYBER, 3),
    "18": (Kind.GUN_ATTACK, 3),
    "181": (Kind.ABDUCTION, 3),
    "182": (Kind.CRIME, 2),
    "1821": (Kind.CRIME, 3),
    "1822": (Kind.CRIME, 3),
    "1823": (Kind.CRIME, 3),
    "183": (Kind.EXPLOSION, 3),
    "1831": (Kind.EXPLOSION, 4),
    "1832": (Kind.EXPLOSION, 4),
    "1833": (Kind.ROAD_ATTACK, 3),
    "184": (Kind.ARMED_CLASH, 3),
    "19": (Kind.ARMED_CLASH, 3),
    "191": (Kind.RESTRICTION, 3),
    "194": (Kind.SHELLING, 4),
    "195": (Kind.SHELLING, 4),
    "20": (Kind.ARMED_CLASH, 5),
    "201": (Kind.ARMED_CLASH, 4),
    "204": (Kind.SHELLING, 5),
}


@lru_cache(maxsize=1024)
def cameo(code: str) -> Cameo:
    """The meaning of a CAMEO code, two to four digits with its leading zero ("0231", "145").

    A code below a known one that the book does not list means what its parent means. Raises
    NotFound with the value for anything else.
    """
    known = _longest(code, LABELS) if code.isascii() and code.isdigit() and len(code) <= 4 else None
    if known is None:
        raise NotFound(f"{code!r} is no CAMEO code")
    kind, severity = _KINDS.get(_longest(code, _KINDS) or "", (Kind.OTHER, 1))
    plover = _PLOVER.get(_longest(code, _PLOVER) or "")
    return Cameo(code, LABELS[known], plover, kind, severity)


def _longest(code: str, table: Mapping[str, object]) -> str | None:
    """The longest prefix of `code`, at least its root, that the table holds."""
    return next((code[:end] for end in range(len(code), 1, -1) if code[:end] in table), None)
