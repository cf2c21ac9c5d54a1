"""The organisation's own staff reports: CSV with a header, or JSON lines.

A CSV may be as a spreadsheet saves it: `;` or a tab between the values, Windows-1252 or UTF-16.

Columns: id, time, text (must be filled); kind, severity, grade, site, lat, lon, restricted (may be
left out or empty). Any other column is refused, so that no field for a person's name creeps in:
write of events and places, not of persons.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from farwatch.errors import UnreadableFeed, UnreadableReport
from farwatch.model.document import Document, Item
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.report import Facts, Report, Span
from farwatch.model.times import parse_utc
from farwatch.sources.records import Row, reports_of, table_rows
from farwatch.sources.spreadsheet import as_utf8, header_of
from farwatch.sources.text import tidy

REQUIRED = ("id", "time", "text")
COLUMNS = (*REQUIRED, "kind", "severity", "grade", "site", "lat", "lon", "restricted")
_DEGREES = ("lat", "lon")
POSITION_KM = 0.2  # how well people state where they stand

# What staff report is seen or heard by them: the desk's own notices are not theirs to write.
_KINDS = {kind.value: kind for kind in Kind} | {"": None}
_FLAGS = {"": False, "false": False, "no": False, "0": False, "true": True, "yes": True, "1": True}
_GRADE = re.compile(r"[A-F][1-6]")
_SPACES = b" \t\r\n\xef\xbb\xbf"


def read(document: Document) -> Iterator[Item]:
    """Yield a Report a row; a bad row is an UnreadableReport with its line, column and value.

    Raises UnreadableFeed for a CSV whose header lacks a required column or has an unknown one.
    """
    if document.data.lstrip(_SPACES)[:1] == b"{":
        rows = _json_rows(document)
    else:
        rows = _table_rows(document)
    yield from reports_of(rows, lambda row: _report(document, row))


def _table_rows(document: Document) -> Iterator[Row | UnreadableReport]:
    """The rows of a CSV as a spreadsheet may have saved it."""
    data = as_utf8(document.data)
    delimiter, names = header_of(data, COLUMNS)
    for name in names:
        if name not in COLUMNS:
            raise UnreadableFeed(
                document.source.id,
                f"is no column of staff reports; they are {', '.join(COLUMNS)}",
                field="column",
                value=name,
                position=document.name,
            )
    for row in table_rows(document.source.id, data, REQUIRED, delimiter):
        yield row if isinstance(row, UnreadableReport) or delimiter == "," else _pointed(row)


def _pointed(row: Row) -> Row:
    """Coordinates with a decimal point: where no comma parts the values, one may be in them."""
    changed = {name: row.cells[name].replace(",", ".") for name in _DEGREES if name in row.cells}
    return replace(row, cells={**row.cells, **changed})


def _json_rows(document: Document) -> Iterator[Row | UnreadableReport]:
    """Each line as a Row, its values as a CSV would write them."""
    for line, raw in enumerate(document.data.split(b"\n"), 1):
        if not raw.strip(_SPACES):
            continue
        try:
            value = json.loads(raw.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            yield _wrong(document, line, "line", raw[:80], f"is no JSON: {error}")
            continue
        yield _json_row(document, line, raw.strip(), value)


def _json_row(document: Document, line: int, raw: bytes, value: Any) -> Row | UnreadableReport:
    if not isinstance(value, Mapping):
        return _wrong(document, line, "line", value, "holds no fields")
    for name, said in value.items():
        if name not in COLUMNS:
            return _wrong(document, line, "field", name, "is no field of staff reports")
        if not isinstance(said, str | int | float | bool | None):
            return _wrong(document, line, name, said, "is no text, number or flag")
    for name in REQUIRED:
        if name not in value:
            return _wrong(document, line, name, None, "is missing")
    cells = {name: _cell(said) for name, said in value.items()}
    return Row(document.source.id, line, raw, cells)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()


def _wrong(
    document: Document, line: int, field: str, value: object, reason: str
) -> UnreadableReport:
    return UnreadableReport(
        document.source.id, reason, field=field, value=value, position=f"line {line}"
    )


def _report(document: Document, row: Row) -> Report:
    text = tidy(row.text("text"))
    when = _time(row)
    place = _place(row)
    return Report(
        source=document.source.id,
        key=row.text("id"),
        received=document.received,
        raw=row.raw,
        published=when,
        title=text.split("\n", 1)[0][:200],
        text=text,
        origin=f"staff:{row.cells.get('site', '')}".rstrip(":"),
        facts=Facts(
            kind=_kind(row),
            severity=_severity(row),
            geometry=place.geometry if place else None,
            place=place,
            happened=Span(when),
            site=row.cells.get("site") or None,
            grade=_grade(row),
            restricted=_flag(row),
        ),
    )


def _time(row: Row) -> datetime:
    try:
        return parse_utc(row.text("time"))
    except (ValueError, OverflowError) as error:
        raise row.wrong("time", "is no ISO 8601 time with a zone") from error


def _kind(row: Row) -> Kind | None:
    said = row.cells.get("kind", "")
    if said not in _KINDS:
        raise row.wrong("kind", "is no kind of happening")
    return _KINDS[said]


def _severity(row: Row) -> int | None:
    if not row.cells.get("severity"):
        return None
    severity = row.whole("severity")
    if not 1 <= severity <= 5:
        raise row.wrong("severity", "is none of 1-5")
    return severity


def _grade(row: Row) -> str | None:
    grade = row.cells.get("grade", "")
    if grade and not _GRADE.fullmatch(grade):
        raise row.wrong("grade", "is no Admiralty grade like B2")
    return grade or None


def _flag(row: Row) -> bool:
    said = row.cells.get("restricted", "").lower()
    if said not in _FLAGS:
        raise row.wrong("restricted", "is neither true nor false")
    return _FLAGS[said]


def _place(row: Row) -> Place | None:
    """The stated position; half a position is an error, none leaves it to site and text."""
    lat, lon = row.cells.get("lat", ""), row.cells.get("lon", "")
    if not lat and not lon:
        return None
    if not lat or not lon:
        raise row.wrong("lon" if lat else "lat", "is missing beside the other coordinate")
    geometry: Geometry = row.geometry("lat", "lon", POSITION_KM)
    return Place("reported position", Precision.POINT, geometry, reasons=("stated by staff",))
