"""Formats from a publisher's server to stored events and alerts, and a kill at every document."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from desk_runs import decided
from tests.desk.live_publisher import (
    NOON,
    Clock,
    Publisher,
    cap_alert,
    cap_index,
    localise,
    publisher,
    quakes,
)

from farwatch.desk.opening import Desk, open_desk
from farwatch.desk.polling import Poller
from farwatch.desk.watching import Watch
from farwatch.model.event import Event
from farwatch.model.kinds import Kind
from farwatch.model.protect import Site
from farwatch.settings import Settings
from farwatch.sources import catalogue
from farwatch.store import alerts, events, health, sites
from farwatch.store import known as stored

HERE = Path(__file__).parent
SITES = [
    Site("port", "Port", -9.07, -78.6, "PE", tier=1),
    Site("bay", "Bay office", 37.77, -122.42, "US", tier=1),
]
ADVICE = "/api/content/foreign-travel-advice"
BANK = "/v2/country/all/indicator/VC.IHR.PSRC.P5?format=json&per_page=5000"


@pytest.fixture
def known() -> Iterator[Publisher]:
    with publisher() as server:
        yield server


class Live:
    """A watch over the built-in sources of some names, led to the test's publisher."""

    def __init__(self, desk: Desk, known: Publisher, folder: Path, *names: str) -> None:
        localise(folder, known, *names)
        self.desk = replace(desk, sources=catalogue.load(folder))
        self.clock, self.known = Clock(), known
        with desk.database.begin() as conn:
            sites.replace(conn, SITES)
        self.watch = Watch(self.desk, {})

    def round(self) -> None:
        with self.clock.fetcher(self.known.port) as fetcher:
            poller = Poller(self.desk, fetcher, self.watch.hear, self.watch.fail)
            poller.poll(self.clock.now)
            poller.drain(self.clock.now)

    def events(self) -> list[Event]:
        with self.desk.database.read() as conn:
            return list(events.chosen(conn, events.Which()))

    def figures(self, source: str) -> set[tuple[str, str, float]]:
        """Series, country and value of every figure that stands."""
        with self.desk.database.read() as conn:
            told = [one.get("figure") for one in stored.stated(conn, source, self.clock.now)]
        return {(one["series"], one["country"], one["value"]) for one in told if one}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(Settings(data_dir=tmp_path / "desk", non_commercial=True)) as opened:
        yield opened


def test_usgs_and_cap_warn_the_sites_within_reach(
    desk: Desk, known: Publisher, tmp_path: Path
) -> None:
    known.give("/earthquakes/feed/v1.0/summary/all_day.geojson", quakes("a"))
    known.give("/alerts/active.atom?status=actual", cap_index(known.url, one="T1"))
    known.give("/alerts/one", cap_alert("one"))
    live = Live(desk, known, tmp_path / "own", "usgs", "cap-us")
    live.round()
    assert {event.kind for event in live.events()} == {Kind.EARTHQUAKE, Kind.STORM}
    with desk.database.read() as conn:
        told = {(*alert.sites, alert.revision) for alert in alerts.every(conn)}
        state = health.status(conn)
    assert told == {("port", 1), ("bay", 1)}
    assert all(state[name].last_new == NOON for name in ("usgs", "cap-us"))
    before = decided(tmp_path / "desk")
    live.clock.on(minutes=10)
    live.round()
    assert decided(tmp_path / "desk")["events"] == before["events"]
    assert decided(tmp_path / "desk")["alerts"] == before["alerts"]


def eonet() -> dict[str, Any]:
    place = {"date": "2026-06-01T06:00:00Z", "type": "Point", "coordinates": [-121.0, 38.0]}
    return {
        "title": "EONET Events",
        "events": [
            {
                "id": "EONET_1", "title": "Wildfire, Calaveras", "description": None,
                "link": "https://eonet.gsfc.nasa.gov/api/v3/events/EONET_1", "closed": None,
                "categories": [{"id": "wildfires", "title": "Wildfires"}],
                "sources": [{"id": "IRWIN", "url": "https://irwin.example/1"}],
                "geometry": [{"magnitudeValue": 900, "magnitudeUnit": "acres"} | place],
            }
        ],
    }  # fmt: skip


