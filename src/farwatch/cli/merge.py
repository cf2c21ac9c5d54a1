"""`farwatch merge`: group texts by the happening they tell, JSON lines in, JSON lines out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from farwatch.cli.lines import Filter, Plain, day, identity, words

if TYPE_CHECKING:
    from farwatch.understand.stories import Story


@click.command()
@click.argument("source", metavar="IN.jsonl", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("-o", "--output", default="-", show_default=True,
              type=click.Path(dir_okay=False, allow_dash=True))  # fmt: skip
def merge(source: str, output: str) -> None:
    """Group texts that tell of one happening.

    IN.jsonl has {"id", "text", "published"?} a line (of a time only the day counts), "-" reads
    standard input. A line {"id", "cluster"} is written for each, in the same order. A line that
    cannot be read is named on standard error, the others are grouped and written, exit code 4.
    """
    with Filter(source, output) as lines:
        lines.write(_grouped(lines))


def _grouped(lines: Filter) -> Iterator[Plain]:
    from farwatch.understand.stories import group

    stories = list(lines.lines(_read))
    for story, cluster in zip(stories, group(stories), strict=True):
        yield {"id": story.id, "cluster": cluster}


def _read(plain: Plain, source: str) -> Story:
    from farwatch.understand.stories import Story

    return Story(identity(plain, source), words(plain, source), day(plain, source))
