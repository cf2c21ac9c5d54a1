"""A small desk of real parts: two newspapers tell of one explosion near a plant of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from farwatch.desk.opening import Desk, open_desk
from farwatch.desk.protecting import in_care, protect
from farwatch.desk.understanding import remerge
from farwatch.model.event import Event, Reading
from farwatch.model.grade import Grade
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.protect import Alert, Site
from farwatch.model.report import Report, Span
from farwatch.model.terms import Limits, Source, Terms
from farwatch.settings import load
from farwatch.store import alerts, judgements, readings, reports, sites
from farwatch.understand import merge

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
KITWE = Site("kitwe_plant", "Kitwe plant", -12.80, 28.21, "ZM", "ZM.08", 1, 240)


def paper(name: str) -> Source:
    terms = Terms(
        publisher=f"The {name.title()}", owner=f"{name} trust", licence="CC BY 4.0",
        attribution=f"Text: The {name.title()}", legal_basis="news", redistribution="yes",
        personal_data="none", retention_days=30, not_permitted_in=(), non_commercial=False,
        reviewed=date(2026, 5, 1), expires=date(2027, 5, 1),
    )  # fmt: skip
    return Source(
        id=name, title=name, format="rss", urls=(), files=(), reliability="B",
        source_class="local_news", official=False, auto_release=False, expected_per_day=(1, 10),
        silent_after_hours=24, window_hours=None, countries=(), terms=terms,
        limits=Limits(60, 1_000, 10, 10),
    )  # fmt: skip


def told(source: str, key: str, title: str, minutes: float = 0, **more: Any) -> Reading:
    """A reading of one newspaper's report of an explosion in Kitwe."""
    at = NOW - timedelta(hours=1) + timedelta(minutes=minutes)
    report = Report(
        source, key, at + timedelta(minutes=2), title.encode(), published=at, title=title,
        url=f"https://{source}.example/{key}", origin=f"{source}.example",
    )  # fmt: skip
    place = Place(
        "Kitwe", Precision.CITY, Geometry(-12.81, 28.21, 1.0), "ZM", "ZM.08",
        reasons=("the only Kitwe in the country",),
    )  # fmt: skip
    values: dict[str, Any] = {
        "kind": Kind.EXPLOSION, "severity": 3, "place": place, "happened": Span(at),
        "grade": Grade("B", 3), "reasons": ("the text says: blast",),
    }  # fmt: skip
    return Reading(report, **(values | more))


HERALD = told("herald", "h1", "Blast at the fuel depot in Kitwe wounds six workers")
TIMES = told("times", "t1", "Six hurt as tank explodes near the smelter, say medics", 20)


@contextmanager
def opened(folder: Path, **settings: Any) -> Iterator[Desk]:
    """The desk of a folder, knowing two newspapers."""
    with open_desk(load({"data_dir": folder, **settings}, {})) as desk:
        yield replace(desk, sources={name: paper(name) for name in ("herald", "times")})


def hear(desk: Desk, conn: Connection, *said: Reading) -> tuple[list[Event], list[Alert]]:
    """Accept the reports, judge them against one another, keep the events, alert."""
    if not sites.load(conn):
        sites.add(conn, [KITWE])
    reports.accept(conn, [one.report for one in said], batch="b1")
    readings.put(conn, said)
    judgements.put(conn, merge.judge_all(said))
    names = [merge.statement(one) for one in said]
    changed = remerge(desk, conn, names, NOW)
    return changed, protect(desk, conn, in_care(conn), changed, NOW)


def standing(conn: Connection) -> dict[str, Alert]:
    return {alert.recipient: alert for alert in alerts.every(conn)}
