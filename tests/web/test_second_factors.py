"""Second factors by code: enrolment, codes taken once, recovery, lock-out, roles that must."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from starlette.testclient import TestClient
from web_desk import PASSWORD, Enter, furnish

from farwatch.desk import accounts, administering, second_factors, tokens
from farwatch.desk.accounts import Halfway, NewAccount, SignedIn
from farwatch.desk.administering import By
from farwatch.desk.opening import Desk, open_desk
from farwatch.errors import SettingsError, SignInRefused, UsageError
from farwatch.model.account import Account, Role
from farwatch.settings import Settings
from farwatch.store import audit
from farwatch.store import factors as stored
from farwatch.web.app import make_app

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def code(secret: str, at: datetime) -> str:
    return pyotp.TOTP(secret).at(at)


def amina(desk: Desk, role: Role = Role.DUTY_OFFICER) -> SignedIn:
    accounts.add(desk, NewAccount("amina", role, PASSWORD), "tests", NOW)
    found = accounts.sign_in(desk, "amina", PASSWORD, NOW)
    assert isinstance(found, SignedIn)
    return found


def enrol(desk: Desk, signed_in: SignedIn, at: datetime = NOW) -> tuple[str, list[str]]:
    """The authenticator's secret, and the recovery codes."""
    account, session = signed_in.account, signed_in.session
    begun = second_factors.begin_totp(desk, account, session, at)
    codes = second_factors.finish_totp(desk, account, session, code(begun.secret, at), at)
    return begun.secret, codes


def halfway(desk: Desk, at: datetime) -> str:
    found = accounts.sign_in(desk, "amina", PASSWORD, at)
    assert isinstance(found, Halfway)
    return found.secret


def kinds(desk: Desk) -> list[str]:
    with desk.database.read() as conn:
        return [entry.decision.kind for entry in audit.entries(conn)]


def test_an_authenticator_is_asked_once_a_code_of_it_was_given(desk: Desk) -> None:
    signed_in = amina(desk)
    second_factors.begin_totp(desk, signed_in.account, signed_in.session, NOW)
    assert isinstance(accounts.sign_in(desk, "amina", PASSWORD, NOW), SignedIn)
    with pytest.raises(UsageError, match="not the authenticator's"):
        second_factors.finish_totp(desk, signed_in.account, signed_in.session, "000000", NOW)
    secret, _ = enrol(desk, signed_in)
    later = NOW + timedelta(minutes=1)
    done = second_factors.complete(desk, halfway(desk, later), code(secret, later), later)
    assert done.session.strong and done.account.second_factor == "totp"


def test_half_a_sign_in_opens_nothing_but_the_second_page(desk: Desk, client: TestClient) -> None:
    now = datetime.now(UTC)
    accounts.add(desk, NewAccount("amina", Role.DUTY_OFFICER, PASSWORD), "tests", now)
    signed_in = accounts.sign_in(desk, "amina", PASSWORD, now)
    assert isinstance(signed_in, SignedIn)
    secret, _ = enrol(desk, signed_in, now - timedelta(minutes=5))
    answer = client.post(
        "/sign-in", data={"name": "amina", "password": PASSWORD, "next": "/alerts"}
    )
    assert answer.headers["location"] == "/sign-in/second?next=%2Falerts"
    assert "farwatch_session" not in client.cookies
    half = client.cookies["farwatch_halfway"]
    client.cookies.set("farwatch_session", half)
    assert client.get("/alerts").headers["location"].startswith("/sign-in")
    client.cookies.delete("farwatch_session")
    assert "One more step" in client.get("/sign-in/second").text
    wrong = client.post("/sign-in/second", data={"code": "000000", "next": "/alerts"})
    assert wrong.status_code == 401
    right = client.post(
        "/sign-in/second", data={"code": code(secret, datetime.now(UTC)), "next": "/alerts"}
    )
    assert (right.status_code, right.headers["location"]) == (303, "/alerts")
    assert client.get("/alerts").status_code == 200


