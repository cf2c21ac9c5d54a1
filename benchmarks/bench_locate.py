"""Documents a second through locate, beside an Aho-Corasick automaton that only finds the names.

`python -m benchmarks.bench_locate`: texts of LGL, news of about 1,900 characters. The peer
(pyahocorasick over the names of the 50,000 largest places) chooses nothing: it is the floor.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import ahocorasick
from benchmarks.geoparsing_corpora import lgl

from farwatch.understand.locate import locate
from farwatch.world import gazetteer as gazetteers

SHARED = Path(__file__).resolve().parents[2] / "shared"
AIM = 500.0
PEER_NAMES = 50_000


def figures(shared: Path = SHARED) -> dict[str, float]:
    """Documents a second: one process, two processes, the peer; and the ratio to the peer."""
    texts = [article.text for article in lgl(shared / "corpora" / "geoparsing")]
    world = gazetteers.open()
    for text in texts[:20]:
        locate(text, world)
    one = _rate(texts, lambda batch: [locate(text, world) for text in batch])
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(work, [texts[:5], texts[5:10]]))  # start both, map the files
        two = _rate(texts * 2, lambda batch: list(pool.map(work, _halves(batch))))
    peer = _peer()
    scan = _rate(texts, lambda batch: [list(peer.iter(text)) for text in batch])
    return {
        "documents": len(texts),
        "one_process": one,
        "two_processes": two,
        "peer": scan,
        "ratio": two / scan,
    }


def work(texts: list[str]) -> int:
    """Locate a batch in a worker; only the count travels back."""
    world = gazetteers.open()
    return sum(len(locate(text, world)) for text in texts)


def _halves(texts: list[str]) -> list[list[str]]:
    return [texts[::2], texts[1::2]]


def _rate(texts: list[str], run: Callable[[list[str]], object]) -> float:
    start = time.perf_counter()
    run(texts)
    return len(texts) / (time.perf_counter() - start)


def _peer() -> ahocorasick.Automaton:
    table = gazetteers.open().places().sort_by([("population", "descending")]).slice(0, PEER_NAMES)
    automaton = ahocorasick.Automaton()
    for name in table["name"].to_pylist():
        automaton.add_word(name, name)
    automaton.make_automaton()
    return automaton


def main() -> None:
    """Print the figures."""
    found = figures()
    print(
        f"locate: {found['one_process']:,.0f} documents/s in one process, "
        f"{found['two_processes']:,.0f} in two (aim {AIM:,.0f}); "
        f"pyahocorasick only finding names {found['peer']:,.0f}, ratio {found['ratio']:.3f}"
    )


if __name__ == "__main__":
    main()
