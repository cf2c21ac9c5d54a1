"""Which of the places of a name is meant: population, and what else the text speaks of.

Every name gets a share over its places. The shares start from population and kind, and are
re-weighed three times by how much of the other names' share lies in the same first-level unit,
the same country or within 150 km (spatial minimality and one sense per discourse; Leidner 2007).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farwatch.understand.locate_cues import DESIGNATORS_1, DESIGNATORS_2
from farwatch.understand.locate_filter import THRESHOLD, Mention, Page
from farwatch.world.feature import Feature, NameKind
from farwatch.world.gazetteer import Gazetteer, unit_vectors

_KEEP = 12  # places of a name that are weighed against each other's distance
_ROUNDS = 3
_NEAR_KM = 60.0
_EARTH_KM = 6371.0
# log10 of how often a kind is meant, beside population: a country outweighs its like-named town.
_KIND_PRIOR = np.zeros(len(Feature))
_KIND_PRIOR[[Feature.COUNTRY, Feature.ADMIN1, Feature.ADMIN2, Feature.REGION, Feature.POINT]] = [
    2.0,
    -0.6,
    -1.2,
    6.0,
    3.0,
]
_ALTERNATE, _ALTERNATE_BESIDE_PRIMARY, _VARIANT = -1.5, -2.2, -0.5
_CAPITAL, _SAME_NAMED, _CITY_SHARE = 0.8, -2.0, 0.3
_SHARPNESS = 1.6  # how steeply a unit of log10 population tells


@dataclass(frozen=True, slots=True)
class Hint:
    """Where a source is or what it writes of: alpha-2, admin-1 code ("ZM.08"), a point; any part."""

    country: str | None = None
    admin1: str | None = None
    lat: float | None = None
    lon: float | None = None


@dataclass(slots=True)
class Choice:
    """One name's places that are still possible, side by side, with their shares."""

    index: NDArray[np.intp]  # into the span's candidates
    prior: NDArray[np.float64]
    share: NDArray[np.float64]
    country: NDArray[np.int32]
    admin1: NDArray[np.int32]
    xyz: NDArray[np.float32]
    feature: NDArray[np.uint8]
    inside: str = ""  # the unit that the text puts it in


Group = tuple[str, int]  # a key, and the row of the unit that narrows it (-1: none)


def choose(
    mentions: list[Mention], page: Page, gazetteer: Gazetteer, hint: Hint | None
) -> list[tuple[Mention, Choice, int]]:
    """Each mention with its name's choice and the position of the best place in it."""
    containers = _containers(mentions, page)
    contained = {number + 1: mentions[number] for number in containers}
    choices: dict[Group, Choice] = {}
    members: list[tuple[Mention, Group]] = []
    for number, mention in enumerate(mentions):
        choice, group = _start(mention, containers.get(number), contained.get(number), page)
        choices.setdefault(group, choice)
        members.append((mention, group))
    _weigh(list(choices.values()), gazetteer, hint, _weights(members, choices))
    _one_sense(choices)
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
        sure[at] = max(sure[at], 1 / (1 + np.exp(-2 * (mention.score - THRESHOLD))))
    return np.asarray((1 + 0.5 * np.log2(np.maximum(count, 1))) * sure)


def _containers(mentions: list[Mention], page: Page) -> dict[int, Mention]:
    """Mention number -> the mention after its comma, which may be the unit it lies in."""
    answer = {}
    for number, (left, right) in enumerate(zip(mentions, mentions[1:], strict=False)):
        gap = page.text[left.span.end : right.span.start]
        adjacent = right.span.first == left.span.last + 1
        if (adjacent and gap.strip() in {",", "(", ", in"}) or gap in {" in the ", " in "}:
            if _outranks(right, left):
                answer[number] = right
    return answer


def _outranks(outer: Mention, inner: Mention) -> bool:
    """Whether a unit may hold the other: "Paris, Texas", but not "China, Japan and Peru"."""
    short = outer.span.usable & (outer.span.found.kind == NameKind.SHORT)
    return bool(short.any()) or _rank(outer) > _rank(inner)


def _rank(mention: Mention) -> int:
    found = mention.span.found
    main = mention.span.usable & (found.kind != NameKind.ALTERNATE)
    features = set(found.feature[main].tolist())
    order = (Feature.COUNTRY, Feature.ADMIN1, Feature.ADMIN2)
    return next((len(order) - i for i, kind in enumerate(order) if kind in features), 0)


def _start(
    mention: Mention, container: Mention | None, contained: Mention | None, page: Page
) -> tuple[Choice, Group]:
    found, usable = mention.span.found, mention.span.usable
    kinds = _designated(mention, page)
    fits = usable & np.isin(found.feature, kinds) if kinds else usable
    usable = fits if fits.any() else usable
    key, unit, row = mention.span.key + "+" * bool(kinds), "", -1
    if container is not None and container.span.key != mention.span.key:
        usable, unit = _inside(usable, mention, container)
    if contained is not None and not unit:
        around = _around(usable, mention, contained)
        if not np.array_equal(around, usable):
            usable, key = around, key + f"/{contained.span.key}"
    index = np.flatnonzero(usable)
    if unit:
        row = int(found.rows[index[0]])
    return _choice(mention, index, unit, designated=bool(kinds)), (key, row)


