"""A panel file in bulk: absent stays absent, and what cannot be is named with its row."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from farwatch.errors import InputError
from farwatch.sources.panel_table import read_panel

HEAD = "month_id,country_id,ged_sb"


def csv(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_both_forms_are_read_alike(tmp_path: Path) -> None:
    text = csv(
        tmp_path / "a", "name,country_id,month_id,ged_sb,ged_os", "x,57,501,,2", "y,9,502,3,"
    )
    columns = {
        "country_id": pa.array([57, 9], pa.int32()), "month_id": pa.array([501.0, 502.0]),
        "ged_sb": pa.array([float("nan"), 3.0]), "ged_os": pa.array([2, None], pa.int16()),
        "name": ["x", "y"],
    }  # fmt: skip
    pq.write_table(pa.table(columns), tmp_path / "b")
    one, other = read_panel(text), read_panel(tmp_path / "b")
    assert one.to_pylist() == other.to_pylist() == [
        {"month_id": 501, "country_id": 57, "ged_sb": None, "ged_os": 2.0},
        {"month_id": 502, "country_id": 9, "ged_sb": 3.0, "ged_os": None},
    ]  # fmt: skip
    assert one.schema == other.schema and one.schema.field("month_id").type == pa.int64()


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            (HEAD, "501,57,1", "502,57,-3"),
            "row 2: ged_sb -3 is no count of deaths: give a whole number from 0 up",
        ),
        ((HEAD, "501,57,1.5"), "row 1: ged_sb 1.5 is no count of deaths"),
        ((HEAD, "501.5,57,1"), "row 1: month_id 501.5 is no month's number"),
        ((HEAD, "501,57,1", ",57,1"), "row 2: month_id None is absent"),
        ((HEAD, "501,,1"), "row 1: country_id None is absent"),
        ((HEAD, "501,57,2", "502,57,many"), "row 2: ged_sb 'many' is no count of deaths"),
        ((HEAD, "2022-10-01,57,2"), "row 1: month_id datetime.date(2022, 10, 1) is no month"),
        ((HEAD, "1e30,57,2"), "row 1: month_id 1e+30 is no month's number"),
        (
            (HEAD, "202210,57,2"),
            "row 1: month_id 202210 is no month's number: VIEWS counts them from 1",
        ),
        ((HEAD, "501,57,1", "502,9,1", "501,57,1"), "rows 1 and 3: month_id, country_id '501, 57'"),
        ((HEAD, "501,57,", "502,57,unknown"), "row 2: ged_sb 'unknown' is no count of deaths"),
        ((HEAD, "501,57,true"), "row 1: ged_sb True is no count of deaths"),
        ((HEAD, "501,ETH,1"), "row 1: country_id 'ETH' is no country's number"),
        (("month_id,ged_sb", "501,1"), "has no column 'country_id': it has ['month_id', 'ged_sb']"),
        (("month_id,country_id,deaths", "501,57,1"), "has no column 'ged_sb'"),
        ((HEAD, "501,57"), "cannot be read as a Parquet or CSV panel"),
        ((HEAD, "501,57,inf"), "row 1: ged_sb inf is no count"),
    ],
)
def test_bad_input_is_named(tmp_path: Path, lines: tuple[str, ...], told: str) -> None:
    path = csv(tmp_path / "panel.csv", *lines)
    with pytest.raises(InputError) as error:
        read_panel(path)
    assert told in str(error.value) and "panel.csv" in str(error.value)


@pytest.mark.parametrize("held", [b"", b"PAR1", b"PAR1 and no more", b"\xff\xfe\x00"])
def test_what_is_no_table_is_refused(tmp_path: Path, held: bytes) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(held)
    with pytest.raises(InputError, match=r"x\.parquet"):
        read_panel(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_panel(tmp_path / "none")


def test_a_table_without_rows_is_read(tmp_path: Path) -> None:
    found = read_panel(csv(tmp_path / "panel.csv", HEAD))
    assert found.num_rows == 0 and found.column_names == HEAD.split(",")


def test_numbers_of_every_make_are_read(tmp_path: Path) -> None:
    """Text, categories, decimals and small floats are numbers, and their empty cells are absent."""
    made = {
        "month_id": pa.array(["501", " 502", "503"]).dictionary_encode(),
        "country_id": pa.array([57, 57, 57], pa.uint8()),
        "ged_sb": pa.array(["4", "", "NaN"]),
        "ged_ns": pa.array([1, None, 0], pa.decimal128(9, 0)),
        "ged_os": pa.array([7, 8, None], pa.float32()),
    }
    pq.write_table(pa.table(made), tmp_path / "made.parquet")
    assert read_panel(tmp_path / "made.parquet").to_pydict() == {
        "month_id": [501, 502, 503], "country_id": [57, 57, 57], "ged_sb": [4, None, None],
        "ged_ns": [1, None, 0], "ged_os": [7, 8, None],
    }  # fmt: skip
