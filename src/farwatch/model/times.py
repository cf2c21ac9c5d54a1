"""Times: always aware UTC; a date that cannot be read is an error with its value, never now."""

from __future__ import annotations

from datetime import UTC, datetime


def parse_utc(value: str) -> datetime:
    """An ISO 8601 time with a zone, as aware UTC.

    Raises ValueError with the value if it cannot be read or carries no zone.
    """
    try:
        when = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"time {value!r} is not ISO 8601") from error
    if when.utcoffset() is None:
        raise ValueError(f"time {value!r} has no zone")
    try:
        return when.astimezone(UTC)
    except OverflowError as error:  # the first and the last day there is, in another zone
        raise ValueError(f"time {value!r} is out of range") from error


def utc_from_epoch_ms(value: float) -> datetime:
    """Milliseconds since 1970 as aware UTC; raises ValueError with the value."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"time {value!r} is not a number of milliseconds")
    try:
        return datetime.fromtimestamp(value / 1000, tz=UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise ValueError(f"time {value!r} is not a number of milliseconds") from error
