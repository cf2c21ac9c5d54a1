"""From alerts to persons: who is told, in which order, by which channel, until when they answer.

Notices and their first messages are written in the alert's own transaction: an alert that stands
has told everybody, or will.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from farwatch.desk import links
from farwatch.desk.directory import delivery_rules, directory, open_channels
from farwatch.desk.opening import Desk
from farwatch.desk.saying import said
from farwatch.model.protect import Alert, Message
from farwatch.model.recipient import AWAITED, Notice, NoticeState, Recipient, Told
from farwatch.protect.delivery_rules import DeliveryRules
from farwatch.protect.directing import Candidate, Direction, Directory, direct
from farwatch.protect.quiet import quiet_until
from farwatch.protect.texts import compose
from farwatch.store import alerts as alerts_store
from farwatch.store import notices, outbox, sites
from farwatch.store.outbox import Outgoing


@dataclass(frozen=True)
class Telling:
    """What telling persons of one happening needs."""

    desk: Desk
    conn: Connection
    rules: DeliveryRules
    directory: Directory
    open: frozenset[str]
    key: bytes
    now: datetime


@dataclass
class Meant:
    """A person meant to be told, and by which of a happening's alerts."""

    recipient: Recipient
    alerts: list[Alert] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    in_turn: bool = False
    asks: bool = True


def telling(desk: Desk, conn: Connection, now: datetime) -> Telling:
    """The things needed, as they stand now."""
    return Telling(
        desk, conn, delivery_rules(desk), directory(desk, conn), open_channels(desk),
        links.secret(conn), now,
    )  # fmt: skip


def notify(desk: Desk, conn: Connection, told: Sequence[Alert], now: datetime) -> int:
    """Tell the recipients whom these alerts concern; how many messages were queued.

    All of one happening that a person is to hear is one message.
    """
    if not told:
        return 0
    how = telling(desk, conn, now)
    if not how.directory.people:
        return 0
    by_event: dict[str, list[Alert]] = {}
    for alert in told:
        by_event.setdefault(happening_of(alert), []).append(alert)
    queued = 0
    for event, alerts in by_event.items():
        over = [alert for alert in alerts if alert.message is Message.CANCEL]
        live = [alert for alert in alerts if alert.message is not Message.CANCEL]
        queued += _cancel(how, event, over) if over else 0
        meant = _meant(how, live) if live else {}
        queued += tell(how, event, _also_told(how, event, live, meant).values())
    return queued


def happening_of(alert: Alert) -> str:
    """The event that began the alert's thread: one that it was merged into later has another id,
    and the thread stays the same."""
    return alert.key.removesuffix(f"/{alert.recipient}")


def directions(how: Telling, alert: Alert) -> list[Direction]:
    """Whom an alert goes to, with the reasons."""
    countries = {site.id: site.country for site in sites.named(how.conn, alert.sites)}
    return direct(
        alert, countries, how.directory, how.rules, how.desk.rules.restricted, how.now
    )  # fmt: skip


def tell(how: Telling, event: str, meant: Iterable[Meant]) -> int:
    """Write a notice and its first message for everybody to whom it says something new."""
    people = list(meant)
    before = notices.latest(how.conn, event, [one.recipient.id for one in people])
    words: dict[tuple[str, ...], Told] = {}
    fresh, older = [], []
    for one in people:
        previous = before.get(one.recipient.id)
        news = _news(one, previous)
        if not news:
            continue
        keys = tuple(alert.id for alert in one.alerts)
        if keys not in words:
            words[keys] = said(how.desk, how.conn, one.alerts, how.now)
        fresh.append(replace(_notice(how, one, previous, words[keys]), event=event))
        older += [previous] if previous is not None else []
    replaced = [one for one in older if one.state in AWAITED]
    notices.put(how.conn, [replace(n, state=NoticeState.REPLACED, due=None) for n in replaced])
    outbox.spare(how.conn, [one.id for one in older], "replaced by a newer revision")
    numbers = notices.add(how.conn, fresh)
    stored = [replace(n, id=numbers[n.event, n.recipient, n.revision]) for n in fresh]
    messages = [message(how, notice) for notice in stored]
    return outbox.enqueue(how.conn, [one for one in messages if one is not None])


