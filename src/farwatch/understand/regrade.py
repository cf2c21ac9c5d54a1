"""A person's grade over the model's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from farwatch.model.event import Event
from farwatch.model.grade import CREDIBILITY, RELIABILITY, Grade
from farwatch.model.regrade import Regrade


def regraded(event: Event, words: Iterable[Regrade]) -> Event:
    """The event under the latest word on it that is not undone; as it is where there is none.
    What the model found stands among the reasons."""
    ours = [word for word in words if word.undone is None and _concerns(word, event)]
    if not ours:
        return event
    last = max(ours, key=lambda word: (word.at, word.id))
    return replace(event, grade=Grade(last.reliability, last.credibility, _reasons(event, last)))


def _concerns(word: Regrade, event: Event) -> bool:
    """Said of this event, or of another most of whose reports became part of this one."""
    kept = len(set(word.statements) & set(event.statements))
    return word.event == event.id or 2 * kept > len(word.statements)


def _reasons(event: Event, word: Regrade) -> tuple[str, ...]:
    said = (
        f"{word.by} grades it {word.code} ({RELIABILITY[word.reliability]}, "
        f"{CREDIBILITY[word.credibility]}) at {word.at:%Y-%m-%d %H:%M} UTC: {word.reason}"
    )
    return (said, f"the model graded it {event.grade}", *event.grade.reasons)


def carried(event: Event, previous: Event | None, words: Iterable[Regrade]) -> Event:
    """The event as persons grade it, one version after `previous`, or `previous` itself where
    nothing else changed."""
    graded = regraded(event, words)
    if previous is None:
        return graded
    same = replace(graded, version=previous.version)
    return previous if same == previous else replace(graded, version=previous.version + 1)
