"""Assessment: present risk at a place by category, with its Factors and its coverage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from farwatch.model.kinds import Category

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
class Level:
    """One category's level 1-6; None means not assessed. `at_least` marks thin coverage."""

    category: Category
    level: int | None
    probability: float | None
    at_least: bool
    trend: str  # rising | falling | steady | unknown
    coverage: Coverage
    factors: tuple[Factor, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """A place's levels. `place` is "country:ET", "admin1:ET.53" or "cell:<H3 index>"."""

    id: str
    place: str
    as_of: datetime
    overall: int | None
    decided_by: str | None  # the category, or "advisory"
    levels: tuple[Level, ...]
    reasons: tuple[str, ...] = ()
