"""The map's index: columns of all events and sites in memory, brought up to date by what changed.

Each process that serves pages has its own, and asks the database what is new before each answer.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

import h3.api.basic_int as h3
import numpy as np
from numpy.typing import NDArray
from sqlalchemy.engine import Connection

from farwatch.desk.opening import Desk
from farwatch.model.account import WHOLE, Scope
from farwatch.store import changes, map_columns
from farwatch.store.database import Database
from farwatch.store.map_columns import EventColumns, SiteColumns

FINEST = 9  # H3 resolution kept of every point: cells of some 400 m, coarser ones follow from it
_OVERLAP = timedelta(seconds=30)  # a slow transaction's rows carry the time of its beginning

Cells = NDArray[np.uint64]
Mark = tuple[datetime | None, ...]
Reached = dict[str, tuple[tuple[str, int], ...]]  # event -> (site, severity at the site)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Exposures as rows: of events, of sites, and the severity at the site."""

    event: NDArray[np.intp]
    site: NDArray[np.intp]
    severity: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class MapIndex:
    """One state of the index. `mark` says which, `open_mark` to who is not cleared: it does not
    change with what is restricted. Rows of `event_cells` go with `events`.

    A cell of 0 is no place. `row` and `site_row` find rows by id.
    """

    mark: Mark
    open_mark: Mark
    events: EventColumns
    event_cells: Cells
    sites: SiteColumns
    site_cells: Cells
    reached: Reached
    row: dict[str, int]
    site_row: dict[str, int]
    pairs: Pairs


_HELD: WeakKeyDictionary[Database, MapIndex] = WeakKeyDictionary()
_LOCK = threading.Lock()


def current(desk: Desk, now: datetime) -> MapIndex:
    """The index as the database is now."""
    with _LOCK, desk.database.read() as conn:
        held = _HELD.get(desk.database)
        mark = _mark(conn, WHOLE)
        if held is not None and held.mark == mark:
            return held
        if held is None:
            held = _made(conn, mark, now)
        elif held.mark[:2] != mark[:2]:
            held = _renewed(conn, held, mark, now)
        # Of alerts alone whoever looks reads anew.
        held = replace(held, mark=mark, open_mark=_mark(conn, Scope()))
        _HELD[desk.database] = held
        return held


def _mark(conn: Connection, scope: Scope) -> Mark:
    seen = changes.newest(conn, scope)
    return seen["events"], seen["sites"], seen["alerts"]


def _made(conn: Connection, mark: Mark, now: datetime) -> MapIndex:
    found, sites = map_columns.events(conn, now), map_columns.sites(conn)
    reached = _by_event(map_columns.exposed(conn))
    row, site_row = _rows(found.id), _rows(sites.id)
    return MapIndex(
        mark, mark, found, cells_of(found.lat, found.lon), sites, cells_of(sites.lat, sites.lon),
        reached, row, site_row, _pairs(reached, row, site_row),
    )  # fmt: skip


def _renewed(conn: Connection, held: MapIndex, mark: Mark, now: datetime) -> MapIndex:
    """Only what changed is read; all of it where sites changed or an event went."""
    before = held.mark[0]
    if held.mark[1] != mark[1] or before is None:
        return _made(conn, mark, now)
    fresh = {
        one for one, updated in map_columns.changed(conn, before - _OVERLAP)
        if one not in held.row or held.events.updated[held.row[one]] != updated
    }  # fmt: skip
    new = map_columns.events(conn, now, fresh)
    kept = np.ones(len(held.events), dtype=bool)
    kept[[held.row[one] for one in new.id if one in held.row]] = False
    events = map_columns.joined(held.events, new, kept)
    if len(events) != map_columns.count(conn):
        return _made(conn, mark, now)
    cells = np.concatenate([held.event_cells[kept], cells_of(new.lat, new.lon)])
    reached = {event: sites for event, sites in held.reached.items() if event not in fresh}
    reached |= _by_event(map_columns.exposed(conn, fresh))
    row = _rows(events.id)
    return replace(
        held, mark=mark, events=events, event_cells=cells, reached=reached, row=row,
        pairs=_pairs(reached, row, held.site_row),
    )  # fmt: skip


def _rows(names: NDArray[Any]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names.tolist())}


def _pairs(reached: Reached, row: dict[str, int], site_row: dict[str, int]) -> Pairs:
    found = [
        (row[event], site_row[site], severity)
        for event, sites in reached.items()
        if event in row
        for site, severity in sites
        if site in site_row
    ]
    table = np.array(found, dtype=np.intp).reshape(-1, 3)
    return Pairs(table[:, 0], table[:, 1], table[:, 2].astype(np.int8))


def _by_event(pairs: list[tuple[str, str, int]]) -> Reached:
    found: dict[str, list[tuple[str, int]]] = {}
    for event, site, severity in pairs:
        found.setdefault(event, []).append((site, severity))
    return {event: tuple(sites) for event, sites in found.items()}


def cells_of(lat: NDArray[Any], lon: NDArray[Any]) -> Cells:
    """The finest cell of each point, 0 where it has none."""
    made = (
        0 if y != y else h3.latlng_to_cell(y, x, FINEST)  # NaN is not equal to itself
        for y, x in zip(lat.tolist(), lon.tolist(), strict=True)
    )
    return np.fromiter(made, dtype=np.uint64, count=len(lat))


def parents(cells: Cells, resolution: int) -> Cells:
    """The cells of a coarser resolution that hold these (H3's index layout: resolution in bits
    52-55, three bits a digit below bit 45, unused digits 7)."""
    cleared = cells & ~np.uint64(0xF << 52)
    unused = np.uint64((1 << (3 * (15 - resolution))) - 1)
    made = cleared | np.uint64(resolution << 52) | unused
    return np.where(cells == 0, np.uint64(0), made)


def seconds(when: datetime) -> int:
    """An aware time as the columns hold it."""
    return int(when.astimezone(UTC).timestamp())
