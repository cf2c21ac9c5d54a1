"""How urgent a happening is for a site, until when an alert holds, and what quiet hours hold."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from farwatch.model.event import Event
from farwatch.model.protect import Alert, Exposure
from farwatch.model.report import Span
from farwatch.protect import likely
from farwatch.protect.reach import URGENCIES, Reach
from farwatch.protect.routing import Quiet, Rules

_PRECISION = {"day": timedelta(days=1), "month": timedelta(days=31), "year": timedelta(days=366)}
_LEAST_HOLD = timedelta(hours=1)
_ONE_DAY = timedelta(hours=36)  # a span longer than this names no day


def urgency(event: Event, exposure: Exposure | None, reach: Reach, now: datetime) -> str:
    """CAP urgency: as issued by an authority, else by the table, distance and time left."""
    if event.official and reach.issued and event.urgency in URGENCIES:
        return event.urgency
    if reach.near is not None and _is_near(event, exposure, reach.near.km):
        return reach.near.urgency
    start = event.happened.start if event.happened else None
    if reach.announced_urgency is not None:
        return reach.announced_urgency if _is_announced(event, now) else reach.urgency
    if reach.lead_hours is not None and start is not None and start > now:
        expected, immediate = (timedelta(hours=hours) for hours in reach.lead_hours)
        left = start - now
        return "Immediate" if left <= immediate else "Expected" if left <= expected else "Future"
    severity = exposure.severity if exposure else event.severity
    return reach.from_severity.get(severity, reach.urgency)


def _is_announced(event: Event, now: datetime) -> bool:
    """Still ahead: on a later day, or an authority's notice that names no one day."""
    happened = event.happened
    if event.urgency == "Future":
        return True
    if happened is None:
        return event.official
    if happened.start.date() > now.date():
        return True
    span = (happened.end - happened.start) if happened.end else timedelta()
    return event.official and span > _ONE_DAY


def _is_near(event: Event, exposure: Exposure | None, km: float) -> bool:
    if exposure is None:
        return False
    if exposure.site == event.site:
        return True
    chance = likely.inside(exposure.distance_km, km, exposure.uncertainty_km)
    return float(chance) >= 0.5


def ends(event: Event, reach: Reach, now: datetime) -> datetime:
    """Until when an alert about it holds: always a time, never before an hour from now.

    An authority's own end time holds, with the table's margin; else the table's hold after the
    happening or its last report.
    """
    if event.expires is not None and event.official and reach.issued:
        over = event.expires + timedelta(hours=reach.issued_hold_hours)
    else:
        over = max(_last_moment(event), event.last_reported) + _hold(event, reach, now)
    return max(over, now + _LEAST_HOLD)


def is_past(event: Event, reach: Reach, now: datetime) -> bool:
    """True if the danger was over before it was first heard of: it alerts nobody anew."""
    if event.official and reach.issued:
        return False  # the issuer's own warnings stand until the issuer ends them
    return _last_moment(event) + _hold(event, reach, now) <= now


def _hold(event: Event, reach: Reach, now: datetime) -> timedelta:
    hours = reach.hold_hours
    happened = event.happened
    if reach.announced_hold_hours is not None and (happened is None or happened.start > now):
        hours = reach.announced_hold_hours
    return timedelta(hours=hours)


def _last_moment(event: Event) -> datetime:
    """The end of the happening as far as it is known; a day stated alone lasts to its end."""
    happened: Span | None = event.happened
    if happened is None:
        return event.first_reported
    start = happened.start + _PRECISION.get(happened.precision, timedelta())
    return max(happened.end or start, start)


def held_until(alert: Alert, quiet: Quiet | None, rules: Rules, now: datetime) -> datetime | None:
    """When a quiet recipient may be told; None: at once.

    Only what can wait is held, and only where the alert still holds when the quiet is over.
    """
    can_wait = (
        quiet is not None
        and alert.severity in rules.quiet_severities
        and alert.urgency in rules.quiet_urgencies
    )
    if quiet is None or not can_wait or alert.message.value == "Cancel":
        return None
    local = now + timedelta(hours=quiet.offset_hours)
    clock = local.time()
    overnight = quiet.start > quiet.end
    late, early = clock >= quiet.start, clock < quiet.end
    if not ((late or early) if overnight else (late and early)):
        return None
    day = local.date() + timedelta(days=1 if overnight and late else 0)
    over = datetime.combine(day, quiet.end, tzinfo=local.tzinfo)
    over -= timedelta(hours=quiet.offset_hours)
    return over if alert.ends > over else None


def quiet_of(recipient: str, rules: Rules) -> Quiet | None:
    """The quiet hours of a recipient, those of the first rule that names it; None: none."""
    for rule in rules.recipients:
        name = re.escape(rule.name).replace(re.escape("{site}"), ".+")
        if re.fullmatch(name, recipient):
            return rule.quiet
    return None
