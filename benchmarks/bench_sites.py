"""p95 of the lists of sites and places at 30,000 sites and 20,000 live events, against the aim of
200 ms. Run: `python benchmarks/bench_sites.py`."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from farwatch.desk import place_list, site_room
from farwatch.desk.opening import Desk, open_desk
from farwatch.desk.place_list import PlaceChoice
from farwatch.model.account import Scope
from farwatch.model.event import Event
from farwatch.model.grade import Grade
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.protect import Exposure, Site
from farwatch.model.report import Span
from farwatch.settings import Settings
from farwatch.store import events, exposures, sites
from farwatch.store.keyset import Wanted
from farwatch.store.site_lists import SiteChoice

SITES, EVENTS, ROUNDS, AIM_MS = 30_000, 20_000, 20, 200.0
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
COUNTRIES = ("ZM", "PE", "ET", "KE", "PH", "CO", "NG", "TR")


def furnish(desk: Desk) -> None:
    """Sites spread over eight countries, events of which each reaches three of them."""
    draw = random.Random(7)
    ours = [
        Site(f"s{n:05}", f"Yard {draw.choice('ABCDEF')}{n}", draw.uniform(-30, 40),
             draw.uniform(-80, 120), draw.choice(COUNTRIES), f"{n % 20:02}", 1 + n % 3, n % 400)
        for n in range(SITES)
    ]  # fmt: skip
    told, reached = [], []
    for n in range(EVENTS):
        site = draw.choice(ours)
        place = Place("x", Precision.CITY, Geometry(site.lat, site.lon, 5), site.country, "01")
        told.append(Event(f"e{n:05}", 1, Kind.RIOT, 3, "Crowd", place, Span(NOW), NOW, NOW,
                          Grade("B", 2), statements=(f"x\t{n}",)))  # fmt: skip
        reached += [
            Exposure(f"e{n:05}", 1, draw.choice(ours).id, Kind.RIOT, 1 + n % 5, 1.0, 2.0, 1.0)
            for _ in range(3)
        ]
    with desk.database.begin() as conn:
        sites.add(conn, ours)
        events.put(conn, told)
        exposures.replace(conn, [one.id for one in told], reached)


def p95(what: Callable[[], object]) -> float:
    """Milliseconds under which nineteen of twenty calls stay; the first is not counted."""
    what()
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        what()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(taken, n=20)[-1]


def main() -> None:
    """Print a line a list: what it took over the aim."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_desk(Settings(data_dir=Path(folder))) as desk,
    ):
        furnish(desk)
        scope = Scope()
        lists: dict[str, Callable[[], object]] = {
            "sites by name": lambda: site_room.listed(desk, SiteChoice(NOW), scope, Wanted()),
            "sites by exposure": lambda: site_room.listed(
                desk, SiteChoice(NOW, sort="exposed", descending=True), scope, Wanted()
            ),
            "exposed sites of a country": lambda: site_room.listed(
                desk, SiteChoice(NOW, country="ZM", exposed=True), scope, Wanted()
            ),
            "sites by words": lambda: site_room.listed(
                desk, SiteChoice(NOW, text="yard 777"), scope, Wanted()
            ),
            "one site": lambda: site_room.shown(desk, "s00042", scope, NOW),
            "places": lambda: place_list.listed(desk, PlaceChoice(), scope, Wanted(), NOW),
        }
        for name, what in lists.items():
            took = p95(what)
            print(f"{name}: p95 {took:.0f} ms, {took / AIM_MS:.2f} of the aim")


if __name__ == "__main__":
    main()
