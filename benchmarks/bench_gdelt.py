"""GDELT rows a second from file to assessed and screened events, beside DuckDB merely reading them.

    python -m benchmarks.bench_gdelt [--rows N]

Rows: the two recorded files over and over, each copy with ids of its own and told of a day earlier
than the copy before (365 days, then the same days again), so that nothing merges merely because
it was copied. Both sides read the same plain file with the same engine, in turn, twice; the better
time of each counts. Opening the gazetteer, its grid and the list of sites is not counted: a running
desk has them open. Sites: the recorded power plants.
"""

from __future__ import annotations

import argparse
import gzip
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from benchmarks.aims import SHARED, Figure, printed

from farwatch.foresee.bulk import assess_table
from farwatch.foresee.grid import Grid, from_places
from farwatch.model.tables import EVENTS, SITES
from farwatch.protect.bulk import screen_batches
from farwatch.protect.index import SiteIndex
from farwatch.protect.sites import read_sites
from farwatch.sources.gdelt import COLUMNS, MAX_DIGITS
from farwatch.sources.gdelt_table import read_table
from farwatch.understand.bulk import merge_table
from farwatch.world import gazetteer

ROWS = 1_000_000
DAYS = 365
LAST_DAY = datetime(2018, 3, 26, tzinfo=UTC)
NOW = LAST_DAY + timedelta(days=1)
TOGETHER = 300_000  # rows read before they are reduced to events
AIM_ROWS, AIM_RATIO = 100_000.0, 0.1


@dataclass(frozen=True)
class Ground:
    """What a running desk has open: where people live, and the sites in its care."""

    grid: Grid
    sites: SiteIndex


@dataclass(frozen=True)
class Outcome:
    """What became of the rows."""

    rows: int
    relevant: int
    events: int
    places: int
    exposures: int


def ground(shared: Path = SHARED) -> Ground:
    """The packaged gazetteer's cells and the recorded power plants."""
    path = shared / "recorded" / "sites" / "power_plants_wri_2018.csv"
    listed = read_sites(path.read_bytes(), path.name).sites
    rows = [{name: getattr(site, name, None) for name in SITES.names} for site in listed]
    table = pa.Table.from_pylist(rows, schema=SITES)
    return Ground(from_places(gazetteer.open().places()), SiteIndex(table))


@cache
def recorded(shared: Path = SHARED) -> tuple[bytes, ...]:
    """The rows of the recorded files without their first two columns, number and day."""
    rows: list[bytes] = []
    for path in sorted((shared / "recorded" / "gdelt").glob("*.export.CSV.gz")):
        for line in gzip.decompress(path.read_bytes()).splitlines():
            cells = line.split(b"\t", 2)
            if len(cells) == 3:
                rows.append(cells[2])
    return tuple(rows)


def write_rows(path: Path, rows: int, first: int = 0, shared: Path = SHARED) -> int:
    """Write that many rows as a GDELT file, numbered from `first`; how many days back is told by
    the number. Returns the size of the file in bytes."""
    told = recorded(shared)
    at, end = first, first + rows
    with path.open("wb") as file:
        while at < end:
            copy, begin = divmod(at, len(told))
            part = told[begin : begin + end - at]
            day = (LAST_DAY - timedelta(days=copy % DAYS)).strftime("%Y%m%d").encode()
            width = MAX_DIGITS - 2
            file.writelines(
                b"%0*d\t%s\t%s\n" % (width, at + n, day, rest) for n, rest in enumerate(part)
            )
            at += len(part)
    return path.stat().st_size


def reduced(paths: Sequence[Path], known: pa.Table | None = None) -> tuple[pa.Table, int]:
    """The merged events of the files beside those already known, and how many rows told of them.

    Rows are read and merged some hundred thousand at a time: what is held is the events.
    """
    events, count = known or EVENTS.empty_table(), 0
    for part in _together(read_table(paths, relevant=True)):
        count += part.num_rows
        placed = part.filter(pc.or_(pc.is_valid(part["lat"]), pc.is_valid(part["country"])))
        events = merge_table(pa.concat_tables([events, merge_table(placed)])).combine_chunks()
    return events, count


def _together(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        if sum(one.num_rows for one in held) >= TOGETHER:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)


def judged(events: pa.Table, on: Ground) -> tuple[int, int]:
    """How many levels are assessed and how many exposures are found."""
    levels = assess_table(events, on.grid, NOW)
    exposures = sum(batch.num_rows for batch in screen_batches(events, on.sites))
    return levels.num_rows, exposures


def pipeline(paths: Sequence[Path], rows: int, on: Ground) -> Outcome:
    """From files to assessed and screened events."""
    events, relevant = reduced(paths)
    return Outcome(rows, relevant, events.num_rows, *judged(events, on))


def merely_read(path: Path) -> int:
    """DuckDB parses all 61 columns of the file as text and counts each one's values; the rows."""
    columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(COLUMNS))
    with duckdb.connect() as connection:
        row = connection.execute(
            "SELECT count(COLUMNS(*)) FROM read_csv($1, delim = '\t', header = false, quote = '', "
            f"escape = '', columns = {{{columns}}}, auto_detect = false)",
            [str(path)],
        ).fetchone()
    return int(row[0]) if row else 0


def figures(rows: int = ROWS, shared: Path = SHARED) -> list[Figure]:
    """Rows a second, ours and DuckDB's, and their ratio."""
    on = ground(shared)
    ours, peer = [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.export.CSV"
        size = write_rows(path, rows, shared=shared)
        for _ in range(2):
            start = time.perf_counter()
            merely_read(path)
            peer.append(time.perf_counter() - start)
            start = time.perf_counter()
            outcome = pipeline([path], rows, on)
            ours.append(time.perf_counter() - start)
    mine, theirs = rows / min(ours), rows / min(peer)
    return [
        Figure("rows in the file", rows, "rows"),
        Figure("size of the file", size / 2**20, "MiB"),
        Figure("rows of a kind the desk watches", outcome.relevant, "rows"),
        Figure("events after merging", outcome.events, "events"),
        Figure("levels of cells, admin-1 and countries", outcome.places, "levels"),
        Figure(f"exposures of {len(on.sites):,} sites", outcome.exposures, ""),
        Figure("DuckDB merely reading 61 columns", theirs, "rows/s"),
        Figure("file to assessed and screened events", mine, "rows/s", least=AIM_ROWS),
        Figure("of DuckDB's reading speed", mine / theirs, "x", least=AIM_RATIO, form=",.2f"),
    ]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    printed("gdelt: from file to assessed and screened events", figures(parser.parse_args().rows))


if __name__ == "__main__":
    main()
