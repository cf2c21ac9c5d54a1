"""Which of the places of a name is meant: population, and what else the text speaks of.

A name's places are first narrowed by what stands beside it (", Texas", "County", "city of"), get a
prior from population, kind of place and kind of name, and are then weighed (`locate_weigh`).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from math import exp

import numpy as np
from numpy.typing import NDArray

from farwatch.understand.locate_cues import DESIGNATORS_1, DESIGNATORS_2
from farwatch.understand.locate_fame import (
    ADMIN1,
    ADMIN2,
    ALTERNATE,
    AREA,
    CITY,
    COUNTRY,
    POINT,
    PRIMARY,
    REGION,
    SHORT,
    VARIANT,
)
from farwatch.understand.locate_filter import THRESHOLD, Mention, Page
from farwatch.understand.locate_weigh import Choice, Group, Hint, one_sense, softmax, weigh
from farwatch.world.candidates import Candidates
from farwatch.world.feature import Feature
from farwatch.world.gazetteer import Gazetteer

_MOST = 48  # places of a name that are weighed at all
# log10 of how often a kind is meant, beside population: a country outweighs its like-named town.
_KIND_PRIOR = np.zeros(len(Feature))
for _kind, _weight in (
    (COUNTRY, 2.0),
    (ADMIN1, 0.3),
    (ADMIN2, -1.2),
    (REGION, 6.0),
    (POINT, -0.5),
    (AREA, -0.5),
):
    _KIND_PRIOR[_kind] = _weight
_ALTERNATE, _ALTERNATE_BESIDE_PRIMARY, _VARIANT = -1.5, -2.2, -0.5
_CAPITAL, _SAME_NAMED, _CITY_SHARE = 0.8, -2.0, 0.3
_LARGE = 1_000_000
_SHARPNESS = 1.6  # how steeply a unit of log10 population tells


def choose(
    mentions: list[Mention], page: Page, gazetteer: Gazetteer, hint: Hint | None
) -> list[tuple[Mention, Choice, int]]:
    """Each mention with its name's choice and the position of the best place in it."""
    containers = _containers(mentions, page)
    contained = {number + 1: mentions[number] for number in containers}
    choices: dict[Group, Choice] = {}
    members: list[tuple[Mention, Group]] = []
    for number, mention in enumerate(mentions):
        group, usable, unit = _start(mention, containers.get(number), contained.get(number), page)
        if group not in choices:
            choices[group] = _choice(mention, usable, unit, designated="+" in group[0])
        members.append((mention, group))
    weigh(list(choices.values()), gazetteer, hint, _weights(members, choices))
    one_sense(choices)
    return [(m, choices[group], int(choices[group].share.argmax())) for m, group in members]


def _weights(
    members: list[tuple[Mention, Group]], choices: dict[Group, Choice]
) -> NDArray[np.float64]:
    """How much each name speaks for its surroundings: more often named, surer a place: more."""
    position = {group: i for i, group in enumerate(choices)}
    count, sure = np.zeros(len(choices)), np.zeros(len(choices))
    for mention, group in members:
        at = position[group]
        count[at] += 1
        sure[at] = max(sure[at], 1 / (1 + exp(-2 * (mention.score - THRESHOLD))))
    return np.asarray((1 + 0.5 * np.log2(np.maximum(count, 1))) * sure)


def _containers(mentions: list[Mention], page: Page) -> dict[int, Mention]:
    """Mention number -> the mention after its comma, which may be the unit it lies in."""
    answer = {}
    for number, (left, right) in enumerate(pairwise(mentions)):
        gap = page.text[left.span.end : right.span.start]
        adjacent = right.span.first == left.span.last + 1
        beside = (adjacent and gap.strip() in {",", "(", ", in"}) or gap in {" in the ", " in "}
        if beside and (_outranks(right, left) or _equal(right, left, mentions, number, page)):
            answer[number] = right
    return answer


def _equal(
    outer: Mention, inner: Mention, mentions: list[Mention], number: int, page: Page
) -> bool:
    """Whether a town bears the name of a first-level unit: "Victoria, British Columbia".

    Not in a list of units, where a further name follows.
    """
    if outer.fame.rank != inner.fame.rank or not outer.fame.first_level or outer.fame.country:
        return False
    after = mentions[number + 2] if number + 2 < len(mentions) else None
    if after and page.text[outer.span.end : after.span.start].strip() in {",", "and", ", and"}:
        return False
    fits, unit = _inside(inner.span.usable, inner, outer)
    return bool(unit) and bool((inner.span.found.feature[fits] == CITY).any())


def _outranks(outer: Mention, inner: Mention) -> bool:
    """Whether a unit may hold the other: "Paris, Texas", but not "China, Japan and Peru"."""
    return outer.fame.short or outer.fame.rank > inner.fame.rank


def _start(
    mention: Mention, container: Mention | None, contained: Mention | None, page: Page
) -> tuple[Group, NDArray[np.bool_], str]:
    """The group a mention belongs to, the places its surroundings allow, the unit that holds it."""
    span = mention.span
    found, usable, key, unit = span.found, span.usable, span.key, ""
    kinds = _designated(mention, page)
    if kinds:
        fits = usable & np.isin(found.feature, kinds)
        usable, key = (fits if fits.any() else usable), key + "+"
    if container is not None and container.span.key != span.key:
        usable, unit = _inside(usable, mention, container)
        if unit:
            return (key, int(found.rows[usable.argmax()])), usable, unit
    if contained is not None:
        around = _around(usable, mention, contained)
        if not np.array_equal(around, usable):
            return (f"{key}/{contained.span.key}", -1), around, ""
    if usable is not found.all:
        key += f"#{usable.sum()}"
    return (key, -1), usable, ""


