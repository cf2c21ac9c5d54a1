"""An event's versions, each with what it says anew."""

from __future__ import annotations

from collections.abc import Sequence

from farwatch.desk.chain import Step
from farwatch.model.event import Event


def steps(versions: Sequence[Event]) -> tuple[Step, ...]:
    """The versions, first to last, each told apart from the one before it."""
    found = []
    for number, event in enumerate(versions):
        before = versions[number - 1] if number else None
        found.append(Step(event.version, event.last_reported, _changes(before, event)))
    return tuple(found)


def _changes(before: Event | None, event: Event) -> tuple[str, ...]:
    """What a version says anew; the first says all of it."""
    words = _words(event)
    if before is None:
        return tuple(f"{name} {value}" for name, value in words.items())
    old = _words(before)
    found = [f"{name} {old[name]} -> {new}" for name, new in words.items() if old[name] != new]
    joined = len(set(event.statements) - set(before.statements))
    left = len(set(before.statements) - set(event.statements))
    found += [f"{joined} statements joined"] if joined else []
    found += [f"{left} statements left"] if left else []
    return tuple(found) or ("newer versions of its reports",)


def _words(event: Event) -> dict[str, str]:
    return {
        "kind": event.kind.value,
        "severity": str(event.severity),
        "grade": str(event.grade),
        "state": event.state.value,
        "place": event.place.name if event.place else "not located",
        "ends": f"{event.expires:%Y-%m-%d %H:%M}" if event.expires else "open",
        "reports": str(len(event.statements)),
    }
