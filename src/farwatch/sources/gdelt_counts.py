"""GDELT 2.0 event exports to counts by country, week and PLOVER category, with the slots heard.

A row counts in the week and the month in which GDELT first heard of it (DATEADDED), not in the
day it tells of: that is what was known when, and it stands beside the quarter-hours heard.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path

import pyarrow as pa

from farwatch.errors import NotFound, UnreadableReport
from farwatch.model.history import COUNTRY_WEEKS, HEARD, month_of
from farwatch.sources.gdelt import ADDED, CODE, COLUMNS, ID, MAX_DIGITS, NAMES, place_of, time_of
from farwatch.sources.gdelt_rows import MAX_LINE
from farwatch.sources.history_file import GDELT, Rejects, opened
from farwatch.world.codes import cameo

BATCH_ROWS = 16_384
SLOT_MINUTES = 15
PREFIX = "gdelt_"
SCHEMA = pa.schema([field for field in COUNTRY_WEEKS if field.name != "dataset"])


class GdeltReading:
    """What one file holds, read by `read`; its counts go into a `Totals`.

    `slots` are the quarter-hours heard by their minutes since 1970; `unplaced` rows have no
    country, `plain` ones (root 01) no category: they are in no count.
    """

    sort = GDELT

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rejects = Rejects()
        self.rows = self.unplaced = self.plain = 0
        self.slots: dict[int, datetime] = {}
        self.countries: set[str] = set()
        self.counts: Counter[tuple[str, datetime, int, str]] = Counter()

    def read(self) -> None:
        """Read the file; raises UnreadableFeed for one that is cut short."""
        with opened(self.path) as stream:
            for number, raw in enumerate(iter(lambda: stream.readline(MAX_LINE + 1), b""), 1):
                if not raw.strip(b"\r\n"):
                    continue
                try:
                    self._row(raw)
                except UnreadableReport as error:
                    self.rejects.add(error.at(f"line {number}"))

    @property
    def months(self) -> tuple[int, int]:
        """The first and the last month heard; (0, -1) if there is none."""
        found = [month_of(slot) for slot in self.slots.values()]
        return (min(found), max(found)) if found else (0, -1)

    def _row(self, raw: bytes) -> None:
        source = str(self.path)
        if len(raw) > MAX_LINE:
            raise UnreadableReport(source, f"row is longer than {MAX_LINE} bytes")
        cells = raw.rstrip(b"\r\n").decode("utf-8", "replace").split("\t")
        if len(cells) != COLUMNS:
            raise UnreadableReport(source, f"is not {COLUMNS}", field="columns", value=len(cells))
        category, slot, country = _read(source, cells)
        self.rows += 1
        self.slots.setdefault(int(slot.timestamp()) // 60, slot)
        self.plain += category is None
        self.unplaced += country is None
        if category is not None and country is not None:
            self.counts[country, *_part(slot), PREFIX + category] += 1
            self.countries.add(country)


class Totals:
    """The counts of many files together: as large as countries, weeks and categories are many."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str | None, datetime, int, str]] = Counter()
        self._last: dict[tuple[datetime, int], datetime] = {}

    def take(self, reading: GdeltReading) -> None:
        """Add a file's counts, which are gone from the reading afterwards."""
        self.counts.update(reading.counts)
        reading.counts.clear()
        for slot in reading.slots.values():
            week, month = _part(slot)
            self.counts[None, week, month, HEARD] += 1
            self._last[week, month] = max(slot, self._last.get((week, month), slot))

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Shape `SCHEMA`: a row's vintage is the last slot of its time that was heard."""
        rows = (
            {
                "vintage": self._last[week, month],
                "country": country,
                "week": week.date(),
                "month_id": month,
                "series": series,
                "value": float(value),
            }
            for (country, week, month, series), value in self.counts.items()
        )
        while batch := list(islice(rows, BATCH_ROWS)):
            yield pa.RecordBatch.from_pylist(batch, schema=SCHEMA)


def _read(source: str, cells: list[str]) -> tuple[str | None, datetime, str | None]:
    """A row's PLOVER category, its slot and its country; raises UnreadableReport."""
    if not (cells[ID].isascii() and cells[ID].isdigit() and len(cells[ID]) <= MAX_DIGITS):
        raise _wrong(source, cells, ID, "is no event number")
    try:
        code = cameo(cells[CODE])
    except NotFound as error:
        raise _wrong(source, cells, CODE, "is no CAMEO code") from error
    slot = time_of(source, cells, ADDED)
    if slot.minute % SLOT_MINUTES or slot.second:
        raise _wrong(source, cells, ADDED, f"is no slot of {SLOT_MINUTES} minutes")
    place = place_of(source, cells)
    return code.plover, slot, place.country if place else None


def _wrong(source: str, cells: list[str], column: int, reason: str) -> UnreadableReport:
    return UnreadableReport(source, reason, field=NAMES[column], value=cells[column])


@lru_cache(maxsize=4096)
def _part(slot: datetime) -> tuple[datetime, int]:
    """The Monday of a time's week, and its month."""
    day = slot.replace(hour=0, minute=0)
    return day - timedelta(days=day.weekday()), month_of(day)
