"""Administration: accounts by link, the last administrator, bounds, rules, channels, the audit."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from web_desk import PASSWORD, Enter

from farwatch.desk import accounts, administering
from farwatch.desk.accounts import INVITATION_LASTS, NewAccount, SignedIn
from farwatch.desk.administering import By, Changes
from farwatch.desk.opening import Desk
from farwatch.errors import Forbidden, NotFound, SignInRefused, UsageError
from farwatch.model.account import Account, Role, Scope
from farwatch.store import accounts as stored
from farwatch.store import audit

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROOT = By("root")
ZAMBIA = Scope(countries=("ZM",))


def made(
    desk: Desk, name: str, role: Role = Role.VIEWER, scope: Scope = accounts.EVERYWHERE
) -> Account:
    return accounts.add(desk, NewAccount(name, role, PASSWORD, scope=scope), "tests", NOW)


def kinds(desk: Desk, subject: str | None = None) -> list[str]:
    with desk.database.read() as conn:
        return [entry.decision.kind for entry in audit.entries(conn, subject)]


def test_an_account_is_added_by_a_link_that_works_once(desk: Desk, enter: Enter) -> None:
    client = enter(Role.ADMINISTRATOR)
    form = {"name": "amina", "role": "analyst", "countries": "zm, PE", "email": "a@org.example"}
    page = client.post("/administration/accounts", data=form)
    assert page.status_code == 200
    link = re.search(r"/invited/([\w-]+)", page.text)
    assert link
    client.cookies.clear()
    assert "amina" in client.get(link[0]).text
    assert client.post(link[0], data={"password": "short"}).status_code == 422
    assert client.post(link[0], data={"password": PASSWORD}).status_code == 303
    me = client.get("/api/v1/me").json()
    assert (me["role"], me["scope"]["countries"]) == ("analyst", ["PE", "ZM"])
    assert client.get(link[0]).status_code == 404
    assert client.post(link[0], data={"password": PASSWORD}).status_code == 404


def test_a_link_runs_out_and_is_none_for_an_account_that_is_inactive(desk: Desk) -> None:
    account, secret = administering.invite(desk, NewAccount("amina", Role.VIEWER), ROOT, NOW)
    over = NOW + INVITATION_LASTS + timedelta(seconds=1)
    for at, left in ((NOW, True), (over, False)):
        if left:
            assert accounts.redeemable(desk, secret, at).id == account.id
        else:
            with pytest.raises(NotFound):
                accounts.redeemable(desk, secret, at)
    administering.change(desk, account.id, Changes(active=False), ROOT, NOW)
    with pytest.raises(NotFound):
        accounts.redeem(desk, secret, PASSWORD, NOW)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": "x", "countries": "ZZ"}, "ZZ"), ({"name": " "}, "account"),
        ({"name": "desk"}, "own name"), ({"name": "administrator of the tests"}, "already"),
    ],
)  # fmt: skip
def test_an_account_that_cannot_be_is_refused_on_the_page(
    enter: Enter, form: dict[str, str], said: str
) -> None:
    answer = enter(Role.ADMINISTRATOR).post(
        "/administration/accounts", data={"role": "viewer", **form}
    )
    assert answer.status_code == 422 and said in answer.text


@pytest.mark.parametrize(
    "changes", [Changes(active=False), Changes(role=Role.MANAGER), Changes(scope=ZAMBIA)]
)
def test_the_last_administrator_who_sees_all_stays(desk: Desk, changes: Changes) -> None:
    root = made(desk, "root", Role.ADMINISTRATOR)
    made(desk, "bounded", Role.ADMINISTRATOR, ZAMBIA)
    administering.invite(desk, NewAccount("invited", Role.ADMINISTRATOR), ROOT, NOW)
    with pytest.raises(UsageError, match="last administrator"):
        administering.change(desk, root.id, changes, ROOT, NOW)
    made(desk, "second", Role.ADMINISTRATOR)
    administering.change(desk, root.id, changes, ROOT, NOW)


def test_two_administrators_cannot_remove_each_other_at_once(desk: Desk) -> None:
    both = [made(desk, name, Role.ADMINISTRATOR) for name in ("one", "two")]
    refused: list[str] = []

    def remove(account: Account) -> None:
        try:
            administering.change(desk, account.id, Changes(active=False), ROOT, NOW)
        except UsageError:
            refused.append(account.name)

    threads = [threading.Thread(target=remove, args=(account,)) for account in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1


def test_deactivating_ends_every_sign_in_and_activating_opens_again(desk: Desk) -> None:
    account = made(desk, "amina")
    got = accounts.sign_in(desk, "amina", PASSWORD, NOW)
    assert isinstance(got, SignedIn)
    administering.change(desk, account.id, Changes(active=False), ROOT, NOW)
    assert accounts.of_cookie(desk, got.secret, NOW) is None
    with pytest.raises(SignInRefused):
        accounts.sign_in(desk, "amina", PASSWORD, NOW)
    administering.change(desk, account.id, Changes(active=True), ROOT, NOW)
    assert accounts.of_cookie(desk, got.secret, NOW) is None
    assert isinstance(accounts.sign_in(desk, "amina", PASSWORD, NOW), SignedIn)


def test_a_reset_unlocks_ends_sign_ins_and_takes_the_old_password_out(desk: Desk) -> None:
    account = made(desk, "amina")
    got = accounts.sign_in(desk, "amina", PASSWORD, NOW)
    for _ in range(accounts.FREE_FAILURES):
        with pytest.raises(SignInRefused):
            accounts.sign_in(desk, "amina", "wrong", NOW)
    first = administering.reset(desk, account.id, ROOT, NOW)
    secret = administering.reset(desk, account.id, ROOT, NOW)
    assert isinstance(got, SignedIn) and accounts.of_cookie(desk, got.secret, NOW) is None
    with pytest.raises(SignInRefused):
        accounts.sign_in(desk, "amina", PASSWORD, NOW)
    with pytest.raises(NotFound):
        accounts.redeem(desk, first, PASSWORD, NOW)
    new = "quite another password"
    assert isinstance(accounts.redeem(desk, secret, new, NOW), SignedIn)
    assert isinstance(accounts.sign_in(desk, "amina", new, NOW), SignedIn)


# Who is bounded to a part of the desk


def test_who_is_bounded_finds_only_accounts_of_their_part(desk: Desk, enter: Enter) -> None:
    inside = made(desk, "inside", scope=ZAMBIA)
    outside = [made(desk, "wide"), made(desk, "elsewhere", scope=Scope(countries=("PE",)))]
    client = enter(Role.ADMINISTRATOR, Scope(countries=("ZM", "ET")))
    page = client.get("/administration").text
    assert "inside" in page and "elsewhere" not in page and ">wide<" not in page
    rows = client.get("/api/v1/accounts").json()["items"]
    assert {row["name"] for row in rows} == {"inside", "administrator of the tests"}
    assert client.get(f"/api/v1/accounts/{inside.id}").status_code == 200
    for one in outside:
        assert client.get(f"/administration/accounts/{one.id}").status_code == 404
        assert client.get(f"/api/v1/accounts/{one.id}").status_code == 404
        assert client.get(f"/api/v1/tokens?account={one.id}").status_code == 404
        changed = client.patch(f"/api/v1/accounts/{one.id}", json={"active": False})
        assert changed.status_code == 404
        for path in ("reset", "active"):
            written = client.post(
                f"/administration/accounts/{one.id}/{path}", data={"active": "false"}
            )
            assert written.status_code == 404
    entries = client.get("/api/v1/audit?limit=1000").json()["items"]
    assert entries and {one.id for one in outside}.isdisjoint(one["subject"] for one in entries)
    assert client.get("/api/v1/audit/verify").status_code == 403


def test_nobody_gives_a_wider_scope_than_their_own(desk: Desk) -> None:
    bounded, account = By("b", ZAMBIA), made(desk, "amina", scope=ZAMBIA)
    for scope in (Scope(), Scope(countries=("ZM", "PE")), Scope(programmes=("mine",))):
        with pytest.raises(Forbidden):
            administering.invite(desk, NewAccount("n", Role.VIEWER, scope=scope), bounded, NOW)
        with pytest.raises(Forbidden):
            administering.change(desk, account.id, Changes(scope=scope), bounded, NOW)
    narrower = Scope(countries=("ZM",), programmes=("mine",))
    assert administering.change(desk, account.id, Changes(scope=narrower), bounded, NOW)


@pytest.mark.parametrize(
    ("inner", "outer", "lies"),
    [
        (Scope(), Scope(), True), (ZAMBIA, Scope(), True), (Scope(), ZAMBIA, False),
        (ZAMBIA, ZAMBIA, True), (Scope(("ZM", "PE")), ZAMBIA, False),
        (Scope(("ZM",), ("mine",)), ZAMBIA, True), (ZAMBIA, Scope(("ZM",), ("mine",)), False),
    ],
)  # fmt: skip
def test_a_scope_lies_within_another(inner: Scope, outer: Scope, lies: bool) -> None:
    assert inner.within(outer) is lies


# Lists


def test_accounts_are_paged_chosen_and_followed(desk: Desk, enter: Enter) -> None:
    client = enter(Role.ADMINISTRATOR)
    for n in range(5):
        made(desk, f"amina{n}", Role.ANALYST if n % 2 else Role.VIEWER)
    seen, cursor = [], ""
    while cursor is not None:
        got = client.get(f"/api/v1/accounts?limit=2&cursor={cursor}").json()
        seen += [one["name"] for one in got["items"]]
        cursor = got["next"]
    assert seen == ["administrator of the tests", *(f"amina{n}" for n in range(5))]
    chosen = client.get("/api/v1/accounts?role=analyst").json()["items"]
    assert [one["name"] for one in chosen] == ["amina1", "amina3"]
    first = client.get("/api/v1/accounts?role=viewer").json()["items"][0]["id"]
    assert client.patch(f"/api/v1/accounts/{first}", json={"active": False}).status_code == 200
    assert len(client.get("/api/v1/accounts?active=false").json()["items"]) == 1
    since = client.get("/api/v1/accounts?updated_since=2026-03-02T00:00:00Z").json()["items"]
    assert [one["name"] for one in since] == ["administrator of the tests", "amina0"]
    assert client.get("/api/v1/accounts?cursor=nonsense").status_code == 422


def test_the_api_adds_changes_and_resets(desk: Desk, enter: Enter) -> None:
    client = enter(Role.ADMINISTRATOR)
    body = {"name": "amina", "role": "analyst", "countries": "ZM"}
    added = client.post("/api/v1/accounts", json=body)
    assert added.status_code == 201 and "/invited/" in added.json()["link"]
    path = f"/api/v1/accounts/{added.json()['account']['id']}"
    changed = client.patch(path, json={"role": "duty officer"}).json()
    assert (changed["role"], changed["scope"]["countries"]) == ("duty officer", ["ZM"])
    wide = client.patch(path, json={"countries": "", "programmes": ""}).json()
    assert wide["scope"] == {"countries": [], "programmes": []}
    reset = client.post(f"{path}/reset", json={"second_factors": True})
    assert reset.status_code == 200 and "/invited/" in reset.json()["link"]
    assert client.post("/api/v1/accounts", json=body).status_code == 422
    me = client.get("/api/v1/me").json()["id"]
    last = client.patch(f"/api/v1/accounts/{me}", json={"active": False})
    assert last.status_code == 422 and "last administrator" in last.json()["detail"]


# What is in force


def test_the_rules_are_shown_as_they_stand(desk: Desk, client: TestClient, tmp_path: Path) -> None:
    from farwatch.desk import configured

    assert [one.stale for one in configured.rules(desk)] == [False, False]
    own = tmp_path / "own.yaml"
    own.write_text(configured.rules(desk)[0].text.replace("severity: 4", "severity: 5", 1))
    changed = replace(desk, settings=replace(desk.settings, rules_file=str(own)))
    assert configured.rules(changed)[0].stale
    missing = replace(desk, settings=replace(desk.settings, rules_file=str(tmp_path / "none")))
    assert configured.rules(missing)[0].stale


def test_channels_show_where_they_lead_and_no_secret(desk: Desk, enter: Enter) -> None:
    client = enter(Role.ADMINISTRATOR)
    settings = replace(
        desk.settings, webhook_url="https://u:hidden1@hooks.example/hidden2?t=hidden3",
        webhook_secret="hidden4", smtp_url="smtps://u:hidden5@mail.example:465",
    )  # fmt: skip
    client.app.state.desk = replace(desk, settings=settings)  # type: ignore[attr-defined]
    page = client.get("/administration/channels").text
    assert "https://hooks.example" in page and "smtps://mail.example:465" in page
    assert "hidden" not in re.sub(r"<(input|meta|p class=.refused)[^>]*>", "", page)
    assert client.get("/administration/rules").status_code == 200


# The audit


def test_the_audit_is_listed_chosen_and_proved(desk: Desk, enter: Enter) -> None:
    client = enter(Role.ADMINISTRATOR)
    account = made(desk, "amina")
    administering.change(desk, account.id, Changes(role=Role.ANALYST), ROOT, NOW)
    chosen = client.get(f"/api/v1/audit?subject={account.id}&kind=account.change").json()["items"]
    assert [one["details"]["role"] for one in chosen] == ["analyst"]
    assert chosen[0]["by"] == "root"
    numbers, cursor = [], ""
    while cursor is not None:
        got = client.get(f"/api/v1/audit?limit=2&kind=account.&cursor={cursor}").json()
        numbers += [one["id"] for one in got["items"]]
        cursor = got["next"]
    assert numbers == sorted(numbers, reverse=True) and len(set(numbers)) == len(numbers)
    proof = client.get("/api/v1/audit/verify").json()
    assert proof["whole"] and proof["broken"] is None
    assert proof["head"] in client.get("/administration/audit?verify=true").text


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        ("UPDATE audit SET body = '{}' WHERE id = 3", "audit entry 3"),
        ("UPDATE audit SET \"by\" = 'mallory' WHERE id = 3", "audit entry 3"),
        ("DELETE FROM audit WHERE id = 3", "between entry 2 and entry 4"),
        ("DELETE FROM audit WHERE id < 3", "between the beginning and entry 3"),
    ],
)
def test_the_page_names_the_first_broken_link(
    desk: Desk, enter: Enter, spoil: str, said: str
) -> None:
    client = enter(Role.ADMINISTRATOR)
    for n in range(4):
        made(desk, f"amina{n}")
    with desk.database.begin() as conn:
        conn.execute(sa.text(spoil))
    proof = client.get("/api/v1/audit/verify").json()
    assert not proof["whole"] and said in proof["broken"]
    assert said in client.get("/administration/audit?verify=true").text


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/administration", "accounts.read"), ("/api/v1/accounts", "accounts.read"),
        ("/administration/accounts/{id}", "account.read"),
        ("/api/v1/accounts/{id}", "account.read"), ("/api/v1/tokens?account={id}", "account.read"),
        ("/administration/audit", "audit.read"), ("/api/v1/audit", "audit.read"),
    ],
)  # fmt: skip
def test_every_read_of_what_is_personal_is_in_the_audit(
    desk: Desk, enter: Enter, path: str, kind: str
) -> None:
    client = enter(Role.ADMINISTRATOR)
    account = made(desk, "amina")
    before = kinds(desk).count(kind)
    assert client.get(path.format(id=account.id)).status_code == 200
    with desk.database.read() as conn:
        last = audit.entries(conn)[-1].decision
    assert kinds(desk).count(kind) == before + 1
    assert (last.kind, last.by) == (kind, "administrator of the tests")


def test_no_audit_entry_holds_a_secret_or_an_address(desk: Desk, enter: Enter) -> None:
    client = enter(Role.ADMINISTRATOR)
    form = {"name": "amina", "role": "viewer", "email": "hidden@org.example"}
    page = client.post("/administration/accounts", data=form).text
    secret = re.search(r"/invited/([\w-]+)", page)
    with desk.database.read() as conn:
        account = stored.named(conn, "amina")
        told = str([entry.decision for entry in audit.entries(conn)])
    assert account.email == "hidden@org.example"
    assert secret and secret[1] not in told and "hidden@" not in told and PASSWORD not in told
