"""JSON documents and the records in them, each with its position and its bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from farwatch.errors import UnreadableFeed, UnreadableReport
from farwatch.model.document import Document, Item
from farwatch.model.times import parse_utc


@dataclass(frozen=True, slots=True)
class Record:
    """One JSON object of a document; `position` says where it stands."""

    source: str
    position: str
    fields: Mapping[str, Any]

    @property
    def raw(self) -> bytes:
        """The object as canonical UTF-8: the same fields give the same bytes."""
        return json_bytes(self.fields)

    def wrong(self, field: str, reason: str, value: object = None) -> UnreadableReport:
        """An error about one field, carrying its value (or the part of it given)."""
        shown = self.fields.get(field) if value is None else value
        return UnreadableReport(
            self.source, reason, field=field, value=shown, position=self.position
        )

    def text(self, field: str) -> str:
        """A field that may be missing or null (then "") but is text otherwise."""
        value = self.fields.get(field)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.wrong(field, "is not text")
        return value.strip()

    def filled(self, field: str) -> str:
        """A field that must be text and not empty."""
        value = self.text(field)
        if not value:
            raise self.wrong(field, "is empty")
        return value

    def time(self, field: str) -> datetime | None:
        """A field that may be missing, else an ISO 8601 time with its zone, as aware UTC."""
        said = self.text(field)
        if not said:
            return None
        try:
            return parse_utc(said)
        except (ValueError, OverflowError) as error:
            raise self.wrong(field, "is no time with a zone") from error

    def under(self, field: str) -> Record:
        """The object in a field; a missing or null one has no fields."""
        value = self.fields.get(field)
        if value is None or value == []:
            value = {}
        if not isinstance(value, Mapping):
            raise self.wrong(field, "holds no fields")
        return Record(self.source, f"{self.position}.{field}", value)

    def each(self, field: str) -> Iterator[Record]:
        """The objects listed in a field, none for a missing one."""
        value = self.fields.get(field)
        if value is None:
            return
        if not isinstance(value, list):
            raise self.wrong(field, "is no list")
        for number, one in enumerate(value):
            if not isinstance(one, Mapping):
                raise self.wrong(f"{field}[{number}]", "holds no fields", one)
            yield Record(self.source, f"{self.position}.{field}[{number}]", one)


def records_of(
    source: str, listed: Iterable[tuple[str, Any]], build: Callable[[Record], Iterable[Item]]
) -> Iterator[Item]:
    """`build` on each (position, value); what it raises for one is yielded, the next goes on."""
    for position, value in listed:
        if not isinstance(value, Mapping):
            yield UnreadableReport(
                source, "holds no fields", field="record", value=value, position=position
            )
            continue
        try:
            yield from build(Record(source, position, value))
        except UnreadableReport as error:
            yield error


def json_of(document: Document) -> Any:
    """The document's JSON value; raises UnreadableFeed, also for NaN and endless nesting."""
    try:
        return json.loads(document.data.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableFeed(
            document.source.id, f"is no JSON: {error}", position=document.name
        ) from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def json_bytes(value: object) -> bytes:
    """A JSON value as canonical UTF-8: the same value gives the same bytes."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")
