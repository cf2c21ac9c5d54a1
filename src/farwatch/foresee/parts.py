"""Parts: which admin-1s and border strips a passage of travel advice names.

Read are the sentences that advise against all, or all but essential, travel. An admin-1 counts by
any of its names; a strip is "within N km of the border with X", cut to the admin-1s that follow
"in". A town named as one ("the city of ...") is no admin-1, and what is excepted is not named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import h3
import numpy as np
from numpy.typing import NDArray

from farwatch.errors import NotFound
from farwatch.foresee.advice import Part
from farwatch.foresee.grid import RESOLUTION, Grid, Ints
from farwatch.world.borders import Borders
from farwatch.world.candidates import Candidates
from farwatch.world.codes import alpha2
from farwatch.world.feature import Feature, NameKind
from farwatch.world.fold import WORD, fold_word, join
from farwatch.world.gazetteer import Gazetteer

# A cell's corners lie so far from its centre (9.9 km): it reaches into a strip by them.
_CELL_KM = h3.average_hexagon_edge_length(RESOLUTION, unit="km")
_MILE_KM = 1.609344
_ADVISES = re.compile(r"\badvis\w*\s+against\b", re.IGNORECASE)
_LIFTED = re.compile(r"\b(?:no\s+longer|not|n[’']t)\s+advis\w*\s+against\b", re.IGNORECASE)
_TRAVEL = re.compile(r"\ball(?P<but>\s+but\s+essential)?\s+travel\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])|\n+")
_WHOLE = re.compile(
    r"^[\s:]*(?:to\s+)?(?:(?:the|all|whole|rest|remainder|entirety|entire|of)\s+)*", re.IGNORECASE
)
_EXCEPT = re.compile(
    r"\b(?:except|excluding|apart\s+from|other\s+than|with\s+the\s+exception\s+of|but\s+not)\b"
    r".*?(?=[;)]|\band\s+to\b|$)",
    re.IGNORECASE,
)
_UNIT = r"(?:provinces?|regions?|states?|governorates?|departments?|districts?|count(?:y|ies))"
_ITEM = re.compile(rf";|\band\s+to\b|\band\s+(?=the\s+{_UNIT}\b)", re.IGNORECASE)
_NAME = r"[A-Z][\w’'-]*(?:\s[A-Z][\w’'-]*)*"
_TOWN = re.compile(
    rf"\b(?:cities|towns|villages)\s+of\s+{_NAME}(?:(?:,|,?\s+and)\s+{_NAME})*"
    rf"|\b(?:city|town|village|port)\s+of\s+{_NAME}"
    rf"|\b{_NAME}\s+(?:city|town|airport)\b"
)
_WITHIN = re.compile(
    r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>km|kms|kilomet(?:re|er)s?|miles?)\b", re.IGNORECASE
)
# Names of admin-1s that are directions elsewhere too: they count beside the word of a unit only.
_DIRECTION = frozenset(
    {"north", "northern", "south", "southern", "east", "eastern", "west", "western", "central",
     "centre", "center", "upper", "lower", "coast", "coastal"}
)  # fmt: skip
_BORDER = re.compile(r"\b(?:border|frontier)s?\b", re.IGNORECASE)
_OWN_NAMES = (NameKind.PRIMARY, NameKind.ALTERNATE, NameKind.VARIANT)
_HAS_UNIT = re.compile(rf"\b{_UNIT}\b", re.IGNORECASE)

Chosen = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Ground:
    """What names and borders are looked up in."""

    places: Gazetteer
    borders: Borders
    grid: Grid


def parts(text: str, country: str, ground: Ground, report: str = "") -> list[tuple[bool, Part]]:
    """Each passage's Part of the country (alpha-2), in order; True where all travel is meant.

    False stands for all but essential travel. The same part is told once, by its first passage.
    """
    found: dict[tuple[object, ...], tuple[bool, Part]] = {}
    for sentence in _SENTENCE.split(text):
        if not _ADVISES.search(sentence) or _LIFTED.search(sentence):
            continue
        for everything, clause in _clauses(sentence):
            if _is_whole(clause, country):
                continue
            part = _part(clause, sentence.strip(), country, ground, report)
            where = (part.admin1s, part.strip) if part.known else (clause,)
            found.setdefault((everything, *where), (everything, part))
    return list(found.values())


def _clauses(sentence: str) -> Iterator[tuple[bool, str]]:
    """The words after each "all travel" and "all but essential travel"."""
    spots = list(_TRAVEL.finditer(sentence))
    ends = [spot.start() for spot in spots[1:]] + [len(sentence)]
    for spot, end in zip(spots, ends, strict=True):
        yield spot["but"] is None, _EXCEPT.sub("", sentence[spot.end() : end])


def _is_whole(clause: str, country: str) -> bool:
    """ "the rest of Ethiopia": the country's own level says so, it is no part."""
    name = _WHOLE.sub("", clause).strip(" .,;:")
    try:
        return alpha2(name) == country
    except NotFound:
        return False


