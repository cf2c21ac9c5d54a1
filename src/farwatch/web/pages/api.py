"""The page about the API: every operation, what it takes and gives, from the OpenAPI document."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from farwatch.web.openapi import document, operations
from farwatch.web.render import page

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Shown:
    """One operation as the page tells it."""

    name: str
    method: str
    path: str
    summary: str
    told: str
    open_to: str
    parameters: tuple[dict[str, Any], ...]
    takes: str | None
    gives: str | None


@router.get("/api", name="api_page")
def show(request: Request) -> Response:
    """The page; open to all, as the document is."""
    rooms: dict[str, list[Shown]] = {}
    for path, method, one in operations(document(request.app)):
        rooms.setdefault(one.get("tags", ["other"])[0], []).append(_shown(path, method, one))
    return page(request, "api.html", {"by_room": rooms})


def _shown(path: str, method: str, operation: dict[str, Any]) -> Shown:
    good: dict[str, Any] = next(
        (one for code, one in operation["responses"].items() if code[0] == "2"), {}
    )
    told = operation["description"].partition("\n\nOpen to:")[0]
    return Shown(
        operation["operationId"], method.upper(), path, operation["summary"], told,
        operation["x-open-to"], tuple(operation.get("parameters", ())),
        _example(operation.get("requestBody", {})), _example(good),
    )  # fmt: skip


def _example(of: dict[str, Any]) -> str | None:
    for kind, media in of.get("content", {}).items():
        if "json" in kind and media.get("example") is not None:
            return json.dumps(media["example"], indent=2, ensure_ascii=False)
    return None
