"""Beside the request: what takes seconds is worked out once for all who ask within a while, on one
thread, and nobody waits longer than they said.

    _BESIDE: Beside[Assessment] = Beside("assess", "too many places are being assessed")
    found = _BESIDE.ask(desk, (place, as_of), lambda: assess_place(desk, place, as_of), seconds=2)
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from datetime import datetime, timedelta
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from farwatch.desk.opening import Desk
from farwatch.errors import StoreError
from farwatch.store.database import Database

T = TypeVar("T")
ROUND = timedelta(minutes=5)
_HELD, _WAITING = 200, 20


def rounded(when: datetime) -> datetime:
    """The last full five minutes: readers of one moment share an answer."""
    return when - timedelta(
        minutes=when.minute % 5, seconds=when.second, microseconds=when.microsecond
    )


class Beside(Generic[T]):
    """Answers by desk and key, the newest 200 of each desk; at most 20 wait to be worked out."""

    def __init__(self, name: str, busy: str) -> None:
        self._busy = busy
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._lock = threading.Lock()
        self._asked: WeakKeyDictionary[Database, OrderedDict[Hashable, Future[T]]]
        self._asked = WeakKeyDictionary()

    def ask(self, desk: Desk, key: Hashable, make: Callable[[], T], seconds: float) -> T | None:
        """What `make` gives for the key; None where it is not ready after so many seconds: ask
        again. Raises what `make` raises, and StoreError while too many others wait.
        """
        with self._lock:
            held = self._asked.setdefault(desk.database, OrderedDict())
            found = held.get(key)
            if found is None:
                if sum(not one.done() for one in held.values()) >= _WAITING:
                    raise StoreError(f"{self._busy}; ask again in a minute")
                found = held[key] = self._pool.submit(make)
            held.move_to_end(key)
            while len(held) > _HELD:
                held.popitem(last=False)
        try:
            return found.result(timeout=seconds)
        except TooLong:
            return None