def _part(clause: str, words: str, country: str, ground: Ground, report: str) -> Part:
    admin1s: set[str] = set()
    cells: set[int] = set()
    for item in _ITEM.split(clause):
        within, border = _WITHIN.search(item), _BORDER.search(item)
        if within is None:
            admin1s |= _admin1s(_TOWN.sub("", item), country, ground)
        elif border is not None:
            cells |= _strip(item, within, country, ground)
            beyond = item[border.end() :].partition(" in ")[0]
            if _HAS_UNIT.search(beyond):  # "of the Afghan border, Balochistan Province"
                admin1s |= _admin1s(beyond, country, ground)
    grid, rows = ground.grid, sorted(cells)
    units = {int(n) for n in grid.admin1[rows]} - {-1}
    return Part(
        words=words,
        admin1s=frozenset(admin1s),
        strip=frozenset(grid.place[row] for row in rows),
        touched=frozenset(grid.admin1s[n] for n in units),
        report=report,
    )


def _admin1s(text: str, country: str, ground: Ground) -> set[str]:
    """Codes ("ET.53") of the country's admin-1s that the text names."""
    places = ground.places
    number = places.countries.index(country) if country in places.countries else -1

    def wanted(name: str, found: Candidates) -> Chosen:
        if set(name.split()) <= _DIRECTION and not _HAS_UNIT.search(text):
            return np.zeros(len(found.rows), dtype=bool)
        told = np.isin(found.kind, _OWN_NAMES)
        return np.asarray(told & (found.feature == Feature.ADMIN1) & (found.country == number))

    return {places.admin1_codes[n] for found, rows in _named(text, places, wanted)
            for n in found.admin1[rows]}  # fmt: skip


def _strip(item: str, within: re.Match[str], country: str, ground: Ground) -> set[int]:
    """Numbers of the cells within so many km of the border with the countries an item names."""
    head, _, tail = item[within.end() :].partition(" in ")
    units = _admin1s(tail, country, ground)
    km = float(within["number"]) * (_MILE_KM if within["unit"].lower().startswith("m") else 1.0)
    try:
        rows = ground.grid.members(f"country:{country}")
    except NotFound:  # nobody lives there
        return set()
    if units:
        codes = [ground.grid.admin1_number.get(code, -2) for code in units]
        rows = rows[np.isin(ground.grid.admin1[rows], codes)]
    near: set[int] = set()
    for other in sorted(_countries(head, ground) - {country}):
        near |= _near(rows, other, km + _CELL_KM, ground)
    return near


def _near(rows: Ints, other: str, km: float, ground: Ground) -> set[int]:
    grid = ground.grid
    try:
        close = ground.borders.within_km(grid.lat[rows], grid.lon[rows], other, km)
    except NotFound:  # a country without a polygon has no border to measure from
        return set()
    return set(rows[close].tolist())


def _countries(text: str, ground: Ground) -> set[str]:
    """Alpha-2 of the countries that the text names, by name or adjective."""

    def wanted(_: str, found: Candidates) -> Chosen:
        told = found.kind != NameKind.SHORT
        return np.asarray(told & (found.feature == Feature.COUNTRY))

    places = ground.places
    return {places.countries[n] for found, rows in _named(text, places, wanted)
            for n in found.country[rows]}  # fmt: skip


def _named(
    text: str, places: Gazetteer, wanted: Callable[[str, Candidates], Chosen]
) -> Iterator[tuple[Candidates, Chosen]]:
    """Capitalised names in the text with the rows wanted of each; the longest name comes first."""
    spans = [(word.start(), word.end()) for word in WORD.finditer(text)]
    folded = [fold_word(text[begin:end]) for begin, end in spans]
    at = 0
    while at < len(spans):
        length = places.longest(folded[at]) if text[spans[at][0]].isupper() else 0
        for count in range(min(length, len(spans) - at), 0, -1):
            name = join(folded[at : at + count])
            found = places.candidates(name)
            rows = None if found is None else wanted(name, found)
            if found is not None and rows is not None and rows.any():
                yield found, rows
                at += count - 1
                break
        at += 1
