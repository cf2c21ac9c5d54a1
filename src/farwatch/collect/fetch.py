"""Fetcher: one URL under a source's limits, politely and safely.

Conditional requests, back-off with jitter, Retry-After, a rate a host, redirects followed by hand
and checked again, public addresses only, and bounds on bytes on the wire, bytes unpacked and time.
"""

from __future__ import annotations

import ssl
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

from farwatch.collect.addresses import Resolver, check_url, resolve
from farwatch.collect.inflate import Inflater
from farwatch.collect.pace import BackOff, HostPace, Timing, retry_after
from farwatch.collect.wire import FAILURES, VettedBackend, VettedTransport, deadline
from farwatch.errors import FetchError
from farwatch.model.terms import Limits

MAX_REDIRECTS = 5
MAX_VALIDATOR = 1000
USER_AGENT = "farwatch/0.1 (overseas-security desk)"

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})  # worth another try
_OK, _UNCHANGED = 200, 304


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask again with; keep it beside the source's cursor."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. `data` is None when the document is unchanged since `validators` were given.

    `url` is where it finally came from; `content_type` as stated, a note and not to be trusted.
    """

    url: str
    data: bytes | None
    content_type: str | None
    validators: Validators
    received: datetime


class _PassingError(FetchError):
    """A failure that another try may mend."""


class Fetcher:
    """Fetches documents; keeps connections and each host's pace. Close it, or use it in `with`."""

    def __init__(
        self,
        *,
        timing: Timing | None = None,
        back_off: BackOff | None = None,
        resolver: Resolver = resolve,
        context: ssl.SSLContext | None = None,
        loopback_ports: Container[int] = (),
        contact: str = "",
    ) -> None:
        """`contact` is how a publisher reaches us, for the User-Agent.

        `loopback_ports`, `resolver` and `context` (TLS) are for tests against servers of this
        machine: these ports of it may be contacted, every other one stays forbidden.
        """
        self._timing = timing or Timing()
        self._back_off = back_off or BackOff()
        self._pace = HostPace(self._timing)
        backend = VettedBackend(resolver, self._timing.monotonic, loopback_ports=loopback_ports)
        self._transport = VettedTransport(backend, context)
        self._agent = _agent(contact)

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()

    def fetch(
        self,
        url: str,
        limits: Limits,
        validators: Validators | None = None,
        accept: str = "*/*",
    ) -> Fetched:
        """Fetch `url`, conditionally if `validators` are given.

        `accept` names the media types wanted: some publishers answer JSON where XML is not named.
        `limits.timeout_seconds` bounds each try as a whole, redirects included; `max_bytes` bounds
        the answer on the wire and unpacked. Raises ForbiddenAddress for an address that is never
        contacted, FetchError (with status and the wait asked for) for everything else.
        """
        failed = 0
        while True:
            try:
                return self._attempt(url, limits, validators or Validators(), accept)
            except _PassingError as error:
                failed += 1
                asked = error.retry_after
                if failed >= self._back_off.attempts or (asked or 0.0) > self._back_off.longest:
                    raise FetchError(
                        f"{error} (tries: {failed})", status=error.status, retry_after=asked
                    ) from error
                wait = self._back_off.wait(failed, self._timing.chance())
                self._timing.sleep(max(wait, asked or 0.0))

    def _attempt(self, url: str, limits: Limits, validators: Validators, accept: str) -> Fetched:
        """One try: the URL and whatever it redirects to, within the time allowed."""
        here, left = url, limits.timeout_seconds
        for _ in range(MAX_REDIRECTS + 1):
            parts = check_url(here)
            self._pace.wait(parts.hostname or "", limits.requests_per_minute)
            began = self._timing.monotonic()  # waiting for our turn is no fault of the server's
            token = deadline.set(began + left)
            try:
                answer = self._ask(here, limits, validators, accept)
            except FAILURES as error:
                why = str(error) or type(error).__name__
                raise _PassingError(f"{here} could not be fetched: {why}") from error
            finally:
                deadline.reset(token)
            if isinstance(answer, Fetched):
                return answer
            here = answer
            left -= self._timing.monotonic() - began
        raise FetchError(f"{url} redirects more than {MAX_REDIRECTS} times")

    def _ask(self, url: str, limits: Limits, validators: Validators, accept: str) -> Fetched | str:
        """The answer, or the URL that it redirects to."""
        try:
            request = httpx.Request(
                "GET",
                url,
                headers=_headers(self._agent, validators, accept),
                extensions={
                    "timeout": dict.fromkeys(
                        ("connect", "read", "write", "pool"), limits.timeout_seconds
                    )
                },
            )
        except httpx.InvalidURL as error:
            raise FetchError(f"{url!r} cannot be read as an address: {error}") from error
        response = self._transport.handle_request(request)
        try:
            if response.status_code in _REDIRECTS:
                return _redirect(url, response)
            return self._answer(url, response, limits, validators)
        finally:
            response.close()

    def _answer(
        self, url: str, response: httpx.Response, limits: Limits, validators: Validators
    ) -> Fetched:
        status, now = response.status_code, self._timing.now()
        content_type = response.headers.get("content-type")
        if status == _UNCHANGED and validators != Validators():
            return Fetched(url, None, content_type, validators, now)
        if status in _PASSING:
            wait = retry_after(response.headers.get("retry-after"), now)
            raise _PassingError(f"{url} answered {status}", status=status, retry_after=wait)
        if status != _OK:
            raise FetchError(f"{url} answered {status}", status=status)
        data = self._body(url, response, limits.max_bytes)
        given = Validators(_kept(response, "etag"), _kept(response, "last-modified"))
        return Fetched(url, data, content_type, given, now)

    def _body(self, url: str, response: httpx.Response, bound: int) -> bytes:
        stated = response.headers.get("content-length", "")
        if stated.isascii() and stated.isdigit() and int(stated[:20]) > bound:
            raise FetchError(f"{url} is {stated} bytes long, at most {bound} are read")
        inflater = Inflater(url, response.headers.get("content-encoding", ""), bound)
        on_wire = 0
        for chunk in response.stream:  # type: ignore[union-attr]  # always the sync stream here
            on_wire += len(chunk)
            if on_wire > bound:
                raise FetchError(f"{url} is longer than {bound} bytes")
            inflater.feed(chunk)
            if self._timing.monotonic() > deadline.get():
                raise httpcore.ReadTimeout("the time allowed is over")
        return inflater.finish()


