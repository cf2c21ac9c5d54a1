"""What the events' and reports' rooms are asked: a search, a choice, and what a form decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Depends, Form, Query, Request

from farwatch.model.event import State
from farwatch.model.kinds import Kind
from farwatch.store.event_lists import EventChoice
from farwatch.store.report_lists import ReportChoice
from farwatch.web.asked import Empty, moment
from farwatch.web.visitor import Visiting

Letter = Literal["A", "B", "C", "D", "E", "F", ""]
Number = Literal["1", "2", "3", "4", "5", "6", ""]
YesNo = Literal["yes", "no", ""]
Standing = Literal["stands", "withdrawn", ""]
CHOOSES = ("q", "kind", "state", "source", "reliability", "credibility", "country", "severity",
           "since", "until", "days", "restricted")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What both lists may be asked."""

    text: str
    kinds: tuple[str, ...]
    sources: tuple[str, ...]
    reliability: tuple[str, ...]
    credibility: tuple[int, ...]
    countries: tuple[str, ...]
    severity: int | None
    since: datetime | None
    until: datetime | None
    updated_since: datetime | None
    restricted: bool | None


async def _asked(  # noqa: PLR0913 (one argument a parameter of the URL)
    visitor: Visiting,
    q: Annotated[str, Query(
        max_length=200, description="Words: places, groups, vocabulary; no names of persons.",
    )] = "",
    kind: Annotated[list[Kind | Empty] | None, Query(description="Only of these kinds.")] = None,
    source: Annotated[list[str] | None, Query(description="Only from these sources.")] = None,
    reliability: Annotated[list[Letter] | None, Query(description="Graded one of A-F.")] = None,
    credibility: Annotated[list[Number] | None, Query(description="Graded one of 1-6.")] = None,
    country: Annotated[str, Query(pattern="^([A-Za-z]{2})?$", description="Alpha-2.")] = "",
    severity: Annotated[str, Query(pattern="^[1-5]?$", description="At least.")] = "",
    since: Annotated[str, Query(description="Happened (a report: published) since.")] = "",
    until: Annotated[str, Query(description="Until: a whole day, or a time.")] = "",
    days: Annotated[str, Query(pattern="^[0-9]{0,4}$", description="In the last days.")] = "",
    updated_since: Annotated[str, Query(
        description="ISO 8601 with a zone: what changed (a report: came) since, oldest first.",
    )] = "",
    restricted: Annotated[YesNo, Query(
        description="Only what is restricted, or nothing that is, for who may see it.",
    )] = "",
) -> Asked:  # fmt: skip
    begins = moment(since)
    if days and begins is None:
        begins = visitor.now - timedelta(days=int(days))
    return Asked(
        q.strip(), tuple(one.value for one in kind or () if one),
        tuple(one for one in source or () if one), tuple(one for one in reliability or () if one),
        tuple(int(one) for one in credibility or () if one),
        (country.upper(),) if country else (), int(severity) if severity else None,
        begins, moment(until, last=True), moment(updated_since),
        restricted == "yes" if restricted else None,
    )  # fmt: skip


async def _events(
    asked: Annotated[Asked, Depends(_asked)],
    state: Annotated[list[State | Empty] | None, Query(description="Only in these.")] = None,
) -> EventChoice:
    return EventChoice(states=tuple(one.value for one in state or () if one), **_plain(asked))


async def _reports(
    asked: Annotated[Asked, Depends(_asked)],
    state: Annotated[list[Standing] | None, Query(description="Only these.")] = None,
) -> ReportChoice:
    return ReportChoice(states=tuple(one for one in state or () if one), **_plain(asked))


def _plain(asked: Asked) -> dict[str, Any]:
    return asdict(asked)


def address_of(request: Request, **changed: str) -> str:
    """The list's address with changes, no page of it: "?q=flood&country=ZM"."""
    kept = [(k, v) for k, v in request.query_params.multi_items() if k in CHOOSES and v]
    kept = [(k, v) for k, v in kept if k not in changed]
    asked = urlencode([*kept, *((k, v) for k, v in changed.items() if v)])
    return f"?{asked}" if asked else ""


def narrowed(request: Request) -> bool:
    """Whether anything but the page's scope narrows the list."""
    return any(v for k, v in request.query_params.multi_items() if k in CHOOSES)


def chosen_in(request: Request) -> Iterator[tuple[str, str]]:
    """What the address chooses, as pairs."""
    yield from ((k, v) for k, v in request.query_params.multi_items() if k in CHOOSES and v)


Reason = Annotated[str, Form(max_length=2_000, description="Why.")]
EventsAsked = Annotated[EventChoice, Depends(_events)]
ReportsAsked = Annotated[ReportChoice, Depends(_reports)]
