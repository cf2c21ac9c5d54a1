"""What persons decide about an event's grade: both halves of the Admiralty code, with a reason."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from farwatch.desk import naming
from farwatch.desk.deciding import Person
from farwatch.desk.opening import Desk
from farwatch.errors import UsageError
from farwatch.model.event import Event
from farwatch.model.protect import Alert
from farwatch.model.regrade import Regrade, grade_of
from farwatch.store import events, regrades

_LONGEST_REASON = 2_000


@dataclass(frozen=True, slots=True)
class Regraded:
    """The word kept, the event as it stands, the alerts sent."""

    word: Regrade
    event: Event
    alerts: tuple[Alert, ...]


def regrade(desk: Desk, name: str, grade: str, person: Person, reason: str) -> Regraded:
    """Grade an event by hand; it outweighs the model until a later word or an undo.

    Raises NotFound; UsageError for a grade that is none, no reason, or an event without reports.
    """
    try:
        reliability, credibility = grade_of(grade)
    except ValueError as error:
        raise UsageError(str(error)) from error
    why = reason_of(reason)
    with desk.database.begin() as conn:
        event = naming.event(conn, name)
        if not event.statements:
            raise UsageError(f"event {event.id} rests on no report that could be graded")
        word = regrades.add(conn, Regrade(
            0, event.id, event.statements, reliability, credibility, person.name.strip(),
            person.at, why,
        ))  # fmt: skip
        sent = _carry_out(desk, conn, word, person)
        details = {"regrade": word.id, "grade": word.code, "before": str(event.grade),
                   "reason": why}  # fmt: skip
        person.decides(conn, "regrade", event.id, details)
        return Regraded(word, events.get(conn, event.id), tuple(sent))


def undo_regrade(desk: Desk, conn: Connection, number: int, person: Person) -> list[Alert]:
    """Take a word back; the one before it counts again, or the model's. The caller audits it.

    Raises NotFound; UsageError where it was taken back before.
    """
    word = regrades.get(conn, number)
    if word.undone is not None:
        raise UsageError(f"regrade {number} was undone at {word.undone:%Y-%m-%d %H:%M} UTC")
    regrades.undo(conn, number, person.at)
    return _carry_out(desk, conn, word, person)


def reason_of(text: str) -> str:
    """A reason that says something; raises UsageError."""
    if not text.strip():
        raise UsageError(f"--reason {text!r} says nothing")
    return text.strip()[:_LONGEST_REASON]


def _carry_out(desk: Desk, conn: Connection, word: Regrade, person: Person) -> list[Alert]:
    from farwatch.desk.indexing import catch_up
    from farwatch.desk.protecting import in_care, protect
    from farwatch.desk.understanding import remerge

    changed = remerge(desk, conn, word.statements, person.at)
    catch_up(desk, conn)
    return protect(desk, conn, in_care(conn), changed, person.at)
