"""The deliveries' room: who was told, by what, when, and who has not confirmed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from farwatch.desk.notifying import happening_of
from farwatch.desk.opening import Desk
from farwatch.errors import NotFound
from farwatch.model.account import Scope
from farwatch.model.protect import Alert
from farwatch.model.recipient import Notice
from farwatch.protect.texts import title
from farwatch.store import notice_lists, outbox, recipients, sites
from farwatch.store.keyset import Page, Wanted
from farwatch.store.notice_lists import NoticeChoice
from farwatch.store.outbox import Queued
from farwatch.store.restricted import alerts_among

_MOST_ON_AN_ALERT = 50


@dataclass(frozen=True, slots=True)
class Sent:
    """One message of a notice. `state` is waiting, claimed, sent or given_up; `receipt` what the
    provider said became of it; `repeats` how often it may have gone twice."""

    channel: str
    state: str
    due: datetime
    handed_over: datetime | None
    attempts: int
    repeats: int
    receipt: str | None
    receipt_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A notice as the board shows it: to whom, by what, how far it came, and why this person."""

    id: int
    alert: str
    revision: int
    recipient: str
    name: str
    role: str
    state: str
    title: str
    level: int
    exercise: bool
    asked: datetime
    deadline: datetime | None
    confirmed_at: datetime | None
    confirmed_by: str | None
    reasons: tuple[str, ...]
    messages: tuple[Sent, ...]
    restricted: bool = False
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class OfAlert:
    """The deliveries of an alert's happening, newest first, and how many in which state. `more`
    that there are others."""

    items: tuple[Delivery, ...]
    counts: Mapping[str, int]
    more: bool


def listed(
    desk: Desk, choice: NoticeChoice, scope: Scope, wanted: Wanted, language: str = "en"
) -> Page[Delivery]:  # fmt: skip
    """A page of the deliveries that may be seen."""
    with desk.database.read() as conn:
        found = notice_lists.listed(conn, choice, scope, wanted)
        rows = _deliveries(conn, [one.notice for one in found.items], scope, language)
        when = [one.updated for one in found.items]
        stamped = (replace(row, updated=at) for row, at in zip(rows, when, strict=True))
        return Page(tuple(stamped), found.next)


def counts(desk: Desk, choice: NoticeChoice, scope: Scope) -> dict[str, int]:
    """How many deliveries stand in which state."""
    with desk.database.read() as conn:
        return notice_lists.counted(conn, choice, scope)


def one(desk: Desk, number: int, scope: Scope, language: str = "en") -> Delivery:
    """One delivery; raises NotFound, also for one outside the scope."""
    from farwatch.store import notices

    with desk.database.read() as conn:
        notice = notices.get(conn, number)
        choice = NoticeChoice(event=notice.event, recipient=notice.recipient)
        seen = notice_lists.listed(conn, choice, scope, Wanted(1000)).items
        if number not in {row.notice.id for row in seen}:
            raise NotFound(f"no notice {number}")
        return _deliveries(conn, [notice], scope, language)[0]


def of_alert(desk: Desk, alert: Alert, scope: Scope, language: str = "en") -> OfAlert:
    """Who was told of an alert's happening."""
    choice = NoticeChoice(event=happening_of(alert))
    found = listed(desk, choice, scope, Wanted(_MOST_ON_AN_ALERT), language)
    return OfAlert(found.items, counts(desk, choice, scope), found.next is not None)


def _deliveries(
    conn: Connection, found: Sequence[Notice], scope: Scope, language: str
) -> list[Delivery]:
    people = recipients.named(conn, [one.recipient for one in found])
    messages: dict[int | None, list[Queued]] = {}
    for item in outbox.of_notices(conn, [one.id for one in found]):
        messages.setdefault(item.notice, []).append(item)
    visible = _visible(conn, found, scope)
    closed = alerts_among(conn, [one.key for one in found])
    rows = []
    for notice in found:
        who = people.get(notice.recipient)
        near = tuple(one for one in notice.told.sites if visible is None or one.site in visible)
        told = replace(notice.told, sites=near)
        rows.append(
            Delivery(
                notice.id, notice.key, notice.revision, notice.recipient,
                who.name if who else notice.recipient, who.role if who else "",
                notice.state.value, title(told, language), told.level, told.exercise,
                notice.asked, notice.deadline, notice.confirmed_at, notice.confirmed_by,
                _reasons(notice, visible), tuple(map(_sent, messages.get(notice.id, ()))),
                notice.key in closed,
            )
        )  # fmt: skip
    return rows


def _visible(conn: Connection, found: Sequence[Notice], scope: Scope) -> set[str] | None:
    """The sites that may be named; None: all."""
    if scope.everywhere:
        return None
    named = {near.site for notice in found for near in notice.told.sites}
    return {site.id for site in sites.named(conn, named) if scope.holds_site(site)}


def _reasons(notice: Notice, visible: set[str] | None) -> tuple[str, ...]:
    """Why this person, without a word of places outside the scope."""
    if visible is None:
        return notice.reasons
    return tuple(
        "answers for a place" if text.startswith("answers for ") else text
        for text in notice.reasons
    )


def _sent(item: Queued) -> Sent:
    return Sent(
        item.channel, item.state, item.next_attempt, item.handed_over_at, item.attempts,
        item.repeats, item.receipt, item.receipt_at, item.last_error,
    )  # fmt: skip