@pytest.mark.parametrize(
    ("shift", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_clock_may_differ_by_one_step(desk: Desk, shift: int, taken: bool) -> None:
    secret, _ = enrol(desk, amina(desk))
    later = NOW + timedelta(minutes=10)
    half, shown = halfway(desk, later), code(secret, later + timedelta(seconds=shift))
    if taken:
        assert second_factors.complete(desk, half, shown, later).session.strong
    else:
        with pytest.raises(SignInRefused):
            second_factors.complete(desk, half, shown, later)


def test_no_code_is_taken_twice_nor_one_older_than_the_last(desk: Desk) -> None:
    secret, _ = enrol(desk, amina(desk))
    with pytest.raises(SignInRefused):  # the one that enrolled it
        second_factors.complete(desk, halfway(desk, NOW), code(secret, NOW), NOW)
    later = NOW + timedelta(minutes=5)
    second_factors.complete(desk, halfway(desk, later), code(secret, later), later)
    for shift in (0, -30):
        older = code(secret, later + timedelta(seconds=shift))
        with pytest.raises(SignInRefused):
            second_factors.complete(desk, halfway(desk, later), older, later)


def test_a_half_sign_in_works_once_and_ten_minutes(desk: Desk) -> None:
    secret, _ = enrol(desk, amina(desk))
    later = NOW + timedelta(minutes=5)
    half = halfway(desk, later)
    second_factors.complete(desk, half, code(secret, later), later)
    more = later + timedelta(minutes=1)
    with pytest.raises(SignInRefused):
        second_factors.complete(desk, half, code(secret, more), more)
    over = halfway(desk, more)
    end = more + accounts.HALFWAY_LASTS + timedelta(seconds=1)
    with pytest.raises(SignInRefused):
        second_factors.complete(desk, over, code(secret, end), end)


def test_wrong_codes_lock_as_wrong_passwords_do(desk: Desk) -> None:
    secret, _ = enrol(desk, amina(desk))
    later = NOW + timedelta(minutes=5)
    half = halfway(desk, later)
    for _ in range(accounts.FREE_FAILURES):
        with pytest.raises(SignInRefused):
            second_factors.complete(desk, half, "000000", later)
    with pytest.raises(SignInRefused):
        second_factors.complete(desk, half, code(secret, later), later)
    with pytest.raises(SignInRefused):
        accounts.sign_in(desk, "amina", PASSWORD, later)
    free = later + accounts.LOCKED_FOR + timedelta(seconds=1)
    done = second_factors.complete(desk, halfway(desk, free), code(secret, free), free)
    assert done.session.strong


def test_a_right_password_does_not_forgive_wrong_codes(desk: Desk) -> None:
    enrol(desk, amina(desk))
    later = NOW + timedelta(minutes=5)
    for _ in range(accounts.FREE_FAILURES):
        with pytest.raises(SignInRefused):
            second_factors.complete(desk, halfway(desk, later), "000000", later)
    with pytest.raises(SignInRefused):
        accounts.sign_in(desk, "amina", PASSWORD, later)


def test_a_recovery_code_works_once_however_it_is_typed(desk: Desk) -> None:
    _, codes = enrol(desk, amina(desk))
    assert len(codes) == len(set(codes)) == second_factors.RECOVERY_CODES
    typed = codes[0].lower().replace("-", " ")
    done = second_factors.complete(desk, halfway(desk, NOW), typed, NOW)
    assert second_factors.of_account(desk, done.account).recovery_left == len(codes) - 1
    with pytest.raises(SignInRefused):
        second_factors.complete(desk, halfway(desk, NOW), codes[0], NOW)


def test_new_recovery_codes_replace_the_old(desk: Desk) -> None:
    signed_in = amina(desk)
    _, codes = enrol(desk, signed_in)
    fresh = second_factors.renew_codes(desk, signed_in.account, NOW)
    with pytest.raises(SignInRefused):
        second_factors.complete(desk, halfway(desk, NOW), codes[0], NOW)
    assert second_factors.complete(desk, halfway(desk, NOW), fresh[0], NOW).session.strong


def test_the_database_holds_no_recovery_code(desk: Desk) -> None:
    signed_in = amina(desk)
    _, codes = enrol(desk, signed_in)
    plain = codes[0].replace("-", "")
    raw = (Path(desk.settings.data_dir) / "desk.sqlite").read_bytes()
    wal = Path(desk.settings.data_dir) / "desk.sqlite-wal"
    held = raw + (wal.read_bytes() if wal.exists() else b"")
    assert signed_in.account.id.encode() in held
    assert plain.encode() not in held and codes[0].encode() not in held


def test_enrolling_ends_the_other_sign_ins(desk: Desk) -> None:
    signed_in = amina(desk)
    other = accounts.sign_in(desk, "amina", PASSWORD, NOW)
    assert isinstance(other, SignedIn)
    enrol(desk, signed_in)
    assert accounts.of_cookie(desk, other.secret, NOW) is None
    kept = accounts.of_cookie(desk, signed_in.secret, NOW)
    assert kept and kept[1].strong
    assert "account.factor_add" in kinds(desk)


def test_taking_the_last_factor_out_takes_the_codes_out(desk: Desk) -> None:
    signed_in = amina(desk)
    enrol(desk, signed_in)
    second_factors.drop(desk, signed_in.account, None, NOW)
    assert second_factors.of_account(desk, signed_in.account) == second_factors.Factors(
        False, (), 0
    )
    assert isinstance(accounts.sign_in(desk, "amina", PASSWORD, NOW), SignedIn)
    with pytest.raises(UsageError, match="add one"):
        second_factors.renew_codes(desk, signed_in.account, NOW)


def test_an_administrator_takes_out_what_was_lost(desk: Desk) -> None:
    signed_in = amina(desk)
    enrol(desk, signed_in)
    link = administering.reset(desk, signed_in.account.id, By("root"), NOW, second=True)
    done = accounts.redeem(desk, link, PASSWORD + " new", NOW)
    assert isinstance(done, SignedIn) and done.account.second_factor is None


def test_a_reset_password_alone_still_asks_the_second_factor(desk: Desk) -> None:
    signed_in = amina(desk)
    enrol(desk, signed_in)
    link = administering.reset(desk, signed_in.account.id, By("root"), NOW)
    assert isinstance(accounts.redeem(desk, link, PASSWORD + " new", NOW), Halfway)


def test_two_at_once_take_one_code_once(desk: Desk) -> None:
    account = amina(desk).account
    with desk.database.begin() as conn:
        took = [stored.take_step(conn, account.id, 7), stored.take_step(conn, account.id, 7)]
        assert took == [True, False]


# On the pages


def test_the_page_shows_a_code_to_scan_and_keeps_the_authenticator(
    desk: Desk, enter: Enter
) -> None:
    client = enter(Role.ANALYST)
    refused = client.post("/account/totp", data={"password": "not this one"})
    assert refused.status_code == 422 and "not the account&#39;s password" in refused.text
    assert client.post("/account/totp", data={"password": PASSWORD}).status_code == 303
    shown = client.get("/account/totp").text
    assert 'src="data:image/svg+xml' in shown
    found = re.search(r'class="secret">([A-Z2-7]{32})<', shown)
    assert found
    wrong = client.post("/account/totp/finish", data={"code": "000000"})
    assert wrong.status_code == 422 and found[1] in wrong.text
    kept = client.post(
        "/account/totp/finish", data={"code": code(found[1], datetime.now(UTC))}
    ).text
    codes = re.findall(r"<li>([A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})</li>", kept)
    assert len(codes) == second_factors.RECOVERY_CODES
    assert codes[0] not in client.get("/account").text
    assert client.get("/account/totp").status_code == 303
    gone = client.post("/account/factors/drop", data={"factor": "totp", "password": PASSWORD})
    assert gone.headers["location"] == "/account?done=factor"


# Roles that must have one


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[tuple[Desk, TestClient]]:
    """A desk whose administrators and duty officers must have a second factor."""
    settings = Settings(data_dir=tmp_path, second_factor_for="duty officer, administrator")
    with open_desk(settings) as desk:
        furnish(desk)
        with TestClient(
            make_app(desk), base_url="http://127.0.0.1", follow_redirects=False
        ) as client:
            yield desk, client


def signed(desk: Desk, client: TestClient, role: Role) -> Account:
    now = datetime.now(UTC)
    account = accounts.add(desk, NewAccount(f"a {role}", role, PASSWORD), "tests", now)
    got = accounts.sign_in(desk, account.name, PASSWORD, now)
    assert isinstance(got, SignedIn)
    client.cookies.set("farwatch_session", got.secret)
    client.headers["x-csrf-token"] = got.session.csrf
    return account


def test_a_role_that_must_goes_no_further_without(strict: tuple[Desk, TestClient]) -> None:
    desk, client = strict
    signed(desk, client, Role.DUTY_OFFICER)
    page = client.get("/alerts")
    assert (page.status_code, page.headers["location"]) == (303, "/account")
    assert client.get("/api/v1/alerts").status_code == 403
    assert client.post("/alerts/e-riot/desk/acknowledge").headers["location"] == "/account"
    assert "must have a second factor" in client.get("/account").text
    made = client.post("/account/tokens", data={"label": "x", "may": "read", "days": 1})
    assert made.headers.get("location") == "/account"
    assert client.post("/account/totp", data={"password": PASSWORD}).status_code == 303
    secret = re.search(r'class="secret">([A-Z2-7]+)<', client.get("/account/totp").text)
    assert secret
    shown = code(secret[1], datetime.now(UTC))
    assert client.post("/account/totp/finish", data={"code": shown}).status_code == 200
    assert client.get("/alerts").status_code == 200


def test_a_role_that_need_not_is_let_in(strict: tuple[Desk, TestClient]) -> None:
    desk, client = strict
    signed(desk, client, Role.ANALYST)
    assert client.get("/alerts").status_code == 200


def test_the_last_factor_of_a_role_that_must_stays(strict: tuple[Desk, TestClient]) -> None:
    desk, _ = strict
    signed_in = amina(desk)
    enrol(desk, signed_in)
    with pytest.raises(UsageError, match="must have a second factor"):
        second_factors.drop(desk, signed_in.account, None, NOW)


def test_a_key_of_an_account_that_lacks_one_opens_nothing(
    strict: tuple[Desk, TestClient],
) -> None:
    desk, client = strict
    account = amina(desk, Role.DUTY_OFFICER).account
    now = datetime.now(UTC)
    _, secret = tokens.make(desk, account, tokens.NewToken("x"), now)
    asked = {"authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/alerts", headers=asked).status_code == 401


def test_a_role_that_is_none_is_a_setting_s_error(desk: Desk) -> None:
    wrong = replace(desk.settings, second_factor_for="boss")
    with pytest.raises(SettingsError, match="'boss'"):
        second_factors.roles_asked(replace(desk, settings=wrong))
