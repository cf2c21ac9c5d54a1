"""Peak memory from GDELT files to assessed and screened events, at 1x and at 10x input.

    python -m benchmarks.bench_memory [--rows N]

Each size runs in a process of its own, whose peak resident set the kernel tells. Ten times the rows
are ten files, each made when its turn comes. Rows are `bench_gdelt`'s: the days come round after a
year, so that ten times the rows tell of a year more densely, as a busier world would.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.aims import SHARED, Figure, printed

ROWS = 1_000_000
TIMES = 10
AIM_MIB, AIM_GROWTH = 1024.0, 1.25


def peak(files: int, rows: int, shared: Path = SHARED) -> tuple[float, int, int]:
    """Run `files` files of `rows` rows each: peak MiB of this process, events, exposures."""
    from benchmarks import bench_gdelt as bench

    events = None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "part.export.CSV"
        for part in range(files):
            bench.write_rows(path, rows, part * rows, shared)
            events, _ = bench.reduced([path], events)
    if events is None:
        raise ValueError(f"{files} files hold no rows")
    _, exposures = bench.judged(events, bench.ground(shared))
    return _peak_mib(), events.num_rows, exposures


def _peak_mib() -> float:
    told = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return told / (2**20 if sys.platform == "darwin" else 2**10)


def figures(rows: int = ROWS, shared: Path = SHARED) -> list[Figure]:
    """Peak MiB at both sizes, each in a spawned process, and the growth."""
    found = {}
    for times in (1, TIMES):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            found[times] = pool.submit(peak, times, rows, shared).result()
    small, large = found[1], found[TIMES]
    return [
        Figure(f"events merged from {rows:,} rows", small[1], "events"),
        Figure(f"events merged from {rows * TIMES:,} rows", large[1], "events"),
        Figure("peak memory at 1x", small[0], "MiB", most=AIM_MIB),
        Figure(f"peak memory at {TIMES}x", large[0], "MiB", most=AIM_MIB),
        Figure(
            "growth for ten times the rows", large[0] / small[0], "x", most=AIM_GROWTH, form=",.2f"
        ),
    ]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    printed("memory: the same pipeline at 1x and 10x", figures(parser.parse_args().rows))


if __name__ == "__main__":
    main()
