"""Webhook: where a program is told of what changes, as Standard Webhooks say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Told(StrEnum):
    """What a webhook can be told of."""

    ALERT = "alert.changed"  # new, revised, acknowledged, released, closed
    EVENT = "event.changed"  # new, or another version of it
    PING = "ping"  # asked for by its owner


@dataclass(frozen=True, slots=True)
class Webhook:
    """A subscription. It is told what its owner's account may see; what is restricted only where
    `restricted` says so. `stopped` says why it is not
    active any more, "" where nobody and nothing stopped it. `exercise` webhooks belong to an
    exercise desk alone, the others to none."""

    id: str
    account: str
    url: str
    events: tuple[Told, ...]
    created: datetime
    label: str = ""
    exercise: bool = False
    active: bool = True
    stopped: str = ""
    failing_since: datetime | None = None
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """One message to one webhook. `message` is the same for every try: who had it drops it."""

    id: int
    webhook: str
    message: str
    kind: str
    state: str  # waiting | claimed | sent | given_up
    attempts: int
    created: datetime
    updated: datetime
    next_attempt: datetime
    posted_at: datetime | None
    status: int | None
    last_error: str | None
