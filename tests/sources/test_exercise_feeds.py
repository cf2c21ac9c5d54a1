"""What an exercise writes, the readers read: the two rooms speak the same formats."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from farwatch.exercise import feeds
from farwatch.model.kinds import Kind

WHEN = datetime(2026, 5, 30, 10, 0, tzinfo=UTC)


def test_news(read_as: Any) -> None:
    item = feeds.Item("k/1", WHEN, "Riot & fire", "Shops <burnt>.", "https://paper.example/1")
    (report,) = read_as("rss", feeds.rss("T", [item]))
    assert (report.key, report.title, report.published) == ("k/1", "Riot & fire", WHEN)
    assert report.origin == "paper.example"


def test_machine_coded_events(read_as: Any) -> None:
    geo = {"type": 4, "name": "Kitwe, Zambia", "country": "ZA", "lat": -12.8, "lon": 28.2}
    row = {"id": 9, "time": WHEN, "added": WHEN, "geo": geo, "code": "145", "mentions": 3,
           "url": "https://paper.example/1"}  # fmt: skip
    (report,) = read_as("gdelt", feeds.gdelt([row]))
    assert (report.facts.kind, report.facts.place.country) == (Kind.RIOT, "ZM")


def test_staff(read_as: Any) -> None:
    row = {"id": "s1", "time": WHEN, "site": "a", "kind": "other", "severity": 1, "grade": "A2",
           "text": "All well.", "restricted": True}  # fmt: skip
    for data in (feeds.staff_csv([row]), feeds.staff_jsonl([row])):
        (report,) = read_as("staff", data)
        assert (report.key, report.published, report.facts.restricted) == ("s1", WHEN, True)


def test_advisories(read_as: Any) -> None:
    advice = {"time": WHEN, "status": "avoid_all_travel_to_parts", "part": "Warnings",
              "level": 2, "text": "FCDO advises against all travel to Alibori.",
              "summary": "Update"}  # fmt: skip
    whole, parts = read_as("fcdo", feeds.fcdo("Benin", "benin", advice))
    assert (whole.figure.country, whole.figure.value, parts.figure.value) == ("BJ", 1, 3)
    assert "Alibori" in parts.text
    (report,) = read_as("canada", feeds.canada("BJ", "Benin", advice))
    assert (report.figure.country, report.figure.value) == ("BJ", 2)
