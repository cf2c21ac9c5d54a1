"""What a snapshot says of itself: when it was generated and how many records it should hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from farwatch.errors import UnreadableFeed
from farwatch.model.document import Document
from farwatch.model.times import utc_from_epoch_ms


@dataclass(frozen=True, slots=True)
class Stamp:
    """The snapshot's time, aware UTC, and the records it declares (None: it does not say)."""

    time: datetime
    declared: int | None = None


def stamp(document: Document) -> Stamp:
    """The feed's own time where its format has one, else when it was received.

    Raises UnreadableFeed if a generated time or count stands there and cannot be read. A document
    that is not JSON at all is left to its reader to refuse.
    """
    read = _STAMPS.get(document.source.format)
    if read is None:
        return Stamp(document.received)
    try:
        plain = json.loads(document.data)
    except (ValueError, RecursionError):
        return Stamp(document.received)
    metadata = plain.get("metadata") if isinstance(plain, dict) else None
    if not isinstance(metadata, dict) or "generated" not in metadata:
        return Stamp(document.received)
    return read(document.name, metadata)


def _usgs(name: str, metadata: dict[str, Any]) -> Stamp:
    count = metadata.get("count")
    if count is not None and (not isinstance(count, int) or count < 0):
        raise UnreadableFeed(name, "is no number of records", field="metadata.count", value=count)
    return Stamp(_time(name, metadata["generated"]), count)


def _canada(name: str, metadata: dict[str, Any]) -> Stamp:
    generated = metadata["generated"]
    seconds = generated.get("timestamp") if isinstance(generated, dict) else generated
    if isinstance(seconds, int | float) and not isinstance(seconds, bool):
        return Stamp(_time(name, seconds * 1000))
    return Stamp(_time(name, seconds))


def _time(name: str, milliseconds: Any) -> datetime:
    try:
        return utc_from_epoch_ms(milliseconds).astimezone(UTC)
    except ValueError as error:
        raise UnreadableFeed(
            name, "is no time", field="metadata.generated", value=milliseconds
        ) from error


# Format -> how its metadata states time and count.
_STAMPS: dict[str, Callable[[str, dict[str, Any]], Stamp]] = {"usgs": _usgs, "canada": _canada}
