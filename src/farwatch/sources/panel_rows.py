"""A country-month panel of deaths, as VIEWS lays it out, Parquet or CSV, to cells; checked whole.

Columns month_id (121 is January 1990), country_id (VIEWS's), ged_sb; at will ged_ns, ged_os, and
isoab, gwcode, year, month, which must then agree. An absent value was not coded: never a zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from farwatch.errors import NotFound, UnreadableFeed, UnreadableReport
from farwatch.model.history import COUNTRY_MONTHS, SERIES, month_start
from farwatch.sources.history_file import PANEL, PANEL_COLUMNS, Rejects, opened
from farwatch.sources.records import table_rows
from farwatch.world.codes import alpha2, from_gw, from_views

BATCH_ROWS = 16_384
SCHEMA = pa.schema([field for field in COUNTRY_MONTHS if field.name not in {"vintage", "dataset"}])
_ABSENT = {"", "NA", "NaN", "nan", "NULL", "null", "None"}
_MONTHS = range(1, 2641)  # to 2199


class PanelReading:
    """A reading of one file; what it counts holds after the last of `batches`."""

    sort = PANEL
    schema = SCHEMA

    def __init__(self, path: Path) -> None:
        self.path = path
        self._forget()

    def _forget(self) -> None:
        self.rejects = Rejects()
        self.rows = 0
        self.cells: set[tuple[str, int]] = set()
        self._seen: dict[int, dict[int, str]] = {}  # country_id -> month_id -> where it stands

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The good rows' cells, shape `SCHEMA`; raises UnreadableFeed for a file cut short."""
        self._forget()
        batch: list[dict[str, object]] = []
        for where, told in self._records():
            try:
                batch += self._cells(where, told)
            except UnreadableReport as error:
                self.rejects.add(error)
                continue
            self.rows += 1
            if len(batch) >= BATCH_ROWS:
                yield pa.RecordBatch.from_pylist(batch, schema=SCHEMA)
                batch = []
        self._gaps()
        if batch:
            yield pa.RecordBatch.from_pylist(batch, schema=SCHEMA)

    @property
    def months(self) -> tuple[int, int]:
        """The first and the last month; (0, -1) if there is none."""
        found = [month for _, month in self.cells]
        return (min(found), max(found)) if found else (0, -1)

    def _records(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Each row with its place in the file; a row of another width is rejected."""
        with opened(self.path) as stream:
            if not stream.read(4).startswith(b"PAR1"):
                yield from self._lines()
                return
        try:
            number = 0
            with pq.ParquetFile(self.path) as file:
                for batch in file.iter_batches(batch_size=4096):
                    for row in batch.to_pylist():
                        number += 1
                        yield f"row {number}", row
        except (pa.ArrowException, OSError) as error:
            raise UnreadableFeed(str(self.path), f"is no whole Parquet file: {error}") from error

    def _lines(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        with opened(self.path) as stream:
            for row in table_rows(str(self.path), stream, PANEL_COLUMNS):
                if isinstance(row, UnreadableReport):
                    self.rejects.add(row)
                else:
                    yield f"line {row.line}", row.cells

    def _cells(self, where: str, told: Mapping[str, Any]) -> list[dict[str, object]]:
        month, number = self._whole(where, told, "month_id"), self._whole(where, told, "country_id")
        if month not in _MONTHS:
            raise self._wrong(where, told, "month_id", "is no month from 1980 (1) to 2199")
        country = self._country(where, told, number)
        self._agrees(where, told, month, country)
        values = [
            (name, self._deaths(where, told, name)) for name in SERIES if name in told
        ]  # fmt: skip
        months = self._seen.setdefault(number, {})
        if month in months:
            reason = f"stands there twice for country_id {number}, first in {months[month]}"
            raise self._wrong(where, told, "month_id", reason)
        months[month] = where
        self.cells.add((country, month))
        said = {"country_id": number, "country": country, "month_id": month}
        return [{**said, "series": name, "value": value} for name, value in values]

    def _country(self, where: str, told: Mapping[str, Any], number: int) -> str:
        try:
            return from_views(number)
        except NotFound as error:
            raise self._wrong(where, told, "country_id", "is no country id of VIEWS") from error

    def _agrees(self, where: str, told: Mapping[str, Any], month: int, country: str) -> None:
        """What else the row says of its country and month says the same; Gleditsch-Ward's numbers
        in the place of VIEWS's would else pass for other countries."""
        start = month_start(month)
        for field, mine in (("year", start.year), ("month", start.month)):
            if not _absent(told.get(field)) and self._whole(where, told, field) != mine:
                raise self._wrong(where, told, field, f"is not of month_id {month}")
        said = told.get("isoab")
        if not _absent(said) and _or_none(alpha2, str(said)) != country:
            raise self._wrong(where, told, "isoab", f"is not the country_id's, {country}")
        if not _absent(told.get("gwcode")):
            code = self._whole(where, told, "gwcode")
            if _or_none(from_gw, code) != country:
                raise self._wrong(where, told, "gwcode", f"is not the country_id's, {country}")

    def _deaths(self, where: str, told: Mapping[str, Any], field: str) -> float | None:
        if _absent(told[field]):
            return None
        value = self._number(where, told, field)
        if value < 0:
            raise self._wrong(where, told, field, "is negative")
        if value != int(value):
            raise self._wrong(where, told, field, "is a fraction of deaths")
        return value

    def _whole(self, where: str, told: Mapping[str, Any], field: str) -> int:
        value = self._number(where, told, field)
        if value != int(value):
            raise self._wrong(where, told, field, "is not a whole number")
        return int(value)

    def _number(self, where: str, told: Mapping[str, Any], field: str) -> float:
        try:
            value = math.nan if isinstance(told[field], bool) else float(told[field])
        except (TypeError, ValueError) as error:
            raise self._wrong(where, told, field, "is not a number") from error
        if not math.isfinite(value):
            raise self._wrong(where, told, field, "is not a number")
        return value

    def _gaps(self) -> None:
        """Months that a country lacks between its first and its last."""
        for number, months in sorted(self._seen.items()):
            first, last = min(months), max(months)
            if last - first + 1 == len(months):
                continue
            for month in range(first, last):
                if month not in months and month - 1 in months:
                    reason = f"of country_id {number} is missing: the months after it are there"
                    self.rejects.add(
                        UnreadableReport(
                            str(self.path), reason, field="month_id", value=month,
                            position=f"after {months[month - 1]}",
                        )
                    )  # fmt: skip

    def _wrong(
        self, where: str, told: Mapping[str, Any], field: str, reason: str
    ) -> UnreadableReport:
        return UnreadableReport(
            str(self.path), reason, field=field, value=told.get(field), position=where
        )


def _absent(value: object) -> bool:
    return value is None or value != value or (isinstance(value, str) and value in _ABSENT)


def _or_none(look_up: Any, value: object) -> str | None:
    try:
        found: str = look_up(value)
    except NotFound:
        return None
    return found
