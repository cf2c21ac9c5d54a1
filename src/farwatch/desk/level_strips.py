"""A place's levels over time as spans without holes: a level, or nothing that was known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from farwatch.store.place_levels import Step

KEPT_FOR = timedelta(hours=36)  # the watch assesses at least daily


@dataclass(frozen=True, slots=True)
class Span:
    """A level from a time to a time. None: not assessed, or (`kept` False) nothing was kept."""

    start: datetime
    end: datetime
    level: int | None
    kept: bool = True


def strips(
    steps: Sequence[Step], times: Sequence[datetime], since: datetime, until: datetime
) -> dict[str, tuple[Span, ...]]:
    """Spans of each category and of "", the overall level, filling [since, until]."""
    holes = _holes(times, since, until)
    names = dict.fromkeys(["", *sorted({one.category for one in steps})])
    return {
        name: tuple(_cut(_spans([s for s in steps if s.category == name], since, until), holes))
        for name in names
    }


def _holes(
    times: Sequence[datetime], since: datetime, until: datetime
) -> list[tuple[datetime, datetime]]:
    """When nothing was kept: before the first assessment, and past what each stands for."""
    if not times:
        return [(since, until)]
    found = [(since, times[0])] if times[0] > since else []
    for one, following in pairwise([*times, until]):
        if following - one > KEPT_FOR:
            found.append((max(since, one + KEPT_FOR), following))
    return [hole for hole in found if hole[0] < hole[1]]


def _spans(steps: Sequence[Step], since: datetime, until: datetime) -> list[Span]:
    marks = [(max(since, one.as_of), one.level) for one in steps]
    if not marks:
        return [Span(since, until, None, kept=False)]
    ends = [when for when, _ in marks[1:]] + [until]
    first = [Span(since, marks[0][0], None, kept=False)] if marks[0][0] > since else []
    found = [Span(when, end, level) for (when, level), end in zip(marks, ends, strict=True)]
    return [*first, *(span for span in found if span.start < span.end)]


def _cut(spans: Sequence[Span], holes: Sequence[tuple[datetime, datetime]]) -> list[Span]:
    """The spans with the holes cut out of them."""
    found = list(spans)
    for begin, end in holes:
        kept: list[Span] = []
        for one in found:
            if one.end <= begin or one.start >= end:
                kept.append(one)
                continue
            if one.start < begin:
                kept.append(Span(one.start, begin, one.level, one.kept))
            kept.append(Span(max(one.start, begin), min(one.end, end), None, kept=False))
            if one.end > end:
                kept.append(Span(end, one.end, one.level, one.kept))
        found = kept
    return found
