"""How often one address or account may try; counted in the database, for all processes at once."""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime

from farwatch.desk.opening import Desk
from farwatch.errors import TooMany
from farwatch.store import rates


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` in `seconds`, all at once or spread. `what` is what the refused one reads."""

    what: str
    times: int
    seconds: float


# Guessing one account's password is bounded by the lock-out; these bound trying many accounts
# from one address, and keep Argon2 from being used to exhaust the machine.
SIGN_IN = Limit("sign-ins from this address", 60, 300)
SIGN_IN_AS = Limit("sign-ins with this name", 20, 300)
SECOND_FACTOR = Limit("second factors from this address", 60, 300)
SET_UP = Limit("one-time links from this address", 30, 600)
ELSEWHERE = Limit("sign-ins elsewhere from this address", 60, 300)
WRONG_TOKEN = Limit("wrong API tokens from this address", 30, 300)
TOKEN = Limit("requests with this API token", 600, 60)
# Hundreds behind one address may confirm in the same minute: that is what the alert asked of them.
ACKNOWLEDGE = Limit("acknowledgement links from this address", 1_000, 60)
ACKNOWLEDGE_ONE = Limit("tries of this acknowledgement link", 30, 60)


def spend(desk: Desk, limit: Limit, who: str, now: datetime) -> None:
    """Count one try of `who` (an address, a name); raises TooMany with when to try again.

    What is kept is a digest: the table tells nobody which addresses were here.
    """
    at = now.timestamp()
    key = hashlib.sha256(f"{limit.what}\0{who}".encode()).hexdigest()
    with desk.database.begin() as conn:
        rates.forget(conn, at)
        wait = rates.spend(conn, key, times=limit.times, seconds=limit.seconds, now=at)
    if wait:
        raise TooMany(f"too many {limit.what}", retry_after=wait)


def neighbourhood(address: str) -> str:
    """What is counted as one address: of IPv6 the /64 that one line is given."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
