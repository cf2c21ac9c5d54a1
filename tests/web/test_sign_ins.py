"""Sign-ins that last: fixation, idle and absolute ends, one's own list, password, profile; what is
refused takes the same work."""

from __future__ import annotations

import runpy
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient
from web_desk import PASSWORD, Enter

from farwatch.desk import accounts, administering, own_account, passwords
from farwatch.desk.accounts import Device, NewAccount, SignedIn
from farwatch.desk.administering import By, Changes
from farwatch.desk.opening import Desk
from farwatch.errors import NotFound, SignInRefused, UsageError
from farwatch.model.account import Role, Scope
from farwatch.store import sessions

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEW = "a wholly other long password"


def signed(
    desk: Desk, name: str = "amina", at: datetime = NOW, role: Role = Role.VIEWER
) -> SignedIn:
    if not accounts_named(desk, name):
        accounts.add(desk, NewAccount(name, Role.VIEWER, PASSWORD), "tests", at)
    got = accounts.sign_in(desk, name, PASSWORD, at, Device("192.0.2.1", "Firefox"))
    assert isinstance(got, SignedIn)
    return got


def accounts_named(desk: Desk, name: str) -> bool:
    from farwatch.store import accounts as stored

    with desk.database.read() as conn:
        return any(one.name == name for one in stored.every(conn))


def test_a_cookie_that_was_planted_is_never_adopted(desk: Desk, client: TestClient) -> None:
    accounts.add(desk, NewAccount("amina", Role.VIEWER, PASSWORD), "tests", NOW)
    client.cookies.set("farwatch_session", "planted by somebody")
    client.post("/sign-in", data={"name": "amina", "password": PASSWORD})
    given = [c.value for c in client.cookies.jar if c.name == "farwatch_session"]
    assert "planted by somebody" not in given[-1:] and len(given[-1]) >= 43
    now = datetime.now(UTC)
    assert accounts.of_cookie(desk, "planted by somebody", now) is None


def test_signing_in_again_ends_the_sign_in_of_this_browser(desk: Desk, client: TestClient) -> None:
    now = datetime.now(UTC)
    attackers = signed(desk, "mallory", now)
    accounts.add(desk, NewAccount("amina", Role.VIEWER, PASSWORD), "tests", now)
    client.cookies.set("farwatch_session", attackers.secret)
    client.post("/sign-in", data={"name": "amina", "password": PASSWORD})
    assert accounts.of_cookie(desk, attackers.secret, now) is None


def test_every_sign_in_has_a_secret_of_its_own(desk: Desk) -> None:
    found = [signed(desk) for _ in range(3)]
    assert len({one.secret for one in found} | {one.session.csrf for one in found}) == 6
    assert all(one.secret not in repr(one.session) for one in found)


@pytest.mark.parametrize(
    ("uses", "asked", "opens"),
    [
        ((), timedelta(hours=1, minutes=59), True),
        ((), timedelta(hours=2), False),
        ((1, 2, 3), timedelta(hours=4, minutes=59), True),
        ((1, 2, 3), timedelta(hours=5), False),
        (tuple(range(1, 12)), timedelta(hours=11, minutes=59), True),
        (tuple(range(1, 12)), timedelta(hours=12), False),
    ],
)
def test_a_sign_in_ends_idle_and_at_the_latest(
    desk: Desk, uses: tuple[int, ...], asked: timedelta, opens: bool
) -> None:
    got = signed(desk)
    for hours in uses:
        assert accounts.of_cookie(desk, got.secret, NOW + timedelta(hours=hours))
    assert (accounts.of_cookie(desk, got.secret, NOW + asked) is not None) is opens


def test_its_use_is_written_down_at_most_once_a_minute(desk: Desk) -> None:
    got = signed(desk)
    for seconds in (10, 59, 61, 70):
        accounts.of_cookie(desk, got.secret, NOW + timedelta(seconds=seconds))
        desk.last_uses.write(desk.database)
    with desk.database.read() as conn:
        kept = sessions.get(conn, got.session.id)
    assert kept and kept.seen == NOW + timedelta(seconds=61)


def test_sign_ins_that_are_over_are_forgotten_at_the_next(desk: Desk) -> None:
    old = signed(desk)
    signed(desk, at=NOW + timedelta(hours=13))
    with desk.database.read() as conn:
        assert sessions.get(conn, old.session.id) is None


