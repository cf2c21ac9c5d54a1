"""The poller against a real server: what is asked again, what waits, what fails and goes on."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest
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

from farwatch.collect.fetch import Fetcher
from farwatch.desk import polling
from farwatch.desk.collecting import Place, Taken, take, unreachable
from farwatch.desk.opening import Desk, open_desk
from farwatch.model.document import Document
from farwatch.settings import Settings
from farwatch.sources import catalogue
from farwatch.store import health, rejects

QUAKES = "/earthquakes/feed/v1.0/summary/all_day.geojson"
ALERTS = "/alerts/active.atom?status=actual"


@dataclass
class Run:
    """A desk that polls the test's publisher, with what it heard and what failed."""

    desk: Desk
    known: Publisher
    clock: Clock
    fetcher: Fetcher
    folder: Path
    heard: list[Taken] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)

    def poller(self, *names: str, **changes: object) -> polling.Poller:
        localise(self.folder, self.known, *names, **changes)
        self.desk = replace(self.desk, sources=catalogue.load(self.folder))
        return polling.Poller(self.desk, self.fetcher, self.hear, self.fail)

    def hear(self, document: Document, place: Place | None) -> Taken:
        self.heard.append(take(self.desk, document, place))
        return self.heard[-1]

    def fail(self, source: str, at: datetime, why: str) -> None:
        unreachable(self.desk, source, at, why)
        self.failed.append((source, why))

    def round(self, poller: polling.Poller) -> list[str]:
        """One whole round; returns the paths that were asked for."""
        poller.poll(self.clock.now)
        poller.drain(self.clock.now)
        return self.known.paths()

    def health(self, source: str) -> health.Health:
        with self.desk.database.read() as conn:
            return health.get(conn, source)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    clock = Clock()
    with (
        publisher() as known,
        open_desk(Settings(data_dir=tmp_path)) as desk,
        clock.fetcher(known.port) as fetcher,
    ):
        yield Run(desk, known, clock, fetcher, tmp_path / "own")


def test_an_unchanged_document_stores_nothing_and_counts_as_heard(run: Run) -> None:
    run.known.give(QUAKES, quakes("a"))
    poller = run.poller("usgs")
    assert run.round(poller) == [QUAKES]
    assert run.heard[0].new == 1
    assert run.round(poller) == []  # not due again yet
    later = run.clock.on(minutes=2)
    run.round(poller)
    assert run.known.answered[-1] == (QUAKES, 304)
    assert len(run.heard) == 1
    assert (run.health("usgs").last_heard, run.health("usgs").last_new) == (later, NOON)


def test_a_changed_document_is_heard_again(run: Run) -> None:
    run.known.give(QUAKES, quakes("a"))
    poller = run.poller("usgs")
    run.round(poller)
    run.known.give(QUAKES, quakes("a", "b"))
    run.clock.on(minutes=2)
    run.round(poller)
    assert [(taken.new, taken.unchanged) for taken in run.heard] == [(1, 0), (1, 1)]


def test_a_linked_alert_is_fetched_once_a_version(run: Run) -> None:
    for name in ("one", "two"):
        run.known.give(f"/alerts/{name}", cap_alert(name), conditional=False)
    run.known.give(ALERTS, cap_index(run.known.url, one="T1", two="T1"))
    poller = run.poller("cap-us")
    assert run.round(poller) == [ALERTS, "/alerts/one", "/alerts/two"]
    run.clock.on(minutes=5)
    assert run.round(poller) == [ALERTS]
    run.known.give(ALERTS, cap_index(run.known.url, one="T1", two="T2"))
    run.clock.on(minutes=5)
    assert run.round(poller) == [ALERTS, "/alerts/two"]
    # a poller started anew remembers
    run.known.give(ALERTS, cap_index(run.known.url, two="T2", one="T1"))
    assert run.round(run.poller("cap-us")) == [ALERTS]


def test_cap_is_asked_for_by_its_media_type(run: Run) -> None:
    run.known.give("/alerts/one", cap_alert("one"))
    run.known.give(ALERTS, cap_index(run.known.url, one="T1"))
    poller = run.poller("cap-us")
    poller.poll(NOON)
    poller.drain(NOON)
    accepts = [headers["accept"].split(",")[0] for _, headers in run.known.asked]
    assert accepts == ["application/atom+xml", "application/cap+xml"]


