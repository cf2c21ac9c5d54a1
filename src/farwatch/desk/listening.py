"""Silence is a warning: notice when all that covers a place has fallen silent, and when it is back.

A source is silent when it brought nothing new past its own bound, or could not be reached three
times in a row. A place is silent when every source that covers it is.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from farwatch.collect.health import UNREACHABLE, is_silent, last_word
from farwatch.desk.opening import Desk
from farwatch.model.event import Event, State
from farwatch.model.grade import Grade
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.protect import Site
from farwatch.model.report import Span
from farwatch.model.terms import Source
from farwatch.store import events, health, reports
from farwatch.store.health import Health

_CURSOR = "silences"
_LASTS = timedelta(days=365)


def deadlines(desk: Desk, conn: Connection, after: datetime, until: datetime) -> list[datetime]:
    """The moments in (after, until] at which some source passes its bound."""
    found = set()
    for name, known in health.status(conn).items():
        source, last = desk.sources.get(name), None
        if source is not None:
            last = _last(source, known)
        if source is not None and last is not None:
            due = last + timedelta(hours=source.silent_after_hours)
            if after < due <= until:
                found.add(due)
    return sorted(found)


def listen(desk: Desk, conn: Connection, sites: Mapping[str, Site], now: datetime) -> list[Event]:
    """The events of places that fell silent, and the ends of those that are heard again."""
    covers = _covers(desk, health.status(conn))
    known = dict(reports.cursor(conn, _CURSOR))
    out: list[Event] = []
    for cover, found in sorted(covers.items()):
        silent = all(_is_silent(source, state, now) for source, state in found)
        if silent and cover not in known:
            event = _fell_silent(desk, cover, found, sites, now)
            known[cover] = event.id
            out.append(event)
        elif not silent and cover in known:
            event = events.get(conn, known[cover])
            if _heard_after(found, event.first_reported):
                out.append(_heard_again(event, now))
                del known[cover]
    if out:
        events.put(conn, out)
        reports.set_cursor(conn, _CURSOR, known)
    return out


def _covers(desk: Desk, states: Mapping[str, Health]) -> dict[str, list[tuple[Source, Health]]]:
    covers: dict[str, list[tuple[Source, Health]]] = defaultdict(list)
    for name, state in states.items():
        source = desk.sources.get(name)
        if source is None:
            continue
        for cover in source.covers or (f"source:{name}",):
            covers[cover].append((source, state))
    return covers


def _last(source: Source, state: Health) -> datetime | None:
    return last_word(source, state.last_heard, state.last_new)


def _heard_after(found: Sequence[tuple[Source, Health]], when: datetime) -> bool:
    times = [time for _, state in found for time in (state.last_heard, state.last_new)]
    return any(time is not None and time > when for time in times)


def _is_silent(source: Source, state: Health, now: datetime) -> bool:
    return is_silent(source, _last(source, state), state.failures, now)


def _fell_silent(
    desk: Desk,
    cover: str,
    found: Sequence[tuple[Source, Health]],
    sites: Mapping[str, Site],
    now: datetime,
) -> Event:
    names = sorted(source.id for source, _ in found)
    heard = [last for source, state in found if (last := _last(source, state)) is not None]
    since = max(heard) if heard else now
    digest = hashlib.blake2b(f"{cover}\x1f{since.isoformat()}".encode(), digest_size=10)
    site = sites.get(cover.removeprefix("site:")) if cover.startswith("site:") else None
    place = _place(desk, cover, site)
    where = site.name if site else place.name if place else cover.partition(":")[2]
    errors = [f"{s.id}: {h.last_error}" for s, h in found if h.failures >= UNREACHABLE]
    return Event(
        id="s" + digest.hexdigest(),
        version=1,
        kind=Kind.SILENCE,
        severity=3,
        title=f"Nothing heard from {where}",
        place=place,
        happened=Span(since),
        first_reported=now,
        last_reported=now,
        grade=Grade("A", 2, ("the desk's own count of what it hears",)),
        expires=now + _LASTS,
        exercise=desk.settings.exercise,
        sources=tuple(names),
        site=site.id if site else None,
        reasons=(f"silent since {since:%Y-%m-%d %H:%M} UTC: {', '.join(names)}", *errors[:5]),
    )


def _heard_again(event: Event, now: datetime) -> Event:
    return replace(
        event,
        version=event.version + 1,
        state=State.ENDED,
        last_reported=now,
        reasons=("heard again", *event.reasons),
    )


def _place(desk: Desk, cover: str, site: Site | None) -> Place | None:
    kind, _, name = cover.partition(":")
    if site is not None:
        return Place(site.name, Precision.POINT, Geometry(site.lat, site.lon), site.country)
    if kind == "admin1":
        row = desk.gazetteer.admin1_rows.get(name)
    elif kind == "country":
        row = desk.gazetteer.country_rows.get(name)
    elif kind == "place":
        return _named(desk, name)
    else:
        row = None
    if row is None:
        return None
    record = desk.gazetteer.record(row)
    precision = Precision.ADMIN1 if kind == "admin1" else Precision.COUNTRY
    return Place(
        record.name, precision, Geometry(record.lat, record.lon), record.country, record.admin1
    )


def _named(desk: Desk, name: str) -> Place | None:
    found = desk.gazetteer.lookup(name)
    if not found:
        return None
    record = found[0]
    return Place(
        record.name, Precision.CITY, Geometry(record.lat, record.lon, 5.0), record.country,
        record.admin1, record.geonameid,
    )  # fmt: skip
