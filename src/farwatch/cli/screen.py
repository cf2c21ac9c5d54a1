"""`farwatch screen`: events x sites -> exposures, JSON lines in, JSON lines out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from farwatch.errors import InputError, UnreadableReport, UsageError

if TYPE_CHECKING:
    from farwatch.model.event import Event


@click.command()
@click.argument("source", metavar="EVENTS.jsonl", type=click.Path(dir_okay=False, allow_dash=True))
@click.option(
    "--sites",
    "site_file",
    required=True,
    metavar="SITES.csv",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The sites, as `farwatch sites import` reads them.",
)
@click.option("--map", "mapping", multiple=True, metavar="FIELD=COLUMN", help="As sites import.")
@click.option("--partial", is_flag=True, help="Take the good sites, name the rejected ones.")
@click.option(
    "-o",
    "--output",
    default="-",
    show_default=True,
    type=click.Path(dir_okay=False, allow_dash=True),
)
@click.option("--now", "moment", metavar="TIME", help="Screen as of this time (ISO 8601).")
def screen(
    source: str,
    site_file: Path,
    mapping: tuple[str, ...],
    partial: bool,  # noqa: FBT001 - click passes flags as bools
    output: str,
    moment: str | None,
) -> None:
    """Find the sites within reach of events.

    EVENTS.jsonl has an event a line ("-" reads standard input), OUT.jsonl an exposure a line:
    event by event, nearest first. A line that cannot be read is named on standard error, the others
    are screened, and the exit code is 4.
    """
    from farwatch.cli.sites import read
    from farwatch.model.codec import to_plain
    from farwatch.protect.index import SiteIndex
    from farwatch.protect.screen import screen as exposures

    now = _now(moment)
    index = SiteIndex.of(read(site_file, mapping, partial=partial).sites)
    bad: list[UnreadableReport] = []
    with ExitStack() as stack:
        reader, writer = _opened(stack, source, "r"), _opened(stack, output, "w")
        for exposure in exposures(_events(reader, source, now, bad), index, now):
            writer.write(json.dumps(to_plain(exposure), ensure_ascii=False) + "\n")
        writer.flush()
    if bad:
        raise InputError(source, f"{len(bad)} of its lines cannot be read; the others are screened")


def _now(moment: str | None) -> datetime:
    from farwatch.model.times import parse_utc

    if moment is None:
        return datetime.now(UTC)
    try:
        return parse_utc(moment)
    except ValueError as error:
        raise UsageError(f"--now: {error}") from error


def _events(
    reader: TextIO, source: str, now: datetime, bad: list[UnreadableReport]
) -> Iterator[Event]:
    from farwatch.protect.event_lines import event_of

    for number, line in enumerate(reader, start=1):
        if not line.strip():
            continue
        try:
            yield event_of(line, source, now)
        except UnreadableReport as error:
            named = UnreadableReport(
                error.source, error.reason, field=error.field, value=error.value,
                position=f"line {number}",
            )  # fmt: skip
            bad.append(named)
            click.echo(f"farwatch: {named}", err=True)


def _opened(stack: ExitStack, path: str, mode: str) -> TextIO:
    if path == "-":
        return sys.stdin if mode == "r" else sys.stdout
    try:
        file: TextIO = stack.enter_context(_text_file(path, mode))
    except OSError as error:
        raise InputError(path, f"cannot be opened: {error.strerror}") from error
    return file


def _text_file(path: str, mode: str) -> TextIO:
    if mode == "r":
        # bytes that are no UTF-8 are replaced: the line is screened if its JSON still reads
        return Path(path).open(encoding="utf-8", errors="replace")
    return Path(path).open("w", encoding="utf-8")
