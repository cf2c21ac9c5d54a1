"""Files of history into the lake: looked at whole first, then written, a commit a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

import pyarrow as pa

from farwatch.desk.gathering import may_read
from farwatch.desk.history_gdelt import import_gdelt
from farwatch.desk.history_release import FileReport, Held, How, put_release, vintage_of
from farwatch.desk.opening import Desk
from farwatch.errors import InputError
from farwatch.model.history import COVERAGE, month_of, month_start
from farwatch.sources import catalogue
from farwatch.sources.ged_events import GedReading
from farwatch.sources.history_file import GDELT, GED, PANEL, digest_of, sort_of
from farwatch.sources.panel_rows import PanelReading
from farwatch.world.states import first_month, views_ids

_SOURCES = {PANEL: "ucdp", GED: "ucdp", GDELT: "gdelt"}  # whose terms hold
_DATASETS = {PANEL: "country_month", GED: "ucdp_ged", "candidate": "ucdp_candidate"}
_TABLES = {PANEL: "country_months", GED: "conflict_events"}


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Read = tuple[GedReading | PanelReading, BinaryIO]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of each file; `refused`: some rows are wrong, so nothing was stored."""

    files: tuple[FileReport, ...]
    refused: bool = False

    @property
    def rejected(self) -> int:
        """Rows that could not be read, in all files."""
        return sum(one.rejected for one in self.files)


@dataclass(slots=True)
class _Looked:
    """A file that was read to its end, and what is to be said of it."""

    reading: GedReading | PanelReading
    report: FileReport
    digest: str
    spool: BinaryIO  # its good rows, as Arrow: read once, judged whole, then written
    candidate: bool = False
    countries: frozenset[str] = field(default_factory=frozenset)


def import_history(
    desk: Desk, paths: Sequence[Path], now: datetime, how: How | None = None
) -> ImportReport:
    """Take files of history into the lake: UCDP GED, a country-month panel, GDELT's exports.

    Told apart by content. All files are read before anything is stored; rows that are wrong refuse
    them all, unless `how.partial`. A file that the lake holds adds nothing. Raises InputError for a
    file that is none of these, is broken or tells of months after its vintage, TermsError.
    """
    how = how or How()
    how.check(now)
    sorts = {path: sort_of(path) for path in paths}
    for sort in sorted(set(sorts.values())):
        _permit(desk, _SOURCES[sort], now)
    held = Held.of(desk)
    gdelt = [path for path, sort in sorts.items() if sort == GDELT]
    with ExitStack() as open_files:
        looked = []
        for path in (path for path, sort in sorts.items() if sort != GDELT):
            spool = open_files.enter_context(TemporaryFile())
            looked.append(_look(path, _reading(path, sorts[path], spool), how, now, held))
        bad = sum(one.report.rejected for one in looked)
        told = import_gdelt(desk, gdelt, now, how, held, write=how.partial or not bad)
        if not how.partial and any((bad, *(one.rejected for one in told))):
            return ImportReport((*(one.report for one in looked), *told), refused=True)
        for one in looked:
            if not one.report.repeated and one.report.rows:
                _write(desk, one, now, how)
        return ImportReport((*(one.report for one in looked), *told))


def _permit(desk: Desk, name: str, now: datetime) -> None:
    known = desk.sources.get(name) or catalogue.load()[name]
    may_read(desk, known, now)


def _reading(path: Path, sort: str, spool: BinaryIO) -> _Read:
    """Read a file to its end, its good rows into `spool`."""
    reading = GedReading(path) if sort == GED else PanelReading(path)
    with pa.ipc.new_stream(spool, reading.schema) as out:
        for batch in reading.batches():
            out.write_batch(batch)
    if not reading.rows and not reading.rejects.count:
        raise InputError(str(path), "holds no row")
    return reading, spool


