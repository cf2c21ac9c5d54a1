"""Advising: the travel advice that stood at a time, as floors for countries and their parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from farwatch.foresee.advice import Advisory, advisory_level
from farwatch.foresee.constants import published
from farwatch.foresee.parts import Ground, parts
from farwatch.model.times import parse_utc
from farwatch.store import known

FORMATS = frozenset({"fcdo", "canada", "state_department"})
# An advisory's series -> its government.
_WHOLE = {"fcdo.level": "gb", "canada.level": "ca", "state.level": "us"}
_PARTS = {"fcdo.parts": "gb"}
_GB = {
    0: "none",
    1: "none",  # advice on parts counts for those parts alone
    2: "avoid_all_but_essential_travel_to_whole_country",
    3: "avoid_all_travel_to_whole_country",
}
_GB_PARTS = {True: "avoid_all_travel_to_parts", False: "avoid_all_but_essential_travel_to_parts"}


def advisories(
    conn: Connection, sources: list[str], as_of: datetime, countries: frozenset[str], ground: Ground
) -> list[Advisory]:
    """What these sources advised at `as_of` on travel to the countries (alpha-2).

    In force for twelve months after we last were given it.
    """
    reports = [one for name in sources for one in known.stated(conn, name, as_of)]
    told = [one for one in reports if one.get("figure")]
    return [
        advisory for one in told if one["figure"]["country"] in countries
        for advisory in _of(one, ground)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Advice:
    """What one government advises on a country, as it said it. `level` is 1-6; `parts` are the
    passages on parts of the country; times are when it was stated, when it was last given to us,
    and when it ceases to count."""

    government: str  # alpha-2, lower case
    level: int
    words: str
    url: str | None
    issued: datetime
    given: datetime
    expires: datetime
    report: str
    parts: tuple[str, ...] = ()


def advice_on(
    conn: Connection, sources: list[str], as_of: datetime, country: str
) -> list[Advice]:  # fmt: skip
    """What the governments advise on a country at `as_of`, side by side, the sternest first."""
    told = [one for name in sources for one in known.stated(conn, name, as_of, country)]
    mine = [one for one in told if one.get("figure") and one["figure"]["country"] == country]
    passages: dict[str, list[str]] = {}
    for one in mine:
        government = _PARTS.get(one["figure"]["series"])
        if government and int(one["figure"]["value"]) > 0:
            passages.setdefault(government, []).append(one["text"])
    found = [
        _shown(one, tuple(passages.get(_WHOLE[one["figure"]["series"]], ())))
        for one in mine if one["figure"]["series"] in _WHOLE
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.level, one.government))


def _shown(report: Mapping[str, Any], parts: tuple[str, ...]) -> Advice:
    figure, given = report["figure"], parse_utc(report["received"])
    government, issued = _WHOLE[figure["series"]], parse_utc(figure["period"])
    value = int(figure["value"])
    word = _GB[value] if government == "gb" else str(value)
    return Advice(
        government, advisory_level(government, word, published()), report["title"], report["url"],
        issued, given, max(issued, given) + timedelta(days=published().advisory_days),
        report["id"], parts,
    )  # fmt: skip


def _of(report: Mapping[str, Any], ground: Ground) -> Iterator[Advisory]:
    figure = report["figure"]
    series, country, value = figure["series"], figure["country"], int(figure["value"])
    issued = parse_utc(figure["period"])
    expires = max(issued, parse_utc(report["received"])) + timedelta(days=published().advisory_days)
    if series in _WHOLE:
        government = _WHOLE[series]
        word = _GB[value] if government == "gb" else str(value)
        level = advisory_level(government, word, published())
        yield Advisory(government, country, level, issued, expires)
    elif series in _PARTS and value > 0:
        government = _PARTS[series]
        for everything, part in parts(report["text"], country, ground, report["id"]):
            level = advisory_level(government, _GB_PARTS[everything], published())
            yield Advisory(government, country, level, issued, expires, part)
