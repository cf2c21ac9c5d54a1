"""What lists may be asked, as query parameters: paging and the choice of alerts."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal

from fastapi import Depends, Query

from farwatch.model.kinds import Kind
from farwatch.model.protect import AlertState, Route
from farwatch.model.times import parse_utc
from farwatch.store.alert_lists import AlertChoice
from farwatch.store.keyset import MOST, Wanted

Empty = Literal[""]  # a form sends the fields that were left empty, too


async def _wanted(
    limit: Annotated[int, Query(ge=1, le=MOST, description="Rows of a page.")] = 50,
    cursor: Annotated[
        str | None, Query(description="`next` of the page before; none for the first.")
    ] = None,
) -> Wanted:
    return Wanted(limit, cursor or None)


async def _alerts(  # noqa: PLR0913 (one argument a parameter of the URL)
    state: Annotated[
        list[AlertState | Empty] | None, Query(description="Only in these states.")
    ] = None,
    route: Annotated[list[Route | Empty] | None, Query(description="Only by these routes.")] = None,
    kind: Annotated[list[Kind | Empty] | None, Query(description="Only of these kinds.")] = None,
    country: Annotated[
        str | None, Query(pattern="^([A-Za-z]{2})?$", description="ISO 3166-1 alpha-2.")
    ] = None,
    site: Annotated[str | None, Query(description="A site's id.")] = None,
    severity: Annotated[
        str | None, Query(pattern="^[1-5]?$", description="The event's, at least.")
    ] = None,
    q: Annotated[
        str | None, Query(max_length=200, description="Words of the headline, in any order.")
    ] = None,
    since: Annotated[str | None, Query(description="Sent since: a day of UTC or a time.")] = None,
    until: Annotated[str | None, Query(description="Sent until: a whole day, or a time.")] = None,
    updated_since: Annotated[
        str | None, Query(description="ISO 8601 with a zone: what changed since, oldest first.")
    ] = None,
) -> AlertChoice:
    return AlertChoice(
        states=tuple(one.value for one in state or () if one),
        routes=tuple(one.value for one in route or () if one),
        kinds=tuple(one.value for one in kind or () if one),
        country=country.upper() if country else None, site=(site or "").strip() or None,
        severity=int(severity) if severity else None, text=(q or "").strip() or None,
        sent_since=moment(since), sent_until=moment(until, last=True),
        updated_since=moment(updated_since),
    )  # fmt: skip


def moment(text: str | None, *, last: bool = False) -> datetime | None:
    """An aware time of the URL, or a day of UTC: its beginning, its end where it is the `last`.

    Raises UsageError with the value.
    """
    from farwatch.errors import UsageError

    if not text:
        return None
    try:
        if len(text) == len("2026-03-01"):
            day = datetime.combine(date.fromisoformat(text), time(tzinfo=UTC))
            return day + timedelta(days=1) if last else day
        return parse_utc(text)
    except ValueError as error:
        raise UsageError(f"time {text!r} is not ISO 8601 with a zone") from error


Wants = Annotated[Wanted, Depends(_wanted)]
AlertsAsked = Annotated[AlertChoice, Depends(_alerts)]
