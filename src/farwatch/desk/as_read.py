"""Assessments as an account may read them: what rests on something restricted says so, and no more.

A level may count what is restricted: a duty officer and a viewer must not see two levels.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from farwatch.model.account import Scope
from farwatch.model.assessment import Assessment, Factor, Level
from farwatch.store.restricted import events_among


def as_read(conn: Connection, found: Assessment, scope: Scope) -> Assessment:
    """The assessment; ids of restricted events stay out of its factors' evidence, counted, for who
    is not cleared."""
    if scope.restricted:
        return found
    named = {name for level in found.levels for one in level.factors for name in one.evidence}
    closed = events_among(conn, named)
    if not closed:
        return found
    return replace(found, levels=tuple(_level(level, closed) for level in found.levels))


def told(evidence: tuple[str, ...], closed: set[str]) -> tuple[tuple[str, ...], str]:
    """The ids that are not restricted, and how many are, in words ("" for none)."""
    seen = tuple(name for name in evidence if name not in closed)
    left = len(evidence) - len(seen)
    return seen, f"{left} restricted event{'' if left == 1 else 's'}" if left else ""


def _level(level: Level, closed: set[str]) -> Level:
    return replace(level, factors=tuple(_factor(one, closed) for one in level.factors))


def _factor(one: Factor, closed: set[str]) -> Factor:
    seen, left = told(one.evidence, closed)
    return replace(one, evidence=seen, note="; ".join(part for part in (one.note, left) if part))
