"""The country-month panel: Parquet and CSV alike, and every way in which it can be wrong."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farwatch.sources.panel_rows import SCHEMA, PanelReading

COLUMNS = ("month_id", "country_id", "ged_sb", "ged_ns", "ged_os", "isoab", "gwcode", "year")


def row(month_id: object, country: object = 57, deaths: object = 3, **more: object) -> dict:
    return {"month_id": month_id, "country_id": country, "ged_sb": deaths, **more}


def as_csv(path: Path, *rows: dict[str, object]) -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, list({name: None for one in rows for name in one}))
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def as_parquet(path: Path, *rows: dict[str, object]) -> Path:
    pq.write_table(pa.Table.from_pylist(list(rows)), path)
    return path


def read(path: Path) -> tuple[PanelReading, list[dict[str, object]]]:
    reading = PanelReading(path)
    return reading, [cell for batch in reading.batches() for cell in batch.to_pylist()]


@pytest.mark.parametrize("write", [as_csv, as_parquet])
def test_cells_are_read_and_what_is_absent_was_not_coded(tmp_path: Path, write: object) -> None:
    assert callable(write)
    path = write(
        tmp_path / "panel",
        row(121, deaths=None, ged_ns=0, isoab="ETH", gwcode=530, year=1990, month=1),
        row(122, deaths=4, ged_ns=1, isoab=None, gwcode=None, year=1990, month=2),
    )
    reading, cells = read(path)
    assert reading.rejects.named == []
    assert reading.rows == 2
    assert [(cell["month_id"], cell["series"], cell["value"]) for cell in cells] == [
        (121, "ged_sb", None),
        (121, "ged_ns", 0.0),
        (122, "ged_sb", 4.0),
        (122, "ged_ns", 1.0),
    ]
    assert {cell["country"] for cell in cells} == {"ET"}
    assert reading.months == (121, 122)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (row(121, deaths=-1), "line 2: ged_sb '-1' is negative"),
        (row(121, deaths=2.5), "line 2: ged_sb '2.5' is a fraction of deaths"),
        (row(121, deaths="many"), "line 2: ged_sb 'many' is not a number"),
        (row(121, deaths="inf"), "line 2: ged_sb 'inf' is not a number"),
        (row(121, country=530), "line 2: country_id '530' is no country id of VIEWS"),
        (row(121, country=""), "line 2: country_id '' is not a number"),
        (row(0), "line 2: month_id '0' is no month"),
        (row(121.5), "line 2: month_id '121.5' is not a whole number"),
        (row(121, isoab="KEN"), "line 2: isoab 'KEN' is not the country_id's, ET"),
        (row(121, isoab="??"), "line 2: isoab '??' is not the country_id's, ET"),
        (row(121, gwcode=501), "line 2: gwcode '501' is not the country_id's, ET"),
        (row(121, year=1991), "line 2: year '1991' is not of month_id 121"),
        (row(121, month=2), "line 2: month '2' is not of month_id 121"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, wrong: dict[str, object], said: str) -> None:
    good = {**row(121, country=79), **dict.fromkeys(wrong.keys() - row(1).keys(), "")}
    reading, cells = read(as_csv(tmp_path / "panel.csv", wrong, good))
    assert said in str(reading.rejects.named[0])
    assert (reading.rejects.count, reading.rows) == (1, 1)
    assert [cell["country"] for cell in cells] == ["NG"]


def test_a_cell_twice_names_both_lines(tmp_path: Path) -> None:
    reading, _ = read(as_csv(tmp_path / "panel.csv", row(121), row(122), row(121, deaths=9)))
    assert "line 4: month_id '121' stands there twice for country_id 57, first in line 2" in str(
        reading.rejects.named[0]
    )


def test_a_missing_month_is_an_error(tmp_path: Path) -> None:
    path = as_csv(tmp_path / "p.csv", row(121), row(124), row(121, country=79), row(122, 79))
    reading, _ = read(path)
    assert [str(error).split(", ", 1)[1] for error in reading.rejects.named] == [
        "after line 2: month_id 122 of country_id 57 is missing: the months after it are there"
    ]


def test_a_row_of_another_width_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "panel.csv"
    path.write_text("month_id,country_id,ged_sb\n121,57\n121,79,0\n", encoding="utf-8")
    reading, cells = read(path)
    assert "line 2: columns 2 is not 3" in str(reading.rejects.named[0])
    assert len(cells) == 1


VALUE = st.one_of(
    st.none(), st.integers(-3, 600), st.floats(), st.text(max_size=4),
    st.sampled_from(["NA", "nan", "57", "121", "1e9", "-0"]),
)  # fmt: skip


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, VALUE)), min_size=1, max_size=6))
def test_no_row_is_lost_and_no_cell_is_guessed(
    tmp_path: Path, rows: list[dict[str, object]]
) -> None:
    rows = [{**one, "month_id": 121 + at, "country_id": 57} for at, one in enumerate(rows)]
    reading = PanelReading(as_csv(tmp_path / "panel.csv", *rows))
    values: list[float] = []
    for batch in reading.batches():
        assert batch.schema == SCHEMA
        values += [value for value in batch.column("value").to_pylist() if value is not None]
    gaps = sum("is missing" in str(error) for error in reading.rejects.named)
    assert reading.rows + reading.rejects.count - gaps == len(rows)
    assert all(value >= 0 and value == math.floor(value) for value in values)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(
        st.tuples(st.integers(121, 130), st.sampled_from([57, 79, 121]), st.integers(0, 9)),
        min_size=1, max_size=20,
    )
)  # fmt: skip
def test_csv_and_parquet_say_the_same(tmp_path: Path, cells: list[tuple[int, int, int]]) -> None:
    rows = [row(*cell) for cell in cells]
    first, told = read(as_csv(tmp_path / "panel.csv", *rows))
    second, again = read(as_parquet(tmp_path / "panel.parquet", *rows))
    assert told == again
    assert first.rejects.count == second.rejects.count
    twice = sum(count - 1 for count in Counter(cell[:2] for cell in cells).values())
    assert sum("twice" in str(error) for error in first.rejects.named) == twice
