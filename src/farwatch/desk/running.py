"""The desk's parts that run by themselves beside the pages: watch, delivery, webhooks.

Each part has a thread and a life of its own: one that fails is begun again after a pause, and takes
nothing else down. All of them run in the one process that leads (`store.leading`); the others stand
by and take over within seconds when it is gone. Every part tells the database when it last worked.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from farwatch.desk.heartbeat import COLLECTION, beat
from farwatch.desk.opening import Desk
from farwatch.errors import DatabaseAway, FarwatchError, StoreError
from farwatch.store import pulses
from farwatch.store.leading import Leadership

if TYPE_CHECKING:
    from farwatch.channels.exercise_wall import Channel
    from farwatch.desk.watching import Seen, Watch

_LOG = logging.getLogger(__name__)
LOOK_S = 2.0  # between looks at who leads
BEAT_S = 10.0  # between signs of life of a part that works
LATE = timedelta(seconds=60)  # a part that was silent for longer is late
_PAUSE_S = 1.0  # before a failed part is begun again: doubled each time, up to
_LONGEST_PAUSE_S = 60.0
_STEADY_S = 300.0  # a part that ran so long before it failed begins with the first pause again
_LEAVE_S = 30.0  # how long a part may take to end its step
_LIVE_S = 5.0  # between rounds of the live sources
_DELIVER_S = 0.5
_POST_S = 2.0

WORKS, FAILS, STANDS_BY, OVER = "works", "fails", "stands by", "over"


class Stopped(Exception):
    """A part was asked to stop."""


@dataclass
class Life:
    """What a running part has of the world: when to stop, and how to say that it lives."""

    desk: Desk
    name: str
    stop: threading.Event
    _told: float = field(default=-BEAT_S)

    def wait(self, seconds: float) -> None:
        """Sleep; raises Stopped as soon as the part is to stop."""
        self.works()
        step = BEAT_S
        while seconds > 0:
            if self.stop.wait(min(seconds, step)):
                raise Stopped
            seconds -= step
            self.works()
        if self.stop.is_set():
            raise Stopped

    def works(self) -> None:
        """Tell that this part works, at most every ten seconds; raises Stopped."""
        if self.stop.is_set():
            raise Stopped
        if time.monotonic() - self._told >= BEAT_S:
            self._told = time.monotonic()
            self.tell(WORKS)

    def tell(self, state: str, why: str = "") -> None:
        """Write down how this part does."""
        body = {"state": state, "why": why[:500], "process": os.getpid()}
        with self.desk.database.begin() as conn:
            pulses.beat(conn, self.name, datetime.now(UTC), body)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the desk by its name; `run` goes on until it raises Stopped, or is over."""

    name: str
    run: Callable[[Life], None]


def live(drop: Path | None = None) -> Part:
    """The watch over the live sources."""

    def run(life: Life) -> None:
        follow(_watch(life), drop, life.wait)

    return Part("watch", run)


def replayed(folder: Path, speed: float) -> Part:
    """The watch over a replay folder, at `speed` times real time."""

    def run(life: Life) -> None:
        from farwatch.desk.watching import replay

        replay(_watch(life), folder, speed, life.wait)

    return Part("watch", run)


def delivery() -> Part:
    """Handing over what is due, also what persons released while the watch was busy."""

    def run(life: Life) -> None:
        from farwatch.desk.clock import now_of
        from farwatch.desk.delivering import deliver

        channels = _channels(life.desk)
        while True:
            deliver(life.desk, channels, now_of(life.desk))
            life.wait(_DELIVER_S)

    return Part("delivery", run)


def webhooks() -> Part:
    """Telling programs elsewhere what changed."""

    def run(life: Life) -> None:
        from farwatch.desk.posting import LOG_KEPT, look, post, wire
        from farwatch.store.webhooks import forget

        sender = wire(life.desk)
        while True:
            now = datetime.now(UTC)
            look(life.desk, now)
            post(life.desk, sender, now)
            if now.minute == 0 and now.second < _POST_S:
                with life.desk.database.begin() as conn:
                    forget(conn, now - LOG_KEPT)
            life.wait(_POST_S)

    return Part("webhooks", run)


def follow(
    watch: Watch, drop: Path | None, wait: Callable[[float], None], *, once: bool = False
) -> None:
    """Poll the live sources and carry on what they bring, until `wait` raises; or `once`."""
    from farwatch.collect.fetch import Fetcher
    from farwatch.desk.polling import Poller

    with Fetcher(contact=watch.desk.settings.contact) as fetcher:
        poller = Poller(watch.desk, fetcher, watch.hear, watch.fail, drop)
        while True:
            now = datetime.now(UTC)
            poller.poll(now)
            beat(watch.desk, COLLECTION, every_s=BEAT_S)
            if once:
                poller.drain(now)
            watch.settle(now)
            if once:
                return
            wait(0.0 if poller.waiting else _LIVE_S)


