"""Delivery: from an accepted event to a message at a mail server, and one alert to ten thousand.

    python benchmarks/delivery.py [--events 200] [--recipients 10000]

A real SMTP server (aiosmtpd) answers on loopback in a process of its own; the desk is the embedded
one, every commit synced to the disk. The peer of the second figure is smtplib alone, one connection
after the other in the same run, which keeps no outbox and forgets everything when it is killed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import smtplib
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.aims import Figure, printed

from farwatch.desk.delivering import connected, deliver
from farwatch.desk.opening import Desk, open_desk
from farwatch.desk.protecting import in_care, protect, queue_alerts
from farwatch.model.event import Event
from farwatch.model.grade import Grade
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.protect import Alert, Message, Route, Site
from farwatch.model.recipient import Recipient
from farwatch.model.report import Span
from farwatch.settings import Settings
from farwatch.store import events, notices, outbox, recipients, sites

SITES = 500


def served(port: int, ready: Any, stop: Any, took: Any) -> None:
    """The mail server's process: notes when each mail came, and to whom."""
    from aiosmtpd.controller import Controller

    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
            took.put((time.time(), envelope.rcpt_tos[0]))
            return "250 taken"

    controller = Controller(Handler(), hostname="127.0.0.1", port=port)
    controller.start()
    ready.set()
    stop.wait()
    controller.stop()


@contextmanager
def mail_server() -> Iterator[tuple[str, Any]]:
    """Its address, and the queue of (time, recipient) of what it took."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    spawn = multiprocessing.get_context("spawn")
    ready, stop, took = spawn.Event(), spawn.Event(), spawn.Queue()
    process = spawn.Process(target=served, args=(port, ready, stop, took))
    process.start()
    ready.wait(30)
    try:
        yield f"smtp://127.0.0.1:{port}", took
    finally:
        stop.set()
        process.join(10)


def taken(queue: Any, count: int) -> list[tuple[float, str]]:
    """So many mails, as the server took them."""
    return [queue.get(timeout=120) for _ in range(count)]


def people(count: int) -> list[Recipient]:
    """Recipients who each answer for one site, with quiet hours and a supervisor of their own."""
    return [
        Recipient(
            f"r{n:05}", f"Recipient {n}", "site contact", {"email": f"r{n:05}@example.org"},
            language="zh-Hans" if n % 5 == 0 else "en", zone="Africa/Lusaka",
            quiet=("22:00", "06:00"), sites=(f"s{n % SITES:03}",), severity=1 + n % 3,
            supervisor=f"r{n // 10:05}" if n else None,
        )
        for n in range(count)
    ]  # fmt: skip


def site(n: int) -> Site:
    """Sites a degree apart: an event reaches one of them."""
    return Site(f"s{n:03}", f"Site {n}", -40 + n // 25 * 4.0, -170 + n % 25 * 13.0, "ZM", None, 1)


def happening(n: int, now: datetime) -> Event:
    """An alarm of our own site: released by the rules, to that site's people."""
    at = site(n % SITES)
    place = Place(at.name, Precision.POINT, Geometry(at.lat, at.lon, 0.1), "ZM")
    return Event(
        f"e{n:05}", 1, Kind.GUN_ATTACK, 5, f"Alarm at {at.name}", place, Span(now), now, now,
        Grade("A", 2), sources=("own",), origins=("own",), statements=(f"own\t{n}",), site=at.id,
    )  # fmt: skip


def to_one(desk: Desk, queue: Any, count: int) -> list[float]:
    """Milliseconds from an event's acceptance until the first and the last of its mails are at the
    server, event by event: screened, decided, written, claimed, handed over."""
    waits = []
    with desk.database.read() as conn:
        care = in_care(conn)
    with connected(desk) as channels:
        channels.pop("terminal")
        for n in range(count):
            now = datetime.now(UTC)
            event = happening(n, now)
            began = time.time()
            with desk.database.begin() as conn:
                events.put(conn, [event])
                protect(desk, conn, care, [event], now)
            deliver(desk, channels, datetime.now(UTC))
            with desk.database.read() as conn:
                told = len(notices.of_event(conn, event.id))
            mails = taken(queue, told)
            waits.append((max(when for when, _ in mails) - began) * 1000)
    return waits


