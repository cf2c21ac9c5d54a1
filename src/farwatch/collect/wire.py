"""The wire under httpx: connects to the address that was checked, never to a name; keeps deadlines.

A name is resolved once for a connection, every address is checked, and the socket is opened to one
of those very addresses, so that a name that changes its mind in between (DNS rebinding) gains
nothing. Host header and TLS server name stay those of the URL.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Container, Iterable, Iterator
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx

from farwatch.collect.addresses import Resolver, vetted

# What httpcore raises when a connection or an answer fails.
FAILURES = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)

# The monotonic second by which the present request must be over.
deadline: ContextVar[float] = ContextVar("deadline", default=float("inf"))

SocketOption = Any


class _TimedStream(httpcore.NetworkStream):
    """A stream on which no read or write outlasts the deadline, however slowly bytes drip."""

    def __init__(self, under: httpcore.NetworkStream, monotonic: Callable[[], float]) -> None:
        self._under = under
        self._monotonic = monotonic

    def _left(self, timeout: float | None, error: type[Exception]) -> float | None:
        left = deadline.get() - self._monotonic()
        if left <= 0:
            raise error("the time allowed is over")
        return min(left, timeout) if timeout is not None else min(left, 3600.0)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._under.read(max_bytes, self._left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._under.write(buffer, self._left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._under.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._left(timeout, httpcore.ConnectTimeout)
        stream = self._under.start_tls(ssl_context, server_hostname, left)
        return _TimedStream(stream, self._monotonic)

    def get_extra_info(self, info: str) -> Any:
        return self._under.get_extra_info(info)


class VettedBackend(httpcore.NetworkBackend):
    """Opens sockets to vetted addresses only."""

    def __init__(
        self,
        resolver: Resolver,
        monotonic: Callable[[], float],
        *,
        loopback_ports: Container[int],
    ) -> None:
        self._resolver = resolver
        self._monotonic = monotonic
        self._loopback_ports = loopback_ports
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        """Try each vetted address in turn; raises ForbiddenAddress or ConnectError."""
        try:
            addresses = self._resolver(host, port)
        except OSError as error:
            raise httpcore.ConnectError(f"host {host!r} has no address: {error}") from error
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in vetted(host, addresses, allow_loopback=port in self._loopback_ports):
            left = deadline.get() - self._monotonic()
            if left <= 0:
                raise httpcore.ConnectTimeout("the time allowed is over")
            try:
                stream = self._sockets.connect_tcp(
                    address, port, min(left, timeout or left), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._monotonic)
        raise failure

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        """Never."""
        raise httpcore.UnsupportedProtocol(f"unix socket {path!r} is not contacted")

    def sleep(self, seconds: float) -> None:
        """Unused: retries are the Fetcher's."""
        raise NotImplementedError


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        close = getattr(self._stream, "close", None)
        if close is not None:
            close()


class VettedTransport(httpx.BaseTransport):
    """httpx's transport over a `VettedBackend`: no proxy, no retry; raises `FAILURES`."""

    def __init__(self, backend: httpcore.NetworkBackend, context: ssl.SSLContext | None) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=context or httpx.create_ssl_context(trust_env=False),
            max_connections=10,
            max_keepalive_connections=5,
            keepalive_expiry=5.0,
            network_backend=backend,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the answer's body is still on the wire."""
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        if not isinstance(answer.stream, Iterable):
            raise httpcore.ProtocolError("the answer cannot be read in step")
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer.stream),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()
