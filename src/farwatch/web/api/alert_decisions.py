"""Decisions on alerts by the API: on one, or on many at once."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body
from pydantic import BaseModel, Field

from farwatch.desk import alert_room, alert_work, authority
from farwatch.desk.alert_work import LONGEST_NOTE, MOST, Chosen, Done
from farwatch.desk.authority import Decider
from farwatch.desk.opening import Desk
from farwatch.errors import UsageError
from farwatch.model.protect import Alert, AlertState, Disposition
from farwatch.web.alert_asked import person_of
from farwatch.web.visitor import Serving, Visiting, Visitor

router = APIRouter(tags=["alerts"])

KEY = "e3f1b4910f12accdc6365/desk"
NO_ALERT: dict[int | str, dict[str, Any]] = {
    404: {
        "description": "No such alert, or one outside the account's scope.",
        "content": {"application/problem+json": {"example": {
            "type": "about:blank", "title": "Not Found", "status": 404,
            "detail": "no alert 'e3f1b4/desk'", "number": "9f1c02ab",
        }}},
    }
}  # fmt: skip


class Many(BaseModel):
    """A decision on many alerts, by key."""

    model_config = {"json_schema_extra": {"examples": [
        {"do": "acknowledge", "keys": [KEY]},
        {"do": "hand_over", "keys": [KEY], "to": "amina"},
        {"do": "dispose", "keys": [KEY], "disposition": "not relevant"},
    ]}}  # fmt: skip

    do: Literal["acknowledge", "undo", "hand_over", "dispose"]
    keys: list[str] = Field(min_length=1, max_length=MOST)
    to: str = ""
    disposition: Disposition | None = None


class Decided(BaseModel):
    """The alerts that changed, and the keys of those that the decision did not fit."""

    done: list[Alert]
    left: list[str]


class ReleasedAnswer(BaseModel):
    """The alert released, and the alerts that were sent because of it."""

    alert: Alert
    sent: list[Alert]
    queued: int


@router.post("/alerts/decisions", name="api.alerts.decide", responses=NO_ALERT)
def decide(desk: Serving, visitor: Visiting, many: Many) -> Decided:
    """Decide on many alerts at once; all or none of them are found."""
    return _told(_carried(desk, visitor, many))


@router.post("/alerts/{name:path}/acknowledge", name="api.alerts.acknowledge", responses=NO_ALERT)
def acknowledge(desk: Serving, visitor: Visiting, name: str) -> Alert:
    """Say that the alert was seen; 422 unless it is open."""
    chosen = _one(desk, visitor, name)
    return _changed(
        alert_work.acknowledge(desk, chosen, person_of(visitor)),
        "only an open one can be acknowledged",
    )


@router.post("/alerts/{name:path}/undo", name="api.alerts.undo", responses=NO_ALERT)
def undo(desk: Serving, visitor: Visiting, name: str) -> Alert:
    """Take one's own acknowledgement back; 422 after five minutes, or once more was decided."""
    chosen = _one(desk, visitor, name)
    return _changed(
        alert_work.undo(desk, chosen, person_of(visitor)),
        "its acknowledgement is another's, too old, or more was decided since",
    )


@router.post("/alerts/{name:path}/hand-over", name="api.alerts.hand_over", responses=NO_ALERT)
def hand_over(
    desk: Serving, visitor: Visiting, name: str,
    to: Annotated[str, Body(embed=True, examples=["amina"], max_length=200)],
) -> Alert:  # fmt: skip
    """Give the alert to another account; 422 unless it stands and they may see it."""
    chosen = _one(desk, visitor, name)
    return _changed(
        alert_work.hand_over(desk, chosen, to, person_of(visitor)),
        "only one that stands can be handed over",
    )


@router.post("/alerts/{name:path}/dispose", name="api.alerts.dispose", responses=NO_ALERT)
def dispose(
    desk: Serving, visitor: Visiting, name: str,
    disposition: Annotated[Disposition, Body(embed=True, examples=["some impact"])],
) -> Alert:  # fmt: skip
    """Say what the alert proved to be; it is closed if it stood."""
    chosen = _one(desk, visitor, name)
    return alert_work.dispose(desk, chosen, disposition, person_of(visitor)).done[0]


@router.post("/alerts/{name:path}/note", name="api.alerts.note", responses=NO_ALERT)
def note(
    desk: Serving, visitor: Visiting, name: str,
    text: Annotated[
        str,
        Body(embed=True, examples=["The gate is clear."], max_length=LONGEST_NOTE),
    ],
) -> Alert:  # fmt: skip
    """Write something down beside the alert; it goes into the audit."""
    chosen = _one(desk, visitor, name)
    return alert_work.note(desk, chosen, text, person_of(visitor)).done[0]


@router.post("/alerts/{name:path}/release", name="api.alerts.release", responses=NO_ALERT)
def release(desk: Serving, visitor: Visiting, name: str) -> ReleasedAnswer:
    """Let the sites of the alert's happening be told, now and when it is revised."""
    alert = alert_room.one(desk, name, visitor.scope)
    who = Decider(person_of(visitor), visitor.known.role)
    done = authority.release(desk, alert.key, who)
    return ReleasedAnswer(alert=done.alert, sent=list(done.sent), queued=done.queued)


def _one(desk: Desk, visitor: Visitor, name: str) -> Chosen:
    return Chosen((alert_room.one(desk, name, visitor.scope).key,), visitor.scope)


def _changed(done: Done, why: str) -> Alert:
    if not done.done:
        alert = done.left[0]
        raise UsageError(f"alert {alert.id} is {AlertState(alert.state).value}: {why}")
    return done.done[0]


def _carried(desk: Desk, visitor: Visitor, many: Many) -> Done:
    chosen, person = Chosen(tuple(many.keys), visitor.scope), person_of(visitor)
    if many.do == "acknowledge":
        return alert_work.acknowledge(desk, chosen, person)
    if many.do == "undo":
        return alert_work.undo(desk, chosen, person)
    if many.do == "hand_over":
        return alert_work.hand_over(desk, chosen, many.to, person)
    if many.disposition is None:
        known = ", ".join(item.value for item in Disposition)
        raise UsageError(f"to dispose of alerts name a disposition, one of: {known}")
    return alert_work.dispose(desk, chosen, many.disposition, person)


def _told(done: Done) -> Decided:
    return Decided(done=list(done.done), left=[one.key for one in done.left])
