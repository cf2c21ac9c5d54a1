"""What was known at a time, on each kind of database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection
from store_nouns import T0, event, place, reading, report

from farwatch.model.report import Figure
from farwatch.store import events, known, readings, reports

DAY = timedelta(days=1)


def test_events_first_told_of_by_then(conn: Connection) -> None:
    late = replace(event("b"), first_reported=T0 + DAY)
    events.put(conn, [event("a"), late, event("c", exercise=True)])
    assert known.events(conn, T0, exercise=False)["id"].to_pylist() == ["a"]
    assert known.events(conn, T0 + DAY, exercise=True)["id"].to_pylist() == ["a", "b", "c"]


def test_a_history_leaves_out_what_became_an_event(conn: Connection) -> None:
    there = place(-12.8, 28.2)
    readings.put(conn, [reading("1", there), reading("2", there), reading("3", there, 60)])
    events.put(conn, [event("1")])
    found = known.history(conn, ["wire"], T0 + timedelta(minutes=30)).to_pylist()
    assert [(row["kind"], row["category"], row["country"]) for row in found] == [
        ("riot", "unrest", "ZM")
    ]
    assert known.history(conn, [], T0 + DAY).num_rows == 0


def test_figures_and_the_versions_that_stood(conn: Connection) -> None:
    def told(value: float, when: datetime) -> None:
        figure = Figure("HA", "ZM", T0, value)
        said = report("HA/ZM/2026", str(value), published=when, figure=figure)
        reports.accept(conn, [said], batch="test")

    told(3.0, T0)
    told(4.0, T0 + DAY)
    assert [one.value for one in known.figures(conn, ["wire"], "ZM")] == [4.0]
    assert known.figures(conn, ["wire"], "ET") == []
    for when, value in ((T0, 3.0), (T0 + DAY, 4.0)):
        (stood,) = known.stated(conn, "wire", when)
        assert stood["figure"]["value"] == value
    assert known.stated(conn, "wire", T0 - DAY) == []
