"""GED's rows as conflict events: any release, each wrong cell named, the counts told."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farwatch.errors import UnreadableFeed
from farwatch.sources.ged_events import SCHEMA, GedReading, read_events

ROW = {
    "id": "1", "year": "2021", "type_of_violence": "1", "where_prec": "1",
    "where_coordinates": "Mekele", "adm_1": "Tigray", "latitude": "13.5", "longitude": "39.5",
    "country": "Ethiopia", "country_id": "530", "region": "Africa", "date_prec": "1",
    "date_start": "2021-01-30", "date_end": "2021-02-02", "best": "7", "high": "9", "low": "-1",
    "code_status": "Clear",
}  # fmt: skip


def write(path: Path, *rows: dict[str, str], columns: list[str] | None = None) -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns or list(ROW), extrasaction="ignore")
    writer.writeheader()
    writer.writerows({**ROW, **row} for row in rows)
    data = text.getvalue().encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def rows_of(reading: GedReading) -> list[dict[str, object]]:
    return [row for batch in reading.batches() for row in batch.to_pylist()]


@pytest.mark.parametrize("name", ["ged.csv", "ged.csv.gz", "anything"])
def test_a_row_is_read_as_coded(tmp_path: Path, name: str) -> None:
    reading = GedReading(write(tmp_path / name, {}))
    (row,) = rows_of(reading)
    assert row == {
        "id": "1", "type_of_violence": 1, "date_start": date(2021, 1, 30),
        "date_end": date(2021, 2, 2), "date_prec": 1, "lat": 13.5, "lon": 39.5, "where_prec": 1,
        "country": "ET", "adm_1": "Tigray", "best": 7, "low": None, "high": 9, "month_id": 494,
    }  # fmt: skip
    assert (reading.rows, reading.rejects.count) == (1, 0)
    assert reading.cells == {("ET", 494)}
    assert reading.months == (494, 494)
    assert not reading.candidate


def test_releases_without_the_newer_columns_and_with_midnights_are_read(tmp_path: Path) -> None:
    old = [name for name in ROW if name not in {"region", "code_status", "adm_1", "low", "high"}]
    told = {"date_start": "2021-02-01 00:00:00.000", "date_end": "2021-02-01 00:00:00.000"}
    reading = GedReading(write(tmp_path / "old.csv", told, columns=old))
    (row,) = rows_of(reading)
    assert (row["adm_1"], row["low"], row["high"]) == (None, None, None)
    assert row["date_end"] == date(2021, 2, 1)
    assert not reading.worldwide


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ({"best": "-3"}, "line 2: best '-3' is negative"),
        ({"best": "1.5"}, "line 2: best '1.5' is not a whole number"),
        ({"best": "99999999"}, "line 2: best '99999999' is beyond any event"),
        ({"type_of_violence": "4"}, "line 2: type_of_violence '4' is none of 1-3"),
        ({"country_id": "57"}, "line 2: country_id '57' is no Gleditsch-Ward number"),
        ({"date_end": "2021-13-01"}, "line 2: date_end '2021-13-01' is no date"),
        ({"date_end": "2020-01-01"}, "is before date_start"),
        ({"date_start": "1021-01-30"}, "is before 1946"),
        ({"latitude": "200"}, "line 2: latitude '200' is no latitude"),
        ({"id": ""}, "line 2: id '' is empty"),
    ],
)
def test_a_wrong_cell_is_named_and_the_next_row_goes_on(
    tmp_path: Path, cell: dict[str, str], said: str
) -> None:
    if "country_id" in cell:
        cell = {**cell, "country_id": "999"}
        said = said.replace("57", "999")
    reading = GedReading(write(tmp_path / "ged.csv", cell, {"id": "2"}))
    assert [row["id"] for row in rows_of(reading)] == ["2"]
    assert reading.rejects.count == 1
    assert said in str(reading.rejects.named[0])


def test_an_id_twice_is_rejected(tmp_path: Path) -> None:
    reading = GedReading(write(tmp_path / "ged.csv", {}, {"best": "9"}))
    assert [row["best"] for row in rows_of(reading)] == [7]
    assert "line 3: id '1' stands there twice" in str(reading.rejects.named[0])
    assert len(rows_of(reading)) == 1  # read again, nothing is left of the first time
    assert reading.rejects.count == 1


def test_an_open_code_status_and_all_regions_are_seen(tmp_path: Path) -> None:
    regions = ["Africa", "Americas", "Asia", "Europe", "Middle East"]
    rows = [{"id": str(number), "region": name} for number, name in enumerate(regions)]
    reading = GedReading(write(tmp_path / "ged.csv", *rows))
    rows_of(reading)
    assert (reading.worldwide, reading.candidate) == (True, False)
    rows[2]["code_status"] = "Check deaths"
    reading = GedReading(write(tmp_path / "ged.csv", *rows[1:]))
    rows_of(reading)
    assert (reading.worldwide, reading.candidate) == (False, True)
    rows[1]["date_start"] = rows[1]["date_end"] = "1999-01-01"  # no candidate tells of so long
    reading = GedReading(write(tmp_path / "ged.csv", *rows[1:]))
    rows_of(reading)
    assert not reading.candidate


def test_a_file_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "ged.csv.gz", *({"id": str(number)} for number in range(2000)))
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(UnreadableFeed, match=r"ged\.csv\.gz: cannot be read"):
        rows_of(GedReading(path))


CELL = st.one_of(
    st.text(max_size=8), st.integers(-5, 10**12).map(str), st.floats().map(str),
    st.dates().map(str), st.sampled_from(["", "-1", "1e400", "nan", '"', "\x00"]),
)  # fmt: skip


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.dictionaries(st.sampled_from(list(ROW)), CELL, max_size=3), max_size=5))
def test_every_row_is_taken_or_rejected_with_its_line(
    tmp_path: Path, cells: list[dict[str, str]]
) -> None:
    rows = [{"id": str(number), **row} for number, row in enumerate(cells)]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(ROW), quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows({**ROW, **row} for row in rows)
    path = tmp_path / "ged.csv"
    path.write_bytes(text.getvalue().encode("utf-8", "surrogatepass"))
    reading = GedReading(path)
    taken = 0
    for batch in reading.batches():
        assert batch.schema == SCHEMA
        taken += batch.num_rows
        assert min(batch.column("best").to_pylist()) >= 0
    assert reading.rows == taken
    assert taken + reading.rejects.count == len(rows)
    assert all("line " in str(error) for error in reading.rejects.named)


# ---- several files as one table


def test_of_an_event_told_by_two_files_the_later_one_counts(tmp_path: Path) -> None:
    first = write(tmp_path / "a.csv.gz", {"id": "7", "best": "1"}, {"id": "8", "best": "2"})
    second = write(tmp_path / "b.csv", {"id": "7", "best": "9"}, {"id": "3", "best": "4"})
    told = read_events([first, second])
    assert told.events.schema == SCHEMA and not told.rejected and told.rejected_count == 0
    found = dict(zip(told.events["id"].to_pylist(), told.events["best"].to_pylist(), strict=True))
    assert found == {"8": 2, "7": 9, "3": 4}
    assert read_events([second, first]).events["best"].to_pylist() == [4, 1, 2]
    assert read_events([write(tmp_path / "none.csv")]).events.num_rows == 0


def test_rows_that_cannot_be_read_are_told_with_their_file(tmp_path: Path) -> None:
    good = write(tmp_path / "good.csv", {"id": "1"}, {"id": "1"})
    bad = write(tmp_path / "bad.csv", *({"id": str(n), "best": "-4"} for n in range(2, 1102)))
    told = read_events([good, bad])
    assert told.events["id"].to_pylist() == ["1"]
    assert (told.rejected_count, len(told.rejected)) == (1101, 1001)  # a thousand of a file named
    assert "good.csv, line 3: id '1' stands there twice" in str(told.rejected[0])
    assert "bad.csv, line 2: best '-4' is negative" in str(told.rejected[1])
    with pytest.raises(UnreadableFeed, match=r"none\.csv"):
        read_events([good, tmp_path / "none.csv"])
