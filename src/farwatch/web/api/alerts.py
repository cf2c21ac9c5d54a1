"""Alerts by the API: the inbox, lists, one alert with what stands behind it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import Response
from pydantic import BaseModel

from farwatch.desk import alert_inbox, alert_room, deciding, telling
from farwatch.desk.alert_diff import Revision
from farwatch.errors import Forbidden
from farwatch.model.codec import to_plain
from farwatch.model.protect import Alert
from farwatch.web.alert_asked import ChoiceAsked, ViewAsked, reader_of
from farwatch.web.api.alert_decisions import NO_ALERT, router
from farwatch.web.asked import AlertsAsked, Wants
from farwatch.web.noted import Notes
from farwatch.web.visitor import Serving, Visiting

__all__ = ["router"]  # one router for the room: the decisions' module begins it


class AlertRow(BaseModel):
    """An alert, and when its row changed last."""

    alert: Alert
    updated: datetime | None


class AlertPage(BaseModel):
    """Some alerts; `next` is the cursor of those after them, null at the end."""

    items: list[AlertRow]
    next: str | None


class InHand(BaseModel):
    """Who has alerts in hand, since when; `given_by` is null where they took them."""

    name: str
    since: datetime
    given_by: str | None


class Happening(BaseModel):
    """A row of the inbox: a happening with all its alerts, gravest and the desk's own first.

    `need` is 2 where an alert of the desk's own is open, 1 where anything stands, else 0.
    """

    id: str
    need: int
    alerts: list[Alert]
    in_hand: InHand | None
    updated: datetime | None


class InboxAnswer(BaseModel):
    """A page of a view, and how many rows each view holds under the same filters."""

    model_config = {"json_schema_extra": {"example": {
        "view": "standing", "items": [],
        "counts": {"standing": 12, "open": 3, "interrupts": 1, "mine": 2, "unreleased": 3,
                   "unjudged": 40, "recent": 61},
        "next": None,
    }}}  # fmt: skip

    view: str
    items: list[Happening]
    counts: dict[str, int]
    next: str | None


class ChangeSeen(BaseModel):
    """One thing that differs from the revision before; "" for none."""

    what: str
    before: str
    after: str


class RevisionSeen(BaseModel):
    """A revision as it was sent, and what it changed."""

    alert: Alert
    changes: list[ChangeSeen]


class ChainAnswer(BaseModel):
    """What stands behind an alert: as data, and in words as `farwatch explain` prints it."""

    chain: dict[str, Any]
    words: list[str]


@router.get("/alerts", name="api.alerts.list")
def list_alerts(
    desk: Serving, visitor: Visiting, asked: AlertsAsked, wanted: Wants, noting: Notes
) -> AlertPage:  # fmt: skip
    """Alerts one by one, newest first; with `updated_since`, what changed since, oldest first."""
    found = alert_room.listed(desk, asked, visitor.scope, wanted)
    noting.alerts(one.alert for one in found.items).write()
    rows = [AlertRow(alert=one.alert, updated=one.updated) for one in found.items]
    return AlertPage(items=rows, next=found.next)


@router.get("/alerts/inbox", name="api.alerts.inbox")
def read_inbox(
    desk: Serving, visitor: Visiting, view: ViewAsked, asked: ChoiceAsked, wanted: Wants,
    noting: Notes,
) -> InboxAnswer:  # fmt: skip
    """The inbox as the console shows it: one row a happening, what needs somebody first.

    Views: standing, open, interrupts, mine, unreleased, unjudged, recent.
    """
    found = alert_inbox.read(desk, view, asked, reader_of(visitor), wanted)
    noting.alerts(one for row in found.rows.items for one in row.group.alerts).write()
    rows = [
        Happening(
            id=row.group.id, need=row.group.need, alerts=list(row.group.alerts),
            in_hand=InHand(
                name=row.holding.name, since=row.holding.since, given_by=row.holding.given_by
            ) if row.holding else None,
            updated=row.group.updated,
        )
        for row in found.rows.items
    ]  # fmt: skip
    return InboxAnswer(view=view, items=rows, counts=dict(found.counts), next=found.rows.next)


@router.get("/alerts/{name:path}/chain", name="api.alerts.chain", responses=NO_ALERT)
def show_chain(desk: Serving, visitor: Visiting, name: str, noting: Notes) -> ChainAnswer:
    """The chain of reasons, from the alert down to the reports."""
    chain = alert_room.chain(desk, name, visitor.scope)
    noting.alerts([chain.alert]).write()
    return ChainAnswer(chain=to_plain(chain), words=list(telling.tell(chain)))


@router.get("/alerts/{name:path}/revisions", name="api.alerts.revisions", responses=NO_ALERT)
def show_revisions(
    desk: Serving, visitor: Visiting, name: str, noting: Notes
) -> list[RevisionSeen]:
    """All revisions, first to last, each with what it changed."""
    found = alert_room.revisions(desk, name, visitor.scope)
    noting.alerts(one.alert for one in found).write()
    return [_revision(one) for one in found]


@router.get(
    "/alerts/{name:path}/cap", name="api.alerts.cap",
    responses={200: {"content": {"application/cap+xml": {}}}, **NO_ALERT},
    response_class=Response,
)  # fmt: skip
def export_cap(desk: Serving, visitor: Visiting, name: str, noting: Notes) -> Response:
    """The alert, or the revision that an id names, as a CAP 1.2 message; 403 where it speaks of
    sites outside the account's scope."""
    seen = alert_room.one(desk, name, visitor.scope)
    with desk.database.read() as conn:
        whole = deciding.cap(desk, conn, name)
    if not visitor.scope.everywhere and alert_inbox.speaks_of_more(desk, seen):
        raise Forbidden(f"alert {seen.id} speaks of sites outside your scope, too")
    noting.alerts([seen]).write()
    headers = {"content-disposition": f'attachment; filename="{_file(seen.id)}.cap.xml"'}
    return Response(whole, media_type="application/cap+xml", headers=headers)


@router.get("/alerts/{name:path}", name="api.alerts.show", responses=NO_ALERT)
def show_alert(desk: Serving, visitor: Visiting, name: str, noting: Notes) -> Alert:
    """One alert by its key or id."""
    found = alert_room.one(desk, name, visitor.scope)
    noting.alerts([found]).write()
    return found


def _revision(one: Revision) -> RevisionSeen:
    changes = [ChangeSeen(what=c.what, before=c.before, after=c.after) for c in one.changes]
    return RevisionSeen(alert=one.alert, changes=changes)


def _file(name: str) -> str:
    return "".join(char if char.isalnum() or char in "-_" else "-" for char in name)
