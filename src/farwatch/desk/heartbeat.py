"""The desk watches itself: a heartbeat to an outside monitor, and a page to its keepers.

While collection, screening and delivery work, `heartbeat_url` is asked once a minute; whoever
watches that address alarms when it is not. When a part stops, the keepers are told by every channel
they have, beside the outbox: delivery may be what stopped.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from weakref import WeakKeyDictionary

import httpx

from farwatch.channels.exercise_wall import Channel
from farwatch.desk.directory import delivery_rules, directory
from farwatch.desk.opening import Desk
from farwatch.errors import DatabaseAway, FarwatchError
from farwatch.model.message import Message, MessageKey
from farwatch.model.recipient import PERSONAL
from farwatch.store import pulses
from farwatch.store.database import Database

_LOG = logging.getLogger(__name__)
COLLECTION, SCREENING, DELIVERY = "collection", "screening", "delivery"
PARTS = (COLLECTION, SCREENING, DELIVERY)
STOPPED_AFTER = timedelta(minutes=3)
EVERY = timedelta(minutes=1)  # between heartbeats
AGAIN = timedelta(minutes=30)  # between pages about the same stop
_TIMEOUT_S = 10.0
_TOLD: WeakKeyDictionary[Database, dict[str, float]] = WeakKeyDictionary()
_WORDS = {
    "en": (
        "The desk itself: {parts} stopped",
        "{parts} of the desk at {site} last worked at {at} UTC. "
        "Alerts may not reach anybody. Look after it now.",
    ),
    "zh-Hans": (
        "值班系统：{parts} 已停止",
        "{site} 的 {parts} 最后工作于 UTC {at}。警报可能无法送达，请立即处理。",
    ),
}


@dataclass(frozen=True, slots=True)
class Stopped:
    """A part that is not heard of any more; `last` by the machine's clock."""

    part: str
    last: datetime


def beat(desk: Desk, part: str, every_s: float = 0.0) -> None:
    """This part did its work just now; written down at most every so many seconds."""
    told = _TOLD.setdefault(desk.database, {})
    if time.monotonic() - told.get(part, -every_s) < every_s:
        return
    told[part] = time.monotonic()
    with desk.database.begin() as conn:
        pulses.beat(conn, part, datetime.now(UTC))


def stopped(desk: Desk, now: datetime) -> list[Stopped]:
    """The parts that worked once and are silent. A desk that never watched has none, and an
    exercise's ends when it is over."""
    if desk.settings.exercise:
        return []
    with desk.database.read() as conn:
        found = pulses.all_of(conn)
    return [
        Stopped(part, found[part])
        for part in PARTS
        if part in found and now - found[part] > STOPPED_AFTER
    ]


def look(desk: Desk, channels: Mapping[str, Channel], now: datetime) -> list[Stopped]:
    """Ask the outside monitor while all is well, else page the keepers; what has stopped."""
    silent = stopped(desk, now)
    if not silent:
        if desk.settings.heartbeat_url and _turn(desk, "heartbeat", now, EVERY):
            ping(desk)
        return []
    names = ", ".join(one.part for one in silent)
    if _turn(desk, f"paged {names}", now, AGAIN):
        page(desk, channels, silent, now)
    return silent


def ping(desk: Desk) -> bool:
    """Ask the outside monitor once; whether it answered well. Its absence harms nothing here."""
    try:
        answer = httpx.get(desk.settings.heartbeat_url, timeout=_TIMEOUT_S)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        _LOG.warning("the outside monitor was not reached: %s", type(error).__name__)
        return False
    return answer.is_success


def page(
    desk: Desk, channels: Mapping[str, Channel], silent: list[Stopped], now: datetime
) -> int:  # fmt: skip
    """Tell every keeper by every channel they have; how many messages were taken."""
    with desk.database.read() as conn:
        keepers = directory(desk, conn).of_roles(delivery_rules(desk).keepers)
    parts = ", ".join(one.part for one in silent)
    last = max(one.last for one in silent)
    taken = 0
    for who in keepers:
        subject, body = (
            text.format(parts=parts, site=desk.settings.site_url, at=f"{last:%Y-%m-%d %H:%M}")
            for text in _WORDS[who.language]
        )
        mark = ("EXERCISE " if who.language == "en" else "演习 ") if desk.settings.exercise else ""
        for name in PERSONAL:
            if name not in who.addresses or name not in channels:
                continue
            key = MessageKey(f"desk stopped {parts}", who.id, name, int(now.timestamp()))
            message = Message(key, mark + subject, mark + body, desk.settings.exercise,
                              {"language": who.language}, to=who.addresses[name])  # fmt: skip
            try:
                channels[name].send(message)
                taken += 1
            except FarwatchError as error:
                _LOG.error("a keeper could not be told that the desk stopped: %s", error)
    return taken


def keep(desk: Desk, stop: threading.Event, every_s: float = 15.0) -> None:
    """Look again and again until `stop` is set; a look that fails is tried again."""
    from farwatch.desk.delivering import connected

    while not stop.wait(every_s):
        try:
            with connected(desk) as channels:
                look(desk, channels, datetime.now(UTC))
        except DatabaseAway:
            continue  # the log has it
        except FarwatchError as error:
            _LOG.error("the desk could not look after itself: %s", error)


def _turn(desk: Desk, name: str, now: datetime, every: timedelta) -> bool:
    """Whether it is this process's turn: of several that look, one speaks."""
    with desk.database.begin() as conn:
        last = pulses.all_of(conn).get(name)
        if last is not None and now - last < every:
            return False
        pulses.beat(conn, name, now)
    return True
