"""Chains: what stands behind an alert, event, assessment or forecast, down to the reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from farwatch.model.assessment import Assessment
from farwatch.model.event import Event, Judgement
from farwatch.model.forecast import Driver, Month, Record
from farwatch.model.protect import Alert
from farwatch.model.report import Span
from farwatch.store.audit import Decision
from farwatch.store.tombstones import Tombstone


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a statement as received."""

    id: str
    published: datetime | None
    received: datetime
    title: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Read:
    """What was understood of a statement: kind, place and time, each with its reasons."""

    kind: str
    severity: int
    grade: str
    place: str | None
    precision: str | None
    happened: Span | None
    reasons: tuple[str, ...]
    place_reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that supports an event. `number` is its place in the event's list, from 1.

    `origin` is who said it first: statements that share it count once in the grade.
    `publisher`, `licence` and `attribution` are None for a source whose terms are not at hand.
    """

    number: int
    name: str  # source, tab, key
    source: str
    key: str
    publisher: str | None
    licence: str | None
    attribution: str | None
    origin: str
    versions: tuple[Version, ...]  # oldest first
    withdrawn: datetime | None
    withdrawn_because: str | None
    readings: tuple[Read, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One version of an event and what it changed."""

    version: int
    last_reported: datetime
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventChain:
    """An event with its versions, the judgements on its statements, and the statements.

    `merged` are the ids that became this event, `removed` says what it rested on and was removed
    past its retention.
    """

    event: Event
    merged: tuple[str, ...]
    steps: tuple[Step, ...]
    judgements: tuple[Judgement, ...]
    statements: tuple[Statement, ...]
    removed: tuple[Tombstone, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message of an alert, handed over or not."""

    recipient: str
    channel: str
    revision: int
    state: str
    attempts: int
    repeats: int
    due: datetime
    handed_over: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class AlertChain:
    """An alert with its revisions, why it was or was not released, and the event it is about."""

    alert: Alert
    released_because: str
    revisions: tuple[Alert, ...]
    deliveries: tuple[Delivery, ...]
    decisions: tuple[Decision, ...]
    event: EventChain | None


@dataclass(frozen=True, slots=True)
class ForecastChain:
    """A country's forecast: what is expected, by which model of which data, and how good it is here
    (None: it was not tested)."""

    id: str
    country: str
    made: datetime
    cutoff: int  # last month of the data, VIEWS's number
    model: str
    record: Record | None
    months: tuple[Month, ...]
    drivers: tuple[Driver, ...]


@dataclass(frozen=True, slots=True)
class AssessmentChain:
    """An assessment, and the events and forecasts its factors rest on; `unknown` are ids not in the
    database."""

    assessment: Assessment
    events: tuple[EventChain, ...]
    unknown: tuple[str, ...]
    forecasts: tuple[ForecastChain, ...] = ()


Chain = AlertChain | EventChain | AssessmentChain | ForecastChain
