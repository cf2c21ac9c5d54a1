"""The factors behind a level change as a waterfall: what lifts the chance, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from farwatch.desk.as_read import as_read
from farwatch.errors import NotFound
from farwatch.model.account import Scope
from farwatch.model.assessment import Factor, Level
from farwatch.model.event import Event
from farwatch.store import assessments


@dataclass(frozen=True, slots=True)
class Bar:
    """One step: from where to where, as parts of the widest probability shown (0-1)."""

    name: str
    note: str
    start: float
    end: float
    effect: float | None  # None: a sum, not a step
    evidence: tuple[str, ...] = ()

    @property
    def left(self) -> float:
        """Where the bar begins, whichever way it goes."""
        return min(self.start, self.end)

    @property
    def width(self) -> float:
        """How wide it is; never so thin that it cannot be seen."""
        return max(abs(self.end - self.start), 0.004)


@dataclass(frozen=True, slots=True)
class Waterfall:
    """A category's level at a place, and the bars that lead to its chance."""

    assessment: str
    level: Level
    bars: tuple[Bar, ...]


def behind(conn: Connection, event: Event, scope: Scope) -> Waterfall | None:
    """The factors of the assessment that a level's event speaks of; None where none is kept."""
    name, category = event.measures.get("assessment"), event.measures.get("category")
    if not isinstance(name, str):
        return None
    try:
        assessment = as_read(conn, assessments.get(conn, name), scope)
    except NotFound:
        return None
    level = next((one for one in assessment.levels if one.category.value == category), None)
    if level is None or level.probability is None:
        return None
    return Waterfall(name, level, tuple(bars(level.factors, level.probability)))


def bars(factors: tuple[Factor, ...], probability: float) -> Iterator[Bar]:
    """The steps from what is there without these factors up to the chance, largest first.

    A factor's effect is what leaving it alone out changes; together they need not add up, and
    the first bar is what is left over.
    """
    steps = sorted((f for f in factors if f.effect), key=lambda f: -abs(f.effect))
    at = probability - sum(step.effect for step in steps)
    reached, stops = at, [at, probability, 0.0]
    for step in steps:
        reached += step.effect
        stops.append(reached)
    low, high = min(stops), max(stops)
    wide = (high - low) or 1.0

    def part(value: float) -> float:
        return (value - low) / wide

    yield Bar("", "", part(0.0), part(at), None)
    for step in steps:
        yield Bar(
            step.name, step.note, part(at), part(at + step.effect), step.effect, step.evidence
        )
        at += step.effect
    yield Bar("", "", part(0.0), part(probability), None)
