"""Text messages and calls through an HTTP gateway; its later receipts come back signed.

    POST <url>
    Idempotency-Key: <message key>
    Farwatch-Timestamp, Farwatch-Signature: as the webhook's
    {"key", "kind": "sms" | "voice", "to": "+260...", "text", "language", "exercise"}

Any 2xx answer takes the message; `{"id": "..."}` in it is what the gateway calls it, and what it
names in a receipt. 400, 404, 410 and 422 say that this message can never be delivered.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from farwatch.channels.exercise_wall import check, utc_now
from farwatch.channels.webhook import TIMEOUT_SECONDS, signature
from farwatch.errors import ChannelError
from farwatch.model.message import Message, Receipt

_NEVER = {400, 404, 410, 422}
_LONGEST_ANSWER = 64_000


class Gateway:
    """One kind of message ("sms" or "voice") through the gateway at `url`. Threads may share it."""

    def __init__(
        self,
        kind: str,
        url: str,
        *,
        secret: str = "",
        exercise: bool = False,
        timeout_seconds: float = TIMEOUT_SECONDS,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ChannelError(f"{kind}: the gateway's address is not an http or https address")
        self.name = kind
        self.exercise = exercise
        self._url = url
        self._shown = f"{parts.scheme}://{parts.hostname}"
        self._secret = secret.encode()
        self._clock = clock
        self._timeout = timeout_seconds
        self._own = threading.local()  # httpx's pool may be shared; one a thread waits for nobody
        self._all: list[httpx.Client] = []

    def send(self, message: Message) -> Receipt:
        """Hand the message over; raises ExerciseError, or ChannelError with the status."""
        check(self, message)
        key, at = str(message.key), self._clock()
        body = json.dumps(
            {
                "key": key, "kind": self.name, "to": message.to, "text": message.body,
                "language": message.payload.get("language", "en"), "exercise": message.exercise,
            }
        ).encode()  # fmt: skip
        stamp = str(int(at.timestamp()))
        headers = {"Content-Type": "application/json", "Idempotency-Key": key,
                   "Farwatch-Timestamp": stamp}  # fmt: skip
        if self._secret:
            headers["Farwatch-Signature"] = signature(self._secret, stamp, body)
        try:
            answer = self._client().post(self._url, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ChannelError(
                f"{self.name}: {key} could not be handed to {self._shown}: "
                f"{type(error).__name__} {error}"
            ) from error
        if not answer.is_success:
            raise ChannelError(
                f"{self.name}: {key} was answered {answer.status_code} by {self._shown}",
                status=answer.status_code, lasting=answer.status_code in _NEVER,
            )  # fmt: skip
        return Receipt(
            key, self.name, at, detail=f"answered {answer.status_code}", provider=_id(answer)
        )

    def close(self) -> None:
        """Leave the gateway."""
        for client in self._all:
            client.close()

    def _client(self) -> httpx.Client:
        client: httpx.Client | None = getattr(self._own, "client", None)
        if client is None:
            client = httpx.Client(timeout=self._timeout, follow_redirects=False)
            self._own.client = client
            self._all.append(client)
        return client


def _id(answer: httpx.Response) -> str | None:
    """What the gateway calls the message, if it says so."""
    if len(answer.content) > _LONGEST_ANSWER:
        return None
    try:
        named = answer.json()["id"]
    except (ValueError, KeyError, TypeError):
        return None
    return str(named)[:200]
