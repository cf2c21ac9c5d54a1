"""Choose the place of a happening among the toponyms of its report, and how exactly it is known.

The sentence that tells the happening comes first, then title, then lead; "felt in", "said in" and a
dateline say less; finer places win over the units that hold them. A distance and bearing move the
point; towns named in one breath are all meant; a road lies between its ends.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

from farwatch.model.place import Geometry, Place, Precision
from farwatch.understand.earth import distance_km, moved, ring
from farwatch.understand.text import flat

# Kilometres of uncertainty where nothing closer is said.
RADIUS_KM = {
    Precision.POINT: 1.0,
    Precision.CITY: 5.0,
    Precision.ADMIN2: 30.0,
    Precision.ADMIN1: 100.0,
    Precision.COUNTRY: 500.0,
    Precision.REGION: 1000.0,
}
_LEAST_CONFIDENCE = 0.15
_LOCAL = (Precision.POINT, Precision.CITY)


class Named(Protocol):
    """What is read of a toponym (`locate.Toponym` is one)."""

    @property
    def start(self) -> int: ...  # noqa: D102
    @property
    def end(self) -> int: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def geonameid(self) -> int | None: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def lat(self) -> float: ...  # noqa: D102
    @property
    def lon(self) -> float: ...  # noqa: D102
    @property
    def country(self) -> str | None: ...  # noqa: D102
    @property
    def admin1(self) -> str | None: ...  # noqa: D102
    @property
    def precision(self) -> Precision: ...  # noqa: D102
    @property
    def confidence(self) -> float: ...  # noqa: D102
    @property
    def demonym(self) -> bool: ...  # noqa: D102
    @property
    def population(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Told:
    """Where in a body the happening is told: its sentence [start, end), its words, the title."""

    start: int
    end: int
    focus: int
    title_end: int


# A place after one of these is not where it happened.
_ELSEWHERE = re.compile(
    r"(?:\bfelt (?:as far (?:away )?as |in |across )|\bfled to |\bfleeing to |\breported from |"
    r"\bbased in |"
    r"\bspokes\w+ in |\bembassy of |\bcitizens? of |\bborder with |\bclose to the border with |"
    r"\bsaid in |\btold \w+ in |\bheard in |\bnamed after |\bthe name |\bcompared (?:to|with) |"
    r"\bon the way (?:to|from) |\bfrom |\bpresident of |\bflight (?:to|from) |"
    r"\bname of |\bknown as |\bsuburbs? of )(?:the )?(?:\w+ ){0,2}$"
)
# A place after one of these is where a shock, a storm or a wreck was.
_SOURCE = re.compile(
    r"(?:\boff|\boff the coast of|\bepicent(?:er|re) \w+|\bepicent(?:er|re))\s+(?:the )?$"
)
_IN = re.compile(
    r"(?:\bin|\bat|\bnear|\boff|\bof|\bdans|\bà|\ben|\bem|\bno|\bna|\bв|\bnorth|\bsouth|\beast|"
    r"\bwest|\baround|\boutside|\btown|\bcity|\bvillage|\bdistrict)\s+(?:the\s+)?$"
)
_PART_OF = re.compile(
    r"^(?:'s)?\s+(?:suburb|district|area|neighbou?rhood|quarter|part|section|ward|slum|borough)"
    r"\s+(?:of|in)\s+$"
)
_DATELINE = re.compile(r"^[^.\n]{0,60}?(?:\(\w[^)]{0,30}\)\s*)?(?:--|—|–|-)\s")
_JOIN = re.compile(r"^(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*,?\s+(?:et|y|e|и|و)\s+|、|和)$")
_BETWEEN = re.compile(r"\bbetween\s+$")
_AND = re.compile(r"^\s+(?:and|to)\s+$")
_DASH = re.compile(r"^\s?[-–—]\s?(?:to\s?[-–—]\s?)?$")
_ROAD = re.compile(r"^\s+(?:\w+\s+)?(?:road|highway|route|motorway|corridor|axis|line|railway)\b")
_ROAD_BEFORE = re.compile(r"\b(?:road|highway|route|motorway|railway|line)\s+(?:\w+\s+){0,2}$")
_POINTS = {
    word: 45.0 * number
    for number, words in enumerate(
        ["north", "north-east northeast", "east", "south-east southeast", "south",
         "south-west southwest", "west", "north-west northwest"]
    )
    for word in words.split()
}  # fmt: skip
_AWAY = re.compile(
    r"(?P<km>\d{1,3}(?:,\d{3})+|\d+(?:[.,]\d+)?)\s*(?P<unit>km|kilomet(?:er|re)s?|miles?|mi|metres?|meters?|m)\b"
    r"(?:\s+(?:away|out|to the|due))*"
    rf"(?:\s+(?P<way>{'|'.join(sorted(_POINTS, key=len, reverse=True))})(?:ern|wards?)?)?"
    r"\s+(?:of|from)\s+(?P<between>(?:the\s+)?(?:[\w'-]+\s+){0,4}(?:in|of|at)\s+)?(?:the\s+)?"
    r"(?:(?:city|town|village|capital)\s+(?:of\s+)?)?$"
)
_UNITS = {"m": 0.001, "metre": 0.001, "meter": 0.001, "mile": 1.609, "mi": 1.609}


def choose(body: str, told: Told, toponyms: Sequence[Named]) -> Place | None:
    """The place of the happening, its geometry, precision and reasons; None if none is told."""
    low = flat(body)
    places = [t for t in toponyms if t.confidence >= _LEAST_CONFIDENCE]
    places = _without_parts(low, places)
    if not places:
        return None
    scores = [_score(low, told, toponym, places) for toponym in places]
    best = max(range(len(places)), key=lambda n: (scores[n], -n))
    chosen = places[best]
    for special in (_offset, _road, _list):
        place = special(low, told, places, chosen)
        if place is not None:
            return place
    return _plain(low, told, chosen, places)


def _without_parts(low: str, places: list[Named]) -> list[Named]:
    """In "the Ndola suburb of Nairobi" only Nairobi is a place of its own, unless Ndola is near."""
    dropped = set()
    for here, there in pairwise(places):
        if _PART_OF.match(low[here.end : there.start]) and _km(here, there) > 60:
            dropped.add(flat(here.text))
    return [place for place in places if flat(place.text) not in dropped]


def _km(one: Named, other: Named) -> float:
    return distance_km(one.lat, one.lon, other.lat, other.lon)


_EXACT = {
    Precision.POINT: 2.5,
    Precision.CITY: 2.5,
    Precision.ADMIN2: 1.5,
    Precision.ADMIN1: 1.2,
    Precision.COUNTRY: 0.0,
    Precision.REGION: -1.0,
}


def _score(low: str, told: Told, toponym: Named, places: Sequence[Named]) -> float:
    """How likely it happened there, in points; written out in docs/classify.md."""
    score = _EXACT[toponym.precision] + toponym.confidence
    if told.start <= toponym.start < told.end:
        score += 3.0 - min(abs(toponym.start - told.focus), 200) / 200
    if toponym.start < told.title_end:
        score += 2.0
    elif toponym.start < told.title_end + 250:
        score += 0.7
    score += _by_neighbours(low[max(0, toponym.start - 40) : toponym.start])
    score -= 2.0 if toponym.demonym else 0.0
    line = _DATELINE.match(low[told.title_end :].lstrip(". "))
    if line and toponym.start >= told.title_end and flat(toponym.text) in line.group():
        score -= 1.0
    # Named again, or held by a country or unit that the text names: more surely meant.
    score += 0.3 * min(3, sum(other.geonameid == toponym.geonameid for other in places) - 1)
    held = {other.country for other in places if other.precision is Precision.COUNTRY}
    return score + (0.5 if toponym.country in held else 0.0)


def _by_neighbours(before: str) -> float:
    """What the words before a name say about it."""
    score = 2.0 if _SOURCE.search(before) else 0.0
    if _ELSEWHERE.search(before):
        return score - 3.5
    return score + (0.5 if _IN.search(before) else 0.0)


def _offset(low: str, told: Told, places: Sequence[Named], chosen: Named) -> Place | None:
    """ "18 km north of Tanguieta": a point that far away; without a bearing a wider circle."""
    inside = [t for t in places if t.start < told.title_end or told.start <= t.start < told.end]
    for toponym in inside:
        match = _AWAY.search(low, max(0, toponym.start - 90), toponym.start)
        if match is None or toponym.precision not in _LOCAL:
            continue
        km = _figure(match["km"]) * _UNITS.get(match["unit"].rstrip("s"), 1.0)
        words = low[match.start() : toponym.end]
        if km > 500:
            continue
        if match["way"] and not match["between"]:
            lat, lon = moved(toponym.lat, toponym.lon, km, _POINTS[match["way"]])
            spot = Geometry(lat, lon, round(max(2.0, 0.2 * km), 1))
            name = f"{km:g} km {match['way']} of {toponym.name}"
            return _place(toponym, name, Precision.POINT, spot, f'the text says "{words}"')
        near = Geometry(toponym.lat, toponym.lon, round(_radius(toponym) + km, 1))
        name = f"{km:g} km from {match['between'] or ''}{toponym.name}" if match["between"] else (
            f"{km:g} km from {toponym.name}")  # fmt: skip
        return _place(toponym, name, Precision.CITY, near, f'the text says "{words}"')
    return None


def _figure(text: str) -> float:
    """ "1,200" is a thousand and more, "1,5" one and a half."""
    thousands = re.fullmatch(r"\d{1,3}(?:,\d{3})+", text)
    return float(text.replace(",", "" if thousands else "."))


def _road(low: str, told: Told, places: Sequence[Named], chosen: Named) -> Place | None:
    """ "The Huaraz-Casma road": near an end if the text says so, else the middle of the way."""
    local = [t for t in places if t.precision in _LOCAL]
    for one, other in pairwise(local):
        within = one.start < told.title_end or told.start <= one.start < told.end
        if not within or not _is_road(low, one, other) or not 3 < _km(one, other) < 600:
            continue
        ends = {one.geonameid: one, other.geonameid: other}
        for toponym in local:
            before = low[max(0, toponym.start - 12) : toponym.start]
            if toponym.geonameid in ends and re.search(r"\b(?:near|at|in|outside)\s+$", before):
                why = f"on the road between {one.name} and {other.name}, near {toponym.name}"
                spot = Geometry(toponym.lat, toponym.lon, round(_radius(toponym) + 5, 1))
                return _place(toponym, toponym.name, Precision.CITY, spot, why)
        half = _km(one, other) / 2
        spot = Geometry(*_middle(one, other), round(half, 1))
        name = f"road {one.name}–{other.name}"
        # A stretch longer than a town's width is known no better than a district.
        precision = Precision.CITY if half <= 25 else Precision.ADMIN2
        return _place(one, name, precision, spot, "somewhere on that road")
    return None


def _is_road(low: str, one: Named, other: Named) -> bool:
    link = low[one.end : other.start]
    after, before = low[other.end : other.end + 30], low[max(0, one.start - 30) : one.start]
    if _DASH.match(link):
        return bool(_ROAD.match(after) or _ROAD_BEFORE.search(before))
    if _AND.match(link) and _BETWEEN.search(before):
        return "road" in before or bool(_ROAD_BEFORE.search(before[: before.rfind("between")]))
    return False


def _middle(one: Named, other: Named) -> tuple[float, float]:
    east = (other.lon - one.lon + 540) % 360 - 180
    return (one.lat + other.lat) / 2, (one.lon + east / 2 + 540) % 360 - 180


def _list(low: str, told: Told, places: Sequence[Named], chosen: Named) -> Place | None:
    """ "In Lusaka, Kitwe and Ndola": each town is meant; the place is all their circles."""
    towns: list[Named] = []
    for toponym in places:
        if toponym.precision is not Precision.CITY or not told.start <= toponym.start < told.end:
            continue
        joined = towns and _JOIN.match(low[towns[-1].end : toponym.start])
        if joined and toponym.country == chosen.country:
            towns.append(toponym)
        elif len(towns) < 2:
            towns = [toponym]
    if len(towns) < 2 or chosen not in towns:
        return None
    spread = max(_km(towns[0], town) for town in towns)
    if spread > 1500:
        return None
    rings = tuple(ring(town.lat, town.lon, max(10.0, _radius(town))) for town in towns)
    spot = Geometry(towns[0].lat, towns[0].lon, 0.0, rings)
    name = ", ".join(town.name for town in towns)
    place = _place(towns[0], name, Precision.CITY, spot, f"the text names {len(towns)} towns")
    same = {town.admin1 for town in towns}
    return place if len(same) == 1 else replace(place, admin1=None)


def _plain(low: str, told: Told, chosen: Named, places: Sequence[Named]) -> Place:
    where = "in the title" if chosen.start < told.title_end else "in the text"
    if told.start <= chosen.start < told.end:
        where = "in the sentence that tells it"
    spot = Geometry(chosen.lat, chosen.lon, _radius(chosen))
    why = f'"{chosen.text}" {where} is {chosen.name} ({chosen.precision.value})'
    return _place(chosen, chosen.name, chosen.precision, spot, why)


def _radius(toponym: Named) -> float:
    """A town's radius grows with the root of its people: half a million are about 8 km."""
    if toponym.precision is Precision.CITY and toponym.population > 0:
        return round(min(25.0, max(1.5, 0.35 * math.sqrt(toponym.population / 1000))), 1)
    return RADIUS_KM[toponym.precision]


def _place(toponym: Named, name: str, precision: Precision, geometry: Geometry, why: str) -> Place:
    return Place(
        name=name,
        precision=precision,
        geometry=geometry,
        country=toponym.country,
        admin1=toponym.admin1.rpartition(".")[2] if toponym.admin1 else None,
        geonameid=toponym.geonameid,
        reasons=(why,),
    )
