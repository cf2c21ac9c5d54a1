"""Links that confirm without a log-in: a notice's number and a seal over what it is about.

The seal is HMAC-SHA256 over alert key, revision, recipient and expiry, cut to 96 bits (RFC 2104
allows half of the digest or more than 80 bits) so that a text message still has room for words.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import string
from datetime import datetime

from sqlalchemy import Connection

from farwatch.errors import NotFound
from farwatch.model.recipient import Notice
from farwatch.store import notices, pulses

_DIGITS = string.digits + string.ascii_lowercase
_SEAL_BYTES = 12
_LONGEST = 60
SECRET = "confirmation links"  # noqa: S105 - the secret's name, not the secret


def secret(conn: Connection) -> bytes:
    """What seals the links of this desk."""
    return pulses.secret(conn, SECRET)


def token(notice: Notice, key: bytes) -> str:
    """What a link ends with: ASCII letters, digits, "-", "_" and one "."."""
    return f"{_base36(notice.id)}.{_seal(notice, key)}"


def link(site_url: str, notice: Notice, key: bytes) -> str:
    """The whole address."""
    return f"{site_url}/k/{token(notice, key)}"


def opened(conn: Connection, text: str, now: datetime) -> Notice:
    """The notice of a token. Raises NotFound for a token that was not made here, or is over; it
    never says which."""
    number, _, seal = text.partition(".")
    refused = NotFound("this link is not one of ours, or its time is over")
    if len(text) > _LONGEST or not text.isascii() or not number or set(number) - {*_DIGITS}:
        raise refused
    try:
        notice = notices.get(conn, int(number, 36) % 2**62)
    except NotFound as error:
        raise refused from error
    sealed = hmac.compare_digest(seal.encode(), _seal(notice, secret(conn)).encode())
    if not sealed or notice.expires <= now:
        raise refused
    return notice


def _seal(notice: Notice, key: bytes) -> str:
    about = json.dumps(
        [notice.id, notice.key, notice.revision, notice.recipient, notice.expires.isoformat()]
    )
    digest = hmac.new(key, about.encode(), hashlib.sha256).digest()[:_SEAL_BYTES]
    return base64.urlsafe_b64encode(digest).decode()


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"
