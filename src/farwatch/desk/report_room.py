"""The reports' room: search, and one report as received, as read, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from farwatch.desk.event_room import known
from farwatch.desk.indexing import searcher
from farwatch.desk.opening import Desk
from farwatch.desk.remembering import remembered
from farwatch.errors import NotFound
from farwatch.model.account import Scope
from farwatch.model.event import Event, Reading
from farwatch.model.report import Report
from farwatch.model.terms import Source
from farwatch.store import (
    event_lists,
    events,
    readings,
    report_lists,
    reports,
    search_queue,
    withdrawals,
)
from farwatch.store.keyset import Page, Wanted
from farwatch.store.report_lists import ReportChoice, ReportListed
from farwatch.store.withdrawals import Withdrawal
from farwatch.understand.locate import Toponym, locate

RAW_SHOWN = 20_000  # letters of a report's bytes that a page shows
TEXT_SHOWN = 20_000  # letters of its text


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a list; as in the events' room."""

    rows: Page[ReportListed]
    total: int
    waiting: int
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: plain, or a place's name."""

    text: str
    place: Toponym | None = None


@dataclass(frozen=True, slots=True)
class ReportShown:
    """One version of a statement. `stands` names the version that counts now; `source` is None
    where the terms are not at hand; `events` are those it supports that may be seen."""

    report: Report
    id: str
    stands: str
    versions: tuple[Report, ...]  # oldest first
    source: Source | None
    withdrawn: Withdrawal | None
    readings: tuple[Reading, ...]
    events: tuple[Event, ...]
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]
    raw: str
    raw_bytes: int


@remembered
def found(desk: Desk, choice: ReportChoice, scope: Scope, wanted: Wanted) -> Found:
    """A page of the reports that may be seen; the words of `choice.text` are looked for."""
    by = searcher(desk.gazetteer)
    chosen = worded(desk, choice)
    with desk.database.read() as conn:
        rows = report_lists.listed(conn, chosen, scope, wanted)
        total = report_lists.total(conn, chosen, scope)
        waiting = search_queue.waiting(conn)
    typed = choice.text.split() if choice.text and not rows.items else []
    unknown = tuple(word for word in typed if not all(by.asked(word)) or not known(desk, word))
    return Found(rows, total, waiting, unknown)


def worded(desk: Desk, choice: ReportChoice) -> ReportChoice:
    """The choice with its text as the index is asked."""
    if not choice.text.strip():
        return choice
    return replace(choice, words=tuple(searcher(desk.gazetteer).asked(choice.text)) or ("",))


def one(desk: Desk, name: str, scope: Scope) -> Report:
    """One version by its id; raises NotFound, also for one outside the scope.

    A restricted version stays so, whatever its statement is by now.
    """
    with desk.database.read() as conn:
        return _one(conn, name, scope)


def shown(desk: Desk, name: str, scope: Scope) -> ReportShown:
    """One version with all that is known of its statement; raises NotFound."""
    with desk.database.read() as conn:
        report = _one(conn, name, scope)
        source, key = report.source, report.key
        statement = readings.name(source, key)
        ids = events.events_of(conn, [statement]).get(statement, ())
        supported = events.get_many(conn, ids).values()
        read = readings.by_statements(conn, [statement]).get(statement, ())
        standing = reports.current(conn, source, [key])
        versions = reports.history(conn, source, key)
        return ReportShown(
            report, report.id, standing[key].id if key in standing else report.id,
            tuple(one for one in versions if scope.restricted or not one.facts.restricted),
            desk.sources.get(source),
            withdrawals.withdrawn(conn, source, [key]).get(key), read,
            tuple(one for one in supported if event_lists.sees(conn, one, scope)),
            tuple(_pieces(desk, report.title)), tuple(_pieces(desk, report.text[:TEXT_SHOWN])),
            report.raw[: RAW_SHOWN * 4].decode("utf-8", "replace")[:RAW_SHOWN], len(report.raw),
        )  # fmt: skip


def _one(conn: Connection, name: str, scope: Scope) -> Report:
    report = reports.get(conn, name.strip())
    closed = report.facts.restricted and not scope.restricted
    if closed or not report_lists.sees(conn, report.source, report.key, scope):
        raise NotFound(f"no report {name!r}")
    return report


def _pieces(desk: Desk, text: str) -> Iterator[Piece]:
    """The text with its places marked."""
    at = 0
    places: Sequence[Toponym] = locate(text, desk.gazetteer) if text.strip() else ()
    for place in places:
        if place.start > at:
            yield Piece(text[at : place.start])
        yield Piece(text[place.start : place.end], place)
        at = place.end
    if at < len(text):
        yield Piece(text[at:])
