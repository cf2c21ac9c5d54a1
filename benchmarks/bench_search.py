"""Search over 200,000 events: pages of the list and of the API, rare and common words, deep pages.

    python -m benchmarks.bench_search [--events N] [--database URL]

Asked through the whole application. Beside it the peer: the database's own LIKE over the titles.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from benchmarks.aims import Figure, printed
from benchmarks.bench_map import asked
from starlette.testclient import TestClient

from farwatch.desk import indexing
from farwatch.desk.opening import Desk, open_desk
from farwatch.model.event import Event
from farwatch.model.grade import Grade
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.report import Span
from farwatch.settings import Settings
from farwatch.store import events, schema

AIM = 200.0  # milliseconds, p95
ASKED = 40
_WORDS = (
    "police market bridge river refinery convoy strike fuel school hospital road border airport "
    "village harbour station warehouse mine depot clinic camp pipeline ferry tunnel"
)
WORDS = _WORDS.split()
PLACES = (("Lusaka", "ZM"), ("Lagos", "NG"), ("Nairobi", "KE"), ("Lima", "PE"), ("Kaya", "BF"))
KINDS = [kind for kind in Kind if kind.category]


def furnish(desk: Desk, many: int, now: datetime) -> float:
    """Fill the desk; how many events were indexed a second."""
    rng = np.random.default_rng(7)
    picked = rng.integers(0, len(WORDS), (many, 3))
    ages = rng.uniform(0, 720, many)
    for start in range(0, many, 20_000):
        stop = min(many, start + 20_000)
        some = [_event(n, picked[n], now - timedelta(days=float(ages[n])))
                for n in range(start, stop)]  # fmt: skip
        with desk.database.begin() as conn:
            events.put(conn, some)
    began = time.perf_counter()
    done = indexing.finish(desk)
    return done / (time.perf_counter() - began)


def _event(n: int, words: np.ndarray, at: datetime) -> Event:
    town, country = PLACES[n % len(PLACES)]
    place = Place(town, Precision.CITY, Geometry(n % 60, n % 170, 5), country)
    kind = KINDS[n % len(KINDS)]
    said = " ".join(WORDS[word] for word in words)
    rare = " landslide" if n % 5_000 == 0 else ""
    return Event(
        f"e{n:06}", 1, kind, 1 + n % 5, f"{kind.value} near the {said} of {town}{rare}", place,
        Span(at), at, at, Grade("ABCDEF"[n % 6], 1 + n % 6), sources=(f"x-{n % 40}",),
        origins=("x",), statements=(f"x-{n % 40}\t{n}",),
    )  # fmt: skip


def _p95(ask: Callable[[int], object]) -> float:
    ask(0)
    took = []
    for n in range(ASKED):
        began = time.perf_counter()
        ask(n)
        took.append(1_000 * (time.perf_counter() - began))
    return float(np.percentile(took, 95))


def _asking(client: TestClient, path: str) -> Callable[[int], object]:
    def ask(n: int) -> None:
        filled = path.format(n=n, word=WORDS[n % len(WORDS)], kind=KINDS[n % len(KINDS)].value)
        assert client.get(filled).status_code == 200, filled

    return ask


PATHS = (
    ("the list", "/events"),
    ("a word that a tenth hold", "/events?q={word}"),
    ("a word that all hold", "/events?q=near+{word}"),
    ("a rare word", "/events?q=landslide+{word}"),
    ("word, kind, country, grade", "/events?q={word}&kind={kind}&country=ZM&credibility=2"),
    ("API: word and days", "/api/v1/events?q={word}&days=90"),
)


def figures(many: int = 200_000, url: str = "") -> list[Figure]:
    """p95 of each, in milliseconds."""
    found = []
    with (
        tempfile.TemporaryDirectory() as folder,
        open_desk(Settings(data_dir=Path(folder), database_url=url)) as desk,
    ):
        speed = furnish(desk, many, datetime.now(UTC))
        found.append(Figure("events indexed a second", speed, "/s"))
        with asked(desk) as client:
            for name, path in PATHS:
                took = _p95(_asking(client, path))
                found.append(Figure(f"{name}, p95", took, "ms", most=AIM, form=",.1f"))
            deep = _deep(client)
            found.append(Figure("the 100th page of a word, p95", deep, "ms", most=AIM, form=",.1f"))
        peer = _p95(lambda n: _like(desk, WORDS[n % len(WORDS)]))
        found.append(Figure("the database's LIKE over titles, p95", peer, "ms", form=",.1f"))
    return found


def _deep(client: TestClient) -> float:
    cursor = ""
    for _ in range(100):
        page = client.get(f"/api/v1/events?q=police&limit=100&cursor={cursor}").json()
        cursor = page["next"] or cursor
    return _p95(_asking(client, f"/events?q=police&cursor={cursor}"))


def _like(desk: Desk, word: str) -> None:
    table = schema.events
    query = sa.select(table.c.id).where(table.c.title.ilike(f"%{word}%"))
    with desk.database.read() as conn:
        conn.execute(query.order_by(table.c.start.desc()).limit(50)).all()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    printed("search", figures(given.events, given.database))