def _choice(mention: Mention, index: NDArray[np.intp], unit: str, *, designated: bool) -> Choice:
    found = mention.span.found
    prior = _prior(mention, index, designated=designated)
    if len(index) > _KEEP * 4:
        index, prior = _top(index, prior, _KEEP * 4)
    columns = (found.country, found.admin1, found.xyz, found.feature)
    return Choice(index, prior, _softmax(prior), *(column[index] for column in columns), unit)


def _prior(mention: Mention, index: NDArray[np.intp], *, designated: bool) -> NDArray[np.float64]:
    found = mention.span.found
    population = np.log10(found.population[index] + 100.0)
    kinds = found.kind[index]
    primary = (kinds == NameKind.PRIMARY) | (kinds == NameKind.SHORT)
    other = _ALTERNATE_BESIDE_PRIMARY if primary.any() else _ALTERNATE
    if (primary & (found.feature[index] == Feature.COUNTRY)).any():
        other *= 2
    kind = np.where(kinds == NameKind.ALTERNATE, other, 0.0)
    kind[kinds == NameKind.VARIANT] = _VARIANT if other >= _ALTERNATE_BESIDE_PRIMARY else other
    kind += _CAPITAL * found.capital[index]
    if not designated:
        kind += _SAME_NAMED * _unit_of_its_city(mention, index)
    of_kind = 0.0 if designated else _KIND_PRIOR[found.feature[index]]
    return np.asarray((population + kind + of_kind) * _SHARPNESS)


