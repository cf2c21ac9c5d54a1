"""Terminal: a message as text on a stream. What came from outside cannot steer the terminal."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import TextIO

from farwatch.channels.exercise_wall import check, utc_now
from farwatch.errors import ChannelError
from farwatch.model.message import Message, Receipt

EXERCISE = "EXERCISE EXERCISE EXERCISE"


class Terminal:
    """Writes messages to `stream` (standard output when None). A re-send is shown again."""

    name = "terminal"

    def __init__(
        self,
        stream: TextIO | None = None,
        *,
        exercise: bool = False,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.exercise = exercise
        self._stream = stream
        self._clock = clock

    def send(self, message: Message) -> Receipt:
        """Write the message; raises ExerciseError or ChannelError."""
        check(self, message)
        lines = [printable(message.subject), printable(message.body), ""]
        if message.exercise:
            lines = [EXERCISE, *lines[:-1], EXERCISE, ""]
        stream = self._stream or sys.stdout
        try:
            stream.write("\n".join(lines) + "\n")
            stream.flush()
        except (OSError, ValueError) as error:  # ValueError: the stream is closed
            raise ChannelError(f"terminal: {message.key} could not be written: {error}") from error
        return Receipt(str(message.key), self.name, self._clock())


def printable(text: str) -> str:
    """`text` with control and direction-changing characters shown as escapes, line breaks kept."""
    return "".join(
        char
        if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        else f"\\u{ord(char):04x}"
        for char in text.replace("\r\n", "\n")
    )
