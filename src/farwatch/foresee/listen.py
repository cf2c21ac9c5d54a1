"""Coverage: how much of what should have been heard was heard; silence is never safety."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from farwatch.model.assessment import Coverage


@dataclass(frozen=True, slots=True)
class Heard:
    """One required source class at a place: reports heard against those expected.

    `heard` and `expected` count the fast memory's time, `slow_heard` and `slow_expected` the slow
    one's (None: the same share as lately). `last` is aware UTC, None when nothing was ever heard.
    """

    source_class: str
    heard: float
    expected: float
    slow_heard: float | None = None
    slow_expected: float | None = None
    last: datetime | None = None

    def __post_init__(self) -> None:
        for name, value, least in (("heard", self.heard, 0.0), ("expected", self.expected, 1e-9)):
            if not (math.isfinite(value) and value >= least):
                raise ValueError(f"{self.source_class}: {name} {value} is no count of reports")
        if self.slow_expected is not None and not self.slow_expected > 0:
            raise ValueError(f"{self.source_class}: slow_expected {self.slow_expected} is none")

    @property
    def q(self) -> float:
        """Share heard lately, 0-1."""
        return min(1.0, self.heard / self.expected)

    @property
    def slow_q(self) -> float:
        """Share heard over the slow memory, 0-1."""
        if self.slow_heard is None or self.slow_expected is None:
            return self.q
        return min(1.0, self.slow_heard / self.slow_expected)


FULL = (Heard("every required class", 1, 1),)


def quality(heard: Sequence[Heard]) -> tuple[float, float]:
    """q of the fast and of the slow memory: the worst required class; nothing required is 0."""
    if not heard:
        return 0.0, 0.0
    return min(one.q for one in heard), min(one.slow_q for one in heard)


def coverage(heard: Sequence[Heard], as_of: datetime) -> Coverage:
    """What was heard, what is missing, and the hours since the last report of any class."""
    lasts = [one.last for one in heard if one.last is not None]
    hours = (as_of - max(lasts)).total_seconds() / 3600 if lasts else None
    return Coverage(
        q=quality(heard)[0],
        heard=tuple(one.source_class for one in heard if one.heard > 0),
        missing=tuple(one.source_class for one in heard if one.heard <= 0),
        freshness_hours=hours,
    )
