from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farwatch.errors import UnreadableFeed, UnreadableReport
from farwatch.model.document import Document
from farwatch.model.kinds import Kind
from farwatch.model.report import Action, Report
from farwatch.sources import catalogue, quake, usgs

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SOURCE = catalogue.load_file(catalogue.BUILT_IN / "usgs.yaml")


def feature(**changes: Any) -> dict[str, Any]:
    """A made feature; a change named like a part of the feature changes that."""
    made: dict[str, Any] = {
        "type": "Feature",
        "id": "us7000abcd",
        "properties": {
            "mag": 6.2, "place": "10 km N of Somewhere", "time": 1780300800000,
            "updated": 1780301400000, "url": "https://earthquake.usgs.gov/e/us7000abcd",
            "felt": 12, "mmi": 6.1, "alert": "yellow", "status": "reviewed", "tsunami": 1,
            "magType": "mww", "type": "earthquake", "title": "M 6.2 - 10 km N of Somewhere",
        },
        "geometry": {"type": "Point", "coordinates": [-71.5, -16.2, 22.5]},
    }  # fmt: skip
    for name, value in changes.items():
        (made if name in made else made["properties"])[name] = value
    return made


def items(*features: Any) -> list[Any]:
    data = json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()
    return list(usgs.read(Document(SOURCE, "made.json", data, NOW)))


def test_a_reviewed_earthquake() -> None:
    [report] = items(feature())
    facts = report.facts
    assert (report.key, facts.happening, facts.kind) == ("us7000abcd", "us7000abcd", "earthquake")
    assert (facts.geometry.lat, facts.geometry.lon, facts.geometry.radius_km) == (-16.2, -71.5, 5.0)
    assert facts.happened.start == datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
    assert report.published == datetime(2026, 6, 1, 8, 10, tzinfo=UTC)
    assert facts.measures["magnitude"] == 6.2
    assert facts.measures["depth_km"] == 22.5
    assert (facts.severity, facts.certainty, facts.official) == (4, "Observed", True)
    assert "10 km N of Somewhere" in report.body


@pytest.mark.parametrize(
    "url",
    [
        "https://e.usgs.gov/page/ci41144664",
        "https://e.usgs.gov/detail/ci41144664.geojson",
        "https://e.usgs.gov/page/ci41144664/?x=1#map",
    ],
)
def test_without_an_id_the_address_names_the_event(url: str) -> None:
    made = feature(url=url)
    del made["id"]
    assert items(made)[0].key == "ci41144664"


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"type": "quarry blast"}, Kind.OTHER),
        ({"type": "explosion"}, Kind.OTHER),
        ({"type": "landslide"}, Kind.LANDSLIDE),
        ({"type": None, "title": "M 1.5 Quarry Blast - 5 km E of Butte, Montana"}, Kind.OTHER),
        ({"type": None, "title": "M 1.5 - 5 km E of Quarry - Blast"}, Kind.EARTHQUAKE),
        ({"type": None, "title": "M -0.5 - somewhere"}, Kind.EARTHQUAKE),
    ],
)
def test_only_earthquakes_are_earthquakes(changes: dict[str, Any], kind: Kind) -> None:
    made = feature()
    made["properties"] |= changes
    [report] = items(made)
    assert report.facts.kind is kind
    assert (report.facts.severity is None) == (kind is not Kind.EARTHQUAKE)


def test_unchanged_material_is_no_new_version_and_changed_is() -> None:
    [first] = items(feature())
    [noise] = items(feature(updated=1780309999000, felt=400, sig=700))
    assert noise.id == first.id
    changes = ({"mag": 6.3}, {"alert": "orange"}, {"status": "automatic"}, {"mmi": 7.0})
    moved = {"geometry": {"type": "Point", "coordinates": [-71.6, -16.2, 22.5]}}
    for change in (*changes, moved):
        assert items(feature(**change))[0].id != first.id


def test_a_deleted_event_is_cancelled() -> None:
    assert items(feature(status="deleted"))[0].action is Action.CANCEL


