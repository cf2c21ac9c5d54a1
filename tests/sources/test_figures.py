from __future__ import annotations

import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from farwatch.errors import UnreadableFeed, UnreadableReport
from farwatch.model.document import Follow
from farwatch.model.kinds import Kind
from farwatch.model.place import Precision
from farwatch.model.report import Report
from farwatch.model.tables import EVENTS
from farwatch.sources.ucdp_table import read_table


def bank(*rows: dict[str, Any], **meta: Any) -> bytes:
    head = {"page": 1, "pages": 1, "per_page": 50, "total": len(rows), "lastupdated": "2026-04-08"}
    return json.dumps([head | meta, list(rows)]).encode()


def value(**changes: Any) -> dict[str, Any]:
    return {
        "indicator": {"id": "VC.IHR.PSRC.P5", "value": "Intentional homicides"},
        "country": {"id": "ZM", "value": "Zambia"},
        "countryiso3code": "ZMB",
        "date": "2022",
        "value": 5.2,
        "unit": "",
    } | changes


def test_a_world_bank_value_is_a_figure(read_as: Any) -> None:
    (report,) = read_as("worldbank", bank(value()))
    figure = report.figure
    assert (figure.series, figure.country, figure.value) == ("VC.IHR.PSRC.P5", "ZM", 5.2)
    assert figure.period == datetime(2022, 1, 1, tzinfo=UTC)
    assert report.key == "VC.IHR.PSRC.P5/ZM/2022"
    assert report.published == datetime(2026, 4, 8, tzinfo=UTC)


def test_a_null_is_no_zero_and_an_aggregate_no_country(read_as: Any) -> None:
    rows = [value(value=None), value(countryiso3code="WLD"), value(value=0)]
    (report,) = read_as("worldbank", bank(*rows))
    assert report.figure.value == 0


@pytest.mark.parametrize(
    ("date", "start"), [("2022Q3", (2022, 7)), ("2022M11", (2022, 11)), ("1960", (1960, 1))]
)
def test_quarters_and_months_start_their_period(
    read_as: Any, date: str, start: tuple[int, int]
) -> None:
    (report,) = read_as("worldbank", bank(value(date=date)))
    assert report.figure.period == datetime(*start, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value": "5"}, "value"),
        ({"value": True}, "value"),
        ({"countryiso3code": "QQQ"}, "countryiso3code"),
        ({"date": "lately"}, "date"),
        ({"date": "2022M13"}, "date"),
        ({"indicator": {}}, "id"),
    ],
)
def test_bad_values_of_the_bank_are_named(
    read_as: Any, changes: dict[str, Any], field: str
) -> None:
    (error,) = read_as("worldbank", bank(value(**changes)))
    assert isinstance(error, UnreadableReport)
    assert error.field == field


def test_the_next_page_is_followed(read_as: Any) -> None:
    url = "https://api.example/v2/country/all/indicator/X?format=json&per_page=1&page=1"
    *_, follow = read_as("worldbank", bank(value(), pages=3), url)
    assert isinstance(follow, Follow)
    assert follow.url.endswith("format=json&per_page=1&page=2")
    *_, from_file = read_as("worldbank", bank(value(), pages="2"), "bank.json")
    assert "VC.IHR.PSRC.P5?" in from_file.url
    (last,) = read_as("worldbank", bank(value(), page=3, pages=3), url)
    assert isinstance(last, Report)


def test_the_bank_says_no(read_as: Any) -> None:
    said = [{"message": [{"id": "120", "key": "Invalid value", "value": "gone"}]}]
    with pytest.raises(UnreadableFeed, match="gone"):
        read_as("worldbank", json.dumps(said).encode())
    assert read_as("worldbank", json.dumps([{"total": 0}, None]).encode()) == []


TRENDS = "CountryName,Iso3,GNAYear,IndicatorId,FullName,IndicatorScore\n"
INDEX = "CountryName,Iso3,ValidityYear,IndicatorName,IndicatorScore,Unit\n"


def test_inform_trends_are_figures_by_iso3(read_as: Any) -> None:
    data = TRENDS + '"",ZMB,2025,INFORM,INFORM Risk Index,4.4\n'
    (report,) = read_as("inform", b"\xef\xbb\xbf" + data.encode())
    figure = report.figure
    assert (figure.series, figure.country, figure.value) == ("INFORM", "ZM", 4.4)
    assert figure.period == datetime(2025, 1, 1, tzinfo=UTC)


