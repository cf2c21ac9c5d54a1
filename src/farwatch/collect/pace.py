"""Pace: how long to wait between requests to a host, after a failure, and as Retry-After says."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Timing:
    """The clocks and chance that fetching depends on; tests bring their own.

    `monotonic` and `sleep` are in seconds, `now` is aware UTC, `chance` is uniform on 0-1.
    """

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = _utc_now
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class BackOff:
    """Exponential back-off with jitter: try n waits between half and all of `first` x 2^n seconds.

    A wait that the publisher asks for is kept, and if it is longer than `longest` we give up for
    now and leave it to the caller, with the seconds asked for in the error.
    """

    attempts: int = 4
    first: float = 1.0
    longest: float = 60.0

    def wait(self, failed: int, chance: float) -> float:
        """Seconds to wait after the `failed`-th failure in a row (from 1)."""
        full = min(self.longest, self.first * 2.0 ** (failed - 1))
        return full * (0.5 + 0.5 * chance)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (a number or an HTTP date), None if unreadable."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if when.utcoffset() is None:
        when = when.replace(tzinfo=UTC)  # RFC 9110: an HTTP date is GMT
    return max(0.0, (when - now).total_seconds())


@dataclass(slots=True)
class HostPace:
    """Spaces the requests to each host evenly; threads that share it take turns."""

    timing: Timing
    _next: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, host: str, per_minute: float) -> None:
        """Sleep until this host may be asked again, at most `per_minute` times a minute."""
        with self._lock:
            now = self.timing.monotonic()
            start = max(now, self._next.get(host, now))
            self._next[host] = start + 60.0 / per_minute
        if start > now:
            self.timing.sleep(start - now)
