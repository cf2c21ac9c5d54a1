"""Settle: from a model's level to the level shown - thin coverage, proposals, steps, overrides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from farwatch.errors import InputError
from farwatch.foresee.constants import Constants
from farwatch.model.assessment import LEVELS


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


def override(
    one: Override, shown: int | None, as_of: datetime, constants: Constants
) -> tuple[int | None, tuple[str, ...]]:
    """The person's level while it is in force, the model's beside it.

    Raises InputError for one without a person or a reason, or that lasts too long.
    """
    for field in ("by", "reason"):
        if not getattr(one, field).strip():
            raise InputError("override", "is missing", field=field, value=getattr(one, field))
    if one.level not in LEVELS:
        raise InputError("override", "is not 1-6", field="level", value=one.level)
    if one.until - one.made > timedelta(days=constants.override_days):
        raise InputError("override", "is over 30 days off", field="until", value=str(one.until))
    if not one.made <= as_of < one.until:
        return shown, ()
    beside = "not assessed" if shown is None else str(shown)
    told = f"set to {one.level} by {one.by} until {one.until:%Y-%m-%d}: {one.reason}"
    return one.level, (f"{told} (the model says {beside})",)
