"""JSON lines in, JSON lines out: how every filter reads, writes and names a bad line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import click

from farwatch.errors import InputError, UnreadableReport, UsageError
from farwatch.model.times import parse_utc

Plain = dict[str, Any]
_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zX", b"\x28\xb5\x2f\xfd")  # gz zip bz2 xz zst


@dataclass(slots=True)
class Filter:
    """An open filter. A bad line is named on standard error; `finish` then raises InputError.

    The input is opened before the output is made, so that a wrong name costs no earlier output.
    """

    source: str
    target: str
    bad: int = 0
    _stack: ExitStack = field(default_factory=ExitStack)
    _reader: IO[str] | None = None

    def __enter__(self) -> Filter:
        with ExitStack() as stack:
            self._reader = reading(stack, self.source)
            self._stack = stack.pop_all()
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
        for number, line in enumerate(self._reader or (), start=1):
            if not line.strip():
                continue
            try:
                yield read(record(line, self.source), self.source)
            except UnreadableReport as error:
                self.bad += 1
                click.echo(f"farwatch: {error.at(f'line {number}')}", err=True)

    def write(self, records: Iterator[Plain]) -> None:
        """Write every record as a line, then raise InputError if lines were bad."""
        out = writing(self._stack, self.target, self.source)
        for plain in records:
            out.write(json.dumps(plain, ensure_ascii=False) + "\n")
        out.flush()
        if self.bad:
            raise InputError(self.source, left_out(self.bad, "written"))


def left_out(bad: int, done: str) -> str:
    """What a filter says at its end of the lines it could not read."""
    return f"{bad} of its lines cannot be read; the others are {done}"


def reading(stack: ExitStack, path: str) -> IO[str]:
    """JSON lines to read, "-" for standard input; raises InputError.

    A byte order mark is passed over. Bytes that are no UTF-8 become surrogates: the line is then
    refused, not the file.
    """
    if path == "-":
        return _standard(sys.stdin, encoding="utf-8-sig", errors="surrogateescape")
    try:
        raw = stack.enter_context(Path(path).open("rb"))  # noqa: SIM115
        begins = raw.peek(4)[:4]
    except OSError as error:
        raise InputError(path, f"cannot be opened: {error.strerror}") from error
    if begins.startswith(_PACKED):
        raise InputError(
            path, "is compressed: unpack it first, or pipe it in (gzip -dc FILE | ...)"
        )
    if begins.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in begins:
        raise InputError(path, "is UTF-16 or no text: JSON lines are UTF-8, save it as that")
    return stack.enter_context(
        TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="\n")
    )


def writing(stack: ExitStack, path: str, *sources: str) -> IO[str]:
    """Where JSON lines go, "-" for standard output; raises InputError, UsageError.

    A lone surrogate in an id goes out as the JSON escape it came as.
    """
    if path == "-":
        return _standard(sys.stdout, encoding="utf-8", errors="backslashreplace")
    target = Path(path)
    if target.exists() and any(target.samefile(one) for one in sources if one != "-"):
        raise UsageError(f"{path!r} is the input too: give another file to -o")
    try:
        return stack.enter_context(
            target.open("w", encoding="utf-8", errors="backslashreplace", newline="\n")
        )
    except OSError as error:
        raise InputError(path, f"cannot be opened: {error.strerror}") from error


def _standard(stream: IO[str], encoding: str, errors: str) -> IO[str]:
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(encoding=encoding, errors=errors)
    return stream


def record(line: str, source: str) -> Plain:
    """One line as an object; raises UnreadableReport."""
    text = line.strip()
    try:
        text.encode("utf-8")
        plain = json.loads(text)
    except UnicodeEncodeError as error:
        byte = ord(text[error.start]) & 0xFF
        reason = f"is not UTF-8: byte {byte:#04x} at character {error.start + 1}"
        raise UnreadableReport(source, reason, field="line", value=text) from error
    except json.JSONDecodeError as error:
        reason = f"is no JSON: {error.msg} at character {error.colno}"
        raise UnreadableReport(source, reason, field="line", value=text) from error
    except (ValueError, RecursionError) as error:  # a number or a nesting beyond Python's bounds
        reason = "is no JSON that can be read: a number too long or a list too deep"
        raise UnreadableReport(source, reason, field="line", value=text) from error
    if not isinstance(plain, dict):
        raise UnreadableReport(source, "is no JSON object", field="line", value=plain)
    return plain


def identity(plain: Plain, source: str) -> str | int:
    """The record's id; raises UnreadableReport."""
    value = plain.get("id")
    if "id" not in plain:
        raise UnreadableReport(source, "has no id")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise UnreadableReport(source, "is no text or whole number", field="id", value=value)
    return value


def words(plain: Plain, source: str, name: str = "text", *, needed: bool = True) -> str:
    """A text field; raises UnreadableReport. A lone surrogate cannot be written again."""
    value = plain.get(name)
    if value is None and not needed:
        return ""
    if name not in plain:
        raise UnreadableReport(source, f"has no {name}")
    if not isinstance(value, str):
        raise UnreadableReport(source, "is no text", field=name, value=value)
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UnreadableReport(source, "is no Unicode text", field=name, value=value) from error
    return value


def moment(plain: Plain, source: str, name: str = "published") -> datetime | None:
    """A time with its zone, None if the field is missing or empty; raises UnreadableReport.

    A bare day is read as its start in UTC.
    """
    value = plain.get(name)
    if value is None or value == "":
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
    """The start of an ISO day in UTC; raises ValueError with the value."""
    try:
        return datetime.combine(date.fromisoformat(value), time(), tzinfo=UTC)
    except ValueError as error:
        raise ValueError(f"day {value!r} is not ISO 8601") from error
