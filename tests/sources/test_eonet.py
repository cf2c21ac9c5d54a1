from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from farwatch.errors import UnreadableFeed, UnreadableReport
from farwatch.model.document import Document
from farwatch.model.report import Report
from farwatch.sources import catalogue, eonet

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SOURCE = catalogue.load_file(catalogue.BUILT_IN / "eonet.yaml")
OLD = {
    "id": "EONET_1", "title": "Wildfire - Made Up", "description": "", "link": "https://e.gov/1",
    "categories": [{"id": 8, "title": "Wildfires"}],
    "geometries": [{"date": "2026-05-01T00:00:00Z", "type": "Point", "coordinates": [9, 40]}],
}  # fmt: skip
NEW = {
    "id": "EONET_2", "title": "Typhoon Made Up", "description": None, "closed": None,
    "categories": [{"id": "severeStorms", "title": "Severe Storms"}],
    "geometry": [
        {"magnitudeValue": 70.0, "magnitudeUnit": "kts", "date": "2026-05-02T06:00:00Z",
         "type": "Point", "coordinates": [112.4, 19.5]},
        {"magnitudeValue": 35.0, "magnitudeUnit": "kts", "date": "2026-05-01T06:00:00Z",
         "type": "Point", "coordinates": [112.0, 19.0]},
    ],
}  # fmt: skip


def items(*events: Any) -> list[Any]:
    data = json.dumps({"title": "EONET Events", "events": list(events)}).encode()
    return list(eonet.read(Document(SOURCE, "made.json", data, NOW)))


def test_an_event_of_version_2_1() -> None:
    [report] = items(OLD)
    assert (report.key, report.facts.kind, report.facts.severity) == ("EONET_1", "wildfire", 2)
    assert (report.facts.geometry.lat, report.facts.geometry.lon) == (40.0, 9.0)
    assert report.facts.happened.precision == "day"


def test_an_event_of_version_3_stands_where_it_was_last() -> None:
    [report] = items(NEW)
    facts = report.facts
    assert (facts.kind, facts.severity, facts.measures) == ("cyclone", 4, {"wind_knots": 70.0})
    assert facts.geometry.lat == 19.5
    assert facts.happened.start == datetime(2026, 5, 1, 6, tzinfo=UTC)


def test_a_closed_event_has_an_end() -> None:
    [report] = items(NEW | {"closed": "2026-05-03T00:00:00Z"})
    assert report.facts.happened.end == report.expires == datetime(2026, 5, 3, tzinfo=UTC)


def test_a_polygon_is_an_area() -> None:
    ring = [[0, 0], [1, 0], [1, 1], [0, 0]]
    shape = {"date": "2026-05-01T00:00:00Z", "type": "Polygon", "coordinates": [ring]}
    assert len(items(OLD | {"geometries": [shape]})[0].facts.geometry.rings) == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"id": None}, "events[0]: id None"),
        ({"geometries": []}, "geometries [] is no list of dated places"),
        ({"geometries": ["here"]}, "is not an object"),
        ({"geometries": [{"date": "yesterday", "type": "Point", "coordinates": [1, 2]}]}, "date"),
        ({"geometries": [{"date": None, "type": "Point", "coordinates": [1, 2]}]}, "date None"),
        ({"geometries": [OLD["geometries"][0] | {"type": "Line"}]}, "'Line' is no polygon"),  # type: ignore[operator, index, dict-item]
        ({"categories": [{"id": 99}]}, "'99' is no category"),
        ({"categories": []}, "names no category"),
        ({"closed": "2020-01-01T00:00:00Z"}, "before the event's beginning"),
    ],
)
def test_a_bad_event_is_named_and_the_next_is_read(changes: dict[str, Any], told: str) -> None:
    bad, good = items(OLD | changes, NEW)
    assert isinstance(bad, UnreadableReport)
    assert told in str(bad)
    assert good.key == "EONET_2"


@pytest.mark.parametrize("data", [b"", b"[]", b'{"events": 1}'])
def test_a_bad_document_is_refused_whole(data: bytes) -> None:
    with pytest.raises(UnreadableFeed):
        list(eonet.read(Document(SOURCE, "made.json", data, NOW)))


def test_recorded_events_are_read_whole(shared: Path) -> None:
    data = (shared / "recorded/eonet/events_v2.1.json").read_bytes()
    read = list(eonet.read(Document(SOURCE, "events_v2.1.json", data, NOW)))
    assert all(isinstance(item, Report) for item in read)
    assert len({item.key for item in read if isinstance(item, Report)}) == 136
