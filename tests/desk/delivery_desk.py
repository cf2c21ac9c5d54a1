"""A desk with recipients, alerts to tell them, and real servers on loopback that take messages."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from farwatch.desk.opening import Desk, open_desk
from farwatch.desk.protecting import queue_alerts
from farwatch.model.event import Event
from farwatch.model.grade import Grade
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.protect import Alert, Exposure, Message, Route, Site
from farwatch.model.recipient import Recipient, Rota
from farwatch.model.report import Span
from farwatch.settings import Settings
from farwatch.store import events, recipients, sites

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)  # a Monday
KITWE = Site("kitwe", "Kitwe plant", -12.80, 28.21, "ZM", "ZM.08", 1)
LIMA = Site("lima", "Lima office", -12.05, -77.04, "PE", "PE.15", 2)


class Mailbox:
    """What a mail server on loopback took. Addresses in `refuses` get a 550."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.refuses: set[str] = set()
        self.connections = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refuses:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.mails.append((envelope.rcpt_tos[0], envelope.content.decode("utf-8")))
        return "250 taken"

    @property
    def told(self) -> list[str]:
        return [to for to, _ in self.mails]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mail_server() -> Iterator[tuple[Mailbox, str]]:
    """A real SMTP server; its mailbox and its address."""
    mailbox = Mailbox()
    port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mailbox, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


@dataclass
class Taken:
    """What a gateway took: every request, and each key once, as a gateway does that honours it."""

    requests: list[dict[str, Any]] = field(default_factory=list)
    once: dict[str, dict[str, Any]] = field(default_factory=dict)
    headers: list[dict[str, str]] = field(default_factory=list)
    status: int = 200
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def gateway() -> Iterator[tuple[Taken, str]]:
    """A real HTTP gateway for text messages and calls."""
    taken = Taken()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with taken.lock:
                key = self.headers["Idempotency-Key"]
                taken.requests.append(body)
                taken.headers.append(dict(self.headers))
                if taken.status == 200:
                    taken.once.setdefault(key, body)
                answer = json.dumps({"id": f"p{len(taken.requests)}"}).encode()
            self.send_response(taken.status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield taken, f"http://127.0.0.1:{server.server_address[1]}/messages"
    finally:
        server.shutdown()
        server.server_close()


def person(name: str, role: str = "duty officer", **more: Any) -> Recipient:
    addresses = more.pop("addresses", {"email": f"{name}@example.org"})
    return Recipient(name, name.title(), role, addresses, **more)


@contextmanager
def opened(
    folder: Path, people: Sequence[Recipient] = (), rotas: Sequence[Rota] = (), **settings: Any
) -> Iterator[Desk]:
    """A desk with two sites, an event, and these recipients."""
    with open_desk(Settings(data_dir=folder, **settings)) as desk:
        with desk.database.begin() as conn:
            sites.add(conn, [KITWE, LIMA])
            events.put(conn, [event()])
            recipients.add(conn, people)
            recipients.add_rotas(conn, rotas)
        yield desk


def event() -> Event:
    place = Place("Kitwe", Precision.CITY, Geometry(-12.81, 28.21, 1.0), "ZM", "ZM.08")
    return Event(
        "e1", 1, Kind.EXPLOSION, 4, "Blast in Kitwe", place, Span(NOW), NOW, NOW, Grade("B", 2),
        sources=("x-news",), origins=("x", "y"), statements=("x-news\tk",),
    )  # fmt: skip


def alert(group: str = "desk", revision: int = 1, **changes: Any) -> Alert:
    near = Exposure("e1", 1, "kitwe", Kind.EXPLOSION, 4, 2.3, 5.0, 0.9, site_name="Kitwe plant")
    made = Alert(
        id=f"a-{group}-{revision}", key=f"e1/{group}", revision=revision, message=Message.ALERT,
        event="e1", event_version=1, kind=Kind.EXPLOSION, level=4, severity="Severe",
        urgency="Immediate", certainty="Likely", route=Route.INTERRUPT,
        headline="Explosion, Severe, Kitwe; 2.3 km from Kitwe plant", sites=("kitwe",),
        recipient=group, sent=NOW, ends=NOW + timedelta(days=2), released=group != "desk",
        advice=("Shelter", "Avoid"), exposures=(near,),
    )  # fmt: skip
    return replace(made, **changes)


def tell(desk: Desk, *alerts: Alert, at: datetime = NOW) -> None:
    with desk.database.begin() as conn:
        queue_alerts(desk, conn, list(alerts), at)
