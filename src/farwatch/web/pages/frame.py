"""What the frame of every page asks for: the language it is in, the counts at its top."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from farwatch.desk.top_line import standing
from farwatch.errors import UsageError
from farwatch.store import accounts
from farwatch.web import i18n
from farwatch.web.visitor import Serving, Visiting

router = APIRouter()
_YEAR = 365 * 86_400


@router.post("/language", name="language")
def choose(
    desk: Serving, visitor: Visiting, language: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/",  # noqa: A002 (the URL's word)
) -> Response:  # fmt: skip
    """Read on in another language, where one was."""
    if language not in i18n.LANGUAGES:
        raise UsageError(f"language {language[:40]!r} is none of {', '.join(i18n.LANGUAGES)}")
    if visitor.account is not None:
        with desk.database.begin() as conn:
            accounts.change(conn, replace(visitor.account, language=language), datetime.now(UTC))
    ours = next.startswith("/") and not next.startswith(("//", "/\\"))
    answer = RedirectResponse(next if ours else "/", status_code=HTTPStatus.SEE_OTHER)
    secure = desk.settings.public_url.startswith("https:")
    answer.set_cookie(
        i18n.COOKIE, language, max_age=_YEAR, httponly=True, samesite="lax", secure=secure
    )
    return answer


@router.get("/counts", name="counts")
def counts(request: Request, desk: Serving, visitor: Visiting) -> Response:
    """Open alerts in words, for the top line of a page that stays open."""
    found = standing(desk, visitor.scope, visitor.now).alerts
    words = i18n.translations(i18n.language_of(request))
    text = words.ngettext("%(num)d open alert", "%(num)d open alerts", found) % {"num": found}
    return JSONResponse({"alerts": text})
