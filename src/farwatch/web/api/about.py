"""The API about itself: its OpenAPI document."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from farwatch.web.openapi import document

router = APIRouter(tags=["about"])


@router.get("/openapi.json", name="api.about.openapi", response_model=dict[str, Any])
def openapi(request: Request) -> JSONResponse:
    """This document. Open to all: it is the same on every desk of this version, stands in the
    source that everybody can read, and says nothing of what this desk holds."""
    return JSONResponse(document(request.app), headers={"cache-control": "no-cache"})
