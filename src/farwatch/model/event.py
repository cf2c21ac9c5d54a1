"""Event: one happening or expected happening, supported by Reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from farwatch.model.grade import Grade
from farwatch.model.kinds import Kind
from farwatch.model.place import Place
from farwatch.model.report import Report, Span


class State(StrEnum):
    """What became of an event."""

    LIVE = "live"
    ENDED = "ended"  # over, by its own end or an all clear
    WITHDRAWN = "withdrawn"  # what it rested on was retracted


@dataclass(frozen=True, slots=True)
class Reading:
    """What `understand` made of one Report before merging: its kind, place, time and grade.

    `kind` OTHER means that nothing a desk acts on was found. `place` None means not located.
    `severity` is 1-5. `happened` is the time of the happening, apart from `report.published`.
    `origins` are independent-origin keys, one for a plain report.
    `reasons` explain every choice, one sentence each.
    """

    report: Report
    kind: Kind
    severity: int
    place: Place | None
    happened: Span | None
    grade: Grade
    code: str | None = None
    actors: tuple[str, ...] = ()
    historical: bool = False  # speaks of something long past: never an event
    denial: bool = False  # denies or retracts another claim
    urgency: str | None = None  # CAP's word; Future for what is announced
    ended: bool = False  # says that it is over (lifted, reopened, all clear)
    reasons: tuple[str, ...] = ()


class Verdict(StrEnum):
    """A judgement on whether two reports tell of one happening."""

    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A pairwise judgement, kept. `by` is "model" or a person's account; a person's outweighs."""

    left: str  # report statement "source\tkey", left < right
    right: str
    verdict: Verdict
    by: str
    at: datetime
    score: float = 1.0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """One happening. `id` is stable over versions and merges (the oldest id survives).

    `reports` are report ids, newest version of each supporting statement; `origins` the independent
    origin keys that support it. `statements` are the supporting "source\tkey" names.
    """

    id: str
    version: int
    kind: Kind
    severity: int
    title: str
    place: Place | None
    happened: Span | None
    first_reported: datetime
    last_reported: datetime
    grade: Grade
    state: State = State.LIVE
    expires: datetime | None = None
    exercise: bool = False
    official: bool = False
    code: str | None = None
    urgency: str | None = None
    advice: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    site: str | None = None
    restricted: bool = False
    measures: Mapping[str, float | str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
