"""Keys of programs: what each opens, shown once, over in time, revoked by either side."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient
from web_desk import PASSWORD, Enter

from farwatch.desk import accounts, administering, limiting, tokens
from farwatch.desk.accounts import NewAccount
from farwatch.desk.administering import By, Changes
from farwatch.desk.opening import Desk
from farwatch.desk.tokens import NewToken
from farwatch.errors import Forbidden, NotFound, UsageError
from farwatch.model.account import Account, Role, Scope
from farwatch.store import tokens as stored
from farwatch.web import visitor
from farwatch.web.limited import Meter

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
READ, WRITE = "/api/v1/alerts", "/api/v1/alerts/e-riot/desk/acknowledge"


def amina(
    desk: Desk, role: Role = Role.DUTY_OFFICER, scope: Scope = accounts.EVERYWHERE
) -> Account:
    new = NewAccount("amina", role, PASSWORD, scope=scope)
    return accounts.add(desk, new, "tests", NOW)


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


@pytest.mark.parametrize(
    ("may", "reads", "writes", "reads_me"),
    [
        (("read",), 200, 403, 200),
        (("write",), 200, 200, 200),
        (("alerts:write",), 200, 200, 403),
        (("tokens:write",), 403, 403, 403),
        (("read", "tokens:write"), 200, 403, 200),
    ],
)
def test_a_key_opens_what_its_scopes_say(
    desk: Desk, client: TestClient, may: tuple[str, ...], reads: int, writes: int, reads_me: int
) -> None:
    _, secret = tokens.make(desk, amina(desk), NewToken("x", may), datetime.now(UTC))
    asked = bearer(secret)
    assert client.get(READ, headers=asked).status_code == reads
    assert client.post(WRITE, headers=asked).status_code == writes
    assert client.get("/api/v1/me", headers=asked).status_code == reads_me


def test_a_key_is_never_more_than_its_account(desk: Desk, client: TestClient) -> None:
    scope = Scope(countries=("ZM",))
    account = amina(desk, Role.VIEWER, scope)
    _, secret = tokens.make(desk, account, NewToken("x", ("write",)), datetime.now(UTC))
    asked = bearer(secret)
    assert client.post(WRITE, headers=asked).status_code == 403
    rows = client.get(READ, headers=asked).json()["items"]
    assert [row["alert"]["key"] for row in rows] == ["e-riot/desk"]
    assert client.get("/api/v1/accounts", headers=asked).status_code == 403
    administering.change(desk, account.id, Changes(active=False), By("root"), datetime.now(UTC))
    assert client.get(READ, headers=asked).status_code == 401


@pytest.mark.parametrize("path", ["/alerts", "/account", "/administration"])
def test_a_key_opens_no_page(desk: Desk, client: TestClient, path: str) -> None:
    account = amina(desk, Role.ADMINISTRATOR)
    _, secret = tokens.make(desk, account, NewToken("x", ("write",)), datetime.now(UTC))
    assert client.get(path, headers=bearer(secret)).status_code == 403


def test_a_key_is_over_in_time_and_at_once_when_revoked(desk: Desk) -> None:
    account = amina(desk)
    made, secret = tokens.make(desk, account, NewToken("x", days=1), NOW)
    assert tokens.of_secret(desk, secret, NOW + timedelta(hours=23, minutes=59))
    assert tokens.of_secret(desk, secret, NOW + timedelta(days=1)) is None
    tokens.revoke(desk, account, made.id, NOW)
    assert tokens.of_secret(desk, secret, NOW) is None
    assert tokens.of_secret(desk, "farwatch_nothing", NOW) is None


def test_its_use_is_written_down_at_most_once_a_minute(desk: Desk) -> None:
    made, secret = tokens.make(desk, amina(desk), NewToken("x"), NOW)
    for seconds in (0, 30, 59, 61):
        tokens.of_secret(desk, secret, NOW + timedelta(seconds=seconds))
        desk.last_uses.write(desk.database)
    with desk.database.read() as conn:
        assert stored.get(conn, made.id).last_used == NOW + timedelta(seconds=61)


def test_only_the_owner_and_administrators_of_its_part_revoke(desk: Desk) -> None:
    account = amina(desk, scope=Scope(countries=("ZM",)))
    made, _ = tokens.make(desk, account, NewToken("x"), NOW)
    for role, scope, may in (
        (Role.MANAGER, Scope(), False),
        (Role.ADMINISTRATOR, Scope(countries=("PE",)), False),
        (Role.ADMINISTRATOR, Scope(countries=("PE", "ZM")), True),
    ):
        new = NewAccount(f"{role} {scope.countries}", role, PASSWORD, scope=scope)
        other = accounts.add(desk, new, "tests", NOW)
        if may:
            assert tokens.revoke(desk, other, made.id, NOW).revoked
        else:
            with pytest.raises(NotFound):
                tokens.revoke(desk, other, made.id, NOW)


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (NewToken(""), "label"), (NewToken("a\nb"), "label"), (NewToken("x", ()), "scopes"),
        (NewToken("x", ("everything",)), "everything"), (NewToken("x", days=0), "0"),
        (NewToken("x", days=367), "367"),
    ],
)  # fmt: skip
def test_a_key_that_cannot_be_is_refused(desk: Desk, new: NewToken, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        tokens.make(desk, amina(desk), new, NOW)


@pytest.mark.parametrize(
    ("holds", "wants", "days", "given"),
    [
        (("read",), ("read",), 10, True),
        (("read", "tokens:write"), ("alerts:write",), 10, False),
        (("tokens:write",), ("read",), 10, False),
        (("tokens:write",), ("tokens:write",), 10, True),
        (("alerts:write",), ("write",), 10, False),
        (("write",), ("alerts:write", "read"), 10, True),
        (("write",), ("write",), 31, False),
    ],
)
def test_a_key_gives_no_more_than_it_has_and_no_longer(
    desk: Desk, holds: tuple[str, ...], wants: tuple[str, ...], days: int, given: bool
) -> None:
    account = amina(desk)
    through, _ = tokens.make(desk, account, NewToken("x", holds, 30), NOW)
    if given:
        made, _ = tokens.make(desk, account, NewToken("y", wants, days), NOW, through)
        assert made.may == tuple(sorted(wants))
    else:
        with pytest.raises(Forbidden, match="gives no"):
            tokens.make(desk, account, NewToken("y", wants, days), NOW, through)


def test_fifty_stand_at_once_and_no_more(desk: Desk) -> None:
    account = amina(desk)
    made = [tokens.make(desk, account, NewToken(str(n)), NOW)[0] for n in range(tokens.MOST)]
    with pytest.raises(UsageError, match="revoke one"):
        tokens.make(desk, account, NewToken("more"), NOW)
    tokens.revoke(desk, account, made[0].id, NOW)
    assert tokens.make(desk, account, NewToken("more"), NOW)


def test_the_page_shows_a_key_once(desk: Desk, enter: Enter) -> None:
    client = enter(Role.ANALYST)
    form = {"label": "<b>report", "may": ["read", "alerts:write"], "days": "7"}
    made = client.post("/account/tokens", data=form)
    assert made.status_code == 200 and made.headers["cache-control"] == "no-store"
    secret = made.text.split('class="secret">')[1].split("<")[0]
    assert secret.startswith(tokens.PREFIX)
    page = client.get("/account").text
    assert secret not in page and "&lt;b&gt;report" in page and "<b>report" not in page
    assert client.get(READ, headers=bearer(secret)).status_code == 200
    wrong = client.post("/account/tokens", data=form | {"may": "nothing:write"})
    assert wrong.status_code == 422 and "nothing:write" in wrong.text


def test_the_api_makes_lists_and_revokes(desk: Desk, enter: Enter) -> None:
    client = enter(Role.ADMINISTRATOR)
    key = {"idempotency-key": "0123456789abcdef-one"}
    body = {"label": "nightly", "may": ["read"], "days": 1}
    made = client.post("/api/v1/tokens", json=body, headers=key)
    assert made.status_code == 201
    secret = made.json()["secret"]
    again = client.post("/api/v1/tokens", json=body, headers=key)
    assert again.status_code == 409 and secret not in again.text
    listed = client.get("/api/v1/tokens").json()
    assert [one["label"] for one in listed["items"]] == ["nightly"] and secret not in str(listed)
    others = amina(desk, Role.VIEWER)
    tokens.make(desk, others, NewToken("theirs"), datetime.now(UTC))
    shown = client.get(f"/api/v1/tokens?account={others.id}").json()["items"]
    assert [one["label"] for one in shown] == ["theirs"]
    gone = client.delete(f"/api/v1/tokens/{shown[0]['id']}")
    assert gone.status_code == 204
    assert client.get(f"/api/v1/tokens?account={others.id}").json()["items"][0]["revoked"]


def test_another_s_keys_are_no_business_of_others(desk: Desk, enter: Enter) -> None:
    client = enter(Role.MANAGER)
    others = amina(desk)
    made, _ = tokens.make(desk, others, NewToken("theirs"), datetime.now(UTC))
    assert client.get(f"/api/v1/tokens?account={others.id}").status_code == 403
    assert client.get("/api/v1/tokens").json()["items"] == []
    assert client.delete(f"/api/v1/tokens/{made.id}").status_code == 404
    assert client.post(f"/account/tokens/{made.id}/revoke").status_code == 404


def test_lists_of_keys_are_paged_and_followed(desk: Desk, enter: Enter) -> None:
    client = enter(Role.ANALYST)
    for n in range(5):
        body = {"label": f"t{n}", "may": ["read"], "days": 1}
        assert client.post("/api/v1/tokens", json=body).status_code == 201
    seen, cursor = [], ""
    while cursor is not None:
        got = client.get(f"/api/v1/tokens?limit=2&cursor={cursor}").json()
        seen += [one["label"] for one in got["items"]]
        cursor = got["next"]
    assert seen == ["t4", "t3", "t2", "t1", "t0"]
    followed = client.get("/api/v1/tokens?updated_since=2026-01-01T00:00:00Z").json()["items"]
    assert [one["label"] for one in followed] == ["t0", "t1", "t2", "t3", "t4"]


def test_wrong_keys_are_counted_and_right_ones_go_on(desk: Desk, client: TestClient) -> None:
    _, secret = tokens.make(desk, amina(desk), NewToken("x"), datetime.now(UTC))
    wrong = bearer("farwatch_wrong")
    statuses = [
        client.get(READ, headers=wrong).status_code for _ in range(limiting.WRONG_TOKEN.times + 1)
    ]
    assert set(statuses[:-1]) == {401} and statuses[-1] == 429
    refused = client.get(READ, headers=wrong)
    assert refused.status_code == 429 and int(refused.headers["retry-after"]) >= 1
    assert refused.headers["content-type"] == "application/problem+json"
    assert client.get(READ, headers=bearer(secret)).status_code == 200


def test_each_key_is_used_so_often_and_no_oftener(
    desk: Desk, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitor, "_TOKENS", Meter(limiting.Limit("requests", 3, 3_600)))
    account = amina(desk)
    now = datetime.now(UTC)
    first = bearer(tokens.make(desk, account, NewToken("a"), now)[1])
    second = bearer(tokens.make(desk, account, NewToken("b"), now)[1])
    assert [client.get(READ, headers=first).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert client.get(READ, headers=second).status_code == 200
    assert 1_100 < int(client.get(READ, headers=first).headers["retry-after"]) <= 1_200
