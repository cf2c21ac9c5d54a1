"""The fetcher against real loopback servers; its clock, sleep and chance are ours."""

from __future__ import annotations

import gzip
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpcore
import pytest

from farwatch.collect.fetch import Fetcher, Validators
from farwatch.collect.pace import BackOff, Timing
from farwatch.errors import FetchError, ForbiddenAddress
from farwatch.model.terms import Limits

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Server:
    """Answers each path from a list, the last one again and again; keeps what was asked."""

    url: str
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def give(self, path: str, *answers: Answer) -> str:
        self.answers[path] = list(answers)
        return self.url + path


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            known.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            answers = known.answers[self.path]
            status, headers, body = answers.pop(0) if len(answers) > 1 else answers[0]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers and "Transfer-Encoding" not in headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = "Content-Length" in headers

        def log_message(self, *_: object) -> None:
            """Nothing: tests are quiet."""

    class Http(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A fetcher that has read enough hangs up; that is no fault of the server's."""

    http = Http(("127.0.0.1", 0), Handler)
    known = Server(f"http://127.0.0.1:{http.server_address[1]}")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield known
    http.shutdown()
    http.server_close()
    thread.join()


@dataclass
class Clock:
    """Sleeping moves it on; nothing waits."""

    second: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.second += seconds

    @property
    def timing(self) -> Timing:
        return Timing(lambda: self.second, self.sleep, lambda: NOW, lambda: 0.5)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fetcher(clock: Clock) -> Iterator[Fetcher]:
    with Fetcher(timing=clock.timing, allow_loopback=True) as one:
        yield one


def test_an_answer_brings_data_type_and_validators(
    server: Server, fetcher: Fetcher, limits: Limits
) -> None:
    headers = {"ETag": '"v1"', "Last-Modified": "Mon, 01 Jun 2026 10:00:00 GMT"}
    url = server.give("/a", (200, headers | {"Content-Type": "text/csv"}, b"abc"))
    fetched = fetcher.fetch(url, limits)
    assert (fetched.data, fetched.content_type, fetched.received) == (b"abc", "text/csv", NOW)
    assert fetched.validators == Validators('"v1"', "Mon, 01 Jun 2026 10:00:00 GMT")
    assert server.asked[0][1]["host"] == server.url.removeprefix("http://")
    assert "if-none-match" not in server.asked[0][1]


def test_an_unchanged_document_is_not_fetched_again(
    server: Server, fetcher: Fetcher, limits: Limits
) -> None:
    url = server.give("/a", (304, {}, b""))
    kept = Validators('"v1"', "Mon, 01 Jun 2026 10:00:00 GMT")
    fetched = fetcher.fetch(url, limits, kept)
    assert (fetched.data, fetched.validators) == (None, kept)
    assert server.asked[0][1]["if-none-match"] == '"v1"'
    assert server.asked[0][1]["if-modified-since"] == kept.last_modified


def test_unchanged_without_having_asked_is_an_error(
    server: Server, fetcher: Fetcher, limits: Limits
) -> None:
    with pytest.raises(FetchError, match="answered 304"):
        fetcher.fetch(server.give("/a", (304, {}, b"")), limits)


def test_a_validator_that_cannot_be_sent_back_is_dropped(
    server: Server, fetcher: Fetcher, limits: Limits
) -> None:
    url = server.give("/a", (200, {"ETag": '"é"', "Last-Modified": "x" * 2000}, b""))
    assert fetcher.fetch(url, limits).validators == Validators()


def test_passing_failures_are_tried_again_with_growing_waits(
    server: Server, fetcher: Fetcher, limits: Limits, clock: Clock
) -> None:
    url = server.give("/a", (503, {}, b""), (500, {}, b""), (200, {}, b"ok"))
    assert fetcher.fetch(url, replace(limits, requests_per_minute=1e12)).data == b"ok"
    assert [round(wait, 3) for wait in clock.slept if wait > 0.01] == [0.75, 1.5]


def test_retry_after_is_kept(
    server: Server, fetcher: Fetcher, limits: Limits, clock: Clock
) -> None:
    date = {"Retry-After": "Mon, 01 Jun 2026 12:00:20 GMT"}
    url = server.give("/a", (429, {"Retry-After": "30"}, b""), (503, date, b""), (200, {}, b"ok"))
    assert fetcher.fetch(url, limits).data == b"ok"
    assert [wait for wait in clock.slept if wait > 1] == [30.0, 20.0]


def test_a_wait_too_long_is_left_to_the_caller(
    server: Server, fetcher: Fetcher, limits: Limits, clock: Clock
) -> None:
    url = server.give("/a", (429, {"Retry-After": "3600"}, b""))
    with pytest.raises(FetchError, match=r"/a answered 429 \(tries: 1\)") as caught:
        fetcher.fetch(url, limits)
    assert (caught.value.status, caught.value.retry_after) == (429, 3600.0)
    assert clock.second < 1


def test_tries_end(server: Server, fetcher: Fetcher, limits: Limits) -> None:
    url = server.give("/a", (500, {}, b""))
    with pytest.raises(FetchError, match=r"answered 500 \(tries: 4\)"):
        fetcher.fetch(url, limits)
    assert len(server.asked) == 4


@pytest.mark.parametrize("status", [204, 401, 403, 404, 410, 501])
def test_a_lasting_answer_is_not_tried_again(
    server: Server, fetcher: Fetcher, limits: Limits, status: int
) -> None:
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(server.give("/a", (status, {}, b"")), limits)
    assert caught.value.status == status
    assert len(server.asked) == 1


def test_a_closed_port_is_a_fetch_error(fetcher: Fetcher, limits: Limits, clock: Clock) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(FetchError, match=f"127.0.0.1:{port}/ could not be fetched"):
        fetcher.fetch(f"http://127.0.0.1:{port}/", limits)
    assert len([wait for wait in clock.slept if wait > 0.1]) == 3


def test_each_host_has_its_pace(
    server: Server, fetcher: Fetcher, limits: Limits, clock: Clock
) -> None:
    url = server.give("/a", (200, {}, b""))
    for _ in range(3):
        fetcher.fetch(url, replace(limits, requests_per_minute=30.0))
    assert clock.slept == [2.0, 2.0]


def test_redirects_are_followed_and_checked(
    server: Server, fetcher: Fetcher, limits: Limits
) -> None:
    url = server.give("/a", (302, {"Location": "b?x=1"}, b""))
    server.give("/b?x=1", (200, {}, b"there"))
    fetched = fetcher.fetch(url, limits)
    assert (fetched.data, fetched.url) == (b"there", f"{server.url}/b?x=1")


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest",
        "http://10.0.0.1/",
        "file:///etc/passwd",
        "//[::ffff:10.1.1.1]/",
    ],
)
def test_a_redirect_to_a_forbidden_address_is_refused(
    server: Server, fetcher: Fetcher, limits: Limits, target: str
) -> None:
    with pytest.raises(ForbiddenAddress):
        fetcher.fetch(server.give("/a", (301, {"Location": target}, b"")), limits)


