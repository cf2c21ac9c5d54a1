"""`farwatch locate`: places named in texts, JSON lines in, JSON lines out."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from farwatch.cli.lines import identity, left_out, reading, record, words, writing
from farwatch.errors import InputError, NotFound, UnreadableReport, UsageError

if TYPE_CHECKING:
    from farwatch.understand.locate import Toponym
    from farwatch.world.gazetteer import Gazetteer

# What every line carries; --explain adds the rest.
_PRINTED = (
    *("start", "end", "text", "geonameid", "name"),
    *("lat", "lon", "country", "precision", "confidence"),
)
_BATCH = 256  # texts handed to a process at once; fewer than this start none
_FILE = click.Path(dir_okay=False, allow_dash=True)


@dataclass(frozen=True, slots=True)
class Task:
    """How to locate, the same for every text; goes to the worker processes."""

    folder: Path  # the compiled gazetteer
    country: str | None
    explain: bool


@click.command()
@click.argument("source", metavar="IN.jsonl", type=_FILE)
@click.option("-o", "--output", default="-", show_default=True, type=_FILE)
@click.option("--gazetteer", type=click.Path(path_type=Path), help="Folder of an imported one.")
@click.option("--country", help="Where the source writes from or of: a hint (ISO code or name).")
@click.option("--jobs", type=click.IntRange(1, 64), help="Processes; default: one a core.")
@click.option("--explain", is_flag=True, help="Add the reasons of every choice.")
def locate(source: str, output: str, gazetteer: Path | None, **options: Any) -> None:
    """Find the places that texts name.

    IN.jsonl has {"id", "text"} a line, "-" reads standard input. A line that cannot be read is
    named on standard error, the others are written, and the exit code is 4.
    """
    from farwatch.cli.gazetteer import chosen

    task = Task(chosen(gazetteer).folder, _country(options["country"]), options["explain"])
    jobs = options["jobs"] or os.cpu_count() or 1
    bad: list[UnreadableReport] = []
    with ExitStack() as stack:
        reader, writer = reading(stack, source), writing(stack, output, source)
        for line in _located(_records(reader, source, bad), task, jobs):
            writer.write(line + "\n")
        writer.flush()
    if bad:
        raise InputError(source, left_out(len(bad), "written"))


def _country(given: str | None) -> str | None:
    from farwatch.world.codes import alpha2

    if given is None:
        return None
    try:
        return alpha2(given)
    except NotFound as error:
        raise UsageError(f"--country {given!r} is no country's code or name") from error


def _records(reader: IO[str], source: str, bad: list[UnreadableReport]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(reader, start=1):
        if not line.strip():
            continue
        try:
            plain = record(line, source)
            text = plain.get("text")  # lone surrogates may pass: no part of a name holds one
            name = identity(plain, source)
            yield {"id": name, "text": text if isinstance(text, str) else words(plain, source)}
        except UnreadableReport as error:
            bad.append(error)
            click.echo(f"farwatch: {error.at(f'line {number}')}", err=True)


def _located(records: Iterator[dict[str, Any]], task: Task, jobs: int) -> Iterator[str]:
    """The output lines in the order of the records; processes are started only for many."""
    first = list(islice(records, _BATCH))
    if jobs == 1 or len(first) < _BATCH:
        for record in chain(first, records):
            yield _line(record, task)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[list[str]]] = deque()
        batch = first
        while batch:
            waiting.append(pool.submit(_lines, batch, task))
            while len(waiting) > 2 * jobs:
                yield from waiting.popleft().result()
            batch = list(islice(records, _BATCH))
        while waiting:
            yield from waiting.popleft().result()


def _lines(batch: list[dict[str, Any]], task: Task) -> list[str]:
    return [_line(record, task) for record in batch]


@lru_cache(maxsize=1)
def _gazetteer(folder: Path) -> Gazetteer:
    from farwatch.world.gazetteer import open as opened

    return opened(folder)


def _line(record: dict[str, Any], task: Task) -> str:
    from farwatch.understand.locate import Hint
    from farwatch.understand.locate import locate as find

    hint = Hint(country=task.country) if task.country else None
    found = find(record["text"], _gazetteer(task.folder), hint)
    plain = {"id": record["id"], "toponyms": [_plain(t, explain=task.explain) for t in found]}
    return json.dumps(plain, ensure_ascii=False)


def _plain(toponym: Toponym, *, explain: bool) -> dict[str, Any]:
    plain: dict[str, Any] = {name: getattr(toponym, name) for name in _PRINTED}
    plain["precision"] = toponym.precision.value
    if explain:
        plain |= {
            "admin1": toponym.admin1,
            "demonym": toponym.demonym,
            "reasons": list(toponym.reasons),
        }
    return plain
