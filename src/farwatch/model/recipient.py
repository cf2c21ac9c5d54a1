"""Recipient, Rota, Notice: the persons who are told, when they are on duty, what they were told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

LANGUAGES = ("en", "zh-Hans")
# Channels that reach a person; the terminal, the file and the webhook tell programs.
PERSONAL = ("email", "sms", "voice", "chat")
WEEK_MINUTES = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person who may be told.

    `addresses` is channel -> address (chat: an Apprise URL), `longest` channel -> most characters.
    `quiet` is (from, to) as "22:00" in `zone` (IANA). `sites` and `countries` (ISO alpha-2) are
    what they answer for, empty both: everything; `severity` the least they are told of.
    `supervisor` is another recipient's id.
    """

    id: str
    name: str
    role: str
    addresses: Mapping[str, str]
    language: str = "en"
    zone: str = "UTC"
    quiet: tuple[str, str] | None = None
    longest: Mapping[str, int] = field(default_factory=dict)
    sites: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    severity: int = 1
    supervisor: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Shift:
    """A weekly turn of duty, in minutes from Monday 00:00 in the rota's zone.

    One that ends at or before its beginning goes over into the next week.
    """

    person: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who takes another's shifts for a while. Times are aware."""

    absent: str
    by: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Rota:
    """Who of a role is on duty, week by week."""

    name: str
    role: str
    zone: str
    shifts: tuple[Shift, ...]
    stand_ins: tuple[StandIn, ...] = ()


class NoticeState(StrEnum):
    """Where a notice to a person stands."""

    TOLD = "told"  # it asks for no confirmation
    ASKED = "asked"  # a confirmation is awaited
    LATE = "late"  # the deadline passed and the next person was told; it may still be confirmed
    CONFIRMED = "confirmed"
    COVERED = "covered"  # another person confirmed in their stead
    REPLACED = "replaced"  # a newer revision asks instead
    OVER = "over"  # the alert ended before anybody confirmed


# States in which a confirmation is still taken.
AWAITED = (NoticeState.ASKED, NoticeState.LATE)


@dataclass(frozen=True, slots=True)
class Near:
    """A site of ours in a notice; `km` from the happening, None where that is not known."""

    site: str
    name: str
    km: float | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a notice says, apart from any language.

    `headline` is the desk's English line; `edited` that an officer wrote it. Advice, severity and
    urgency are CAP words; `message` is Alert, Update or Cancel.
    """

    message: str
    kind: str
    level: int
    severity: str
    urgency: str
    certainty: str
    headline: str
    place: str | None
    sites: tuple[Near, ...]
    advice: tuple[str, ...]
    sent: datetime
    ends: datetime
    exercise: bool
    edited: bool = False
    unconfirmed: bool = False  # by no second origin: the reader is told so


@dataclass(frozen=True, slots=True)
class Notice:
    """One happening told to one person, in one revision; the three are its key.

    `key` is the gravest alert's, `covers` every alert's key -> revision that it speaks of. `group`
    is the alert's recipient; `in_turn` that one confirmation of the group is enough. `channels`
    are to be tried in this order, `step` counts those that were. `due` is when to look again.
    """

    event: str
    key: str
    recipient: str
    revision: int
    group: str
    in_turn: bool
    state: NoticeState
    told: Told
    covers: Mapping[str, int]
    channels: tuple[str, ...]
    asked: datetime
    deadline: datetime | None
    expires: datetime
    due: datetime | None = None
    step: int = 0
    reasons: tuple[str, ...] = ()
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    id: int = 0
