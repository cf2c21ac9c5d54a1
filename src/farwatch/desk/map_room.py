"""The watch room's map: marks of events and sites as an account may see them, levels of places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.engine import Connection

from farwatch.desk import map_index
from farwatch.desk.map_cells import Box, Marks, gathered
from farwatch.desk.map_index import MapIndex, seconds
from farwatch.desk.opening import Desk
from farwatch.model.account import Scope
from farwatch.model.event import State
from farwatch.model.kinds import Kind
from farwatch.store import map_standing
from farwatch.store.map_columns import KINDS, PRECISIONS, STATES, EventColumns, SiteColumns
from farwatch.store.map_standing import PlaceLevel, Warned

_WITHDRAWN = STATES.index(State.WITHDRAWN)

Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class MapChoice:
    """Which events; empty bounds choose all. `at` looks at what was known, and live, then.

    Without `states` only what is live is chosen. `days` are the last ones up to `at` or now.
    """

    kinds: tuple[Kind, ...] = ()
    severity: int | None = None  # at least
    country: str | None = None
    states: tuple[State, ...] = ()
    days: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and when: every answer is bounded by both."""

    scope: Scope
    now: datetime


@dataclass(frozen=True, slots=True)
class EventMark:
    """One event, or a cell of several, the worst of which gives kind and severity.

    `alerts` are the standing ones of what is within; `sites` how many of ours they reach.
    """

    cell: int
    count: int
    lat: float
    lon: float
    box: tuple[float, float, float, float]
    event: str
    kind: Kind
    severity: int
    precision: str
    radius_km: float
    title: str
    alerts: int
    restricted: bool  # whether any within is


@dataclass(frozen=True, slots=True)
class SiteMark:
    """One site, or a cell of several. `exposed` tells how many lie within reach of an event that
    the account may see, `warned` how many an alert stands for; `severity` is the worst at them."""

    cell: int
    count: int
    lat: float
    lon: float
    box: tuple[float, float, float, float]
    site: str
    name: str
    exposed: int
    warned: int
    severity: int


def chosen(index: MapIndex, choice: MapChoice, asking: Asking, *, timed: bool = True) -> Mask:
    """Which rows of the index's events the choice and the account's scope admit.

    Without `timed` the state and time of the choice are left out.
    """
    events, fits = index.events, _seen(index.events.country, asking.scope)
    if not asking.scope.restricted:
        fits &= ~events.restricted
    if choice.kinds:
        fits &= np.isin(events.kind, [KINDS.index(kind) for kind in choice.kinds])
    if choice.severity is not None:
        fits &= events.severity >= choice.severity
    if choice.country:
        fits &= events.country == choice.country
    return fits & _then(events, choice, asking.now) if timed else fits


def _seen(country: NDArray[Any], scope: Scope) -> Mask:
    if not scope.countries:
        return np.ones(len(country), dtype=bool)
    return np.asarray(np.isin(country, scope.countries))


def _then(events: EventColumns, choice: MapChoice, now: datetime) -> Mask:
    at = seconds(choice.at or now)
    fits: Mask = events.known <= at
    if choice.days is not None:
        since = seconds((choice.at or now) - timedelta(days=choice.days))
        fits &= np.minimum(events.last, at) >= since
    withdrawn, live = events.state == _WITHDRAWN, events.over > at
    of_state = {State.LIVE: live, State.ENDED: ~live & ~withdrawn, State.WITHDRAWN: withdrawn}
    any_of = [of_state[one] for one in choice.states or (State.LIVE,)]
    return np.asarray(fits & np.logical_or.reduce(any_of))


def event_marks(
    desk: Desk, choice: MapChoice, box: Box, zoom: float, asking: Asking
) -> tuple[tuple[EventMark, ...], int]:
    """The marks inside a box at a zoom, and how many events they stand for."""
    index = map_index.current(desk, asking.now)
    events = index.events
    inside = chosen(index, choice, asking) & box.holds(events.lat, events.lon)
    rows = np.flatnonzero(inside)
    # The worst is the severest, of these the one reported last.
    weight = events.severity[rows] * 1e11 + events.last[rows]
    marks = gathered(index.event_cells[rows], events.lat[rows], events.lon[rows], weight, zoom)
    worst, closed = rows[marks.worst], np.zeros(len(marks.cell), dtype=bool)
    shut = rows[events.restricted[rows]]
    closed[_mark_of(marks, map_index.parents(index.event_cells[shut], marks.resolution))] = True
    with desk.database.read() as conn:
        warned = _warned(conn, choice, asking)
        titles = map_standing.titles(conn, events.id[worst[marks.count == 1]])
    alerted = _told_in(index, inside, marks, warned)
    return tuple(
        EventMark(
            int(marks.cell[n]), int(marks.count[n]), *_spot(marks, n), str(events.id[row]),
            KINDS[events.kind[row]], int(events.severity[row]), _precision(events, row),
            float(events.radius_km[row]), titles.get(events.id[row], ""), alerted[n],
            bool(closed[n]),
        )
        for n, row in enumerate(worst)
    ), len(rows)  # fmt: skip


