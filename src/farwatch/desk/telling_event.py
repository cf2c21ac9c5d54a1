"""Tell an event's chain in words: versions, grade, judgements, and the reports under it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from farwatch.desk.chain import EventChain, Read, Statement, Step, Version
from farwatch.desk.tree import Branch, branch, listed
from farwatch.model.event import Event, Judgement, Verdict
from farwatch.model.grade import CREDIBILITY, RELIABILITY
from farwatch.model.place import Place
from farwatch.model.report import Span
from farwatch.store.tombstones import Tombstone

_MODEL = "model"
_UNITS = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}


def when(moment: datetime) -> str:
    """A time as this desk writes it, always with its zone."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def event_branch(chain: EventChain) -> Branch:
    """The event, why it is what it is, and each statement that it rests on."""
    event = chain.event
    mark = "EXERCISE " if event.exercise else ""
    became = f", with what was {', '.join(chain.merged)}" if chain.merged else ""
    return branch(
        f"{mark}event {event.id}, version {event.version}, {event.state.value}{became}",
        event.title,
        f"{event.kind.value}, severity {event.severity}" + (", official" * event.official),
        f"place {_place(event.place)}",
        f"happened {span(event.happened)}; reported {when(event.first_reported)} to "
        f"{when(event.last_reported)}",
        _grade(event),
        listed(f"independent origins, each counted once: {len(set(event.origins))}",
               _origins(chain.statements)),
        listed("why", [text for text in event.reasons if text not in event.grade.reasons]),
        listed("versions", [_step(step) for step in chain.steps]),
        listed("joined by", _joins(chain)),
        listed("parted by persons", _parted(chain)),
        listed("reports", [_statement(one) for one in chain.statements], "none"),
        listed("reports removed", [_tombstone(one) for one in chain.removed]),
    )  # fmt: skip


def span(happened: Span | None) -> str:
    """When it happened, to the unit that was stated."""
    if happened is None:
        return "at a time not stated"
    form = _UNITS.get(happened.precision)
    start = happened.start.strftime(form) if form else when(happened.start)
    return start + (f" to {when(happened.end)}" if happened.end else "")


def _place(place: Place | None) -> str:
    if place is None:
        return "not located"
    at = place.geometry
    shape = f"polygon around {at.lat:.3f}, {at.lon:.3f}" if at.rings else (
        f"{at.lat:.3f}, {at.lon:.3f} to {at.radius_km:.1f} km"
    )  # fmt: skip
    return f"{place.name} ({place.precision.value}; {shape}; {place.country or 'no country'})"


def _grade(event: Event) -> Branch:
    grade = event.grade
    words = f"{RELIABILITY[grade.reliability]}, {CREDIBILITY[grade.credibility]}"
    return branch(f"graded {grade}: {words}", *grade.reasons)


def _origins(statements: Iterable[Statement]) -> list[str]:
    said: dict[str, list[int]] = defaultdict(list)
    for one in statements:
        said[one.origin or one.source].append(one.number)
    return [f"{origin}: {' '.join(f'[{n}]' for n in numbers)}" for origin, numbers in said.items()]


def _tombstone(one: Tombstone) -> str:
    count = "1 report" if one.reports == 1 else f"{one.reports} reports"
    return f"{count} of {one.source} removed on {when(one.removed)}: {one.reason}"


def _step(step: Step) -> str:
    return f"{step.version} at {when(step.last_reported)}: {', '.join(step.changes)}"


def _joins(chain: EventChain) -> list[Branch]:
    """For each report the surest word that ties it to an earlier one, and every person's word."""
    number = {one.name: one.number for one in chain.statements}
    ties: dict[int, Judgement] = {}
    inside = [
        item for item in chain.judgements
        if item.verdict is Verdict.SAME and item.left in number and item.right in number
    ]  # fmt: skip
    for item in sorted(inside, key=lambda item: item.score):
        if item.by == _MODEL:
            ties[max(number[item.left], number[item.right])] = item
    persons = [item for item in inside if item.by != _MODEL]
    shown = [*persons, *(ties[n] for n in sorted(ties))]
    left = len(inside) - len(shown)
    more = [branch(f"and {left} more judgements that say the same")] if left else []
    return [_judgement(item, number) for item in shown] + more


def _parted(chain: EventChain) -> list[Branch]:
    number = {one.name: one.number for one in chain.statements}
    parted = [i for i in chain.judgements if i.verdict is Verdict.DIFFERENT and i.by != _MODEL]
    return [_judgement(item, number) for item in parted]


def _judgement(item: Judgement, number: dict[str, int]) -> Branch:
    pair = " and ".join(
        f"[{number[name]}]" if name in number else name.replace("\t", " ")
        for name in sorted((item.left, item.right), key=lambda n: number.get(n, len(number) + 1))
    )
    sure = f" {item.score:.2f}" if item.by == _MODEL else f" at {when(item.at)}"
    return branch(f"{pair}: {item.verdict.value} by {item.by}{sure}", *item.reasons)


def _statement(one: Statement) -> Branch:
    terms = f"{one.publisher}; {one.licence}; {one.attribution}" if one.publisher else (
        "no terms at hand"
    )  # fmt: skip
    gone = ""
    if one.withdrawn or one.withdrawn_because is not None:
        at = f" {when(one.withdrawn)}" if one.withdrawn else ""
        gone = f"withdrawn{at}: {one.withdrawn_because}"
    return branch(
        f"[{one.number}] {one.source} {one.key}",
        terms,
        gone,
        *(_version(version, n, len(one.versions)) for n, version in enumerate(one.versions, 1)),
        *(_reading(read) for read in one.readings),
    )


def _version(version: Version, number: int, of: int) -> Branch:
    published = f"published {when(version.published)}" if version.published else "undated"
    count = f"version {number} of {of}" if of > 1 else "report"
    return branch(
        f"{count} {version.id}: {published}, received {when(version.received)}",
        version.title,
        version.url or "",
    )


def _reading(read: Read) -> Branch:
    where = f"{read.place} ({read.precision})" if read.place else "not located"
    return branch(
        f"read as {read.kind}, severity {read.severity}, {where}, {span(read.happened)}, "
        f"graded {read.grade}",
        *read.reasons,
        *(f"place: {reason}" for reason in read.place_reasons if reason not in read.reasons),
    )
