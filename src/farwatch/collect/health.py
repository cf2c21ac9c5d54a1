"""Feed health: last heard, volume against expectation, parse errors; silence is a warning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from farwatch.errors import InputError
from farwatch.model.terms import Source

WINDOW = timedelta(days=7)
SHOWN_ERRORS = 20
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ParseError:
    """One rejected record: where it stands in its document, the field, its value, why."""

    position: str
    field: str
    value: str
    reason: str

    @classmethod
    def of(cls, error: InputError) -> ParseError:
        """The error as a plain value, its value cut to 200 characters."""
        value = "" if error.field is None else repr(error.value)[:200]
        return cls(error.position or "", error.field or "", value, error.reason)


@dataclass(frozen=True, slots=True)
class Hearing:
    """One attempt to hear a source at `at`: what came of it.

    `new` counts statements or versions not had before, `repeated` those had already; `failed` says
    why nothing was heard at all (a fetch error, a whole document unreadable).
    """

    at: datetime
    new: int = 0
    repeated: int = 0
    errors: tuple[ParseError, ...] = ()
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """How a source does. `last_heard` is the last new statement, `last_answered` the last readable
    document; `silence_hours` since the last new statement or, before any, since listening began.
    `per_day` is None until a whole day was listened to; `volume` is low, normal, high or unknown.
    """

    source: str
    last_heard: datetime | None
    last_answered: datetime | None
    silence_hours: float
    silent: bool
    count: int
    per_day: float | None
    volume: str
    rejected: int
    errors: tuple[ParseError, ...] = ()
    warnings: tuple[str, ...] = ()


def judge(
    source: Source,
    hearings: Sequence[Hearing],
    since: datetime,
    now: datetime,
    window: timedelta = WINDOW,
) -> Health:
    """Judge a source by its hearings, in any order.

    `since` is when listening began. Hearings after `now` are not counted. Volume and errors are
    those of `window` before `now`; last heard looks at all that is given.
    """
    past = sorted((h for h in hearings if h.at <= now), key=lambda h: h.at)
    recent = [h for h in past if h.at > now - window]
    last_heard = max((h.at for h in past if h.new), default=None)
    silence = max(now - (last_heard or since), timedelta(0))
    count = sum(h.new for h in recent)
    per_day = _per_day(count, min(window, now - since))
    volume = _volume(per_day, source.expected_per_day)
    errors = [error for h in recent for error in h.errors]
    return Health(
        source=source.id,
        last_heard=last_heard,
        last_answered=max((h.at for h in past if not h.failed), default=None),
        silence_hours=silence / timedelta(hours=1),
        silent=_is_silent(source, silence),
        count=count,
        per_day=per_day,
        volume=volume,
        rejected=len(errors),
        errors=tuple(errors[-SHOWN_ERRORS:]),
        warnings=(
            *_silence_warning(source, last_heard, silence),
            *_volume_warning(source, per_day, volume),
            *([f"{source.id}: {len(errors)} records rejected"] if errors else []),
            *([f"{source.id}: {past[-1].failed}"] if past and past[-1].failed else []),
        ),
    )


def _per_day(count: int, listened: timedelta) -> float | None:
    return count / (listened / DAY) if listened >= DAY else None


def _volume(per_day: float | None, expected: tuple[float, float]) -> str:
    if per_day is None:
        return "unknown"
    low, high = expected
    return "low" if per_day < low else "high" if per_day > high else "normal"


def _is_silent(source: Source, silence: timedelta) -> bool:
    return silence > timedelta(hours=source.silent_after_hours)


def _silence_warning(
    source: Source, last_heard: datetime | None, silence: timedelta
) -> Iterator[str]:
    if not _is_silent(source, silence):
        return
    since = f"since {last_heard.isoformat()}" if last_heard else "and was never heard"
    where = f" (covers {', '.join(source.covers)})" if source.covers else ""
    yield (
        f"{source.id}: silent for {silence / timedelta(hours=1):.1f} h {since}, "
        f"its bound is {source.silent_after_hours:g} h{where}"
    )


def _volume_warning(source: Source, per_day: float | None, volume: str) -> Iterator[str]:
    if volume in ("low", "high"):
        low, high = source.expected_per_day
        yield f"{source.id}: {per_day:.1f} reports a day is {volume}, {low:g} to {high:g} expected"
