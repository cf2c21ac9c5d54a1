"""Too many tries: refused with when to go on, by address and by name, and nothing told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from web_desk import PASSWORD

from farwatch.desk import accounts, limiting
from farwatch.desk.accounts import NewAccount
from farwatch.desk.limiting import Limit
from farwatch.desk.opening import Desk
from farwatch.errors import SignInRefused, TooMany
from farwatch.model.account import Role
from farwatch.web import limited
from farwatch.web.policy import POLICY, PUBLIC

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_every_limited_route_is_one_and_is_open_to_nobodies() -> None:
    assert all(POLICY[name] is PUBLIC for name in limited.LIMITED)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/sign-in"), ("POST", "/sign-in/second"), ("POST", "/sign-in/second/passkey/ask"),
        ("GET", "/set-up/nothing"), ("POST", "/invited/nothing"), ("GET", "/sign-in/elsewhere"),
    ],
)  # fmt: skip
def test_an_address_tries_so_often(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    few = {name: Limit(one.what, 2, 3_600) for name, one in limited.LIMITED.items()}
    monkeypatch.setattr(limited, "LIMITED", few)
    form = {"name": "amina", "password": "x", "code": "0"}
    answers = [client.request(method, path, data=form) for _ in range(3)]
    assert [answer.status_code == 429 for answer in answers] == [False, False, True]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 1_800
    assert "too many" in answers[-1].text


def test_an_acknowledgement_link_is_tried_so_often_wherever_it_is_opened(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        limited, "LIMITED_EACH", {"acknowledge.show": Limit("tries of this link", 2, 3_600)}
    )
    statuses = [client.get("/k/nothing").status_code for _ in range(3)]
    assert [status == 429 for status in statuses] == [False, False, True]
    assert client.get("/k/another").status_code != 429


def test_a_name_is_tried_so_often_whether_it_stands_or_not(desk: Desk) -> None:
    accounts.add(desk, NewAccount("amina", Role.VIEWER, PASSWORD), "tests", NOW)
    for name in ("amina", "nobody"):
        for _ in range(limiting.SIGN_IN_AS.times):
            with pytest.raises(SignInRefused):
                accounts.sign_in(desk, name, "wrong", NOW)
        with pytest.raises(TooMany) as refused:
            accounts.sign_in(desk, name.upper(), "wrong", NOW)
        assert refused.value.retry_after <= 300
    later = NOW + timedelta(hours=2)
    assert accounts.sign_in(desk, "amina", PASSWORD, later)


def test_what_is_counted_names_nobody(desk: Desk) -> None:
    limiting.spend(desk, limiting.SIGN_IN, "192.0.2.1", NOW)
    with desk.database.read() as conn:
        keys = conn.execute(sa.text("SELECT key FROM rates")).scalars().all()
    assert len(keys) == 1 and len(keys[0]) == 64
