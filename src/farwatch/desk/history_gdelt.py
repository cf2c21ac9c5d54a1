"""GDELT's exports into the lake: many files, their counts added up, one commit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from farwatch.desk.history_release import FileReport, Held, How, put_release
from farwatch.desk.opening import Desk
from farwatch.errors import InputError
from farwatch.sources.gdelt_counts import GdeltReading, Totals
from farwatch.sources.history_file import GDELT, digest_of

DATASET = "gdelt"


@dataclass(slots=True)
class _Taken:
    """The files so far: their counts together, and each one's release."""

    totals: Totals = field(default_factory=Totals)
    releases: list[tuple[FileReport, str, list[int]]] = field(default_factory=list)
    reports: list[FileReport] = field(default_factory=list)
    digests: set[str] = field(default_factory=set)


def import_gdelt(
    desk: Desk, paths: Sequence[Path], now: datetime, how: How, held: Held, *, write: bool = True
) -> list[FileReport]:
    """Read files, and store their counts if `write` and no row is wrong (or `how.partial`).

    A quarter-hour is heard once: raises InputError for another file with rows of one that was.
    """
    taken = _Taken()
    for path in paths:
        _take(path, now, how, held, taken)
    good = how.partial or not any(one.rejected for one in taken.reports)
    if taken.releases and write and good:
        _write(desk, taken, now, how)
    return taken.reports


def _take(path: Path, now: datetime, how: How, held: Held, taken: _Taken) -> None:
    dataset = how.dataset or DATASET
    digest = digest_of(path)
    held.claim(dataset, GDELT)
    before = held.vintage(dataset, digest, how.vintage)
    if before is not None or digest in taken.digests:
        vintage = before or taken.reports[-1].vintage
        taken.reports.append(
            FileReport(str(path), GDELT, dataset, vintage, 0, 0, (), (0, -1), 0, repeated=True)
        )
        return
    reading = GdeltReading(path)
    reading.read()
    if not reading.rows and not reading.rejects.count:
        raise InputError(str(path), "holds no row")
    _once(path, reading, held.slots(dataset))
    vintage = how.vintage or max(reading.slots.values(), default=now)
    report = FileReport(
        str(path), GDELT, dataset, vintage, reading.rows, reading.rejects.count,
        tuple(reading.rejects.named), reading.months, len(reading.countries),
        slots=len(reading.slots), notes=_uncounted(reading),
    )  # fmt: skip
    taken.reports.append(report)
    if reading.slots:
        taken.totals.take(reading)
        taken.digests.add(digest)
        taken.releases.append((report, digest, sorted(reading.slots)))


def _once(path: Path, reading: GdeltReading, heard: set[int]) -> None:
    twice = sorted(heard & set(reading.slots))
    if twice:
        raise InputError(
            str(path), "was heard already, from another file: its rows would count twice",
            field="slot", value=f"{reading.slots[twice[0]]:%Y-%m-%d %H:%M}",
        )  # fmt: skip
    heard.update(reading.slots)


def _uncounted(reading: GdeltReading) -> tuple[str, ...]:
    if not reading.unplaced and not reading.plain:
        return ()
    return (
        f"in no count: {reading.unplaced:,} rows without a country, "
        f"{reading.plain:,} plain statements without a category",
    )


def _write(desk: Desk, taken: _Taken, now: datetime, how: How) -> None:
    """One writer a set of files: the same set again, after a kill, goes on where it stood."""
    dataset = how.dataset or DATASET
    digests = "".join(sorted(digest for _, digest, _ in taken.releases))
    vintage = how.vintage.isoformat() if how.vintage else ""
    said = hashlib.sha256(f"{digests}{vintage}".encode()).hexdigest()
    writer = f"history {dataset} {said}"
    desk.lake.append("country_weeks", _dated(dataset, taken, how), writer=writer, number=1)
    put_release(desk, taken.releases, now, writer, 1)


def _dated(dataset: str, taken: _Taken, how: How) -> Iterator[pa.RecordBatch]:
    for batch in taken.totals.batches():
        table = pa.Table.from_batches([batch])
        if how.vintage is not None:
            given = pa.scalar(how.vintage, pa.timestamp("us", tz="UTC"))
            at = table.column_names.index("vintage")
            table = table.set_column(at, "vintage", pa.repeat(given, table.num_rows))
        named = pa.repeat(pa.scalar(dataset), table.num_rows)
        yield from table.append_column("dataset", named).to_batches()
