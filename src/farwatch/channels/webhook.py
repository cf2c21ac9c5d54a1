"""Webhook: a message POSTed as JSON, with its key and a signature over time and body.

    Idempotency-Key: <message key>
    Farwatch-Timestamp: <seconds since 1970>
    Farwatch-Signature: sha256=<hex HMAC-SHA256 of "<timestamp>." and the body>

The receiver checks the signature with the shared secret, refuses an old timestamp, and drops a key
that it has had. Any 2xx answer is a receipt; redirects are not followed; retries are the caller's.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from farwatch.channels.exercise_wall import check, utc_now
from farwatch.errors import ChannelError
from farwatch.model.message import Message, Receipt

TIMEOUT_SECONDS = 10.0


class Webhook:
    """Posts messages to `url` (http or https). Without a secret nothing is signed."""

    name = "webhook"

    def __init__(
        self,
        url: str,
        *,
        secret: str = "",
        exercise: bool = False,
        timeout_seconds: float = TIMEOUT_SECONDS,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        try:
            parts = urlsplit(url)
        except ValueError as error:
            raise ChannelError(f"webhook: address {url!r} cannot be read") from error
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ChannelError(f"webhook: address {url!r} is not an http or https address")
        self.exercise = exercise
        self._url = url
        self._shown = f"{parts.scheme}://{parts.hostname}"  # a path often holds a token
        self._secret = secret.encode()
        self._timeout = timeout_seconds
        self._clock = clock

    def send(self, message: Message) -> Receipt:
        """Post the message; raises ExerciseError, or ChannelError with the answer's status."""
        check(self, message)
        key, at = str(message.key), self._clock()
        body = self._body(message, key)
        timestamp = str(int(at.timestamp()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "Farwatch-Timestamp": timestamp,
        }
        if self._secret:
            headers["Farwatch-Signature"] = signature(self._secret, timestamp, body)
        status = self._post(body, headers, key)
        if not 200 <= status < 300:
            raise ChannelError(
                f"webhook: {key} was answered {status} by {self._shown}", status=status
            )
        return Receipt(key, self.name, at, detail=f"answered {status}")

    def _body(self, message: Message, key: str) -> bytes:
        try:
            return json.dumps(
                {
                    "key": key,
                    "subject": message.subject,
                    "body": message.body,
                    "exercise": message.exercise,
                    "payload": dict(message.payload),
                    "cap": message.cap_xml,
                },
                allow_nan=False,
            ).encode()
        except (TypeError, ValueError) as error:
            raise ChannelError(f"webhook: {key} is not plain JSON: {error}") from error

    def _post(self, body: bytes, headers: dict[str, str], key: str) -> int:
        try:
            with (
                httpx.Client(timeout=self._timeout, follow_redirects=False) as client,
                # Streamed and left unread: only the status matters, whatever the body's size.
                client.stream("POST", self._url, content=body, headers=headers) as response,
            ):
                return response.status_code
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ChannelError(
                f"webhook: {key} could not be handed to {self._shown}: "
                f"{type(error).__name__} {error}"
            ) from error


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """The Farwatch-Signature header; receivers compare it with `hmac.compare_digest`."""
    digest = hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"