def message(how: Telling, notice: Notice) -> Outgoing | None:
    """The message of a notice's next channel; None where there is none, or nobody to send to."""
    who = how.directory.people.get(notice.recipient)
    step = max(notice.step - 1, 0)
    if who is None or step >= len(notice.channels):
        return None
    channel = notice.channels[step]
    settings = how.desk.settings
    asks = notice.state in AWAITED
    link = links.link(settings.site_url, notice, how.key) if asks else ""
    text = compose(notice.told, who, channel, link, notice.reasons, settings.organisation)
    due = how.now if notice.step > 1 else max(notice.asked, how.now)
    payload = {
        "subject": text.subject, "body": text.body, "exercise": notice.told.exercise,
        "to": who.addresses[channel], "language": who.language,
    }  # fmt: skip
    return Outgoing(notice.key, notice.recipient, channel, notice.revision, due, payload, notice.id)


def reachable(how: Telling, who: Recipient, route: str) -> tuple[str, ...]:
    """The channels by which a person can be told, in the route's order; any open one if none of
    the route's reaches them."""
    wanted = how.rules.channels.get(route, ())
    named = [name for name in wanted if name in who.addresses and name in how.open]
    return tuple(named or [name for name in who.addresses if name in how.open])


def _meant(how: Telling, alerts: Sequence[Alert]) -> dict[str, Meant]:
    found: dict[str, Meant] = {}
    for alert in alerts:
        for one in directions(how, alert):
            chosen: Sequence[Candidate] = one.candidates
            if one.rule.in_turn:
                chosen = [c for c in chosen if reachable(how, c.recipient, alert.route.value)][:1]
            for candidate in chosen:
                person = candidate.recipient
                meant = found.setdefault(person.id, Meant(person))
                if alert not in meant.alerts:
                    meant.alerts.append(alert)
                meant.in_turn = meant.in_turn or one.rule.in_turn
                meant.reasons += [r for r in candidate.reasons if r not in meant.reasons]
    return found


def _also_told(
    how: Telling, event: str, alerts: Sequence[Alert], meant: dict[str, Meant]
) -> dict[str, Meant]:
    """Those who heard of an earlier revision hear of the new one too; they are not asked again."""
    revised = {alert.key: alert for alert in alerts if alert.revision > 1}
    if not revised:
        return meant
    for notice in notices.of_event(how.conn, event):
        mine = [alert for key, alert in revised.items() if key in notice.covers]
        who = how.directory.people.get(notice.recipient)
        if mine and who is not None and notice.recipient not in meant:
            meant[notice.recipient] = Meant(who, mine, ["was told before"], asks=False)
    return meant


def _news(one: Meant, previous: Notice | None) -> bool:
    """Whether a person has not been told this yet: a newer revision, a graver or a further alert.

    The same alerts again, as when one is released that its officer has read, are no news.
    """
    if previous is None or previous.state is NoticeState.OVER:
        return True
    known = {near.site for near in previous.told.sites}
    for alert in one.alerts:
        before = previous.covers.get(alert.key)
        if before is not None and alert.revision > before:
            return True
        if before is None and (alert.level > previous.told.level or set(alert.sites) - known):
            return True
    return False