def _unit_of_its_city(mention: Mention, index: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which are first-level units whose like-named city is meant: Lima, but not Oklahoma."""
    found = mention.span.found
    feature, admin1, size = found.feature[index], found.admin1[index], found.population[index]
    unit = feature == Feature.ADMIN1
    if not unit.any():
        return unit
    city = (feature == Feature.CITY) & (found.kind[index] != NameKind.ALTERNATE)
    same = (admin1[:, None] == admin1[None, :]) & city[None, :]
    main = (found.kind[index] == NameKind.PRIMARY)[None, :]
    large = same & (main | (size[None, :] >= _CITY_SHARE * size[:, None]))
    return unit & large.any(axis=1)


def _top(
    index: NDArray[np.intp], prior: NDArray[np.float64], count: int
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    best = np.argsort(-prior, kind="stable")[:count]
    return index[best], prior[best]


def _designated(mention: Mention, page: Page) -> list[Feature]:
    """What a following "Province" or "County", or a preceding "state of", says the unit is."""
    span, words = mention.span, page.words
    after = words[span.last + 1] if span.last + 1 < len(words) else None
    if after is not None and page.text[span.end : after.start] == " ":
        if after.fold in DESIGNATORS_1:
            return [Feature.ADMIN1]
        if after.fold in DESIGNATORS_2:
            return [Feature.ADMIN2, Feature.ADMIN1]
    if span.first > 1 and words[span.first - 1].fold == "of":
        if words[span.first - 2].fold in {"state", "province", "region"}:
            return [Feature.ADMIN1]
        if words[span.first - 2].fold in {"city", "town", "village"}:
            return [Feature.CITY]
    return []


def _inside(
    usable: NDArray[np.bool_], mention: Mention, container: Mention
) -> tuple[NDArray[np.bool_], str]:
    """The places that lie in one of the units that the container may be; all, if none does."""
    found, outer = mention.span.found, container.span.found
    units = container.span.usable
    countries = outer.country[units & (outer.feature == Feature.COUNTRY)]
    firsts = outer.admin1[units & (outer.feature == Feature.ADMIN1)]
    seconds = outer.admin2[units & (outer.feature == Feature.ADMIN2)]
    smaller = usable & (found.feature != Feature.COUNTRY)
    for numbers, where in (
        (firsts, found.admin1),
        (countries, found.country),
        (seconds, found.admin2),
    ):
        fits = smaller & np.isin(where, numbers[numbers > 0])
        if where is found.admin1:
            fits &= found.feature != Feature.ADMIN1
        if fits.any():
            return fits, container.span.text
    return usable, ""


def _around(usable: NDArray[np.bool_], mention: Mention, contained: Mention) -> NDArray[np.bool_]:
    """Of the units a name may be, those that hold a place of the name before it; all, if none."""
    found, inner = mention.span.found, contained.span.found
    places = contained.span.usable & (inner.feature != Feature.COUNTRY)
    countries = np.isin(found.country, inner.country[places])
    lower = places & (inner.feature != Feature.ADMIN1)
    firsts = np.isin(found.admin1, inner.admin1[lower]) & (found.admin1 > 0)
    holds = (found.feature == Feature.COUNTRY) & countries
    holds |= (found.feature == Feature.ADMIN1) & firsts
    fits = usable & holds
    return fits if fits.any() else usable


def _weigh(
    choices: list[Choice], gazetteer: Gazetteer, hint: Hint | None, weights: NDArray[np.float64]
) -> None:
    if not choices:
        return
    for _ in range(_ROUNDS - 1):
        _reweigh(choices, gazetteer, hint, weights, near=None)
    for choice in choices:
        _prune(choice)
    near = _nearness(choices)
    for _ in range(_ROUNDS):
        _reweigh(choices, gazetteer, hint, weights, near=near)


def _prune(choice: Choice) -> None:
    if len(choice.index) <= _KEEP:
        return
    best = np.argsort(-choice.share, kind="stable")[:_KEEP]
    for name in ("index", "prior", "share", "country", "admin1", "xyz", "feature"):
        setattr(choice, name, getattr(choice, name)[best])


def _nearness(choices: list[Choice]) -> NDArray[np.float32]:
    """How near any two places are, 1 at the same spot, falling to 0; 0 between a name's own."""
    xyz = np.concatenate([choice.xyz for choice in choices])
    owner = np.repeat(np.arange(len(choices)), [len(choice.index) for choice in choices])
    cities = np.concatenate([choice.feature for choice in choices])
    exact = np.isin(cities, (Feature.CITY, Feature.POINT, Feature.ADMIN2)).astype(np.float32)
    chord2 = np.maximum(2 - 2 * (xyz @ xyz.T), 0)
    near = np.exp(-np.sqrt(chord2) * np.float32(_EARTH_KM / _NEAR_KM))
    near *= exact[:, None] * exact[None, :]
    near[owner[:, None] == owner[None, :]] = 0
    return np.asarray(near, dtype=np.float32)


def _reweigh(
    choices: list[Choice],
    gazetteer: Gazetteer,
    hint: Hint | None,
    weights: NDArray[np.float64],
    near: NDArray[np.float32] | None,
) -> None:
    share = np.concatenate([w * choice.share for w, choice in zip(weights, choices, strict=True)])
    country = np.concatenate([choice.country for choice in choices])
    admin1 = np.concatenate([choice.admin1 for choice in choices])
    by_country = np.bincount(country, weights=share, minlength=len(gazetteer.countries))
    by_admin1 = np.bincount(admin1, weights=share, minlength=len(gazetteer.admin1_codes))
    by_country[0] = by_admin1[0] = 0
    nearby = near @ share if near is not None else np.zeros(len(share))
    at = 0
    for weight, choice in zip(weights, choices, strict=True):
        end = at + len(choice.index)
        own = weight * choice.share
        same_country = by_country[choice.country] - _own(own, choice.country)
        same_admin1 = by_admin1[choice.admin1] - _own(own, choice.admin1)
        support = 0.9 * _soft(same_country) + 1.1 * _soft(same_admin1) + 1.5 * _soft(nearby[at:end])
        if hint is not None:
            support = support + _hinted(choice, gazetteer, hint)
        choice.share = _softmax(choice.prior + 2.0 * support)
        at = end


def _own(own: NDArray[np.float64], number: NDArray[np.int32]) -> NDArray[np.float64]:
    """For each place, the share its own name gives to the same unit; all of it where unit is 0."""
    same = number[:, None] == number[None, :]
    return np.asarray(same @ own) * (number > 0)


def _soft(amount: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.log1p(2 * np.maximum(amount, 0)))


def _hinted(choice: Choice, gazetteer: Gazetteer, hint: Hint) -> NDArray[np.float64]:
    support = np.zeros(len(choice.index))
    if hint.country in gazetteer.countries:
        support += 1.2 * (choice.country == gazetteer.countries.index(hint.country))
    if hint.admin1 in gazetteer.admin1_codes:
        support += 1.2 * (choice.admin1 == gazetteer.admin1_codes.index(hint.admin1))
    if hint.lat is not None and hint.lon is not None:
        here = unit_vectors(np.array([hint.lat]), np.array([hint.lon]))[0]
        chord = np.linalg.norm(choice.xyz - here, axis=1)
        support += 1.5 * np.exp(-chord * _EARTH_KM / 150)
    return support


def _one_sense(choices: dict[Group, Choice]) -> None:
    """A name narrowed once ("Springfield, Ill.") means that place wherever it stands alone."""
    narrowed: dict[str, list[Choice]] = {}
    for (key, unit), choice in choices.items():
        if unit >= 0:
            narrowed.setdefault(key, []).append(choice)
    for (key, unit), choice in choices.items():
        if unit < 0 and len(narrowed.get(key, ())) == 1:
            meant = narrowed[key][0]
            same = choice.index == meant.index[meant.share.argmax()]
            if same.any():
                choice.share = np.where(same, 0.95, 0.05 * choice.share)
                choice.inside = meant.inside


def _softmax(score: NDArray[np.float64]) -> NDArray[np.float64]:
    exp = np.exp(score - score.max())
    return np.asarray(exp / exp.sum())
