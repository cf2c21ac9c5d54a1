"""Assessment: present risk at a place by category, with its Factors and its coverage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from farwatch.model.kinds import Category
from farwatch.model.times import parse_utc

LEVELS = {1: "minimal", 2: "low", 3: "moderate", 4: "substantial", 5: "high", 6: "extreme"}


@dataclass(frozen=True, slots=True)
class Factor:
    """One term of a level: `value` x `weight`; `effect` is what leaving it out changes in P."""

    name: str
    value: float
    weight: float
    effect: float
    evidence: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How well the place was listened to: `q` 0-1, hours since the last report was heard."""

    q: float
    heard: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    freshness_hours: float | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """A named person's level for a category of a place, with reason and end (at most 30 days)."""

    place: str
    category: str
    level: int
    by: str
    reason: str
    made: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Level:
    """One category's level 1-6; None means not assessed. `at_least` marks thin coverage.

    With an `override` the level is a person's, and `model` what it would be without.
    """

    category: Category
    level: int | None
    probability: float | None
    at_least: bool
    trend: str  # rising | falling | steady | unknown
    coverage: Coverage
    factors: tuple[Factor, ...] = ()
    reasons: tuple[str, ...] = ()
    override: Override | None = None
    model: int | None = None

    @property
    def by_model(self) -> int | None:
        """The level without what a person set."""
        return self.model if self.override else self.level


@dataclass(frozen=True, slots=True)
class Assessment:
    """A place's levels. `place` is "country:ET", "admin1:ET.53" or "cell:<H3 index>".

    `id` is `assessment_id(place, as_of)`; `floor` the level that governments' advice holds the
    overall one up to, None for none.
    """

    id: str
    place: str
    as_of: datetime
    overall: int | None
    decided_by: str | None  # the category, or "advisory"
    levels: tuple[Level, ...]
    reasons: tuple[str, ...] = ()
    floor: int | None = None


_YEARS = range(1900, 2200)  # memories reach back from a time, so the calendar's ends are none


def assessment_id(place: str, as_of: datetime) -> str:
    """The id says what is assessed and when: "country:ET@2026-06-01T12:00:00Z"."""
    return f"{place}@{as_of.astimezone(UTC).isoformat().replace('+00:00', 'Z')}"


def place_and_time(name: str) -> tuple[str, datetime] | None:
    """What an assessment's id says; None for any other name."""
    place, at, when = name.strip().partition("@")
    if not at or not place.startswith(("country:", "admin1:", "cell:")):
        return None
    try:
        time = parse_utc(when)
    except ValueError:
        return None
    return (place, time) if time.year in _YEARS else None