class Worker:
    """All the parts in one process, from the moment it leads."""

    def __init__(self, desk: Desk, parts: Sequence[Part]) -> None:
        self.desk = desk
        self.parts = parts
        self.stop = threading.Event()
        self.leads = False

    def run(self) -> None:
        """Stand by, lead, stand by again, until `stop` is set."""
        leadership, life = Leadership(self.desk.database), Life(self.desk, "worker", self.stop)
        try:
            while not self.stop.is_set():
                try:
                    self._turn(leadership, life)
                except (FarwatchError, Stopped) as error:
                    if not self.stop.is_set() and not isinstance(error, DatabaseAway):
                        _LOG.error("the worker stumbled: %s", error)
                self.stop.wait(LOOK_S)
        finally:
            leadership.release()

    def _turn(self, leadership: Leadership, life: Life) -> None:
        """One time of leading, if it can be had."""
        if not leadership.take():
            return
        _LOG.info("process %d leads", os.getpid())
        quit_ = threading.Event()
        threads = [
            threading.Thread(
                target=keep, args=(part, Life(self.desk, part.name, quit_)), name=part.name
            )
            for part in self.parts
        ]
        for thread in threads:
            thread.start()
        self.leads = True
        try:
            while leadership.held():
                life.wait(LOOK_S)
        finally:
            self.leads = False
            quit_.set()
            for thread in threads:
                thread.join(_LEAVE_S)


def keep(part: Part, life: Life) -> None:
    """Run a part until it is stopped or over; one that fails is begun again."""
    pause = _PAUSE_S
    while not life.stop.is_set():
        began = time.monotonic()
        try:
            life.works()
            part.run(life)
            life.tell(OVER)
            return
        except Stopped:
            return
        except DatabaseAway:  # the log has it; no fault of the part's, and no longer pause for it
            life.stop.wait(_PAUSE_S)
            continue
        # Whatever it is, it is one part's: the pages and the other parts go on.
        except Exception as error:  # noqa: BLE001
            _LOG.error("%s failed, and is begun again", part.name, exc_info=error)
            _say_failed(life, f"{type(error).__name__}: {error}")
        if time.monotonic() - began > _STEADY_S:
            pause = _PAUSE_S
        life.stop.wait(pause)
        pause = min(pause * 2, _LONGEST_PAUSE_S)


@contextmanager
def leading(desk: Desk) -> Iterator[None]:
    """Lead in this very process; raises StoreError where another one does."""
    leadership = Leadership(desk.database)
    if not leadership.take():
        raise StoreError(
            f"another process watches the desk in {str(desk.settings.data_dir)!r} already "
            "(farwatch up, watch or worker); stop it first"
        )
    try:
        yield
    finally:
        leadership.release()


@contextmanager
def beside(desk: Desk, parts: Sequence[Part]) -> Iterator[Worker]:
    """The worker in a thread, stopped at the end: the step it is at is finished first."""
    worker = Worker(desk, parts)
    thread = threading.Thread(target=worker.run, name="worker")
    thread.start()
    try:
        yield worker
    finally:
        worker.stop.set()
        thread.join(2 * _LEAVE_S)


def health(desk: Desk, now: datetime) -> list[dict[str, object]]:
    """Every part: how it does, when it last said so (by the machine's clock), whether it is late.
    Says nothing that is anybody's business: why a part fails is in the log."""
    with desk.database.read() as conn:
        told = pulses.told(conn)
    return [
        {
            "part": name,
            "state": body.get("state", WORKS),
            "last": at.isoformat(),
            "late": body.get("state") not in {OVER} and now - at > LATE,
        }
        for name, at, body in told
    ]


def _say_failed(life: Life, why: str) -> None:
    try:
        life.tell(FAILS, why)
    except FarwatchError as error:  # the database may be what failed
        _LOG.error("%s could not say so: %s", life.name, error)


def _watch(life: Life) -> Watch:
    from farwatch.desk.watching import Watch

    def told(_: Seen) -> None:
        life.works()

    return Watch(life.desk, _channels(life.desk), told)


def _channels(desk: Desk) -> dict[str, Channel]:
    """The desk's channels; the console takes the place of the terminal."""
    from farwatch.channels.terminal import Terminal
    from farwatch.desk.delivering import channels_of

    nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - as long as the process
    return channels_of(desk) | {"terminal": Terminal(nowhere, exercise=desk.settings.exercise)}
