"""Sources switched on and off by an administrator: who, when and why; terms stand above it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from farwatch.desk.deciding import Person
from farwatch.desk.opening import Desk
from farwatch.errors import NotFound, UsageError
from farwatch.model.codec import from_plain, to_plain
from farwatch.model.terms import Source
from farwatch.store import reports

_CURSOR = "switches"
_LONGEST = 500  # characters of a reason


@dataclass(frozen=True, slots=True)
class Switch:
    """A source as a person set it."""

    on: bool
    by: str
    at: datetime
    reason: str


def switches(conn: Connection) -> dict[str, Switch]:
    """What was switched, by source."""
    return {name: from_plain(Switch, body) for name, body in reports.cursor(conn, _CURSOR).items()}


def as_switched(source: Source, switched: Mapping[str, Switch]) -> Source:
    """The source, enabled or not as a person last said; as its YAML says where nobody did."""
    switch = switched.get(source.id)
    return source if switch is None else replace(source, enabled=switch.on)


def switch(desk: Desk, name: str, person: Person, reason: str, *, on: bool) -> Switch:
    """Collect a source from now on, or no longer; into the audit. Raises NotFound, UsageError
    without a reason, or on an exercise desk, whose feeds are part of its world."""
    if name not in desk.sources:
        raise NotFound(f"no source {name!r}")
    why = " ".join(reason.split())
    if not why or len(why) > _LONGEST:
        raise UsageError(f"reason {reason[:60]!r} must have 1 to {_LONGEST} characters")
    if desk.settings.exercise:
        raise UsageError(f"source {name!r} is part of the exercise and is not switched")
    made = Switch(on, person.name.strip(), person.at, why)
    with desk.database.begin() as conn:
        known = reports.cursor(conn, _CURSOR)
        reports.set_cursor(conn, _CURSOR, {**known, name: to_plain(made)})
        person.decides(conn, "source.on" if on else "source.off", name, {"reason": why})
    return made
