"""Features of a GeoJSON document, each with its position and errors that carry field and value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from farwatch.errors import UnreadableFeed, UnreadableReport
from farwatch.model.document import Document
from farwatch.sources.json_records import json_of
from farwatch.sources.shapes import number


@dataclass(frozen=True, slots=True)
class Record:
    """One JSON object of a document: `plain` as read, `at` where it stands ("features[3]")."""

    source: str
    at: str
    plain: Mapping[str, Any]

    def wrong(self, field: str, value: object, reason: str) -> UnreadableReport:
        """An error about one field of this record."""
        return UnreadableReport(self.source, reason, field=field, value=value, position=self.at)

    def mapping(self, field: str) -> Record:
        """A field that must be an object."""
        value = self.plain.get(field)
        if not isinstance(value, dict):
            raise self.wrong(field, value, "is not an object")
        return Record(self.source, self.at, value)

    def text(self, field: str, *, required: bool = False) -> str:
        """A stripped text; "" where it is null or missing, unless it is required."""
        value = self.plain.get(field)
        value = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if value is None and not required:
            return ""
        if not isinstance(value, str) or (required and not value.strip()):
            raise self.wrong(field, value, "is no text")
        return value.strip()

    def number(self, field: str) -> float | None:
        """A finite number; None where it is null or missing."""
        return self.take(field, number) if self.plain.get(field) is not None else None

    def take(self, field: str, read: Callable[[Any], Any]) -> Any:
        """`read` of the field's value; its ValueError becomes an error of this record."""
        value = self.plain.get(field)
        try:
            return read(value)
        except ValueError as error:
            raise self.wrong(field, value, f"cannot be read: {error}") from error


def records(document: Document, field: str, kind: str | None = None) -> Iterator[Record]:
    """Every member of the document's list `field`; a member that is no object is kept with `{}`.

    Raises UnreadableFeed for a document that is no JSON, is not of `type` `kind`, or has no list.
    """
    source, plain = document.source.id, json_of(document)
    if not isinstance(plain, dict):
        raise UnreadableFeed(source, "holds no JSON object", position=document.name)
    if kind is not None and plain.get("type") != kind:
        raise UnreadableFeed(
            source, f"is no {kind}", field="type", value=plain.get("type"), position=document.name
        )
    members = plain.get(field)
    if not isinstance(members, list):
        raise UnreadableFeed(source, f"has no list {field!r}", position=document.name)
    for index, member in enumerate(members):
        at = f"{field}[{index}]"
        yield Record(source, at, member if isinstance(member, dict) else {"": member})