def rss(*items: str) -> str:
    return (
        '<?xml version="1.0" encoding="iso-8859-1"?><rss version="2.0"><channel>'
        f"<title>News</title><link>https://news.un.org/</link>{''.join(items)}</channel></rss>"
    )


BLAST = (
    "<item><title>Bomb blast at a café kills 12 in Maiduguri</title><guid>n1</guid>"
    "<link>https://news.un.org/n1</link><pubDate>Mon, 01 Jun 2026 11:00:00 GMT</pubDate>"
    "<description>A bomb exploded in Maiduguri, Nigeria, killing 12 people.</description></item>"
)


def advice(country: str, slug: str, *status: str) -> dict[str, Any]:
    return {
        "base_path": f"/foreign-travel-advice/{slug}",
        "title": f"{country} travel advice",
        "locale": "en",
        "public_updated_at": "2026-05-30T10:00:00+00:00",
        "links": {},
        "details": {
            "alert_status": list(status),
            "change_description": "Latest update",
            "country": {"name": country, "slug": slug},
            "summary": "<p>FCDO advises against all travel to the whole of it.</p>",
            "parts": [],
            "updated_at": "2026-05-30T10:00:00+00:00",
        },
    }


def bank(page: int, *values: tuple[str, str, float]) -> list[Any]:
    rows = [
        {
            "indicator": {"id": "VC.IHR.PSRC.P5", "value": "Intentional homicides"},
            "country": {"id": code, "value": code},
            "countryiso3code": iso3,
            "date": "2023",
            "value": value,
            "unit": "",
        }
        for code, iso3, value in values
    ]
    meta = {"page": page, "pages": 3, "per_page": "2", "total": 5, "lastupdated": "2026-04-01"}
    return [meta, rows]


def test_eonet_and_news_become_events(desk: Desk, known: Publisher, tmp_path: Path) -> None:
    known.give("/api/v3/events?status=open", eonet())
    known.give("/feed/subscribe/en/news/all/rss.xml", rss(BLAST).encode("latin-1"))
    localise(tmp_path / "own", known, "un-news", enabled=True)
    live = Live(desk, known, tmp_path / "own", "eonet")
    live.round()
    found = {event.kind: event for event in live.events()}
    assert found[Kind.WILDFIRE].place.country == "US"
    blast = next(event for event in live.events() if event.place.country == "NG")
    assert "café" in blast.title
    assert "Maiduguri" in blast.place.name


def test_the_content_api_leads_to_every_country(
    desk: Desk, known: Publisher, tmp_path: Path
) -> None:
    named = {"chad": "avoid_all_travel_to_whole_country", "mali": "avoid_all_travel_to_parts"}
    children = [{"base_path": f"/foreign-travel-advice/{slug}"} for slug in named]
    index = {"base_path": "/foreign-travel-advice", "links": {"children": children}}
    known.give(ADVICE, index)
    for slug, status in named.items():
        known.give(f"{ADVICE}/{slug}", advice(slug.title(), slug, status))
    live = Live(desk, known, tmp_path / "own", "fcdo")
    live.round()
    assert {(*told,) for told in live.figures("fcdo") if told[0] == "fcdo.level"} == {
        ("fcdo.level", "TD", 3.0),
        ("fcdo.level", "ML", 1.0),
    }
    # the index changes, the countries are asked for conditionally and have not
    known.give(ADVICE, {**index, "title": "changed"})
    known.answered.clear()
    live.clock.on(hours=2)
    live.round()
    assert [status for _, status in known.answered] == [200, 304, 304]


