"""When it happened: stated dates in any form, relative words, and the turn of the year."""

from __future__ import annotations

from calendar import month_name
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.understand.text import flat
from farwatch.understand.when import mentions

MONDAY = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 2, 8, tzinfo=UTC)
ENGLISH = tuple(month_name)[1:]
SPANISH = ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto",
           "septiembre", "octubre", "noviembre", "diciembre")  # fmt: skip


@pytest.mark.parametrize(
    ("text", "published", "start", "end", "precision"),
    [
        # a day without a year is the nearest, in any language: not one eleven months ahead
        ("on december 31", NEW_YEAR, "2025-12-31", "2026-01-01", "day"),
        ("12月31日发生爆炸", NEW_YEAR, "2025-12-31", "2026-01-01", "day"),
        ("1月3日", NEW_YEAR, "2026-01-03", "2026-01-04", "day"),
        ("2024年12月31日", NEW_YEAR, "2024-12-31", "2025-01-01", "day"),
        ("on monday", MONDAY, "2026-03-02", "2026-03-03", "day"),
        ("last monday", MONDAY, "2026-02-23", "2026-02-24", "day"),
        ("next monday", MONDAY, "2026-03-09", "2026-03-10", "day"),
        ("next tuesday", MONDAY, "2026-03-03", "2026-03-04", "day"),
        ("last month", datetime(2026, 3, 31, tzinfo=UTC), "2026-02-01", "2026-03-01", "month"),
        ("last month", NEW_YEAR, "2025-12-01", "2026-01-01", "month"),
        ("last year", NEW_YEAR, "2025-01-01", "2026-01-01", "year"),
        ("this week", MONDAY, "2026-02-24", "2026-03-03", "week"),
        ("in may 2026", None, "2026-05-01", "2026-06-01", "month"),
        ("in february 2024", None, "2024-02-01", "2024-03-01", "month"),
        ("three days ago", MONDAY, "2026-02-27", "2026-02-28", "day"),
    ],
)
def test_a_time_is_read(
    text: str, published: datetime | None, start: str, end: str, precision: str
) -> None:
    (found,) = mentions(text, published)
    assert found.span.end is not None
    read = (found.span.start.date().isoformat(), found.span.end.date().isoformat())
    assert (*read, found.span.precision) == (start, end, precision)


def test_hours_ago_are_as_many_as_are_said() -> None:
    (found,) = mentions("500 hours ago", MONDAY)
    assert found.span.start == MONDAY - timedelta(hours=500)


@pytest.mark.parametrize(
    "text", ["2026-02-30", "30 february 2026", "2026年2月30日", "03/04", "2026-13-01", "31 april"]
)
def test_a_day_that_is_none_or_two_is_left(text: str) -> None:
    assert [m for m in mentions(text, MONDAY) if m.span.precision == "day"] == []


@pytest.mark.parametrize("text", ["yesterday", "on monday", "may 3", "5月3日", "two days ago"])
def test_nothing_relative_without_the_publishers_time(text: str) -> None:
    assert mentions(text, None) == []


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_a_full_date_is_read_in_any_form(day: date) -> None:
    month = ENGLISH[day.month - 1]
    for written in (
        f"{day:%Y-%m-%d}",
        f"{day.day} {month} {day.year}",
        f"{month} {day.day}, {day.year}",
        f"{day.day} de {SPANISH[day.month - 1]} de {day.year}",
        f"{day.year}年{day.month}月{day.day}日",
    ):
        (found,) = mentions(flat(f"an attack, {written}."), None)
        assert (found.span.start.date(), found.span.precision) == (day, "day")
        assert found.words in flat(written)


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(0, 23), st.integers(0, 30))
def test_a_day_without_a_year_is_the_last_that_was(last: date, hour: int, back: int) -> None:
    published = datetime(last.year, last.month, last.day, hour, tzinfo=UTC)
    day = last - timedelta(days=back)
    written = (f"{ENGLISH[day.month - 1]} {day.day}", f"{day.month}月{day.day}日")
    for text in written:
        (found,) = mentions(flat(text), published)
        assert found.span.start.date() == day