def test_inform_names_without_and_with_namesakes(read_as: Any) -> None:
    data = (
        INDEX + "Z,ZMB,2025,Floods,120.5,Number\nZ,ZMB,2025,Floods,6.1,Number\nZ,ZMB,2025,,3,0-10\n"
    )
    raw, score, nameless = read_as("inform", data.encode())
    assert (raw.figure.series, score.figure.series) == ("Floods", "Floods#2")
    assert raw.key != score.key
    assert (nameless.field, nameless.position) == ("IndicatorName", "line 4")


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("Z,QQQ,2025,HA,x,4\n", "Iso3"),
        ("Z,ZMB,then,HA,x,4\n", "GNAYear"),
        ("Z,ZMB,25,HA,x,4\n", "GNAYear"),
        ("Z,ZMB,2025,HA,x,much\n", "IndicatorScore"),
        ("Z,ZMB,2025,HA,x,inf\n", "IndicatorScore"),
        ("Z,ZMB,2025,HA\n", "columns"),
    ],
)
def test_bad_rows_of_inform_are_named(read_as: Any, row: str, field: str) -> None:
    bad, good = read_as("inform", (TRENDS + row + "Z,ZMB,2025,VU,x,4\n").encode())
    assert (bad.field, bad.position) == (field, "line 2")
    assert good.figure.series == "VU"


def test_a_row_in_another_encoding_is_rejected_alone(read_as: Any) -> None:
    data = TRENDS.encode() + b"C\xf4te,CIV,2025,HA,x,4\nZ,ZMB,2025,HA,x,4\n"
    bad, good = read_as("inform", data)
    assert (bad.field, bad.position) == ("bytes", "line 2")
    assert good.figure.country == "ZM"


GED = (
    "id,type_of_violence,conflict_name,side_a,side_b,where_prec,where_coordinates,adm_1,latitude,"
    "longitude,country_id,date_prec,date_start,date_end,best,high,low,number_of_sources\n"
)


def ged(**changes: str) -> str:
    cells = {
        "id": "1", "type_of_violence": "1", "conflict_name": "X: Government", "side_a": "Army",
        "side_b": "Rebels", "where_prec": "1", "where_coordinates": "Kitwe town", "adm_1": "",
        "latitude": "-12.8", "longitude": "28.2", "country_id": "551", "date_prec": "1",
        "date_start": "2020-11-03", "date_end": "2020-11-04", "best": "7", "high": "9", "low": "5",
        "number_of_sources": "-1",
    } | changes  # fmt: skip
    return ",".join(cells.values()) + "\n"


def test_a_ged_row_is_an_event(read_as: Any) -> None:
    (report,) = read_as("ucdp", (GED + ged()).encode())
    facts = report.facts
    assert (facts.kind, facts.severity) == (Kind.ARMED_CLASH, 4)
    assert (facts.place.country, facts.place.precision) == ("ZM", Precision.POINT)
    assert facts.actors == ("Army", "Rebels")
    assert facts.measures == {"deaths": 7, "deaths_low": 5, "deaths_high": 9}
    assert facts.happened.start == datetime(2020, 11, 3, tzinfo=UTC)
    assert facts.happened.end == datetime(2020, 11, 4, 23, 59, 59, tzinfo=UTC)
    assert report.published is None


@pytest.mark.parametrize(
    ("best", "severity"), [("0", 2), ("1", 3), ("4", 3), ("5", 4), ("24", 4), ("25", 5)]
)
def test_deaths_make_the_severity(read_as: Any, best: str, severity: int) -> None:
    (report,) = read_as("ucdp", (GED + ged(best=best, type_of_violence="3")).encode())
    assert report.facts.severity == severity
    assert report.facts.kind is Kind.GUN_ATTACK


@pytest.mark.parametrize(("said", "unit"), [("1", "day"), ("4", "month"), ("5", "year")])
def test_the_precision_of_the_date_is_kept(read_as: Any, said: str, unit: str) -> None:
    data = GED + ged(date_prec=said, date_start="2020-11-03 00:00:00.000")
    (report,) = read_as("ucdp", data.encode())
    assert report.facts.happened.precision == unit


BAD_GED = [
    ({"type_of_violence": "4"}, "type_of_violence"),
    ({"where_prec": "8"}, "where_prec"),
    ({"date_prec": "0"}, "date_prec"),
    ({"latitude": "95"}, "latitude"),
    ({"longitude": ""}, "longitude"),
    ({"country_id": "9999"}, "country_id"),
    ({"date_start": "03/11/2020"}, "date_start"),
    ({"date_start": "2020-11-03 11:00"}, "date_start"),
    ({"date_end": "2020-11-01"}, "date_end"),
    ({"best": "-1"}, "best"),
    ({"best": "1.5"}, "best"),
    ({"id": ""}, "id"),
]


