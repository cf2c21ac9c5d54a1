"""Servers that are slow on purpose, on real sockets and the real clock: the time allowed holds."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest

from farwatch.collect.fetch import Fetcher
from farwatch.collect.pace import BackOff
from farwatch.errors import FetchError
from farwatch.model.terms import Limits

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n"
# A drip comes faster than any timeout of a single read, and ends long after the time allowed.
DRIP_S, DRIPS = 0.05, 200


@contextmanager
def served(answer: Callable[[socket.socket, threading.Event], None]) -> Iterator[int]:
    """A server that treats every connection so; its port."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while not over.is_set():
                with suppress(OSError):
                    connection, _ = listening.accept()
                    with connection, suppress(OSError):
                        answer(connection, over)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        over.set()
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        thread.join(timeout=10)


def silent(_: socket.socket, over: threading.Event) -> None:
    over.wait(DRIP_S * DRIPS)


def dripping(first: bytes, drip: bytes) -> Callable[[socket.socket, threading.Event], None]:
    def answer(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(4096)
        connection.sendall(first)
        for _ in range(DRIPS):
            if over.wait(DRIP_S):
                return
            connection.sendall(drip)

    return answer


@pytest.mark.parametrize(
    ("scheme", "answer"),
    [
        ("http", silent),
        ("https", silent),  # the handshake never comes
        ("http", dripping(HEAD, b"x")),
        ("http", dripping(b"HTTP/1.1 200 OK\r\n", b"X-More: 1\r\n")),
        ("http", dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n")),
        ("http", dripping(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n")),
    ],
    ids=["silent", "silent TLS", "body", "headers", "chunks", "continue"],
)
def test_the_time_allowed_holds_against_a_real_server(
    limits: Limits, scheme: str, answer: Callable[[socket.socket, threading.Event], None]
) -> None:
    """Were it not kept, the answers would end otherwise: cut short, or without a time-out."""
    with (
        served(answer) as port,
        Fetcher(back_off=BackOff(attempts=1), loopback_ports=(port,)) as fetcher,
        pytest.raises(FetchError, match=r"timed out|the time allowed is over"),
    ):
        fetcher.fetch(f"{scheme}://127.0.0.1:{port}/", replace(limits, timeout_seconds=0.3))


def test_a_header_without_end_is_refused(limits: Limits) -> None:
    def answer(connection: socket.socket, _: threading.Event) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 10_000_000)

    with (
        served(answer) as port,
        Fetcher(back_off=BackOff(attempts=1), loopback_ports=(port,)) as fetcher,
        pytest.raises(FetchError, match="could not be fetched"),
    ):
        fetcher.fetch(f"http://127.0.0.1:{port}/", replace(limits, timeout_seconds=10.0))


def test_an_endless_body_is_left_at_its_bound(limits: Limits) -> None:
    """The connection is given up once the bound is passed, not when the server is done."""
    sent = 0

    def answer(connection: socket.socket, over: threading.Event) -> None:
        nonlocal sent
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        for _ in range(1_000_000):
            if over.is_set():
                return
            sent += connection.send(b"x" * 65_536)

    with (
        served(answer) as port,
        Fetcher(back_off=BackOff(attempts=1), loopback_ports=(port,)) as fetcher,
        pytest.raises(FetchError, match="is longer than 100000 bytes"),
    ):
        fetcher.fetch(f"http://127.0.0.1:{port}/", replace(limits, timeout_seconds=30.0))
    assert sent < 65_536 * 1_000_000
