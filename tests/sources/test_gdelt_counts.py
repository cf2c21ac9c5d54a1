"""GDELT's exports as counts a week: by category and country, with the quarter-hours heard."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farwatch.model.history import HEARD
from farwatch.sources.gdelt import (
    ADDED,
    CODE,
    COLUMNS,
    GEO_COUNTRY,
    GEO_LAT,
    GEO_LON,
    GEO_TYPE,
    ID,
    SQLDATE,
)  # fmt: skip
from farwatch.sources.gdelt_counts import SCHEMA, GdeltReading, Totals

SLOT = "20230531234500"


def line(code: str = "145", added: str = SLOT, **more: str) -> str:
    cells = [""] * COLUMNS
    told = {
        ID: "1", SQLDATE: "20230501", CODE: code, GEO_TYPE: "4", GEO_COUNTRY: "ET",
        GEO_LAT: "9.0", GEO_LON: "38.7", ADDED: added,
    }  # fmt: skip
    for column, value in told.items():
        cells[column] = value
    for name, value in more.items():
        cells[{"fips": GEO_COUNTRY, "geo": GEO_TYPE, "number": ID, "lat": GEO_LAT}[name]] = value
    return "\t".join(cells)


def read(path: Path, *lines: str) -> GdeltReading:
    path.write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")
    reading = GdeltReading(path)
    reading.read()
    return reading


def told(*readings: GdeltReading) -> list[dict[str, object]]:
    totals = Totals()
    for reading in readings:
        totals.take(reading)
    rows = [row for batch in totals.batches() for row in batch.to_pylist()]
    return sorted(rows, key=lambda row: (str(row["month_id"]), str(row["series"])))


def test_rows_count_in_the_week_and_month_they_were_heard(tmp_path: Path) -> None:
    first = read(tmp_path / "a", line(), line("190"), line("190"), line("010"), line(geo="0"))
    second = read(tmp_path / "b", line(added="20230601000000"))
    assert (first.rows, first.unplaced, first.plain) == (5, 1, 1)
    assert first.months == (521, 521)
    may, june = datetime(2023, 5, 31, 23, 45, tzinfo=UTC), datetime(2023, 6, 1, tzinfo=UTC)
    week = date(2023, 5, 29)
    assert [tuple(row[name] for name in SCHEMA.names) for row in told(first, second)] == [
        (may, "ET", week, 521, "gdelt_assault", 2.0),
        (may, "ET", week, 521, "gdelt_protest", 1.0),
        (may, None, week, 521, HEARD, 1.0),
        (june, "ET", week, 522, "gdelt_protest", 1.0),
        (june, None, week, 522, HEARD, 1.0),
    ]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (line("999"), "EventCode '999' is no CAMEO code"),
        (line(added="20230531234501"), "DATEADDED '20230531234501' is no slot of 15 minutes"),
        (line(added="20230532234500"), "DATEADDED '20230532234500' is no time"),
        (line(number="x"), "GLOBALEVENTID 'x' is no event number"),
        (line(lat="95"), "ActionGeo_Lat '95' is no latitude"),
        ("a\tb", "columns 2 is not 61"),
    ],
)
def test_a_wrong_row_is_named_with_its_line(tmp_path: Path, wrong: str, said: str) -> None:
    reading = read(tmp_path / "a", line(), wrong, line())
    assert str(reading.rejects.named[0]) == f"{tmp_path / 'a'}, line 2: {said}"
    assert (reading.rows, reading.rejects.count) == (2, 1)


def test_a_zip_as_the_publisher_has_it_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("20230531234500.export.CSV", line() + "\n")
    reading = GdeltReading(tmp_path / "a.zip")
    reading.read()
    assert reading.rows == 1
    assert [row["series"] for row in told(reading)] == ["gdelt_protest", HEARD]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["145", "190", "010", "173", "9999"]),
            st.sampled_from(["ET", "KE", "OS", "??"]),
            st.integers(0, 24 * 4 * 40),
        ),
        max_size=30,
    )
)
def test_counts_are_the_rows_that_were_taken(
    tmp_path: Path, rows: list[tuple[str, str, int]]
) -> None:
    start = datetime(2023, 1, 20, tzinfo=UTC).timestamp()
    lines = [
        line(code, f"{datetime.fromtimestamp(start + 900 * slot, UTC):%Y%m%d%H%M%S}", fips=fips)
        for code, fips, slot in rows
    ]
    reading = read(tmp_path / "a", *lines)
    bad = sum(code == "9999" for code, _, _ in rows)
    assert (reading.rows, reading.rejects.count) == (len(rows) - bad, bad)
    counted = told(reading)
    sums = sum(float(str(row["value"])) for row in counted if row["series"] != HEARD)
    good = [(code, fips) for code, fips, _ in rows if code in {"145", "190", "173"}]
    assert sums == sum(fips in {"ET", "KE"} for _, fips in good)
    heard = sum(float(str(row["value"])) for row in counted if row["series"] == HEARD)
    assert heard == len({slot for code, _, slot in rows if code != "9999"})