def test_a_linked_alert_that_failed_is_tried_again_though_its_index_is_unchanged(run: Run) -> None:
    run.known.give(ALERTS, cap_index(run.known.url, one="T1", two="T1"))
    run.known.give("/alerts/two", cap_alert("two"))
    run.known.give("/alerts/one", b"down", status=404, conditional=False)
    poller = run.poller("cap-us")
    assert run.round(poller) == [ALERTS, "/alerts/one", "/alerts/two"]
    assert [why for _, why in run.failed] == [f"{run.known.url}/alerts/one answered 404"]
    run.known.give("/alerts/one", cap_alert("one"))
    run.clock.on(minutes=5)
    assert run.round(poller) == [ALERTS, "/alerts/one"]
    assert sum(taken.new for taken in run.heard) == 2


def test_an_alert_no_longer_listed_is_not_asked_for(run: Run) -> None:
    run.known.give(ALERTS, cap_index(run.known.url, gone="T1"))
    poller = run.poller("cap-us")
    run.round(poller)
    run.known.give(ALERTS, cap_index(run.known.url))
    run.clock.on(minutes=5)
    assert run.round(poller) == [ALERTS]


def test_an_index_takes_turns_with_the_other_sources(run: Run) -> None:
    """A long index holds nobody up: one of its documents a turn."""
    names = {f"n{number}": "T1" for number in range(5)}
    for name in names:
        run.known.give(f"/alerts/{name}", cap_alert(name))
    run.known.give(ALERTS, cap_index(run.known.url, **names))
    run.known.give(QUAKES, quakes("a"))
    poller = run.poller("cap-us", "usgs")
    asked = []
    for _ in range(3):
        poller.poll(run.clock.now)
        asked += run.known.paths()
        run.clock.on(seconds=61)
    assert asked == [
        ALERTS, QUAKES, "/alerts/n0",
        QUAKES, "/alerts/n1",
        ALERTS, QUAKES, "/alerts/n2",
    ]  # fmt: skip


def test_an_index_that_leads_to_too_much_is_cut_and_told(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "MOST_LED_TO", 3)
    run.known.give(ALERTS, cap_index(run.known.url, **{f"n{i}": "T" for i in range(5)}))
    assert len(run.round(run.poller("cap-us"))) == 1 + 3
    assert "leads to 5 documents, at most 3 are read" in run.failed[0][1]


def test_a_host_that_asks_to_wait_is_left_alone(run: Run) -> None:
    run.known.give(QUAKES, b"", status=429, headers={"Retry-After": "3600"})
    poller = run.poller("usgs")
    assert run.round(poller) == [QUAKES]
    run.clock.on(minutes=59)
    assert run.round(poller) == []
    run.known.give(QUAKES, quakes("a"))
    run.clock.on(minutes=2)
    assert run.round(poller) == [QUAKES]
    assert run.heard[0].new == 1


def test_a_host_that_asks_to_wait_is_asked_nothing_more(run: Run) -> None:
    """Neither its other addresses nor what waits; afterwards nothing of it is lost."""
    run.known.give(ALERTS, cap_index(run.known.url, one="T1", two="T1"))
    run.known.give("/alerts/one", b"", status=429, headers={"Retry-After": "600"})
    run.known.give("/alerts/two", cap_alert("two"))
    poller = run.poller("cap-us")
    assert run.round(poller) == [ALERTS, "/alerts/one"]
    run.known.give("/alerts/one", cap_alert("one"))
    run.clock.on(minutes=11)
    assert run.round(poller) == [ALERTS, "/alerts/one", "/alerts/two"]
    run.known.give("/events/xml/PAAQAtom.xml", b"", status=503, headers={"Retry-After": "600"})
    asked = run.round(run.poller("cap-tsunami"))
    assert "/events/xml/PAAQAtom.xml" in asked
    assert "/events/xml/PHEBAtom.xml" not in asked


def test_a_busy_host_is_tried_again_with_jitter(run: Run) -> None:
    run.known.give(QUAKES, b"", status=503)
    assert run.round(run.poller("usgs")) == [QUAKES] * 2
    assert 0.75 in run.clock.slept
    assert run.health("usgs").failures == 1


PACKED = gzip.compress(bytes(40_000_000))
ENTITY = b'<?xml version="1.0"?><!DOCTYPE alert [<!ENTITY x SYSTEM "%s">]><alert>&x;</alert>'


