"""Names: what a person's short form of an id can mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.account import WHOLE, Scope
from farwatch.store import restricted, schema
from farwatch.store.restricted import Condition

_Fits = Callable[[sa.Column[str]], sa.ColumnElement[bool]]
_MOST = 20  # that one short form is looked up to mean


class Noun(StrEnum):
    """What has a name of its own that a person may be asked to type."""

    ALERT = "alert"
    EVENT = "event"
    ASSESSMENT = "assessment"


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """A noun and its full name: an alert's key or older revision's id, an event's id (old ones
    too), an assessment's id."""

    noun: Noun
    id: str


def exact(conn: Connection, name: str, scope: Scope = WHOLE) -> list[Name]:
    """What has exactly this name; what is restricted only for who is cleared."""
    return _found(conn, lambda column: column == name, scope)


def beginning(conn: Connection, prefix: str, scope: Scope = WHOLE) -> list[Name]:
    """What has a name that begins so, up to twenty of a noun; nothing for an empty prefix.

    An alert's key begins with its event's id, so keys are looked at only from their "/" on.
    """
    if not prefix:
        return []
    found = _found(conn, lambda column: column.startswith(prefix, autoescape=True), scope)
    return [name for name in found if "/" in prefix or "/" not in name.id]


def _found(conn: Connection, fits: _Fits, scope: Scope) -> list[Name]:
    names: set[Name] = set()
    for noun, column, closed in _columns():
        bounds = [] if scope.restricted or closed is None else [sa.not_(closed)]
        query = sa.select(column).where(fits(column), *bounds).order_by(column).limit(_MOST)
        names |= {Name(noun, str(found)) for found in conn.execute(query).scalars()}
    return sorted(names)


def _columns() -> tuple[tuple[Noun, sa.Column[str], Condition | None], ...]:
    """Where names are, and whether one is of something restricted."""
    alerts, revisions, events = schema.alerts.c, schema.alert_revisions.c, schema.events.c
    moved = schema.redirects.c
    return (
        (Noun.ALERT, alerts.key, alerts.restricted),
        (Noun.ALERT, revisions.id, restricted.of_alerts(revisions.key)),
        (Noun.EVENT, events.id, events.restricted),
        (Noun.EVENT, moved.old, restricted.of_events(moved.surviving)),
        (Noun.ASSESSMENT, schema.assessments.c.id, None),
    )
