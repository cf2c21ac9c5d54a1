"""Hand queued messages over: at least once, retried with growing pauses, never in silence."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import SimpleQueue
from zlib import crc32

from farwatch.channels import open_channel
from farwatch.channels.exercise_wall import Channel, Closing, may_reach
from farwatch.desk.escalating import escalate
from farwatch.desk.opening import Desk
from farwatch.errors import ChannelError, DatabaseAway, FarwatchError, StoreError
from farwatch.model.message import Message, MessageKey, Receipt
from farwatch.store import notices, outbox
from farwatch.store.outbox import Queued

LEASE = timedelta(minutes=2)
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)
_ATTEMPTS = 12
_AT_ONCE = 200  # messages claimed together
_WORKERS = 4  # hand-overs at a time on one channel
_AWAY_S = 0.5  # between looks whether the database is back
_DOWN = 3  # failures in a row after which a channel is left alone until its pause is over


def channels_of(desk: Desk) -> dict[str, Channel]:
    """The channels the settings open, for an exercise or for the real thing.

    Raises ChannelError for an address that cannot be used, ExerciseError for one that belongs to
    the other world.
    """
    settings, exercise = desk.settings, desk.settings.exercise
    opened = {"terminal": open_channel("terminal", exercise=exercise)}
    if settings.jsonl_file:
        opened["jsonl"] = open_channel("jsonl", settings.jsonl_file, exercise=exercise)
    if settings.webhook_url:
        may_reach(settings.webhook_url, settings.exercise_hosts, exercise=exercise)
        opened["webhook"] = open_channel(
            "webhook", settings.webhook_url, exercise=exercise, secret=settings.webhook_secret
        )
    return opened | _to_persons(desk)


def _to_persons(desk: Desk) -> dict[str, Channel]:
    from farwatch.channels.chat import Chat
    from farwatch.channels.gateway import Gateway
    from farwatch.channels.smtp import Smtp

    settings, exercise = desk.settings, desk.settings.exercise
    hosts = settings.exercise_hosts
    opened: dict[str, Channel] = {}
    for url in (settings.smtp_url, settings.gateway_url):
        if url:
            may_reach(url, hosts, exercise=exercise)
    if settings.smtp_url:
        opened["email"] = Smtp(settings.smtp_url, sender=sender(desk), exercise=exercise)
    if settings.gateway_url:
        for kind in ("sms", "voice"):
            opened[kind] = Gateway(
                kind, settings.gateway_url, secret=settings.gateway_secret, exercise=exercise
            )
    if settings.chat:
        opened["chat"] = Chat(exercise=exercise, hosts=hosts)
    return opened


@contextmanager
def connected(desk: Desk) -> Iterator[dict[str, Channel]]:
    """The channels the settings open, left in good order at the end."""
    channels = channels_of(desk)
    try:
        yield channels
    finally:
        for channel in channels.values():
            if isinstance(channel, Closing):
                channel.close()


def sender(desk: Desk) -> str:
    """Whom mails come from."""
    import socket

    return desk.settings.smtp_from or f"farwatch@{socket.getfqdn()}"


@dataclass
class Outcome:
    """What became of one hand-over: a receipt, an error, or neither: it was not tried."""

    queued: Queued
    receipt: Receipt | None = None
    error: FarwatchError | None = None


@dataclass
class _Round:
    """One batch on its way: which channels are down, and until when its claims hold.

    What the database cannot be asked about is not handed over: it would go again, being unwritten.
    """

    desk: Desk
    channels: Mapping[str, Channel]
    until: float
    failures: Counter[str] = field(default_factory=Counter)
    away: bool = False

    def hand_over(self, queued: Queued) -> Outcome | None:
        """What became of it; None where it was taken back while it was on its way."""
        if self.failures[queued.channel] >= _DOWN or self.away or time.monotonic() > self.until:
            return Outcome(queued)
        try:
            with self.desk.database.read() as conn:
                if not outbox.held(conn, queued.id):
                    return None
        except StoreError:
            self.away = True
            return Outcome(queued)
        try:
            channel = self.channels.get(queued.channel)
            if channel is None:
                raise ChannelError(f"channel {queued.channel!r} is not configured any more")
            receipt = channel.send(_message(queued))
        except FarwatchError as error:
            if not getattr(error, "lasting", False):
                self.failures[queued.channel] += 1
            return Outcome(queued, error=error)
        self.failures[queued.channel] = 0
        return Outcome(queued, receipt)


def deliver(desk: Desk, channels: Mapping[str, Channel], now: datetime) -> dict[str, int]:
    """Escalate what is due, and hand over every message that is due; counts under "sent" and
    "failed".

    Messages are claimed in one transaction, handed over, and completed in another: a process killed
    in between leaves them to be claimed again when their lease runs out, which is counted as a
    repeat. Those of one recipient go one after the other, in order.
    """
    counts: Counter[str] = Counter(sent=0, failed=0)
    clock = _clock(now)
    escalate(desk, now)
    with ThreadPoolExecutor(_WORKERS * max(1, len(channels))) as pool:
        while True:
            with desk.database.begin() as conn:
                claimed = outbox.claim(conn, clock(), limit=_AT_ONCE, lease=LEASE)
            if not claimed:
                break
            around = _Round(desk, channels, time.monotonic() + LEASE.total_seconds() / 2)
            results: SimpleQueue[Outcome | None] = SimpleQueue()
            tasks = [pool.submit(_lane, around, lane, results) for lane in _lanes(claimed)]
            for outcomes in _arriving(results, len(claimed)):
                _written(around, outcomes, clock, counts)
            wait(tasks)
    return dict(counts)


def _clock(now: datetime) -> Callable[[], datetime]:
    """`now`, going on with the machine's clock: a long hand-over must not outlive its leases."""
    began = time.monotonic()
    return lambda: now + timedelta(seconds=int(time.monotonic() - began))


