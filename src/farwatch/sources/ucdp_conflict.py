"""UCDP GED in bulk: CSV files to one table of conflict events, as local forecasts take it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from farwatch.errors import UnreadableFeed, UnreadableReport
from farwatch.sources.records import Row, table_rows
from farwatch.sources.ucdp import COLUMNS, deaths, kind_of, place_of, span_of

CONFLICT = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("type_of_violence", pa.int8(), nullable=False),
        pa.field("date_start", pa.date32(), nullable=False),
        pa.field("date_end", pa.date32(), nullable=False),
        pa.field("date_prec", pa.int8(), nullable=False),
        pa.field("lat", pa.float64(), nullable=False),
        pa.field("lon", pa.float64(), nullable=False),
        pa.field("where_prec", pa.int8(), nullable=False),
        pa.field("country", pa.string()),
        pa.field("adm_1", pa.string()),
        pa.field("best", pa.int64(), nullable=False),
    ]
)


@dataclass(frozen=True)
class Told:
    """The events of some files, and each row that could not be read, with its line and reason."""

    events: pa.Table
    rejected: tuple[UnreadableReport, ...]


def read_events(paths: Sequence[Path]) -> Told:
    """Read GED files (plain or .gz); of an event told twice the file named last counts.

    Raises UnreadableFeed for a file that is missing or lacks a column.
    """
    rows: dict[object, dict[str, object]] = {}
    bad: list[UnreadableReport] = []
    for path in paths:
        for one in _read(path):
            if isinstance(one, UnreadableReport):
                bad.append(one)
            else:
                rows[one["id"]] = one
    return Told(pa.Table.from_pylist(list(rows.values()), schema=CONFLICT), tuple(bad))


def _read(path: Path) -> Iterator[dict[str, object] | UnreadableReport]:
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError) as error:
        raise UnreadableFeed("ucdp", f"cannot be read: {error}", position=str(path)) from error
    for row in table_rows(f"ucdp {path.name}", data, COLUMNS):
        if isinstance(row, UnreadableReport):
            yield row
            continue
        try:
            yield _event(row)
        except UnreadableReport as error:
            yield error


def _event(row: Row) -> dict[str, object]:
    kind_of(row)  # the type is one of the three
    place, span = place_of(row), span_of(row)
    return {
        "id": row.text("id"),
        "type_of_violence": row.whole("type_of_violence"),
        "date_start": span.start.date(),
        "date_end": (span.end or span.start).date(),
        "date_prec": row.whole("date_prec"),
        "lat": place.geometry.lat,
        "lon": place.geometry.lon,
        "where_prec": row.whole("where_prec"),
        "country": place.country,
        "adm_1": row.cells.get("adm_1") or None,
        "best": deaths(row, "best"),
    }