def test_pages_are_followed_to_the_last(desk: Desk, known: Publisher, tmp_path: Path) -> None:
    paged = BANK.replace("format=json&per_page=5000", "format=json&per_page=5000&page=%d")
    known.give(BANK, bank(1, ("TD", "TCD", 1.5), ("ML", "MLI", 2.5)))
    known.give(paged % 2, bank(2, ("NE", "NER", 3.5), ("XK", "WLD", 9.0)))
    known.give(paged % 3, bank(3, ("NG", "NGA", 4.5)))
    live = Live(desk, known, tmp_path / "own", "worldbank")
    live.round()
    homicides = {country: value for _, country, value in live.figures("worldbank")}
    assert homicides == {"TD": 1.5, "ML": 2.5, "NE": 3.5, "NG": 4.5}
    # page 2 is as it was, page 3 is not: it is reached all the same
    known.give(BANK, bank(1, ("TD", "TCD", 1.6), ("ML", "MLI", 2.5)))
    known.give(paged % 3, bank(3, ("NG", "NGA", 5.5)))
    live.clock.on(days=8)
    live.round()
    assert {country: value for _, country, value in live.figures("worldbank")}["NG"] == 5.5


def test_state_department_levels(desk: Desk, known: Publisher, tmp_path: Path) -> None:
    item = (
        "<item><title>Chad - Level 3: Reconsider Travel</title><guid>chad</guid>"
        "<link>https://travel.state.gov/chad</link>"
        "<pubDate>Mon, 01 Jun 2026 10:00:00 GMT</pubDate><description>Crime.</description></item>"
    )
    known.give("/_res/rss/TAsTWs.xml", rss(item))
    live = Live(desk, known, tmp_path / "own", "state-department")
    live.round()
    assert live.figures("state-department") == {("state.level", "TD", 3.0)}


def poll_once(data: Path, own: Path, known: Publisher, kill_at: int, when: str) -> int:
    command = [sys.executable, "-m", "tests.desk.polled_once", data, own, known.port, kill_at, when]
    root = HERE.parents[1]
    process = subprocess.run(
        [str(part) for part in command], cwd=root, capture_output=True, check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(root), *sys.path])},
    )  # fmt: skip
    assert process.returncode in (0, -signal.SIGKILL), process.stderr.decode()
    return process.returncode


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_any_document_loses_and_repeats_nothing(
    known: Publisher, tmp_path: Path, when: str
) -> None:
    known.give("/earthquakes/feed/v1.0/summary/all_day.geojson", quakes("a"))
    known.give("/alerts/active.atom?status=actual", cap_index(known.url, one="T1", two="T1"))
    for name in ("one", "two"):
        known.give(f"/alerts/{name}", cap_alert(name), conditional=False)
    own = localise(tmp_path / "own", known, "usgs", "cap-us")
    for name in ("calm", "shaken"):
        with open_desk(Settings(data_dir=tmp_path / name)) as desk, desk.database.begin() as conn:
            sites.replace(conn, SITES)
    assert poll_once(tmp_path / "calm", own, known, -1, when) == 0
    kills = 0
    # each run dies one document later than it must, until one gets through
    for kill_at in (1, 1, 2, 1, 2, 3) if when == "before" else (1, 1, 1, 1):
        kills += poll_once(tmp_path / "shaken", own, known, kill_at, when) == -signal.SIGKILL
    known.paths()
    assert poll_once(tmp_path / "shaken", own, known, -1, when) == 0
    assert kills >= 3
    calm, shaken = decided(tmp_path / "calm"), decided(tmp_path / "shaken")
    assert calm["alerts"], "no alert was raised: there is nothing to compare"
    assert len(calm["statements"]) == 3
    for table, rows in calm.items():
        assert shaken[table] == rows, f"table {table} differs"
    with sqlite3.connect(tmp_path / "shaken" / "desk.sqlite") as conn:
        assert conn.execute("select count(*) from reports").fetchone() == (3,)
