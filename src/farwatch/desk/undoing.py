"""Undo what a person decided about events: a join, a parting, a regrade; each undo is audited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from farwatch.desk.deciding import Person
from farwatch.desk.opening import Desk
from farwatch.desk.regrading import undo_regrade
from farwatch.errors import NotFound, UsageError
from farwatch.model.event import Event, Judgement, Verdict
from farwatch.model.protect import Alert
from farwatch.store import audit, events, judgements
from farwatch.store.audit import Entry

KINDS = ("join", "part", "regrade")
_VERDICTS = {"join": Verdict.SAME, "part": Verdict.DIFFERENT}


@dataclass(frozen=True, slots=True)
class Undone:
    """The decision taken back, the events that it was about as they stand, the alerts sent."""

    decision: Entry
    events: tuple[Event, ...]
    alerts: tuple[Alert, ...]


def undo(desk: Desk, number: int, person: Person) -> Undone:
    """Take back the decision that this entry of the audit sealed.

    Raises NotFound; UsageError where it was undone, or is none that can be.
    """
    with desk.database.begin() as conn:
        entry = _entry(conn, number)
        about = _about(conn, entry)
        if entry.id in undone(about):
            raise UsageError(f"decision {number} was undone before")
        if entry.decision.kind == "regrade":
            sent = undo_regrade(desk, conn, int(entry.decision.details["regrade"]), person)
        else:
            sent = _unjudge(desk, conn, entry, about, person)
        person.decides(conn, "undo", entry.decision.subject, {"of": entry.id})
        names = entry.decision.details.get("events", [entry.decision.subject])
        ids = {events.resolve(conn, str(name)) for name in names}
        return Undone(entry, tuple(events.get_many(conn, ids).values()), tuple(sent))


def decided(conn: Connection, names: Sequence[str]) -> list[Entry]:
    """What persons decided about these events (ids they ever had), and undid, oldest first."""
    found = {entry.id: entry for name in names for entry in audit.entries(conn, name)}
    return [found[number] for number in sorted(found)
            if found[number].decision.kind in (*KINDS, "undo")]  # fmt: skip


def undone(entries: Sequence[Entry]) -> set[int]:
    """The numbers of the decisions that were undone."""
    return {
        int(entry.decision.details["of"]) for entry in entries if entry.decision.kind == "undo"
        and "of" in entry.decision.details
    }  # fmt: skip


def _entry(conn: Connection, number: int) -> Entry:
    found = audit.between(conn, number, number)
    if not found:
        raise NotFound(f"no decision {number}")
    if found[0].decision.kind not in KINDS:
        raise UsageError(f"decision {number} is a {found[0].decision.kind}: it cannot be undone")
    return found[0]


def _about(conn: Connection, entry: Entry) -> list[Entry]:
    names = [entry.decision.subject, *entry.decision.details.get("events", ())]
    ids = {events.resolve(conn, str(name)) for name in names}
    every = {*names, *ids, *(old for one in ids for old in events.merged_into(conn, one))}
    return decided(conn, sorted(map(str, every)))


def _unjudge(
    desk: Desk, conn: Connection, entry: Entry, about: Sequence[Entry], person: Person
) -> list[Alert]:  # fmt: skip
    """Forget the judgements of a join or a parting; that person's earlier words on the same pairs
    count again."""
    from farwatch.desk.indexing import catch_up
    from farwatch.desk.protecting import in_care, protect
    from farwatch.desk.understanding import remerge

    pairs = {(str(left), str(right)) for left, right in entry.decision.details["pairs"]}
    judgements.forget(conn, entry.decision.by, pairs)
    judgements.put(conn, _earlier(entry, about, pairs))
    statements = sorted({name for pair in pairs for name in pair})
    changed = remerge(desk, conn, statements, person.at)
    catch_up(desk, conn)
    return protect(desk, conn, in_care(conn), changed, person.at)


def _earlier(
    entry: Entry, about: Sequence[Entry], pairs: set[tuple[str, str]]
) -> list[Judgement]:  # fmt: skip
    gone = {*undone(about), entry.id}
    words: dict[tuple[str, str], Judgement] = {}
    for one in about:
        decision = one.decision
        if one.id in gone or decision.kind not in _VERDICTS or decision.by != entry.decision.by:
            continue
        for left, right in decision.details["pairs"]:
            if (left, right) in pairs:
                words[left, right] = Judgement(
                    left, right, _VERDICTS[decision.kind], decision.by, decision.at,
                    reasons=(str(decision.details["reason"]),),
                )  # fmt: skip
    return list(words.values())
