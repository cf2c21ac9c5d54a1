"""Drafts: what each recipient ought to be told of an event, before it is held against the past."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from farwatch.model.cap import LEVEL_SEVERITY
from farwatch.model.event import Event
from farwatch.model.kinds import Kind
from farwatch.model.protect import Alert, Exposure, Message, Route
from farwatch.protect.reach import URGENCIES, Reach
from farwatch.protect.routing import RecipientRule, RouteRule, Rules, When
from farwatch.protect.screen import reach_of
from farwatch.protect.timing import ends, urgency
from farwatch.protect.wording import certainty, headline

_LOUD = {Route.INTERRUPT: 0, Route.QUEUE: 1, Route.DIGEST: 2}
# What the desk found out by itself: no report stands behind it, so no origin has to confirm it.
_OUR_FINDINGS = frozenset({Kind.SILENCE, Kind.LEVEL_CHANGE})


@dataclass(frozen=True, slots=True)
class Judged:
    """An exposure (None: the event touches no site) with its urgency, its route and why."""

    exposure: Exposure | None
    severity: int
    urgency: str
    route: Route
    reasons: tuple[str, ...]


def alert_key(event: str, recipient: str) -> str:
    """Happening x recipient; the event's version is left out."""
    return f"{event}/{recipient}"


def alert_id(key: str, revision: int) -> str:
    """ "a" and 16 hex digits, the same whenever the same revision is decided again."""
    return "a" + hashlib.blake2b(f"{key}\x1f{revision}".encode(), digest_size=8).hexdigest()


def drafts(
    event: Event, exposures: Sequence[Exposure], rules: Rules, now: datetime, *, released: bool
) -> dict[str, Alert]:
    """The alert each recipient would get as a first revision; empty if nobody is concerned."""
    reach = reach_of(event.kind, rules.reach)
    if event.kind is Kind.LEVEL_CHANGE and not _rises(event, rules):
        return {}
    judged = [_judge(event, exposure, reach, rules, now) for exposure in exposures]
    if not exposures and (event.kind is Kind.SILENCE or event.site is not None):
        judged = [_judge(event, None, reach, rules, now)]  # nobody's site, but the desk's concern
    heard = [item for item in judged if item is not None]
    groups = _groups(event, heard, rules, released=released)
    return {
        name: _draft(event, items, name, rules, now, released=released)
        for name, items in groups.items()
    }


def release(event: Event, exposures: Sequence[Exposure], rules: Rules) -> str | None:
    """Why this may reach recipients without a duty officer; None: it may not."""
    grade = event.grade.credibility
    if event.restricted or grade > rules.release_credibility:
        return None
    worst = max((exposure.severity for exposure in exposures), default=event.severity)
    if event.site is not None and event.kind.value not in rules.own_site_except:
        alarm = event.severity >= rules.own_site_severity and grade <= rules.own_site_credibility
        if alarm:
            return f"an alarm of our own site {event.site}, graded {event.grade}"
    feeds = sorted(rules.auto_release.intersection(event.sources))
    if (
        not feeds or event.kind in _OUR_FINDINGS
    ):  # the feeds of a silence are those that say nothing
        return None
    severity = max(worst, event.severity)
    for rule in rules.feed_releases:
        fits = rule.kinds is None or event.kind.value in rule.kinds
        if fits and severity >= rule.severity:
            return f"the official feed {feeds[0]} says so, severity {severity}"
    return None


def may_leave(event: Event, rules: Rules) -> bool:
    """False for what never leaves the desk: doubtful, restricted, or of one unofficial origin."""
    return not event.restricted and not _unconfirmed(event, rules)


def _unconfirmed(event: Event, rules: Rules) -> bool:
    """Doubtful, or told by one unofficial origin; the desk's own findings and sites need none."""
    if event.grade.credibility > rules.release_credibility:
        return True
    if event.official or event.site is not None or event.kind in _OUR_FINDINGS:
        return False
    return len(set(event.origins)) < rules.release_origins


def _rises(event: Event, rules: Rules) -> bool:
    level, before = event.measures.get("level"), event.measures.get("from")
    if not isinstance(level, int | float):
        return True  # whoever made it without numbers has judged it already
    up = level - before if isinstance(before, int | float) else 0
    return level > (before if isinstance(before, int | float) else 0) and (
        level >= rules.level_at_least or up >= rules.level_up_by
    )


def _judge(
    event: Event, exposure: Exposure | None, reach: Reach, rules: Rules, now: datetime
) -> Judged | None:
    severity = exposure.severity if exposure else event.severity
    soon = urgency(event, exposure, reach, now)
    rule = next((r for r in rules.routes if _fits(r.when, event, exposure, soon)), None)
    if rule is None or rule.route is None:
        return None
    route, why = _quieted(rule, event, exposure, rules)
    return Judged(exposure, severity, soon, route, (f"route {route.value}: {rule.name}", *why))


