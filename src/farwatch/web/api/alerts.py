"""Alerts by the API."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from farwatch.desk import alert_room, deciding
from farwatch.desk.deciding import Person
from farwatch.model.protect import Alert
from farwatch.web.asked import AlertsAsked, Wants
from farwatch.web.visitor import Serving, Visiting

router = APIRouter(tags=["alerts"])


class AlertRow(BaseModel):
    """An alert, and when its row changed last."""

    alert: Alert
    updated: datetime | None


class AlertPage(BaseModel):
    """Some alerts; `next` is the cursor of those after them, null at the end."""

    items: list[AlertRow]
    next: str | None


@router.get("/alerts", name="api.alerts.list")
def list_alerts(
    desk: Serving, visitor: Visiting, asked: AlertsAsked, wanted: Wants
) -> AlertPage:  # fmt: skip
    """Alerts, newest first; with `updated_since`, what changed since, oldest change first."""
    found = alert_room.listed(desk, asked, visitor.scope, wanted)
    rows = [AlertRow(alert=one.alert, updated=one.updated) for one in found.items]
    return AlertPage(items=rows, next=found.next)


@router.get("/alerts/{name:path}", name="api.alerts.show")
def show_alert(desk: Serving, visitor: Visiting, name: str) -> Alert:
    """One alert by its key or id."""
    return alert_room.shown(desk, name, visitor.scope).alert


@router.post("/alerts/{name:path}/acknowledge", name="api.alerts.acknowledge")
def acknowledge(desk: Serving, visitor: Visiting, name: str) -> Alert:
    """Say that the alert was seen; 422 unless it is open."""
    alert_room.shown(desk, name, visitor.scope)
    return deciding.acknowledge(desk, name, Person(visitor.known.name, visitor.now))
