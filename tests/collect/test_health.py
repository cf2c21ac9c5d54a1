from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from farwatch.collect.health import Hearing, ParseError, judge
from farwatch.errors import UnreadableReport
from farwatch.model.codec import from_plain, to_plain
from farwatch.model.terms import Source

MakeSource = Callable[..., Source]
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_a_normal_feed_warns_of_nothing(make_source: MakeSource, now: datetime) -> None:
    hearings = [Hearing(now - hours * HOUR, new=2) for hours in range(48)]
    health = judge(make_source(), hearings, now - 2 * DAY, now)
    assert (health.last_heard, health.silent, health.warnings) == (now, False, ())
    assert (health.count, health.per_day, health.volume) == (96, 48.0, "normal")


@pytest.mark.parametrize(
    ("each", "volume"), [(0, "low"), (9, "low"), (50, "normal"), (101, "high")]
)
def test_volume_is_held_against_expectation(
    make_source: MakeSource, now: datetime, each: int, volume: str
) -> None:
    hearings = [Hearing(now - day * DAY, new=each) for day in range(3)]
    health = judge(make_source(), hearings, now - 3 * DAY, now)
    assert health.volume == volume
    assert any("reports a day" in w for w in health.warnings) is (volume != "normal")


def test_volume_is_unknown_before_a_day_was_heard(make_source: MakeSource, now: datetime) -> None:
    health = judge(make_source(), [Hearing(now, new=1)], now - 23 * HOUR, now)
    assert (health.per_day, health.volume) == (None, "unknown")


def test_only_the_window_counts(make_source: MakeSource, now: datetime) -> None:
    hearings = [Hearing(now - 8 * DAY, new=1000), Hearing(now, new=70), Hearing(now + HOUR, new=9)]
    health = judge(make_source(), hearings, now - 30 * DAY, now)
    assert (health.count, health.per_day) == (70, 10.0)


def test_silence_past_its_bound_is_a_warning(make_source: MakeSource, now: datetime) -> None:
    source = make_source(covers=("country:ZM",))
    # Answering with nothing new is silence: a feed that stands still says nothing.
    hearings = [Hearing(now - 4 * HOUR, new=1), Hearing(now - HOUR, repeated=5)]
    health = judge(source, hearings, now - 10 * HOUR, now)
    assert health.silent
    assert health.silence_hours == 4.0
    assert health.last_answered == now - HOUR
    assert health.warnings[0].startswith("usgs: silent for 4.0 h since 2026-06-01T08:00:00+00:00")
    assert "covers country:ZM" in health.warnings[0]


def test_silence_at_its_bound_is_not_yet_one(make_source: MakeSource, now: datetime) -> None:
    health = judge(make_source(), [Hearing(now - 3 * HOUR, new=1)], now - DAY, now)
    assert not health.silent


def test_a_source_never_heard_is_silent_since_listening_began(
    make_source: MakeSource, now: datetime
) -> None:
    health = judge(make_source(), [Hearing(now, failed="no route")], now - 5 * HOUR, now)
    assert (health.last_heard, health.last_answered, health.silence_hours) == (None, None, 5.0)
    assert "never heard" in health.warnings[0]
    assert health.warnings[-1] == "usgs: no route"


def test_parse_errors_keep_position_field_and_value(make_source: MakeSource, now: datetime) -> None:
    error = UnreadableReport("usgs", field="mag", value="x" * 500, position="features[3]")
    hearing = Hearing(now, new=1, errors=(ParseError.of(error),) * 25)
    health = judge(make_source(), [hearing], now - HOUR, now)
    assert health.rejected == 25
    assert len(health.errors) == 20
    kept = health.errors[0]
    assert (kept.position, kept.field, len(kept.value)) == ("features[3]", "mag", 200)
    assert "usgs: 25 records rejected" in health.warnings
    assert from_plain(Hearing, to_plain(hearing)) == hearing
