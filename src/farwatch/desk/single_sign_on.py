"""Sign in with an account of the organisation's own provider: OpenID Connect Core 1.0, the code
flow with state, nonce and PKCE (RFC 7636); addresses, challenges and claims by authlib.

A person is known here by issuer and subject, never by an e-mail address or a name that somebody
else may hold. An account is made at the first sign-in, if a mapping gives the person a role.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import Connection

from farwatch.desk import accounts as desk_accounts
from farwatch.desk import administering
from farwatch.desk.accounts import HALFWAY_LASTS, NOWHERE, Device, Halfway, NewAccount, SignedIn
from farwatch.desk.opening import Desk
from farwatch.desk.passwords import digest
from farwatch.errors import FetchError, NotFound, SettingsError, SignInRefused
from farwatch.model.account import Account, Role
from farwatch.settings import Settings
from farwatch.store import accounts, audit, sessions
from farwatch.store.audit import Decision

CALLBACK = "/sign-in/elsewhere/back"
# Asymmetric ones alone: a secret shared with the provider must not sign what it says of a person.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
_STRONG = frozenset({"mfa", "otp", "hwk", "swk", "fpt", "face", "iris", "sc", "pop"})  # RFC 8176
_LEEWAY = 60  # seconds by which the provider's clock may differ
_TIMEOUT = 10.0
_WAITS = "elsewhere"
REFUSED = "the provider's answer does not open an account here"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sign-in elsewhere began with; the answer must fit it."""

    state: str
    nonce: str
    verifier: str
    following: str


@dataclass(frozen=True, slots=True)
class Person:
    """What the provider says of who signed in."""

    subject: str
    issuer: str
    name: str
    display: str
    email: str | None
    role: Role | None
    strong: bool


def offered(settings: Settings) -> str | None:
    """The provider's host, for the button; None where none is set."""
    return urlsplit(settings.oidc_issuer).hostname if settings.oidc_issuer else None


def begin(desk: Desk, following: str, now: datetime) -> tuple[str, str]:
    """Where the browser is sent, and the secret of the cookie that it comes back with.

    Raises SettingsError, and FetchError where the provider does not answer.
    """
    settings = desk.settings
    state, nonce, verifier, secret = (secrets.token_urlsafe(48) for _ in range(4))
    with httpx.Client(timeout=_TIMEOUT) as client:
        place = _discovered(settings, client)["authorization_endpoint"]
    url = prepare_grant_uri(
        place, client_id=settings.oidc_client_id, response_type="code",
        redirect_uri=_callback(settings), scope="openid profile email", state=state, nonce=nonce,
        code_challenge=create_s256_code_challenge(verifier), code_challenge_method="S256",
    )  # fmt: skip
    asked = Asked(state, nonce, verifier, following)
    with desk.database.begin() as conn:
        sessions.forget(conn, now)
        sessions.wait(conn, digest(secret), _WAITS, now + HALFWAY_LASTS, asked)
    return str(url), secret


def finish(
    desk: Desk, secret: str, query: Mapping[str, str], now: datetime, device: Device = NOWHERE
) -> tuple[SignedIn | Halfway, str]:
    """The sign-in (half, where a second factor is asked here) and where they wanted to go.

    `query` is what the provider sent the browser back with. Raises SignInRefused, FetchError.
    """
    with desk.database.begin() as conn:
        asked = sessions.waiting(conn, digest(secret), _WAITS, now, Asked)
        # What was asked is answered once, whatever the answer is.
        if asked is None or not sessions.taken(conn, digest(secret)):
            raise SignInRefused("this sign-in ran out or was not begun on this browser")
    if not secrets.compare_digest(query.get("state", "").encode(), asked.state.encode()):
        raise SignInRefused(REFUSED)
    if "code" not in query:
        raise SignInRefused(f"the provider refused: {query.get('error', 'no reason')[:100]}")
    person = _person(desk.settings, _claims(desk, asked, query["code"], now))
    with desk.database.begin() as conn:
        account = _account(conn, person, now)
        if account is None:
            details = {"issuer": person.issuer, "role": person.role and person.role.value}
            audit.append(conn, Decision("account.refused", "desk", "elsewhere", now, details))
        elif person.strong and not account.second_factor:
            desk_accounts.tell(
                conn, "account.sign_in", account.name, account, now,
                address=device.address, second="provider",
            )  # fmt: skip
            return desk_accounts.open_session(conn, account, now, device, strong=True), (
                asked.following
            )
        else:
            return desk_accounts.proved(conn, account, now, device), asked.following
    raise SignInRefused(
        f"{person.name!r} is known at {person.issuer}, and has no role at this desk; ask an "
        "administrator"
    )


def mapping(settings: Settings) -> list[tuple[str, Role]]:
    """The claim's values and their roles, the first that fits holds; raises SettingsError."""
    found = []
    for part in filter(None, (part.strip() for part in settings.oidc_roles.split(","))):
        value, _, role = part.rpartition("=")
        try:
            found.append((value.strip(), Role(role.strip())))
        except ValueError as error:
            known = ", ".join(Role)
            raise SettingsError(
                f"setting oidc_roles has {part!r}; it reads like 'desk-duty=duty officer', and "
                f"roles are {known}"
            ) from error
    return found


