"""The first account, signing in and out, lock-out, and what every answer carries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient
from web_desk import PASSWORD, Enter

from farwatch.desk import accounts
from farwatch.desk.accounts import NewAccount
from farwatch.desk.opening import Desk
from farwatch.errors import NotFound, SignInRefused, UsageError
from farwatch.model.account import Role
from farwatch.store import audit

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_the_link_makes_one_administrator_and_works_once(desk: Desk, client: TestClient) -> None:
    secret = accounts.set_up_link(desk, datetime.now(UTC))
    form = {"name": "amina", "password": PASSWORD}
    assert client.get(f"/set-up/{secret}").status_code == 200
    made = client.post(f"/set-up/{secret}", data=form)
    assert made.status_code == 303
    assert "HttpOnly" in made.headers["set-cookie"]
    assert "samesite=lax" in made.headers["set-cookie"].lower()
    client.cookies.clear()
    again = client.post(f"/set-up/{secret}", data=form | {"name": "mallory"})
    assert again.status_code == 422
    assert accounts.set_up_link(desk, datetime.now(UTC)) is None


def test_only_the_newest_link_works(desk: Desk) -> None:
    first = accounts.set_up_link(desk, NOW)
    second = accounts.set_up_link(desk, NOW)
    assert first and second
    new = NewAccount("amina", Role.ADMINISTRATOR, PASSWORD)
    with pytest.raises(NotFound):
        accounts.set_up(desk, first, new, NOW)
    with pytest.raises(NotFound):
        accounts.set_up(desk, second, new, NOW + accounts.LINK_LASTS + timedelta(seconds=1))


def test_a_wrong_password_and_an_unknown_name_read_alike(desk: Desk, client: TestClient) -> None:
    accounts.add(desk, NewAccount("amina", Role.VIEWER, PASSWORD), "tests", NOW)
    wrong = client.post("/sign-in", data={"name": "amina", "password": "x"})
    unknown = client.post("/sign-in", data={"name": "amine", "password": "x"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace("amina", "") == unknown.text.replace("amine", "")


@pytest.mark.parametrize(
    ("following", "to"),
    [("/alerts?state=open", "/alerts?state=open"), ("https://evil.example/", "/"),
     ("//evil.example", "/"), ("/\\evil.example", "/"), ("", "/")],
)  # fmt: skip
def test_after_signing_in_one_stays_here(
    desk: Desk, client: TestClient, following: str, to: str
) -> None:
    accounts.add(desk, NewAccount("amina", Role.VIEWER, PASSWORD), "tests", NOW)
    form = {"name": " Amina ", "password": PASSWORD, "next": following}
    answer = client.post("/sign-in", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, to)
    assert client.get("/alerts").status_code == 200


def test_five_wrong_passwords_lock_and_the_lock_ends(desk: Desk) -> None:
    accounts.add(desk, NewAccount("amina", Role.VIEWER, PASSWORD), "tests", NOW)
    for _ in range(accounts.FREE_FAILURES):
        with pytest.raises(SignInRefused):
            accounts.sign_in(desk, "amina", "wrong", NOW)
    with pytest.raises(SignInRefused):
        accounts.sign_in(desk, "amina", PASSWORD, NOW)
    later = NOW + accounts.LOCKED_FOR + timedelta(seconds=1)
    assert accounts.sign_in(desk, "amina", PASSWORD, later).account.name == "amina"
    with desk.database.read() as conn:
        kinds = [entry.decision.kind for entry in audit.entries(conn)]
        assert audit.verify(conn) == len(kinds)
    assert kinds.count("account.refused") == accounts.FREE_FAILURES + 1


def test_signing_out_ends_the_sign_in(enter: Enter) -> None:
    client = enter(Role.VIEWER)
    assert client.get("/alerts").status_code == 200
    cookie = client.cookies["farwatch_session"]
    assert client.post("/sign-out").status_code == 303
    client.cookies.set("farwatch_session", cookie)
    assert client.get("/alerts").status_code == 303


@pytest.mark.parametrize("password", ["short", "x" * 11, "x" * 257])
def test_a_password_has_its_length(desk: Desk, password: str) -> None:
    with pytest.raises(UsageError, match="12 to 256"):
        accounts.add(desk, NewAccount("amina", Role.VIEWER, password), "tests", NOW)


def test_two_names_that_read_alike_are_one(desk: Desk) -> None:
    accounts.add(desk, NewAccount("Amina", Role.VIEWER, PASSWORD), "tests", NOW)
    with pytest.raises(UsageError, match="stands already"):
        accounts.add(desk, NewAccount("AMINA ", Role.VIEWER, PASSWORD), "tests", NOW)


@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/alerts", "/nothing", "/static/app.css"])
def test_every_answer_lets_nothing_in_from_outside(client: TestClient, path: str) -> None:
    answer = client.get(path)
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy and "http" not in policy
    assert policy.startswith("default-src 'none'")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_another_host_name_is_refused(client: TestClient) -> None:
    answer = client.get("/sign-in", headers={"host": "rebound.example"})
    assert answer.status_code == 400


def test_an_error_of_the_api_is_a_problem(client: TestClient) -> None:
    answer = client.get("/api/v1/alerts")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 401


def test_what_was_typed_is_shown_as_it_is_and_never_as_markup(
    desk: Desk, client: TestClient
) -> None:
    secret = accounts.set_up_link(desk, datetime.now(UTC))
    form = {"name": "<b>amina</b> 100%(x)s\u0007", "password": PASSWORD}
    refused = client.post(f"/set-up/{secret}", data=form)
    assert refused.status_code == 422
    assert "<b>amina" not in refused.text and "&lt;b&gt;amina" in refused.text
