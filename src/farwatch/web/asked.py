"""What lists may be asked, as query parameters: paging and the choice of alerts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query

from farwatch.model.kinds import Kind
from farwatch.model.protect import AlertState, Route
from farwatch.model.times import parse_utc
from farwatch.store.alert_lists import AlertChoice
from farwatch.store.keyset import MOST, Wanted


def _wanted(
    limit: Annotated[int, Query(ge=1, le=MOST, description="Rows of a page.")] = 50,
    cursor: Annotated[
        str | None, Query(description="`next` of the page before; none for the first.")
    ] = None,
) -> Wanted:
    return Wanted(limit, cursor or None)


def _alerts(  # noqa: PLR0913 (one argument a parameter of the URL)
    state: Annotated[list[AlertState] | None, Query(description="Only in these states.")] = None,
    route: Annotated[list[Route] | None, Query(description="Only by these routes.")] = None,
    kind: Annotated[list[Kind] | None, Query(description="Only of these kinds.")] = None,
    country: Annotated[str | None, Query(pattern="^([A-Z]{2})?$")] = None,
    site: Annotated[str | None, Query(description="A site's id.")] = None,
    severity: Annotated[int | None, Query(ge=1, le=5, description="At least.")] = None,
    updated_since: Annotated[
        str | None, Query(description="ISO 8601 with a zone: what changed since, oldest first.")
    ] = None,
) -> AlertChoice:
    return AlertChoice(
        states=tuple(one.value for one in state or ()),
        routes=tuple(one.value for one in route or ()),
        kinds=tuple(one.value for one in kind or ()),
        country=country or None, site=site or None, severity=severity,
        updated_since=moment(updated_since),
    )  # fmt: skip


def moment(text: str | None) -> datetime | None:
    """An aware time of the URL; raises UsageError with the value."""
    from farwatch.errors import UsageError

    if not text:
        return None
    try:
        return parse_utc(text)
    except ValueError as error:
        raise UsageError(f"time {text!r} is not ISO 8601 with a zone") from error


Wants = Annotated[Wanted, Depends(_wanted)]
AlertsAsked = Annotated[AlertChoice, Depends(_alerts)]
