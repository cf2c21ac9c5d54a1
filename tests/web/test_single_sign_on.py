"""Signing in elsewhere: the code flow against a real provider, and everything that must not fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import KeySet, RSAKey
from oidc_provider import CLIENT, SECRET, Provider, running
from starlette.testclient import TestClient
from web_desk import PASSWORD, furnish

from farwatch.desk import accounts, administering, single_sign_on
from farwatch.desk.accounts import NewAccount
from farwatch.desk.administering import By, Changes
from farwatch.desk.opening import Desk, open_desk
from farwatch.errors import SettingsError
from farwatch.model.account import Account, Role
from farwatch.settings import Settings
from farwatch.store import accounts as stored
from farwatch.web.app import make_app

ROLES = "desk-admin=administrator, desk-duty=duty officer, everyone=viewer"
AMINA = {
    "sub": "u1", "preferred_username": "amina", "name": "Amina K.", "email": "amina@org.example",
    "email_verified": True, "groups": ["everyone", "desk-duty"],
}  # fmt: skip


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running() as found:
        found.person = dict(AMINA)
        yield found


@pytest.fixture
def desk(tmp_path: Path, provider: Provider) -> Iterator[Desk]:
    settings = Settings(
        data_dir=tmp_path, public_url="http://localhost", oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT, oidc_client_secret=SECRET, oidc_roles=ROLES,
        oidc_role_claim="groups",
    )  # fmt: skip
    provider.client.redirect_uri = settings.site_url + single_sign_on.CALLBACK
    with open_desk(settings) as opened:
        furnish(opened)
        yield opened


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    with TestClient(make_app(desk), base_url="http://localhost", follow_redirects=False) as found:
        yield found


def went(client: TestClient, following: str = "/alerts") -> str:
    """To the provider and back: the address that the provider sends the browser to."""
    begun = client.get(f"/sign-in/elsewhere?next={following}")
    assert begun.status_code == 303, begun.text
    back = httpx.get(begun.headers["location"])
    assert back.status_code == 302, back.text
    return back.headers["location"].removeprefix("http://localhost")


def account(desk: Desk, name: str = "amina") -> Account:
    with desk.database.read() as conn:
        return stored.named(conn, name)


def names(desk: Desk) -> list[str]:
    with desk.database.read() as conn:
        return [one.name for one in stored.every(conn)]


def test_a_first_sign_in_makes_the_account_that_the_mapping_gives(
    desk: Desk, client: TestClient
) -> None:
    assert "Sign in by 127.0.0.1" in client.get("/sign-in").text
    answer = client.get(went(client))
    assert (answer.status_code, answer.headers["location"]) == (303, "/alerts")
    assert client.get("/alerts").status_code == 200
    made = account(desk)
    assert (made.role, made.display, made.email) == (
        Role.DUTY_OFFICER, "Amina K.", "amina@org.example",
    )  # fmt: skip
    assert made.provider == desk.settings.oidc_issuer
    again = client.get(went(client))
    assert again.status_code == 303 and account(desk).id == made.id


def test_what_is_asked_of_the_provider(client: TestClient) -> None:
    begun = urlsplit(client.get("/sign-in/elsewhere").headers["location"])
    asked = {name: values[0] for name, values in parse_qs(begun.query).items()}
    assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
    assert "openid" in asked["scope"].split()
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    cookie = client.cookies["farwatch_elsewhere"]
    assert not {asked["state"], asked["nonce"]} & {cookie}


@pytest.mark.parametrize(
    ("said", "role"),
    [
        (["everyone"], Role.VIEWER),
        (["desk-duty", "desk-admin"], Role.ADMINISTRATOR),
        ("desk-duty", Role.DUTY_OFFICER),
        (["another"], None), ([], None), (None, None), ({"desk-admin": True}, None),
    ],
)  # fmt: skip
def test_the_mapping_gives_the_role_or_nobody_comes_in(
    desk: Desk, client: TestClient, provider: Provider, said: Any, role: Role | None
) -> None:
    assert provider.person is not None
    provider.person["groups"] = said
    answer = client.get(went(client))
    if role is None:
        assert answer.status_code == 401 and "has no role" in answer.text
        assert names(desk) == []
    else:
        assert answer.status_code == 303 and account(desk).role is role


def test_a_claim_may_lie_deeper(desk: Desk, client: TestClient, provider: Provider) -> None:
    settings = replace(desk.settings, oidc_role_claim="realm_access.roles")
    person = single_sign_on._person(
        settings, {"iss": "i", "sub": "s", "realm_access": {"roles": ["everyone"]}}
    )
    assert person.role is Role.VIEWER


def test_the_role_follows_the_provider_and_the_last_administrator_stays(
    desk: Desk, client: TestClient, provider: Provider
) -> None:
    assert provider.person is not None
    provider.person["groups"] = ["desk-admin"]
    client.get(went(client))
    provider.person["groups"] = ["everyone"]
    assert client.get(went(client)).status_code == 303
    assert account(desk).role is Role.ADMINISTRATOR
    accounts.add(desk, NewAccount("root", Role.ADMINISTRATOR, PASSWORD), "tests", datetime.now(UTC))
    client.get(went(client))
    assert account(desk).role is Role.VIEWER
    provider.person["groups"] = []
    assert client.get(went(client)).status_code == 401


def test_a_local_account_of_the_same_name_is_never_taken_over(
    desk: Desk, client: TestClient
) -> None:
    accounts.add(desk, NewAccount("Amina", Role.VIEWER, PASSWORD), "tests", datetime.now(UTC))
    answer = client.get(went(client))
    assert answer.status_code == 401 and "stands already" in answer.text
    assert "farwatch_session" not in client.cookies


def test_an_inactive_account_stays_out(desk: Desk, client: TestClient) -> None:
    client.get(went(client))
    administering.change(
        desk, account(desk).id, Changes(active=False), By("root"), datetime.now(UTC)
    )
    client.cookies.clear()
    assert client.get(went(client)).status_code == 401


def test_an_unverified_address_is_not_kept(
    desk: Desk, client: TestClient, provider: Provider
) -> None:
    provider.spoil = {"claims": {"email_verified": False}}
    client.get(went(client))
    assert account(desk).email is None


SPOILED: list[tuple[str, dict[str, Any]]] = [
    ("another issuer", {"iss": "https://evil.example"}),
    ("for another desk", {"aud": ["another"]}),
    ("for us and others without saying by whom", {"aud": [CLIENT, "another"]}),
    ("by another party", {"azp": "another"}),
    ("over", {"exp": 1_000}),
    ("not yet", {"nbf": 32_503_680_000}),
    ("another nonce", {"nonce": "another"}),
    ("no nonce", {"nonce": ""}),
    ("of another access token", {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}),
    ("of nobody", {"sub": None}),
]


@pytest.mark.parametrize(("what", "claims"), SPOILED, ids=[what for what, _ in SPOILED])
def test_a_token_that_is_not_for_this_sign_in_opens_nothing(
    desk: Desk, client: TestClient, provider: Provider, what: str, claims: dict[str, Any]
) -> None:
    provider.spoil = {"claims": claims}
    answer = client.get(went(client))
    assert answer.status_code == 401, what
    assert names(desk) == [] and "farwatch_session" not in client.cookies


def test_a_token_signed_by_another_key_opens_nothing(
    desk: Desk, client: TestClient, provider: Provider
) -> None:
    provider.published = KeySet([RSAKey.generate_key(2048, {"kid": "k1"})])
    assert client.get(went(client)).status_code == 401
    assert names(desk) == []


def test_an_answer_works_once(client: TestClient) -> None:
    back = went(client)
    cookie = client.cookies["farwatch_elsewhere"]
    assert client.get(back).status_code == 303
    client.cookies.clear()
    client.cookies.set("farwatch_elsewhere", cookie)
    assert client.get(back).status_code == 401


def test_an_answer_to_another_browser_opens_nothing(client: TestClient) -> None:
    back = went(client)
    client.cookies.clear()
    assert client.get(back).status_code == 401
    went(client)  # begun here, answered with what was begun elsewhere
    assert client.get(back).status_code == 401


def test_another_state_opens_nothing(client: TestClient) -> None:
    back = went(client)
    code = parse_qs(urlsplit(back).query)["code"][0]
    spoiled = client.get(f"{single_sign_on.CALLBACK}?code={code}&state=another")
    assert spoiled.status_code == 401


def test_a_code_given_to_another_sign_in_is_refused_by_its_challenge(client: TestClient) -> None:
    stolen = parse_qs(urlsplit(went(client)).query)["code"][0]
    own = parse_qs(urlsplit(went(client)).query)["state"][0]
    answer = client.get(f"{single_sign_on.CALLBACK}?code={stolen}&state={own}")
    assert answer.status_code == 401 and "invalid_grant" in answer.text


def test_the_provider_s_refusal_is_said(client: TestClient, provider: Provider) -> None:
    provider.person = None
    begun = client.get("/sign-in/elsewhere")
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
    back = client.get(f"{single_sign_on.CALLBACK}?error=access_denied&state={state}")
    assert back.status_code == 401 and "access_denied" in back.text


@pytest.mark.parametrize(
    "description", [{"issuer": "https://evil.example"}, {"jwks_uri": None}, {"token_endpoint": 3}]
)
def test_a_provider_that_is_not_the_issuer_is_not_asked(
    client: TestClient, provider: Provider, description: dict[str, Any]
) -> None:
    provider.spoil = {"description": description}
    answer = client.get("/sign-in/elsewhere")
    assert answer.status_code == 401 and "calls itself" in answer.text


def test_the_provider_s_own_second_factor_is_believed(
    desk: Desk, client: TestClient, provider: Provider
) -> None:
    strict = replace(desk, settings=replace(desk.settings, second_factor_for="duty officer"))
    client.app.state.desk = strict  # type: ignore[attr-defined]
    client.get(went(client))
    assert client.get("/alerts").headers["location"] == "/account"
    provider.spoil = {"claims": {"amr": ["pwd", "mfa"]}}
    client.get(went(client))
    assert client.get("/alerts").status_code == 200


def test_after_it_one_stays_here(client: TestClient) -> None:
    assert client.get(went(client, "https://evil.example")).headers["location"] == "/"


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"oidc_issuer": "http://org.example"}, "https"), ({"oidc_client_id": ""}, "a name"),
     ({"oidc_roles": "desk=boss"}, "desk=boss")],
)  # fmt: skip
def test_settings_that_cannot_be_are_errors(desk: Desk, changes: dict[str, str], said: str) -> None:
    wrong = replace(desk, settings=replace(desk.settings, **changes))
    with pytest.raises(SettingsError, match=said):
        single_sign_on.mapping(wrong.settings)
        single_sign_on.begin(wrong, "/", datetime.now(UTC))


def test_a_desk_without_a_provider_has_no_such_door(desk: Desk, client: TestClient) -> None:
    client.app.state.desk = replace(desk, settings=replace(desk.settings, oidc_issuer=""))  # type: ignore[attr-defined]
    assert client.get("/sign-in/elsewhere").status_code == 404
    assert client.get(single_sign_on.CALLBACK).status_code == 404