def test_one_s_own_are_listed_and_ended_and_no_other_s(desk: Desk) -> None:
    first, second, others = signed(desk), signed(desk), signed(desk, "mallory")
    listed = own_account.sign_ins(desk, first.account, NOW)
    assert {one.id for one in listed} == {first.session.id, second.session.id}
    assert {(one.address, one.agent) for one in listed} == {("192.0.2.1", "Firefox")}
    with pytest.raises(NotFound):
        own_account.end(desk, others.account, first.session.id, NOW)
    own_account.end(desk, first.account, second.session.id, NOW)
    assert accounts.of_cookie(desk, second.secret, NOW) is None
    third = signed(desk)
    assert own_account.end_others(desk, third.account, third.session, NOW) == 1
    assert accounts.of_cookie(desk, third.secret, NOW)
    assert accounts.of_cookie(desk, first.secret, NOW) is None
    assert accounts.of_cookie(desk, others.secret, NOW)


def test_a_new_password_ends_every_sign_in_and_opens_one(desk: Desk) -> None:
    first, second = signed(desk), signed(desk)
    got = own_account.change_password(desk, (first.account, first.session), PASSWORD, NEW, NOW)
    assert accounts.of_cookie(desk, first.secret, NOW) is None
    assert accounts.of_cookie(desk, second.secret, NOW) is None
    assert accounts.of_cookie(desk, got.secret, NOW)
    with pytest.raises(SignInRefused):
        accounts.sign_in(desk, "amina", PASSWORD, NOW)
    assert isinstance(accounts.sign_in(desk, "amina", NEW, NOW), SignedIn)


def test_the_old_password_must_be_right_and_guessing_it_locks(desk: Desk) -> None:
    got = signed(desk)
    both = got.account, got.session
    for _ in range(accounts.FREE_FAILURES):
        with pytest.raises(SignInRefused):
            own_account.change_password(desk, both, "a wrong old one", NEW, NOW)
    with pytest.raises(SignInRefused):
        own_account.change_password(desk, both, PASSWORD, NEW, NOW)
    with pytest.raises(SignInRefused):
        accounts.sign_in(desk, "amina", PASSWORD, NOW)


@pytest.mark.parametrize("new", ["short", "aaaaaaaaaaaaaaaa", "aminaamina amina", "x" * 300])
def test_a_password_that_is_none_is_refused(desk: Desk, new: str) -> None:
    got = signed(desk)
    with pytest.raises(UsageError, match="password"):
        own_account.change_password(desk, (got.account, got.session), PASSWORD, new, NOW)
    assert accounts.of_cookie(desk, got.secret, NOW)


def test_the_page_changes_the_password_under_a_new_cookie(desk: Desk, enter: Enter) -> None:
    client = enter(Role.VIEWER)
    before = client.cookies["farwatch_session"]
    wrong = client.post("/account/password", data={"old": "x", "new": NEW})
    assert wrong.status_code == 422 and client.cookies["farwatch_session"] == before
    done = client.post("/account/password", data={"old": PASSWORD, "new": NEW})
    assert done.headers["location"] == "/account?done=password"
    after = [c.value for c in client.cookies.jar if c.name == "farwatch_session"]
    assert before not in after[-1:]


def test_the_page_lists_sign_ins_and_ends_them(desk: Desk, enter: Enter) -> None:
    client = enter(Role.VIEWER)
    now = datetime.now(UTC)
    name = "viewer of the tests"
    other = accounts.sign_in(desk, name, PASSWORD, now, Device("198.51.100.7", "<i>Curl"))
    assert isinstance(other, SignedIn)
    page = client.get("/account").text
    assert "198.51.100.7" in page and "<i>Curl" not in page and "&lt;i&gt;Curl" in page
    assert client.post(f"/account/sign-ins/{other.session.id}/end").status_code == 303
    assert accounts.of_cookie(desk, other.secret, now) is None
    assert client.post(f"/account/sign-ins/{other.session.id}/end").status_code == 404
    shown = client.get("/api/v1/me/sign-ins").json()
    assert len(shown) == 1 and shown[0]["csrf"] == ""


def test_name_shown_and_language_are_one_s_own(desk: Desk, enter: Enter) -> None:
    client = enter(Role.VIEWER)
    assert 'lang="en"' in client.get("/account").text
    kept = client.post("/account/profile", data={"display": "Amina K.", "language": "zh-Hans"})
    assert kept.status_code == 303
    page = client.get("/account", headers={"accept-language": "en"}).text
    assert '<html lang="zh-Hans"' in page and "Amina K." in page
    assert client.post("/account/profile", data={"language": "xx"}).status_code == 422
    assert client.get("/api/v1/me").json()["language"] == "zh-Hans"


