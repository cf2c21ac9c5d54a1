"""Escalation: an unconfirmed notice goes to the next channel, the next person, the supervisor.

The timer is the notice's own `due`. What is done when it is over, the next message and the next
`due`, is one transaction: killed before it nothing has happened, killed after it all has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from farwatch.desk.notifying import (
    Meant,
    Telling,
    directions,
    interval,
    message,
    reachable,
    telling,
)
from farwatch.desk.notifying import tell as tell_persons
from farwatch.desk.opening import Desk
from farwatch.model.protect import Alert, AlertState, Message
from farwatch.model.recipient import AWAITED, Notice, NoticeState, Recipient
from farwatch.store import alerts, notices, outbox

_AT_ONCE = 500  # notices a transaction
_NAMED = 3


def escalate(desk: Desk, now: datetime) -> int:
    """Look after every notice that is due; how many there were."""
    done = 0
    while True:
        with desk.database.begin() as conn:
            due = notices.due(conn, now, _AT_ONCE)
            if not due:
                return done
            how = telling(desk, conn, now)
            standing = alerts.by_keys(conn, {notice.key for notice in due})
            lost = outbox.lost(conn, [notice.id for notice in due])
            queued, changed = [], []
            for notice in due:
                silent = notice.id in lost and notice.step >= len(notice.channels)
                after = _after(how, notice, standing.get(notice.key), silent=silent)
                changed.append(after)
                if after.step > notice.step:
                    queued.append(message(how, after))
            notices.put(conn, changed)
            outbox.enqueue(conn, [one for one in queued if one is not None])
            _pass_on(how, [n for n in changed if n.state is NoticeState.LATE], standing)
            done += len(due)


def _after(how: Telling, notice: Notice, alert: Alert | None, *, silent: bool) -> Notice:
    """The notice as it stands once it was looked after; `silent` that no channel reached them."""
    ended = _ended(notice, alert)
    if ended is not None:
        return replace(notice, state=ended, due=None)
    if notice.deadline is None or how.now >= notice.deadline or silent:
        return replace(notice, state=NoticeState.LATE, due=None)
    if notice.step < len(notice.channels):
        limit = how.rules.deadline(alert) if alert is not None else None
        minutes = (notice.deadline - notice.asked) / timedelta(minutes=1)
        wait = interval(
            int(minutes), limit.channel_minutes if limit else 0, len(notice.channels)
        )  # fmt: skip
        return replace(
            notice, step=notice.step + 1, due=min(how.now + wait, notice.deadline)
        )  # fmt: skip
    return replace(notice, due=notice.deadline)


def _ended(notice: Notice, alert: Alert | None) -> NoticeState | None:
    """Why nothing is awaited any more; None: it is."""
    if notice.state not in AWAITED:
        return notice.state
    if alert is None or alert.message is Message.CANCEL:
        return NoticeState.OVER
    if alert.state is AlertState.ACKNOWLEDGED and notice.in_turn:
        return NoticeState.COVERED  # somebody acknowledged it at the desk
    if alert.state not in alerts.ACTIVE:
        return NoticeState.OVER
    return None


def _pass_on(how: Telling, late: Sequence[Notice], standing: dict[str, Alert]) -> None:
    """Tell the next person in turn, or the supervisors, of those who stayed silent."""
    meant: dict[str, dict[str, Meant]] = {}
    asked = {n.event: notices.recipients_of(how.conn, n.event) for n in late}
    for notice in late:
        alert = standing[notice.key]
        here = meant.setdefault(notice.event, {})
        before = asked[notice.event]
        following = None
        if notice.in_turn:
            following = _next_in_turn(how, alert, before | set(here))
        chosen = [following] if following else _supervisors(how, notice)
        for who in chosen:
            if who.id in before:
                continue  # they know of it, and answer for themselves
            one = here.setdefault(who.id, Meant(who, in_turn=following is not None))
            one.alerts += [alert] if alert not in one.alerts else []
            if len(one.reasons) < _NAMED:  # of a thousand silent ones three names do
                one.reasons.append(_why(how, notice))
    for event, people in meant.items():
        tell_persons(how, event, people.values())


def _next_in_turn(how: Telling, alert: Alert, asked: set[str]) -> Recipient | None:
    """The next who has not been asked and can be reached."""
    for one in directions(how, alert):
        if not one.rule.in_turn:
            continue
        for candidate in one.candidates:
            who = candidate.recipient
            if who.id not in asked and reachable(how, who, alert.route.value):
                return who
    return None


def _supervisors(how: Telling, notice: Notice) -> list[Recipient]:
    """The person's own supervisor, else everybody of the rules' roles."""
    people = how.directory.people
    who = people.get(notice.recipient)
    if who is not None and who.supervisor in people:
        return [people[str(who.supervisor)]]
    return [
        one for one in how.directory.of_roles(how.rules.supervisors)
        if one.id != notice.recipient
    ]  # fmt: skip


def _why(how: Telling, notice: Notice) -> str:
    who = how.directory.people.get(notice.recipient)
    name = who.name if who else notice.recipient
    if not notice.channels:
        return f"{name} cannot be reached by any channel"
    if notice.deadline is not None and how.now < notice.deadline:
        return f"{name} could not be reached by any channel"
    minutes = ((notice.deadline or how.now) - notice.asked) / timedelta(minutes=1)
    return f"{name} has not confirmed within {minutes:.0f} min"


def due_at(desk: Desk) -> datetime | None:
    """When the next notice is to be looked after; None: none awaits anything."""
    with desk.database.read() as conn:
        return notices.next_due(conn)
