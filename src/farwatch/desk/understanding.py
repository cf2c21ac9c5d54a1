"""From the inbox to events: read what was accepted, judge it against what is near, keep events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from farwatch.desk.indexing import catch_up
from farwatch.desk.opening import Desk
from farwatch.model.event import Event, Judgement, Reading, State, Verdict
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry
from farwatch.model.protect import Site
from farwatch.model.report import Report
from farwatch.store import events, judgements, readings, regrades
from farwatch.store.inbox import Entry, mark_done, pending
from farwatch.understand import merge
from farwatch.understand.apart import heard
from farwatch.understand.event import to_event
from farwatch.understand.read import understand
from farwatch.understand.regrade import carried

_SITE_RADIUS_KM = 0.3  # a report of our own site is about the site and its gates
_OVERFETCH = 4_000
_FEW = 64
_FORTNIGHT_S = 14 * 86_400


def process(
    desk: Desk, conn: Connection, sites: Mapping[str, Site]
) -> tuple[datetime, list[Event]]:
    """Understand the next part of the inbox: rows of one source accepted at one moment.

    Returns that moment and the events that changed; raises LookupError when nothing is waiting.
    The same inbox gives the same parts, so a process that was killed goes on as if it had not been.
    """
    entries = _next(conn)
    now = entries[0].at
    gone = [merge_name(e.report) for e in entries if e.action == "withdrawn"]
    told = [e for e in entries if e.action != "withdrawn" and not _is_figure(e.report)]
    fresh = [_read(desk, entry.report, sites, now) for entry in told]
    readings.drop(conn, gone)
    names = [merge.statement(reading) for reading in fresh]
    changed = [n for n, e in zip(names, told, strict=True) if e.action != "new"]
    judgements.drop(conn, changed)
    readings.put(conn, fresh)
    _judge(conn, [reading for reading in fresh if _tells(reading)])
    changed_events = remerge(desk, conn, [*gone, *names], now)
    catch_up(desk, conn)
    mark_done(conn, entries[-1].id)
    return now, changed_events


def remerge(desk: Desk, conn: Connection, statements: Iterable[str], now: datetime) -> list[Event]:
    """Bring the events of these statements, and of all tied to them, up to date; those changed."""
    names, words = _component(conn, set(statements))
    if not names:
        return []
    current = _current(conn, names)
    more = merge.complete(list(current.values()), words)
    judgements.put(conn, more)
    known = {name: ids[0] for name, ids in events.events_of(conn, names).items() if ids}
    first = {name: heard(reading) for name, reading in current.items()}
    groups = merge.cluster(current, [*words, *more])
    identities, redirects = merge.identify(groups, first, known)
    before = events.get_many(conn, set(known.values()) | set(identities))
    graded = regrades.of_events(conn, current, identities)
    out = []
    for identity, members in identities.items():
        previous = before.get(identity)
        said = [current[name] for name in members]
        event = carried(to_event(said, desk.sources, previous, now, identity), previous, graded)
        if previous is None or event != previous:
            out.append(event)
    out += _emptied(before, identities, redirects)
    events.put(conn, out)
    for old, surviving in sorted(redirects.items()):
        events.redirect(conn, old, surviving, now)
    return out


def merge_name(report: Report) -> str:
    """The name of a report's statement."""
    return readings.name(report.source, report.key)


def _next(conn: Connection) -> list[Entry]:
    """The next part. Most are small: what reads a long inbox does not read all of it each time."""
    part = _part(pending(conn, _FEW))
    return part if len(part) < _FEW else _part(pending(conn))


def _part(entries: Sequence[Entry]) -> list[Entry]:
    if not entries:
        raise LookupError("nothing is waiting in the inbox")
    first = (entries[0].at, entries[0].report.source)
    size = next(
        (n for n, e in enumerate(entries) if (e.at, e.report.source) != first), len(entries)
    )
    return list(entries[:size])


def _is_figure(report: Report) -> bool:
    """A bare value of a series tells of no happening; an advisory carries its level as one."""
    return report.figure is not None and report.facts.kind is None


