"""Confirmations: by a signed link without a log-in, by a phone's key, and what providers report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from farwatch.desk import links
from farwatch.desk.directory import directory
from farwatch.desk.opening import Desk
from farwatch.model.protect import Alert, AlertState, Message
from farwatch.model.recipient import AWAITED, Notice, NoticeState, Recipient
from farwatch.store import alerts, audit, notices, outbox
from farwatch.store.audit import Decision

BY_LINK, BY_PHONE = "link", "phone"
PRESSED = "confirmed"  # a receipt: the person pressed the key that the call asked for


@dataclass(frozen=True, slots=True)
class Asked:
    """What a link shows: the notice, whom it went to, and whether it can still be confirmed.

    `newest` is False where a later revision asks instead, `over` True where the alert ended.
    """

    notice: Notice
    recipient: Recipient | None
    newest: bool
    over: bool

    @property
    def open(self) -> bool:
        """Whether its button does something."""
        return self.newest and not self.over and self.notice.state in AWAITED


def show(desk: Desk, token: str, now: datetime) -> Asked:
    """What a link is about; nothing changes. Raises NotFound for a link not ours, or over."""
    with desk.database.read() as conn:
        return _asked(desk, conn, links.opened(conn, token, now), now)


def confirm(desk: Desk, token: str, now: datetime) -> Asked:
    """The person has read it. Saying it again changes nothing; so does saying it too late.

    Raises NotFound for a link that is not ours or over.
    """
    with desk.database.begin() as conn:
        notice = links.opened(conn, token, now)
        _confirm(desk, conn, notice, BY_LINK, now)
        return _asked(desk, conn, notices.get(conn, notice.id), now)


def received(desk: Desk, channel: str, provider: str, what: str, at: datetime) -> bool:
    """A provider says what became of a message; whether it is one of ours.

    "failed" lets the next channel go at once, "confirmed" is the person's own key press.
    """
    with desk.database.begin() as conn:
        message = outbox.receipt(conn, channel, provider, what[:100], at)
        if message is None:
            return False
        if message.notice is not None:
            if what == outbox.FAILED:
                notices.hasten(conn, [message.notice], at)
            if what == PRESSED:
                _confirm(desk, conn, notices.get(conn, message.notice), BY_PHONE, at)
    return True


def _asked(desk: Desk, conn: Connection, notice: Notice, now: datetime) -> Asked:
    who = directory(desk, conn).people.get(notice.recipient)
    newest = notices.latest(conn, notice.event, [notice.recipient])[notice.recipient]
    alert = alerts.by_keys(conn, [notice.key]).get(notice.key)
    over = alert is None or alert.message is Message.CANCEL or alert.ends <= now
    return Asked(notice, who, newest.revision == notice.revision, over)


def _confirm(desk: Desk, conn: Connection, notice: Notice, how: str, now: datetime) -> None:
    if not _asked(desk, conn, notice, now).open:
        return
    confirmed = replace(
        notice, state=NoticeState.CONFIRMED, due=None, confirmed_at=now, confirmed_by=how
    )
    others = notices.awaited(conn, notice.event, notice.group) if notice.in_turn else []
    covered = [
        replace(one, state=NoticeState.COVERED, due=None)
        for one in others
        if one.in_turn and one.id != notice.id
    ]
    notices.put(conn, [confirmed, *covered])
    why = f"confirmed by {notice.recipient}"
    outbox.spare(conn, [notice.id, *(one.id for one in covered)], why, claimed=True)
    _acknowledge(conn, confirmed)
    details = {"revision": notice.revision, "notice": notice.id, "by": how}
    audit.append(conn, Decision("confirm", notice.recipient, notice.key, now, details))


def _acknowledge(conn: Connection, notice: Notice) -> None:
    """An alert is acknowledged when one in turn, or each of those asked, confirmed it."""
    found = alerts.by_keys(conn, notice.covers)
    seen: list[Alert] = []
    for key, revision in notice.covers.items():
        alert = found.get(key)
        if alert is None or alert.state is not AlertState.OPEN or alert.revision != revision:
            continue
        waits = not notice.in_turn and notices.awaited(conn, notice.event, alert.recipient)
        if not waits:
            seen.append(replace(alert, state=AlertState.ACKNOWLEDGED))
    alerts.put(conn, seen)
