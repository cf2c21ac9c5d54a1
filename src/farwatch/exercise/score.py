"""Score a desk against an exercise's truth: what should have come, in time, and what should not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from farwatch.model.event import Event, State
from farwatch.model.forecast import WatchNotice
from farwatch.model.protect import Alert
from farwatch.model.times import parse_utc

# A document's own second may fall just before the inject's; an alert cannot come before its cause.
_EARLY = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the score. `late_seconds` is sent minus due, negative when early; None: never."""

    rule: str  # expect | forbid | level
    name: str
    passed: bool
    detail: str
    late_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What the desk did: every revision of every alert, its events, and levels by place and time.

    `level_at` gives the level 1-6 of ("admin1:ZM.08", "unrest", time), None if not assessed;
    `notices` are the watch notices of forecasts.
    """

    alerts: Sequence[Alert]
    events: Sequence[Event]
    level_at: Callable[[str, str, datetime], int | None]
    notices: Sequence[WatchNotice] = ()


def score(truth: dict[str, Any], seen: Seen) -> list[Finding]:
    """Every expectation, prohibition and level of the truth, each as one or more findings."""
    findings: list[Finding] = []
    for entry in truth["expect"]:
        findings += _expected(entry, seen.alerts)
    for entry in truth["forbid"]:
        findings.append(_forbidden(entry, seen))
    for entry in truth["levels"]:
        findings.append(_level(entry, seen))
    findings += [_noticed(entry, seen) for entry in truth.get("notices", ())]
    return findings


def _expected(entry: dict[str, Any], alerts: Sequence[Alert]) -> Iterable[Finding]:
    after, by = parse_utc(entry["after"]) - _EARLY, parse_utc(entry["by"])
    for site in entry.get("sites") or [None]:
        fitting = [
            alert
            for alert in alerts
            if alert.sent >= after and _fits(entry, alert) and (site is None or site in alert.sites)
        ]
        if entry.get("first"):
            fitting = [a for a in fitting if _is_first(a, str(site), alerts)]
        name = entry["id"] + (f" at {site}" if site else "")
        sent = min((alert.sent for alert in fitting), default=None)
        if sent is None:
            nearest = _nearest(entry, site, alerts)
            yield Finding("expect", name, passed=False, detail=f"never came{nearest}")
        else:
            late = (sent - by).total_seconds()
            detail = "in time" if late <= 0 else f"{late:.0f} s late"
            yield Finding("expect", name, late <= 0, detail, late)


def _fits(entry: dict[str, Any], alert: Alert) -> bool:
    checks: dict[str, Callable[[Any], bool]] = {
        "kinds": lambda kinds: alert.kind.value in kinds,
        "route": lambda route: alert.route.value == route,
        "urgency": lambda urgency: alert.urgency == urgency,
        "severity": lambda severity: alert.severity == severity,
        "message": lambda message: alert.message.value == message,
        "to": lambda recipient: alert.recipient == recipient,
        "advice": lambda advice: advice in alert.advice,
        "verify": lambda _: not alert.released,
    }
    return all(check(entry[name]) for name, check in checks.items() if name in entry)


def _is_first(alert: Alert, site: str, alerts: Sequence[Alert]) -> bool:
    earlier = (a for a in alerts if a.event == alert.event and site in a.sites)
    return all(a.sent >= alert.sent for a in earlier)


def _nearest(entry: dict[str, Any], site: str | None, alerts: Sequence[Alert]) -> str:
    """What came instead, for the reader of a miss."""
    after, by = parse_utc(entry["after"]) - _EARLY, parse_utc(entry["by"])
    others = [
        f"{a.message.value} {a.kind.value} {a.route.value} {a.urgency} {a.severity} ({a.recipient})"
        for a in alerts
        if after <= a.sent <= by and (site is None or site in a.sites)
    ]
    return f"; instead: {'; '.join(others[:4])}" if others else ""


def _forbidden(entry: dict[str, Any], seen: Seen) -> Finding:
    if "events_in" in entry:
        wrong = [_told(e) for e in seen.events if _country(e) == entry["events_in"]]
    elif "events_before" in entry:
        bound = entry["events_before"]
        wrong = [
            _told(e)
            for e in seen.events
            if e.happened and e.happened.start.date().isoformat() < bound
        ]
    elif "max_per_site" in entry:
        wrong = _too_many(entry["max_per_site"], seen.alerts)
    else:
        wrong = [_shown(alert) for alert in seen.alerts if _is_forbidden(entry, alert)]
    detail = "none" if not wrong else f"{len(wrong)}: {'; '.join(wrong[:4])}"
    return Finding("forbid", entry["id"], not wrong, detail)


def _country(event: Event) -> str | None:
    return event.place.country if event.place and event.state is not State.WITHDRAWN else None


def _told(event: Event) -> str:
    return f"{event.kind.value} {event.title!r}"


def _shown(alert: Alert) -> str:
    return (
        f"{alert.sent:%m-%d %H:%M} {alert.message.value} {alert.kind.value} {alert.route.value} "
        f"{','.join(alert.sites)} to {alert.recipient}"
    )


def _too_many(most: int, alerts: Sequence[Alert]) -> list[str]:
    """Happenings told to a site's desk; revisions of one happening are one alert."""
    told = {(site, alert.event) for alert in alerts for site in alert.sites}
    counts = Counter(site for site, _ in told)
    return [f"{site} had {count}" for site, count in sorted(counts.items()) if count > most]


