"""Rotas: who is on duty, who takes over when, and where nobody is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from farwatch.model.recipient import Rota, Shift, StandIn
from farwatch.protect.rota import absences, clock, following, gaps, minute_of, on_duty

MONDAY = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def rota(*shifts: tuple[str, str, str], zone: str = "UTC", stand_ins=()) -> Rota:
    turns = tuple(Shift(who, minute_of(start), minute_of(end)) for who, start, end in shifts)
    return Rota("desk", "duty officer", zone, turns, tuple(stand_ins))


WEEK = rota(
    ("ada", "Mon 08:00", "Mon 20:00"),
    ("ben", "Mon 20:00", "Tue 08:00"),
    ("eve", "Tue 08:00", "Mon 08:00"),
)


@pytest.mark.parametrize(
    ("hours", "who", "until_hours"),
    [
        (0, "ada", 8),
        (8, "ben", 20),  # the hand-over belongs to who takes over
        (19.99, "ben", 20),
        (20, "eve", 164),
        (163, "eve", 164),
        (164, "ada", 176),  # the week turned
    ],
)
def test_who_is_on_duty_and_until_when(hours, who, until_hours):
    found = on_duty(WEEK, MONDAY + timedelta(hours=hours))
    assert [(one.person, one.until) for one in found] == [
        (who, MONDAY + timedelta(hours=until_hours))
    ]


def test_who_comes_next():
    assert [one.person for one in following(WEEK, MONDAY)] == ["ben", "eve", "ada"]


@pytest.mark.parametrize(
    ("shifts", "empty"),
    [
        ((), ["Mon 00:00 to Mon 00:00"]),
        ((("a", "Mon 00:00", "Mon 00:00"),), []),  # the whole week
        ((("a", "Mon 08:00", "Mon 20:00"),), ["Mon 20:00 to Mon 08:00"]),
        ((("a", "Sun 20:00", "Mon 08:00"), ("b", "Mon 08:00", "Sun 20:00")), []),
        (
            (("a", "Mon 08:00", "Wed 08:00"), ("b", "Tue 08:00", "Fri 17:00")),
            ["Fri 17:00 to Mon 08:00"],
        ),
        (
            (("a", "Mon 08:00", "Tue 08:00"), ("b", "Wed 08:00", "Mon 08:00")),
            ["Tue 08:00 to Wed 08:00"],
        ),
    ],
)
def test_gaps_are_told(shifts, empty):
    assert [str(gap) for gap in gaps(rota(*shifts))] == empty


def test_a_stand_in_takes_the_shifts_of_who_is_away():
    away = StandIn("ada", "max", MONDAY - timedelta(days=1), MONDAY + timedelta(hours=4))
    found = on_duty(rota(("ada", "Mon 08:00", "Mon 20:00"), stand_ins=[away]), MONDAY)
    assert [(one.person, one.instead_of) for one in found] == [("max", "ada")]
    assert found[0].until == MONDAY + timedelta(hours=4)
    both = [away, StandIn("max", "ada", away.start, away.end)]
    wrong = absences(rota(("ada", "Mon 08:00", "Mon 20:00"), stand_ins=both), MONDAY)
    assert wrong == [
        "max stands in for ada and is absent too", "ada stands in for max and is absent too",
    ]  # fmt: skip


def test_a_rota_keeps_its_own_clock():
    paris = rota(("ada", "Mon 08:00", "Mon 20:00"), zone="Europe/Paris")
    assert on_duty(paris, datetime(2026, 6, 1, 6, 0, tzinfo=UTC))  # 08:00 in summer
    assert not on_duty(paris, datetime(2026, 1, 5, 6, 59, tzinfo=UTC))  # 07:59 in winter
    assert on_duty(paris, datetime(2026, 1, 5, 7, 0, tzinfo=UTC))


@pytest.mark.parametrize("text", ["", "Monday", "Foo 08:00", "Mon 8", "Mon 25:00", "Mon 08:60"])
def test_a_time_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="is no time of the week"):
        minute_of(text)


def test_a_minute_of_the_week_reads_back():
    assert clock(minute_of("Thu 07:05")) == "Thu 07:05"
