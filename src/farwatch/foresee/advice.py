"""Governments' advice against travel: the floor it sets under a place's overall level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from farwatch.errors import InputError
from farwatch.foresee.area import Area
from farwatch.foresee.constants import Constants

GOVERNMENTS = {"ca": "Canada", "gb": "the United Kingdom", "us": "the United States"}
_MOST_WORDS = 300  # of a passage that is quoted in a reason


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a country that a passage of advice speaks of, and the passage itself.

    `admin1s` ("ET.53") are named whole; `strip` are the cells of a border strip and `touched` the
    admin-1s they lie in. With all three empty the passage names no admin-1 known here. `report`
    is the id of the report that holds it.
    """

    words: str
    admin1s: frozenset[str] = frozenset()
    strip: frozenset[str] = frozenset()
    touched: frozenset[str] = frozenset()
    report: str = ""

    @property
    def known(self) -> bool:
        """Whether it names anything that a floor could be set for."""
        return bool(self.admin1s or self.strip)

    def covers(self, area: Area) -> bool:
        """Whether an area lies in it: never a country; an admin-1 that the strip touches does."""
        if area.kind == "country":
            return False
        named = self.admin1s | (self.touched if area.kind == "admin1" else frozenset())
        return area.place in self.strip or not named.isdisjoint(area.admin1s)


@dataclass(frozen=True, slots=True)
class Advisory:
    """A government's advice on a country, or on a part of it.

    `level` is 1-6 as `advisory_level` maps the government's own word; `government` its alpha-2 in
    lower case. Times are aware UTC; `expires` None: twelve months after issue.
    """

    government: str
    country: str
    level: int
    issued: datetime
    expires: datetime | None = None
    part: Part | None = None


def advisory_level(government: str, value: str, constants: Constants) -> int:
    """A government's own word or number as a level; raises InputError for an unknown one."""
    try:
        return constants.advisory[government][str(value)]
    except KeyError as error:
        field = "government" if government not in constants.advisory else "level"
        shown = government if field == "government" else value
        raise InputError("advisory", "is not known", field=field, value=shown) from error


def advice(
    advisories: Sequence[Advisory], area: Area, as_of: datetime, constants: Constants
) -> tuple[int | None, tuple[str, ...]]:
    """The floor: the second-highest of the governments' levels in force, and the reasons.

    Advice on a part of a country counts only for what lies in it, so never for a whole country.
    One government alone sets no floor.
    """
    standing = [
        one for one in advisories
        if one.country == area.country and one.issued <= as_of < _end(one, constants)
    ]  # fmt: skip
    highest: dict[str, Advisory] = {}
    for one in sorted(standing, key=_plainest):
        if one.part is None or one.part.covers(area):
            highest.setdefault(one.government, one)
    vague = tuple(_vague(one) for one in standing if one.part and not one.part.known)
    ranked = sorted(highest.values(), key=lambda one: (-one.level, one.government))
    if not ranked:
        return None, vague
    told = ", ".join(f"{_name(one)} {one.level}" for one in ranked)
    quoted = tuple(_quoted(one, one.part) for one in ranked if one.part is not None)
    if len(ranked) < 2:
        alone = f"advice of one government only ({told}): it sets no floor"
        return None, (alone, *quoted, *vague)
    level = ranked[1].level
    return level, (f"floor {level}: second-highest advice of {told}", *quoted, *vague)


def _plainest(one: Advisory) -> tuple[int, bool, datetime, str]:
    """The highest level first; of equal ones that on the whole country, which explains itself."""
    return -one.level, one.part is not None, one.issued, one.part.words if one.part else ""


def _end(one: Advisory, constants: Constants) -> datetime:
    return one.expires or one.issued + timedelta(days=constants.advisory_days)


def _name(one: Advisory) -> str:
    return GOVERNMENTS.get(one.government, one.government)


def _quoted(one: Advisory, part: Part) -> str:
    where = ", ".join(sorted(part.admin1s))
    if part.strip:
        where = f"a border strip in {', '.join(sorted(part.touched))}"
    return f"{_name(one)} {one.level} is for {where}: {_cited(one, part)}"


def _vague(one: Advisory) -> str:
    words = _cited(one, one.part) if one.part else ""
    return f"{_name(one)} {one.level} is for a part that is no admin-1 known here: {words}"


def _cited(one: Advisory, part: Part) -> str:
    words = part.words
    shown = words if len(words) <= _MOST_WORDS else words[: _MOST_WORDS - 1] + "…"
    source = f", report {part.report}" if part.report else ""
    return f'"{shown}" ({one.issued:%Y-%m-%d}{source})'
