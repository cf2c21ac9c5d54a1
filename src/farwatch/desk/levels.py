"""The levels of the places where our sites are, as events come in, and their rises as events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from farwatch.desk.assessing import assess_places, changes, level_event
from farwatch.desk.opening import Desk
from farwatch.model.event import Event
from farwatch.model.protect import Site
from farwatch.model.times import parse_utc
from farwatch.store import assessments, events, reports

_CURSOR = "assessed"
_AT_LEAST = timedelta(days=1)  # also when nothing happened: what is past weighs less every day


def level_changes(
    desk: Desk, conn: Connection, sites: Iterable[Site], now: datetime
) -> list[Event]:
    """Assess the admin-1 units of the sites, if something was reported or a day has passed.

    The assessments are kept; returned are the events of levels that rose.
    """
    places = sorted({f"admin1:{unit}" for site in sites if (unit := _unit(site))})
    if not places or not _is_due(conn, now):
        return []
    previous = assessments.latest(conn, places)
    current = assess_places(desk, conn, places, now)
    reports.set_cursor(conn, _CURSOR, {"at": now.isoformat()})
    rises = [level_event(desk, rise, now) for rise in changes(previous, current)]
    events.put(conn, rises)
    return rises


def _unit(site: Site) -> str | None:
    """The site's admin-1 unit as "ZM.08", however its list wrote it; None where it is not known."""
    if not site.country or not site.admin1:
        return None
    return site.admin1 if "." in site.admin1 else f"{site.country}.{site.admin1}"


def _is_due(conn: Connection, now: datetime) -> bool:
    stood = reports.cursor(conn, _CURSOR)
    if "at" not in stood:
        return True
    last = parse_utc(stood["at"])
    return now - last >= _AT_LEAST or bool(events.since(conn, last))
