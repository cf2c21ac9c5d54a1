"""Reports, sources and readings made for the tests of this room."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from farwatch.model.event import Reading
from farwatch.model.grade import Grade
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.report import Facts, Report, Span
from farwatch.model.terms import Limits, Source, Terms

NOON = datetime(2026, 5, 7, 12, tzinfo=UTC)


def source(name: str, *, owner: str = "", reliability: str = "C", official: bool = False) -> Source:
    day = date(2026, 1, 1)
    terms = Terms(
        name, owner or f"{name} Ltd", "licence", "by", "interest", "no", "none", 30, (), False,
        day, day + timedelta(days=365),
    )  # fmt: skip
    return Source(
        name, name, "rss", (), (), reliability, "local_news", official, False, (0, 9), 24.0, None,
        (), terms, Limits(60, 1000, 1.0, 1.0),
    )  # fmt: skip


def report(name: str, key: str = "1", text: str = "", **more: Any) -> Report:
    at = more.pop("published", NOON)
    more.setdefault("origin", f"{name}.example")
    return Report(name, key, at, (key + text).encode(), published=at, text=text, **more)


KITWE = (-12.8024, 28.2132)
NDOLA = (-12.9587, 28.6366)


def place(at: tuple[float, float], radius: float = 5.0, **more: Any) -> Place:
    more.setdefault("country", "ZM")
    more.setdefault("admin1", "08")
    precision = more.pop("precision", Precision.CITY)
    return Place(more.pop("name", "Kitwe"), precision, Geometry(*at, radius), **more)


def reading(name: str, key: str = "1", kind: Kind = Kind.RIOT, **more: Any) -> Reading:
    """A reading; report fields by name, the rest as Reading's own."""
    own = {k: more.pop(k) for k in list(more) if k in Reading.__slots__}
    made = report(name, key, **more)
    own.setdefault("place", place(KITWE))
    own.setdefault("happened", None)
    return Reading(made, kind, own.pop("severity", 3), grade=Grade("C", 3), **own)


def quake(name: str, key: str, at: datetime, magnitude: float, **more: Any) -> Reading:
    spot = more.pop("spot", (-9.1, -79.3))
    facts = Facts(
        kind=Kind.EARTHQUAKE,
        official=True,
        happening=key,
        measures={"magnitude": magnitude},
        severity=4,
    )
    return reading(
        name,
        key,
        Kind.EARTHQUAKE,
        facts=facts,
        published=at + timedelta(minutes=3),
        happened=Span(at),
        place=place(
            spot, 10.0, name="off Ancash", country="PE", admin1="02", precision=Precision.POINT
        ),
        **more,
    )
