"""Sources by the API: health, terms, rejected records, reading again, switching."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, File, Query, UploadFile
from pydantic import BaseModel

from farwatch.collect.health import Health
from farwatch.desk import sources_room, switching
from farwatch.desk.deciding import Person
from farwatch.desk.sources_room import Change, Day, SourceRow
from farwatch.desk.switching import Switch
from farwatch.model.terms import Source
from farwatch.store.documents import Stored
from farwatch.store.rejects import Reject, RejectChoice
from farwatch.web.asked import Wants, moment
from farwatch.web.noted import Notes
from farwatch.web.visitor import Serving, Visiting

router = APIRouter(tags=["sources"])
_SINCE = Query(description="ISO 8601 with a zone: what came since, oldest first.")


class SourceItem(BaseModel):
    """A source, why it may not be read ("" where it may), its health, who switched it."""

    source: Source
    refused: str
    silent: bool
    health: Health | None
    switch: Switch | None


class SourcePage(BaseModel):
    """The sources; all of them come at once, so `next` is null."""

    items: list[SourceItem]
    next: str | None = None


class SourceDays(SourceItem):
    """One source with how much came on each of the last days."""

    days: list[Day]


class RejectPage(BaseModel):
    """Some rejected records; `next` asks for those after them."""

    items: list[Reject]
    next: str | None


class DocumentPage(BaseModel):
    """Some kept documents; `next` asks for those after them."""

    items: list[Stored]
    next: str | None


class ReadAgain(BaseModel):
    """A report and what reading it again would change; `current` is false for an older version."""

    report: str
    title: str
    current: bool
    changes: list[Change]


class Tried(BaseModel):
    """What a file would bring; `failed` is why none of it can be read."""

    document: str
    new: int
    versions: int
    unchanged: int
    late: int
    withdrawn: list[str]
    reinstated: list[str]
    rejected: list[Reject]
    failed: str


class Switching(BaseModel):
    """Whether it is to be collected, and why."""

    on: bool
    reason: str


@router.get("/sources", name="api.sources.list")
def list_sources(
    desk: Serving, visitor: Visiting, wanted: Wants,
    updated_since: Annotated[str | None, _SINCE] = None,
) -> SourcePage:  # fmt: skip
    """Sources that may be seen, silent ones first; with `updated_since`, those heard since."""
    rows = sources_room.listed_sources(desk, visitor.scope, visitor.now)
    since = moment(updated_since)
    if since is not None:
        rows = [row for row in rows if _answered(row) and _answered(row) >= since]  # type: ignore[operator]
    start = _start(rows, wanted.after)
    shown = rows[start : start + wanted.limit]
    more = start + wanted.limit < len(rows)
    return SourcePage(
        items=[_item(row) for row in shown], next=shown[-1].source.id if more else None
    )


@router.get("/sources/{name}", name="api.sources.show")
def show_source(desk: Serving, visitor: Visiting, name: str) -> SourceDays:
    """One source with its last 14 days."""
    shown = sources_room.shown_source(desk, name, visitor.scope, visitor.now)
    return SourceDays(**_item(shown.row).model_dump(), days=list(shown.days))


@router.get("/rejected", name="api.rejected.list")
def list_rejected(
    desk: Serving, visitor: Visiting, wanted: Wants,
    source: Annotated[str | None, Query(description="A source's id.")] = None,
    updated_since: Annotated[str | None, _SINCE] = None,
) -> RejectPage:  # fmt: skip
    """Records that could not be read: document, position, field, value and reason."""
    choice = RejectChoice(source or None, moment(updated_since))
    found = sources_room.rejected(desk, choice, visitor.scope, wanted)
    return RejectPage(items=list(found.items), next=found.next)


@router.get("/sources/{name}/documents", name="api.sources.documents")
def list_documents(
    desk: Serving, visitor: Visiting, name: str, wanted: Wants,
    updated_since: Annotated[str | None, _SINCE] = None,
) -> DocumentPage:  # fmt: skip
    """Documents of a source whose reports are kept, newest first."""
    since = moment(updated_since)
    found = sources_room.stored_documents(desk, name, visitor.scope, wanted, since)
    return DocumentPage(items=list(found.items), next=found.next)


@router.get("/sources/{name}/again", name="api.sources.again")
def read_again(
    desk: Serving, visitor: Visiting, name: str, noting: Notes,
    document: Annotated[str, Query(description="A kept document's name.")],
) -> list[ReadAgain]:  # fmt: skip
    """Read a kept document's reports again: what would change. Nothing is stored."""
    found = sources_room.again(desk, name, document, visitor.scope)
    noting.reports((one.report.id, one.report) for one in found).write()
    return [
        ReadAgain(report=one.report.id, title=one.report.title, current=one.current,
                  changes=list(one.changes))
        for one in found
    ]  # fmt: skip


@router.post("/sources/{name}/try", name="api.sources.try")
def try_file(
    desk: Serving, visitor: Visiting, name: str, file: Annotated[UploadFile, File()]
) -> list[Tried]:
    """Read a file as this source's: what it would bring. Nothing is stored."""
    given = file.filename or "file"
    found = sources_room.tried(desk, name, given, file.file.read(), visitor.now)
    return [
        Tried(
            document=one.document, new=one.new, versions=one.versions, unchanged=one.unchanged,
            late=one.late, withdrawn=list(one.withdrawn), reinstated=list(one.reinstated),
            rejected=[Reject.of(error, name, given, visitor.now) for error in one.rejected],
            failed=one.failed,
        )
        for one in found
    ]  # fmt: skip


@router.post("/sources/{name}/switch", name="api.sources.switch")
def switch(desk: Serving, visitor: Visiting, name: str, asked: Switching) -> Switch:
    """Collect a source from now on, or no longer, with the reason."""
    person = Person(visitor.known.name, visitor.now)
    return switching.switch(desk, name, person, asked.reason, on=asked.on)


def _item(row: SourceRow) -> SourceItem:
    return SourceItem(
        source=row.source, refused=row.refused, silent=row.silent, health=row.health,
        switch=row.switch,
    )  # fmt: skip


def _answered(row: SourceRow) -> datetime | None:
    return row.health.last_answered if row.health else None


def _start(rows: list[SourceRow], after: str | None) -> int:
    """Behind the source that the cursor names; its id is the cursor."""
    if after is None:
        return 0
    from farwatch.errors import UsageError

    for n, row in enumerate(rows):
        if row.source.id == after:
            return n + 1
    raise UsageError(f"cursor {after[:60]!r} is not one that this list gave")
