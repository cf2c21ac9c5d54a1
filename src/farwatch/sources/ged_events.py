"""UCDP GED as coded: CSV files of any release to batches of conflict events, row by row.

`GedReading` is the one reader: of a release into the lake, and of the files that a local outlook is
given (`read_events`). The same rules as `ucdp.read`. Deaths count in the month of an event's last
day, as VIEWS does it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

import pyarrow as pa

from farwatch.errors import UnreadableReport
from farwatch.model.history import CONFLICT_EVENTS, month_of
from farwatch.sources.history_file import GED, Rejects, opened
from farwatch.sources.records import Row, table_rows
from farwatch.sources.ucdp import COLUMNS, deaths, kind_of, place_of, span_of
from farwatch.world.codes import country_name

BATCH_ROWS = 16_384
SCHEMA = pa.schema([field for field in CONFLICT_EVENTS if field.name not in {"vintage", "dataset"}])
# UCDP's regions, as the column `region` writes them; a release with events in all is of the world.
REGIONS = frozenset({"Africa", "Americas", "Asia", "Europe", "Middle East"})
CANDIDATE_MONTHS = 12  # candidate releases tell of the months since the last final one

_FIRST_YEAR = 1946  # of any data of UCDP
_MOST = 10_000_000  # deaths of one event


class GedReading:
    """A reading of one file; what it counts holds after the last of `batches`.

    `cells` are the (country, month) with an event; `open` whether a row's `code_status` is not
    settled.
    """

    sort = GED
    schema = SCHEMA

    def __init__(self, path: Path) -> None:
        self.path = path
        self._forget()

    def _forget(self) -> None:
        self.rejects = Rejects()
        self.rows = 0
        self.cells: set[tuple[str, int]] = set()
        self.regions: set[str] = set()
        self.open = False
        self.last_day = date.min
        self._ids: set[str] = set()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The good rows, shape `SCHEMA`; raises UnreadableFeed for a file that is cut short."""
        self._forget()
        with opened(self.path) as stream:
            rows = self._rows(table_rows(str(self.path), stream, COLUMNS))
            while batch := list(islice(rows, BATCH_ROWS)):
                self.rows += len(batch)
                yield pa.RecordBatch.from_pylist(batch, schema=SCHEMA)

    def _rows(self, rows: Iterator[Row | UnreadableReport]) -> Iterator[dict[str, object]]:
        for row in rows:
            if isinstance(row, UnreadableReport):
                self.rejects.add(row)
                continue
            try:
                event = self._event(row)
            except UnreadableReport as error:
                self.rejects.add(error)
                continue
            yield event

    def _event(self, row: Row) -> dict[str, object]:
        identity = row.text("id")
        if identity in self._ids:
            raise row.wrong("id", "stands there twice")
        kind_of(row)
        place, span = place_of(row), span_of(row)
        if span.start.year < _FIRST_YEAR:
            raise row.wrong("date_start", f"is before {_FIRST_YEAR}")
        country, last = place.country, (span.end or span.start).date()
        event = {
            "id": identity,
            "type_of_violence": row.whole("type_of_violence"),
            "date_start": span.start.date(),
            "date_end": last,
            "date_prec": row.whole("date_prec"),
            "lat": place.geometry.lat,
            "lon": place.geometry.lon,
            "where_prec": row.whole("where_prec"),
            "country": country,
            "adm_1": row.cells.get("adm_1") or None,
            "best": _count(row, "best"),
            "low": _bound(row, "low"),
            "high": _bound(row, "high"),
            "month_id": month_of(last),
        }
        self._note(row, identity, str(country), last)
        return event

    def _note(self, row: Row, identity: str, country: str, last: date) -> None:
        self._ids.add(identity)
        self.cells.add((country, month_of(last)))
        self.last_day = max(self.last_day, last)
        if row.cells.get("region", "") in REGIONS:
            self.regions.add(row.cells["region"])
        self.open |= row.cells.get("code_status", "") not in {"", "Clear"}

    @property
    def months(self) -> tuple[int, int]:
        """The first and the last month with an event; (0, -1) if there is none."""
        found = [month for _, month in self.cells]
        return (min(found), max(found)) if found else (0, -1)

    @property
    def candidate(self) -> bool:
        """Whether it shows that it is a candidate release: codes not settled, of a year at most."""
        first, last = self.months
        return self.open and last - first < CANDIDATE_MONTHS

    @property
    def worldwide(self) -> bool:
        """Whether events in all of UCDP's regions show that the whole world was coded."""
        return self.regions >= REGIONS

    @property
    def named_countries(self) -> str:
        """The countries with events, in words; ten at most."""
        names = sorted(country_name(code) for code in {country for country, _ in self.cells})
        more = f" and {len(names) - 10} more" if len(names) > 10 else ""
        return ", ".join(names[:10]) + more


@dataclass(frozen=True)
class Told:
    """The events of some files, shape `SCHEMA`, and the rows that could not be read: the first
    thousand of a file with line and reason, all by number."""

    events: pa.Table
    rejected: tuple[UnreadableReport, ...]
    rejected_count: int


def read_events(paths: Sequence[Path]) -> Told:
    """Read GED files into one table; of an event told by two files that named last counts.

    Raises UnreadableFeed for a file that is missing, cut short or lacks a column.
    """
    readings = [GedReading(path) for path in paths]
    tables = [pa.Table.from_batches(one.batches(), schema=SCHEMA) for one in readings]
    table = pa.concat_tables(tables)
    last = {name: row for row, name in enumerate(table["id"].to_pylist())}
    if len(last) < table.num_rows:
        table = table.take(pa.array(sorted(last.values()), pa.int64()))
    return Told(
        table,
        tuple(row for one in readings for row in one.rejects.named),
        sum(one.rejects.count for one in readings),
    )


def _count(row: Row, field: str) -> int:
    count = deaths(row, field)
    if count > _MOST:
        raise row.wrong(field, "is beyond any event")
    return count


def _bound(row: Row, field: str) -> int | None:
    """A lower or upper estimate; -1 and an absent one are not known."""
    if row.cells.get(field, "") in {"", "-1"}:
        return None
    return _count(row, field)
