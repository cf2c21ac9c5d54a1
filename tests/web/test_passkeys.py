"""Passkeys, in Chromium with an authenticator of the browser's own; and answers that do not fit."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from socket import socket

import pytest
import uvicorn
from starlette.testclient import TestClient
from web_desk import PASSWORD, Enter, furnish

from farwatch.desk import accounts, passkeys, second_factors
from farwatch.desk.accounts import Halfway, NewAccount, SignedIn
from farwatch.desk.opening import Desk, open_desk
from farwatch.errors import SignInRefused, UsageError
from farwatch.model.account import Role
from farwatch.settings import Settings
from farwatch.web.app import make_app

CHROMIUM = Path("/usr/bin/chromium")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-quic",
    "--no-first-run", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("", None), ("http://127.0.0.1:8080", None), ("https://[2001:db8::1]", None),
        ("http://localhost:8080", "localhost"), ("https://desk.org.example/", "desk.org.example"),
    ],
)  # fmt: skip
def test_passkeys_need_a_host_name(url: str, host: str | None) -> None:
    assert passkeys.host(Settings(public_url=url)) == host


def test_a_desk_with_but_an_address_offers_none_and_says_why(desk: Desk, enter: Enter) -> None:
    client = enter(Role.ANALYST)
    page = client.get("/account").text
    assert "data-passkey-make" not in page and "Passkeys need a host name" in page
    asked = client.post("/account/passkeys/begin", data={"password": PASSWORD})
    assert asked.status_code == 422


@pytest.fixture
def named(desk: Desk) -> Desk:
    return replace(desk, settings=replace(desk.settings, public_url="http://localhost"))


def test_elsewhere_than_at_its_host_none_is_offered(named: Desk, client: TestClient) -> None:
    got = signed(named)
    client.app.state.desk = named  # type: ignore[attr-defined]
    client.cookies.set("farwatch_session", got.secret)
    page = client.get("/account").text
    assert "data-passkey-make" not in page and 'href="http://localhost/account"' in page


def signed(desk: Desk) -> SignedIn:
    now = datetime.now(UTC)
    accounts.add(desk, NewAccount("amina", Role.DUTY_OFFICER, PASSWORD), "tests", now)
    got = accounts.sign_in(desk, "amina", PASSWORD, now)
    assert isinstance(got, SignedIn)
    return got


@pytest.mark.parametrize("answer", ["", "null", "{}", "[]", '{"id": "AAAA"}', "not JSON", "\x00"])
def test_an_answer_that_is_none_is_refused(named: Desk, answer: str) -> None:
    got, now = signed(named), datetime.now(UTC)
    options = json.loads(passkeys.begin(named, got.account, got.session, now))
    assert options["rp"]["id"] == "localhost" and options["attestation"] == "none"
    with pytest.raises(UsageError, match="cannot be kept"):
        passkeys.finish(named, got.account, got.session, "key", answer, now)
    with pytest.raises(UsageError, match="begin again"):
        passkeys.finish(named, got.account, got.session, "key", answer, now)


def test_a_passkey_that_was_not_asked_completes_nothing(named: Desk) -> None:
    got, now = signed(named), datetime.now(UTC)
    begun = second_factors.begin_totp(named, got.account, got.session, now)
    import pyotp

    shown = pyotp.TOTP(begun.secret).at(now)
    second_factors.finish_totp(named, got.account, got.session, shown, now)
    half = accounts.sign_in(named, "amina", PASSWORD, now)
    assert isinstance(half, Halfway)
    for answer in ("{}", '{"id": "AAAA"}'):
        with pytest.raises(SignInRefused):
            passkeys.complete(named, half.secret, answer, now)
    passkeys.ask(named, half.secret, now)
    with pytest.raises(SignInRefused):
        passkeys.complete(named, half.secret, "{}", now)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Desk, str]]:
    """A desk served at http://localhost, as passkeys want it."""
    with closing(socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://localhost:{port}"
    with open_desk(Settings(data_dir=tmp_path, public_url=url)) as desk:
        furnish(desk)
        config = uvicorn.Config(
            make_app(desk), host="127.0.0.1", port=port, log_level="error",
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                thread.join(0.05)
            yield desk, url
        finally:
            server.should_exit = True
            thread.join()


@pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium at /usr/bin/chromium")
def test_a_passkey_is_made_and_completes_a_sign_in(served: tuple[Desk, str]) -> None:
    from playwright.sync_api import sync_playwright

    desk, url = served
    accounts.add(desk, NewAccount("amina", Role.DUTY_OFFICER, PASSWORD), "tests", datetime.now(UTC))
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        page = browser.new_page()
        wrong: list[str] = []
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "usb", "hasResidentKey": False,
            "hasUserVerification": False, "isUserVerified": False,
        }  # fmt: skip
        made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})

        def sign_in() -> None:
            page.goto(f"{url}/sign-in")
            page.get_by_label("Name").fill("amina")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()

        sign_in()
        page.goto(f"{url}/account")
        page.get_by_text("Add a passkey").click()
        page.get_by_label("What you call it").fill("Key on my ring")
        form = page.locator("[data-passkey-make]")
        form.get_by_label("Password, to be sure it is you").fill(PASSWORD)
        form.get_by_role("button", name="Make it").click()
        page.wait_for_selector(".codes")
        assert page.locator(".codes li").count() == second_factors.RECOVERY_CODES
        page.get_by_role("link", name="I have kept them").click()
        page.get_by_role("cell", name="Key on my ring").wait_for()
        kept = session.send(
            "WebAuthn.getCredentials", {"authenticatorId": made["authenticatorId"]}
        )["credentials"]
        assert len(kept) == 1 and kept[0]["rpId"] == "localhost"

        page.context.clear_cookies()
        sign_in()
        page.wait_for_url("**/sign-in/second**")
        page.get_by_role("button", name="Use a passkey").click()
        page.wait_for_url(lambda at: "/sign-in" not in at)
        page.goto(f"{url}/account")
        assert page.get_by_role("heading", name="My account").is_visible()

        # Another authenticator has no such key: refused, and said.
        page.context.clear_cookies()
        session.send("WebAuthn.removeVirtualAuthenticator", made)
        session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        sign_in()
        page.get_by_role("button", name="Use a passkey").click()
        page.get_by_text("The passkey did not answer").wait_for()
        assert not [one for one in wrong if "Security Policy" in one]
        browser.close()
