"""What the fetcher refuses: too much, too slow, and addresses that are none of its business."""

from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpcore
import httpx
import pytest

from farwatch.collect.fetch import Fetcher, _redirect
from farwatch.collect.pace import BackOff, Timing
from farwatch.errors import FetchError, ForbiddenAddress
from farwatch.model.terms import Limits

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
Server = Clock = Any  # tests/collect/conftest.py


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest",
        "http://10.0.0.1/",
        "http://127.0.0.1/",
        "http://127.0.0.1:1/",
        "http://localhost:1/",
        "http://[::1]/",
        "http://2130706433/",
        "https://[64:ff9b::a00:1]/",
        "file:///etc/passwd",
        "//[::ffff:10.1.1.1]/",
    ],
)
def test_a_redirect_to_a_forbidden_address_is_refused(
    server: Server, fetcher: Fetcher, limits: Limits, target: str
) -> None:
    with pytest.raises(ForbiddenAddress):
        fetcher.fetch(server.give("/a", (301, {"Location": target}, b"")), limits)


CHUNKED = b"186a1\r\n" + b"x" * 100_001 + b"\r\n0\r\n\r\n"
BOMB = gzip.compress(bytes(5_000_000), mtime=0)


@pytest.mark.parametrize(
    ("headers", "body", "said"),
    [
        ({}, b"x" * 100_001, "100001 bytes long, at most 100000"),
        (
            {"Transfer-Encoding": "chunked"},
            b"186a1\r\n" + b"x" * 100_001 + b"\r\n0\r\n\r\n",
            "longer",
        ),
        ({"Content-Encoding": "gzip"}, BOMB, "unpacks to more than 100000"),
        ({"Content-Encoding": "deflate"}, zlib.compress(bytes(5_000_000)), "unpacks to more"),
        ({"Content-Encoding": "gzip"}, b"no gzip", "is not gzip"),
        ({"Content-Encoding": "gzip"}, gzip.compress(b"abc" * 99, mtime=0)[:-9], "cut short"),
        ({"Content-Encoding": "br"}, b"x", "encoded as 'br'"),
    ],
)
def test_answers_are_bounded(
    server: Server,
    fetcher: Fetcher,
    limits: Limits,
    headers: dict[str, str],
    body: bytes,
    said: str,
) -> None:
    assert len(BOMB) < limits.max_bytes
    with pytest.raises(FetchError, match=said):
        fetcher.fetch(server.give("/a", (200, headers, body)), limits)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"abc", mtime=0)),
        ("GZIP", gzip.compress(b"a", mtime=0) + gzip.compress(b"bc", mtime=0) + b"\0\0"),
        ("deflate", zlib.compress(b"abc")),
        ("deflate", zlib.compress(b"abc", wbits=-15)),
        ("identity", b"abc"),
    ],
)
def test_encodings_are_undone(
    server: Server, fetcher: Fetcher, limits: Limits, encoding: str, body: bytes
) -> None:
    url = server.give("/a", (200, {"Content-Encoding": encoding}, body))
    assert fetcher.fetch(url, limits).data == b"abc"


def test_a_body_cut_short_is_tried_again(server: Server, fetcher: Fetcher, limits: Limits) -> None:
    url = server.give("/a", (200, {"Content-Length": "10"}, b"abc"), (200, {}, b"abcdefghij"))
    assert fetcher.fetch(url, limits).data == b"abcdefghij"


def test_the_time_allowed_bounds_a_dripping_answer(server: Server, limits: Limits) -> None:
    # Every look at the clock costs two seconds, as if each byte came late.
    seconds = iter(range(0, 10_000, 2))
    timing = Timing(lambda: float(next(seconds)), lambda _: None, lambda: NOW, lambda: 0.0)
    url = server.give("/a", (200, {}, b"x" * 90_000))
    with (
        Fetcher(
            timing=timing, back_off=BackOff(attempts=2), loopback_ports=(server.port,)
        ) as fetcher,
        pytest.raises(FetchError, match="the time allowed is over"),
    ):
        fetcher.fetch(url, limits)


def test_loopback_is_refused_unless_allowed(server: Server, limits: Limits, clock: Clock) -> None:
    url = server.give("/a", (200, {}, b""))
    with Fetcher(timing=clock.timing) as fetcher, pytest.raises(ForbiddenAddress, match="loopback"):
        fetcher.fetch(url, limits)
    assert server.asked == []


def test_the_checked_address_is_the_one_connected_to(
    server: Server, limits: Limits, clock: Clock
) -> None:
    """A name that would resolve otherwise the second time is only asked once."""
    port = int(server.url.rsplit(":", 1)[1])
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    server.give("/a", (200, {"Content-Length": "1"}, b"x"))
    with Fetcher(
        timing=clock.timing, resolver=lambda *_: next(answers), loopback_ports=(port,)
    ) as fetcher:
        assert fetcher.fetch(f"http://feed.example:{port}/a", limits).data == b"x"
        assert server.asked[0][1]["host"] == f"feed.example:{port}"
        # A new connection resolves and checks anew.
        with pytest.raises(ForbiddenAddress, match=r"'feed.example' .* 10.0.0.1 is a private"):
            fetcher.fetch(f"http://feed.example:{port}/a", limits)


def test_one_bad_address_among_good_ones_refuses_the_host(limits: Limits, clock: Clock) -> None:
    def resolver(_host: str, _port: int) -> list[str]:
        return ["93.184.215.14", "192.168.0.1"]

    with (
        Fetcher(timing=clock.timing, resolver=resolver) as fetcher,
        pytest.raises(ForbiddenAddress, match=r"192\.168\.0\.1"),
    ):
        fetcher.fetch("http://feed.example/", limits)


def test_a_name_that_does_not_resolve_is_a_fetch_error(limits: Limits, clock: Clock) -> None:
    def resolver(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with (
        Fetcher(timing=clock.timing, resolver=resolver) as fetcher,
        pytest.raises(FetchError, match=r"'feed\.example' has no address"),
    ):
        fetcher.fetch("https://feed.example/", limits)


class _Stub(httpcore.NetworkStream):
    def __init__(self, note: Callable[[str | None], None]) -> None:
        self._note = note

    def start_tls(
        self, ssl_context: object, server_hostname: object = None, timeout: object = None
    ) -> httpcore.NetworkStream:  # type: ignore[override]
        self._note(str(server_hostname))
        raise httpcore.ConnectError("stub")

    def close(self) -> None:
        """Nothing to close."""


def test_tls_names_the_host_while_the_socket_goes_to_the_address(
    limits: Limits, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str | None] = []

    def connect(_self: object, host: str, *_: object, **__: object) -> httpcore.NetworkStream:
        seen.append(host)
        return _Stub(seen.append)

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    with (
        Fetcher(
            timing=clock.timing,
            back_off=BackOff(attempts=1),
            resolver=lambda *_: ["93.184.215.14"],
        ) as fetcher,
        pytest.raises(FetchError, match="stub"),
    ):
        fetcher.fetch("https://feed.example/", limits)
    assert seen == ["93.184.215.14", "feed.example"]


def test_https_does_not_redirect_to_http() -> None:
    response = httpx.Response(301, headers={"Location": "http://feed.example/"})
    with pytest.raises(FetchError, match="without protection"):
        _redirect("https://feed.example/", response)