def _agent(contact: str) -> str:
    """Who asks, and how to reach them; what a header cannot carry is left out."""
    plain = " ".join(contact.encode("ascii", "ignore").decode().replace("(", "").split())
    plain = "".join(char for char in plain if char.isprintable() and char != ")")
    return f"farwatch/0.1 (overseas-security desk; {plain})" if plain else USER_AGENT


def _headers(agent: str, validators: Validators, accept: str) -> dict[str, str]:
    headers = {"User-Agent": agent, "Accept": accept, "Accept-Encoding": "gzip, deflate"}
    if validators.etag:
        headers["If-None-Match"] = validators.etag
    if validators.last_modified:
        headers["If-Modified-Since"] = validators.last_modified
    return headers


def _kept(response: httpx.Response, header: str) -> str | None:
    """A validator, unless it is one that could not be sent back."""
    value = response.headers.get(header)
    return str(value) if value and value.isascii() and len(value) <= MAX_VALIDATOR else None


def _redirect(url: str, response: httpx.Response) -> str:
    location = response.headers.get("location")
    if not location:
        raise FetchError(f"{url} redirects to nowhere", status=response.status_code)
    try:
        target = str(urljoin(url, location))
        downgrade = urlsplit(url).scheme == "https" and urlsplit(target).scheme == "http"
    except ValueError as error:
        raise FetchError(f"{url} redirects to {location!r}, no address") from error
    if downgrade:
        raise FetchError(f"{url} redirects from https to {target!r}, without protection")
    return target