def read_again(
    desk: Desk, report: Report, sites: Mapping[str, Site], now: datetime
) -> Reading | None:
    """A stored report as it would be read today; None for a bare figure. Nothing is kept."""
    return None if _is_figure(report) else _read(desk, report, sites, now)


def _read(desk: Desk, report: Report, sites: Mapping[str, Site], now: datetime) -> Reading:
    site = sites.get(report.facts.site or "")
    if site is not None and report.facts.geometry is None:
        point = Geometry(site.lat, site.lon, _SITE_RADIUS_KM)
        report = replace(report, facts=replace(report.facts, geometry=point))
    return understand(report, desk.sources[report.source], desk.gazetteer, now)


def _tells(reading: Reading) -> bool:
    return reading.kind is not Kind.OTHER and not reading.historical


def _judge(conn: Connection, fresh: Sequence[Reading]) -> None:
    """Judge each fresh reading against the stored ones that could tell of the same happening."""
    names = {merge.statement(reading) for reading in fresh}
    pool = {merge.statement(reading): reading for reading in fresh}
    for search in _searches(fresh):
        for reading in readings.candidates(conn, search, limit=_OVERFETCH):
            if _tells(reading):
                pool.setdefault(merge.statement(reading), reading)
    ordered = [pool[name] for name in sorted(pool)]
    new = {n for n, reading in enumerate(ordered) if merge.statement(reading) in names}
    pairs = [(ordered[a], ordered[b]) for a, b in sorted(merge.candidates(ordered, new))]
    judgements.put(conn, [merge.judge(one, other) for one, other in pairs])


def _searches(fresh: Sequence[Reading]) -> list[readings.Search]:
    """One search for fresh readings of like kinds in one country, 2-degree cell and fortnight."""
    groups: dict[tuple[object, ...], list[merge.Near]] = defaultdict(list)
    for reading in fresh:
        near = merge.near(reading)
        if near is not None:
            cell = None if near.lat is None or near.lon is None else _cell(near.lat, near.lon)
            fortnight = int(near.since.timestamp() // _FORTNIGHT_S)
            groups[near.kinds, near.country, cell, fortnight].append(near)
    return [_hull(group) for _, group in sorted(groups.items(), key=lambda item: repr(item[0]))]


def _cell(lat: float, lon: float) -> tuple[int, int]:
    return int(lat // 2), int(lon // 2)


def _hull(group: Sequence[merge.Near]) -> readings.Search:
    one = group[0]
    width = 0.0 if len(group) == 1 else 320.0  # a 2-degree cell's diagonal
    return readings.Search(
        since=min(near.since for near in group),
        until=max(near.until for near in group),
        kinds=one.kinds,
        lat=one.lat,
        lon=one.lon,
        km=max(near.km for near in group) + width,
        country=one.country,
    )


def _component(conn: Connection, names: set[str]) -> tuple[set[str], list[Judgement]]:
    """All statements tied to these by a SAME or by a shared event, and every word on them."""
    known: set[str] = set()
    words: dict[tuple[str, str, str], Judgement] = {}
    front = set(names)
    while front:
        known |= front
        reached: set[str] = set()
        for word in judgements.for_statements(conn, front):
            words[word.left, word.right, word.by] = word
            if word.verdict is Verdict.SAME:
                reached |= {word.left, word.right}
        ids = {event for found in events.events_of(conn, front).values() for event in found}
        for event in events.get_many(conn, ids).values():
            reached |= set(event.statements)
        front = reached - known
    return known, [words[key] for key in sorted(words)]


def _current(conn: Connection, names: set[str]) -> dict[str, Reading]:
    found = readings.by_statements(conn, names)
    return {name: parts[0] for name, parts in sorted(found.items()) if parts and _tells(parts[0])}


def _emptied(
    before: Mapping[str, Event],
    identities: Mapping[str, Sequence[str]],
    redirects: Mapping[str, str],
) -> list[Event]:
    """Events that rested on what was withdrawn, or read as nothing, alone."""
    return [
        replace(
            event,
            version=event.version + 1,
            state=State.WITHDRAWN,
            reasons=("every report it rested on was withdrawn or retracted", *event.reasons),
        )
        for name, event in sorted(before.items())
        if name not in identities and name not in redirects and event.state is not State.WITHDRAWN
    ]
