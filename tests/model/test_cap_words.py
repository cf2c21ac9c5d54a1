from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.model import cap

AWARE = st.integers(-600_000_000_000, 4_000_000_000_000).map(
    lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
)


@pytest.mark.parametrize(
    ("when", "written"),
    [
        (datetime(2026, 6, 1, 12, tzinfo=UTC), "2026-06-01T12:00:00-00:00"),
        (datetime(2026, 6, 1, 12, 0, 0, 999, tzinfo=UTC), "2026-06-01T12:00:00-00:00"),
        (
            datetime(2026, 6, 1, 12, tzinfo=timezone(timedelta(hours=-5))),
            "2026-06-01T12:00:00-05:00",
        ),
        (
            datetime(2026, 6, 1, 12, tzinfo=timezone(timedelta(seconds=7))),
            "2026-06-01T11:59:53-00:00",
        ),
    ],
)
def test_times_are_written_with_an_offset_and_never_z(when: datetime, written: str) -> None:
    assert cap.format_time(when) == written
    assert cap.parse_time(written) == when.replace(microsecond=0)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="has no zone"):
        cap.format_time(datetime(2026, 6, 1))  # noqa: DTZ001


@given(AWARE)
def test_a_time_survives_being_written(when: datetime) -> None:
    written = cap.format_time(when)
    assert cap.parse_time(written) == when.replace(microsecond=0)
    assert not written.endswith("Z")


@pytest.mark.parametrize(
    "value", ["", "now", "2026-06-01", "2026-06-01T12:00:00", "2026-13-01T12:00:00Z"]
)
def test_an_unreadable_time_is_an_error_with_its_value(value: str) -> None:
    with pytest.raises(ValueError, match="time"):
        cap.parse_time(value)


def test_a_polygon_reads_and_writes() -> None:
    ring = cap.parse_polygon("+1.5,-2 1,2  3,1\n1.5,-2")
    assert ring == ((1.5, -2), (1, 2), (3, 1), (1.5, -2))
    assert cap.format_polygon(ring[:-1]) == "1.5,-2 1,2 3,1 1.5,-2"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("1,1 2,2 1,1", "has 3 points"),
        ("1,1 2,2 3,3 4,4", "is open"),
        ("1,1 2,2, 3,3 1,1", "'2,2,' is no lat,lon"),
        ("91,1 2,2 3,3 91,1", "not on the earth"),
        ("nan,1 2,2 3,3 nan,1", "is no lat,lon"),
    ],
)
def test_a_bad_polygon_is_refused_with_its_part(value: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        cap.parse_polygon(value)


def test_a_polygon_to_write_needs_three_corners() -> None:
    with pytest.raises(ValueError, match="3 corners"):
        cap.format_polygon([(1, 1), (2, 2)])


def test_a_circle_reads_and_writes() -> None:
    assert cap.parse_circle("32.9525,-115.5527 0") == (32.9525, -115.5527, 0.0)
    assert cap.format_circle(32.9525, -115.5527, 10.0) == "32.9525,-115.5527 10"


@pytest.mark.parametrize("value", ["1,1", "1,1 -5", "1,1 five", "1 1 5", ""])
def test_a_bad_circle_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"circle|point"):
        cap.parse_circle(value)


COORDINATE = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(st.lists(COORDINATE, min_size=3, max_size=20, unique=True))
def test_a_ring_survives_being_written_to_a_metre(ring: list[tuple[float, float]]) -> None:
    again = cap.parse_polygon(cap.format_polygon(ring))
    assert len(again) == len(ring) + 1
    for (lat, lon), (lat2, lon2) in zip(ring, again, strict=False):
        assert abs(lat - lat2) < 1.1e-5
        assert abs(lon - lon2) < 1.1e-5


def test_every_severity_has_a_level_and_every_level_a_severity() -> None:
    assert set(cap.SEVERITY_LEVEL) == set(cap.SEVERITY)
    for level, word in cap.LEVEL_SEVERITY.items():
        assert cap.SEVERITY_LEVEL[word] == max(level, 2)
