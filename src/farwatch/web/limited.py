"""Which routes may be tried how often by one address: a table beside the policy's.

A route that is not named here is bounded by its own sense alone: it asks for a sign-in first.
"""

from __future__ import annotations

import threading
from datetime import datetime

from fastapi import Request

from farwatch.desk import limiting
from farwatch.desk.limiting import Limit
from farwatch.desk.opening import Desk
from farwatch.errors import TooMany

LIMITED: dict[str, Limit] = {
    "sign_in.enter": limiting.SIGN_IN,
    "second_factor.code": limiting.SECOND_FACTOR,
    "second_factor.passkey_ask": limiting.SECOND_FACTOR,
    "second_factor.passkey": limiting.SECOND_FACTOR,
    "elsewhere.begin": limiting.ELSEWHERE,
    "elsewhere.finish": limiting.ELSEWHERE,
    "set_up.show": limiting.SET_UP,
    "set_up.make": limiting.SET_UP,
    "invited.show": limiting.SET_UP,
    "invited.make": limiting.SET_UP,
    "acknowledge.show": limiting.ACKNOWLEDGE,
    "acknowledge.confirm": limiting.ACKNOWLEDGE,
}
# And by whoever's link it is, wherever it is opened.
LIMITED_EACH: dict[str, Limit] = {
    "acknowledge.show": limiting.ACKNOWLEDGE_ONE,
    "acknowledge.confirm": limiting.ACKNOWLEDGE_ONE,
}


def address_of(request: Request) -> str:
    """Where a request comes from. Behind a proxy on this machine: what the proxy says."""
    return request.client.host if request.client else ""


def count_route(desk: Desk, request: Request, now: datetime) -> None:
    """Count a try of this route by this address, and of this link; raises TooMany."""
    name = request.scope["route"].name
    if name in LIMITED:
        limiting.spend(desk, LIMITED[name], limiting.neighbourhood(address_of(request)), now)
    if name in LIMITED_EACH:
        limiting.spend(desk, LIMITED_EACH[name], request.url.path, now)


class Meter:
    """How often each key is used, counted in this process: a write to the database for every
    request of a program would cost more than the request. N processes allow N times as much."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self._full_until: dict[str, float] = {}
        self._lock = threading.Lock()

    def spend(self, who: str, now: datetime) -> None:
        """Count one use; raises TooMany. The same rule as `store.rates`."""
        at, whole = now.timestamp(), self.limit.seconds
        with self._lock:
            if len(self._full_until) > 10_000:
                self._full_until = {k: v for k, v in self._full_until.items() if v > at}
            later = max(self._full_until.get(who, at), at) + whole / self.limit.times
            if later <= at + whole:
                self._full_until[who] = later
                return
        raise TooMany(f"too many {self.limit.what}", retry_after=later - at - whole)
