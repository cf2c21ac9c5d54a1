"""Assess on asking: a place that the watch does not keep is assessed beside the request, once for
all who ask within five minutes, and nobody waits longer than they said."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from farwatch.desk import assessing
from farwatch.desk.opening import Desk
from farwatch.errors import StoreError
from farwatch.model.assessment import Assessment
from farwatch.store.database import Database

ROUND = timedelta(minutes=5)
_HELD, _WAITING = 200, 20
_POOL = ThreadPoolExecutor(max_workers=1, thread_name_prefix="assess")
_ASKED: WeakKeyDictionary[Database, OrderedDict[tuple[str, datetime], Future[Assessment]]]
_ASKED = WeakKeyDictionary()
_LOCK = threading.Lock()


def rounded(when: datetime) -> datetime:
    """The last full five minutes: readers of one moment share an assessment."""
    return when - timedelta(
        minutes=when.minute % 5, seconds=when.second, microseconds=when.microsecond
    )


def ask(desk: Desk, place: str, as_of: datetime, seconds: float) -> Assessment | None:
    """The assessment, or None where it is not ready after so many seconds: ask again.

    Raises NotFound for a place that cannot be assessed, StoreError while too many others wait.
    """
    key = (place, as_of)
    with _LOCK:
        held = _ASKED.setdefault(desk.database, OrderedDict())
        found = held.get(key)
        if found is None:
            if sum(not one.done() for one in held.values()) >= _WAITING:
                raise StoreError("too many places are being assessed; ask again in a minute")
            found = held[key] = _POOL.submit(assessing.assess_place, desk, place, as_of)
        held.move_to_end(key)
        while len(held) > _HELD:
            held.popitem(last=False)
    try:
        return found.result(timeout=seconds)
    except TooLong:
        return None
