"""Sources as the catalogue gives them, servers on the loopback address, a clock of our own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from farwatch.collect.fetch import Fetcher
from farwatch.collect.pace import Timing
from farwatch.model.terms import Limits, Source, Terms

TERMS = Terms(
    publisher="Survey of Nowhere",
    owner="Nowhere",
    licence="public domain",
    attribution="Survey of Nowhere",
    legal_basis="open data",
    redistribution="attribution",
    personal_data="none",
    retention_days=365,
    not_permitted_in=(),
    non_commercial=False,
    reviewed=date(2026, 1, 1),
    expires=date(2027, 1, 1),
)
LIMITS = Limits(
    every_seconds=60, max_bytes=100_000, timeout_seconds=5.0, requests_per_minute=6_000_000.0
)
SOURCE = Source(
    id="usgs",
    title="Earthquakes",
    format="usgs",
    urls=("https://example.org/all_day.geojson",),
    files=(),
    reliability="A",
    source_class="official",
    official=True,
    auto_release=True,
    expected_per_day=(10.0, 100.0),
    silent_after_hours=3.0,
    window_hours=24.0,
    countries=(),
    terms=TERMS,
    limits=LIMITS,
)


@pytest.fixture(scope="session")
def limits() -> Limits:
    return LIMITS


@pytest.fixture(scope="session")
def make_source() -> Callable[..., Source]:
    """`make_source("x", format="rss", terms={"owner": ""})`: terms and limits by their fields."""

    def make(name: str = "usgs", **changes: Any) -> Source:
        changes["terms"] = replace(TERMS, **changes.get("terms", {}))
        changes["limits"] = replace(LIMITS, **changes.get("limits", {}))
        changes.setdefault("format", name)
        return replace(SOURCE, id=name, **changes)

    return make


NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Server:
    """Answers each path from a list, the last one again and again; keeps what was asked."""

    url: str
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])

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
def fetcher(clock: Clock, server: Server) -> Iterator[Fetcher]:
    """May contact the test's own server, and nothing else on this machine."""
    with Fetcher(timing=clock.timing, loopback_ports=(server.port,)) as one:
        yield one
