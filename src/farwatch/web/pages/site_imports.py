"""Importing a list of sites by page: upload, choose columns, look at what it would come to, take
it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from farwatch.desk import site_importing
from farwatch.desk.opening import Desk
from farwatch.desk.site_importing import Importer
from farwatch.errors import InputError, RejectedRows, UsageError
from farwatch.protect.columns import FIELDS
from farwatch.protect.remedies import remedy
from farwatch.store.site_versions import SiteListFile
from farwatch.web import place_words as words
from farwatch.web.render import page
from farwatch.web.site_asked import importer_of, mapping_from
from farwatch.web.visitor import Serving, Visiting

router = APIRouter()
_SAMPLE, _SHOWN = 8, 100


@router.get("/sites/import", name="sites.import")
def show_upload(request: Request) -> Response:
    """The form that takes a file."""
    return page(request, "site_import.html", {"refused": None})


@router.post("/sites/import", name="sites.import")
async def upload(request: Request, desk: Serving, visitor: Visiting) -> Response:
    """Keep the file for a day and show what it holds."""
    form, name, data = await request.form(), "", b""
    given = form.get("file")
    if isinstance(given, UploadFile):
        name, data = given.filename or "sites.csv", await given.read()
    await form.close()
    try:
        number = await run_in_threadpool(
            site_importing.upload, desk, importer_of(visitor), name, data
        )
    except InputError as refused:
        return _refused(request, refused)
    return RedirectResponse(f"/sites/import/{number}", status_code=HTTPStatus.SEE_OTHER)


@router.get("/sites/import/{number}", name="sites.import.show")
def show_list(request: Request, desk: Serving, visitor: Visiting, number: str) -> Response:
    """What an import would come to by these columns; nothing is stored."""
    who = importer_of(visitor)
    file = site_importing.uploaded(desk, who, number)
    return _shown(request, desk, who, file, None)


@router.post("/sites/import/{number}", name="sites.import.take")
async def take(request: Request, desk: Serving, visitor: Visiting, number: str) -> Response:
    """Import it, whole or without its wrong rows; once, however often it is asked."""
    form, who = await request.form(), importer_of(visitor)
    asked, partial = mapping_from(form), bool(form.get("partial"))
    file = await run_in_threadpool(site_importing.uploaded, desk, who, number)
    try:
        await run_in_threadpool(
            lambda: site_importing.take(desk, who, number, asked, partial=partial)
        )
    except InputError as refused:
        answer: Response = await run_in_threadpool(_shown, request, desk, who, file, refused, asked)
        answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return answer
    return RedirectResponse(f"/sites/import/{number}", status_code=HTTPStatus.SEE_OTHER)


@router.get("/sites/import/{number}/rejected.csv", name="sites.import.rejected")
def rejected(request: Request, desk: Serving, visitor: Visiting, number: str) -> Response:
    """The rejected rows with line, field, value, reason, what to do, and all their values."""
    who = importer_of(visitor)
    file = site_importing.uploaded(desk, who, number)
    looked = site_importing.look(desk, who, file, mapping_from(request.query_params))
    headers = {"content-disposition": 'attachment; filename="rejected.csv"'}
    body = site_importing.rejected_csv(file, looked)
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)


def _shown(
    request: Request, desk: Desk, who: Importer, file: SiteListFile,
    refused: InputError | None, asked: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    asked = mapping_from(request.query_params) if asked is None else asked
    context: dict[str, Any] = {
        "file": file, "asked": asked, "refused": refused, "wrong_columns": None, "looked": None,
        "sample": site_importing.sample(file, _SAMPLE), "fields": FIELDS, "words": words,
        "remedy": remedy, "most": _SHOWN, "whole": isinstance(refused, RejectedRows),
        "header": site_importing.header(file),
        "carried": urlencode({f"map.{name}": value for name, value in asked.items()}),
    }  # fmt: skip
    try:
        context["looked"] = site_importing.look(desk, who, file, asked)
    except UsageError as error:
        context["wrong_columns"] = str(error)
    return page(request, "site_list.html", context)


def _refused(request: Request, refused: InputError) -> Response:
    answer = page(request, "site_import.html", {"refused": str(refused)})
    answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    return answer