# Refusals that take the same work


class Counting:
    """Counts the verifications that a real hasher makes."""

    def __init__(self, hasher: object) -> None:
        self.hasher, self.verified = hasher, 0

    def verify(self, stored: str, password: str) -> bool:
        self.verified += 1
        return bool(self.hasher.verify(stored, password))  # type: ignore[attr-defined]


def _locked(desk: Desk) -> None:
    for _ in range(accounts.FREE_FAILURES):
        with pytest.raises(SignInRefused):
            accounts.sign_in(desk, "amina", "wrong", NOW)


def _inactive(desk: Desk) -> None:
    with desk.database.read() as conn:
        from farwatch.store import accounts as stored

        found = stored.named(conn, "amina")
    administering.change(desk, found.id, Changes(active=False), By("root"), NOW)


@pytest.mark.parametrize(
    ("name", "password", "before"),
    [
        ("amina", "a wrong one", None),
        ("nobody", PASSWORD, None),
        ("invited", PASSWORD, None),
        ("amina", PASSWORD, _locked),
        ("amina", PASSWORD, _inactive),
        ("amina", "x" * 100_000, None),
        ("", "", None),
    ],
    ids=["wrong", "unknown", "no password yet", "locked", "inactive", "endless", "empty"],
)
def test_every_refusal_costs_one_verification_and_reads_alike(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str, password: str, before: object
) -> None:
    accounts.add(desk, NewAccount("amina", Role.VIEWER, PASSWORD), "tests", NOW)
    accounts.add(desk, NewAccount("invited", Role.VIEWER), "tests", NOW)
    if callable(before):
        before(desk)
    counting = Counting(passwords._HASHER)
    monkeypatch.setattr(passwords, "_HASHER", counting)
    with pytest.raises(SignInRefused) as refused:
        accounts.sign_in(desk, name, password, NOW)
    assert str(refused.value) == accounts.REFUSED
    assert counting.verified == 1


def test_outside_of_tests_a_password_costs_what_the_rfc_says() -> None:
    fresh = runpy.run_path(passwords.__file__)  # the tests' own hasher is a cheap one
    for kept in (fresh["hashed"](PASSWORD), fresh["_NOBODYS"]):
        assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


# Privileges that change hold at once


@pytest.mark.parametrize(
    "changes",
    [Changes(role=Role.PARTNER), Changes(active=False), Changes(scope=Scope(countries=("ET",)))],
    ids=["role", "inactive", "scope"],
)
def test_what_an_administrator_changes_holds_with_the_next_request(
    desk: Desk, enter: Enter, changes: Changes
) -> None:
    client = enter(Role.DUTY_OFFICER)
    path = "/api/v1/alerts/e-riot/desk"
    assert client.get(path).status_code == 200
    me = client.get("/api/v1/me").json()["id"]
    administering.change(desk, me, changes, By("root"), datetime.now(UTC))
    assert client.get(path).status_code in {401, 403, 404}
    assert client.post(f"{path}/acknowledge").status_code in {401, 403, 404}


def test_a_form_of_the_way_in_made_elsewhere_is_refused(desk: Desk, client: TestClient) -> None:
    accounts.add(desk, NewAccount("amina", Role.VIEWER, PASSWORD), "tests", NOW)
    form = {"name": "amina", "password": PASSWORD}
    forged = client.post("/sign-in", data=form, headers={"sec-fetch-site": "cross-site"})
    assert forged.status_code == 403 and "farwatch_session" not in client.cookies
    own = client.post("/sign-in", data=form, headers={"sec-fetch-site": "same-origin"})
    assert own.status_code == 303


@pytest.mark.parametrize(
    "path",
    ["/account/profile", "/account/password", "/account/totp", "/account/passkeys/begin",
     "/account/factors/drop", "/account/codes", "/account/tokens", "/account/sign-ins/end-others",
     "/administration/accounts", "/administration/accounts/x/reset",
     "/administration/accounts/x/active", "/api/v1/tokens", "/api/v1/accounts"],
)  # fmt: skip
def test_no_write_here_goes_without_the_token_of_our_forms(enter: Enter, path: str) -> None:
    client = enter(Role.ADMINISTRATOR)
    del client.headers["x-csrf-token"]
    assert client.post(path).status_code == 403
    assert client.post(path, headers={"x-csrf-token": "another"}).status_code == 403