def _lanes(claimed: Sequence[Queued]) -> list[list[Queued]]:
    """The messages as lanes that may go side by side: one recipient's are in one lane."""
    lanes: dict[tuple[str, int], list[Queued]] = {}
    for queued in claimed:
        number = crc32(queued.recipient.encode()) % _WORKERS
        lanes.setdefault((queued.channel, number), []).append(queued)
    return list(lanes.values())


def _lane(around: _Round, lane: Sequence[Queued], results: SimpleQueue[Outcome | None]) -> None:
    for queued in lane:
        results.put(around.hand_over(queued))


def _arriving(results: SimpleQueue[Outcome | None], expected: int) -> Iterator[list[Outcome]]:
    """The outcomes as they come, all that are there together: one writer commits them at once,
    and none waits for another."""
    while expected:
        found = [results.get()]
        while not results.empty():
            found.append(results.get())
        expected -= len(found)
        yield [one for one in found if one is not None]


def _written(
    around: _Round, outcomes: Sequence[Outcome], clock: Callable[[], datetime], counts: Counter[str]
) -> None:
    """Write outcomes down; where the database went away, when it is back, as long as their claims
    hold: what is known to have left need not leave again."""
    while True:
        try:
            _write_down(around, outcomes, clock, counts)
            return
        except DatabaseAway:
            around.away = True
            if time.monotonic() > around.until:
                raise
            time.sleep(_AWAY_S)


def _write_down(
    around: _Round, outcomes: Sequence[Outcome], clock: Callable[[], datetime], counts: Counter[str]
) -> None:
    now = clock()
    with around.desk.database.begin() as conn:
        unreached = []
        for one in outcomes:
            queued = one.queued
            if one.receipt is not None:
                outbox.complete(conn, queued.id, now, one.receipt.provider)
                continue
            if one.error is None:
                outbox.put_back(conn, queued.id, now if around.away else now + _FIRST_PAUSE)
                continue
            again = None if getattr(one.error, "lasting", False) else _next(queued, now)
            outbox.fail(conn, queued.id, str(one.error), again)
            if again is None and queued.notice is not None:
                unreached.append(queued.notice)
        notices.hasten(conn, unreached, now)
    counts["sent"] += sum(one.receipt is not None for one in outcomes)
    counts["failed"] += sum(one.error is not None for one in outcomes)


def _message(queued: Queued) -> Message:
    payload = queued.payload
    more = {key: payload[key] for key in ("alert", "language") if key in payload}
    return Message(
        key=MessageKey(queued.key, queued.recipient, queued.channel, queued.revision),
        subject=str(payload["subject"]),
        body=str(payload["body"]),
        exercise=bool(payload["exercise"]),
        payload=more,
        to=str(payload.get("to", "")),
    )


def _next(queued: Queued, now: datetime) -> datetime | None:
    if queued.attempts >= _ATTEMPTS:
        return None
    pause: timedelta = _FIRST_PAUSE * float(2 ** (queued.attempts - 1))
    return now + min(pause, _LONGEST_PAUSE)
