"""Feed health: last heard, volume against expectation, parse errors; silence is a warning.

One judgement for all who ask: the watch that alerts on silence, and the list of sources.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from farwatch.model.terms import Source

WINDOW = timedelta(days=7)
SHOWN_ERRORS = 20
UNREACHABLE = 3  # failed fetches in a row
DAY = timedelta(days=1)
_LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class ParseError:
    """One rejected record: its document and place in it, the field, its value, why, and when."""

    at: datetime
    document: str
    position: str
    field: str
    value: str
    reason: str

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.document, self.position) if part)
        value = self.value[:_LONGEST_VALUE]
        what = f"{self.field} {value!r} " if self.field else ""
        return f"{where}: {what}{self.reason}"


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of the attempts to hear a source.

    `since` is when it first answered; `last_new` the last time with new statements or versions.
    `failures` counts failed attempts in a row, `error` says why the last failed. `accepted` and
    `rejected` count the records of the window before now; `errors` are the latest, newest first.
    """

    since: datetime | None = None
    last_answered: datetime | None = None
    last_new: datetime | None = None
    failures: int = 0
    error: str = ""
    accepted: int = 0
    rejected: int = 0
    errors: tuple[ParseError, ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """How a source does. `silence_hours` is the time since its last word (None: it never spoke).

    `per_day` is None until a whole day was listened to; `volume` is low, normal, high or unknown,
    beside `expected`, the least and the most a day.
    """

    source: str
    last_new: datetime | None
    last_answered: datetime | None
    silence_hours: float | None
    silent_after_hours: float
    silent: bool
    failures: int
    error: str
    count: int
    per_day: float | None
    expected: tuple[float, float]
    volume: str
    rejected: int
    errors: tuple[ParseError, ...] = ()
    warnings: tuple[str, ...] = ()


def last_word(
    source: Source, answered: datetime | None, brought_new: datetime | None
) -> datetime | None:
    """When a source last spoke: a feed with a window answers with the same items for hours; others
    must bring something new."""
    return answered if source.window_hours is not None else brought_new


def is_silent(source: Source, last: datetime | None, failures: int, now: datetime) -> bool:
    """Whether a source is silent: its last word is as old as its bound, or it cannot be reached."""
    if failures >= UNREACHABLE:
        return True
    return last is not None and now - last >= timedelta(hours=source.silent_after_hours)


def judge(source: Source, record: Record, now: datetime, window: timedelta = WINDOW) -> Health:
    """Judge a source by what is known of it; `record` counts the records of `window`."""
    last = last_word(source, record.last_answered, record.last_new)
    silent = is_silent(source, last, record.failures, now)
    hours = None if last is None else max(now - last, timedelta(0)) / timedelta(hours=1)
    per_day = _per_day(record, now, window)
    volume = _volume(per_day, source.expected_per_day)
    return Health(
        source=source.id,
        last_new=record.last_new,
        last_answered=record.last_answered,
        silence_hours=hours,
        silent_after_hours=source.silent_after_hours,
        silent=silent,
        failures=record.failures,
        error=record.error if record.failures else "",
        count=record.accepted,
        per_day=per_day,
        expected=source.expected_per_day,
        volume=volume,
        rejected=record.rejected,
        errors=record.errors[:SHOWN_ERRORS],
        warnings=(
            *([_silence(source, last, hours)] if silent else []),
            *_failure(record),
            *_off_volume(source, per_day, volume),
            *_unread(record, window),
        ),
    )


def _per_day(record: Record, now: datetime, window: timedelta) -> float | None:
    if record.since is None or now - record.since < DAY:
        return None
    return record.accepted / (min(window, now - record.since) / DAY)


def _volume(per_day: float | None, expected: tuple[float, float]) -> str:
    if per_day is None:
        return "unknown"
    low, high = expected
    return "low" if per_day < low else "high" if per_day > high else "normal"


def _silence(source: Source, last: datetime | None, hours: float | None) -> str:
    where = f" (covers {', '.join(source.covers)})" if source.covers else ""
    bound = f"its bound is {source.silent_after_hours:g} h{where}"
    if last is None:
        return f"SILENT: never heard; {bound}"
    return f"SILENT for {hours:.1f} h, since {last:%Y-%m-%d %H:%M} UTC; {bound}"


def _failure(record: Record) -> Iterator[str]:
    if record.failures:
        yield f"failed {record.failures} times in a row: {record.error}"


def _off_volume(source: Source, per_day: float | None, volume: str) -> Iterator[str]:
    if volume in ("low", "high"):
        low, high = source.expected_per_day
        yield f"{per_day:,.1f} reports a day is {volume}: {low:,g} to {high:,g} expected"


def _unread(record: Record, window: timedelta) -> Iterator[str]:
    if record.rejected or record.errors:
        latest = record.errors[0] if record.errors else None
        said = f"; the latest at {latest.at:%Y-%m-%d %H:%M} UTC: {latest}" if latest else ""
        yield f"{record.rejected:,} records could not be read in {window / DAY:g} days{said}"
