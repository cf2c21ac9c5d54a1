"""Names: what a person's short form of an id can mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.store import schema

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


def exact(conn: Connection, name: str) -> list[Name]:
    """What has exactly this name."""
    return _found(conn, lambda column: column == name)


def beginning(conn: Connection, prefix: str) -> list[Name]:
    """What has a name that begins so, up to twenty of a noun; nothing for an empty prefix.

    An alert's key begins with its event's id, so keys are looked at only from their "/" on.
    """
    if not prefix:
        return []
    found = _found(conn, lambda column: column.startswith(prefix, autoescape=True))
    return [name for name in found if "/" in prefix or "/" not in name.id]


def _found(conn: Connection, fits: _Fits) -> list[Name]:
    names: set[Name] = set()
    for noun, column in _columns():
        query = sa.select(column).where(fits(column)).order_by(column).limit(_MOST)
        names |= {Name(noun, str(found)) for found in conn.execute(query).scalars()}
    return sorted(names)


def _columns() -> tuple[tuple[Noun, sa.Column[str]], ...]:
    return (
        (Noun.ALERT, schema.alerts.c.key),
        (Noun.ALERT, schema.alert_revisions.c.id),
        (Noun.EVENT, schema.events.c.id),
        (Noun.EVENT, schema.redirects.c.old),
        (Noun.ASSESSMENT, schema.assessments.c.id),
    )
