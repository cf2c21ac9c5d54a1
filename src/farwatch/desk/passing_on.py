"""Pass lists on as files: every row of a filter, streamed, as each source's terms allow.

A row is left out where a source that it rests on does not let its words be passed on, or has no
terms at hand; how many were left out, and whom to name, stands at the end of the file.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from farwatch.desk import event_room, report_room
from farwatch.desk.opening import Desk
from farwatch.model.account import Scope
from farwatch.model.event import Event
from farwatch.model.report import Report
from farwatch.store import event_lists, readings, report_lists
from farwatch.store.event_lists import EventChoice
from farwatch.store.keyset import Wanted
from farwatch.store.report_lists import ReportChoice

_PAGE = 500
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")  # what spreadsheets would run
Row = Mapping[str, Any]
Rows = Iterable[Row]


@dataclass
class Passed:
    """What went into a file so far, what was left out by source, and whom to name."""

    exercise: bool
    rows: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    attribution: dict[str, str] = field(default_factory=dict)

    @property
    def plain(self) -> dict[str, Any]:
        """What stands at the end of a file."""
        return {
            "exercise": self.exercise, "rows": self.rows,
            "left_out": sum(self.left_out.values()), "left_out_by_source": dict(self.left_out),
            "left_out_because": "their sources' terms do not let them be passed on",
            "attribution": sorted(set(self.attribution.values())),
        }  # fmt: skip


def event_rows(desk: Desk, choice: EventChoice, scope: Scope, passed: Passed) -> Iterator[Row]:
    """The events of a choice as flat rows, a page of them in memory at a time."""
    chosen, after = event_room.worded(desk, choice), None
    while True:
        with desk.database.read() as conn:
            page = event_lists.listed(conn, chosen, scope, Wanted(_PAGE, after))
        for item in page.items:
            if _may_pass(desk, item.event.sources, passed):
                yield _event(item.event, passed)
        after = page.next
        if after is None:
            return


def report_rows(desk: Desk, choice: ReportChoice, scope: Scope, passed: Passed) -> Iterator[Row]:
    """The reports of a choice likewise."""
    chosen, after = report_room.worded(desk, choice), None
    while True:
        with desk.database.read() as conn:
            page = report_lists.listed(conn, chosen, scope, Wanted(_PAGE, after))
            names = [readings.name(one.report.source, one.report.key) for one in page.items]
            read = readings.by_statements(conn, names)
        for name, item in zip(names, page.items, strict=True):
            if _may_pass(desk, (item.report.source,), passed):
                facts = _reading(read.get(name, ()))
                yield _report(item.id, item.report, passed) | {"withdrawn": item.withdrawn} | facts
        after = page.next
        if after is None:
            return


def closed_events(desk: Desk, choice: EventChoice, scope: Scope) -> list[str]:
    """Ids of the restricted events that a file of this choice would hold, the first of them: what
    the audit is told before it is written."""
    if not scope.restricted:
        return []
    chosen = event_room.worded(desk, choice)
    if chosen.restricted is False:
        return []
    with desk.database.read() as conn:
        found = event_lists.listed(conn, replace(chosen, restricted=True), scope, Wanted(_PAGE))
    return [one.event.id for one in found.items]


def closed_reports(desk: Desk, choice: ReportChoice, scope: Scope) -> list[str]:
    """Ids of the restricted reports likewise."""
    if not scope.restricted:
        return []
    chosen = report_room.worded(desk, choice)
    if chosen.restricted is False:
        return []
    with desk.database.read() as conn:
        found = report_lists.listed(conn, replace(chosen, restricted=True), scope, Wanted(_PAGE))
    return [one.id for one in found.items]


def as_csv(rows: Iterable[Row], passed: Passed) -> Iterator[str]:
    """RFC 4180 with a header; the last lines begin with "#". No cell can be run as a formula."""
    header: list[str] | None = None
    for row in rows:
        if header is None:
            header = list(row)
            yield _line(header)
        yield _line([_cell(row[name]) for name in header])
    for name, value in passed.plain.items():
        yield _line([f"# {name}", value if isinstance(value, int) else json.dumps(value)])


def as_json_lines(rows: Iterable[Row], passed: Passed) -> Iterator[str]:
    """An object a line; the last holds "trailer" alone."""
    for row in rows:
        yield json.dumps(row, ensure_ascii=False) + "\n"
    yield json.dumps({"trailer": passed.plain}, ensure_ascii=False) + "\n"


def as_geojson(rows: Iterable[Row], passed: Passed) -> Iterator[str]:
    """RFC 7946: a point a row, a null geometry where nothing is placed; the rest are foreign
    members of the collection."""
    yield '{"type": "FeatureCollection", "features": ['
    between = "\n"
    for row in rows:
        lat, lon = row["lat"], row["lon"]
        point = None if lat is None else {"type": "Point", "coordinates": [lon, lat]}
        said = {name: value for name, value in row.items() if name not in {"lat", "lon"}}
        feature = {"type": "Feature", "id": row["id"], "geometry": point, "properties": said}
        yield between + json.dumps(feature, ensure_ascii=False)
        between = ",\n"
    rest = json.dumps(passed.plain, ensure_ascii=False)
    yield f"\n], {rest[1:]}"


Written = Callable[[Iterable[Row], Passed], Iterator[str]]
# Ending -> how it is written, and its media type.
FORMATS: Mapping[str, tuple[Written, str]] = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "geojson": (as_geojson, "application/geo+json"),
    "jsonl": (as_json_lines, "application/x-ndjson"),
}


def _may_pass(desk: Desk, sources: Iterable[str], passed: Passed) -> bool:
    named = [(name, desk.sources.get(name)) for name in sources]
    closed = [name for name, source in named if source is None
              or source.terms.redistribution not in {"yes", "attribution"}]  # fmt: skip
    if closed:
        passed.left_out[closed[0]] += 1
        return False
    passed.rows += 1
    passed.attribution |= {name: source.terms.attribution for name, source in named if source}
    return True


def _event(event: Event, passed: Passed) -> dict[str, Any]:
    happened = event.happened
    return {
        "id": event.id, "status": "Exercise" if passed.exercise or event.exercise else "Actual",
        "kind": event.kind.value, "severity": event.severity, "title": event.title,
        "state": event.state.value, **_place(event.place),
        "happened": happened.start.isoformat() if happened else None,
        "happened_until": happened.end.isoformat() if happened and happened.end else None,
        "first_reported": event.first_reported.isoformat(),
        "last_reported": event.last_reported.isoformat(),
        "reliability": event.grade.reliability, "credibility": event.grade.credibility,
        "reports": len(event.statements), "origins": len(set(event.origins)),
        "sources": " ".join(event.sources), "version": event.version,
        "restricted": event.restricted,
    }  # fmt: skip


def _report(name: str, report: Report, passed: Passed) -> dict[str, Any]:
    exercise = passed.exercise or report.status.value == "Exercise"
    return {
        "id": name, "status": "Exercise" if exercise else report.status.value,
        "source": report.source, "key": report.key, "title": report.title,
        "published": report.published.isoformat() if report.published else None,
        "received": report.received.isoformat(), "language": report.language, "url": report.url,
        "restricted": report.facts.restricted,
    }  # fmt: skip


def _reading(read: Any) -> dict[str, Any]:
    first = read[0] if read else None
    place = first.place if first else None
    return {
        "kind": first.kind.value if first else None, "severity": first.severity if first else None,
        **_place(place),
        "reliability": first.grade.reliability if first else None,
        "credibility": first.grade.credibility if first else None,
    }  # fmt: skip


def _place(place: Any) -> dict[str, Any]:
    return {
        "place": place.name if place else None,
        "precision": place.precision.value if place else None,
        "country": place.country if place else None, "admin1": place.admin1 if place else None,
        "lat": place.geometry.lat if place else None, "lon": place.geometry.lon if place else None,
        "radius_km": place.geometry.radius_km if place else None,
    }  # fmt: skip


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula is made a text by an apostrophe."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


def _line(cells: Iterable[Any]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(list(cells))
    return out.getvalue()
