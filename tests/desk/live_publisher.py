"""Publishers on the loopback address: the paths of the real ones, answered by a server of ours."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from farwatch.collect.fetch import Fetcher
from farwatch.collect.pace import BackOff, Timing
from farwatch.sources.catalogue import BUILT_IN

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
Json = dict[str, Any]


@dataclass
class Page:
    """One answer; `conditional` pages have an ETag and say 304 to whoever brings it."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    conditional: bool = True

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


@dataclass
class Publisher:
    """Answers by path (with its query); what it does not have is 404. Keeps what was asked."""

    port: int
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    answered: list[tuple[str, int]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def give(self, path: str, body: bytes | str | Json | list[Any], **page: Any) -> str:
        """Serve `body` (JSON, unless it is text already) at `path`; returns its URL."""
        plain = json.dumps(body) if isinstance(body, dict | list) else body
        data = plain.encode() if isinstance(plain, str) else plain
        self.pages[path] = Page(data, **page)
        return self.url + path

    def paths(self) -> list[str]:
        """The paths asked for since the last look."""
        paths = [path for path, _ in self.asked]
        self.asked.clear()
        return paths


@contextmanager
def publisher() -> Iterator[Publisher]:
    """A server of its own thread, gone afterwards."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            known.asked.append((self.path, headers))
            page = known.pages.get(self.path, Page(b"none", 404))
            if page.conditional and headers.get("if-none-match") == page.etag:
                page = Page(b"", 304)
            known.answered.append((self.path, page.status))
            self.send_response(page.status)
            if page.status == 200 and page.conditional:
                self.send_header("ETag", page.etag)
            for name, value in page.headers.items():
                self.send_header(name, value)
            if "Content-Length" not in page.headers:
                self.send_header("Content-Length", str(len(page.body)))
            self.end_headers()
            self.wfile.write(page.body)
            self.close_connection = "Content-Length" in page.headers

        def log_message(self, *_: object) -> None:
            """Nothing: tests are quiet."""

    class Http(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A fetcher that has read enough hangs up; that is no fault of the server's."""

    http = Http(("127.0.0.1", 0), Handler)
    known = Publisher(http.server_address[1])
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield known
    http.shutdown()
    http.server_close()
    thread.join()


def localise(folder: Path, known: Publisher, *names: str, **changes: Any) -> Path:
    """The built-in sources of those names, their addresses led to `known`, as YAML in `folder`.

    `changes` overwrite fields of the source; `terms` and `limits` are merged.
    """
    folder.mkdir(exist_ok=True)
    for name in names:
        plain = yaml.safe_load((BUILT_IN / f"{name}.yaml").read_text())
        parts = [urlsplit(url) for url in plain["urls"]]
        plain["urls"] = [
            known.url + (one.path or "/") + (f"?{one.query}" if one.query else "") for one in parts
        ]
        plain["limits"]["requests_per_minute"] = 6e6
        for key, value in changes.items():
            plain[key] = {**plain[key], **value} if isinstance(value, dict) else value
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(plain))
    return folder


@dataclass
class Clock:
    """Stands still at `now` until it is told otherwise; sleeping is noted and passes no time."""

    now: datetime = NOON
    slept: list[float] = field(default_factory=list)

    def on(self, **passed: float) -> datetime:
        self.now += timedelta(**passed)
        return self.now

    def fetcher(self, *ports: int, attempts: int = 2) -> Fetcher:
        timing = Timing(sleep=self.slept.append, now=lambda: self.now, chance=lambda: 0.5)
        return Fetcher(timing=timing, back_off=BackOff(attempts=attempts), loopback_ports=ports)


def quakes(*codes: str, mag: float = 7.0, at: datetime = NOON) -> Json:
    """A USGS snapshot of quakes off Chimbote."""
    stamp = int(at.timestamp() * 1000)
    features = [
        {
            "type": "Feature",
            "id": f"us{code}",
            "properties": {
                "mag": mag, "place": "off the coast of Peru", "time": stamp - 60_000,
                "updated": stamp - 30_000, "url": None, "status": "reviewed",
                "type": "earthquake", "net": "us", "code": code, "tsunami": 0,
                "ids": f",us{code},", "alert": None, "mmi": None, "title": f"M {mag} quake",
            },
            "geometry": {"type": "Point", "coordinates": [-79.3, -9.1, 10.0]},
        }
        for code in codes
    ]  # fmt: skip
    meta = {"generated": stamp, "count": len(features)}
    return {"type": "FeatureCollection", "metadata": meta, "features": features}


def cap_index(base: str, **versions: str) -> str:
    """An Atom index: an entry a name, linked to /alerts/NAME, as changed at its version."""
    entries = "".join(
        f"<entry><id>urn:{name}</id><title>{name}</title><updated>{changed}</updated>"
        f'<link rel="alternate" href="{base}/alerts/{name}"/></entry>'
        for name, changed in versions.items()
    )
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'


def cap_alert(
    name: str, area: str = "<circle>37.77,-122.42 60</circle>", event: str = "Tornado Warning"
) -> str:
    """A CAP 1.2 alert of extreme severity, by default for San Francisco."""
    return (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>{name}</identifier><sender>w-nws.webmaster@noaa.gov</sender>"
        "<sent>2026-06-01T11:50:00-00:00</sent><status>Actual</status><msgType>Alert</msgType>"
        f"<scope>Public</scope><info><category>Met</category><event>{event}</event>"
        "<responseType>Shelter</responseType><urgency>Immediate</urgency>"
        "<severity>Extreme</severity><certainty>Observed</certainty>"
        "<effective>2026-06-01T11:50:00-00:00</effective>"
        "<expires>2026-06-01T18:00:00-00:00</expires>"
        f"<headline>{event}</headline><description>Take cover.</description>"
        f"<area><areaDesc>Bay</areaDesc>{area}</area></info></alert>"
    )
