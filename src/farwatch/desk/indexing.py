"""Keep the search index: what changed, as it changes; all of it, when asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from sqlalchemy import Connection

from farwatch.desk.opening import Desk
from farwatch.model.event import Event, Reading
from farwatch.model.report import Report
from farwatch.store import events, readings, reports, schema, search, search_queue, withdrawals
from farwatch.store.search import Entry, facet
from farwatch.understand.searchable import Searcher
from farwatch.world.codes import country_name
from farwatch.world.gazetteer import Gazetteer

_BATCH = 1_000
_STATEMENTS = 60  # of an event, whose words find it too


def catch_up(desk: Desk, conn: Connection, limit: int = 5_000) -> int:
    """Index what changed, in the transaction that changed it; how many rows. What is beyond the
    limit, or met while another process indexes, stays for the next call."""
    indexed = 0
    while indexed < limit and search_queue.alone(conn):
        noun, names = search_queue.following(conn, min(_BATCH, limit - indexed))
        if not names:
            break
        (_reports if noun == search_queue.REPORT else _events)(desk, conn, names)
        search_queue.done(conn, noun, names)
        indexed += len(names)
    return indexed


def rebuild(desk: Desk, told: Callable[[int, int], None] = lambda done, of: None) -> int:
    """Index everything anew, a part a transaction; `told` hears how much is done. How many rows."""
    with desk.database.begin() as conn:
        search_queue.mark_all(conn)
    return finish(desk, told)


def finish(desk: Desk, told: Callable[[int, int], None] = lambda done, of: None) -> int:
    """Index all that waits, a part a transaction, so that nobody who writes waits long."""
    with desk.database.read() as conn:
        waiting = search_queue.waiting(conn)
    done = 0
    while True:
        with desk.database.begin() as conn:
            more = catch_up(desk, conn, _BATCH)
        done += more
        if not more:
            return done
        told(done, max(waiting, done))


@lru_cache(maxsize=4)
def searcher(gazetteer: Gazetteer) -> Searcher:
    """What decides which words stay, one for each gazetteer."""
    return Searcher(gazetteer)


def _events(desk: Desk, conn: Connection, names: Sequence[str]) -> None:
    found = events.get_many(conn, names)
    said = search.words_of(
        conn, (name for event in found.values() for name in event.statements[:_STATEMENTS])
    )
    entries = [_event(desk, event, said) for event in found.values()]
    search.drop(conn, schema.search_events, set(names) - found.keys())
    search.put(conn, schema.search_events, entries)


def _event(desk: Desk, event: Event, said: Mapping[str, set[str]]) -> Entry:
    by, place = searcher(desk.gazetteer), event.place
    country = place.country if place else None
    words = by.words(event.title) | by.named([event.kind.value, *event.actors])
    words |= by.named(_place_names(desk, place.name if place else "", country,
                                   place.admin1 if place else None))  # fmt: skip
    for name in event.statements[:_STATEMENTS]:
        words |= said.get(name, set())
    at = event.happened.start if event.happened else event.first_reported
    return Entry(event.id, at, frozenset(words), frozenset(event_facets(event)))


def event_facets(event: Event) -> set[str]:
    """What an event is chosen by."""
    facets = {
        facet("k", event.kind.value), facet("v", event.severity), facet("s", event.state.value),
        facet("r", event.grade.reliability), facet("d", event.grade.credibility),
        *(facet("f", source) for source in event.sources),
    }  # fmt: skip
    if event.place and event.place.country:
        facets.add(facet("c", event.place.country))
    return facets


def _reports(desk: Desk, conn: Connection, names: Sequence[str]) -> None:
    by_source: dict[str, list[str]] = {}
    for name in names:
        source, _, key = name.partition("\t")
        by_source.setdefault(source, []).append(key)
    read = readings.by_statements(conn, names)
    entries = []
    for source, keys in by_source.items():
        gone = withdrawals.withdrawn(conn, source, keys)
        for key, report in reports.current(conn, source, keys).items():
            name = readings.name(source, key)
            entries.append(_report(desk, report, read.get(name, ()), withdrawn=key in gone))
    held = {entry.name for entry in entries}
    search.drop(conn, schema.search_reports, set(names) - held)
    search.put(conn, schema.search_reports, entries)


def _report(desk: Desk, report: Report, read: Sequence[Reading], *, withdrawn: bool) -> Entry:
    by = searcher(desk.gazetteer)
    words = by.words(report.title, report.text) | by.named(report.facts.actors)
    facets = {facet("f", report.source), facet("s", "withdrawn" if withdrawn else "stands")}
    for reading in read:
        place = reading.place
        words |= by.named([reading.kind.value, *reading.actors])
        facets |= {
            facet("k", reading.kind.value), facet("v", reading.severity),
            facet("r", reading.grade.reliability), facet("d", reading.grade.credibility),
        }  # fmt: skip
        if place is not None:
            words |= by.named(_place_names(desk, place.name, place.country, place.admin1))
            facets |= {facet("c", place.country)} if place.country else set()
    name = readings.name(report.source, report.key)
    at = report.published or report.received
    return Entry(name, at, frozenset(words), frozenset(facets))


def _place_names(desk: Desk, name: str, country: str | None, admin1: str | None) -> list[str]:
    unit = admin1 if admin1 is None or "." in admin1 else f"{country}.{admin1}"
    return [name, country_name(country) if country else "",
            desk.gazetteer.admin1_names.get(unit or "", "")]  # fmt: skip
