"""What the map draws of events and sites, a NumPy array a column, read whole or since a change.

Bodies stay in the database: two hundred thousand events are some 20 MB here, and a filter over
all of them takes a millisecond, where walking their rows takes half a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.engine import Connection

from farwatch.model.event import State
from farwatch.model.kinds import Kind
from farwatch.model.place import Precision
from farwatch.store import schema
from farwatch.store.rows import chunks

KINDS = tuple(Kind)
PRECISIONS = tuple(Precision)
STATES = tuple(State)
NEVER = int(np.iinfo(np.int64).max)
_KIND = {kind.value: n for n, kind in enumerate(KINDS)}
_PRECISION = {precision.value: n for n, precision in enumerate(PRECISIONS)}
_STATE = {state.value: n for n, state in enumerate(STATES)}

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class EventColumns:
    """Events, one row each, in no order. Times are seconds since 1970, UTC.

    `known` is the first report's time, `over` when it ceased to be live (the end of time while it
    is); `lat`, `lon` are NaN without a place; `kind`, `precision`, `state` number their words.
    """

    id: Array
    lat: Array
    lon: Array
    radius_km: Array
    kind: Array
    severity: Array
    precision: Array
    state: Array
    country: Array  # alpha-2, "" where none is known
    known: Array
    last: Array  # last report
    over: Array
    updated: Array  # microseconds, by the machine's clock; 0 for rows from before it was kept
    restricted: Array

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, slots=True)
class SiteColumns:
    """Sites, one row each, by id."""

    id: Array
    lat: Array
    lon: Array
    country: Array
    programme: Array
    tier: Array

    def __len__(self) -> int:
        return len(self.id)


_EVENT = (
    "id", "lat", "lon", "radius_km", "kind", "severity", "precision", "state", "country",
    "first_reported", "last_reported", "expires", "updated", "restricted",
)  # fmt: skip
_SITE = ("id", "lat", "lon", "country", "programme", "tier")


def events(conn: Connection, now: datetime, ids: Iterable[str] | None = None) -> EventColumns:
    """All events, or those of these ids."""
    table = schema.events
    query = sa.select(*(table.c[name] for name in _EVENT))
    wanted = [query] if ids is None else [query.where(table.c.id.in_(one)) for one in chunks(ids)]
    given = _columns(conn, wanted, _EVENT)
    last, state = _seconds(given["last_reported"], 0), _numbers(given["state"], _STATE)
    over = _over(state, last, _seconds(given["expires"], NEVER), now)
    return EventColumns(
        id=np.array(given["id"], dtype=object),
        lat=_floats(given["lat"]), lon=_floats(given["lon"]),
        radius_km=np.nan_to_num(_floats(given["radius_km"])),
        kind=_numbers(given["kind"], _KIND), severity=np.array(given["severity"], dtype=np.int8),
        precision=_numbers(given["precision"], _PRECISION), state=state,
        country=_words(given["country"], "U2"), known=_seconds(given["first_reported"], 0),
        last=last, over=over,
        updated=np.array([micros(one) if one else 0 for one in given["updated"]], dtype=np.int64),
        restricted=np.array(given["restricted"], dtype=bool),
    )  # fmt: skip


def changed(conn: Connection, since: datetime) -> list[tuple[str, int]]:
    """(id, `updated` as the columns hold it) of the events whose row changed since."""
    table = schema.events
    query = sa.select(table.c.id, table.c.updated).where(table.c.updated >= since)
    return [(row.id, micros(row.updated)) for row in conn.execute(query)]


def micros(when: datetime) -> int:
    """An aware time in microseconds since 1970."""
    return round(when.timestamp() * 1e6)


def count(conn: Connection) -> int:
    """How many events there are: a merged one goes without a trace in the rows that changed."""
    return int(conn.execute(sa.select(sa.func.count()).select_from(schema.events)).scalar_one())


def joined(old: EventColumns, new: EventColumns, kept: Array) -> EventColumns:
    """The rows of `old` that are `kept`, then those of `new`."""
    return EventColumns(**{
        field.name: np.concatenate([getattr(old, field.name)[kept], getattr(new, field.name)])
        for field in fields(EventColumns)
    })  # fmt: skip


def sites(conn: Connection) -> SiteColumns:
    """All sites in our care, by id."""
    table = schema.sites
    query = sa.select(*(table.c[name] for name in _SITE)).order_by(table.c.id)
    query = query.where(table.c.retired.is_(None))
    given = _columns(conn, [query], _SITE)
    return SiteColumns(
        id=np.array(given["id"], dtype=object),
        lat=_floats(given["lat"]), lon=_floats(given["lon"]),
        country=_words(given["country"], "U2"), programme=_words(given["programme"], object),
        tier=np.array(given["tier"], dtype=np.int8),
    )  # fmt: skip


def exposed(conn: Connection, of: Iterable[str] | None = None) -> list[tuple[str, str, int]]:
    """(event, site, severity at the site) of every exposure that stands, or of these events'."""
    table = schema.exposures
    query = sa.select(table.c.event, table.c.site, table.c.severity)
    if of is None:
        return [(one.event, one.site, one.severity) for one in conn.execute(query)]
    found: list[tuple[str, str, int]] = []
    for some in chunks(of):
        rows = conn.execute(query.where(table.c.event.in_(some)))
        found += [(one.event, one.site, one.severity) for one in rows]
    return found


def _columns(
    conn: Connection, queries: Sequence[sa.Select[Any]], names: Sequence[str]
) -> dict[str, Sequence[Any]]:
    rows = [row for query in queries for row in conn.execute(query)]
    turned = zip(*rows, strict=True) if rows else [()] * len(names)
    return dict(zip(names, turned, strict=True))


def _seconds(times: Sequence[datetime | None], unknown: int) -> Array:
    return np.array(
        [unknown if one is None else int(one.timestamp()) for one in times], dtype=np.int64
    )


def _floats(values: Sequence[float | None]) -> Array:
    return np.array(values, dtype=float)


def _words(values: Sequence[str | None], kind: Any) -> Array:
    return np.array([one or "" for one in values], dtype=kind)


def _numbers(words: Sequence[str | None], of: dict[str, int]) -> Array:
    return np.array([of.get(word or "", -1) for word in words], dtype=np.int8)


def _over(state: Array, last: Array, expires: Array, now: datetime) -> Array:
    """When each ceased to be live: at its expiry; one that ended before it, at its last report,
    the all clear; a withdrawn one never was."""
    early = (state == _STATE[State.ENDED.value]) & (expires > now.timestamp())
    over = np.where(early, last, expires)
    return np.where(state == _STATE[State.WITHDRAWN.value], 0, over)
