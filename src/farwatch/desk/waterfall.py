"""A level's factors as steps that add up: what each adds to the expected rate, and where the levels
begin on that scale; for levels that rest on figures and warnings, steps in levels."""

from __future__ import annotations

from dataclasses import dataclass

from farwatch.foresee.constants import Constants, published
from farwatch.foresee.floors import step
from farwatch.foresee.rates import mu_at
from farwatch.model.assessment import Factor, Level

_SMALL = 1e-4  # of a rate: rounding, not a step


@dataclass(frozen=True, slots=True)
class Fall:
    """One step: from where to where on the scale, with the factor that it stands for."""

    name: str
    start: float
    end: float
    note: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waterfall:
    """All steps of a level. `unit` is "rate" (serious-event equivalents a month) or "level";
    `bounds` are the levels with where each begins."""

    unit: str
    steps: tuple[Fall, ...]
    total: float
    bounds: tuple[tuple[int, float], ...]


def waterfall(level: Level) -> Waterfall | None:
    """The steps of a level as the model made it; None without factors, or not assessed."""
    if level.by_model is None or not level.factors:
        return None
    constants = published()
    if level.probability is not None and any(one.weight for one in level.factors):
        return _of_rate(level, level.probability, constants)
    return _of_levels(level, constants)


def _of_rate(level: Level, p: float, constants: Constants) -> Waterfall:
    steps, at = [], 0.0
    for one in level.factors:
        if one.weight:
            added = one.value * one.weight
            steps.append(Fall(one.name, at, at + added, one.note, one.evidence))
            at += added
    total = float(constants.r * ((1 - p) ** (-1 / constants.r) - 1))
    if total - at > _SMALL:
        note = "thin coverage is judged by the upper quantile of the rate"
        steps.append(Fall("thin coverage", at, total, note))
    bounds = tuple((number, mu_at(number, constants)) for number in range(2, 7))
    return Waterfall("rate", tuple(steps), total, bounds)


def _of_levels(level: Level, constants: Constants) -> Waterfall:
    steps, at = [], 0.0
    for one in level.factors:
        reached = _level_of(one, level, constants)
        if reached > at:
            steps.append(Fall(one.name, at, reached, one.note, one.evidence))
            at = reached
    total = float(level.by_model or 0)
    return Waterfall("level", tuple(steps), total, tuple((n, float(n)) for n in range(1, 7)))


def _level_of(one: Factor, level: Level, constants: Constants) -> float:
    """The level that a factor without weight stands for."""
    if one.name == "chronic exposure":
        return float(step(one.value, constants.hazard_chronic["bounds"]))
    if one.name == "homicide baseline":
        return float(step(one.value, constants.homicide))
    return one.value if one.name == "live warning" else 0.0
