"""The desk as it is served: fifty readers at once at 200,000 events, 30,000 sites, 2,000 alerts.

    python -m benchmarks.console [--events N] [--sites N] [--alerts N] [--seconds S] [--database U]

A real `farwatch up --web-only` process answers on loopback; the readers are another process, each
signed in and with a token of its own, and look at what they got for a second before they ask again.
Meanwhile an alert changes every second, as on a desk at work: what is remembered of the database is
read anew. The peer is one reader alone on the same desk: what waiting for forty-nine others costs.
Then all ask for lists without a pause, a harsher load than fifty persons are, which tells how much
one process answers. The times are those of whoever else works on the machine, too; processor time
of an answer is not.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import numpy as np
from benchmarks import bench_alerts, bench_search
from benchmarks.aims import Figure, printed

from farwatch.desk import accounts, tokens
from farwatch.desk.accounts import Device, NewAccount
from farwatch.desk.opening import Desk, open_desk
from farwatch.desk.tokens import NewToken
from farwatch.model.account import Role
from farwatch.model.protect import Site
from farwatch.settings import Settings
from farwatch.store import alerts, sites
from farwatch.web.visitor import COOKIE

AIM = 200.0  # milliseconds, p95
ALERTS_AIM = 100.0
READERS = 50
THINKS = 1.0  # seconds
WARMS = 10.0  # seconds in which the process reads the map's index
CHANGES = 1.0  # seconds between two changes of an alert
Took = dict[str, list[float]]
LISTS = {
    "alerts": "/api/v1/alerts",
    "alerts of a country": "/api/v1/alerts?country=ZM&state=open",
    "alerts, inbox": "/api/v1/alerts/inbox",
    "events": "/api/v1/events",
    "events by a word": "/api/v1/events?q=market",
    "events since": "/api/v1/events?updated_since=2020-01-01T00:00:00Z",
    "sites": "/api/v1/sites",
    "places": "/api/v1/places",
    "sources": "/api/v1/sources",
    "deliveries": "/api/v1/deliveries",
}
PAGES = {
    "page: watch": "/watch",
    "page: alerts": "/alerts",
    "page: events": "/events",
    "page: events by a word": "/events?q=market",
    "page: reports": "/reports",
    "page: sites": "/sites",
    "page: a site": "/sites/s00001",
    "page: places": "/places",
    "page: deliveries": "/deliveries",
    "page: sources": "/sources",
    "page: forecasts": "/forecasts",
}
PATHS = LISTS | PAGES


@dataclass(frozen=True, slots=True)
class Reader:
    """What a reader shows at the door: a token for lists, a sign-in for pages."""

    token: str
    cookie: str


def furnish(desk: Desk, happened: int, many_sites: int, many_alerts: int) -> list[Reader]:
    """Fill the desk; fifty accounts that read it."""
    now = datetime.now(UTC)
    bench_search.furnish(desk, happened, now)
    rng = np.random.default_rng(5)
    lat, lon = rng.uniform(-55, 70, many_sites), rng.uniform(-180, 180, many_sites)
    countries = ("ZM", "NG", "KE", "PE", "BF")
    with desk.database.begin() as conn:
        sites.add(conn, [
            Site(f"s{n:05}", f"Site {n}", float(lat[n]), float(lon[n]), countries[n % 5], None,
                 1 + n % 3)
            for n in range(many_sites)
        ])  # fmt: skip
        alerts.put(conn, [bench_alerts._alert(n, "desk", now) for n in range(many_alerts)])
    return [_reader(desk, f"reader {n}", now) for n in range(READERS)]


def _reader(desk: Desk, name: str, now: datetime) -> Reader:
    account = accounts.add(desk, NewAccount(name, Role.ADMINISTRATOR), "bench", now)
    _, token = tokens.make(desk, account, NewToken("bench"), now)
    with desk.database.begin() as conn:
        entered = accounts.open_session(conn, account, now, Device("127.0.0.1", "bench"))
    return Reader(token, entered.secret)


@contextlib.contextmanager
def served(settings: Settings) -> Iterator[tuple[str, int]]:
    """The address of a process that answers for this desk, and its number."""
    with contextlib.closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{found.getsockname()[1]}"
    env = dict(os.environ) | {
        "FARWATCH_LISTEN": listen, "FARWATCH_DATA_DIR": str(settings.data_dir),
        "FARWATCH_DATABASE_URL": settings.database_url,
    }  # fmt: skip
    program = Path(sys.executable).with_name("farwatch")
    process = subprocess.Popen([program, "up", "--web-only"], env=env, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"http://{listen}/health")
                break
            time.sleep(0.1)
        yield f"http://{listen}", process.pid
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def changing(desk: Desk) -> Iterator[None]:
    """A desk at work: one of its alerts changes every second."""
    done = threading.Event()

    def change() -> None:
        number = 0
        while not done.wait(CHANGES):
            changed = bench_alerts._alert(number % 50, "desk", datetime.now(UTC))
            with desk.database.begin() as conn:
                alerts.put(conn, [replace(changed, revision=2 + number // 50)])
            number += 1

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


async def read(
    url: str, readers: list[Reader], seconds: float, thinks: float, paths: dict[str, str] = PATHS
) -> Took:
    """Milliseconds of every answer, by what was asked."""
    took: Took = defaultdict(list)
    # Kept shorter than the server's five seconds, so that none is asked on as the server closes it.
    many = httpx.Limits(
        max_connections=len(readers), max_keepalive_connections=len(readers), keepalive_expiry=2.0
    )
    async with httpx.AsyncClient(base_url=url, timeout=60, limits=many) as client:
        end = time.perf_counter() + seconds

        async def reader(number: int, who: Reader) -> None:
            rng = np.random.default_rng(number)
            names = list(paths)
            await asyncio.sleep(float(rng.uniform(0, thinks)))
            while time.perf_counter() < end:
                name = names[int(rng.integers(len(names)))]
                door = (
                    {"cookie": f"{COOKIE}={who.cookie}"} if name in PAGES
                    else {"authorization": f"Bearer {who.token}"}
                )  # fmt: skip
                began = time.perf_counter()
                answer = await client.get(paths[name], headers=door)
                if answer.status_code != 200:
                    raise RuntimeError(f"{name}: {answer.status_code} {answer.text[:200]}")
                took[name].append(1_000 * (time.perf_counter() - began))
                await asyncio.sleep(float(rng.uniform(0.5, 1.5)) * thinks)

        await asyncio.gather(*(reader(n, who) for n, who in enumerate(readers)))
    return took


def processor_s(process: int) -> float:
    """Seconds of processor time that a process has taken so far (Linux's /proc, times in ticks)."""
    told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def p95(values: list[float]) -> float:
    return float(np.percentile(values, 95)) if values else float("nan")


def figures(
    happened: int = 200_000, many_sites: int = 30_000, many_alerts: int = 2_000,
    seconds: float = 30.0, url: str = "",
) -> list[Figure]:  # fmt: skip
    """p95 of each list, in milliseconds; how many answers a second without pauses."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url=url)
        with open_desk(settings) as desk:
            readers = furnish(desk, happened, many_sites, many_alerts)
            with served(settings) as (address, process):
                time.sleep(WARMS)
                alone = asyncio.run(read(address, readers[:1], seconds / 3, 0.05))
                used = processor_s(process)
                with changing(desk):
                    together = asyncio.run(read(address, readers, seconds, THINKS))
                used = processor_s(process) - used
                began = time.perf_counter()
                # A token may be used 600 times a minute: long enough for a rate, short of that.
                rush = asyncio.run(read(address, readers, seconds / 12, 0.0, LISTS))
                rushed = time.perf_counter() - began
    for name in PATHS:
        aim = ALERTS_AIM if "alerts" in name else AIM
        found.append(
            Figure(f"p95 of {name}, {READERS} readers", p95(together[name]), "ms", most=aim)
        )
        found.append(Figure("  the peer, one reader alone", p95(alone[name]), "ms"))
    answers = sum(map(len, together.values()))
    found.append(Figure("answers a second with pauses", answers / seconds, "/s"))
    found.append(Figure("processor time of an answer", 1_000 * used / answers, "ms", form=",.1f"))
    rate = sum(map(len, rush.values())) / rushed
    found.append(Figure("answers a second without pauses", rate, "/s"))
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--sites", type=int, default=30_000)
    parser.add_argument("--alerts", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    printed(
        "console", figures(given.events, given.sites, given.alerts, given.seconds, given.database)
    )
