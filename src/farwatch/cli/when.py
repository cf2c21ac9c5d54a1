"""Times and countries as commands take them."""

from __future__ import annotations

from datetime import UTC, datetime

from farwatch.errors import UsageError
from farwatch.model.times import parse_utc


def moment(text: str | None, option: str) -> datetime:
    """The time an option gave (ISO 8601 with a zone, or a bare date: its first moment UTC) or now.

    Raises UsageError with the option and its value.
    """
    if text is None:
        return datetime.now(UTC)
    try:
        return parse_utc(f"{text}T00:00:00+00:00" if len(text) == len("2026-06-01") else text)
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from error
