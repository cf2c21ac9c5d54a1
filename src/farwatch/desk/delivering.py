"""Hand queued messages over: at least once, retried with growing pauses, never in silence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from farwatch.channels import open_channel
from farwatch.channels.exercise_wall import Channel
from farwatch.desk.opening import Desk
from farwatch.errors import ChannelError
from farwatch.model.message import Message, MessageKey
from farwatch.store import outbox
from farwatch.store.outbox import Queued

LEASE = timedelta(minutes=2)
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)
_ATTEMPTS = 12


def channels_of(desk: Desk) -> dict[str, Channel]:
    """The channels the settings open, for an exercise or for the real thing."""
    settings = desk.settings
    opened = {"terminal": open_channel("terminal", exercise=settings.exercise)}
    if settings.jsonl_file:
        opened["jsonl"] = open_channel("jsonl", settings.jsonl_file, exercise=settings.exercise)
    if settings.webhook_url:
        opened["webhook"] = open_channel(
            "webhook",
            settings.webhook_url,
            exercise=settings.exercise,
            secret=settings.webhook_secret,
        )
    return opened


def deliver(desk: Desk, channels: Mapping[str, Channel], now: datetime) -> dict[str, int]:
    """Hand over every message that is due; counts under "sent" and "failed".

    A message is claimed in one transaction, handed over, and completed in another: a process killed
    in between leaves it to be claimed again when its lease runs out, which is counted as a repeat.
    """
    counts = {"sent": 0, "failed": 0}
    while True:
        with desk.database.begin() as conn:
            claimed = outbox.claim(conn, now, lease=LEASE)
        if not claimed:
            return counts
        for queued in claimed:
            counts["sent" if _hand_over(desk, channels, queued, now) else "failed"] += 1


def _hand_over(desk: Desk, channels: Mapping[str, Channel], queued: Queued, now: datetime) -> bool:
    try:
        channel = channels.get(queued.channel)
        if channel is None:
            raise ChannelError(f"channel {queued.channel!r} is not configured any more")
        channel.send(_message(queued))
    except ChannelError as error:
        with desk.database.begin() as conn:
            outbox.fail(conn, queued.id, str(error), _next(queued, now))
        return False
    with desk.database.begin() as conn:
        outbox.complete(conn, queued.id, now)
    return True


def _message(queued: Queued) -> Message:
    payload = queued.payload
    return Message(
        key=MessageKey(queued.key, queued.recipient, queued.channel, queued.revision),
        subject=str(payload["subject"]),
        body=str(payload["body"]),
        exercise=bool(payload["exercise"]),
        payload={"alert": payload["alert"]},
    )


def _next(queued: Queued, now: datetime) -> datetime | None:
    if queued.attempts >= _ATTEMPTS:
        return None
    pause: timedelta = _FIRST_PAUSE * float(2 ** (queued.attempts - 1))
    return now + min(pause, _LONGEST_PAUSE)
