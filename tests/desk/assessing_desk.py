"""A small desk for the tests of levels: events by the stores' functions, the built-in gazetteer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from farwatch.desk.opening import Desk, open_desk
from farwatch.model.event import Event, Reading
from farwatch.model.grade import Grade
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.report import Figure, Report, Span
from farwatch.settings import Settings
from farwatch.store import events, health, readings, reports

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MEKELLE = Place("Mekelle", Precision.CITY, Geometry(13.4967, 39.4753, 5.0), "ET", "53")


@contextmanager
def desk_in(folder: Path) -> Iterator[Desk]:
    with open_desk(Settings(data_dir=folder)) as desk:
        yield desk


def clash(number: int, days: float, **more: Any) -> Event:
    when = NOW - days * DAY
    given: dict[str, Any] = {
        "kind": Kind.ARMED_CLASH, "severity": 4, "title": "Clash", "place": MEKELLE,
        "happened": Span(when), "first_reported": when + DAY / 24, "last_reported": when + DAY / 24,
        "grade": Grade("B", 2), "sources": ("gdelt",), "statements": (f"gdelt\t{number}",),
    }  # fmt: skip
    return Event(f"e{number:04}", 1, **(given | more))


def listen(desk: Desk, days: int, source: str = "gdelt", accepted: int = 30_000) -> None:
    """As if a source had been heard on each of the days before NOW."""
    with desk.database.begin() as conn:
        for day in range(days):
            health.heard(conn, source, NOW - (day + 0.5) * DAY, health.Volume(accepted))


def fight(desk: Desk, weeks: int = 60) -> None:
    with desk.database.begin() as conn:
        events.put(conn, [clash(n, days=1 + 7 * n) for n in range(weeks)])


def past(number: int, when: datetime) -> Reading:
    """A row of a published history, read long after it happened."""
    said = Report("ucdp", str(number), NOW - DAY, str(number).encode())
    return Reading(
        said, Kind.ARMED_CLASH, 4, MEKELLE, Span(when, precision="day"), Grade("B", 2),
        historical=True,
    )  # fmt: skip


def remember(desk: Desk, first: datetime, count: int, step: timedelta) -> None:
    with desk.database.begin() as conn:
        readings.put(conn, [past(n, first + n * step) for n in range(count)])


def advise(desk: Desk, *told: tuple[str, str, float, datetime]) -> None:
    """Figures as (source, series, value, period) of Ethiopia."""
    with desk.database.begin() as conn:
        for source, series, value, when in told:
            said = Report(
                source, f"{series}/ET/{when:%Y}", when, f"{series}{value}".encode(),
                published=when, figure=Figure(series, "ET", when, value),
            )  # fmt: skip
            reports.accept(conn, [said], batch="test")
