"""A mail server and a gateway for text messages on loopback: every hand-over noted with its key."""

from __future__ import annotations

import asyncio
import json
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from benchmarks.own_postgres import free_port

_LINK = re.compile(r"http://127\.0\.0\.1:\d+/k/[\w.-]+")


@dataclass(frozen=True, slots=True)
class HandOver:
    """One message as it came: when (seconds since 1970), by which channel, to whom, its key, and
    the link in its words."""

    at: float
    channel: str
    to: str
    key: str
    link: str


@dataclass
class Receivers:
    """Both of them; `came` is called with each hand-over, and each takes up to `slow_s` to be
    answered, as it does elsewhere: noted first, so that who is killed meanwhile does not know."""

    mail_url: str = ""
    gateway_url: str = ""
    slow_s: float = 0.0
    taken: list[HandOver] = field(default_factory=list)
    came: Callable[[HandOver], None] = lambda _: None

    def take(self, channel: str, to: str, key: str, text: str) -> None:
        """Note one."""
        link = _LINK.search(text)
        one = HandOver(time.time(), channel, to, key, link.group() if link else "")
        self.taken.append(one)
        self.came(one)

    def pause(self) -> float:
        """How long until the answer, in seconds."""
        return random.uniform(0.0, self.slow_s)


@contextmanager
def receiving(slow_s: float = 0.0) -> Iterator[Receivers]:
    """Both servers, up."""
    from aiosmtpd.controller import Controller

    into = Receivers(slow_s=slow_s)

    class Mail:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
            mail = cast("EmailMessage", message_from_bytes(envelope.content, policy=default))
            into.take("email", envelope.rcpt_tos[0], mail["Idempotency-Key"], mail.get_content())
            await asyncio.sleep(into.pause())
            return "250 taken"

    class Gateway(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            into.take(body["kind"], body["to"], self.headers["Idempotency-Key"], body["text"])
            time.sleep(into.pause())
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    class Texts(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Whoever was killed leaves its connection broken: no fault of this server's."""

    port = free_port()
    mails = Controller(Mail(), hostname="127.0.0.1", port=port)
    texts = Texts(("127.0.0.1", 0), Gateway)
    into.mail_url = f"smtp://127.0.0.1:{port}"
    into.gateway_url = f"http://127.0.0.1:{texts.server_address[1]}/messages"
    threading.Thread(target=texts.serve_forever, daemon=True).start()
    mails.start()
    try:
        yield into
    finally:
        mails.stop()
        texts.shutdown()
        texts.server_close()
