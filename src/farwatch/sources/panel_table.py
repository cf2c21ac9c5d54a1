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


def read_panel(path: Path) -> pa.Table:
    """Columns month_id, country_id (int64), ged_sb and, where there, ged_ns, ged_os (float64).

    Parquet or CSV, told apart by content. Raises InputError for a file that is neither, lacks a
    column, or holds a number that cannot be: with its row, counted from 1, and its value.
    """
    table = _opened(path)
    missing = [name for name in PANEL_COLUMNS if name not in table.column_names]
    if missing:
        raise InputError(str(path), f"has no column {missing[0]!r}: it has {table.column_names}")
    kept = [name for name in (*_WHOLE, *SERIES) if name in table.column_names]
    columns = {name: _numbers(path, table, name) for name in kept}
    for name in _WHOLE:
        _refuse(path, name, columns[name], pc.is_null(columns[name]), "is absent")
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
    try:
        values = table[name].cast(pa.float64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        row, value = _no_number(table[name])
        raise InputError(
            str(path), "is no number", field=name, value=value, position=f"row {row + 1}"
        ) from error
    values = pc.if_else(pc.is_nan(values), pa.scalar(None, pa.float64()), values)
    wrong = pc.or_(
        pc.not_equal(pc.floor(values), values),
        pc.or_(pc.less(values, 0), pc.greater(values, _GREATEST[name])),
    )
    _refuse(path, name, values, pc.fill_null(wrong, fill_value=False), "is no count")
    return values


def _refuse(
    path: Path, name: str, values: pa.ChunkedArray, wrong: pa.ChunkedArray, what: str
) -> None:
    rows = np.flatnonzero(wrong.to_numpy(zero_copy_only=False))
    if len(rows):
        row = int(rows[0])
        value = values[row].as_py()
        raise InputError(str(path), what, field=name, value=value, position=f"row {row + 1}")


def _no_number(values: pa.ChunkedArray) -> tuple[int, object]:
    """The first value that is none, with its row."""
    for row, value in enumerate(values.to_pylist()):
        try:
            float(value if value is not None else 0)
        except (TypeError, ValueError):
            return row, value
    return 0, values[0].as_py()


def _twice(path: Path, columns: dict[str, pa.ChunkedArray]) -> None:
    pairs = np.column_stack([columns[name].to_numpy() for name in _WHOLE])
    _, first, counts = np.unique(pairs, axis=0, return_index=True, return_counts=True)
    if (counts > 1).any():
        month, country = pairs[first[counts > 1][0]]
        raise InputError(
            str(path), "stands twice: keep one row", field="month_id, country_id",
            value=f"{month}, {country}",
        )  # fmt: skip
