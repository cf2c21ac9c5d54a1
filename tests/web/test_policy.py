"""The policy table names every route, and the door keeps to it for every role."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient
from web_desk import Enter

from farwatch.model.account import Role, Scope
from farwatch.web.app import API, API_PREFIX, PAGES
from farwatch.web.policy import POLICY, PUBLIC

ENDLESS = {"live"}  # answers for ever: its own test reads it


def routes() -> Iterator[tuple[str, str, str]]:
    """(name, method, path with made-up parameters) of every route."""
    for prefix, routers in (("", PAGES), (API_PREFIX, API)):
        for router in routers:
            for route in router.routes:
                assert isinstance(route, APIRoute), route
                path = prefix + re.sub(r"\{[^}]+\}", "nothing", route.path)
                for method in route.methods:
                    yield route.name, method, path


def test_the_table_names_every_route_and_no_other() -> None:
    assert {name for name, _, _ in routes()} == set(POLICY)


def test_route_names_are_unique_but_for_methods() -> None:
    paths: dict[str, str] = {}
    for name, _, path in routes():
        assert paths.setdefault(name, path) == path


@pytest.mark.parametrize("role", Role)
def test_a_role_is_let_in_where_the_table_says(role: Role, enter: Enter) -> None:
    client = enter(role)
    for name, method, path in routes():
        if name in ENDLESS or name == "sign_out":
            continue
        who = POLICY[name]
        status = client.request(method, path).status_code
        if who is PUBLIC or role in who:
            assert status not in {401, 403}, (name, status)
        else:
            assert status == 403, (name, status)


def test_nobody_is_let_in_where_the_table_says(client: TestClient) -> None:
    for name, method, path in routes():
        if name in ENDLESS:
            continue
        answer = client.request(method, path)
        if POLICY[name] is PUBLIC:
            assert answer.status_code not in {401, 403}, name
        elif method == "GET" and not path.startswith("/api/"):
            assert answer.status_code == 303, name
            assert answer.headers["location"].startswith("/sign-in?next="), name
        else:
            assert answer.status_code == 401, name


def test_a_form_made_elsewhere_is_refused(enter: Enter) -> None:
    client = enter(Role.DUTY_OFFICER)
    path = "/alerts/e-riot/desk/acknowledge"
    elsewhere = client.post(path, headers={"sec-fetch-site": "cross-site"})
    assert elsewhere.status_code == 403
    old = client.post(path, headers={"x-csrf-token": "another"})
    assert old.status_code == 403
    assert client.post(path).status_code == 303


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (Scope(), ["e-quake/desk", "e-riot/desk"]),
        (Scope(countries=("ZM",)), ["e-riot/desk"]),
        (Scope(programmes=("bank",)), ["e-quake/desk"]),
        (Scope(countries=("ZM",), programmes=("bank",)), []),
        (Scope(countries=("ET",)), []),
    ],
)
def test_what_lies_outside_the_scope_is_not_found(
    enter: Enter, scope: Scope, seen: list[str]
) -> None:
    client = enter(Role.DUTY_OFFICER, scope)
    rows = client.get("/api/v1/alerts").json()["items"]
    assert [row["alert"]["key"] for row in rows] == seen
    for key in ("e-riot/desk", "e-quake/desk"):
        expected = 200 if key in seen else 404
        assert client.get(f"/api/v1/alerts/{key}").status_code == expected
        assert client.get(f"/alerts/{key}").status_code == expected
        told = client.post(f"/api/v1/alerts/{key}/acknowledge").status_code
        assert told == expected