@pytest.mark.parametrize(("changes", "field"), BAD_GED)
def test_bad_values_of_ged_are_named(
    read_as: Any, tmp_path: Path, changes: dict[str, str], field: str
) -> None:
    data = (GED + ged(**changes) + ged(id="2")).encode()
    bad, good = read_as("ucdp", data)
    assert (bad.field, bad.position, good.key) == (field, "line 2", "2")
    (tmp_path / "ged.csv").write_bytes(data)
    reading = read_table([tmp_path / "ged.csv"])
    (batch,) = list(reading)
    assert batch.column("id").to_pylist() == ["ged-2"]
    assert [error.field for error in reading.rejected] == [field]


def test_the_table_of_events_says_what_the_reports_say(tmp_path: Path, read_as: Any) -> None:
    data = (GED + ged() + ged(id="2", where_prec="6", best="0", country_id="530")).encode()
    (tmp_path / "ged.csv.gz").write_bytes(gzip.compress(data))
    (batch,) = list(read_table([tmp_path / "ged.csv.gz"]))
    assert batch.schema == EVENTS
    for row, report in zip(batch.to_pylist(), read_as("ucdp", data), strict=True):
        facts = report.facts
        assert row["id"] == f"ged-{report.key}"
        assert (row["kind"], row["severity"]) == (facts.kind.value, facts.severity)
        assert (row["country"], row["precision"]) == (facts.place.country, facts.place.precision)
        assert (row["start"], row["radius_km"]) == (facts.happened.start, facts.geometry.radius_km)
        assert row["category"] == "conflict"


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"PAR1 and no more"])
def test_what_is_no_ucdp_table_is_no_feed(read_as: Any, data: bytes) -> None:
    with pytest.raises(UnreadableFeed, match="ucdp"):
        read_as("ucdp", data)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFeed, match="nowhere"):
        list(read_table([tmp_path / "nowhere.csv"]))


def panel(**columns: list[Any]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def test_the_panel_gives_figures_and_nothing_for_what_is_absent(read_as: Any) -> None:
    data = panel(
        month_id=[121, 528], country_id=[57, 232], isoab=["ETH", None],
        ged_sb=[12.0, None], ged_ns=[0.0, 1.0], ged_os=[float("nan"), 2.0],
    )  # fmt: skip
    items = read_as("ucdp", data)
    told = [(one.figure.series, one.figure.country, one.figure.value) for one in items]
    assert told == [
        ("ucdp.ged_sb", "ET", 12.0),
        ("ucdp.ged_ns", "ET", 0.0),
        ("ucdp.ged_ns", "XK", 1.0),
        ("ucdp.ged_os", "XK", 2.0),
    ]
    assert items[0].figure.period == datetime(1990, 1, 1, tzinfo=UTC)
    assert items[-1].figure.period == datetime(2023, 12, 1, tzinfo=UTC)


def test_a_panel_row_of_no_country_is_named(read_as: Any) -> None:
    (error,) = read_as("ucdp", panel(month_id=[121], country_id=[9999], ged_sb=[1.0]))
    assert (error.field, error.value, error.position) == ("country_id", 9999, "row 0")
    with pytest.raises(UnreadableFeed, match="month_id"):
        read_as("ucdp", panel(country_id=[57], ged_sb=[1.0]))


def test_recorded_figures_are_all_read_or_named(shared: Path, read_as: Any) -> None:
    trends = read_as(
        "inform", (shared / "recorded/inform/inform_risk_index_trends.csv").read_bytes()
    )
    assert len(trends) == 7640
    assert all(isinstance(item, Report) for item in trends)
    index = gzip.decompress((shared / "recorded/inform/inform_risk_index.csv.gz").read_bytes())
    rejected = [item for item in read_as("inform", index) if isinstance(item, UnreadableReport)]
    assert {error.field for error in rejected} == {"IndicatorName"}


def test_recorded_events_are_all_read(shared: Path, read_as: Any) -> None:
    for path in sorted((shared / "recorded/ucdp").glob("ged_events_*.csv.gz")):
        items = read_as("ucdp", gzip.decompress(path.read_bytes()))
        reading = read_table([path])
        assert len(items) == sum(batch.num_rows for batch in reading) > 3000
        assert reading.rejected == []
        assert len({item.facts.place.country for item in items}) == 1
