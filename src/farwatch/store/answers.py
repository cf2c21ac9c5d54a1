"""What writes were answered: a request that is sent again gets the first one's answer.

A row is claimed in its own transaction before the request is carried out, so that of two at once
one alone is. What was answered is sealed with the idempotency key, which the database does not
know: an answer may hold a secret that is shown once (an API token).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from cryptography.fernet import Fernet
from sqlalchemy.engine import Connection

from farwatch.store import schema
from farwatch.store.rows import insert_new

KEPT = timedelta(hours=24)
LARGEST = 1_000_000  # bytes of an answer that is kept


@dataclass(frozen=True, slots=True)
class Key:
    """An idempotency key of one account. `text` is what the client made up."""

    account: str
    text: str

    @property
    def id(self) -> str:
        """What the database knows it by."""
        return hashlib.sha256(f"{self.account}\0{self.text}".encode()).hexdigest()

    @property
    def _seal(self) -> Fernet:
        digest = hashlib.sha256(f"answer\0{self.account}\0{self.text}".encode()).digest()
        return Fernet(base64.urlsafe_b64encode(digest))


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body of an answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """What stands under a key: of which request, and its answer; None while there is none."""

    fingerprint: str
    at: datetime
    answer: Answer | None


def claim(conn: Connection, key: Key, fingerprint: str, now: datetime) -> Kept | None:
    """Take the key for this request: None where it was free, else what stands under it."""
    table = schema.answers
    conn.execute(sa.delete(table).where(table.c.at <= now - KEPT))
    row = {"id": key.id, "account": key.account, "fingerprint": fingerprint, "at": now}
    if insert_new(conn, table, [row]):
        return None
    found = conn.execute(sa.select(table).where(table.c.id == key.id)).one_or_none()
    if found is None:  # taken back this moment by who held it
        return Kept(fingerprint, now, None)
    answer = None
    if found.status is not None:
        told = json.loads(key._seal.decrypt(bytes(found.sealed)))
        answer = Answer(found.status, told["headers"], base64.b64decode(told["body"]))
    return Kept(found.fingerprint, found.at, answer)


def keep(conn: Connection, key: Key, answer: Answer) -> None:
    """Keep what the request under this key was answered."""
    told = {"headers": dict(answer.headers), "body": base64.b64encode(answer.body).decode()}
    sealed = key._seal.encrypt(json.dumps(told).encode())
    table = schema.answers
    change = sa.update(table).where(table.c.id == key.id)
    conn.execute(change.values(status=answer.status, sealed=sealed))


def release(conn: Connection, key: Key) -> None:
    """Let the key go: its request was not carried out."""
    table = schema.answers
    conn.execute(sa.delete(table).where(table.c.id == key.id, table.c.status.is_(None)))
