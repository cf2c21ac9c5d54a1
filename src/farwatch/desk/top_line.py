"""What every page tells at its top: alerts that are open, feeds that are silent, our countries."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from farwatch.collect.health import is_silent, last_word
from farwatch.desk.opening import Desk
from farwatch.desk.sources_room import may_see
from farwatch.model.account import Scope
from farwatch.store import alert_lists, health, sites, top_counts
from farwatch.store.alert_lists import AlertChoice
from farwatch.store.database import Database

_HOLDS = 2.0  # seconds a count is good for; pages that are live ask again by themselves


@dataclass(frozen=True, slots=True)
class Standing:
    """Open alerts, silent sources and countries with sites, as an account may see them."""

    alerts: int = 0
    silent: int = 0
    countries: tuple[str, ...] = ()


_Held = dict[Scope, tuple[float, Standing]]
_HELD: WeakKeyDictionary[Database, _Held] = WeakKeyDictionary()
_LOCK = threading.Lock()


def standing(desk: Desk, scope: Scope, now: datetime) -> Standing:
    """How it stands at `now`; counted anew every two seconds at most."""
    with _LOCK:
        held = _HELD.setdefault(desk.database, {})
        known = held.get(scope)
    if known is not None and time.monotonic() - known[0] < _HOLDS:
        return known[1]
    found = _counted(desk, scope, now)
    with _LOCK:
        held[scope] = (time.monotonic(), found)
    return found


def _counted(desk: Desk, scope: Scope, now: datetime) -> Standing:
    with desk.database.read() as conn:
        ours = {one.id: one for one in sites.load(conn)} if not scope.everywhere else {}
        silent = 0
        for name, known in health.status(conn).items():
            source = desk.sources.get(name)
            if source is None or not may_see(source, scope, ours):
                continue
            last = last_word(source, known.last_heard, known.last_new)
            silent += is_silent(source, last, known.failures, now)
        return Standing(
            alert_lists.total(conn, AlertChoice(states=("open",)), scope),
            silent, tuple(top_counts.countries(conn, scope)),
        )  # fmt: skip