def _look(path: Path, read: _Read, how: How, now: datetime, held: Held) -> _Looked:
    """What is to be said of a file that was read."""
    reading, spool = read
    digest = digest_of(path)
    candidate = isinstance(reading, GedReading) and (how.candidate or reading.candidate)
    kind = "candidate" if candidate else reading.sort
    dataset = how.dataset or _DATASETS[kind]
    held.claim(dataset, kind)
    before = held.vintage(dataset, digest, how.vintage)
    report = FileReport(
        str(path), kind, dataset, before or how.vintage or now, reading.rows,
        reading.rejects.count, tuple(reading.rejects.named), reading.months,
        len({country for country, _ in reading.cells}), repeated=before is not None,
    )  # fmt: skip
    if reading.rows:
        _not_after(path, reading, report.vintage)
    looked = _Looked(reading, report, digest, spool, candidate)
    if isinstance(reading, GedReading):
        _say_covered(looked, reading, how)
    return looked


def _not_after(path: Path, reading: GedReading | PanelReading, vintage: datetime) -> None:
    """What was published cannot tell of later months: with a wrong vintage, a forecast that is made
    again would know its own future."""
    last = reading.months[1]
    if last > month_of(vintage):
        raise InputError(
            str(path), f"is after the release was published, {vintage:%Y-%m-%d}: give --vintage",
            field="month", value=f"{month_start(last):%Y-%m}",
        )  # fmt: skip


def _say_covered(looked: _Looked, reading: GedReading, how: How) -> None:
    """Which countries the release was coded for: the world where it has events in all of UCDP's
    regions or the caller says so, else the countries with events."""
    named = {country for country, _ in reading.cells}
    if how.world or reading.worldwide:
        looked.countries = frozenset({*views_ids(), *named})
        note = "coded for the world: a country without an event counts zero"
    else:
        looked.countries = frozenset(named)
        note = f"coded for the countries with events alone ({reading.named_countries}): --world if"
        note += " it was for all"
    looked.report = replace(looked.report, notes=(note,))


def _write(desk: Desk, looked: _Looked, now: datetime, how: How) -> None:
    """The rows, what they cover, then the release: without the second they are not read, and a run
    that was killed is made good by the next."""
    report, reading = looked.report, looked.reading
    table = _TABLES[reading.sort]
    writer = f"history {report.dataset} {looked.digest}"
    writer += f" {how.vintage.isoformat()}" if how.vintage else ""
    vintage = vintage_of(desk.lake.last_number(table, writer)) or report.vintage
    number = round((vintage - _EPOCH) / timedelta(microseconds=1))
    looked.report = report = replace(report, vintage=vintage)
    desk.lake.append(table, _dated(looked), writer=writer, number=number)
    if isinstance(reading, GedReading):
        desk.lake.append("coverage", _covered(looked), writer=writer, number=number)
    put_release(desk, [(report, looked.digest, [])], now, writer, number)


def _dated(looked: _Looked) -> Iterator[pa.RecordBatch]:
    looked.spool.seek(0)
    for batch in pa.ipc.open_stream(looked.spool):
        table = pa.Table.from_batches([batch])
        for name, value in (
            ("vintage", pa.scalar(looked.report.vintage, pa.timestamp("us", tz="UTC"))),
            ("dataset", pa.scalar(looked.report.dataset)),
        ):
            table = table.append_column(name, pa.repeat(value, table.num_rows))
        yield from table.to_batches()


def _covered(looked: _Looked) -> pa.Table:
    """The months from the release's first to its last, of each country since it is coded."""
    first, last = looked.report.months
    cells = {
        (country, month)
        for country in looked.countries
        for month in range(max(first, first_month(country)), last + 1)
    }
    if isinstance(looked.reading, GedReading):
        cells |= looked.reading.cells
    ordered = sorted(cells)
    count = len(ordered)
    return pa.table(
        [
            pa.array([looked.report.vintage] * count),
            pa.array([looked.report.dataset] * count),
            pa.array([looked.candidate] * count),
            pa.array([country for country, _ in ordered], pa.string()),
            pa.array([month for _, month in ordered], pa.int32()),
        ],
        names=COVERAGE.names,
    )
