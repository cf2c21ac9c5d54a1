"""A country-month panel in bulk: a whole file as one Arrow table, checked column by column.

For backtests: countries need no number that `world` knows, and a country and month without a row is
not coded, like an absent value. `panel_rows` is the stricter way, into the lake.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

from farwatch.errors import InputError
from farwatch.model.history import SERIES
from farwatch.sources.history_file import PANEL_COLUMNS

_WHOLE = ("month_id", "country_id")
# What no month, country or count of deaths goes beyond: a slip of the pen, or another column.
_GREATEST = {"month_id": 3_000, "country_id": 1_000_000} | dict.fromkeys(SERIES, 100_000_000)
# What each column wants, said where a value is something else.
_MONTH = "no month's number: VIEWS counts them from 1 for January 1980, so that 121 is January 1990"
_COUNTRY = "no country's number: VIEWS gives each a whole one, 57 is Ethiopia"
_DEATHS = "no count of deaths: give a whole number from 0 up, or nothing where it was not coded"
_WANTED = {"month_id": _MONTH, "country_id": _COUNTRY} | dict.fromkeys(SERIES, _DEATHS)
_ABSENT = pa.array(["", "NA", "NaN", "nan", "NULL", "null", "None"])


def read_panel(path: Path) -> pa.Table:
    """Columns month_id, country_id (int64), ged_sb and, where there, ged_ns, ged_os (float64).

    Parquet or CSV, told apart by content. Raises InputError for a file that is neither, lacks a
    column, or holds a number that cannot be: with its row, counted from 1, and its value.
    """
    table = _opened(path)
    missing = [name for name in PANEL_COLUMNS if name not in table.column_names]
    if missing:
        raise InputError(
            str(path),
            f"has no column {missing[0]!r}: it has {table.column_names}, and a panel needs "
            f"{', '.join(PANEL_COLUMNS)}",
        )
    kept = [name for name in (*_WHOLE, *SERIES) if name in table.column_names]
    columns = {name: _numbers(path, table, name) for name in kept}
    for name in _WHOLE:
        _refuse(
            path, name, columns[name], pc.is_null(columns[name]), "is absent: every row needs one"
        )
        columns[name] = columns[name].cast(pa.int64())
    _twice(path, columns)
    return pa.table(columns)


def _opened(path: Path) -> pa.Table:
    try:
        with path.open("rb") as file:
            parquet = file.read(4) == b"PAR1"
        return pq.read_table(path) if parquet else csv.read_csv(path)
    except (OSError, pa.ArrowInvalid) as error:
        told = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(str(path), f"cannot be read as a Parquet or CSV panel: {told}") from error


def _numbers(path: Path, table: pa.Table, name: str) -> pa.ChunkedArray:
    """A column as float64: whole numbers from 0 up, or absent."""
    given = table[name]
    if pa.types.is_dictionary(given.type):
        given = given.cast(given.type.value_type)
    if pa.types.is_string(given.type) or pa.types.is_large_string(given.type):
        text = pc.utf8_trim_whitespace(given.cast(pa.string()))
        absent = pc.is_in(text, value_set=_ABSENT)
        given = pc.if_else(absent, pa.scalar(None, pa.string()), text)
    try:
        if pa.types.is_boolean(given.type):
            raise pa.ArrowInvalid("true and false are no numbers")
        values = given.cast(pa.float64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        row, value = _no_number(given)
        raise InputError(
            str(path), f"is {_WANTED[name]}", field=name, value=value, position=f"row {row + 1}"
        ) from error
    values = pc.if_else(pc.is_nan(values), pa.scalar(None, pa.float64()), values)
    wrong = pc.or_(
        pc.not_equal(pc.floor(values), values),
        pc.or_(pc.less(values, 0), pc.greater(values, _GREATEST[name])),
    )
    _refuse(path, name, values, pc.fill_null(wrong, fill_value=False), f"is {_WANTED[name]}")
    return values


def _refuse(
    path: Path, name: str, values: pa.ChunkedArray, wrong: pa.ChunkedArray, what: str
) -> None:
    rows = np.flatnonzero(wrong.to_numpy(zero_copy_only=False))
    if len(rows):
        row = int(rows[0])
        value = values[row].as_py()
        if value is not None and float(value).is_integer() and abs(value) < 1e15:
            value = int(value)
        raise InputError(str(path), what, field=name, value=value, position=f"row {row + 1}")


def _no_number(values: pa.ChunkedArray) -> tuple[int, object]:
    """The first value that is none, with its row."""
    for row, value in enumerate(values.to_pylist()):
        try:
            float(value if value is not None else 0)
        except (TypeError, ValueError):
            return row, value
        if isinstance(value, bool):
            return row, value
    return 0, values[0].as_py()


def _twice(path: Path, columns: dict[str, pa.ChunkedArray]) -> None:
    pairs = np.column_stack([columns[name].to_numpy() for name in _WHOLE])
    _, first, again, counts = np.unique(
        pairs, axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    if (counts > 1).any():
        pair = int(np.argmax(counts > 1))
        month, country = pairs[first[pair]]
        rows = np.flatnonzero(again.ravel() == pair)[:2] + 1
        raise InputError(
            str(path), "stands twice: keep one row of each", field="month_id, country_id",
            value=f"{month}, {country}", position=f"rows {rows[0]} and {rows[1]}",
        )  # fmt: skip