def to_all(desk: Desk, queue: Any, count: int) -> tuple[float, float, int, int]:
    """Seconds to write one alert to everybody, seconds to hand it over, how many got it, and how
    many twice."""
    now = datetime.now(UTC)
    everyone = [replace(one, sites=(), quiet=None, severity=1) for one in people(count)]
    one = Alert(
        id="a-all", key="e-all/site:s000", revision=1, message=Message.ALERT, event="e-all",
        event_version=1, kind=Kind.EARTHQUAKE, level=5, severity="Extreme", urgency="Immediate",
        certainty="Observed", route=Route.INTERRUPT, headline="Earthquake, Extreme, everywhere",
        sites=("s000",), recipient="site:s000", sent=now, ends=now + timedelta(days=1),
        released=True, advice=("Shelter",),
    )  # fmt: skip
    with desk.database.begin() as conn:
        recipients.add(conn, everyone)
        events.put(conn, [replace(happening(0, now), id="e-all")])
    began = time.perf_counter()
    with desk.database.begin() as conn:
        queue_alerts(desk, conn, [one], now)
    written = time.perf_counter() - began
    with connected(desk) as channels:
        channels.pop("terminal")
        counts = deliver(desk, channels, datetime.now(UTC))
    handed = time.perf_counter() - began - written
    with desk.database.read() as conn:
        assert outbox.totals(conn)["repeats"] == 0
    to = [who for _, who in taken(queue, counts["sent"])]
    return written, handed, len(set(to)), len(to) - len(set(to))


def plain(url: str, queue: Any, count: int) -> float:
    """Seconds that smtplib takes for as many mails over one connection."""
    host, port = url.removeprefix("smtp://").split(":")
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "farwatch@example.org", "Earthquake, Extreme, everywhere"
    mail.set_content("x" * 600)
    began = time.perf_counter()
    with smtplib.SMTP(host, int(port)) as smtp:
        for n in range(count):
            smtp.send_message(mail, to_addrs=[f"r{n:05}@example.org"])
    spent = time.perf_counter() - began
    taken(queue, count)
    return spent


def main() -> None:
    """Measure, and print figures beside their aims."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--events", type=int, default=200)
    asked.add_argument("--recipients", type=int, default=10_000)
    args = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder, mail_server() as (url, queue):
        settings = Settings(data_dir=Path(folder), smtp_url=url, smtp_from="desk@example.org")
        with open_desk(settings) as desk:
            with desk.database.begin() as conn:
                sites.add(conn, [site(n) for n in range(SITES)])
                recipients.add(conn, people(args.recipients))
            waits = sorted(to_one(desk, queue, args.events))
            written, handed, reached, twice = to_all(desk, queue, args.recipients)
        alone = plain(url, queue, args.recipients)
    rank = max(0, -(-len(waits) * 99 // 100) - 1)
    printed(
        f"event accepted -> message at the mail server; {args.recipients:,} recipients' rules, "
        f"{args.recipients // SITES} mails an event",
        [
            Figure("half of the events, their last mail", statistics.median(waits), "ms"),
            Figure("99 of 100 events, their last mail", waits[rank], "ms", most=1000),
            Figure("the slowest", waits[-1], "ms"),
        ],
    )
    printed(
        f"one alert to {args.recipients:,} recipients",
        [
            Figure("written with its messages", written, "s", form=",.1f"),
            Figure("handed over", handed, "s", form=",.1f"),
            Figure("recipients who got it", reached, "", least=args.recipients),
            Figure("who got it twice", twice, "", most=0),
            Figure("smtplib alone, one connection", alone, "s", form=",.1f"),
            Figure("times as long as smtplib alone", handed / alone, "", form=",.2f"),
        ],
    )


if __name__ == "__main__":
    main()