def _notice(how: Telling, one: Meant, previous: Notice | None, told: Told) -> Notice:
    lead = max(one.alerts, key=lambda alert: (_in_turn(one, alert), alert.level, alert.key))
    limit = how.rules.deadline(lead)
    channels = reachable(how, one.recipient, lead.route.value)
    asked = quiet_until(one.recipient, lead, how.desk.rules, how.now) or how.now
    asks = bool(limit.minutes) and one.asks
    deadline = asked + timedelta(minutes=limit.minutes) if asks else None
    covers = dict(previous.covers) if previous is not None else {}
    due = asked + interval(limit.minutes, limit.channel_minutes, len(channels))
    return Notice(
        event=lead.event, key=lead.key, recipient=one.recipient.id,
        revision=previous.revision + 1 if previous is not None else 1,
        group=lead.recipient, in_turn=one.in_turn,
        state=NoticeState.ASKED if asks else NoticeState.TOLD, told=told,
        covers=covers | {alert.key: alert.revision for alert in one.alerts},
        channels=channels, asked=asked, deadline=deadline,
        expires=how.now + timedelta(hours=how.rules.link_hours),
        due=due if asks else None, step=1, reasons=tuple(one.reasons),
    )  # fmt: skip


def interval(minutes: int, channel_minutes: int, channels: int) -> timedelta:
    """How long a channel has before the next one: all of a person's fit before the deadline. One
    who cannot be reached at all is passed over at once."""
    if not channels:
        return timedelta()
    return timedelta(minutes=min(channel_minutes or minutes, minutes / channels))


def _in_turn(one: Meant, alert: Alert) -> bool:
    return one.in_turn and not alert.recipient.startswith("site:")


def _cancel(how: Telling, event: str, over: Sequence[Alert]) -> int:
    """Tell exactly those who were told: who has only a message waiting hears of neither."""
    ended = {alert.key: alert for alert in over}
    every = notices.of_event(how.conn, event)
    latest = {notice.recipient: notice for notice in every}
    mine = {name: n for name, n in latest.items() if set(n.covers) & set(ended)}
    gone = _gone(how, mine.values()) | set(ended)
    whole = {name: n for name, n in mine.items() if set(n.covers) <= gone}
    awaited = [n for n in whole.values() if n.state in AWAITED]
    notices.put(how.conn, [replace(n, state=NoticeState.OVER, due=None) for n in awaited])
    outbox.spare(
        how.conn, [n.id for n in every if n.recipient in whole], "cancelled before it left"
    )
    reached = outbox.handed_over(how.conn, [n.id for n in every if n.recipient in mine])
    heard = {n.recipient for n in every if n.id in reached}
    return _tell_over(how, [n for name, n in mine.items() if name in heard], ended)


def _gone(how: Telling, mine: Iterable[Notice]) -> set[str]:
    """The alerts among these that were cancelled before."""
    found = alerts_store.by_keys(how.conn, {key for notice in mine for key in notice.covers})
    return {key for key, alert in found.items() if alert.message is Message.CANCEL}


def _tell_over(how: Telling, told: Sequence[Notice], ended: Mapping[str, Alert]) -> int:
    fresh = []
    words: dict[tuple[str, ...], Told] = {}
    for notice in told:
        alerts = [alert for key, alert in ended.items() if key in notice.covers]
        keys = tuple(alert.id for alert in alerts)
        if keys not in words:
            words[keys] = said(how.desk, how.conn, alerts, how.now)
        fresh.append(
            replace(
                notice, id=0, revision=notice.revision + 1, state=NoticeState.TOLD, step=1,
                told=words[keys], asked=how.now, deadline=None, due=None, confirmed_at=None,
                confirmed_by=None, reasons=("was told before",),
                covers=dict(notice.covers) | {alert.key: alert.revision for alert in alerts},
            )
        )  # fmt: skip
    numbers = notices.add(how.conn, fresh)
    tried = {notice.recipient: max(notice.step, 1) for notice in told}
    queued = []
    for notice in fresh:
        stored = replace(notice, id=numbers[notice.event, notice.recipient, notice.revision])
        steps = range(1, tried[notice.recipient] + 1)  # whatever rang brings the all clear too
        queued += [message(how, replace(stored, step=step)) for step in steps]
    return outbox.enqueue(how.conn, [one for one in queued if one is not None])
