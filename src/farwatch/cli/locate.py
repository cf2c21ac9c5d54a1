"""`farwatch locate`: places named in texts, JSON lines in, JSON lines out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from farwatch.errors import InputError, UnreadableReport

if TYPE_CHECKING:
    from farwatch.understand.locate import Toponym
    from farwatch.world.gazetteer import Gazetteer

_PRINTED = (
    "start end text geonameid name lat lon country precision confidence".split()
)  # what every line carries; --explain adds the rest


@click.command()
@click.argument("source", metavar="IN.jsonl", type=click.Path(dir_okay=False, allow_dash=True))
@click.option(
    "-o",
    "--output",
    default="-",
    show_default=True,
    type=click.Path(dir_okay=False, allow_dash=True),
)
@click.option(
    "--gazetteer", "folder", type=click.Path(path_type=Path), help="An imported gazetteer."
)
@click.option("--country", help="Where the source writes from or of, a hint (ISO alpha-2).")
@click.option("--explain", is_flag=True, help="Add the reasons of every choice.")
def locate(
    source: str, output: str, folder: Path | None, country: str | None, explain: bool
) -> None:  # noqa: FBT001
    """Find the places that texts name.

    IN.jsonl has {"id", "text"} a line, "-" reads standard input. A line that cannot be read is
    named on standard error, the others are written, and the exit code is 4.
    """
    from farwatch.cli.gazetteer import chosen

    gazetteer = chosen(folder)
    bad: list[UnreadableReport] = []
    with ExitStack() as stack:
        reader = _opened(stack, source, "r")
        writer = _opened(stack, output, "w")
        for record in _records(reader, source, bad):
            line = _located(record, gazetteer, country, explain=explain)
            writer.write(json.dumps(line, ensure_ascii=False) + "\n")
        writer.flush()
    if bad:
        raise InputError(source, f"{len(bad)} of its lines cannot be read; the others are written")


def _opened(stack: ExitStack, path: str, mode: str) -> TextIO:
    if path == "-":
        stream = sys.stdin if mode == "r" else sys.stdout
        return stream
    try:
        # Bytes that are no UTF-8 become surrogates: the line is then refused, not the file.
        file = Path(path).open(mode, encoding="utf-8", errors="surrogateescape", newline="\n")  # noqa: SIM115
    except OSError as error:
        raise InputError(path, f"cannot be opened: {error.strerror}") from error
    return stack.enter_context(file)


def _records(reader: TextIO, source: str, bad: list[UnreadableReport]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(reader, start=1):
        if not line.strip():
            continue
        try:
            yield _record(line, source)
        except UnreadableReport as error:
            bad.append(error.at(f"line {number}"))  # type: ignore[arg-type]
            click.echo(f"farwatch: {bad[-1]}", err=True)


def _record(line: str, source: str) -> dict[str, Any]:
    try:
        line.encode("utf-8")
        record = json.loads(line)
    except (UnicodeEncodeError, json.JSONDecodeError, RecursionError) as error:
        raise UnreadableReport(source, f"is no JSON: {error}") from error
    if not isinstance(record, dict):
        raise UnreadableReport(source, "is no JSON object", field="line", value=record)
    if not isinstance(record.get("text"), str):
        raise UnreadableReport(source, "is no text", field="text", value=record.get("text"))
    if not isinstance(record.get("id"), str | int):
        raise UnreadableReport(source, "is no id", field="id", value=record.get("id"))
    return record


def _located(
    record: dict[str, Any], gazetteer: Gazetteer, country: str | None, *, explain: bool
) -> dict[str, Any]:
    from farwatch.understand.locate import Hint
    from farwatch.understand.locate import locate as find

    hint = Hint(country=country.upper()) if country else None
    found = find(record["text"], gazetteer, hint)
    return {"id": record["id"], "toponyms": [_plain(t, explain=explain) for t in found]}


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
