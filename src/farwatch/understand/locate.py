"""Find the places a text names: which words, which place, how exactly, how surely, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from farwatch.model.place import Precision
from farwatch.understand.locate_choose import choose
from farwatch.understand.locate_filter import THRESHOLD, Mention, Page, judge
from farwatch.understand.locate_rescue import rescue
from farwatch.understand.locate_tokens import spans, tokens
from farwatch.understand.locate_weigh import Choice, Hint
from farwatch.world import words as word_lists
from farwatch.world.feature import Feature
from farwatch.world.gazetteer import Gazetteer
from farwatch.world.words import Words

__all__ = ["Hint", "Toponym", "locate"]

_MAX_CHARS = 200_000  # of one text; what stands beyond is not read


@dataclass(frozen=True, slots=True)
class Toponym:
    """One place named in a text, code points [start, end), the place chosen and why.

    `confidence` 0-1 is that the words mean a place times that it is this one. `demonym` marks an
    adjective or people ("Ethiopian troops"): it speaks of a country but not of where. `admin1` is
    GeoNames' code with its country ("ZM.08").
    """

    start: int
    end: int
    text: str
    geonameid: int | None
    name: str
    lat: float
    lon: float
    country: str | None
    precision: Precision
    confidence: float
    reasons: tuple[str, ...] = ()
    admin1: str | None = None
    demonym: bool = False
    population: int = 0


def locate(
    text: str, gazetteer: Gazetteer, hint: Hint | None = None, lists: Words | None = None
) -> list[Toponym]:
    """The places named in `text`, in order of appearance, never overlapping.

    `hint` says where the source is or writes of; it tips a balance, it never overrules the text.
    """
    text = text[:_MAX_CHARS]
    lists = word_lists.open() if lists is None else lists
    words = tokens(text)
    found = spans(text, words, gazetteer)
    if not found:
        return []
    page = Page(
        text,
        words,
        frozenset(word.fold for word in words if not word.upper),
        {span.first: span.last for span in found},
    )
    mentions = judge(page, found, lists)
    meant = [mention for mention in mentions if mention.score >= THRESHOLD]
    chosen = choose(meant, page, gazetteer, hint)
    if rescue(mentions, chosen, lists):
        meant = [mention for mention in mentions if mention.score >= THRESHOLD]
        chosen = choose(meant, page, gazetteer, hint)
    return [_toponym(mention, choice, best, gazetteer) for mention, choice, best in chosen]


def _toponym(mention: Mention, choice: Choice, best: int, gazetteer: Gazetteer) -> Toponym:
    span = mention.span
    at = int(choice.index[best])
    place = gazetteer.record(int(span.found.rows[at]))
    is_place = 1 / (1 + np.exp(-(mention.score + 1)))
    share = float(choice.share[best])
    return Toponym(
        start=span.start,
        end=span.end,
        text=span.text,
        geonameid=place.geonameid,
        name=place.name,
        lat=place.lat,
        lon=place.lon,
        country=place.country,
        precision=place.precision,
        confidence=round(float(is_place) * share * (0.6 if mention.demonym else 1.0), 3),
        reasons=(*mention.reasons, _why(choice, share, place.admin1_name)),
        admin1=f"{place.country}.{place.admin1}" if place.admin1 else None,
        demonym=mention.demonym,
        population=place.population,
    )


def _why(choice: Choice, share: float, admin1: str | None) -> str:
    if choice.inside:
        return f"the text puts it in “{choice.inside}”"
    if len(choice.index) == 1:
        return "the only place of that name"
    kind = Feature(int(choice.feature[choice.share.argmax()])).precision.value
    where = f" in {admin1}" if admin1 else ""
    return (
        f"of {len(choice.index)} places of that name the {kind}{where} has {share:.0%} by "
        "population and by what else the text names"
    )
