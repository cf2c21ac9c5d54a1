"""Passwords and secrets: how they are kept, and how they are compared.

A secret (cookie, key, link) is 256 random bits shown once; the database keeps its SHA-256 alone, so
that a copy of the database opens no door. Passwords are Argon2id (RFC 9106's second choice).
"""

from __future__ import annotations

import hashlib

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY

from farwatch.errors import UsageError

SHORTEST, LONGEST = 12, 256  # NIST SP 800-63B asks for 8; no composition rules

_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_NOBODYS = _HASHER.hash("nobody's")  # verified for unknown names, so that they take as long


def digest(secret: str) -> str:
    """What is kept of a cookie, key, code or link."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hashed(password: str, name: str = "") -> str:
    """The Argon2id hash of a password; raises UsageError for one too short or too long, or one
    that is the account's `name` or one character over and over."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(
            f"a password has {SHORTEST} to {LONGEST} characters; this one has {len(password)}"
        )
    plain = password.casefold()
    if len(set(plain)) == 1 or (name and not plain.replace(name.casefold(), "").strip()):
        raise UsageError("this password is the name, or one character, over and over")
    return _HASHER.hash(password)


def right(stored: str | None, password: str) -> bool:
    """Whether this is the password; takes as long where none stands."""
    if len(password) > LONGEST:
        password = ""
    try:
        return _HASHER.verify(stored or _NOBODYS, password) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False
