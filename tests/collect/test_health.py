from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from farwatch.collect.health import ParseError, Record, is_silent, judge
from farwatch.model.terms import Source

MakeSource = Callable[..., Source]
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def record(now: datetime, **more: object) -> Record:
    """Listened to for a month, answered just now with something new."""
    base = Record(since=now - 30 * DAY, last_answered=now, last_new=now, accepted=350)
    return replace(base, **more)  # type: ignore[arg-type]


def test_a_normal_feed_warns_of_nothing(make_source: MakeSource, now: datetime) -> None:
    health = judge(make_source(), record(now), now)
    assert (health.last_new, health.silent, health.warnings) == (now, False, ())
    assert (health.count, health.per_day, health.volume) == (350, 50.0, "normal")


@pytest.mark.parametrize(
    ("each", "volume"), [(0, "low"), (9, "low"), (10, "normal"), (100, "normal"), (101, "high")]
)
def test_volume_is_held_against_expectation(
    make_source: MakeSource, now: datetime, each: int, volume: str
) -> None:
    health = judge(make_source(), record(now, accepted=7 * each), now)
    assert (health.volume, health.expected) == (volume, (10.0, 100.0))
    said = f"{each:.1f} reports a day is {volume}: 10 to 100 expected"
    assert (said in health.warnings) is (volume != "normal")


@pytest.mark.parametrize(
    ("listened", "per_day"), [(None, None), (23 * HOUR, None), (2 * DAY, 35.0), (9 * DAY, 10.0)]
)
def test_volume_is_by_the_time_listened_and_unknown_before_a_day(
    make_source: MakeSource, now: datetime, listened: timedelta | None, per_day: float | None
) -> None:
    since = None if listened is None else now - listened
    health = judge(make_source(), record(now, since=since, accepted=70), now)
    assert health.per_day == per_day
    assert (health.volume == "unknown") is (per_day is None)


@pytest.mark.parametrize(
    ("window", "answered", "new", "failures", "silent"),
    [
        (None, 0.0, 2.9, 0, False),
        (None, 0.0, 3.0, 0, True),  # its bound is 3 h: answering with nothing new is silence
        (24.0, 0.0, 9.0, 0, False),  # a snapshot answers with the same items for hours
        (24.0, 3.0, 9.0, 0, True),
        (None, 0.0, 0.0, 2, False),
        (None, 0.0, 0.0, 3, True),  # it cannot be reached
        (None, None, None, 0, False),
        (None, None, None, 3, True),
    ],
)
def test_silence_is_past_its_bound_or_out_of_reach(
    make_source: MakeSource,
    now: datetime,
    window: float | None,
    answered: float | None,
    new: float | None,
    failures: int,
    *,
    silent: bool,
) -> None:
    times = [None if hours is None else now - hours * HOUR for hours in (answered, new)]
    source = make_source(window_hours=window)
    known = record(now, last_answered=times[0], last_new=times[1], failures=failures)
    health = judge(source, known, now)
    assert health.silent is silent
    assert any("SILENT" in said for said in health.warnings) is silent
    last = times[0] if window else times[1]
    assert is_silent(source, last, failures, now) is silent


def test_silence_names_since_when_and_where(make_source: MakeSource, now: datetime) -> None:
    source = make_source(covers=("country:ZM",), window_hours=None)
    health = judge(source, record(now, last_new=now - 4 * HOUR), now)
    assert health.silence_hours == 4.0
    assert health.warnings[0] == (
        "SILENT for 4.0 h, since 2026-06-01 08:00 UTC; its bound is 3 h (covers country:ZM)"
    )


def test_a_source_never_heard_says_why(make_source: MakeSource, now: datetime) -> None:
    health = judge(make_source(), Record(failures=3, error="no route"), now)
    assert (health.last_new, health.last_answered, health.silence_hours) == (None, None, None)
    assert health.warnings[0].startswith("SILENT: never heard; its bound is 3 h")
    assert health.warnings[1] == "failed 3 times in a row: no route"


def test_an_error_that_is_over_is_not_told(make_source: MakeSource, now: datetime) -> None:
    assert judge(make_source(), record(now, error="answered 503"), now).error == ""


def test_parse_errors_keep_position_field_and_value(make_source: MakeSource, now: datetime) -> None:
    error = ParseError(now, "day.json", "features[3]", "mag", "x" * 500, "is no number")
    health = judge(make_source(), record(now, rejected=25, errors=(error,) * 25), now)
    assert (health.rejected, len(health.errors)) == (25, 20)
    assert health.warnings == (
        "25 records could not be read in 7 days; the latest at 2026-06-01 12:00 UTC: "
        f"day.json, features[3]: mag {'x' * 200!r} is no number",
    )
