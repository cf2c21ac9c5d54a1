"""`farwatch screen`: events x sites -> exposures, JSON lines in, JSON lines out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from farwatch.cli import when
from farwatch.cli.lines import left_out, reading, record, writing
from farwatch.errors import InputError, UnreadableReport

if TYPE_CHECKING:
    from datetime import datetime

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

    now = when.moment(moment, "--now")
    index = SiteIndex.of(read(site_file, mapping, partial=partial).sites)
    bad: list[UnreadableReport] = []
    with ExitStack() as stack:
        reader, writer = reading(stack, source), writing(stack, output, source, str(site_file))
        for exposure in exposures(_events(reader, source, now, bad), index, now):
            writer.write(json.dumps(to_plain(exposure), ensure_ascii=False) + "\n")
        writer.flush()
    if bad:
        raise InputError(source, left_out(len(bad), "screened"))


def _events(
    reader: IO[str], source: str, now: datetime, bad: list[UnreadableReport]
) -> Iterator[Event]:
    from farwatch.protect.event_lines import event_of

    for number, line in enumerate(reader, start=1):
        if not line.strip():
            continue
        try:
            yield event_of(record(line, source), source, now)
        except UnreadableReport as error:
            named = error.at(f"line {number}")
            bad.append(named)
            click.echo(f"farwatch: {named}", err=True)
