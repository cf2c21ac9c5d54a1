"""Nouns as JSON text, the way every `body` column holds them."""

from __future__ import annotations

import json
from typing import TypeVar

from cattrs import BaseValidationError

from farwatch.errors import StoreError
from farwatch.model.codec import from_plain, to_plain

T = TypeVar("T")


def pack(noun: object) -> str:
    """JSON text of a noun or of plain values; ASCII, so that no character is beyond a database."""
    return json.dumps(to_plain(noun), ensure_ascii=True, separators=(",", ":"))


def unpack(kind: type[T], body: str) -> T:
    """The noun back; raises StoreError where another version of Farwatch wrote another shape."""
    try:
        return from_plain(kind, json.loads(body))
    except (BaseValidationError, ValueError) as error:
        shown = body if len(body) <= 120 else body[:117] + "..."
        raise StoreError(f"stored {kind.__name__} {shown} cannot be read: {error}") from error