def _is_forbidden(entry: dict[str, Any], alert: Alert) -> bool:
    conditions = [
        "from" not in entry or alert.sent >= parse_utc(entry["from"]),
        "to" not in entry or alert.sent <= parse_utc(entry["to"]),
        "sites" not in entry or bool(set(entry["sites"]) & set(alert.sites)),
        not entry.get("any_site") or bool(alert.sites),
        "kinds" not in entry or alert.kind.value in entry["kinds"],
        alert.kind.value not in entry.get("except_kinds", ()),
        alert.message.value not in entry.get("except_messages", ()),
        "routes" not in entry or alert.route.value in entry["routes"],
        "recipients_other_than" not in entry or alert.recipient != entry["recipients_other_than"],
        "recipients_other_than" not in entry or alert.released,
    ]
    return all(conditions)


def _level(entry: dict[str, Any], seen: Seen) -> Finding:
    level = seen.level_at(entry["place"], entry["category"], parse_utc(entry["at"]))
    name = f"{entry['place']} {entry['category']} at {entry['at']}"
    wanted = f"{entry['min']}-{entry['max']}"
    passed = level is not None and entry["min"] <= level <= entry["max"]
    return Finding("level", name, passed, f"{level}, wanted {wanted}")


def _noticed(entry: dict[str, Any], seen: Seen) -> Finding:
    """A watch notice: in time, asking nobody to acknowledge it, and with the outcome it came to."""
    after, by = parse_utc(entry["after"]), parse_utc(entry["by"])
    mine = [one for one in seen.notices if one.country == entry["country"] and one.made >= after]
    if not mine:
        return Finding("expect", entry["id"], passed=False, detail="never came")
    first = min(mine, key=lambda one: one.made)
    late = (first.made - by).total_seconds()
    if any(alert.event == first.id for alert in seen.alerts):
        wrong = "somebody has to acknowledge it"
        return Finding("expect", entry["id"], passed=False, detail=wrong)
    if first.outcome != entry["outcome"]:
        wrong = f"scored as {first.outcome}, wanted {entry['outcome']}"
        return Finding("expect", entry["id"], passed=False, detail=wrong)
    detail = f"in time, {first.outcome}" if late <= 0 else f"{late:.0f} s late"
    return Finding("expect", entry["id"], late <= 0, detail, late)
