"""Exposures that stand: which sites each event's newest version reaches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.account import WHOLE, Scope
from farwatch.model.protect import Exposure
from farwatch.store import restricted, schema
from farwatch.store.bodies import pack, unpack
from farwatch.store.rows import chunks, upsert


def replace(conn: Connection, events: Iterable[str], exposures: Sequence[Exposure]) -> None:
    """Make these the only exposures of the events; an event without any has none now.

    Raises ValueError for an exposure of an event that is not among them.
    """
    screened = set(events)
    strange = {item.event for item in exposures} - screened
    if strange:
        raise ValueError(f"exposures of events {sorted(strange)} that were not screened")
    for some in chunks(sorted(screened)):
        conn.execute(sa.delete(schema.exposures).where(schema.exposures.c.event.in_(some)))
    rows = {
        (item.event, item.site): {
            "event": item.event,
            "site": item.site,
            "event_version": item.event_version,
            "severity": item.severity,
            "probability": item.probability,
            "body": pack(item),
        }
        for item in exposures
    }
    upsert(conn, schema.exposures, list(rows.values()))


def of_events(conn: Connection, events: Iterable[str]) -> dict[str, tuple[Exposure, ...]]:
    """Each event's exposures, nearest site first; an event without any is left out."""
    found: dict[str, list[Exposure]] = {}
    for some in chunks(events):
        query = sa.select(schema.exposures.c.body).where(schema.exposures.c.event.in_(some))
        for body in conn.execute(query).scalars():
            exposure = unpack(Exposure, body)
            found.setdefault(exposure.event, []).append(exposure)
    return {event: tuple(sorted(items, key=_near)) for event, items in found.items()}


def of_site(conn: Connection, site: str, scope: Scope = WHOLE) -> list[Exposure]:
    """What a site stands exposed to, nearest first; to restricted events for who is cleared."""
    table = schema.exposures
    query = sa.select(table.c.body).where(table.c.site == site)
    if not scope.restricted:
        query = query.where(sa.not_(restricted.of_events(table.c.event)))
    return sorted((unpack(Exposure, body) for body in conn.execute(query).scalars()), key=_near)


def reaching(conn: Connection, sites: Iterable[str]) -> set[str]:
    """The events that reach any of these sites."""
    table = schema.exposures
    found: set[str] = set()
    for some in chunks(sites):
        found |= set(conn.execute(sa.select(table.c.event).where(table.c.site.in_(some))).scalars())
    return found


def _near(exposure: Exposure) -> tuple[float, str, str]:
    return (exposure.distance_km, exposure.site, exposure.event)
