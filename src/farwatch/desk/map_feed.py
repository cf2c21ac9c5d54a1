"""The watch room's list: the events the map marks, as rows with what of ours they reach."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import h3.api.basic_int as h3
import numpy as np
from sqlalchemy.engine import Connection

from farwatch.desk import map_index
from farwatch.desk.map_cells import Array, Box
from farwatch.desk.map_index import MapIndex, parents
from farwatch.desk.map_room import Asking, MapChoice, chosen, own_sites
from farwatch.desk.opening import Desk
from farwatch.desk.remembering import remembered, soon
from farwatch.errors import NotFound, UsageError
from farwatch.model.account import Scope
from farwatch.model.event import Event
from farwatch.model.protect import Alert, Exposure
from farwatch.store import alert_lists, events, exposures, map_standing
from farwatch.store.alert_lists import AlertChoice
from farwatch.store.keyset import Page, Wanted
from farwatch.store.map_columns import micros


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the map: a box, or an H3 cell's index. Neither is the whole earth."""

    box: Box | None = None
    cell: int | None = None


@dataclass(frozen=True, slots=True)
class FeedRow:
    """An event with the exposures of sites that the account may see, nearest first, and the alert
    that stands for it; `updated` is when its row changed, by the machine's clock."""

    event: Event
    updated: datetime | None
    exposures: tuple[Exposure, ...]
    alert: Alert | None


@dataclass(frozen=True, slots=True)
class Feed:
    """A page of rows, and how many events the choice holds in all."""

    page: Page[FeedRow]
    total: int


def feed(
    desk: Desk, choice: MapChoice, area: Area, wanted: Wanted, asking: Asking,
    updated_since: datetime | None = None,
) -> Feed:  # fmt: skip
    """Events last reported first; with `updated_since`, what changed since, oldest change first."""
    return _feed(desk, choice, area, wanted, _soon(asking), updated_since)


@remembered
def _feed(
    desk: Desk, choice: MapChoice, area: Area, wanted: Wanted, asking: Asking,
    updated_since: datetime | None,
) -> Feed:  # fmt: skip
    index = map_index.current(desk, asking.now)
    of = index.events
    fits = chosen(index, choice, asking)
    if area.box is not None:
        fits &= area.box.holds(of.lat, of.lon)
    if area.cell is not None:
        fits &= parents(index.event_cells, h3.get_resolution(area.cell)) == np.uint64(area.cell)
    key = of.last
    if updated_since is not None:
        key = of.updated
        fits &= key >= micros(updated_since)
    rows = np.flatnonzero(fits)
    found = _ordered(key, of.id, rows, wanted, rising=updated_since is not None)
    shown = found[: wanted.limit]
    following = _written(*shown[-1][:2]) if len(found) > wanted.limit else None
    with desk.database.read() as conn:
        items = _rows(conn, index, [row for _, _, row in shown], asking)
    return Feed(Page(items, following), len(rows))


def _ordered(
    key: Array, names: Array, rows: Array, wanted: Wanted, *, rising: bool
) -> list[tuple[int, str, int]]:
    """(key, id, row) of the wanted page and at least one row after it, where there is one. Ties
    of the key are broken by id, so that a cursor names one row."""
    sign = 1 if rising else -1
    turned = sign * key[rows]
    if wanted.after is not None:
        last, name = _read(wanted.after)
        tied = turned == sign * last
        tied[tied] = [(one > name) is rising and one != name for one in names[rows[tied]]]
        after = (turned > sign * last) | tied
        rows, turned = rows[after], turned[after]
    if len(rows) > wanted.limit + 1:
        near = turned <= np.partition(turned, wanted.limit)[wanted.limit]
        rows = rows[near]
    return sorted(((int(key[row]), str(names[row]), int(row)) for row in rows), reverse=not rising)


def one(desk: Desk, event: str, asking: Asking) -> FeedRow:
    """One event as a row of the list; raises NotFound, also for one outside the scope."""
    index = map_index.current(desk, asking.now)
    with desk.database.read() as conn:
        found = events.get(conn, event)
        there = asking.scope.holds_country(found.place.country if found.place else None)
        if not there or (found.restricted and not asking.scope.restricted):
            raise NotFound(f"no event {event!r}")
        rows = np.flatnonzero(index.events.id == found.id)
        return _rows(conn, index, [int(row) for row in rows], asking)[0]


def open_alerts(desk: Desk, choice: MapChoice, asking: Asking, most: int) -> tuple[Alert, ...]:
    """The alerts that ask for a person, newest first, within the choice's bounds."""
    return _open_alerts(desk, choice, _soon(asking), most)


def _soon(asking: Asking) -> Asking:
    return replace(asking, now=soon(asking.now))


@remembered
def _open_alerts(desk: Desk, choice: MapChoice, asking: Asking, most: int) -> tuple[Alert, ...]:
    asked = AlertChoice(
        states=("open",), kinds=tuple(kind.value for kind in choice.kinds),
        country=choice.country, severity=choice.severity,
    )  # fmt: skip
    with desk.database.read() as conn:
        found = alert_lists.listed(conn, asked, asking.scope, Wanted(most)).items
        return tuple(row.alert for row in found)


def _rows(
    conn: Connection, index: MapIndex, rows: Iterable[int], asking: Asking
) -> tuple[FeedRow, ...]:
    rows = list(rows)
    ids = [str(index.events.id[row]) for row in rows]
    bodies = events.get_many(conn, ids)
    reached = exposures.of_events(conn, ids)
    ours = _in_scope(index, asking.scope)
    alerts = map_standing.alerts_of(conn, ids, asking.scope)
    made = []
    for row, name in zip(rows, ids, strict=True):
        if name not in bodies:
            continue  # merged into another since the index was read
        updated = int(index.events.updated[row])
        made.append(FeedRow(
            bodies[name], datetime.fromtimestamp(updated / 1e6, UTC) if updated else None,
            tuple(x for x in reached.get(name, ()) if ours is None or x.site in ours),
            alerts.get(name),
        ))  # fmt: skip
    return tuple(made)


def _in_scope(index: MapIndex, scope: Scope) -> frozenset[str] | None:
    """The sites that may be seen; None for all."""
    if scope.everywhere:
        return None
    return frozenset(index.sites.id[own_sites(index.sites, scope)])


def _written(key: int, name: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([key, name]).encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[int, str]:
    try:
        key, name = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return int(key), str(name)
    except (binascii.Error, ValueError, TypeError) as error:
        raise UsageError(f"cursor {cursor[:60]!r} is not one that this list gave") from error
