"""The list of places: every country and admin-1 unit, those with sites or events of ours first."""

from __future__ import annotations

import base64
import json
import threading
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlalchemy import Connection

from farwatch.desk.opening import Desk
from farwatch.desk.remembering import remembered, soon
from farwatch.errors import UsageError
from farwatch.model.account import Scope
from farwatch.store import changes, overrides, place_levels, site_lists
from farwatch.store.database import Database
from farwatch.store.keyset import Page, Wanted
from farwatch.store.place_levels import PlaceLevel
from farwatch.world import gazetteer
from farwatch.world.codes import country_name
from farwatch.world.fold import fold


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """Which places; empty bounds choose all. `level` 1-6 is at least, 0 is not assessed."""

    text: str = ""
    kind: str = ""  # country | admin1
    country: str = ""
    level: int | None = None
    trend: str = ""
    ours: bool = False  # only those with sites or events
    updated_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place of the list: the level that is kept (None: nobody keeps one), how many sites and live
    events are in it, and whether a person's level stands there."""

    id: str
    name: str
    country: str
    country_name: str
    level: PlaceLevel | None
    sites: int
    events: int
    overridden: bool


@dataclass(frozen=True, slots=True)
class _Known:
    id: str
    code: str
    name: str
    folded: str
    country: str
    country_name: str


_Key = tuple[int, int, str, str]
_Mark = tuple[datetime | None, datetime]  # the newest change of an event, and the time asked for
_Held = dict[bool, tuple[_Mark, Mapping[str, int]]]  # with what is restricted, and without
_HELD: WeakKeyDictionary[Database, _Held] = WeakKeyDictionary()
_LOCK = threading.Lock()


def listed(
    desk: Desk, choice: PlaceChoice, scope: Scope, wanted: Wanted, now: datetime
) -> tuple[Page[PlaceRow], int]:
    """A page of the places that may be seen, and how many there are: those with sites or events
    first, the highest level first among them."""
    return _listed(desk, choice, scope, wanted, soon(now))


@remembered
def _listed(
    desk: Desk, choice: PlaceChoice, scope: Scope, wanted: Wanted, now: datetime
) -> tuple[Page[PlaceRow], int]:
    with desk.database.read() as conn:
        levels = place_levels.every(conn)
        sites = place_levels.site_counts(conn, site_lists.seen(scope))
        events = _event_counts(desk.database, conn, now, scope)
        set_there = {kept.override.place for kept in overrides.standing(conn, now)}
    words = fold(choice.text).split()
    everywhere, narrowed = not scope.countries, replace(choice, ours=False) != PlaceChoice()
    rows: list[tuple[_Key, _Known]] = []
    for one in _places(desk.gazetteer.folder, len(desk.gazetteer)):
        level = levels.get(one.id)
        if not everywhere and not scope.holds_country(one.country):
            continue
        if narrowed and not _fits(one, words, level, choice):
            continue
        ours = one.code in sites or one.code in events
        if ours or not choice.ours:
            overall = (level.overall if level else None) or 0
            rows.append(((0 if ours else 1, -overall, one.folded, one.id), one))
    rows.sort()
    found = _page(rows, wanted)
    return Page(tuple(
        PlaceRow(
            one.id, one.name, one.country, one.country_name, levels.get(one.id),
            sites.get(one.code, 0), events.get(one.code, 0), one.id in set_there,
        )
        for one in found.items
    ), found.next), len(rows)  # fmt: skip


def _fits(one: _Known, words: list[str], level: PlaceLevel | None, choice: PlaceChoice) -> bool:
    if words and not all(word in one.folded for word in words):
        return False
    if choice.kind and not one.id.startswith(f"{choice.kind}:"):
        return False
    if choice.country and one.country != choice.country:
        return False
    return _level_fits(level, choice)


def _level_fits(level: PlaceLevel | None, choice: PlaceChoice) -> bool:
    overall = level.overall if level else None
    if choice.level == 0 and overall is not None:
        return False
    if choice.level and (overall is None or overall < choice.level):
        return False
    if choice.trend and (level is None or level.trend != choice.trend):
        return False
    since = choice.updated_since
    return since is None or (level is not None and level.updated >= since)


def _page(rows: list[tuple[_Key, _Known]], wanted: Wanted) -> Page[_Known]:
    start = 0
    if wanted.after is not None:
        start = bisect_right(rows, _read(wanted.after), key=lambda pair: pair[0])
    some = rows[start : start + wanted.limit]
    more = start + wanted.limit < len(rows)
    return Page(tuple(one for _, one in some), _written(some[-1][0]) if more else None)


def _written(key: _Key) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _read(cursor: str) -> _Key:
    try:
        ours, level, folded, name = json.loads(
            base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        )
        return int(ours), int(level), str(folded), str(name)
    except (ValueError, TypeError) as error:
        raise UsageError(f"cursor {cursor[:60]!r} is not one that this list gave") from error


def _event_counts(
    database: Database, conn: Connection, now: datetime, scope: Scope
) -> Mapping[str, int]:
    """Live events by country and admin-1: counted when one has changed, else every five seconds
    for those that expired. They are the same for all who are cleared, and for all others: the
    scope bounds the places."""
    mark = (changes.newest(conn)["events"], now)
    with _LOCK:
        held = _HELD.setdefault(database, {}).get(scope.restricted)
    if held is None or held[0] != mark:
        held = (mark, place_levels.event_counts(conn, now, scope))
        with _LOCK:
            _HELD[database][scope.restricted] = held
    return held[1]


@lru_cache(maxsize=2)
def _places(folder: Path, _count: int) -> tuple[_Known, ...]:
    """Every country and admin-1 unit with its name; made once a process."""
    found = gazetteer.open(folder)
    names: Mapping[str, str] = {code: country_name(code) for code in found.country_rows if code}
    places = [
        _Known(f"country:{code}", code, name, fold(name), code, name)
        for code, name in names.items()
    ]
    for code, name in found.admin1_names.items():
        country = code.partition(".")[0]
        inside = names.get(country, country)
        if code:
            places.append(
                _Known(f"admin1:{code}", code, name, fold(f"{name} {inside}"), country, inside)
            )
    return tuple(sorted(places, key=lambda one: (one.folded, one.id)))  # nearly as a list is
