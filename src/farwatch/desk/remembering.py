"""What one reader was shown is shown to the next, and not read again while nothing was written.

    @remembered
    def listed(desk: Desk, choice: Choice, scope: Scope, wanted: Wanted) -> Page[Row]: ...

Fifty readers look at the same few lists. What they see follows from the arguments and from the
state of the database alone, so both are the key: not a second passes in which somebody is shown
what was true before a commit. Whoever asks for what another is reading already, waits for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError, Future
from datetime import datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from farwatch.store.keyset import Wanted

if TYPE_CHECKING:  # a desk has a memory
    from farwatch.desk.opening import Desk

P = ParamSpec("P")
T = TypeVar("T")
MOST = 64  # answers of one state of a database
LONGEST = 100  # rows of a page: a longer one is asked for by programs, once
SOON_S = 5


class Memory:
    """The answers of one state of a desk's database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._version: object = None
        self._kept: dict[Hashable, Future[Any]] = {}

    def answer(self, version: object, key: Hashable, read: Callable[[], T]) -> T:
        """What `read` gives, or gave somebody else in this state."""
        with self._lock:
            if version != self._version:
                self._version, self._kept = version, {}
            known: Future[T] | None = self._kept.get(key)
            ours: Future[T] = Future()
            if known is None and len(self._kept) < MOST:
                self._kept[key] = ours
        if known is None:
            return self._first(key, ours, read)
        try:
            return known.result()
        except CancelledError:  # who read it first was refused
            return read()

    def _first(self, key: Hashable, ours: Future[T], read: Callable[[], T]) -> T:
        try:
            found = read()
            ours.set_result(found)
            return found
        finally:
            if not ours.done():
                with self._lock:
                    if self._kept.get(key) is ours:
                        del self._kept[key]
                ours.cancel()


def remembered(
    read: Callable[Concatenate[Desk, P], T],
) -> Callable[Concatenate[Desk, P], T]:
    """A reader of the desk that is asked once per state of its database and arguments.

    Its arguments must be hashable and say all that the answer follows from, the time too where it
    does; the answer is shared between threads and must not be changed by anybody.
    """

    @wraps(read)
    def asked(desk: Desk, /, *args: P.args, **named: P.kwargs) -> T:
        if any(isinstance(one, Wanted) and one.limit > LONGEST for one in args):
            return read(desk, *args, **named)
        # Asked before it is read: what is read is at least as new.
        version = desk.database.version()
        key = (read, args, tuple(sorted(named.items())))
        return desk.memory.answer(version, key, lambda: read(desk, *args, **named))

    return asked


def soon(now: datetime) -> datetime:
    """The time as an argument of a remembered reader: at most `SOON_S` seconds ahead. What was
    committed is there at once; what time alone ends, may end that much early."""
    whole = now.replace(microsecond=0, second=now.second // SOON_S * SOON_S)
    return whole if whole == now else whole + timedelta(seconds=SOON_S)
