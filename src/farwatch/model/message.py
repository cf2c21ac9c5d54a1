"""Message: one notice on its way out to one recipient over one channel, and its Receipt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class MessageKey:
    """What makes a message the same message: a re-send carries the same key.

    `alert` is the alert's key (which leaves the event's version out), `revision` its revision.
    """

    alert: str
    recipient: str
    channel: str
    revision: int

    def __str__(self) -> str:
        """The four parts, percent-encoded and joined by "/": ASCII, fit for a header."""
        parts = (self.alert, self.recipient, self.channel, str(self.revision))
        return "/".join(quote(part, safe=":@") for part in parts)


@dataclass(frozen=True, slots=True)
class Message:
    """What is handed to a channel. `payload` is plain JSON; `cap_xml` the alert as CAP, if any.

    `to` is the person's address on that channel, "" where the channel has one receiver.
    """

    key: MessageKey
    subject: str
    body: str
    exercise: bool
    payload: Mapping[str, Any] = field(default_factory=dict)
    cap_xml: str | None = None
    to: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A channel took the message over. It is not an acknowledgement by a person.

    `at` is aware UTC; `repeated` is True when the channel itself saw that it already had the
    message and did nothing; `detail` says what the channel answered, `provider` what it calls the
    message in later receipts.
    """

    key: str
    channel: str
    at: datetime
    repeated: bool = False
    detail: str = ""
    provider: str | None = None
