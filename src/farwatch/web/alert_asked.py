"""What the alerts' room is asked: a view, a choice within it, and what a form decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Form, Query, Request

from farwatch.desk.alert_inbox import Reader
from farwatch.desk.deciding import Person
from farwatch.store.alert_lists import AlertChoice
from farwatch.web.asked import AlertsAsked
from farwatch.web.visitor import Visiting, Visitor

# Of the address, what chooses the list; the rest speaks of a page of it or of what was done.
CHOOSES = (
    "view", "state", "route", "kind", "country", "site", "severity", "q", "since", "until", "days",
)  # fmt: skip
_KEYS = "\t"  # between the keys of one row in a form


def reader_of(visitor: Visitor) -> Reader:
    """The signed-in visitor as a reader."""
    return Reader(visitor.known.name, visitor.scope, visitor.now)


def person_of(visitor: Visitor) -> Person:
    """The signed-in visitor as one who decides."""
    return Person(visitor.known.name, visitor.now)


def address_of(request: Request, **changed: str) -> str:
    """The address of the list that this request's belongs to, with changes: "?view=mine"."""
    kept = [(k, v) for k, v in request.query_params.multi_items() if k in CHOOSES and v]
    kept = [(k, v) for k, v in kept if k not in changed]
    asked = urlencode([*kept, *((k, v) for k, v in changed.items() if v)])
    return f"?{asked}" if asked else ""


async def _choice(
    visitor: Visiting, asked: AlertsAsked,
    days: Annotated[str | None, Query(pattern="^[0-9]{0,4}$", description="Sent in these.")] = None,
) -> AlertChoice:  # fmt: skip
    if days and asked.sent_since is None:
        return replace(asked, sent_since=visitor.now - timedelta(days=int(days)))
    return asked


async def _view(
    view: Annotated[str, Query(max_length=40, description="A view's name.")] = "",
) -> str:
    return view or "standing"


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """A form of decisions: what is to be done, and to which alerts."""

    do: str
    keys: tuple[str, ...]
    every: int | None  # all of the view, which held so many rows when it was shown
    disposition: str
    to: str
    back: str


async def _decision(
    do: Annotated[str, Form(max_length=40)],
    key: Annotated[list[str] | None, Form()] = None,
    every: Annotated[str, Form(pattern="^[0-9]{0,7}$")] = "",
    disposition: Annotated[str, Form(max_length=40)] = "",
    to: Annotated[str, Form(max_length=200)] = "",
    back: Annotated[str, Form(max_length=2000)] = "",
) -> DecisionForm:
    keys = tuple(one for row in key or () for one in row.split(_KEYS) if one)
    return DecisionForm(do, keys, int(every) if every else None, disposition, to, inside(back))


def inside(back: str) -> str:
    """Where to go on: an address of this room, whatever a form says."""
    return back if back.startswith(("/alerts/", "/alerts?")) else "/alerts"


def row_keys(keys: Iterable[str]) -> str:
    """The keys of a row as a form carries them."""
    return _KEYS.join(keys)


ViewAsked = Annotated[str, Depends(_view)]
ChoiceAsked = Annotated[AlertChoice, Depends(_choice)]
Decided = Annotated[DecisionForm, Depends(_decision)]
