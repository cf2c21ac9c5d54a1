"""Take documents in: read, accept, reject and compare, in one transaction a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from farwatch.collect import feed_time, snapshot
from farwatch.desk.opening import Desk
from farwatch.errors import InputError, UnreadableFeed
from farwatch.model.codec import from_plain, to_plain
from farwatch.model.document import Document, Follow, Item
from farwatch.model.report import Action, Report, Status
from farwatch.sources import read
from farwatch.store import health, rejects, reports, withdrawals

_CHUNK = 2_000
# What a fault in a reader raises; a failing database, or a full memory, is no document's fault.
_STUMBLES = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RecursionError,
)


@dataclass
class Taken:
    """What came of one document; `failed` is why none of it could be read."""

    source: str
    document: str
    at: datetime
    new: int = 0
    versions: int = 0
    unchanged: int = 0
    late: int = 0
    withdrawn: tuple[str, ...] = ()
    reinstated: tuple[str, ...] = ()
    rejected: list[InputError] = field(default_factory=list)
    follows: list[Follow] = field(default_factory=list)
    failed: str = ""


@dataclass
class _Seen:
    """What a snapshot held, for comparing it with the ones before."""

    records: int = 0
    present: dict[str, datetime | None] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading goes on: the cursor's name and its value, kept with what was accepted."""

    name: str
    value: Mapping[str, Any]

    def keep(self, conn: Connection, taken: Taken) -> None:
        """Keep it, in the transaction of what was taken in."""
        reports.set_cursor(conn, self.name, self.value)


def take(desk: Desk, document: Document, place: Place | None = None) -> Taken:
    """Accept everything a document says; its bad records are kept with their reasons.

    `place` is kept in the same transaction. A document that cannot be read at all counts as a
    failure of its source and is told in `failed`.
    """
    taken = Taken(document.source.id, document.name, document.received)
    try:
        with desk.database.begin() as conn:
            _take(desk, conn, document, taken)
            _keep(conn, place, taken)
    except UnreadableFeed as error:
        fresh = Taken(document.source.id, document.name, document.received, failed=str(error))
        fresh.rejected.append(error)
        with desk.database.begin() as conn:
            rejects.reject(conn, [_rejection(error, document)])
            health.failed(conn, document.source.id, document.received, str(error))
            _keep(conn, place, fresh)
        return fresh
    return taken


class _Rehearsed(Exception):
    """All was read; now undo it."""


def rehearse(desk: Desk, document: Document) -> Taken:
    """What `take` would do with a document; nothing is kept of it."""
    taken = Taken(document.source.id, document.name, document.received)
    try:
        with desk.database.begin() as conn:
            _take(desk, conn, document, taken)
            raise _Rehearsed
    except _Rehearsed:
        return taken
    except UnreadableFeed as error:
        failed = Taken(document.source.id, document.name, document.received, failed=str(error))
        failed.rejected.append(error)
        return failed


def unreachable(
    desk: Desk, source: str, at: datetime, why: str, place: Place | None = None
) -> None:
    """A source could not be fetched."""
    with desk.database.begin() as conn:
        health.failed(conn, source, at, why)
        _keep(conn, place, Taken(source, "", at, failed=why))


def _keep(conn: Connection, place: Place | None, taken: Taken) -> None:
    if place is not None:
        place.keep(conn, taken)


def _take(desk: Desk, conn: Connection, document: Document, taken: Taken) -> None:
    seen = _Seen()
    wanted = document.source.window_hours is not None
    for chunk in _chunks(_sorted_out(desk, document, taken)):
        if wanted:
            _remember(seen, chunk)
        done = reports.accept(conn, chunk, batch=document.name)
        taken.new += len(done.new)
        taken.versions += len(done.versions)
        taken.unchanged += done.unchanged
        taken.late += done.late
    rejects.reject(conn, [_rejection(error, document) for error in taken.rejected])
    volume = health.Volume(taken.new + taken.versions, taken.unchanged, len(taken.rejected))
    health.heard(conn, document.source.id, document.received, volume)
    if wanted:
        _compare(conn, document, seen, taken)


def _sorted_out(desk: Desk, document: Document, taken: Taken) -> Iterator[Report]:
    for item in _read(document):
        if isinstance(item, Report):
            yield _marked(item, exercise=desk.settings.exercise)
        elif isinstance(item, Follow):
            taken.follows.append(item)
        else:
            taken.rejected.append(item)


def _read(document: Document) -> Iterator[Item]:
    """What a document says; a reader that stumbles over it fails the document, not the desk."""
    items: Iterator[Item] = read(document)
    while True:
        try:
            item = next(items)
        except StopIteration:
            return
        except _STUMBLES as error:
            reason = f"is not as its reader expects: {type(error).__name__}: {error}"[:500]
            raise UnreadableFeed(document.source.id, reason, position=document.name) from error
        yield item


def _marked(report: Report, *, exercise: bool) -> Report:
    """On an exercise desk everything is exercise, whatever its format can say of itself."""
    return replace(report, status=Status.EXERCISE) if exercise else report


def _chunks(found: Iterator[Report]) -> Iterator[list[Report]]:
    while chunk := list(islice(found, _CHUNK)):
        yield chunk


def _remember(seen: _Seen, chunk: list[Report]) -> None:
    for report in chunk:
        seen.records += 1
        if report.action is Action.CANCEL:
            seen.deleted.add(report.key)
        else:
            happened = report.facts.happened
            seen.present[report.key] = happened.start if happened else report.published


def _compare(conn: Connection, document: Document, seen: _Seen, taken: Taken) -> None:
    source = document.source
    stamp = feed_time.stamp(document)
    known = health.snapshot(conn, source.id)
    state = from_plain(snapshot.SnapshotState, known) if known else snapshot.SnapshotState()
    complete = snapshot.is_complete(seen.records, len(taken.rejected), stamp.declared)
    window = None if source.window_hours is None else timedelta(hours=source.window_hours)
    compared = snapshot.compare(
        state, seen.present, stamp.time, window, complete=complete, deleted=seen.deleted
    )
    at = document.received
    why = "left out of two complete snapshots in a row, or deleted, by its publisher"
    taken.withdrawn = tuple(withdrawals.withdraw(conn, source.id, compared.withdrawn, at, why))
    back = "in its publisher's snapshot again"
    taken.reinstated = tuple(withdrawals.reinstate(conn, source.id, compared.reinstated, at, back))
    health.save_snapshot(conn, source.id, to_plain(compared.state))


def _rejection(error: InputError, document: Document) -> rejects.Reject:
    return rejects.Reject.of(error, document.source.id, document.name, document.received)
