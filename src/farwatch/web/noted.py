"""Reads of what is restricted: one line in the audit a request, before the answer leaves.

A route that shows events, reports or alerts says here what it is about to show; nothing is written
where none of it is restricted, so that reading costs others nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Protocol

from fastapi import Depends, Request

from farwatch.desk import administering
from farwatch.model.protect import Alert
from farwatch.model.report import Report
from farwatch.web.visitor import desk_of, visitor_of

MOST = 50  # ids that a line names; it counts all
_LONGEST = 200


class _Marked(Protocol):
    """An event, whole or a few columns of it."""

    @property
    def id(self) -> str: ...
    @property
    def restricted(self) -> bool: ...


class Noting:
    """Writes what one request reads of what is restricted into the audit."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._found: dict[str, list[str]] = {"events": [], "alerts": [], "reports": []}

    def events(self, read: Iterable[_Marked]) -> Noting:
        """Events, or columns of them; those that are restricted count."""
        return self.ids("events", (one.id for one in read if one.restricted))

    def alerts(self, read: Iterable[Alert]) -> Noting:
        """Alerts, those upon restricted events."""
        return self.ids("alerts", (one.key for one in read if one.restricted))

    def reports(self, read: Iterable[tuple[str, Report]]) -> Noting:
        """Reports with their ids."""
        return self.ids("reports", (name for name, one in read if one.facts.restricted))

    def ids(self, noun: str, named: Iterable[str]) -> Noting:
        """Ids of what is known to be restricted."""
        self._found[noun] += named
        return self

    def write(self) -> None:
        """Seal the line, if there is anything to seal."""
        found = {noun: list(dict.fromkeys(ids)) for noun, ids in self._found.items() if ids}
        if not found:
            return
        visitor = visitor_of(self._request)
        details: dict[str, object] = {noun: ids[:MOST] for noun, ids in found.items()}
        details["count"] = sum(len(ids) for ids in found.values())
        if visitor.token is not None:
            details["token"] = visitor.token.id
        administering.note_read(
            desk_of(self._request), "restricted", self._request.url.path[:_LONGEST],
            visitor.known.name, datetime.now(UTC), details,
        )  # fmt: skip


async def _noting(request: Request) -> Noting:
    return Noting(request)


Notes = Annotated[Noting, Depends(_noting)]
