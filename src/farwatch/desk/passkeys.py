"""Passkeys (WebAuthn Level 2) as second factor, by py_webauthn.

A passkey belongs to a host name: none is offered where `site_url` names an address.
"""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import Connection
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from farwatch.desk import second_factors
from farwatch.desk.accounts import HALFWAY, HALFWAY_LASTS, NOWHERE, Device, SignedIn, failed
from farwatch.desk.opening import Desk
from farwatch.desk.passwords import digest
from farwatch.errors import SignInRefused, UsageError
from farwatch.model.account import Account, Passkey, Session
from farwatch.settings import Settings
from farwatch.store import factors, sessions

# The password came before; who holds the key need not prove himself to it once more.
_VERIFICATION = UserVerificationRequirement.DISCOURAGED


def host(settings: Settings) -> str | None:
    """The name that passkeys of this desk belong to; None where it has but an address."""
    name = urlsplit(settings.site_url).hostname
    if not name:
        return None
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name
    return None


def begin(desk: Desk, account: Account, session: Session, now: datetime) -> str:
    """The options of a new passkey, as JSON for `navigator.credentials.create`."""
    with desk.database.begin() as conn:
        known = factors.passkeys(conn, account.id)
        options = generate_registration_options(
            rp_id=_host(desk), rp_name=f"Farwatch {desk.settings.organisation}",
            user_name=account.name, user_display_name=account.shown, user_id=account.id.encode(),
            exclude_credentials=_described(known),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=_VERIFICATION
            ),
        )  # fmt: skip
        challenge = bytes_to_base64url(options.challenge)
        sessions.wait(conn, _place(session), "passkey", now + HALFWAY_LASTS, [challenge])
    return options_to_json(options)


def finish(
    desk: Desk, account: Account, session: Session, label: str, answer: str, now: datetime
) -> list[str]:  # fmt: skip
    """Keep the passkey that the browser made; the new recovery codes, empty where some stand.

    `answer` is the credential as JSON. Raises UsageError where it does not answer our challenge.
    """
    # A challenge is answered once: it is used up before anything of the answer can be refused.
    with desk.database.begin() as conn:
        waits = sessions.waiting(conn, _place(session), "passkey", now, list[str])
        taken = sessions.taken(conn, _place(session))
    if waits is None or not taken:
        raise UsageError("this enrolment ran out; begin again")
    try:
        made = verify_registration_response(
            credential=answer, expected_challenge=base64url_to_bytes(waits[0]),
            expected_rp_id=_host(desk), expected_origin=_origin(desk),
        )  # fmt: skip
    except (WebAuthnException, ValueError) as error:
        raise UsageError(f"this passkey cannot be kept: {error}") from error
    passkey = Passkey(
        bytes_to_base64url(made.credential_id), account.id, label.strip()[:100] or "Passkey",
        bytes_to_base64url(made.credential_public_key), made.sign_count, now,
    )  # fmt: skip
    with desk.database.begin() as conn:
        if factors.passkey_stands(conn, passkey.id):
            raise UsageError("this passkey stands already")
        factors.put_passkey(conn, passkey)
        return second_factors.enrolled(conn, account, session, now, "passkey")


def ask(desk: Desk, secret: str, now: datetime) -> str:
    """What a passkey must answer to complete a half sign-in, as JSON for
    `navigator.credentials.get`; raises SignInRefused."""
    with desk.database.begin() as conn:
        account, waits = second_factors.halfway(conn, secret, now)
        options = generate_authentication_options(
            rp_id=_host(desk), user_verification=_VERIFICATION,
            allow_credentials=_described(factors.passkeys(conn, account.id)),
        )  # fmt: skip
        asked = replace(waits, challenge=bytes_to_base64url(options.challenge))
        # The time does not begin anew with each question.
        sessions.rewait(conn, digest(secret), HALFWAY, asked)
    return options_to_json(options)


def complete(
    desk: Desk, secret: str, answer: str, now: datetime, device: Device = NOWHERE
) -> SignedIn:
    """Complete a half sign-in by a passkey's answer; raises SignInRefused, and counts it."""
    with desk.database.begin() as conn:
        account, waits = second_factors.halfway(conn, secret, now)
        # A challenge is answered once: right or wrong, the next one is another.
        sessions.rewait(conn, digest(secret), HALFWAY, replace(waits, challenge=None))
        passkey = _answered(desk, conn, account, waits.challenge, answer)
        if passkey is not None:
            factors.put_passkey(conn, replace(passkey, last_used=now))
            return second_factors.completed(conn, secret, account, now, device, "passkey")
        failed(conn, account, now)
    raise SignInRefused("this passkey does not open the account, or this sign-in is over")


def _answered(
    desk: Desk, conn: Connection, account: Account, challenge: str | None, answer: str
) -> Passkey | None:
    """The passkey whose answer this is, its count moved on."""
    if challenge is None:
        return None
    for passkey in factors.passkeys(conn, account.id):
        try:
            found = verify_authentication_response(
                credential=answer, expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=_host(desk), expected_origin=_origin(desk),
                credential_public_key=base64url_to_bytes(passkey.public_key),
                credential_current_sign_count=passkey.sign_count,
            )  # fmt: skip
        except (WebAuthnException, ValueError):
            continue
        if bytes_to_base64url(found.credential_id) == passkey.id:
            return replace(passkey, sign_count=found.new_sign_count)
    return None


def _described(known: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.id)) for one in known]


def _host(desk: Desk) -> str:
    name = host(desk.settings)
    if name is None:
        raise UsageError(
            f"passkeys need a host name, and this desk is at {desk.settings.site_url}: set "
            "public_url"
        )
    return name


def _origin(desk: Desk) -> str:
    parts = urlsplit(desk.settings.site_url)
    return f"{parts.scheme}://{parts.netloc}"


def _place(session: Session) -> str:
    return digest(f"passkey {session.id}")
