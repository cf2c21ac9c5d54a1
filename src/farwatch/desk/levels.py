"""The levels of the places where our sites are, as events come in, and their rises as events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection

from farwatch.desk.assessing import Rise, assess_places, changes, level_event
from farwatch.desk.opening import Desk
from farwatch.model.event import Event
from farwatch.model.kinds import Kind
from farwatch.model.protect import Site
from farwatch.model.times import parse_utc
from farwatch.protect.screen import reach_of
from farwatch.store import assessments, events, overrides, reports
from farwatch.store.events import Which
from farwatch.store.restricted import events_among
from farwatch.store.sites import admin1_code

_CURSOR = "assessed"
_AT_LEAST = timedelta(days=1)  # also when nothing happened: what is past weighs less every day
_AGAIN = timedelta(days=1)  # a level that falls and rises to the same within it is not told again


def level_changes(
    desk: Desk, conn: Connection, sites: Iterable[Site], now: datetime
) -> list[Event]:
    """Assess the admin-1 units of the sites, if something was reported, a level that a person set
    began or ended, or a day has passed.

    The assessments are kept; returned are the events of levels that rose.
    """
    units = {f"admin1:{unit}" for site in sites if (unit := admin1_code(site))}
    last = _last(conn)
    # Where a person sets a level, it is kept while it stands, and once more when it is over.
    set_there = {kept.override.place for kept in overrides.standing(conn, now)}
    turned = overrides.turned(conn, last, now) if last else []
    places = sorted(units | set_there | set(turned))
    if not places or not (turned or _is_due(conn, last, now)):
        return []
    previous = assessments.latest(conn, places)
    current = assess_places(desk, conn, places, now)
    reports.set_cursor(conn, _CURSOR, {"at": now.isoformat()})
    rises = list(tell_rises(desk, conn, changes(previous, current), now))
    events.put(conn, rises)
    return rises


def tell_rises(
    desk: Desk, conn: Connection, rises: Iterable[Rise], now: datetime
) -> Iterator[Event]:
    """The rises as events: one event a place and category for as long as its alert holds.

    A level that rises further makes a new version of it, so that its alert is revised; one that
    only falls and rises to no more within a day makes none.
    """
    hours = reach_of(Kind.LEVEL_CHANGE, desk.rules.reach).hold_hours
    kind = Kind.LEVEL_CHANGE.value
    since = now - timedelta(hours=hours)
    found = events.chosen(conn, Which(live_at=now, reported_since=since, kind=kind))
    standing = {_whose(event): event for event in sorted(found, key=lambda one: one.last_reported)}
    for rise in rises:
        rests = {name for factor in rise.level.factors for name in factor.evidence}
        closed = frozenset(events_among(conn, rests))
        before = standing.get((rise.assessment.place, rise.level.category.value))
        if before is None or _is_news(rise, before, now):
            yield level_event(desk, rise, now, before, closed)


def _whose(event: Event) -> tuple[str, str]:
    """Which place and category an event of a level speaks of."""
    assessed = str(event.measures.get("assessment", ""))
    return assessed.partition("@")[0], str(event.measures.get("category", ""))


def _is_news(rise: Rise, before: Event, now: datetime) -> bool:
    told = before.measures.get("level", 0.0)
    further = isinstance(told, float) and (rise.level.level or 0) > told
    return further or now - before.last_reported >= _AGAIN


def _last(conn: Connection) -> datetime | None:
    stood = reports.cursor(conn, _CURSOR)
    return parse_utc(stood["at"]) if "at" in stood else None


def _is_due(conn: Connection, last: datetime | None, now: datetime) -> bool:
    return last is None or now - last >= _AT_LEAST or bool(events.since(conn, last))
