"""`farwatch watch --once` and `farwatch collect` without files, against a server on loopback."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.desk.live_publisher import (
    Publisher,
    cap_alert,
    cap_index,
    localise,
    publisher,
    quakes,
)

from farwatch.cli.main import cli
from farwatch.collect import fetch

QUAKES = "/earthquakes/feed/v1.0/summary/all_day.geojson"
ALERTS = "/alerts/active.atom?status=actual"
OUTBREAKS = "/api/emergencies/diseaseoutbreaknews?$orderby=PublicationDateAndTime%20desc"
FOREVER = {"reviewed": date(2026, 1, 1), "expires": date(2999, 1, 1)}
Run = Callable[..., Result]


@pytest.fixture
def known() -> Iterator[Publisher]:
    with publisher() as server:
        server.give(QUAKES, quakes("a", "b"))
        server.give(ALERTS, cap_index(server.url, one="T1", two="T1"))
        server.give("/alerts/one", cap_alert("one"))
        server.give(OUTBREAKS, {"value": []})
        yield server


@pytest.fixture
def run(known: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command over localised sources; only the test's own port may be contacted."""
    own = localise(tmp_path / "own", known, "usgs", "cap-us", "who", terms=FOREVER)
    allowed = functools.partial(
        fetch.Fetcher, loopback_ports=(known.port,), back_off=fetch.BackOff(attempts=1)
    )

    def invoke(*arguments: str, loopback: bool = True, **settings: str) -> Result:
        if loopback:
            monkeypatch.setattr(fetch, "Fetcher", allowed)
        monkeypatch.chdir(tmp_path)
        environment = {"sources_dir": str(own), "sources": "usgs,cap-us,who"} | settings
        for name, value in environment.items():
            monkeypatch.setenv(f"FARWATCH_{name.upper()}", value)
        return CliRunner().invoke(cli, [*arguments, "--data-dir", str(tmp_path / "desk")])

    return invoke


def body(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_collect_reads_every_permitted_source_once(run: Run, known: Publisher) -> None:
    told = body(run("collect", "--json", contact="desk@example.org"))
    assert {name: count["new"] for name, count in told["sources"].items()} == {
        "usgs": 2,
        "cap-us": 1,
    }
    assert told["failed"] == [
        {"source": "cap-us", "reason": f"{known.url}/alerts/two answered 404"}
    ]
    assert "non-commercial use only" in told["refused"]["who"]
    assert OUTBREAKS not in known.paths()
    again = body(run("collect", "--json"))
    assert again["sources"] == {}
    assert again["events_changed"] == 0


def test_collect_names_what_failed_and_was_refused(run: Run, known: Publisher) -> None:
    known.give(QUAKES, b"<html>down</html>")
    result = run("collect", contact="desk@example.org")
    assert result.exit_code == 0
    assert f"failed: cap-us: {known.url}/alerts/two answered 404" in result.stderr
    assert "rejected: usgs" in result.stderr
    assert "refused: who: source 'who' is not collected" in result.stderr
    assert "farwatch/0.1 (overseas-security desk; desk@example.org)" in {
        headers["user-agent"] for _, headers in known.asked
    }


def test_declared_non_commercial_use_asks_the_who(run: Run, known: Publisher) -> None:
    told = body(run("collect", "--json", non_commercial="true"))
    assert told["refused"] == {}
    assert OUTBREAKS in known.paths()


def test_a_jurisdiction_that_terms_rule_out_is_not_asked(
    run: Run, known: Publisher, tmp_path: Path
) -> None:
    localise(tmp_path / "own", known, "usgs", terms={**FOREVER, "not_permitted_in": ["FR"]})
    told = body(run("collect", "--json", sources="usgs", jurisdiction="FR"))
    assert "do not permit collecting in FR" in told["refused"]["usgs"]
    assert known.paths() == []
    assert body(run("collect", "--json", sources="usgs", jurisdiction="GB"))["refused"] == {}
    assert known.paths() == [QUAKES]


def test_watch_once_goes_one_whole_round(run: Run, known: Publisher) -> None:
    counts = body(run("watch", "--once", "--json"))["counts"]
    assert counts["new"] == 3
    assert known.paths() == [ALERTS, QUAKES, "/alerts/one", "/alerts/two"]
    assert body(run("watch", "--once", "--json"))["counts"]["new"] == 0


def test_without_the_tests_permission_loopback_is_never_contacted(
    run: Run, known: Publisher
) -> None:
    told = body(run("collect", "--json", loopback=False))
    assert {one["source"] for one in told["failed"]} == {"usgs", "cap-us"}
    assert all("127.0.0.1 is a loopback address" in one["reason"] for one in told["failed"])
    assert known.paths() == []
