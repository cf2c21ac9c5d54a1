from __future__ import annotations

import csv
import gc
import io
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.errors import UnreadableFeed, UnreadableReport
from farwatch.sources.json_records import Record, json_bytes
from farwatch.sources.records import Row, table_rows


def test_a_row_knows_its_last_line_and_its_bytes() -> None:
    rows = list(table_rows("s", b'a,b\r\n1,"x\ny"\r\n\r\n2,z\r\n', ("a",)))
    assert [row.line for row in rows if isinstance(row, Row)] == [3, 5]
    assert isinstance(rows[0], Row)
    assert rows[0].raw == b'1,"x\ny"'
    assert rows[0].cells == {"a": "1", "b": "x\ny"}


def test_a_missing_column_is_named() -> None:
    with pytest.raises(UnreadableFeed, match="no column 'c'"):
        list(table_rows("s", b"a,b\n", ("a", "c")))


def test_a_cell_too_long_is_a_rejected_row() -> None:
    data = b"a\n" + b"x" * (csv.field_size_limit() + 1) + b"\nfine\n"
    bad, good = table_rows("s", data, ("a",))
    assert isinstance(bad, UnreadableReport)
    assert bad.position == "line 2"
    assert isinstance(good, Row)
    assert good.cells["a"] == "fine"


_CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)


@given(st.lists(st.tuples(_CELLS, _CELLS), max_size=8))
def test_rows_written_are_the_rows_read(rows: list[tuple[str, str]]) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b"), *rows])
    read = list(table_rows("s", out.getvalue().encode(), ("a", "b")))
    assert all(isinstance(row, Row) for row in read)
    told = [(row.cells["a"], row.cells["b"]) for row in read if isinstance(row, Row)]
    assert told == [(first.strip(), second.strip()) for first, second in rows]


@given(st.binary(max_size=80))
def test_any_bytes_are_rows_or_named_errors(data: bytes) -> None:
    for row in table_rows("s", b"a,b\n" + data, ("a", "b")):
        assert isinstance(row, Row) or row.position


def test_fields_of_a_record_are_checked_as_they_are_read() -> None:
    record = Record("s", "at", {"t": " x ", "n": 5, "d": "2026-05-30", "m": {"k": "v"}, "l": [{}]})
    assert record.text("t") == "x"
    assert record.text("none") == ""
    assert record.under("m").filled("k") == "v"
    assert record.under("none").fields == {}
    assert [one.position for one in record.each("l")] == ["at.l[0]"]
    for read in (
        lambda: record.text("n"),
        lambda: record.filled("none"),
        lambda: record.time("d"),
        lambda: record.under("n"),
        lambda: list(record.each("t")),
    ):
        with pytest.raises(UnreadableReport, match="s, at: "):
            read()


def test_the_same_fields_are_the_same_bytes() -> None:
    assert (
        json_bytes({"b": 1, "a": "é"})
        == json_bytes({"a": "é", "b": 1})
        == '{"a":"é","b":1}'.encode()
    )
    assert json_bytes("\ud800") == b'"\\ud800"'


def test_a_stream_that_was_closed_before_its_rows_were_taken_raises_nothing() -> None:
    with io.BytesIO(b"a\n1\n2\n") as stream:
        rows = table_rows("s", stream, ("a",))
        first = next(rows)
    with warnings.catch_warnings(record=True) as told:
        rows.close()  # type: ignore[attr-defined]
        del rows
        gc.collect()
    assert isinstance(first, Row)
    assert told == []
