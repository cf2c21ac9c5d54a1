"""What changed between two revisions of an alert, as a reader asks it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from farwatch.model.protect import Alert


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs: its name, and both values as words ("" for none)."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision and what it says otherwise than the one before; the first changes nothing."""

    alert: Alert
    changes: tuple[Change, ...]


def told_apart(revisions: Sequence[Alert]) -> tuple[Revision, ...]:
    """The revisions, first to last, each with its changes."""
    before: list[Alert | None] = [None, *revisions]
    return tuple(
        Revision(one, tuple(_changes(old, one)) if old else ())
        for old, one in zip(before, revisions, strict=False)
    )


def level_before(revisions: Sequence[Alert]) -> int | None:
    """The last level that was another than now; None where it never changed."""
    now = revisions[-1].level if revisions else None
    return next((one.level for one in reversed(revisions) if one.level != now), None)


def _changes(before: Alert, after: Alert) -> Iterator[Change]:
    old, new = _words(before), _words(after)
    for what, word in new.items():
        if old[what] != word:
            yield Change(what, old[what], word)
    came = [site for site in after.sites if site not in before.sites]
    went = [site for site in before.sites if site not in after.sites]
    if came:
        yield Change("sites newly inside", "", ", ".join(came))
    if went:
        yield Change("sites no longer inside", ", ".join(went), "")


def _words(alert: Alert) -> dict[str, str]:
    return {
        "severity": f"{alert.level} {alert.severity}",
        "urgency": alert.urgency,
        "certainty": alert.certainty,
        "route": alert.route.value,
        "released": "yes" if alert.released else "no",
        "advice": ", ".join(alert.advice),
        "headline": alert.headline,
        "ends": f"{alert.ends:%Y-%m-%d %H:%M} UTC",
    }
