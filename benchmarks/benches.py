"""Every measure of speed and memory, each in a process of its own: `make bench`.

    python -m benchmarks [NAME ...]

Prints each figure beside its peer in the same run and beside its aim, and then which are not met.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks.aims import Figure, printed, summary


def gdelt() -> list[Figure]:
    from benchmarks import bench_gdelt

    return bench_gdelt.figures()


def memory() -> list[Figure]:
    from benchmarks import bench_memory

    return bench_memory.figures()


def locate() -> list[Figure]:
    from benchmarks import bench_locate as bench

    found = bench.figures()
    return [
        Figure("documents", found["documents"]),
        Figure("in one process", found["one_process"], "docs/s"),
        Figure("in two processes", found["two_processes"], "docs/s", least=bench.AIM),
        Figure("pyahocorasick only finding names, one process", found["peer"], "docs/s"),
        Figure("of pyahocorasick's speed, ours in two", found["ratio"], "x", form=",.3f"),
    ]


def screen() -> list[Figure]:
    from benchmarks import bench_screen

    return bench_screen.figures()


def watch_map() -> list[Figure]:
    from benchmarks import bench_map

    return bench_map.figures()


def alert_room() -> list[Figure]:
    from benchmarks import bench_alerts

    return bench_alerts.figures()


def search() -> list[Figure]:
    from benchmarks import bench_search

    return bench_search.figures()


def console() -> list[Figure]:
    from benchmarks import console as bench

    return bench.figures()


def kills() -> list[Figure]:
    from benchmarks import kills as bench

    return bench.figures()


# name -> (what it measures, where)
BENCHES = {
    "gdelt": ("GDELT, from file to assessed and screened events", gdelt),
    "memory": ("memory of the same at 1x and 10x", memory),
    "locate": ("documents through locate", locate),
    "screen": ("positions against events", screen),
    "map": ("the watch room's map, list and page", watch_map),
    "search": ("pages of search over 200,000 events", search),
    "console": ("lists of a served desk under fifty readers", console),
    "kills": ("worker, web and database killed twenty times while 1,000 are told", kills),
    "alerts": ("the alerts' pages at 2,000 that stand", alert_room),
}


def measured(name: str) -> list[Figure]:
    """Run one bench in this process, a spawned one."""
    # DuckDB takes a process whose main module has no file for a console and draws progress bars.
    sys.modules["__main__"].__file__ = __file__
    return BENCHES[name][1]()


def main(names: Sequence[str]) -> None:
    """Run the named benches, or all of them, one after another."""
    unknown = sorted(set(names) - set(BENCHES))
    if unknown:
        sys.exit(f"no bench {unknown[0]!r}; there are {', '.join(BENCHES)}")
    every: list[Figure] = []
    for name in names or BENCHES:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            every += printed(f"{name}: {BENCHES[name][0]}", pool.submit(measured, name).result())
    print(f"\n{summary(every)}")
