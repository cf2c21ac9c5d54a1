"""A person's quiet hours, in their own zone; they hold only what can wait."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from farwatch.model.protect import Alert, Message
from farwatch.model.recipient import Recipient
from farwatch.protect.routing import Rules


def quiet_until(who: Recipient, alert: Alert, rules: Rules, now: datetime) -> datetime | None:
    """When a person may be told; None: at once.

    Held is what the rules let wait (Minor or Moderate with Future urgency), by nobody else's clock
    than the person's, and only where the alert still holds when the quiet is over.
    """
    waits = alert.severity in rules.quiet_severities and alert.urgency in rules.quiet_urgencies
    if who.quiet is None or not waits or alert.message is Message.CANCEL:
        return None
    start, end = (time.fromisoformat(text) for text in who.quiet)
    local = now.astimezone(ZoneInfo(who.zone))
    clock, overnight = local.time(), start > end
    late, early = clock >= start, clock < end
    if not ((late or early) if overnight else (late and early)):
        return None
    day = local.date() + timedelta(days=1 if overnight and late else 0)
    over = datetime.combine(day, end, tzinfo=local.tzinfo).astimezone(now.tzinfo)
    return over if alert.ends > over else None