def _fits(when: When, event: Event, exposure: Exposure | None, soon: str) -> bool:
    severity = exposure.severity if exposure else event.severity
    level = event.measures.get("level", 0)
    checks = (
        when.kinds is None or event.kind.value in when.kinds,
        severity >= when.severity,
        when.level == 0 or (isinstance(level, int | float) and level >= when.level),
        when.own_site is None or when.own_site == _own(event, exposure),
        when.official is None or when.official == event.official,
        when.urgency is None or soon in when.urgency,
        event.grade.credibility <= when.credibility,
    )
    return all(checks) and _fits_site(when, exposure)


def _fits_site(when: When, exposure: Exposure | None) -> bool:
    if exposure is None:
        return when.within_km is None and when.tiers is None
    near = when.within_km is None or exposure.distance_km <= when.within_km
    return near and (when.tiers is None or exposure.tier in when.tiers)


def _own(event: Event, exposure: Exposure | None) -> bool:
    return event.site is not None and (exposure is None or exposure.site == event.site)


def _quieted(
    rule: RouteRule, event: Event, exposure: Exposure | None, rules: Rules
) -> tuple[Route, tuple[str, ...]]:
    """An interrupt must be likely enough and not doubtful; else it queues."""
    if rule.route is not Route.INTERRUPT:
        return rule.route or Route.DIGEST, ()
    if event.grade.credibility > rules.interrupt_credibility:
        return Route.QUEUE, (f"credibility {event.grade.credibility} does not interrupt",)
    if exposure is None:
        return Route.INTERRUPT, ()
    needed = rules.interrupt_probability.get(max(exposure.severity, 2), 1.0)
    if exposure.probability < needed:
        chance = f"P(site inside reach) {exposure.probability:.2f} is under {needed:g}"
        return Route.QUEUE, (chance,)
    return Route.INTERRUPT, ()


def _groups(
    event: Event, judged: Sequence[Judged], rules: Rules, *, released: bool
) -> dict[str, list[Judged]]:
    groups: dict[str, list[Judged]] = {}
    if event.restricted:
        return {rules.restricted: list(judged)} if judged else {}
    for recipient in rules.recipients:
        for item in judged:
            name = _recipient(recipient, item, event, released=released)
            if name is not None:
                groups.setdefault(name, []).append(item)
    return groups


def _recipient(rule: RecipientRule, item: Judged, event: Event, *, released: bool) -> str | None:
    """The group this exposure goes to under this rule; None: to nobody."""
    if not (released or rule.before_release) or item.severity < rule.severity:
        return None
    if rule.kinds is not None and event.kind.value not in rule.kinds:
        return None
    if item.exposure is None:
        return rule.name if "{site}" not in rule.name and rule.before_release else None
    if rule.tiers is not None and item.exposure.tier not in rule.tiers:
        return None
    return rule.name.replace("{site}", item.exposure.site)


def _draft(
    event: Event, items: Sequence[Judged], recipient: str, rules: Rules, now: datetime,
    *, released: bool,
) -> Alert:  # fmt: skip
    reach = reach_of(event.kind, rules.reach)
    worst = max(items, key=_weight)
    loudest = min(items, key=lambda item: _LOUD[item.route])
    exposures = tuple(item.exposure for item in items if item.exposure is not None)
    severity = LEVEL_SEVERITY[worst.severity]
    key = alert_key(event.id, recipient)
    return Alert(
        id=alert_id(key, 1), key=key, revision=1, message=Message.ALERT, event=event.id,
        event_version=event.version, kind=event.kind, level=worst.severity, severity=severity,
        urgency=min((item.urgency for item in items), key=URGENCIES.index),
        certainty=certainty(event), route=loudest.route,
        headline=headline(event, exposures, severity, verify=_unconfirmed(event, rules)),
        sites=_sites(event, exposures), recipient=recipient, sent=now,
        ends=ends(event, reach, now), released=released and may_leave(event, rules),
        advice=_advice(event, reach), exposures=exposures,
        exercise=event.exercise or rules.exercise,
        reasons=_reasons(event, loudest, worst), restricted=event.restricted,
    )  # fmt: skip


def _weight(item: Judged) -> tuple[int, float, float]:
    if item.exposure is None:
        return (item.severity, 1.0, 0.0)
    return (item.severity, item.exposure.probability, -item.exposure.distance_km)


def _sites(event: Event, exposures: Sequence[Exposure]) -> tuple[str, ...]:
    named = dict.fromkeys(exposure.site for exposure in exposures)
    if not named and event.site is not None:
        return (event.site,)
    return tuple(named)


def _advice(event: Event, reach: Reach) -> tuple[str, ...]:
    issued = event.advice if event.official and reach.issued else ()
    return tuple(word for word in issued if word != "None") or reach.advice


def _reasons(event: Event, loudest: Judged, worst: Judged) -> tuple[str, ...]:
    grade = f"graded {event.grade}" + (", official" if event.official else "")
    count = len(set(event.origins))
    origins = f"{count} independent origin{'' if count == 1 else 's'}"
    if event.kind in _OUR_FINDINGS:
        origins = "the desk's own finding"
    exposed = worst.exposure.reasons if worst.exposure else ()
    return (*dict.fromkeys((*loudest.reasons, *exposed, f"{grade}, {origins}")),)
