"""The sources' pages: how each is heard, its terms, what could not be read, reading it again."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from farwatch.desk import sources_room, switching
from farwatch.desk.deciding import Person
from farwatch.desk.sources_room import SourceShown
from farwatch.errors import UsageError
from farwatch.store.rejects import RejectChoice
from farwatch.web.asked import Wants
from farwatch.web.noted import Notes
from farwatch.web.render import page
from farwatch.web.visitor import Serving, Visiting

router = APIRouter()
CHART = (560, 120)  # of the viewBox: width, height
_LONGEST_FILE = 16 * 2**20  # bytes; a day of the largest feed's files


@router.get("/sources", name="sources.list")
def show_list(
    request: Request, desk: Serving, visitor: Visiting,
    silent: Annotated[bool, Query(description="Only those that are silent.")] = False,  # noqa: FBT002
) -> Response:  # fmt: skip
    """Every source with how it is heard."""
    rows = sources_room.listed_sources(desk, visitor.scope, visitor.now)
    shown = [row for row in rows if row.silent or not silent]
    context = {"rows": shown, "all": len(rows), "only_silent": silent}
    return page(request, "sources.html", context)


@router.get("/sources/{name}", name="sources.show")
def show_source(
    request: Request, desk: Serving, visitor: Visiting, name: str, wanted: Wants
) -> Response:
    """One source: health, terms, what could not be read."""
    shown = sources_room.shown_source(desk, name, visitor.scope, visitor.now)
    return page(request, "source.html", {"shown": shown, "chart": chart_of(shown),
                                         **_records(desk, visitor, shown, wanted)})  # fmt: skip


@router.get("/sources/{name}/documents", name="sources.documents")
def show_documents(
    request: Request, desk: Serving, visitor: Visiting, name: str, wanted: Wants
) -> Response:
    """The documents of a source whose reports are kept."""
    shown = sources_room.shown_source(desk, name, visitor.scope, visitor.now)
    found = sources_room.stored_documents(desk, name, visitor.scope, wanted)
    return page(request, "source_documents.html", {"shown": shown, "found": found})


@router.get("/sources/{name}/again", name="sources.again")
def show_again(
    request: Request, desk: Serving, visitor: Visiting, name: str, noting: Notes,
    document: Annotated[str, Query(description="A kept document's name.")],
) -> Response:  # fmt: skip
    """A kept document read again: what would change."""
    shown = sources_room.shown_source(desk, name, visitor.scope, visitor.now)
    found = sources_room.again(desk, name, document, visitor.scope)
    noting.reports((one.report.id, one.report) for one in found).write()
    context = {"shown": shown, "found": found, "document": document}
    return page(request, "source_again.html", context)


@router.post("/sources/{name}/try", name="sources.try")
def show_tried(
    request: Request, desk: Serving, visitor: Visiting, name: str,
    file: Annotated[UploadFile, File()],
) -> Response:  # fmt: skip
    """A file read as this source's, nothing of it stored."""
    shown = sources_room.shown_source(desk, name, visitor.scope, visitor.now)
    data = file.file.read(_LONGEST_FILE + 1)
    if len(data) > _LONGEST_FILE:
        raise UsageError(f"file {file.filename!r} is over {_LONGEST_FILE // 2**20} MiB")
    given = file.filename or "file"
    found = sources_room.tried(desk, name, given, data, visitor.now)
    return page(request, "source_tried.html", {"shown": shown, "found": found, "file": given})


@router.post("/sources/{name}/switch", name="sources.switch")
def switch(
    desk: Serving, visitor: Visiting, name: str, on: Annotated[bool, Form()],
    reason: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Collect it from now on, or no longer."""
    switching.switch(desk, name, Person(visitor.known.name, visitor.now), reason, on=on)
    return RedirectResponse(f"/sources/{name}", status_code=HTTPStatus.SEE_OTHER)


def _records(desk: Serving, visitor: Visiting, shown: SourceShown, wanted: Wants) -> dict[str, Any]:
    """The first rejected records and documents; none for who may not see them."""
    if not shown.open:
        return {"rejected": None}
    choice = RejectChoice(source=shown.row.source.id)
    return {"rejected": sources_room.rejected(desk, choice, visitor.scope, wanted)}


def chart_of(shown: SourceShown) -> dict[str, Any]:
    """The bars of the last days and the band of what is expected, in units of `CHART`."""
    wide, high = CHART
    low, most = shown.row.source.expected_per_day
    top = max(1.0, low, *(day.accepted + day.rejected for day in shown.days))
    top = max(top, most if most <= 4 * top else top)  # a bound far above says nothing
    step = wide / len(shown.days)
    bars = [
        {
            "x": round(n * step + 2, 1), "wide": round(step - 4, 1), "day": day,
            "y": round(high * (1 - day.accepted / top), 1),
            "high": round(high * day.accepted / top, 1),
        }
        for n, day in enumerate(shown.days)
    ]  # fmt: skip
    band = min(most, top)
    return {
        "bars": bars, "wide": wide, "high": high, "top": round(top),
        "band_y": round(high * (1 - band / top), 1),
        "band_high": round(high * (band - min(low, top)) / top, 1),
    }  # fmt: skip
