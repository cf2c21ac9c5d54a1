"""Report: one statement by one Source, kept as received, addressed by its content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place


class Status(StrEnum):
    """CAP's status. Exercise and Test never alert outside an exercise."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    SYSTEM = "System"
    TEST = "Test"
    DRAFT = "Draft"


class Action(StrEnum):
    """What the publisher did by this statement."""

    ISSUE = "issue"
    UPDATE = "update"
    CANCEL = "cancel"  # the publisher withdraws the statement or ends the danger


@dataclass(frozen=True, slots=True)
class Span:
    """When something happens or happened; aware UTC. `end` None: not known or not yet over.

    `precision` is the unit that was stated: second, minute, hour, day, week, month or year.
    """

    start: datetime
    end: datetime | None = None
    precision: str = "second"

    def __post_init__(self) -> None:
        for name, when in (("start", self.start), ("end", self.end)):
            if when is not None and when.utcoffset() is None:
                raise ValueError(f"{name} {when!r} has no zone")


@dataclass(frozen=True, slots=True)
class Figure:
    """One value of a published series (INFORM, World Bank, UCDP country-month, advisory level)."""

    series: str  # publisher's code, e.g. "VC.IHR.PSRC.P5"
    country: str  # ISO 3166-1 alpha-2
    period: datetime  # start of the period
    value: float
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a structured source states outright; everything a free text leaves to `understand`."""

    kind: Kind | None = None
    severity: int | None = None  # 1 minimal .. 5 extreme
    code: str | None = None  # "cameo:145", "glide:EQ", "cap:Met"
    geometry: Geometry | None = None
    place: Place | None = None  # where the source itself names place and precision
    happened: Span | None = None
    actors: tuple[str, ...] = ()  # groups, never natural persons
    urgency: str | None = None  # CAP words, as are the next two
    certainty: str | None = None
    advice: tuple[str, ...] = ()
    official: bool = False  # an authority speaking within its competence
    site: str | None = None  # id of our own site, in staff reports
    happening: str | None = None  # publisher's id of the happening, shared by its statements
    grade: str | None = None  # Admiralty grade stated by the reporter, e.g. "B2" (staff reports)
    restricted: bool = False
    measures: Mapping[str, float | str] = field(default_factory=dict)  # magnitude, depth_km, deaths


@dataclass(frozen=True, slots=True)
class Report:
    """One version of one statement. `source` + `key` name the statement, `id` this version of it.

    All times are aware UTC. `published` is the publisher's own time of this version; where a
    format carries none it is None, and nothing stands in for it. `origin` names who said it first,
    as far as the item tells: a registrable domain ("bbc.co.uk") or a wire agency ("reuters").
    `raw` is this one item as received, UTF-8 or the publisher's own bytes.
    """

    source: str
    key: str
    received: datetime
    raw: bytes
    published: datetime | None = None
    title: str = ""
    text: str = ""
    language: str | None = None
    url: str | None = None
    origin: str = ""
    status: Status = Status.ACTUAL
    action: Action = Action.ISSUE
    references: tuple[
        str, ...
    ] = ()  # keys of this source's statements that this one replaces or cancels
    expires: datetime | None = None
    facts: Facts = Facts()
    figure: Figure | None = None
    digest: str = (
        ""  # what makes a version: set where `raw` carries noise (hit counters, fetch times)
    )

    def __post_init__(self) -> None:
        for name in ("received", "published", "expires"):
            when = getattr(self, name)
            if when is not None and when.utcoffset() != UTC.utcoffset(None):
                raise ValueError(f"{self.source} {self.key}: {name} {when!r} is not aware UTC")

    @property
    def id(self) -> str:
        """Content address: "r" and 24 hex digits over source, key and content."""
        content = self.digest.encode() if self.digest else self.raw
        parts = (self.source.encode(), self.key.encode(), content)
        return "r" + hashlib.blake2b(b"\x1f".join(parts), digest_size=12).hexdigest()

    @property
    def body(self) -> str:
        """Title and text, as `understand` reads them."""
        return f"{self.title}. {self.text}" if self.title and self.text else self.title or self.text
