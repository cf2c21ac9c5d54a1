"""Times and countries as commands take them."""

from __future__ import annotations

from datetime import UTC, datetime

from farwatch.cli.lines import day_of
from farwatch.errors import UsageError
from farwatch.model.times import parse_utc

_YEARS = range(1900, 2200)  # another one is a slip of the pen


def given(text: str | None, option: str) -> datetime | None:
    """The time an option gave: ISO 8601 with a zone, or a bare day, its first moment in UTC.

    Raises UsageError with the option and its value.
    """
    if text is None:
        return None
    try:
        found = day_of(text) if len(text) == len("2026-06-01") else parse_utc(text)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from error
    if found.year not in _YEARS:
        raise UsageError(f"{option}: time {text!r} is not between {_YEARS[0]} and {_YEARS[-1]}")
    return found


def moment(text: str | None, option: str) -> datetime:
    """The time an option gave, else the clock's; raises UsageError."""
    return given(text, option) or datetime.now(UTC)