@pytest.mark.parametrize(
    ("body", "page", "said"),
    [
        (b"<html>down</html>", {"headers": {"Content-Type": "text/html"}}, "holds no CAP alert"),
        (b'{"type": "FeatureCollection"}', {}, "is not XML"),
        (b"\xff\xfe\x00\xd8broken", {}, "is not XML"),
        ("<feed>é</feed>".encode("latin-1"), {}, "is not XML"),
        (b"<feed><entry>", {}, "is not XML"),
        (b"", {}, "is not XML"),
        (b"<feed/>", {"headers": {"Content-Length": "500"}}, "could not be fetched"),
        (PACKED, {"headers": {"Content-Encoding": "gzip"}}, "unpacks to more than 33554432"),
        (PACKED, {}, "is larger than 33554432"),
        (zlib.compress(b"x")[:-2], {"headers": {"Content-Encoding": "deflate"}}, "cut short"),
        (b"", {"status": 302, "headers": {"Location": "http://169.254.169.254/"}}, "link-local"),
        (b"", {"status": 302, "headers": {"Location": "http://127.0.0.1:1/"}}, "loopback"),
        (ENTITY % b"file:///etc/passwd", {}, "declares a document type"),
    ],
)
def test_a_source_that_fails_is_named_and_the_others_go_on(
    run: Run, body: bytes, page: dict[str, object], said: str
) -> None:
    run.known.give(ALERTS, body, **page)
    run.known.give(QUAKES, quakes("a"))
    poller = run.poller("cap-us", "usgs")
    run.round(poller)
    told = [f"{name}: {why}" for name, why in run.failed]
    told += [f"{taken.source}: {taken.failed}" for taken in run.heard if taken.failed]
    assert len(told) == 1
    assert told[0].startswith("cap-us: ")
    assert said in told[0]
    assert run.health("cap-us").failures == 1
    assert said in str(run.health("cap-us").last_error)
    assert [taken.new for taken in run.heard if taken.source == "usgs"] == [1]
    # what could not be read is asked for again in full
    run.known.give(ALERTS, cap_index(run.known.url))
    run.clock.on(minutes=5)
    run.round(poller)
    assert run.health("cap-us").failures == 0


def test_an_unreadable_answer_is_asked_for_again_in_full(run: Run) -> None:
    """Were its validators kept, the publisher's 304 would make the failure look like silence."""
    run.known.give(ALERTS, b"<html>down</html>")
    poller = run.poller("cap-us")
    for failures in (1, 2):
        run.round(poller)
        run.clock.on(minutes=6)
        assert run.known.answered[-1] == (ALERTS, 200)
        assert run.health("cap-us").failures == failures


def test_an_entity_touches_neither_file_nor_network(run: Run, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    for target in (secret.as_uri(), f"{run.known.url}/told"):
        run.known.give(ALERTS, ENTITY % target.encode())
        run.clock.on(minutes=5)
        assert "/told" not in run.round(run.poller("cap-us"))
    with run.desk.database.read() as conn:
        assert not any("the secret" in str(one) for one in rejects.rejected(conn))
    assert all(taken.failed for taken in run.heard)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"terms": {"attribution": "", "redistribution": "attribution"}}, "attribution is empty"),
        ({"terms": {"expires": NOON.date().replace(day=25, month=5)}}, "expired"),
        ({"terms": {"not_permitted_in": ["GB"]}}, "jurisdiction is not set"),
        ({"terms": {"non_commercial": True}}, "non-commercial use only"),
        ({"enabled": False}, "it is disabled"),
    ],
)
def test_a_source_that_may_not_be_read_is_never_asked(
    run: Run, changes: dict[str, object], said: str
) -> None:
    run.known.give(QUAKES, quakes("a"))
    assert run.round(run.poller("usgs", **changes)) == []
    assert said in polling.permitted(run.desk, NOON)[1]["usgs"]


def test_terms_that_run_out_while_documents_wait_stop_the_asking(run: Run) -> None:
    run.known.give(ALERTS, cap_index(run.known.url, one="T1", two="T1"))
    poller = run.poller("cap-us", terms={"expires": NOON.date()})
    poller.poll(NOON)
    assert run.known.paths() == [ALERTS, "/alerts/one"]
    poller.drain(run.clock.on(days=1))
    assert run.known.paths() == []
    assert not poller.waiting


def test_a_file_dropped_in_is_read_under_its_terms(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "disease_outbreak_raw_1.json").write_text('{"value": []}')
    poller = run.poller("who")
    poller.drop = folder
    for _ in range(3):
        poller.poll(run.clock.on(seconds=10))
    assert run.heard == []
    assert "non-commercial use only" in run.failed[-1][1]
