"""JSON lines in, JSON lines out: how every filter reads, writes and names a bad line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from types import TracebackType
from typing import IO, Any

import click

from farwatch.errors import InputError, UnreadableReport
from farwatch.model.times import parse_utc

Plain = dict[str, Any]


@dataclass(slots=True)
class Filter:
    """An open filter. A bad line is named on standard error; `finish` then raises InputError."""

    source: str
    target: str
    bad: int = 0
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Filter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def lines(self, read: Callable[[Plain, str], Any]) -> Iterator[Any]:
        """What `read(record, source)` makes of every good line, in order."""
        for number, line in enumerate(self._open(self.source, "r"), start=1):
            if not line.strip():
                continue
            try:
                yield read(record(line, self.source), self.source)
            except UnreadableReport as error:
                self.bad += 1
                click.echo(f"farwatch: {error.at(f'line {number}')}", err=True)

    def write(self, records: Iterator[Plain]) -> None:
        """Write every record as a line, then raise InputError if lines were bad."""
        out = self._open(self.target, "w")
        for plain in records:
            out.write(json.dumps(plain, ensure_ascii=False) + "\n")
        out.flush()
        if self.bad:
            raise InputError(
                self.source, f"{self.bad} of its lines cannot be read; the others are written"
            )

    def _open(self, path: str, mode: str) -> IO[str]:
        if path == "-":
            return sys.stdin if mode == "r" else sys.stdout
        # Bytes that are no UTF-8 become surrogates: the line is then refused, not the file.

        try:
            return self._stack.enter_context(
                open(path, mode, encoding="utf-8", errors="surrogateescape", newline="\n")  # noqa: PTH123
            )
        except OSError as error:
            raise InputError(path, f"cannot be opened: {error.strerror}") from error


def record(line: str, source: str) -> Plain:
    """One line as an object; raises UnreadableReport."""
    try:
        line.encode("utf-8")
        plain = json.loads(line)
    except (UnicodeEncodeError, json.JSONDecodeError, RecursionError) as error:
        raise UnreadableReport(source, f"is no JSON: {error}") from error
    if not isinstance(plain, dict):
        raise UnreadableReport(source, "is no JSON object", field="line", value=plain)
    return plain


def identity(plain: Plain, source: str) -> str | int:
    """The record's id; raises UnreadableReport."""
    value = plain.get("id")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise UnreadableReport(source, "is no id", field="id", value=value)
    return value


def words(plain: Plain, source: str, name: str = "text", *, needed: bool = True) -> str:
    """A text field; raises UnreadableReport. A lone surrogate cannot be written again."""
    value = plain.get(name, None if needed else "")
    if value is None and not needed:
        return ""
    if not isinstance(value, str):
        raise UnreadableReport(source, "is no text", field=name, value=value)
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UnreadableReport(source, "is no Unicode text", field=name, value=value) from error
    return value


def moment(plain: Plain, source: str, name: str = "published") -> datetime | None:
    """A time with its zone, None if the field is missing or null; raises UnreadableReport.

    A bare day is read as its start in UTC.
    """
    value = plain.get(name)
    if value is None:
        return None
    try:
        if isinstance(value, str) and len(value) == 10:
            return day_of(value)
        return parse_utc(value)
    except ValueError as error:
        raise UnreadableReport(
            source, "is no ISO 8601 time with a zone", field=name, value=value
        ) from error


def day(plain: Plain, source: str, name: str = "published") -> datetime | None:
    """The day of an ISO 8601 date or time, as its start in UTC; a zone is not needed for a day."""
    value = plain.get(name)
    if value is None or value == "":
        return None
    try:
        datetime.fromisoformat(value)
        return day_of(value[:10])
    except (TypeError, ValueError) as error:
        raise UnreadableReport(
            source, "is no ISO 8601 date or time", field=name, value=value
        ) from error


def day_of(value: str) -> datetime:
    """The start of an ISO day in UTC; raises ValueError."""
    return datetime.combine(date.fromisoformat(value), time(), tzinfo=UTC)
