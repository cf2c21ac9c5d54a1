"""The reports' pages: search, and one report as received, as read, and what became of it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from farwatch.desk import passing_on, report_room
from farwatch.desk.passing_on import Passed
from farwatch.web import event_words as words
from farwatch.web.asked import Wants
from farwatch.web.event_asked import ReportsAsked, address_of, narrowed
from farwatch.web.noted import Notes
from farwatch.web.pages.events import Form_, as_file
from farwatch.web.render import page
from farwatch.web.visitor import Serving, Visiting

router = APIRouter()


@router.get("/reports", name="reports.list")
def show_list(
    request: Request, desk: Serving, visitor: Visiting, asked: ReportsAsked, wanted: Wants,
    noting: Notes,
) -> Response:  # fmt: skip
    """Search."""
    found = report_room.found(desk, asked, visitor.scope, wanted)
    noting.reports((one.id, one.report) for one in found.rows.items).write()
    context = {
        "found": found, "asked": asked, "words": words, "here": address_of(request),
        "narrowed": narrowed(request), "sources": sorted(desk.sources), "room": "reports",
        "titles": {name: source.title for name, source in desk.sources.items()},
    }  # fmt: skip
    return page(request, "reports.html", context)


@router.get("/reports/export.{form}", name="reports.export")
def export(
    desk: Serving, visitor: Visiting, asked: ReportsAsked, form: Form_, noting: Notes
) -> Response:  # fmt: skip
    """Every report of the filter as a file."""
    passed = Passed(desk.settings.exercise)
    noting.ids("reports", passing_on.closed_reports(desk, asked, visitor.scope)).write()
    rows = passing_on.report_rows(desk, asked, visitor.scope, passed)
    return as_file("reports", form, rows, passed)


@router.get("/reports/{name}", name="reports.show")
def show_report(
    request: Request, desk: Serving, visitor: Visiting, name: str, noting: Notes
) -> Response:
    """One report."""
    shown = report_room.shown(desk, name, visitor.scope)
    noting.reports([(shown.id, shown.report)]).events(shown.events).write()
    context = {
        "shown": shown, "words": words,
        "here": address_of(request), "RAW_SHOWN": report_room.RAW_SHOWN,
    }  # fmt: skip
    return page(request, "report.html", context)
