"""The wall between exercise and real: what every channel checks before it takes a message."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol, runtime_checkable
from urllib.parse import urlsplit

from farwatch.errors import ChannelError, ExerciseError
from farwatch.model.message import Message, Receipt


class Channel(Protocol):
    """A way out. It was opened either for an exercise or for the real thing, never both."""

    name: str
    exercise: bool

    def send(self, message: Message) -> Receipt:
        """Hand the message over, or raise ChannelError or ExerciseError."""
        ...


@runtime_checkable
class Closing(Protocol):
    """A channel that keeps connections."""

    def close(self) -> None:
        """Leave the receiver."""
        ...


def check(channel: Channel, message: Message) -> None:
    """Refuse a message of the other world (ExerciseError) or of another channel (ChannelError)."""
    if message.exercise and not channel.exercise:
        raise ExerciseError(
            f"{channel.name}: exercise message {str(message.key)!r} may not go to a real channel"
        )
    if channel.exercise and not message.exercise:
        raise ExerciseError(
            f"{channel.name}: real message {str(message.key)!r} may not go to an exercise channel"
        )
    if message.key.channel != channel.name:
        raise ChannelError(
            f"{channel.name}: message {str(message.key)!r} is for channel {message.key.channel!r}"
        )


def may_reach(url: str, exercise_hosts: str, *, exercise: bool) -> None:
    """Refuse (ExerciseError) an address of the other world.

    `exercise_hosts` ("host" or "host:port", by commas) are an exercise's alone: no exercise reaches
    another host, and no real desk reaches these.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ChannelError("an address to hand messages to cannot be read") from error
    named = {one.strip().lower() for one in exercise_hosts.split(",") if one.strip()}
    theirs = bool(named & {host, f"{host}:{port}"})
    if exercise and not theirs:
        raise ExerciseError(
            f"an exercise may not reach {host!r}: setting exercise_hosts does not name it"
        )
    if theirs and not exercise:
        raise ExerciseError(f"{host!r} is an exercise's alone (setting exercise_hosts)")


def utc_now() -> datetime:
    """The time of a hand-over, aware UTC; channels take another clock in tests."""
    return datetime.now(UTC)