def _account(conn: Connection, person: Person, now: datetime) -> Account | None:
    """The person's account as the provider's word makes it; None where they may not come in."""
    if person.role is None:
        return None
    try:
        account = accounts.of_subject(conn, person.subject)
    except NotFound:
        return _made(conn, person, now)
    if not account.active or accounts.credentials(conn, account.id).locked(now):
        return None
    if account.role is not person.role:
        changed = replace(account, role=person.role)
        if administering.is_last(conn, account):
            return account
        accounts.change(conn, changed, now)
        details = {"role": person.role.value, "before": account.role.value}
        desk_accounts.tell(conn, "account.change", "desk", changed, now, **details)
        return changed
    return account


def _made(conn: Connection, person: Person, now: datetime) -> Account:
    assert person.role is not None  # noqa: S101 (for the type checker; `_account` looked)
    try:
        accounts.named(conn, person.name)
    except NotFound:
        pass
    else:
        raise SignInRefused(
            f"an account named {person.name!r} stands already and is not the provider's; ask an "
            "administrator"
        )
    new = NewAccount(person.name, person.role, display=person.display, email=person.email)
    account = replace(desk_accounts.put_new(conn, new, now), provider=person.issuer)
    accounts.change(conn, account, now)
    accounts.set_credentials(conn, account.id, {"subject": person.subject})
    desk_accounts.tell(
        conn, "account.add", "desk", account, now,
        role=person.role.value, provider=person.issuer,
    )  # fmt: skip
    return account


def _claims(desk: Desk, asked: Asked, code: str, now: datetime) -> Mapping[str, Any]:
    """What the provider's ID token says, proved; raises SignInRefused, FetchError."""
    settings = desk.settings
    try:
        with httpx.Client(timeout=_TIMEOUT) as client:
            found = _discovered(settings, client)
            token = _token(settings, client, found["token_endpoint"], code, asked.verifier)
            keys: Any = _asked_json(client, found["jwks_uri"])
        signed = jwt.decode(
            str(token["id_token"]), KeySet.import_key_set(keys), algorithms=ALGORITHMS
        )
        claims = CodeIDToken(
            signed.claims, signed.header,
            {"iss": {"essential": True, "value": settings.oidc_issuer},
             "aud": {"essential": True, "value": settings.oidc_client_id},
             "nonce": {"essential": True, "value": asked.nonce}},
            {"nonce": asked.nonce, "client_id": settings.oidc_client_id,
             "access_token": token.get("access_token")},
        )  # fmt: skip
        claims.validate(int(now.timestamp()), _LEEWAY)
    except (JoseError, ValueError, KeyError) as error:
        raise SignInRefused(f"{REFUSED}: {type(error).__name__}") from error
    return dict(claims)


def _person(settings: Settings, claims: Mapping[str, Any]) -> Person:
    named: Any = claims
    for part in settings.oidc_role_claim.split("."):
        named = named.get(part) if isinstance(named, Mapping) else None
    groups = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    role = next((role for value, role in mapping(settings) if value in groups), None)
    email = claims.get("email") if claims.get("email_verified") is True else None
    name = str(claims.get("preferred_username") or email or claims["sub"])
    amr = claims.get("amr")
    return Person(
        subject=f"{claims['iss']} {claims['sub']}", issuer=str(claims["iss"]), name=name[:100],
        display=str(claims.get("name") or "")[:100], email=None if email is None else str(email),
        role=role, strong=isinstance(amr, list) and not _STRONG.isdisjoint(map(str, amr)),
    )  # fmt: skip


def _token(
    settings: Settings, client: httpx.Client, url: str, code: str, verifier: str
) -> Mapping[str, Any]:
    """The provider's tokens for a code; raises SignInRefused where it refuses it, FetchError."""
    name, secret = settings.oidc_client_id, settings.oidc_client_secret
    form = {
        "grant_type": "authorization_code", "code": code, "code_verifier": verifier,
        "redirect_uri": _callback(settings),
    }  # fmt: skip
    # RFC 6749, 2.3.1: both are form-encoded before they are joined.
    basic = httpx.BasicAuth(quote(name, safe=""), quote(secret, safe=""))
    auth = basic if secret else httpx.Auth()
    try:
        answer = client.post(url, data=form if secret else form | {"client_id": name}, auth=auth)
        found = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise FetchError(f"the provider did not answer at {url!r}: {error}") from error
    if not isinstance(found, dict) or answer.is_error or "error" in found:
        why = found.get("error") if isinstance(found, dict) else None
        raise SignInRefused(f"{REFUSED}: {str(why or answer.status_code)[:100]}")
    return found


def _callback(settings: Settings) -> str:
    return settings.site_url + CALLBACK


def _discovered(settings: Settings, client: httpx.Client) -> Mapping[str, Any]:
    """The provider's own description (OpenID Connect Discovery 1.0); it must be the issuer's."""
    issuer = settings.oidc_issuer
    parts = urlsplit(issuer)
    near = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if not settings.oidc_client_id or not (parts.scheme == "https" or near):
        raise SettingsError(
            f"setting oidc_issuer is {issuer!r} and oidc_client_id {settings.oidc_client_id!r}: an "
            "https address and a name are needed"
        )
    found = _asked_json(client, issuer.rstrip("/") + "/.well-known/openid-configuration")
    wanted = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
    if not all(isinstance(found.get(name), str) for name in wanted) or found["issuer"] != issuer:
        shown = str(found.get("issuer"))[:200]
        raise FetchError(f"the provider at {issuer!r} calls itself {shown!r} or leaves parts out")
    return found


def _asked_json(client: httpx.Client, url: str) -> dict[str, Any]:
    try:
        answer = client.get(url)
        answer.raise_for_status()
        found = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise FetchError(f"the provider did not answer at {url!r}: {error}") from error
    if not isinstance(found, dict):
        raise FetchError(f"the provider answered at {url!r} with no JSON object")
    return found