def test_redirects_end(server: Server, fetcher: Fetcher, limits: Limits) -> None:
    with pytest.raises(FetchError, match="redirects more than 5 times"):
        fetcher.fetch(server.give("/a", (307, {"Location": "/a"}, b"")), limits)
    with pytest.raises(FetchError, match="redirects to nowhere"):
        fetcher.fetch(server.give("/b", (307, {}, b"")), limits)


CHUNKED = b"186a1\r\n" + b"x" * 100_001 + b"\r\n0\r\n\r\n"
BOMB = gzip.compress(bytes(5_000_000))


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
        ({"Content-Encoding": "gzip"}, gzip.compress(b"abc" * 99)[:-9], "cut short"),
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
        ("gzip", gzip.compress(b"abc")),
        ("GZIP", gzip.compress(b"a") + gzip.compress(b"bc") + b"\0\0"),
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
        Fetcher(timing=timing, back_off=BackOff(attempts=2), allow_loopback=True) as fetcher,
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
        timing=clock.timing, resolver=lambda *_: next(answers), allow_loopback=True
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
    import httpx

    from farwatch.collect.fetch import _redirect

    response = httpx.Response(301, headers={"Location": "http://feed.example/"})
    with pytest.raises(FetchError, match="without protection"):
        _redirect("https://feed.example/", response)
