"""Events: the version that stands, all versions, and where a merged one went."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.errors import NotFound
from farwatch.model.event import Event, State
from farwatch.model.place import Precision
from farwatch.store import alerts, schema, search_queue
from farwatch.store.bodies import pack, unpack
from farwatch.store.rows import changed_at, chunks, upsert

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Which:
    """A choice of events; None asks nothing. `live_at`: live and not expired then."""

    live_at: datetime | None = None
    since: datetime | None = None  # start, inclusive
    until: datetime | None = None  # start, exclusive
    reported_since: datetime | None = None  # last report, inclusive
    country: str | None = None
    exercise: bool | None = None
    kind: str | None = None


def put(conn: Connection, events: Sequence[Event]) -> None:
    """Make these the versions that stand; each version is kept. The last of one id wins.

    Writing a version again (a resumed batch) overwrites it with the same.
    """
    latest = {event.id: event for event in events}
    for some in chunks(latest):  # an event that stands again, parted by a person, is no one else
        conn.execute(sa.delete(schema.redirects).where(schema.redirects.c.old.in_(some)))
    updated = changed_at()
    upsert(conn, schema.events, [_row(event) | {"updated": updated} for event in latest.values()])
    every = {(event.id, event.version): event for event in events}
    upsert(
        conn,
        schema.event_versions,
        [
            {"id": event.id, "version": event.version, "body": pack(event)}
            for event in every.values()
        ],
    )
    _put_statements(conn, list(latest.values()))
    alerts.restrict(conn, [event.id for event in latest.values() if event.restricted])
    search_queue.mark(conn, search_queue.EVENT, latest)


def redirect(conn: Connection, old: str, surviving: str, at: datetime) -> None:
    """From now on `old` is `surviving`, as is everything that became `old` before.

    Raises NotFound if the survivor is unknown; ValueError if it is the same event.
    """
    survivor = resolve(conn, surviving)
    if survivor == old:
        raise ValueError(f"event {old!r} cannot become itself")
    events, redirects = schema.events, schema.redirects
    if conn.execute(sa.select(events.c.id).where(events.c.id == survivor)).scalar() is None:
        raise NotFound(f"no event {surviving!r}")
    conn.execute(
        sa.update(redirects).where(redirects.c.surviving == old).values(surviving=survivor)
    )
    upsert(conn, redirects, [{"old": old, "surviving": survivor, "at": at}])
    conn.execute(sa.delete(events).where(events.c.id == old))
    closed = sa.select(events.c.id).where(events.c.id == survivor, events.c.restricted)
    alerts.restrict(conn, conn.execute(closed).scalars().all())


def resolve(conn: Connection, event_id: str) -> str:
    """The id that an event goes by now: itself, or the one it was merged into."""
    table = schema.redirects
    found = conn.execute(sa.select(table.c.surviving).where(table.c.old == event_id)).scalar()
    return event_id if found is None else str(found)


def merged_into(conn: Connection, event_id: str) -> tuple[str, ...]:
    """The ids that became this event."""
    table = schema.redirects
    query = sa.select(table.c.old).where(table.c.surviving == event_id).order_by(table.c.old)
    return tuple(conn.execute(query).scalars())


def get(conn: Connection, event_id: str) -> Event:
    """The version that stands, following a merge; raises NotFound."""
    found = get_many(conn, [resolve(conn, event_id)])
    if not found:
        raise NotFound(f"no event {event_id!r}")
    return next(iter(found.values()))


def get_many(conn: Connection, ids: Iterable[str]) -> dict[str, Event]:
    """The standing versions by id, without following merges; unknown ids are left out."""
    table = schema.events
    found: dict[str, Event] = {}
    for some in chunks(ids):
        query = sa.select(table.c.id, table.c.body).where(table.c.id.in_(some))
        found |= {row.id: unpack(Event, row.body) for row in conn.execute(query)}
    return found


def versions(conn: Connection, event_id: str) -> list[Event]:
    """All versions kept under this very id, oldest first (a merged event's too)."""
    table = schema.event_versions
    query = sa.select(table.c.body).where(table.c.id == event_id).order_by(table.c.version)
    return [unpack(Event, body) for body in conn.execute(query).scalars()]


def live(conn: Connection, now: datetime) -> list[Event]:
    """Events that are live and not expired, oldest start first."""
    return chosen(conn, Which(live_at=now))


def since(conn: Connection, when: datetime) -> list[Event]:
    """Events reported on since then, in any state, oldest start first."""
    return chosen(conn, Which(reported_since=when))


def chosen(conn: Connection, which: Which) -> list[Event]:
    """The events that the choice admits, oldest start first."""
    table = schema.events
    query = sa.select(table.c.body).where(*_conditions(which)).order_by(table.c.start, table.c.id)
    return [unpack(Event, body) for body in conn.execute(query).scalars()]


def expired(conn: Connection, now: datetime) -> list[Event]:
    """Events still marked live whose time is over: what the desk ends."""
    table = schema.events
    query = sa.select(table.c.body).where(table.c.state == State.LIVE.value, table.c.expires <= now)
    return [unpack(Event, body) for body in conn.execute(query).scalars()]


def events_of(conn: Connection, statements: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The events that each statement supports; one report may tell of several happenings."""
    table = schema.event_statements
    found: dict[str, tuple[str, ...]] = {}
    for some in chunks(statements):
        query = (
            sa.select(table.c.statement, table.c.event)
            .where(table.c.statement.in_(some))
            .order_by(table.c.event)
        )
        for statement, event in conn.execute(query):
            found[statement] = (*found.get(statement, ()), event)
    return found


def as_table(
    conn: Connection, which: Which | None = None, classes: Mapping[str, str] | None = None
) -> pa.Table:
    """The chosen events as an Arrow table of `model.tables.EVENTS`.

    `classes` gives a source's class by its id; the class of an event's first source is shown.
    An event without a place has precision "region" and no coordinates.
    """
    import pyarrow as pa

    from farwatch.model.tables import EVENTS

    table = schema.events
    names = [field.name for field in EVENTS if field.name != "source_class"]
    query = (
        sa.select(*(table.c[column] for column in names), table.c.first_source)
        .where(*_conditions(which or Which()))
        .order_by(table.c.start, table.c.id)
    )
    rows = conn.execute(query).all()
    columns: dict[str, list[Any]] = {
        column: [row[place] for row in rows] for place, column in enumerate(names)
    }
    columns["source_class"] = [(classes or {}).get(row.first_source) for row in rows]
    return pa.table(columns, schema=EVENTS)


def _conditions(which: Which) -> list[sa.ColumnElement[bool]]:
    table = schema.events
    asked: list[tuple[Any, Callable[[Any, Any], Any], sa.Column[Any]]] = [
        (which.since, operator.ge, table.c.start),
        (which.until, operator.lt, table.c.start),
        (which.reported_since, operator.ge, table.c.last_reported),
        (which.country, operator.eq, table.c.country),
        (which.exercise, operator.eq, table.c.exercise),
        (which.kind, operator.eq, table.c.kind),
    ]
    conditions: list[sa.ColumnElement[bool]] = [
        compare(column, value) for value, compare, column in asked if value is not None
    ]
    if which.live_at is not None:
        conditions.append(table.c.state == State.LIVE.value)
        conditions.append(sa.or_(table.c.expires.is_(None), table.c.expires > which.live_at))
    return conditions


def _put_statements(conn: Connection, events: Sequence[Event]) -> None:
    table = schema.event_statements
    for some in chunks(event.id for event in events):
        conn.execute(sa.delete(table).where(table.c.event.in_(some)))
    rows = [
        {"event": event.id, "statement": statement}
        for event in events
        for statement in dict.fromkeys(event.statements)
    ]
    if rows:
        conn.execute(sa.insert(table), rows)


def _row(event: Event) -> dict[str, Any]:
    return _facts(event) | _place(event) | {"body": pack(event)}


def _facts(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "version": event.version,
        "kind": event.kind.value,
        "category": event.kind.category.value if event.kind.category else None,
        "severity": event.severity,
        "credibility": event.grade.credibility,
        "official": event.official,
        "state": event.state.value,
        "title": event.title.replace("\0", ""),
        "start": event.happened.start if event.happened else event.first_reported,
        "expires": event.expires,
        "first_reported": event.first_reported,
        "last_reported": event.last_reported,
        "exercise": event.exercise,
        "first_source": event.sources[0] if event.sources else None,
        "restricted": event.restricted,
    }


def _place(event: Event) -> dict[str, Any]:
    place = event.place
    if place is None:
        nowhere = dict.fromkeys(("lat", "lon", "radius_km", "country", "admin1"))
        return {"precision": Precision.REGION.value, **nowhere}
    return {
        "precision": place.precision.value,
        "lat": place.geometry.lat,
        "lon": place.geometry.lon,
        "radius_km": place.geometry.radius_km,
        "country": place.country,
        "admin1": place.admin1,
    }
