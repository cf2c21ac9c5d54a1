"""Reports by the API: search, and one report as received, as read, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel

from farwatch.desk import passing_on, report_room
from farwatch.desk.passing_on import Passed
from farwatch.model.codec import to_plain
from farwatch.model.report import Report
from farwatch.web.asked import Wants
from farwatch.web.event_asked import ReportsAsked
from farwatch.web.noted import Notes
from farwatch.web.pages.events import Form_, as_file
from farwatch.web.visitor import Serving, Visiting

router = APIRouter(tags=["reports"])


class ReportRow(BaseModel):
    """The standing version of a statement, without its bytes."""

    id: str
    source: str
    key: str
    title: str
    published: datetime | None
    received: datetime
    language: str | None
    url: str | None
    restricted: bool
    withdrawn: bool


class ReportPage(BaseModel):
    """Some reports; `next` is the cursor of those after them, null at the end.

    `total` is counted to 1,000, 1,001 is more; `unknown` words are in no index.
    """

    items: list[ReportRow]
    total: int
    unknown: list[str]
    next: str | None


class VersionRow(BaseModel):
    """A version of the statement, oldest first."""

    id: str
    published: datetime | None
    received: datetime
    title: str


class ReportAnswer(BaseModel):
    """One version. `raw` is as received, UTF-8 with replacements, cut at 20,000 letters;
    `stands` is the version that counts now; `events` are those it supports."""

    id: str
    stands: str
    source: str
    key: str
    title: str
    text: str
    published: datetime | None
    received: datetime
    language: str | None
    url: str | None
    restricted: bool
    status: str
    raw: str
    raw_bytes: int
    withdrawn: str | None
    versions: list[VersionRow]
    readings: list[dict[str, Any]]
    events: list[str]
    licence: str | None
    attribution: str | None
    redistribution: str | None


@router.get("/reports", name="api.reports.list")
def list_reports(
    desk: Serving, visitor: Visiting, asked: ReportsAsked, wanted: Wants, noting: Notes
) -> ReportPage:  # fmt: skip
    """Reports, newest first; with `updated_since`, what was received since, oldest first."""
    found = report_room.found(desk, asked, visitor.scope, wanted)
    noting.reports((one.id, one.report) for one in found.rows.items).write()
    rows = [ReportRow(id=one.id, withdrawn=one.withdrawn, **_head(one.report))
            for one in found.rows.items]  # fmt: skip
    return ReportPage(
        items=rows, total=found.total, unknown=list(found.unknown), next=found.rows.next
    )


@router.get("/reports/export.{form}", name="api.reports.export", response_class=Response)
def export(
    desk: Serving, visitor: Visiting, asked: ReportsAsked, form: Form_, noting: Notes
) -> Response:  # fmt: skip
    """Every report of the filter, streamed as CSV, GeoJSON or JSON lines, as its terms allow."""
    passed = Passed(desk.settings.exercise)
    noting.ids("reports", passing_on.closed_reports(desk, asked, visitor.scope)).write()
    rows = passing_on.report_rows(desk, asked, visitor.scope, passed)
    return as_file("reports", form, rows, passed)


@router.get("/reports/{name}", name="api.reports.show")
def show_report(desk: Serving, visitor: Visiting, name: str, noting: Notes) -> ReportAnswer:
    """One version of a report by its id."""
    shown = report_room.shown(desk, name, visitor.scope)
    noting.reports([(shown.id, shown.report)]).events(shown.events).write()
    terms = shown.source.terms if shown.source else None
    readings = [to_plain(one) for one in shown.readings]
    for one in readings:
        del one["report"]
    return ReportAnswer(
        id=shown.id, stands=shown.stands, **_head(shown.report), text=shown.report.text,
        status=shown.report.status.value, raw=shown.raw, raw_bytes=shown.raw_bytes,
        withdrawn=shown.withdrawn.reason if shown.withdrawn else None,
        versions=[VersionRow(id=one.id, published=one.published, received=one.received,
                             title=one.title) for one in shown.versions],
        readings=readings, events=[one.id for one in shown.events],
        licence=terms.licence if terms else None,
        attribution=terms.attribution if terms else None,
        redistribution=terms.redistribution if terms else None,
    )  # fmt: skip


def _head(report: Report) -> dict[str, Any]:
    return {
        "source": report.source, "key": report.key, "title": report.title,
        "published": report.published, "received": report.received,
        "language": report.language, "url": report.url, "restricted": report.facts.restricted,
    }  # fmt: skip
