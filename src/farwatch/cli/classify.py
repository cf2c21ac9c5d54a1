"""`farwatch classify`: what texts tell, JSON lines in, JSON lines out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from farwatch.cli.lines import Filter, Plain, identity, moment, words

if TYPE_CHECKING:
    from farwatch.model.report import Span


@click.command()
@click.argument("source", metavar="IN.jsonl", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("-o", "--output", default="-", show_default=True,
              type=click.Path(dir_okay=False, allow_dash=True))  # fmt: skip
def classify(source: str, output: str) -> None:
    """Say what happening each text tells: kind, severity, code, groups, time, reasons.

    IN.jsonl has {"id", "text", "title"?, "published"?} a line, "-" reads standard input. A line
    that cannot be read is named on standard error, the others are written, the exit code is 4.
    """
    with Filter(source, output) as lines:
        lines.write(_classified(lines))


def _classified(lines: Filter) -> Iterator[Plain]:
    from farwatch.understand.classify import classify as told_by

    for name, title, text, published in lines.lines(_read):
        told = told_by(title, text, published)
        yield {
            "id": name,
            "kind": told.kind.value,
            "category": told.kind.category.value if told.kind.category else None,
            "severity": told.severity,
            "code": told.code,
            "actors": list(told.actors),
            "happened": _plain(told.happened),
            "historical": told.historical,
            "expected": told.expected,
            "denial": told.denial,
            "ended": told.ended,
            "reasons": list(told.reasons),
        }


def _read(plain: Plain, source: str) -> tuple[Any, ...]:
    return (
        identity(plain, source),
        words(plain, source, "title", needed=False),
        words(plain, source),
        moment(plain, source),
    )


def _plain(span: Span | None) -> Plain | None:
    if span is None:
        return None
    return {
        "start": span.start.isoformat(),
        "end": span.end.isoformat() if span.end else None,
        "precision": span.precision,
    }
