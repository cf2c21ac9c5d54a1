"""The API's document is whole: every operation and schema is described, with examples that fit; and
every list it names keeps the one shape of lists."""

from __future__ import annotations

import re
from typing import Any

import jsonschema_rs
import pytest
from starlette.testclient import TestClient
from web_desk import Enter

from farwatch.desk.opening import Desk
from farwatch.model.account import Role
from farwatch.web.app import API_PREFIX, make_app
from farwatch.web.openapi import document, operations
from farwatch.web.policy import POLICY, PUBLIC

# Lists of what ships with Farwatch, sources and places of the world: nothing of them has changed.
UNCHANGED = {"/api/v1/sources", "/api/v1/places"}
# The inbox pages by happening; reading the audit is in the audit.
MOVING = {"/api/v1/alerts/inbox", "/api/v1/audit"}
# The rotas of a desk are a handful.
WHOLE = {"/api/v1/rotas"}
FAR = "2199-01-01T00:00:00+00:00"
LONG_AGO = "1999-01-01T00:00:00+00:00"


@pytest.fixture
def described(desk: Desk) -> dict[str, Any]:
    return document(make_app(desk))


def resolved(schema: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def answer_of(operation: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    good = next(one for code, one in operation["responses"].items() if code.startswith("2"))
    schema = good.get("content", {}).get("application/json", {}).get("schema", {})
    return resolved(schema, described)


def lists(described: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """(path, operation) of every list: what answers with `items`."""
    return [
        (path, operation)
        for path, method, operation in operations(described)
        if method == "get" and "items" in answer_of(operation, described).get("properties", {})
    ]


def faults(example: Any, schema: dict[str, Any], described: dict[str, Any]) -> list[str]:
    whole = jsonschema_rs.Draft202012Validator(schema | {"components": described["components"]})
    return [f"{error.message} at {error.instance_path}" for error in whole.iter_errors(example)]


def test_the_document_is_open_to_all_and_is_not_sent_twice(client: TestClient) -> None:
    first = client.get("/api/v1/openapi.json")
    assert first.status_code == 200
    assert first.json()["openapi"].startswith("3.1")
    again = client.get("/api/v1/openapi.json", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/api/v1/openapi.json", headers={"if-none-match": 'W/"other"'})
    assert other.status_code == 200


def test_every_route_of_the_api_stands_in_the_document(described: dict[str, Any]) -> None:
    named = {f"api.{one['operationId']}" for _, _, one in operations(described)}
    assert named == {name for name in POLICY if name.startswith("api.")}


def test_every_operation_is_described(described: dict[str, Any]) -> None:
    for path, method, operation in operations(described):
        where = f"{method} {path}"
        assert operation["summary"] and operation["description"], where
        assert operation["tags"], where
        public = POLICY[f"api.{operation['operationId']}"] is PUBLIC
        assert operation["security"] == ([] if public else [{"token": []}, {"session": []}]), where
        problems = {code for code in operation["responses"] if code[0] in "45"}
        assert problems >= {"404", "422", "429"} | (set() if public else {"401", "403"}), where
        names = {one["name"] for one in operation.get("parameters", ())}
        assert ("Idempotency-Key" in names) == (method != "get" and not public), where
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], (where, parameter["name"])
            assert "example" in parameter or "examples" in parameter, (where, parameter["name"])


def test_every_example_fits_its_schema(described: dict[str, Any]) -> None:
    wrong = []
    for path, method, operation in operations(described):
        body = operation.get("requestBody", {}).get("content", {})
        good = [one.get("content", {}) for code, one in operation["responses"].items()
                if code.startswith("2")]  # fmt: skip
        for content in (body, *good):
            for kind, media in content.items():
                if "json" not in kind:
                    continue
                schema = media.get("schema", {})
                assert "example" in media or "examples" in media, (method, path)
                if "example" in media and schema:
                    found = faults(media["example"], schema, described)
                    wrong += [f"{method} {path}: {one}" for one in found]
    assert not wrong


def test_every_schema_is_described_with_an_example_that_fits(described: dict[str, Any]) -> None:
    for name, schema in described["components"]["schemas"].items():
        assert schema["title"] and schema["description"], name
        for example in schema["examples"]:
            assert not faults(example, schema, described), name


def test_every_list_takes_the_same_three(described: dict[str, Any]) -> None:
    found = lists(described)
    assert found
    for path, operation in found:
        names = {one["name"] for one in operation.get("parameters", ())}
        assert names >= {"cursor", "limit", "updated_since"}, path
        properties = answer_of(operation, described)["properties"]
        assert {"items", "next"} <= set(properties), path


def test_what_is_called_a_list_is_one(described: dict[str, Any]) -> None:
    paths = {path for path, _ in lists(described)}
    for path, method, operation in operations(described):
        if path in WHOLE:
            continue
        if method == "get" and operation["operationId"].endswith(".list"):
            assert path in paths, path


def test_every_list_pages_and_follows_changes(enter: Enter, described: dict[str, Any]) -> None:
    client = enter(Role.ADMINISTRATOR)
    for path, operation in lists(described):
        asked = {
            one["name"]: one.get("example")
            for one in operation.get("parameters", ())
            if one["in"] == "query" and one.get("required")
        }
        address = re.sub(r"\{[^}]+\}", "nothing", path)
        if client.get(address, params=asked).status_code == 404:
            continue  # a list of something that is named, which is not on this desk
        whole = get(client, address, {**asked, "limit": 1000})
        one_by_one: list[Any] = []
        cursor: str | None = ""
        few = max(1, len(whole["items"]) // 3)
        while cursor is not None and len(one_by_one) < len(whole["items"]):
            page = get(client, address, {**asked, "limit": few, "cursor": cursor})
            assert len(page["items"]) <= few, address
            one_by_one += page["items"]
            cursor = page["next"]
        if address not in MOVING:
            assert one_by_one[: len(whole["items"])] == whole["items"], address
            assert whole["next"] is not None or len(one_by_one) == len(whole["items"]), address
        assert get(client, address, {**asked, "updated_since": FAR})["items"] == [], address
        since = get(client, address, {**asked, "updated_since": LONG_AGO, "limit": 1000})
        changed = 0 if address in UNCHANGED else len(whole["items"])
        assert len(since["items"]) == changed or address in MOVING, address
        for wrong in ({"limit": 0}, {"limit": 1001}, {"cursor": "no"}, {"updated_since": "noon"},
                      {"updated_since": "2026-03-01T12:00:00"}):  # fmt: skip
            answer = client.get(address, params={**asked, **wrong})
            assert answer.status_code == 422, (address, wrong)
            assert answer.headers["content-type"] == "application/problem+json"


def get(client: TestClient, path: str, params: dict[str, Any]) -> dict[str, Any]:
    answer = client.get(path, params=params)
    assert answer.status_code == 200, (path, params, answer.text)
    return dict(answer.json())


def test_the_page_shows_every_operation_and_loads_nothing_from_outside(
    client: TestClient, described: dict[str, Any]
) -> None:
    answer = client.get("/api")
    assert answer.status_code == 200
    for path, _, operation in operations(described):
        assert f'id="{operation["operationId"]}"' in answer.text, path
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', answer.text)
    assert API_PREFIX in answer.text
