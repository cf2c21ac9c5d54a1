"""UCDP GED in bulk: CSV files to EVENTS batches, by the same rules as `ucdp.read`."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import pyarrow as pa

from farwatch.errors import UnreadableFeed, UnreadableReport
from farwatch.model.tables import EVENTS
from farwatch.sources.records import Row, table_rows
from farwatch.sources.ucdp import COLUMNS, deaths, kind_of, place_of, severity_of, span_of

BATCH_ROWS = 16_384
SOURCE_CLASS = "data"


class Reading:
    """A reading of files: iterate for RecordBatches of EVENTS; `rejected` fills as it goes."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = tuple(paths)
        self.rejected: list[UnreadableReport] = []
        self.rows = 0

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        for path in self.paths:
            rows = self._rows(path)
            while batch := list(islice(rows, BATCH_ROWS)):
                self.rows += len(batch)
                yield pa.RecordBatch.from_pylist(batch, schema=EVENTS)

    def _rows(self, path: Path) -> Iterator[dict[str, object]]:
        try:
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        except (OSError, EOFError) as error:
            raise UnreadableFeed("ucdp", f"cannot be read: {error}", position=str(path)) from error
        for row in table_rows(f"ucdp {path.name}", data, COLUMNS):
            if isinstance(row, UnreadableReport):
                self.rejected.append(row)
                continue
            try:
                yield _event(row)
            except UnreadableReport as error:
                self.rejected.append(error)


def read_table(paths: Sequence[Path]) -> Reading:
    """A lazy reading of GED files (plain or .gz); a file is held in memory while it is read.

    Credibility is 2, probably true: researchers coded each event from published sources. Raises
    UnreadableFeed, while iterating, for a file that is missing or lacks a column.
    """
    return Reading(paths)


def _event(row: Row) -> dict[str, object]:
    kind, place = kind_of(row), place_of(row)
    category = kind.category
    return {
        "id": f"ged-{row.text('id')}",
        "kind": kind.value,
        "category": category.value if category else None,
        "severity": severity_of(deaths(row, "best")),
        "credibility": 2,
        "official": False,
        "lat": place.geometry.lat,
        "lon": place.geometry.lon,
        "radius_km": place.geometry.radius_km,
        "precision": place.precision.value,
        "country": place.country,
        "admin1": None,
        "start": span_of(row).start,
        "expires": None,
        "source_class": SOURCE_CLASS,
    }
