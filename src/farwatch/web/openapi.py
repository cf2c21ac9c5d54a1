"""The API's own description (OpenAPI 3.1): what FastAPI knows of the routes, and what holds for
all of them: who may, how one proves who one is, problems, idempotency keys, examples."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from farwatch.model.account import Role
from farwatch.web.examples import example
from farwatch.web.once import HEADER, LONGEST, REPLAYED, SHORTEST
from farwatch.web.policy import POLICY

METHODS = ("get", "post", "put", "patch", "delete")
_WRITES = frozenset(METHODS) - {"get"}
_PROBLEM = "application/problem+json"
DESCRIPTION = """\
Everything the console does. Lists take `cursor`, `limit` and `updated_since`; `next` of a page is
the cursor of the page after it. Errors are RFC 9457 problems with a `number` to quote. Every write
takes an `Idempotency-Key`. JSON answers carry an `ETag`. What lies outside an account's countries
and programmes is not found. Times are ISO 8601 in UTC, countries ISO 3166-1 alpha-2, distances km.
"""
SECURITY = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API token (`farwatch_...`) of an account; opens what its scopes say: "
        "`read`, `write` or a room's, as `alerts:write`.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "farwatch_session",
        "description": "The console's own sign-in; a write also carries the page's `X-CSRF-Token`.",
    },
}
PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "status", "title", "detail"],
    "properties": {
        "type": {"type": "string", "description": "Always `about:blank`: the status says it."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "title": {"type": "string", "description": "The status in words."},
        "detail": {"type": "string", "description": "One sentence with the offending value."},
        "number": {"type": "string", "description": "What to quote when asking for help."},
        "errors": {
            "type": "array",
            "description": "What of the request is wrong, one by one.",
            "items": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    },
    "examples": [
        {
            "type": "about:blank",
            "status": 404,
            "title": "Not Found",
            "detail": "no alert 'e4bf'",
            "number": "5f3a9c01",
        }
    ],
}
# status -> (when, whether of every operation, of those that take an account, of writes)
_PROBLEMS: tuple[tuple[str, str, str], ...] = (
    ("400", "The host or the request cannot be read.", "all"),
    ("401", "Nobody is signed in, or the API token is unknown, revoked or over.", "account"),
    ("403", "The account's role, its scope or the token's scopes do not allow it.", "account"),
    ("404", "Nothing of this name, or it lies outside the account's scope.", "all"),
    ("409", "It does not go together with what stands, or the same request is still being "
            "carried out.", "write"),
    ("413", "The body is over 32 MiB.", "write"),
    ("422", "A parameter, the body or the Idempotency-Key is wrong; says which and why.", "all"),
    ("429", "Too many requests; `Retry-After` says when to go on.", "all"),
    ("503", "The database or the lake does not answer.", "all"),
)  # fmt: skip
_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes the write safe to send again: for 24 hours the same request with the "
    f"same key is answered as the first was (`{REPLAYED}: true`) and not carried out again.",
    "schema": {
        "type": "string",
        "minLength": SHORTEST,
        "maxLength": LONGEST,
        "pattern": "^[!-~]+$",
        "title": "Idempotency-Key",
        "description": "A UUID is a good one.",
        "examples": ["0e7e2c1c-8f5b-4a5e-9d5e-3a4f0f1c2b7d"],
    },
}


def operation_id(route: APIRoute) -> str:
    """What a generated client calls the operation: "alerts.list"."""
    return route.name.removeprefix("api.")


def document(app: FastAPI) -> dict[str, Any]:
    """The document, made once for an application."""
    made: dict[str, Any] | None = getattr(app.state, "openapi", None)
    if made is None:
        made = app.state.openapi = _made(app)
    return made


def operations(described: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(path, method, operation) of a document, in its order."""
    for path, item in described["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def _made(app: FastAPI) -> dict[str, Any]:
    described = get_openapi(
        title="Farwatch", version=app.version, summary="An overseas-security desk's API.",
        description=DESCRIPTION, routes=app.routes, servers=[{"url": "/"}],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )  # fmt: skip
    parts = described.setdefault("components", {})
    parts["securitySchemes"] = SECURITY
    schemas = parts.setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    schemas["Problem"] = PROBLEM
    _describe_schemas(schemas)
    for _, method, operation in operations(described):
        _complete(operation, method, schemas)
    described["tags"] = [
        {"name": name, "description": f"The room of {name}."} for name in _tags(described)
    ]
    return described


def _complete(operation: dict[str, Any], method: str, schemas: dict[str, Any]) -> None:
    """What holds for every operation, and an example of what it takes and gives."""
    name = f"api.{operation['operationId']}"
    who = POLICY.get(name, frozenset())
    operation["security"] = [] if who is None else [{"token": []}, {"session": []}]
    open_to = "everyone" if who is None else ", ".join(role.value for role in Role if role in who)
    told = " ".join(str(operation.get("description") or operation["summary"]).split())
    operation["summary"] = textwrap.shorten(
        re.split(r"[.;] ", told)[0].rstrip("."), 120, placeholder=" ..."
    )
    operation["description"] = f"{told}\n\nOpen to: {open_to}."
    operation["x-open-to"] = open_to
    if method in _WRITES and who is not None:
        operation.setdefault("parameters", []).append(_IDEMPOTENCY)
    for parameter in operation.get("parameters", ()):
        _describe_parameter(parameter, schemas)
    body = operation.get("requestBody", {}).get("content", {})
    answers = operation["responses"]
    _problems(answers, write=method in _WRITES, account=who is not None)
    good = [one.get("content", {}) for code, one in answers.items() if code.startswith("2")]
    for content in (body, *good):
        for kind, media in content.items():
            if "json" in kind and "example" not in media and "examples" not in media:
                media["example"] = example(media.get("schema", {}), schemas)


def _problems(answers: dict[str, Any], *, write: bool, account: bool) -> None:
    problem = {_PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, when, of in _PROBLEMS:
        if of == "all" or (of == "write" and write) or (of == "account" and account):
            answers[status] = {"description": when, "content": problem}


def _describe_parameter(parameter: dict[str, Any], schemas: dict[str, Any]) -> None:
    words = parameter["name"].replace("_", " ")
    parameter.setdefault("description", _WORDS.get(parameter["name"], f"Only of this {words}."))
    if "examples" not in parameter:
        parameter.setdefault(
            "example", example(parameter.get("schema", {}), schemas, parameter["name"])
        )


def _describe_schemas(schemas: dict[str, Any]) -> None:
    for name, schema in schemas.items():
        words = " ".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)).lower()
        told = str(schema.get("description") or f"{words.capitalize()}.")
        schema["description"] = " ".join(told.split())
        schema.setdefault("title", name)
    for schema in schemas.values():
        given = schema.pop("example", None)
        if given is not None:
            schema["examples"] = [_with_nulls(given, schema)]
    for name, schema in schemas.items():
        schema.setdefault("examples", [example({"$ref": f"#/components/schemas/{name}"}, schemas)])


def _with_nulls(given: Any, schema: Mapping[str, Any]) -> Any:
    """An example that a schema brought along, with the nulls that FastAPI takes out of it."""
    if not isinstance(given, dict):
        return given
    return given | {name: None for name in schema.get("required", ()) if name not in given}


def _tags(described: Mapping[str, Any]) -> list[str]:
    every = (tag for _, _, one in operations(described) for tag in one.get("tags", ()))
    return list(dict.fromkeys(every))


_WORDS = {
    "name": "Its key, id, or an id's beginning.",
    "id": "Its id.",
    "country": "ISO 3166-1 alpha-2.",
    "site": "A site's id.",
    "limit": "Rows of a page.",
    "cursor": "`next` of the page before; none for the first.",
    "updated_since": "ISO 8601 with a zone: what changed since, oldest change first.",
}
assert str(_IDEMPOTENCY["name"]).lower() == HEADER  # noqa: S101 - said twice, meant once
