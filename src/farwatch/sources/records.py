"""Records of a document: JSON values and CSV rows, each with its position and its bytes."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from farwatch.errors import NotFound, UnreadableFeed, UnreadableReport
from farwatch.model.document import Document, Item
from farwatch.model.place import Geometry
from farwatch.model.report import Report
from farwatch.sources.json_records import json_bytes, json_of
from farwatch.world.codes import alpha2

__all__ = ["Row", "csv_rows", "json_bytes", "json_of", "reports_of", "table_rows"]


@dataclass(frozen=True, slots=True)
class Row:
    """One CSV row: its cells by column name (stripped), the line it ends on, its bytes."""

    source: str
    line: int
    raw: bytes
    cells: Mapping[str, str]

    def wrong(self, field: str, reason: str) -> UnreadableReport:
        """An error about one cell, carrying its value and the line."""
        return UnreadableReport(
            self.source,
            reason,
            field=field,
            value=self.cells.get(field),
            position=f"line {self.line}",
        )

    def text(self, field: str) -> str:
        """A cell that must not be empty."""
        value = self.cells[field]
        if not value:
            raise self.wrong(field, "is empty")
        return value

    def number(self, field: str) -> float:
        """A cell that must be a finite number."""
        try:
            value = float(self.cells[field])
        except ValueError as error:
            raise self.wrong(field, "is not a number") from error
        if not math.isfinite(value):
            raise self.wrong(field, "is not a finite number")
        return value

    def whole(self, field: str) -> int:
        """A cell that must be a whole number."""
        value = self.number(field)
        if value != int(value):
            raise self.wrong(field, "is not a whole number")
        return int(value)

    def geometry(self, lat: str, lon: str, radius_km: float) -> Geometry:
        """A point of two cells that must lie on the earth."""
        north, east = self.number(lat), self.number(lon)
        if not -90 <= north <= 90:
            raise self.wrong(lat, "is no latitude")
        if not -180 <= east <= 180:
            raise self.wrong(lon, "is no longitude")
        return Geometry(north, east, radius_km)

    def country(self, field: str) -> str:
        """A cell that must name or code a country, as alpha-2."""
        try:
            return alpha2(self.cells[field])
        except NotFound as error:
            raise self.wrong(field, "is no country") from error


class _Lines:
    """The document's lines, remembering those taken for the row being read."""

    def __init__(self, data: bytes | BinaryIO) -> None:
        stream = io.BytesIO(data) if isinstance(data, bytes) else data
        self._lines = io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")
        self._taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        try:
            for line in self._lines:
                self._taken.append(line)
                yield line
        finally:
            if not self._lines.closed:  # the stream is its owner's to close, and may be by now
                self._lines.detach()

    def taken(self) -> str:
        """The text read since the last call."""
        text = "".join(self._taken)
        self._taken.clear()
        return text


def csv_rows(document: Document, required: Iterable[str]) -> Iterator[Row | UnreadableReport]:
    """Every row of a document, as `table_rows` gives them."""
    return table_rows(document.source.id, document.data, required)


def table_rows(
    source: str, data: bytes | BinaryIO, required: Iterable[str], delimiter: str = ","
) -> Iterator[Row | UnreadableReport]:
    """Every row under the header; a row of another width or not in UTF-8 is an UnreadableReport.

    Blank lines are passed over; a stream is read as the rows are taken. Raises UnreadableFeed if
    the header lacks a required column.
    """
    lines = _Lines(data)
    reader = csv.reader(lines, delimiter=delimiter)
    header = _header(source, reader, required)
    lines.taken()
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.taken()
            yield UnreadableReport(source, str(error), position=f"line {reader.line_num}")
            continue
        text = lines.taken()
        if cells:
            yield _row(source, reader.line_num, text, header, cells)


def _header(source: str, reader: Iterator[list[str]], required: Iterable[str]) -> list[str]:
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        raise UnreadableFeed(source, f"has no readable header: {error}") from error
    for name in required:
        if name not in header:
            raise UnreadableFeed(source, f"has no column {name!r}")
    return header


def _row(
    source: str, line: int, text: str, header: list[str], cells: list[str]
) -> Row | UnreadableReport:
    position = f"line {line}"
    if len(cells) != len(header):
        return UnreadableReport(
            source, f"is not {len(header)}", field="columns", value=len(cells), position=position
        )
    raw = text.encode("utf-8", "surrogateescape").rstrip(b"\r\n")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return UnreadableReport(
            source,
            "is not UTF-8",
            field="bytes",
            value=raw[error.start : error.start + 8],
            position=position,
        )
    stripped = (cell.strip() for cell in cells)
    return Row(source, line, raw, dict(zip(header, stripped, strict=True)))


def reports_of(
    rows: Iterable[Row | UnreadableReport], build: Callable[[Row], Report | None]
) -> Iterator[Item]:
    """`build` on each row; what it raises for one row is yielded, and the next row goes on."""
    for row in rows:
        if isinstance(row, UnreadableReport):
            yield row
            continue
        try:
            report = build(row)
        except UnreadableReport as error:
            yield error
            continue
        if report is not None:
            yield report
