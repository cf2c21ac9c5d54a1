"""A desk's API from Python: thin, typed, and on httpx alone; nothing else of Farwatch is imported.

    from farwatch.client import Client, Problem

    with Client("https://desk.example", token="farwatch_...") as desk:
        for row in desk.alerts(state=["open"], country="ZM"):
            print(row["alert"]["headline"])
        try:
            desk.acknowledge("e4bf0bc8fbdeaf1122c15/desk")
        except Problem as problem:
            print(problem.status, problem.detail, problem.number)

Lists are iterators that ask for the next page when they come to it. Every write carries an
idempotency key of its own and is sent again, with the same key, where the connection broke.
Whatever has no method of its own is reached by `items`, `get` and `write`.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, TypedDict, cast
from urllib.parse import quote

import httpx

PREFIX = "/api/v1"
Value = str | int | float | bool | datetime | Sequence[str] | Sequence[int] | None
_TRIES = 3
_BUSY = {409, 429, 503}  # with Retry-After: the same request may be sent again
_LONGEST_WAIT = 30.0


class Problem(Exception):
    """The desk refused, in its own words (RFC 9457). `number` is what to quote when asking."""

    def __init__(self, status: int, title: str, detail: str, number: str = "") -> None:
        super().__init__(f"{status} {title}: {detail}")
        self.status = status
        self.title = title
        self.detail = detail
        self.number = number
        self.errors: list[dict[str, str]] = []


class Place(TypedDict):
    """Where something is; `geometry` is None where only a country or district is known."""

    name: str
    precision: str
    geometry: dict[str, Any] | None
    country: str | None
    admin1: str | None


class Event(TypedDict):
    """One happening. Times are ISO 8601 in UTC."""

    id: str
    version: int
    kind: str
    severity: int
    title: str
    place: Place | None
    first_reported: str
    last_reported: str
    grade: dict[str, Any]
    state: str


class Alert(TypedDict):
    """A notice that must be acknowledged."""

    id: str
    key: str
    revision: int
    event: str
    kind: str
    level: int
    severity: str
    urgency: str
    certainty: str
    headline: str
    sites: list[str]
    recipient: str
    sent: str
    ends: str
    state: str
    released: bool
    advice: list[str]
    reasons: list[str]


class AlertRow(TypedDict):
    """An alert, and when its row changed last."""

    alert: Alert
    updated: str | None


class EventRow(TypedDict):
    """An event, and when its row changed last."""

    event: Event
    updated: str | None


class Webhook(TypedDict):
    """Where a program is told of what changes."""

    id: str
    url: str
    events: list[str]
    active: bool
    stopped: str
    label: str


class WebhookMade(TypedDict):
    """A webhook, and the secret that signs what it is posted, shown this once."""

    webhook: Webhook
    secret: str


class Health(TypedDict):
    """Whether the desk answers, and how each of its parts does."""

    up: bool
    parts: list[dict[str, Any]]


class Client:
    """One desk, by an API token. Not to be shared by threads at once; close it, or use `with`."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeout: float = 30.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(
            base_url=url.rstrip("/"),
            headers={"authorization": f"Bearer {token}", "accept": "application/json"},
            timeout=timeout,
            transport=transport,
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def alerts(self, **choice: Value) -> Iterator[AlertRow]:
        """Alerts, newest first; with `updated_since` what changed since, oldest change first."""
        return cast("Iterator[AlertRow]", self.items("/alerts", **choice))

    def alert(self, name: str) -> Alert:
        """One alert by its key or id."""
        return cast("Alert", self.get(f"/alerts/{_quoted(name)}"))

    def acknowledge(self, name: str) -> Alert:
        """Say that the alert was seen."""
        return cast("Alert", self.write("POST", f"/alerts/{_quoted(name)}/acknowledge"))

    def events(self, **choice: Value) -> Iterator[EventRow]:
        """Events, what happened last first."""
        return cast("Iterator[EventRow]", self.items("/events", **choice))

    def forecasts(self, **choice: Value) -> Iterator[dict[str, Any]]:
        """Countries by the change of their chance of 25 deaths or more, largest rise first."""
        return self.items("/forecasts", **choice)

    def forecast(self, country: str) -> dict[str, Any]:
        """A country's newest forecast, with the skill of its model."""
        return cast("dict[str, Any]", self.get(f"/forecasts/{_quoted(country)}"))

    def forecast_notices(self, **choice: Value) -> Iterator[dict[str, Any]]:
        """Watch notices, newest first."""
        return self.items("/forecast-notices", **choice)

    def record_step(self, notice: str, step: str) -> dict[str, Any]:
        """Record what a person decided on because of a watch notice."""
        path = f"/forecast-notices/{_quoted(notice)}/steps"
        return cast("dict[str, Any]", self.write("POST", path, {"step": step}))

    def webhooks(self) -> Iterator[Webhook]:
        """One's own webhooks."""
        return cast("Iterator[Webhook]", self.items("/webhooks"))

    def make_webhook(self, url: str, events: Sequence[str], label: str = "") -> WebhookMade:
        """Be told of what changes."""
        body = {"url": url, "events": list(events), "label": label}
        return cast("WebhookMade", self.write("POST", "/webhooks", body))

    def health(self) -> Health:
        """Whether the desk answers."""
        return cast("Health", self._answer(self._http.request("GET", "/health")))

    def items(self, path: str, **choice: Value) -> Iterator[Any]:
        """Every row of a list, page by page; `limit` is the rows of a page."""
        cursor: str | None = None
        while True:
            page = self.get(path, **{**choice, "cursor": cursor})
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def get(self, path: str, **choice: Value) -> Any:
        """The answer to a question; raises Problem."""
        return self._sent("GET", path, _plain(choice), None, {})

    def write(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **choice: Value
    ) -> Any:
        """The answer to a write (None for an empty one); raises Problem. `key` makes it one write
        however often it is sent; without one each call is a write of its own."""
        headers = {"idempotency-key": key or str(uuid.uuid4())}
        return self._sent(method, path, _plain(choice), body, headers)

    def _sent(
        self, method: str, path: str, params: dict[str, Any], body: Any, headers: dict[str, str]
    ) -> Any:
        for left in reversed(range(_TRIES)):
            try:
                answer = self._http.request(
                    method, PREFIX + path, params=params or None, json=body, headers=headers
                )
            except httpx.TransportError:
                if not left:
                    raise
                continue
            wait = _wait(answer)
            if wait is None or not left:
                return self._answer(answer)
            time.sleep(wait)
        raise AssertionError("unreachable")

    @staticmethod
    def _answer(answer: httpx.Response) -> Any:
        if answer.is_success:
            return answer.json() if answer.content else None
        raise _problem(answer)


def _wait(answer: httpx.Response) -> float | None:
    """Seconds after which the same request may be sent again; None where it is not to be."""
    asked = answer.headers.get("retry-after", "")
    if answer.status_code not in _BUSY or not asked.isdigit() or int(asked) > _LONGEST_WAIT:
        return None
    return float(asked)


def _problem(answer: httpx.Response) -> Problem:
    try:
        told: Mapping[str, Any] = answer.json()
    except ValueError:
        told = {}
    if not isinstance(told, Mapping):
        told = {}
    problem = Problem(
        answer.status_code,
        str(told.get("title") or answer.reason_phrase),
        str(told.get("detail") or answer.text[:200]),
        str(told.get("number") or ""),
    )
    problem.errors = list(told.get("errors") or [])
    return problem


def _plain(choice: Mapping[str, Value]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in choice.items()
        if value is not None
    }


def _quoted(name: str) -> str:
    return quote(name, safe="/")