def _choice(mention: Mention, usable: NDArray[np.bool_], unit: str, *, designated: bool) -> Choice:
    found = mention.span.found
    if usable is found.all and not designated:
        index, prior, share = _untouched(found)
    else:
        index = np.flatnonzero(usable)
        prior = _prior(found, index, designated=designated)
        index, prior = _top(index, prior)
        share = softmax(prior)
    return Choice(
        index=index,
        prior=prior,
        share=share,
        country=found.country[index],
        admin1=found.admin1[index],
        xyz=found.xyz[index],
        feature=found.feature[index],
        inside=unit,
    )


@lru_cache(maxsize=16_384)
def _untouched(
    found: Candidates,
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    everything = np.arange(len(found.rows))
    index, prior = _top(everything, _prior(found, everything, designated=False))
    return index, prior, softmax(prior)


def _prior(found: Candidates, index: NDArray[np.intp], *, designated: bool) -> NDArray[np.float64]:
    population = np.log10(found.population[index] + 100.0)
    kinds = found.kind[index]
    primary = (kinds == PRIMARY) | (kinds == SHORT)
    other = _ALTERNATE_BESIDE_PRIMARY if primary.any() else _ALTERNATE
    if (primary & (found.feature[index] == COUNTRY)).any():
        other *= 2
    kind = np.where(kinds == ALTERNATE, other, 0.0)
    kind[kinds == VARIANT] = _VARIANT if other >= _ALTERNATE_BESIDE_PRIMARY else other
    kind += _CAPITAL * found.capital[index]
    if not designated:
        kind += _SAME_NAMED * _unit_of_its_city(found, index)
    of_kind = np.where(designated, 0.0, _KIND_PRIOR[found.feature[index]])
    if (primary & (found.population[index] >= _LARGE)).any():  # Salvador before El Salvador
        of_kind[(found.feature[index] == COUNTRY) & (kinds == ALTERNATE)] = 0.0
    return np.asarray((population + kind + of_kind) * _SHARPNESS)


def _unit_of_its_city(found: Candidates, index: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which are first-level units whose like-named city is meant: Lima, but not Oklahoma."""
    feature, admin1, size = found.feature[index], found.admin1[index], found.population[index]
    unit: NDArray[np.bool_] = feature == ADMIN1
    if not unit.any():
        return unit
    city = feature == CITY
    same = (admin1[:, None] == admin1[None, :]) & city[None, :]
    main = (found.kind[index] == PRIMARY)[None, :]
    large = same & (main | (size[None, :] >= _CITY_SHARE * size[:, None]))
    return np.asarray(unit & large.any(axis=1))


def _top(
    index: NDArray[np.intp], prior: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    if len(index) <= _MOST:
        return index, prior
    best = np.argsort(-prior, kind="stable")[:_MOST]
    return index[best], prior[best]


def _designated(mention: Mention, page: Page) -> list[int]:
    """What a following "Province" or "County", or a preceding "state of", says the unit is."""
    span, words = mention.span, page.words
    after = words[span.last + 1] if span.last + 1 < len(words) else None
    if after is not None and page.text[span.end : after.start] == " ":
        if after.fold in DESIGNATORS_1:
            return [ADMIN1]
        if after.fold in DESIGNATORS_2:
            return [ADMIN2, ADMIN1]
    if span.first > 1 and words[span.first - 1].fold == "of":
        if words[span.first - 2].fold in {"state", "province", "region"}:
            return [ADMIN1]
        if words[span.first - 2].fold in {"city", "town", "village"}:
            return [CITY]
    return []


def _inside(
    usable: NDArray[np.bool_], mention: Mention, container: Mention
) -> tuple[NDArray[np.bool_], str]:
    """The places that lie in one of the units that the container may be; all, if none does."""
    found, outer = mention.span.found, container.span.found
    units = container.span.usable
    countries = outer.country[units & (outer.feature == COUNTRY)]
    firsts = outer.admin1[units & (outer.feature == ADMIN1)]
    seconds = outer.admin2[units & (outer.feature == ADMIN2)]
    smaller = usable & (found.feature != COUNTRY)
    for numbers, where in (
        (firsts, found.admin1),
        (countries, found.country),
        (seconds, found.admin2),
    ):
        fits = smaller & np.isin(where, numbers[numbers > 0])
        if where is found.admin1:
            fits &= found.feature != ADMIN1
        if fits.any():
            return fits, container.span.text
    return usable, ""


def _around(usable: NDArray[np.bool_], mention: Mention, contained: Mention) -> NDArray[np.bool_]:
    """Of the units a name may be, those that hold a place of the name before it; all, if none."""
    found, inner = mention.span.found, contained.span.found
    places = contained.span.usable & (inner.feature != COUNTRY)
    countries = np.isin(found.country, inner.country[places])
    lower = places & (inner.feature != ADMIN1)
    firsts = np.isin(found.admin1, inner.admin1[lower]) & (found.admin1 > 0)
    holds = (found.feature == COUNTRY) & countries
    holds |= (found.feature == ADMIN1) & firsts
    fits = usable & holds
    return fits if fits.any() else usable