def closed_in(desk: Desk, choice: MapChoice, box: Box, asking: Asking) -> list[str]:
    """Ids of the restricted events that marks inside a box stand for, as far as they are seen."""
    if not asking.scope.restricted:
        return []
    index = map_index.current(desk, asking.now)
    events = index.events
    inside = chosen(index, choice, asking) & box.holds(events.lat, events.lon) & events.restricted
    return [str(name) for name in events.id[inside]]


def _precision(events: EventColumns, row: int) -> str:
    number = int(events.precision[row])
    return PRECISIONS[number].value if number >= 0 else ""


def _spot(marks: Marks, n: int) -> tuple[float, float, tuple[float, float, float, float]]:
    west, south, east, north = (round(float(one), 4) for one in marks.box[n])
    return round(float(marks.lat[n]), 5), round(float(marks.lon[n]), 5), (west, south, east, north)


def _warned(conn: Connection, choice: MapChoice, asking: Asking) -> Warned:
    return map_standing.warned(conn, asking.scope, choice.at or asking.now, past=bool(choice.at))


def _told_in(index: MapIndex, inside: Mask, marks: Marks, warned: Warned) -> list[int]:
    """How many events of each mark an alert stands for."""
    rows = np.array([index.row[one] for one in warned.events if one in index.row], dtype=np.intp)
    cells = map_index.parents(index.event_cells[rows[inside[rows]]], marks.resolution)
    counts = np.bincount(_mark_of(marks, cells), minlength=len(marks.cell))
    return [int(one) for one in counts]


def _mark_of(marks: Marks, cells: NDArray[np.uint64]) -> Rows:
    """The row of each cell's mark; cells of marks rise."""
    return np.searchsorted(marks.cell, cells)


def site_marks(
    desk: Desk, choice: MapChoice, box: Box, zoom: float, asking: Asking
) -> tuple[tuple[SiteMark, ...], int]:
    """The marks of sites inside a box, and how many sites they stand for."""
    index = map_index.current(desk, asking.now)
    sites = index.sites
    fits = own_sites(sites, asking.scope) & box.holds(sites.lat, sites.lon)
    if choice.country:
        fits &= sites.country == choice.country
    rows = np.flatnonzero(fits)
    severity = exposed_sites(index, choice, asking)[rows]
    weight = severity * 10 - sites.tier[rows]
    marks = gathered(index.site_cells[rows], sites.lat[rows], sites.lon[rows], weight, zoom)
    with desk.database.read() as conn:
        warned = _warned(conn, choice, asking)
        names = map_standing.site_names(conn, sites.id[rows[marks.worst[marks.count == 1]]])
    told = np.zeros(len(sites), dtype=np.int64)
    told[[index.site_row[one] for one in warned.sites if one in index.site_row]] = 1
    of = _mark_of(marks, map_index.parents(index.site_cells[rows], marks.resolution))
    reached, warnings = np.bincount(of, severity > 0), np.bincount(of, told[rows])
    return tuple(
        SiteMark(
            int(marks.cell[n]), int(marks.count[n]), *_spot(marks, n), str(sites.id[rows[row]]),
            names.get(sites.id[rows[row]], ""), int(reached[n]), int(warnings[n]),
            int(severity[row]),
        )
        for n, row in enumerate(marks.worst)
    ), len(rows)  # fmt: skip


def own_sites(sites: SiteColumns, scope: Scope) -> Mask:
    """Which sites the scope admits."""
    fits = _seen(sites.country, scope)
    return fits & np.isin(sites.programme, scope.programmes) if scope.programmes else fits


def exposed_sites(index: MapIndex, choice: MapChoice, asking: Asking) -> NDArray[np.int64]:
    """The worst severity at each site of an event that was live then, may be seen and reaches it;
    0 where none does. One row a site of the index."""
    live = chosen(index, MapChoice(at=choice.at), asking)
    pairs = index.pairs
    stands = live[pairs.event]
    worst = np.zeros(len(index.sites), dtype=np.int64)
    np.maximum.at(worst, pairs.site[stands], pairs.severity[stands])
    return worst


def levels(desk: Desk, choice: MapChoice, asking: Asking) -> tuple[PlaceLevel, ...]:
    """The newest overall level of every assessed country and admin-1 unit that may be seen."""
    with desk.database.read() as conn:
        found = map_standing.levels(conn, choice.at or asking.now)
    names = desk.gazetteer.admin1_names
    return tuple(
        one.named(names.get(one.code, one.code))
        for one in found
        if asking.scope.holds_country(one.code[:2]) and choice.country in {None, one.code[:2]}
    )


def volume(desk: Desk, choice: MapChoice, asking: Asking, bins: int, span: timedelta) -> list[int]:
    """How many of the chosen events became known in each of `bins` parts of the last `span`."""
    index = map_index.current(desk, asking.now)
    known = index.events.known[chosen(index, choice, asking, timed=False)]
    end = seconds(asking.now)
    counts, _ = np.histogram(known, bins=bins, range=(end - span.total_seconds(), end))
    return [int(one) for one in counts]
