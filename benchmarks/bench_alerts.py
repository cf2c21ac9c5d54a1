"""The alerts' room at 2,000 alerts that stand, 200,000 events and 30,000 sites.

    python -m benchmarks.bench_alerts [--alerts N] [--events N] [--sites N]

Pages and their API twins, asked through the whole application (guard, scope, templates). Beside
them the peer: the inbox as a console draws it that loads every alert that stands and sorts it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks import bench_map
from benchmarks.aims import Figure, printed

from farwatch.desk.opening import Desk, open_desk
from farwatch.model.protect import Alert, AlertState, Exposure, Message, Route
from farwatch.settings import Settings
from farwatch.store import alerts

AIM = 100.0  # milliseconds, p95
ASKED = 40
# What the addresses say; every one is asked ASKED times.
PAGES = {
    "the inbox": "/alerts",
    "the inbox, interrupts of a country": "/alerts?view=interrupts&country=ZM",
    "the inbox, words": "/alerts?q=place+77",
    "the inbox, last 30 days": "/alerts?view=recent",
    "the inbox by the API": "/api/v1/alerts/inbox",
    "the list by the API": "/api/v1/alerts",
    "an alert": "/alerts/e000007/desk",
    "the chain of an alert": "/alerts/e000007/desk/chain",
}


def furnish(desk: Desk, many: int, happened: int, places: int, now: datetime) -> None:
    """Alerts about every so manieth event: the desk's, and to every third a site's, too."""
    bench_map.furnish(desk, happened, places, now)
    made: list[Alert] = []
    number = 0
    while len(made) < many:
        made.append(_alert(number, "desk", now))
        if number % 3 == 0 and len(made) < many:
            made.append(_alert(number, f"site:s{number % places:05}", now))
        number += 1
    with desk.database.begin() as conn:
        alerts.put(conn, made)


def _alert(n: int, recipient: str, now: datetime) -> Alert:
    event, site = f"e{n:06}", f"s{n:05}"
    state = AlertState.ACKNOWLEDGED if n % 4 == 0 else AlertState.OPEN
    near = Exposure(event, 1, site, bench_map.KINDS[n % len(bench_map.KINDS)], 1 + n % 5, 4.0, 25.0,
                    0.9, ("within reach",), 2.0, f"Site {n}", 1 + n % 3)  # fmt: skip
    return Alert(
        id=f"a{n:06}-{recipient}", key=f"{event}/{recipient}", revision=1, message=Message.ALERT,
        event=event, event_version=1, kind=near.kind, level=1 + n % 5, severity="Severe",
        urgency="Immediate", certainty="Likely", route=tuple(Route)[n % 3],
        headline=f"Event {n} at place {n}; 4.0 km from Site {n}", sites=(site,),
        recipient=recipient, sent=now - timedelta(minutes=n % 2_880), ends=now + timedelta(days=2),
        released=recipient != "desk", state=state, advice=("Shelter",), exposures=(near,),
        reasons=("route II: moderate or worse in reach", "graded B2, 2 independent origins"),
    )  # fmt: skip


def p95(ask: Callable[[], Any]) -> float:
    ask()
    took = []
    for _ in range(ASKED):
        begun = time.perf_counter()
        ask()
        took.append((time.perf_counter() - begun) * 1_000)
    return float(np.percentile(took, 95))


def every_one(desk: Desk) -> list[Alert]:
    """The peer: all that stands, loaded and sorted."""
    with desk.database.read() as conn:
        found = alerts.active(conn)
    return sorted(found, key=lambda one: (one.state, one.route, -one.level, one.sent))[:50]


def figures(many: int = 2_000, happened: int = 200_000, places: int = 30_000) -> list[Figure]:
    now = datetime.now(UTC)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_desk(Settings(data_dir=Path(folder))) as desk,
    ):
        furnish(desk, many, happened, places, now)
        found = [Figure("alerts", many), Figure("events", happened), Figure("sites", places)]
        with bench_map.asked(desk) as client:
            size = 0
            for name, path in PAGES.items():

                def ask(path: str = path) -> None:
                    nonlocal size
                    answer = client.get(path)
                    answer.raise_for_status()
                    size = max(size, int(answer.headers.get("content-length", 0)))

                found.append(Figure(f"p95 of {name}", p95(ask), "ms", most=AIM))
        found.append(Figure("largest answer, as it is sent", size / 1024, "KiB"))
        found.append(Figure("p95 of the peer, loading all that stands",
                            p95(lambda: every_one(desk)), "ms"))  # fmt: skip
    return found


def main() -> None:
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--alerts", type=int, default=2_000)
    asking.add_argument("--events", type=int, default=200_000)
    asking.add_argument("--sites", type=int, default=30_000)
    given = asking.parse_args()
    printed("alerts: the alerts' room", figures(given.alerts, given.events, given.sites))


if __name__ == "__main__":
    main()
