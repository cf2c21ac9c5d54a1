"""The alerts' pages: the inbox, one alert with what stands behind it, and the decisions on it."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from farwatch.desk import alert_room, deciding
from farwatch.desk.deciding import Person
from farwatch.web.asked import AlertsAsked, Wants
from farwatch.web.render import page
from farwatch.web.visitor import Serving, Visiting

router = APIRouter()


@router.get("/alerts", name="alerts.list")
def show_list(
    request: Request, desk: Serving, visitor: Visiting, asked: AlertsAsked, wanted: Wants
) -> Response:
    """The inbox."""
    found = alert_room.listed(desk, asked, visitor.scope, wanted)
    return page(request, "alerts.html", {"found": found, "asked": asked})


@router.get("/alerts/{name:path}", name="alerts.show")
def show_alert(request: Request, desk: Serving, visitor: Visiting, name: str) -> Response:
    """One alert, in the reading order of the brief."""
    return page(request, "alert.html", {"shown": alert_room.shown(desk, name, visitor.scope)})


@router.post("/alerts/{name:path}/acknowledge", name="alerts.acknowledge")
def acknowledge(desk: Serving, visitor: Visiting, name: str) -> Response:
    """Say that the alert was seen, and show it again."""
    alert_room.shown(desk, name, visitor.scope)
    alert = deciding.acknowledge(desk, name, Person(visitor.known.name, visitor.now))
    return RedirectResponse(f"/alerts/{alert.key}", status_code=HTTPStatus.SEE_OTHER)
