from datetime import UTC, datetime

from farwatch.model.codec import from_plain, to_plain
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.report import Facts, Report


def test_report_survives_json() -> None:
    place = Place("Kitwe", Precision.CITY, Geometry(-12.8, 28.2, 5.0), country="ZM")
    facts = Facts(
        kind=Kind.RIOT, severity=3, place=place, measures={"magnitude": 6.1, "alert": "red"}
    )
    report = Report("usgs", "us1", datetime(2026, 1, 1, tzinfo=UTC), b'{"a":1}', facts=facts)
    import json

    assert from_plain(Report, json.loads(json.dumps(to_plain(report)))) == report
