"""What persons decide about events: join two, part a report from one. Remembered for ever."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from farwatch.desk import naming
from farwatch.desk.deciding import Person
from farwatch.desk.opening import Desk
from farwatch.errors import ExerciseError, NotFound, UsageError
from farwatch.model.event import Event, Judgement, Verdict
from farwatch.model.protect import Alert
from farwatch.store import judgements, reports

_SHOWN = 5
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The judgements kept, the events that changed by them, and the alerts sent."""

    judgements: tuple[Judgement, ...]
    changed: tuple[Event, ...]
    alerts: tuple[Alert, ...]


def join(desk: Desk, names: Pair, person: Person, reason: str) -> Outcome:
    """These two events are one happening: it outweighs the model now and when reports change.

    Raises NotFound; UsageError for one and the same event or one without reports; ExerciseError
    where one is an exercise's and the other is not.
    """
    with desk.database.begin() as conn:
        one, other = (naming.event(conn, name) for name in names)
        if one.id == other.id:
            raise UsageError(f"{names[0]!r} and {names[1]!r} are one event already: {one.id}")
        if one.exercise != other.exercise:
            raise ExerciseError(f"event {one.id} and event {other.id}: one is an exercise's")
        for event in (one, other):
            if not event.statements:
                raise UsageError(f"event {event.id} rests on no report that could be joined")
        pairs = _across(one, other) | _once_parted(conn, one, other)
        kept = _keep(conn, pairs, Verdict.SAME, person, reason)
        return _carry_out(desk, conn, (one, other), kept, person)


def part(desk: Desk, name: str, statement: str, person: Person, reason: str) -> Outcome:
    """This report tells of another happening than the rest of the event.

    `statement` is "source key", a key, a report's id, or a beginning of either that fits one of
    the event's. Raises NotFound; UsageError where it fits several or is all the event has.
    """
    with desk.database.begin() as conn:
        event = naming.event(conn, name)
        chosen = statement_of(conn, event, statement)
        rest = [one for one in event.statements if one != chosen]
        if not rest:
            shown = chosen.replace("\t", " ")
            raise UsageError(f"event {event.id} rests on {shown!r} alone: there is nothing to part")
        pairs = {_pair(chosen, one) for one in rest}
        kept = _keep(conn, pairs, Verdict.DIFFERENT, person, reason)
        return _carry_out(desk, conn, (event,), kept, person)


def statement_of(conn: Connection, event: Event, text: str) -> str:
    """The one statement of the event that a person means; raises NotFound or UsageError."""
    wanted = text.strip()
    by_report = {
        one.id: f"{one.source}\t{one.key}" for one in reports.get_many(conn, event.reports).values()
    }
    called: dict[str, set[str]] = {report: {name} for report, name in by_report.items()}
    for name in event.statements:
        source, _, key = name.partition("\t")
        for form in (name, key, f"{source} {key}", f"{source}:{key}"):
            called.setdefault(form, set()).add(name)
    found = called.get(wanted) or {
        name for form, named in called.items() if wanted and form.startswith(wanted)
        for name in named
    }  # fmt: skip
    if not found:
        raise NotFound(f"event {event.id} has no report {text!r}")
    if len(found) > 1:
        shown = "; ".join(name.replace("\t", " ") for name in sorted(found)[:_SHOWN])
        raise UsageError(f"{text!r} could be {shown}: say more of it")
    return next(iter(found))


def _across(one: Event, other: Event) -> set[Pair]:
    """Pairs that tie every report of the one to the other, without naming all pairs."""
    first, second = min(one.statements), min(other.statements)
    return {_pair(first, name) for name in other.statements} | {
        _pair(name, second) for name in one.statements
    }


def _once_parted(conn: Connection, one: Event, other: Event) -> set[Pair]:
    """Pairs across the two that a person parted before: the later word must stand on each."""
    ours, theirs = set(one.statements), set(other.statements)
    return {
        (word.left, word.right)
        for word in judgements.decisions(conn)
        if word.verdict is Verdict.DIFFERENT
        and ((word.left in ours and word.right in theirs)
             or (word.left in theirs and word.right in ours))
    }  # fmt: skip


def _keep(
    conn: Connection, pairs: Iterable[Pair], verdict: Verdict, person: Person, reason: str
) -> list[Judgement]:
    if not reason.strip():
        raise UsageError(f"--reason {reason!r} says nothing")
    name, why = person.name.strip(), (reason.strip(),)
    kept = [
        Judgement(left, right, verdict, name, person.at, reasons=why)
        for left, right in sorted(pairs)
    ]
    judgements.put(conn, kept)
    return kept


def _carry_out(
    desk: Desk, conn: Connection, about: tuple[Event, ...], kept: list[Judgement], person: Person
) -> Outcome:
    from farwatch.desk.indexing import catch_up
    from farwatch.desk.protecting import in_care, protect
    from farwatch.desk.understanding import remerge

    statements = sorted({name for word in kept for name in (word.left, word.right)})
    changed = remerge(desk, conn, statements, person.at)
    catch_up(desk, conn)
    sent = protect(desk, conn, in_care(conn), changed, person.at)
    details = {
        "events": [event.id for event in about],
        "pairs": [[word.left, word.right] for word in kept],
        "reason": kept[0].reasons[0],
        "changed": [event.id for event in changed],
    }
    kind = "join" if kept[0].verdict is Verdict.SAME else "part"
    person.decides(conn, kind, about[0].id, details)
    return Outcome(tuple(kept), tuple(changed), tuple(sent))


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)
