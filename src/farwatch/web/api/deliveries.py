"""Deliveries and recipients by the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from farwatch.desk import delivery_room, recipient_room
from farwatch.desk.authority import Wording
from farwatch.desk.delivery_room import Delivery
from farwatch.model.recipient import PERSONAL, Recipient
from farwatch.store.recipients import RecipientChoice
from farwatch.web.alert_asked import person_of
from farwatch.web.asked import Wants, moment
from farwatch.web.noted import Notes
from farwatch.web.pages.deliveries import DeliveriesAsked, decided_on
from farwatch.web.visitor import Serving, Visiting

router = APIRouter(tags=["deliveries"])


class DeliveryPage(BaseModel):
    """Some deliveries; `next` is the cursor of those after them, null at the end. `counts` is how
    many stand in which state."""

    items: list[Delivery]
    next: str | None
    counts: dict[str, int]


class RecipientIn(BaseModel):
    """A recipient to add or change, in the fields of a row of the recipients' table."""

    name: str = ""
    role: str
    email: str = ""
    sms: str = ""
    voice: str = ""
    chat: str = Field("", description="An Apprise URL.")
    language: str = "en"
    zone: str = "UTC"
    quiet_from: str = ""
    quiet_to: str = ""
    longest: dict[str, int] = {}
    sites: list[str] = []
    countries: list[str] = []
    severity: int = 1
    supervisor: str = ""
    active: bool = True


class DecisionIn(BaseModel):
    """What is decided about an alert before it leaves the desk, and why."""

    alert: str
    do: Literal["edit", "hold", "lift", "release"]
    reason: str
    headline: str = ""
    advice: list[str] = []
    hours: float = Field(4.0, gt=0, le=168, description="How long to hold.")


class Decided(BaseModel):
    """The alert's key."""

    alert: str


class RecipientOut(BaseModel):
    """A recipient; of addresses only by which channels they can be reached."""

    id: str
    name: str
    role: str
    channels: list[str]
    language: str
    zone: str
    sites: list[str]
    countries: list[str]
    severity: int
    supervisor: str | None
    active: bool
    updated: datetime | None


class RecipientPage(BaseModel):
    """Some recipients; `next` is the cursor of those after them, null at the end."""

    items: list[RecipientOut]
    next: str | None


async def _choice(
    role: Annotated[str | None, Query(description="Only of this role.")] = None,
    active: Annotated[bool | None, Query(description="Only those who are told, or not.")] = None,
    updated_since: Annotated[
        str | None, Query(description="ISO 8601 with a zone: what changed since, oldest first.")
    ] = None,
) -> RecipientChoice:
    return RecipientChoice((role or "").casefold() or None, active, moment(updated_since))


RecipientsAsked = Annotated[RecipientChoice, Depends(_choice)]


@router.get("/deliveries", name="api.deliveries.list")
def list_deliveries(
    desk: Serving, visitor: Visiting, asked: DeliveriesAsked, wanted: Wants, noting: Notes
) -> DeliveryPage:  # fmt: skip
    """Deliveries, newest first; with `updated_since`, what changed since, oldest change first."""
    found = delivery_room.listed(desk, asked, visitor.scope, wanted)
    noting.ids("alerts", (one.alert for one in found.items if one.restricted)).write()
    counts = delivery_room.counts(desk, asked, visitor.scope)
    return DeliveryPage(items=list(found.items), next=found.next, counts=counts)


@router.get("/deliveries/{number}", name="api.deliveries.show")
def show_delivery(desk: Serving, visitor: Visiting, number: int, noting: Notes) -> Delivery:
    """One delivery by its number."""
    found = delivery_room.one(desk, number % 2**62, visitor.scope)
    noting.ids("alerts", [found.alert] if found.restricted else []).write()
    return found


@router.post("/deliveries/decide", name="api.deliveries.decide")
def decide(desk: Serving, visitor: Visiting, given: DecisionIn) -> Decided:
    """Edit, hold, lift a hold or release, as far as the authority matrix lets this role; 403 says
    which row is missing."""
    words = Wording(given.headline, tuple(given.advice))
    key = decided_on(desk, visitor, given.alert, given.do, given.reason, words, given.hours)
    return Decided(alert=key)


@router.get("/recipients", name="api.recipients.list")
def list_recipients(
    desk: Serving, visitor: Visiting, asked: RecipientsAsked, wanted: Wants
) -> RecipientPage:  # fmt: skip
    """Who may be told, by id; with `updated_since`, what changed since, oldest change first."""
    found = recipient_room.listed(desk, asked, visitor.scope, wanted)
    return RecipientPage(
        items=[_out(one.recipient, one.updated) for one in found.items], next=found.next
    )


@router.put("/recipients/{name}", name="api.recipients.save")
def save_recipient(
    desk: Serving, visitor: Visiting, name: str, given: RecipientIn
) -> RecipientOut:  # fmt: skip
    """Add or change a recipient; 422 names the field and the value that are wrong."""
    row = {"id": name, **given.model_dump()}
    return _out(recipient_room.save(desk, row, visitor.scope, person_of(visitor)))


def _out(one: Recipient, updated: datetime | None = None) -> RecipientOut:
    return RecipientOut(
        id=one.id, name=one.name, role=one.role, language=one.language, zone=one.zone,
        channels=[name for name in PERSONAL if name in one.addresses], sites=list(one.sites),
        countries=list(one.countries), severity=one.severity, supervisor=one.supervisor,
        active=one.active, updated=updated,
    )  # fmt: skip
