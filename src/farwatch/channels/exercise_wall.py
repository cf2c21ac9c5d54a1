"""The wall between exercise and real: what every channel checks before it takes a message."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol

from farwatch.errors import ChannelError, ExerciseError
from farwatch.model.message import Message, Receipt


class Channel(Protocol):
    """A way out. It was opened either for an exercise or for the real thing, never both."""

    name: str
    exercise: bool

    def send(self, message: Message) -> Receipt:
        """Hand the message over, or raise ChannelError or ExerciseError."""
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


def utc_now() -> datetime:
    """The time of a hand-over, aware UTC; channels take another clock in tests."""
    return datetime.now(UTC)
