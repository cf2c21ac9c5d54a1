"""Regrade: a grade that a person gave an event, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from farwatch.model.grade import CREDIBILITY, RELIABILITY


@dataclass(frozen=True, slots=True)
class Regrade:
    """A person's word on how an event is graded; the latest outweighs the model's for ever.

    `statements` ("source\\tkey") are the reports that the event rested on: where most of them are
    merged into another event, the word goes with them.
    """

    id: int
    event: str  # as it was called when the word was said
    statements: tuple[str, ...]
    reliability: str
    credibility: int
    by: str
    at: datetime
    reason: str
    undone: datetime | None = None

    @property
    def code(self) -> str:
        """ "B2"."""
        return f"{self.reliability}{self.credibility}"


def grade_of(text: str) -> tuple[str, int]:
    """("B", 2) of "b2"; raises ValueError with the value."""
    plain = text.strip().upper()
    if len(plain) != 2 or plain[0] not in RELIABILITY or plain[1] not in map(str, CREDIBILITY):
        raise ValueError(f"grade {text!r} is not A1 to F6: a letter A-F, then a number 1-6")
    return plain[0], int(plain[1])
