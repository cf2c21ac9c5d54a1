from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farwatch.errors import UnreadableFeed, UnreadableReport
from farwatch.model.kinds import Kind
from farwatch.model.place import Precision
from farwatch.model.report import Report
from farwatch.sources.staff import COLUMNS

HEADER = "id,time,site,kind,severity,grade,text,lat,lon,restricted\n"
GOOD: dict[str, Any] = {
    "id": "r1", "time": "2026-05-30T10:00:00+02:00", "site": "mine-1", "kind": "blockade",
    "severity": 3, "grade": "A2", "text": "The gate is blocked, fifty people.", "lat": -12.8,
    "lon": 28.2, "restricted": True,
}  # fmt: skip


def as_csv(**changes: Any) -> bytes:
    row = GOOD | changes
    cells = [str(row[name]) for name in HEADER.strip().split(",")]
    return (HEADER + ",".join(f'"{cell}"' for cell in cells) + "\n").encode()


def as_lines(**changes: Any) -> bytes:
    row = {name: said for name, said in (GOOD | changes).items() if said is not ...}
    return json.dumps(row).encode() + b"\n"


@pytest.mark.parametrize("write", [as_csv, as_lines])
def test_a_staff_report_is_read_alike_from_csv_and_json(read_as: Any, write: Any) -> None:
    (report,) = read_as("staff", write())
    assert report.key == "r1"
    assert report.published == datetime(2026, 5, 30, 8, 0, tzinfo=UTC)
    assert report.text == "The gate is blocked, fifty people."
    facts = report.facts
    assert (facts.kind, facts.severity, facts.grade) == (Kind.BLOCKADE, 3, "A2")
    assert (facts.site, facts.restricted) == ("mine-1", True)
    assert facts.place.precision is Precision.POINT
    assert facts.geometry.lat == -12.8


@pytest.mark.parametrize("write", [as_csv, as_lines])
def test_what_may_be_left_out_is_none(read_as: Any, write: Any) -> None:
    empty = dict.fromkeys(["site", "kind", "severity", "grade", "lat", "lon", "restricted"], "")
    (report,) = read_as("staff", write(**empty))
    facts = report.facts
    assert (facts.kind, facts.severity, facts.grade, facts.site) == (None, None, None, None)
    assert facts.place is None
    assert facts.restricted is False


BAD = [
    ({"id": ""}, "id"),
    ({"text": " "}, "text"),
    ({"time": "2026-05-30 10:00"}, "time"),
    ({"time": "this morning"}, "time"),
    ({"kind": "ambush!"}, "kind"),
    ({"severity": 6}, "severity"),
    ({"severity": "high"}, "severity"),
    ({"grade": "G7"}, "grade"),
    ({"lat": ""}, "lat"),
    ({"lon": ""}, "lon"),
    ({"lat": 91}, "lat"),
    ({"lon": "east"}, "lon"),
    ({"restricted": "perhaps"}, "restricted"),
]


@pytest.mark.parametrize("write", [as_csv, as_lines])
@pytest.mark.parametrize(("changes", "field"), BAD)
def test_a_bad_value_is_named(
    read_as: Any, write: Any, changes: dict[str, Any], field: str
) -> None:
    (error,) = read_as("staff", write(**changes))
    assert isinstance(error, UnreadableReport)
    assert error.field == field
    assert error.position == ("line 2" if write is as_csv else "line 1")


@pytest.mark.parametrize("name", ["name", "person", "phone", "reporter"])
def test_a_field_for_a_person_is_refused(read_as: Any, name: str) -> None:
    with pytest.raises(UnreadableFeed, match=name):
        read_as("staff", f"id,time,text,{name}\n1,2026-05-30T10:00:00Z,x,y\n".encode())
    (error,) = read_as("staff", as_lines(**{name: "y"}))
    assert (error.field, error.value) == ("field", name)


@pytest.mark.parametrize("data", [b"", b"id,text\n1,x\n", b"<html>"])
def test_what_is_no_table_of_staff_reports_is_no_feed(read_as: Any, data: bytes) -> None:
    with pytest.raises(UnreadableFeed, match="staff"):
        read_as("staff", data)


def test_bad_lines_of_json_do_not_stop_the_rest(read_as: Any) -> None:
    data = as_lines() + b"{broken\n[1]\n\n" + as_lines(id="r2") + as_lines(text=...)
    first, broken, listed, second, silent = read_as("staff", data)
    assert (first.key, second.key) == ("r1", "r2")
    assert [one.position for one in (broken, listed, silent)] == ["line 2", "line 3", "line 6"]


def test_a_text_may_hold_commas_lines_and_quotes(read_as: Any) -> None:
    text = 'Shots heard, "many"\nthen quiet'
    csv = HEADER + 'r1,2026-05-30T10:00:00Z,,,,,"Shots heard, ""many""\nthen quiet",,,\n'
    (from_csv,) = read_as("staff", csv.encode())
    (from_json,) = read_as("staff", as_lines(text=text))
    assert from_csv.text == from_json.text == text
    assert from_csv.title == 'Shots heard, "many"'


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(COLUMNS), st.one_of(st.text(max_size=9), st.floats(), st.none())
    )
)
def test_any_values_give_a_report_or_a_named_error(read_as: Any, row: dict[str, Any]) -> None:
    (item,) = read_as("staff", json.dumps(GOOD | row).encode())
    assert isinstance(item, Report) or item.position == "line 1"


EXCEL = (
    "id;time;text;kind;lat;lon\r\n"
    "r1;2026-05-30T10:00:00+02:00;Straße gesperrt, Café zu;blockade;-12,8;28,25\r\n"
    "r2;30.05.2026 10:00;Straße;blockade;;\r\n"
)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_table_is_read_as_a_spreadsheet_saves_it(
    read_as: Any, encoding: str, delimiter: str
) -> None:
    good, bad = read_as("staff", EXCEL.replace(";", delimiter).encode(encoding))
    assert good.text == "Straße gesperrt, Café zu"
    assert (good.facts.geometry.lat, good.facts.geometry.lon) == (-12.8, 28.25)
    assert (bad.field, bad.value, bad.position) == ("time", "30.05.2026 10:00", "line 3")


def test_a_decimal_comma_is_none_where_commas_part_the_values(read_as: Any) -> None:
    (bad,) = read_as("staff", as_csv(lat="-12,8"))
    assert (bad.field, bad.value) == ("lat", "-12,8")


def test_broken_bytes_in_a_table_of_utf_8_cost_one_row(read_as: Any) -> None:
    good = "id,time,text\nr1,2026-05-30T10:00:00Z,Café geöffnet\n".encode()
    first, second = read_as("staff", good + b"r2,2026-05-30T10:00:00Z,caf\xe9 \n")
    assert first.text == "Café geöffnet"
    assert second.field == "bytes"
