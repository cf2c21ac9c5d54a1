from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from farwatch.errors import UnreadableFeed, UnreadableReport
from farwatch.model.document import Document
from farwatch.model.report import Report
from farwatch.sources import catalogue, gdacs

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SOURCE = catalogue.load_file(catalogue.BUILT_IN / "gdacs.yaml")
SQUARE = [[10.0, 10.0], [11.0, 10.0], [11.0, 11.0], [10.0, 11.0], [10.0, 10.0]]
FAR = [[20.0, 10.0], [21.0, 10.0], [21.0, 11.0], [20.0, 11.0], [20.0, 10.0]]


def feature(form: str = "Point_Centroid", episode: int = 3, **changes: Any) -> dict[str, Any]:
    """A made feature; like GDACS's own, all but the centroid name their event in the link only."""
    said: dict[str, Any] = {
        "name": "Flood in Peru", "htmldescription": "Green Flood in Peru", "eventtype": "FL",
        "link": f"https://www.gdacs.org/report.aspx?eventtype=FL&eventid=7&episodeid={episode}",
        "alertlevel": "Orange", "fromdate": "04 May 2026 06:09:50",
        "todate": "09 May 2026 01:00:00", "country": "Peru", "iso3": "PER", "severity": "0",
        "latitude": "10.5", "longitude": "10.5", "Class": form,
    }  # fmt: skip
    geometry: dict[str, Any] = {"type": "Point", "coordinates": [10.5, 10.5]}
    if form != "Point_Centroid":
        geometry = {"type": "Polygon", "coordinates": [changes.pop("ring", SQUARE)]}
    return {"type": "Feature", "properties": said | changes, "geometry": geometry}


def items(*features: Any) -> list[Any]:
    data = json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()
    return list(gdacs.read(Document(SOURCE, "made.json", data, NOW)))


def test_the_features_of_an_event_are_one_report() -> None:
    [report] = items(feature(), feature("Poly_Affected"), feature("Poly_Global", ring=FAR))
    facts = report.facts
    assert (report.key, facts.happening, facts.kind, facts.severity) == ("FL7", "FL7", "flood", 4)
    assert facts.geometry.rings == (tuple((lat, lon) for lon, lat in SQUARE),)
    assert (facts.geometry.lat, facts.geometry.lon) == (10.5, 10.5)
    assert (facts.place.country, facts.place.precision) == ("PE", "point")
    assert facts.happened.start == datetime(2026, 5, 4, 6, 9, 50, tzinfo=UTC)
    assert len(json.loads(report.raw)) == 3


def test_only_the_newest_episode_counts() -> None:
    [report] = items(feature(), feature("Poly_Affected", ring=FAR, episode=2), feature())
    assert report.facts.geometry.rings == ()


@pytest.mark.parametrize(("level", "severity"), [("Green", 2), ("Orange", 4), ("Red", 5)])
def test_alert_levels(level: str, severity: int) -> None:
    assert items(feature(alertlevel=level))[0].facts.severity == severity


def test_parts_strung_together_in_one_list_come_apart() -> None:
    [report] = items(feature(), feature("Poly_Affected", ring=SQUARE + FAR))
    assert len(report.facts.geometry.rings) == 2
    assert "area_unreadable" not in report.facts.measures


def test_a_ring_that_never_closes_is_told_and_the_event_stands() -> None:
    [report] = items(feature(), feature("Poly_Affected", ring=[*SQUARE, [20.0, 10.0]]))
    assert len(report.facts.geometry.rings) == 1
    assert report.facts.measures["area_unreadable"] == "1 of 6 points close no ring"


def test_an_earthquake_has_a_point_and_not_its_counting_circle() -> None:
    quake = {"eventtype": "EQ", "severity": "6.1"}
    [report] = items(feature(**quake), feature("Poly_Circle", **quake))
    assert report.facts.geometry.rings == ()
    assert report.facts.measures["magnitude"] == 6.1


def test_a_drought_without_an_area_is_no_exact_place() -> None:
    drought = {"eventtype": "DR", "country": "Peru, Chile"}
    assert items(feature(**drought))[0].facts.place.precision == "region"


def test_noise_is_no_new_version_and_material_is() -> None:
    [first] = items(feature())
    [noise] = items(feature(todate="10 May 2026 01:00:00", featureIndex="9", imageoverview="x"))
    assert noise.id == first.id
    for change in ({"alertlevel": "Red"}, {"episode": 4}, {"severity": "2"}, {"latitude": "10.6"}):
        assert items(feature(**change))[0].id != first.id


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"alertlevel": "Purple"}, "alertlevel 'Purple' is no alert level"),
        ({"fromdate": "31 Feb 2026 00:00:00"}, "fromdate '31 Feb 2026 00:00:00'"),
        ({"fromdate": ""}, "fromdate ''"),
        ({"fromdate": None}, "fromdate None"),
        ({"todate": "soon"}, "todate 'soon'"),
        ({"eventtype": "XX"}, "eventtype 'XX' is no event type"),
        ({"link": "https://www.gdacs.org/"}, "names no event"),
        ({"iso3": "XXY"}, "iso3 'XXY' is no country"),
        ({"latitude": "91"}, "not on the earth"),
        ({"latitude": "nan"}, "not a finite number"),
        ({"eventtype": "EQ", "severity": "strong"}, "severity 'strong'"),
        ({"eventtype": "EQ", "severity": "61"}, "severity '61' cannot be read: 61.0 is no mag"),
    ],
)
def test_a_bad_event_is_named_and_the_next_is_read(changes: dict[str, Any], told: str) -> None:
    other = feature(eventid="8")
    read = items(feature(**changes), other)
    [bad] = [item for item in read if isinstance(item, UnreadableReport)]
    assert told in str(bad)
    assert [item.key for item in read if isinstance(item, Report)] == ["FL8"]


@pytest.mark.parametrize("data", [b"", b"{}", b'{"type":"FeatureCollection","features":{}}'])
def test_a_bad_document_is_refused_whole(data: bytes) -> None:
    with pytest.raises(UnreadableFeed):
        list(gdacs.read(Document(SOURCE, "made.json", data, NOW)))


def test_recorded_snapshots_are_read_whole(shared: Path) -> None:
    counts = []
    for file in sorted((shared / "recorded/gdacs").glob("*.gz")):
        data = gzip.decompress(file.read_bytes())
        read = list(gdacs.read(Document(SOURCE, file.name, data, NOW)))
        assert all(isinstance(item, Report) for item in read), file.name
        counts.append(len({item.key for item in read if isinstance(item, Report)}))
    assert counts == [71, 72, 65, 65, 25, 31]
