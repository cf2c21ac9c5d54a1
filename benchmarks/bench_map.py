"""The watch room at 200,000 events and 30,000 sites: the map's answers, its list, its page.

    python -m benchmarks.bench_map [--events N] [--sites N]

Asked through the whole application (guard, scope, JSON), each time of another part of the map, so
that no answer is one that was kept. Beside it the peer: the same box counted by the database alone
over its rows, as a page without the index would.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from benchmarks.aims import Figure, printed
from starlette.testclient import TestClient

from farwatch.desk import accounts
from farwatch.desk.accounts import NewAccount
from farwatch.desk.opening import Desk, open_desk
from farwatch.model.account import Role
from farwatch.model.event import Event
from farwatch.model.grade import Grade
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.protect import Exposure, Site
from farwatch.model.report import Span
from farwatch.settings import Settings
from farwatch.store import events, exposures, schema, sites
from farwatch.web.app import make_app

AIM = 200.0  # milliseconds, p95
ASKED = 60
PASSWORD = "correct horse battery staple"
KINDS = [kind for kind in Kind if kind.category]
PATHS = ("/api/v1/map/events", "/api/v1/map/sites", "/api/v1/map/feed", "/watch")


def furnish(desk: Desk, many: int, places: int, now: datetime) -> None:
    rng = np.random.default_rng(7)
    towns = rng.uniform(-50, 65, 400), rng.uniform(-180, 180, 400)

    def spots(count: int) -> Iterator[tuple[float, float]]:
        town = rng.integers(0, 400, count)
        lat = np.clip(towns[0][town] + rng.normal(0, 1.5, count), -85, 85)
        lon = (towns[1][town] + rng.normal(0, 1.5, count) + 180) % 360 - 180
        return zip(lat.tolist(), lon.tolist(), strict=True)

    ages, severities = rng.uniform(0, 14 * 1440, many), rng.integers(1, 6, many)
    every = [
        _event(n, spot, now - timedelta(minutes=float(ages[n])), int(severities[n]))
        for n, spot in enumerate(spots(many))
    ]
    with desk.database.begin() as conn:
        sites.add(conn, [
            Site(f"s{n:05}", f"Site {n}", lat, lon, "ZM", attributes={"programme": "mine"})
            for n, (lat, lon) in enumerate(spots(places))
        ])  # fmt: skip
    for start in range(0, many, 20_000):
        some = every[start : start + 20_000]
        near = some[:: max(1, len(some) // 1_000)]
        with desk.database.begin() as conn:
            events.put(conn, some)
            exposures.replace(conn, [one.id for one in near], [
                Exposure(one.id, 1, f"s{(start + n) % places:05}", one.kind, one.severity,
                         4.0, 25.0, 1.0)
                for n, one in enumerate(near)
            ])  # fmt: skip


def _event(n: int, spot: tuple[float, float], at: datetime, severity: int) -> Event:
    place = Place(f"Place {n}", Precision.CITY, Geometry(*spot, 5), "ZM")
    return Event(
        f"e{n:06}", 1, KINDS[n % len(KINDS)], severity, f"Event {n} at place {n}", place,
        Span(at), at, at, Grade("B", 2), expires=at + timedelta(days=30),
        sources=("x-news",), origins=("x",), statements=(f"x-news\t{n}",),
    )  # fmt: skip


@contextmanager
def asked(desk: Desk) -> Iterator[TestClient]:
    """A signed-in duty officer's client."""
    now = datetime.now(UTC)
    accounts.add(desk, NewAccount("bench", Role.DUTY_OFFICER, PASSWORD), "bench", now)
    with TestClient(make_app(desk), base_url="http://127.0.0.1") as client:
        signed_in = accounts.sign_in(desk, "bench", PASSWORD, now)
        client.cookies.set("farwatch_session", signed_in.secret)
        yield client


def views() -> list[tuple[str, float]]:
    """Boxes from the whole earth to a district, each its own, with their zooms."""
    rng = np.random.default_rng(11)
    found = []
    for n in range(ASKED):
        zoom = 1.5 + 8 * n / ASKED
        wide, high = min(360.0, 720 / 2**zoom), min(150.0, 360 / 2**zoom)
        west = rng.uniform(-180, 180 - wide) if wide < 360 else -180 + n / 1e3
        south = rng.uniform(-75, 75 - high)
        box = f"{west:.3f},{south:.3f},{min(west + wide, 180):.3f},{south + high:.3f}"
        found.append((box, zoom))
    return found


def times(ask: Callable[[str, float], Any]) -> np.ndarray:
    took = []
    for box, zoom in views():
        begun = time.perf_counter()
        ask(box, zoom)
        took.append((time.perf_counter() - begun) * 1_000)
    return np.array(took)


def by_rows(desk: Desk, box: str, now: datetime) -> int:
    """The peer: what is live in a box, counted over the events' rows."""
    west, south, east, north = map(float, box.split(","))
    table = schema.events
    query = sa.select(table.c.kind, sa.func.count(), sa.func.max(table.c.severity)).where(
        table.c.state == "live", sa.or_(table.c.expires.is_(None), table.c.expires > now),
        table.c.lat.between(south, north), table.c.lon.between(west, east),
    ).group_by(table.c.kind)  # fmt: skip
    with desk.database.read() as conn:
        return len(conn.execute(query).all())


def figures(many: int = 200_000, places: int = 30_000) -> list[Figure]:
    now = datetime.now(UTC)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_desk(Settings(data_dir=Path(folder))) as desk,
    ):
        furnish(desk, many, places, now)
        found = [Figure("events", many), Figure("sites", places)]
        with asked(desk) as client:
            begun = time.perf_counter()
            client.get("/api/v1/map/events?zoom=1")
            found.append(Figure("first answer, which reads the index", time.perf_counter() - begun,
                                "s", form=",.1f"))  # fmt: skip
            largest = 0
            for path in PATHS:
                sizes = []

                def ask(box: str, zoom: float, path: str = path, sizes: list[int] = sizes) -> None:
                    answer = client.get(path, params={"bbox": box, "zoom": zoom})
                    answer.raise_for_status()
                    sizes.append(len(answer.content))

                took = times(ask)
                largest = max(largest, *sizes)
                found.append(Figure(f"p95 of {path}", float(np.percentile(took, 95)), "ms",
                                    most=AIM))  # fmt: skip
            found.append(Figure("largest answer", largest / 1024, "KiB"))
            change = replace(_event(0, (1.0, 1.0), now, 3), version=2)
            with desk.database.begin() as conn:
                events.put(conn, [change])
            begun = time.perf_counter()
            client.get("/api/v1/map/events?zoom=1.1")
            took_ms = (time.perf_counter() - begun) * 1_000
            found.append(Figure("answer after one event changed", took_ms, "ms", most=1_000))
        peer = times(lambda box, _: by_rows(desk, box, now))
        found.append(Figure("p95 of the peer, counting by rows", float(np.percentile(peer, 95)),
                            "ms"))  # fmt: skip
    return found


def main() -> None:
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--events", type=int, default=200_000)
    asking.add_argument("--sites", type=int, default=30_000)
    given = asking.parse_args()
    printed("map: the watch room", figures(given.events, given.sites))


if __name__ == "__main__":
    main()
