"""Ask again those whom an acknowledgement at the desk had covered, once it was taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from farwatch.desk.notifying import Telling, happening_of, interval, message, telling
from farwatch.desk.opening import Desk
from farwatch.model.protect import Alert
from farwatch.model.recipient import Notice, NoticeState
from farwatch.store import notices, outbox

_WHY = "an acknowledgement was taken back"


def ask_again(desk: Desk, conn: Connection, undone: Sequence[Alert], now: datetime) -> int:
    """Ask in a new revision, with the whole time to answer, everybody in turn whose notice was
    covered while these alerts were acknowledged; how many. Where somebody of them confirmed by
    their link, the others stay covered. Who had not been let off is awaited as before."""
    how, fresh = telling(desk, conn, now), list[Notice]()
    for alert in undone:
        every = notices.of_event(conn, happening_of(alert))
        latest = {one.recipient: one for one in every}.values()
        mine = [one for one in latest if one.in_turn and one.key == alert.key]
        if any(one.state is NoticeState.CONFIRMED for one in mine):
            continue
        covered = [one for one in mine if one.state is NoticeState.COVERED]
        fresh += [one for one in (_anew(how, alert, one) for one in covered) if one is not None]
    numbers = notices.add(conn, fresh)
    stored = [replace(one, id=numbers[one.event, one.recipient, one.revision]) for one in fresh]
    queued = [message(how, one) for one in stored]
    outbox.enqueue(conn, [one for one in queued if one is not None])
    return len(stored)


def _anew(how: Telling, alert: Alert, covered: Notice) -> Notice | None:
    """The notice that asks again; None where nobody is awaited by the rules, or is gone."""
    limit = how.rules.deadline(alert)
    if not limit.minutes or covered.recipient not in how.directory.people:
        return None
    wait = interval(limit.minutes, limit.channel_minutes, len(covered.channels))
    return replace(
        covered, id=0, revision=covered.revision + 1, state=NoticeState.ASKED, asked=how.now,
        deadline=how.now + timedelta(minutes=limit.minutes), due=how.now + wait, step=1,
        expires=how.now + timedelta(hours=how.rules.link_hours), reasons=(_WHY,),
    )  # fmt: skip
