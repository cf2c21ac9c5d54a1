"""`farwatch grade`: Admiralty grades of reports, JSON lines in, JSON lines out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import click

from farwatch.cli.lines import Filter, Plain, identity, words
from farwatch.errors import UnreadableReport
from farwatch.model.grade import RELIABILITY
from farwatch.model.report import Facts, Report
from farwatch.model.terms import Limits, Source, Terms

if TYPE_CHECKING:
    from farwatch.understand.origins import Evidence

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # grading does not look at times


@dataclass(frozen=True, slots=True)
class _Line:
    id: str | int
    claim: str | None  # lines of one claim are graded together; None: it stands alone
    evidence: Evidence


@click.command()
@click.argument("source", metavar="IN.jsonl", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("-o", "--output", default="-", show_default=True,
              type=click.Path(dir_okay=False, allow_dash=True))  # fmt: skip
def grade(source: str, output: str) -> None:
    """Grade reports: reliability of the source, credibility by independent origins.

    IN.jsonl has {"id", "source", "text"?, "title"?, "cluster"?, "origin"?, "url"?, "owner"?,
    "reliability"?, "official"?, "denial"?, "grade"?} a line; lines of one cluster make one claim.
    A line that cannot be read is named on standard error, the others are written, exit code 4.
    """
    with Filter(source, output) as lines:
        lines.write(_graded(lines))


def _graded(lines: Filter) -> Iterator[Plain]:
    from farwatch.understand.grade import grade_of

    read = _reader()
    told: list[_Line] = list(lines.lines(read))
    claims: dict[str, list[Evidence]] = defaultdict(list)
    for line in told:
        if line.claim is not None:
            claims[line.claim].append(line.evidence)
    grades = {claim: grade_of(evidence) for claim, evidence in claims.items()}
    for line in told:
        alone = grade_of([line.evidence])
        own, _ = alone
        together, origins = alone if line.claim is None else grades[line.claim]
        yield {
            "id": line.id,
            "reliability": own.reliability,
            "credibility": together.credibility,
            "reasons": [own.reasons[0], *together.reasons[1:]],
            "origins": list(origins),
        }


def _reader() -> Any:
    from farwatch.sources import catalogue

    known = catalogue.load()
    return lambda plain, source: _line(plain, source, known)


def _line(plain: Plain, file: str, known: Mapping[str, Source]) -> _Line:
    from farwatch.sources.text import domain_of
    from farwatch.understand.grade import stated
    from farwatch.understand.origins import Evidence

    name = identity(plain, file)
    publisher = words(plain, file, "source")
    if not publisher.strip():
        raise UnreadableReport(file, "names nobody", field="source", value=publisher)
    url = words(plain, file, "url", needed=False)
    told = Facts(
        official=_flag(plain, file, "official"), grade=words(plain, file, "grade", needed=False)
    )
    report = Report(
        source=publisher,
        key=str(name),
        received=_NEVER,
        raw=str(name).encode(),
        title=words(plain, file, "title", needed=False),
        text=words(plain, file, "text", needed=False),
        origin=words(plain, file, "origin", needed=False) or domain_of(url),
        facts=told,
    )
    try:
        stated(report)
    except ValueError as error:
        raise UnreadableReport(
            file, "is no Admiralty grade A1-F6", field="grade", value=told.grade
        ) from error
    source = known.get(publisher) or _said(plain, file, publisher)
    official = told.official or bool(source and source.official)
    evidence = Evidence(report, source, official, _flag(plain, file, "denial"))
    return _Line(name, _claim(plain, file), evidence)


def _claim(plain: Plain, file: str) -> str | None:
    cluster = plain.get("cluster")
    if cluster is None:
        return None
    if isinstance(cluster, bool) or not isinstance(cluster, str | int):
        raise UnreadableReport(file, "is no cluster", field="cluster", value=cluster)
    return repr(cluster)


def _flag(plain: Plain, file: str, name: str) -> bool:
    value = plain.get(name, False)
    if not isinstance(value, bool):
        raise UnreadableReport(file, "is neither true nor false", field=name, value=value)
    return value


def _said(plain: Plain, file: str, publisher: str) -> Source | None:
    """A source that is in no catalogue, as the line describes it; None if it does not."""
    letter = words(plain, file, "reliability", needed=False).upper()
    owner = words(plain, file, "owner", needed=False)
    if letter and letter not in RELIABILITY:
        raise UnreadableReport(file, "is none of A-F", field="reliability", value=letter)
    if not letter and not owner:
        return None
    terms = Terms(publisher, owner or publisher, "", "", "", "no", "none", 1, (), False,  # noqa: FBT003
                  date.min, date.max)  # fmt: skip
    return Source(
        publisher, publisher, "", (), (), letter or "F", "", False, False, (0, 0), 0.0, None, (),  # noqa: FBT003
        terms, Limits(0, 0, 0.0, 0.0),
    )  # fmt: skip
