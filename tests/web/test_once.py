"""A write with an idempotency key is carried out once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from web_desk import PASSWORD, Enter

from farwatch.desk import accounts
from farwatch.desk.opening import Desk
from farwatch.model.account import Role
from farwatch.store import answers, audit, schema
from farwatch.store.answers import Answer, Key

ACKNOWLEDGE = "/api/v1/alerts/e-riot/desk/acknowledge"
NOTE = "/api/v1/alerts/e-riot/desk/note"
KEY = {"idempotency-key": "0e7e2c1c-8f5b-4a5e-9d5e-3a4f0f1c2b7d"}


def decisions(desk: Desk, kind: str) -> int:
    with desk.database.read() as conn:
        return sum(entry.decision.kind == kind for entry in audit.entries(conn))


def test_the_same_request_again_is_answered_the_same_and_not_carried_out(
    desk: Desk, enter: Enter
) -> None:
    client = enter(Role.DUTY_OFFICER)
    first = client.post(ACKNOWLEDGE, headers=KEY)
    assert first.status_code == 200
    assert "idempotent-replayed" not in first.headers
    again = client.post(ACKNOWLEDGE, headers=KEY)
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["content-type"] == first.headers["content-type"]
    assert decisions(desk, "acknowledge") == 1
    assert client.post(ACKNOWLEDGE).status_code == 422  # without a key it is a second one


def test_a_refusal_is_kept_too(desk: Desk, enter: Enter) -> None:
    client = enter(Role.DUTY_OFFICER)
    client.post(ACKNOWLEDGE)
    refused = client.post(ACKNOWLEDGE, headers=KEY)
    again = client.post(ACKNOWLEDGE, headers=KEY)
    assert (refused.status_code, again.status_code) == (422, 422)
    assert again.json() == refused.json()  # its number too: it is one refusal
    assert again.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/api/v1/alerts/e-quake/desk/acknowledge", f"{ACKNOWLEDGE}?x=1"])
def test_another_request_with_the_key_is_refused(enter: Enter, path: str) -> None:
    client = enter(Role.DUTY_OFFICER)
    assert client.post(ACKNOWLEDGE, headers=KEY).status_code == 200
    other = client.post(path, headers=KEY)
    assert other.status_code == 422
    assert "used for another request" in other.json()["detail"]


def test_another_body_with_the_key_is_refused(desk: Desk, enter: Enter) -> None:
    client = enter(Role.DUTY_OFFICER)
    assert client.post(NOTE, json={"text": "one"}, headers=KEY).status_code == 200
    assert client.post(NOTE, json={"text": "one"}, headers=KEY).status_code == 200
    assert client.post(NOTE, json={"text": "two"}, headers=KEY).status_code == 422


def test_a_key_is_its_accounts_own(desk: Desk, enter: Enter) -> None:
    first = enter(Role.DUTY_OFFICER).post(ACKNOWLEDGE, headers=KEY)
    other = enter(Role.MANAGER).post(ACKNOWLEDGE, headers=KEY)
    assert (first.status_code, other.status_code) == (200, 422)
    assert "acknowledged" in other.json()["detail"]  # carried out, and refused by the alert


@pytest.mark.parametrize("key", ["short", "x" * 256, "with\ttab-and-length-enough"])
def test_a_key_that_cannot_be_used_is_named(enter: Enter, key: str) -> None:
    answer = enter(Role.DUTY_OFFICER).post(ACKNOWLEDGE, headers={"idempotency-key": key})
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["detail"]


def test_what_the_guard_refuses_takes_no_key(desk: Desk, enter: Enter) -> None:
    assert enter(Role.VIEWER).post(ACKNOWLEDGE, headers=KEY).status_code == 403
    with desk.database.read() as conn:
        assert conn.execute(sa.select(schema.answers)).all() == []


def test_of_many_at_once_one_is_carried_out(desk: Desk, enter: Enter) -> None:
    client = enter(Role.DUTY_OFFICER)
    headers = {**KEY, "x-csrf-token": client.headers["x-csrf-token"]}
    cookie = client.cookies["farwatch_session"]
    found: list[int] = []

    def ask() -> None:
        own = TestClient(client.app, base_url="http://127.0.0.1")
        own.cookies.set("farwatch_session", cookie)
        found.append(own.post(ACKNOWLEDGE, headers=headers).status_code)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) <= {200, 409} and 200 in found
    assert decisions(desk, "acknowledge") == 1


def test_a_key_whose_request_was_never_answered_is_not_carried_out_again(
    desk: Desk, enter: Enter
) -> None:
    client = enter(Role.DUTY_OFFICER)
    client.post(ACKNOWLEDGE, headers=KEY)
    with desk.database.begin() as conn:  # as a process killed in between leaves it
        gone = {"status": None, "sealed": None, "at": datetime.now(UTC) - timedelta(minutes=6)}
        conn.execute(sa.update(schema.answers).values(gone))
    answer = client.post(ACKNOWLEDGE, headers=KEY)
    assert answer.status_code == 409
    assert "never answered" in answer.json()["detail"]


def test_answers_are_kept_a_day_sealed_with_the_key(desk: Desk, now: datetime) -> None:
    account = accounts.add(
        desk, accounts.NewAccount("program", Role.MANAGER, PASSWORD), "tests", now
    )
    key = Key(account.id, KEY["idempotency-key"])
    with desk.database.begin() as conn:
        assert answers.claim(conn, key, "f", now) is None
        held = answers.claim(conn, key, "f", now)
        assert held is not None and held.answer is None
        answers.keep(conn, key, Answer(201, {"content-type": "a/b"}, b"farwatch_secret"))
        kept = answers.claim(conn, key, "g", now)
        assert kept is not None and kept.fingerprint == "f"
        assert kept.answer == Answer(201, {"content-type": "a/b"}, b"farwatch_secret")
        row = conn.execute(sa.select(schema.answers)).one()
        assert b"farwatch_secret" not in bytes(row.sealed)
        assert KEY["idempotency-key"] not in str(tuple(row))
        assert answers.claim(conn, key, "g", now + answers.KEPT) is None


def test_a_request_that_failed_lets_its_key_go(desk: Desk, now: datetime) -> None:
    account = accounts.add(
        desk, accounts.NewAccount("program", Role.MANAGER, PASSWORD), "tests", now
    )
    key = Key(account.id, KEY["idempotency-key"])
    with desk.database.begin() as conn:
        answers.claim(conn, key, "f", now)
        answers.release(conn, key)
        assert answers.claim(conn, key, "f", now) is None