def test_a_null_magnitude_is_no_zero() -> None:
    [report] = items(feature(mag=None, mmi=None, alert=None))
    assert "magnitude" not in report.facts.measures
    assert report.facts.severity is None


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (feature(time=None), "features[0]: time None"),
        (feature(time="2026"), "features[0]: time '2026'"),
        (feature(time=10**20), "time 100000000000000000000"),
        (feature(mag=10**400), "mag 1000"),
        (feature(mag="big"), "mag 'big' cannot be read"),
        (feature(geometry=None), "geometry None is not an object"),
        (feature(geometry={"coordinates": [0, 91, 1]}), "not on the earth"),
        (feature(geometry={"coordinates": [0, 1, "deep"]}), "depth 'deep'"),
        (feature(geometry={"coordinates": "here"}), "is no position"),
        (feature(id=None, url=""), "url '' is no text"),
        (feature(properties=[]), "properties [] is not an object"),
        ("a string", "properties None is not an object"),
    ],
)
def test_a_bad_feature_is_named_and_the_next_is_read(made: Any, told: str) -> None:
    bad, good = items(made, feature())
    assert isinstance(bad, UnreadableReport)
    assert told in str(bad)
    assert isinstance(good, Report)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{",
        b'{"type":"Feature"}',
        b'{"type":"FeatureCollection"}',
        b"[" * 100_000,
        b'{"type":"FeatureCollection","features":[NaN]}',
    ],
)
def test_a_bad_document_is_refused_whole(data: bytes) -> None:
    with pytest.raises(UnreadableFeed):
        list(usgs.read(Document(SOURCE, "made.json", data, NOW)))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(["id", "geometry", *feature()["properties"]]), JSON))
def test_any_json_is_a_report_or_a_named_error(changes: dict[str, Any]) -> None:
    [item] = items(feature(**changes))
    assert isinstance(item, Report | UnreadableReport)


@pytest.mark.parametrize(
    ("magnitude", "depth", "mmi", "pager", "severity"),
    [
        (3.9, 10, None, None, 1),
        (4.0, 10, None, None, 2),
        (5.0, 10, None, None, 3),
        (6.0, 10, None, None, 4),
        (7.0, 10, None, None, 5),
        (7.0, 70, None, None, 4),
        (7.0, 600, None, None, 3),
        (2.0, 600, None, None, 1),
        (7.2, 10, 3.0, None, 1),
        (5.5, 10, 7.2, "green", 5),
        (5.5, 10, 5.0, "orange", 4),
        (None, None, None, "red", 5),
        (None, None, None, "green", None),
        (None, None, None, None, None),
    ],
)
def test_severity_rule(
    magnitude: float | None, depth: float | None, mmi: float | None, pager: str | None,
    severity: int | None,
) -> None:  # fmt: skip
    assert quake.severity(magnitude, depth, mmi, pager) == severity


@pytest.mark.parametrize(
    ("name", "count"), [("earthquakes.json", 1707), ("eq_data_7_day_m1.geojson", 1405)]
)
def test_recorded_weeks_are_read_whole(shared: Path, name: str, count: int) -> None:
    data = (shared / "recorded/usgs" / name).read_bytes()
    read = list(usgs.read(Document(SOURCE, name, data, NOW)))
    assert all(isinstance(item, Report) for item in read)
    assert len({item.key for item in read}) == len(read) == count


def test_recorded_snapshots_without_ids_keep_their_keys(shared: Path) -> None:
    with gzip.open(shared / "recorded/usgs/history_all_day.jsonl.gz", "rt") as lines:
        snapshots = [json.loads(line)["data"] for _, line in zip(range(12), lines, strict=False)]
    keys: set[str] = set()
    for data in snapshots:
        read = list(usgs.read(Document(SOURCE, "line", json.dumps(data).encode(), NOW)))
        assert all(isinstance(item, Report) for item in read)
        assert not keys or len(keys & {item.key for item in read}) > len(read) / 2
        keys = {item.key for item in read}


@pytest.mark.parametrize("size", [1e308, 11, -99.9, True, "5"])
def test_what_is_no_magnitude_is_named_and_the_next_is_read(size: Any) -> None:
    bad, good = items(feature(mag=size), feature(id="us2", mag=9.5))
    assert isinstance(bad, UnreadableReport)
    assert (bad.field, bad.value) == ("mag", size)
    assert good.facts.measures["magnitude"] == 9.5
