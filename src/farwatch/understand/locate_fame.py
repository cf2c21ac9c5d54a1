"""What a name could mean at best: computed once a name, not once a mention."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from farwatch.understand.locate_tokens import Span
from farwatch.world.candidates import Candidates
from farwatch.world.feature import Feature, NameKind

# Plain numbers: an enumeration's members cost a look-up each time they are named.
CITY, ADMIN2, ADMIN1 = int(Feature.CITY), int(Feature.ADMIN2), int(Feature.ADMIN1)
COUNTRY, REGION = int(Feature.COUNTRY), int(Feature.REGION)
POINT, AREA = int(Feature.POINT), int(Feature.AREA)
PRIMARY, ALTERNATE = int(NameKind.PRIMARY), int(NameKind.ALTERNATE)
SHORT, DEMONYM, VARIANT = int(NameKind.SHORT), int(NameKind.DEMONYM), int(NameKind.VARIANT)

_ALTERNATE_FAME = 0.1  # under an alternate name a place is as well known as one a tenth its size
_BARE_COUNTY_FAME = 0.02  # Harris for Harris County
_MILLION = 1_000_000
_LATIN = re.compile(r"[a-z]")


@dataclass(frozen=True, slots=True)
class Fame:
    """The best of a name's places. `rank`: 3 country, 2 first level, 1 second level, 0 other."""

    demonym: bool
    country: bool
    region: bool
    first_level: bool
    short: bool
    famous: bool  # a country or a city of a million by its main name
    minor: bool  # only spots and areas: a hotel, a stream
    people: int
    known: float  # people, less where the name is not the main one
    rank: int


def fame(span: Span) -> Fame:
    """The fame of the places that the spelling allows."""
    if span.usable is span.found.all:
        return _whole(span.found)
    return _fame(span.found, span.usable)


@lru_cache(maxsize=65_536)
def _whole(found: Candidates) -> Fame:
    return _fame(found, found.all)


def _fame(found: Candidates, usable: NDArray[np.bool_]) -> Fame:
    feature, kind = found.feature[usable], found.kind[usable]
    people = found.population[usable]
    other = ALTERNATE if _LATIN.search(found.key) else DEMONYM  # the only names in its script
    plain = (kind != other) & (kind != DEMONYM)
    famed = np.where(plain, 1.0, _ALTERNATE_FAME)
    famed[(feature == ADMIN2) & (kind == VARIANT)] = _BARE_COUNTY_FAME
    main = kind == PRIMARY
    ranks = set(feature[kind != ALTERNATE].tolist())
    order = (COUNTRY, ADMIN1, ADMIN2)
    return Fame(
        demonym=bool((kind == DEMONYM).all()),
        country=bool((feature == COUNTRY).any()),
        region=bool((feature == REGION).any()),
        first_level=bool((plain & (feature == ADMIN1)).any()),
        short=bool((kind == SHORT).any()),
        famous=bool((main & ((feature == COUNTRY) | (people >= _MILLION))).any()),
        minor=bool(((feature == POINT) | (feature == AREA)).all()),
        people=int(people.max()),
        known=float((people * famed).max()),
        rank=next((len(order) - i for i, unit in enumerate(order) if unit in ranks), 0),
    )
