"""Rotas: who is on duty at a time, until when, who comes next, and where nobody is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from farwatch.model.recipient import WEEK_MINUTES, Rota, Shift

_MINUTE = timedelta(minutes=1)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A person at a time: `until` the hand-over (aware); `instead_of` whom they stand in for."""

    person: str
    until: datetime
    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of the week in which nobody is on duty, in minutes from Monday 00:00."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{clock(self.start)} to {clock(self.end)}"


def clock(minute: int) -> str:
    """ "Mon 08:00" of a minute of the week."""
    minute %= WEEK_MINUTES
    return f"{DAYS[minute // 1440]} {minute % 1440 // 60:02d}:{minute % 60:02d}"


def minute_of(text: str) -> int:
    """The minute of the week of "Mon 08:00"; raises ValueError with the text."""
    day, _, time = text.strip().partition(" ")
    hour, colon, minute = time.strip().partition(":")
    fits = day[:3].title() in DAYS and colon and hour.isdigit() and minute.isdigit()
    if not fits or int(hour) > 24 or int(minute) > 59:
        raise ValueError(f"{text!r} is no time of the week such as 'Mon 08:00'")
    return DAYS.index(day[:3].title()) * 1440 + int(hour) * 60 + int(minute)


def on_duty(rota: Rota, now: datetime) -> list[OnDuty]:
    """Everybody on duty, in the rota's order. Clock times hold in the rota's own zone, so that a
    shift that a change to summer time falls into is an hour longer or shorter."""
    at = _week_minute(rota, now)
    found = []
    for shift in rota.shifts:
        gone = (at - shift.start) % WEEK_MINUTES
        if gone < _length(shift):
            until = _after(rota, now, _length(shift) - gone)
            found.append(_stood_in(rota, shift.person, now, until))
    return found


def following(rota: Rota, now: datetime) -> list[OnDuty]:
    """Those whose shifts begin next, soonest first, each person once."""
    at = _week_minute(rota, now)
    soonest = sorted(rota.shifts, key=lambda shift: (shift.start - at - 1) % WEEK_MINUTES)
    found: dict[str, OnDuty] = {}
    for shift in soonest:
        starts = _after(rota, now, (shift.start - at - 1) % WEEK_MINUTES + 1)
        one = _stood_in(rota, shift.person, starts, starts + _length(shift) * _MINUTE)
        found.setdefault(one.person, one)
    return list(found.values())


def gaps(rota: Rota) -> list[Gap]:
    """Where the week has nobody, in order; a rota without shifts is one gap."""
    if not rota.shifts:
        return [Gap(0, WEEK_MINUTES)]
    held = sorted((shift.start, shift.start + _length(shift)) for shift in rota.shifts)
    first = held[0][0]
    reached, found = held[0][1], []
    for start, end in [*held[1:], (first + WEEK_MINUTES, first + WEEK_MINUTES)]:
        if start > reached:
            found.append(Gap(reached % WEEK_MINUTES, start % WEEK_MINUTES))
        reached = max(reached, end)
    return sorted(found, key=lambda gap: gap.start)


def absences(rota: Rota, now: datetime) -> list[str]:
    """Stand-ins that do not hold together: one who is absent too, or stands in for themself."""
    away = {one.absent for one in rota.stand_ins if one.start <= now < one.end}
    return [
        f"{one.by} stands in for {one.absent} and is absent too"
        for one in rota.stand_ins
        if one.start <= now < one.end and one.by in away
    ]


def _length(shift: Shift) -> int:
    return (shift.end - shift.start - 1) % WEEK_MINUTES + 1


def _week_minute(rota: Rota, now: datetime) -> int:
    local = now.astimezone(ZoneInfo(rota.zone))
    return local.weekday() * 1440 + local.hour * 60 + local.minute


def _after(rota: Rota, now: datetime, minutes: int) -> datetime:
    """The moment at which the rota's own clock shows so many minutes more."""
    local = now.astimezone(ZoneInfo(rota.zone)).replace(second=0, microsecond=0)
    return (local + minutes * _MINUTE).astimezone(now.tzinfo)


def _stood_in(rota: Rota, person: str, at: datetime, until: datetime) -> OnDuty:
    for one in rota.stand_ins:
        if one.absent == person and one.start <= at < one.end:
            return OnDuty(one.by, min(until, one.end), instead_of=person)
    return OnDuty(person, until)
