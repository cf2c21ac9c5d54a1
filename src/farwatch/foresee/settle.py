"""Settle: from a model's level to the level shown - thin coverage, proposals, steps, overrides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from farwatch.errors import InputError
from farwatch.foresee.constants import Constants
from farwatch.model.assessment import LEVELS, Level
from farwatch.model.assessment import Override as Override

_SET = "set to "


@dataclass(frozen=True, slots=True)
class Model:
    """What the model says of one category: `credible` is its level from confirmed events alone.

    `calm` tells that the rate has stood under the share of the previous level's bound for the days
    that a step down needs.
    """

    level: int
    credible: int
    q: float
    calm: bool


def settle(
    model: Model, previous: int | None, released_by: str | None, constants: Constants
) -> tuple[int, tuple[str, ...]]:
    """The level shown, and why it differs from the model's."""
    if previous is None or model.level == previous:
        return model.level, ()
    if model.level > previous:
        return _rise(model, previous)
    return _fall(model, previous, released_by, constants)


def _rise(model: Model, previous: int) -> tuple[int, tuple[str, ...]]:
    shown = max(previous, model.credible)
    if shown >= model.level:
        return model.level, (f"up from {previous} at once: confirmed or official events lift it",)
    proposed = f"proposed {model.level}: the rise rests on unconfirmed reports, an analyst decides"
    return shown, (f"{proposed} within 60 minutes",)


def _fall(
    model: Model, previous: int, released_by: str | None, constants: Constants
) -> tuple[int, tuple[str, ...]]:
    rule = constants.step_down
    stays = f"stays at {previous}, the model says {model.level}: "
    if model.q < constants.thin:
        return previous, (f"{stays}coverage {model.q:.2f} is too thin to step down",)
    if not model.calm:
        share, days = rule["share"], rule["days"]
        return previous, (
            f"{stays}the rate was not under {share} of its bound for {days:.0f} days",
        )
    if previous >= rule["person"] and not released_by:
        return previous, (f"{stays}leaving {previous} ({LEVELS[previous]}) needs a named person",)
    who = f", released by {released_by}" if previous >= rule["person"] else ""
    return previous - 1, (f"down one step from {previous}{who}; the model says {model.level}",)


def checked(one: Override, constants: Constants) -> Override:
    """The override itself; raises InputError for one without a person or a reason, of no level,
    or that does not end within the days allowed."""
    for field in ("by", "reason"):
        if not getattr(one, field).strip():
            raise InputError("override", "is missing", field=field, value=getattr(one, field))
    if one.level not in LEVELS:
        raise InputError("override", "is not 1-6", field="level", value=one.level)
    if one.until - one.made > timedelta(days=constants.override_days):
        days = f"is over {constants.override_days:.0f} days off"
        raise InputError("override", days, field="until", value=str(one.until))
    return one


def told(one: Override, model: int | None) -> str:
    """The reason that stands with a person's level."""
    beside = "not assessed" if model is None else str(model)
    return (
        f"{_SET}{one.level} by {one.by} until {one.until:%Y-%m-%d %H:%M} UTC: {one.reason} "
        f"(the model says {beside})"
    )


def overridden(level: Level, place: str, overrides: Sequence[Override], as_of: datetime) -> Level:
    """The level with what persons set there at that time, and no other: one that a kept level still
    carries and that is over goes. The newest of a category holds."""
    mine = [
        one for one in overrides
        if one.place == place and one.category == level.category.value
        and one.made <= as_of < one.until
    ]  # fmt: skip
    if not mine and level.override is None:
        return level
    reasons = tuple(reason for reason in level.reasons if not reason.startswith(_SET))
    if not mine:
        return replace(level, level=level.model, override=None, model=None, reasons=reasons)
    one, model = max(mine, key=lambda each: each.made), level.by_model
    return replace(
        level, level=one.level, override=one, model=model, reasons=(told(one, model), *reasons)
    )
