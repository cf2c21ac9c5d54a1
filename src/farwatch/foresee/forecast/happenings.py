"""Happenings: geolocated violent events as arrays, the input of every local forecast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from farwatch.errors import InputError
from farwatch.foresee.grid import Floats, Ints

Bools = NDArray[np.bool_]
Words = NDArray[np.object_]
NEEDED = ("id", "type_of_violence", "date_start", "date_end", "lat", "lon", "where_prec", "best")
LOCATED = 3  # where_prec up to a district: near enough to speak of a site
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US_A_DAY = 86_400_000_000


@dataclass(frozen=True, eq=False)
class Happenings:
    """Events side by side, each once.

    `began` is the first day, `known` the day after the last, when it could first be told, both in
    days since 1970; `where` GED's where_prec 1-7, `sort` its type_of_violence 1-3, `deaths` its
    best estimate; `admin1` GED's name of it or "".
    """

    id: Words
    began: Floats
    known: Floats
    lat: Floats
    lon: Floats
    where: Ints
    sort: Ints
    deaths: Floats
    admin1: Words

    def __len__(self) -> int:
        """How many events."""
        return len(self.began)

    def take(self, chosen: Bools | Ints) -> Happenings:
        """Only these events."""
        return Happenings(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    def known_by(self, day: float) -> Happenings:
        """What could be told at the start of a day: everything later is as if it were not."""
        return self.take(self.known <= day)

    def located(self) -> Happenings:
        """The events located to a district or better."""
        return self.take(self.where <= LOCATED)


def from_table(table: pa.Table) -> Happenings:
    """Read an Arrow table of the columns NEEDED, and `adm_1` where it has one.

    Dates are date or timestamp columns. Raises InputError for a missing column, and with the row
    for a cell that is empty or outside its range.
    """
    missing = [name for name in NEEDED if name not in table.column_names]
    if missing:
        raise InputError("events", f"has no column {missing[0]!r}: it needs {', '.join(NEEDED)}")
    for name in NEEDED:
        column = table[name]
        if column.null_count:
            row = int(np.flatnonzero(column.is_null().to_numpy())[0])
            raise InputError("events", "is empty", field=name, value=None, position=f"row {row}")
    numbers = {name: _numbers(table, name) for name in ("lat", "lon", "best")}
    began, ended = _days(table, "date_start"), _days(table, "date_end")
    where, sort = _numbers(table, "where_prec"), _numbers(table, "type_of_violence")
    _check("lat", numbers["lat"], (-90, 90))
    _check("lon", numbers["lon"], (-180, 180))
    _check("best", numbers["best"], (0, 1e7))
    _check("where_prec", where, (1, 7))
    _check("type_of_violence", sort, (1, 3))
    _check("date_end", ended, (began, np.inf))
    count = table.num_rows
    names = table["adm_1"].to_pylist() if "adm_1" in table.column_names else [""] * count
    return Happenings(
        id=_words([str(one) for one in table["id"].to_pylist()]),
        began=began,
        known=ended + 1,
        lat=numbers["lat"],
        lon=numbers["lon"],
        where=where.astype(np.int64),
        sort=sort.astype(np.int64),
        deaths=numbers["best"],
        admin1=_words([name or "" for name in names]),
    )


def day_of(when: datetime) -> float:
    """The day a time falls on, in days since 1970."""
    return float((when - _EPOCH).days)


def time_of(day: float) -> datetime:
    """The start of a day."""
    return _EPOCH + timedelta(days=int(day))


def _words(names: list[str]) -> Words:
    found = np.empty(len(names), dtype=object)
    found[:] = names
    return found


def _numbers(table: pa.Table, name: str) -> Floats:
    return np.asarray(table[name].cast(pa.float64()).to_numpy(), dtype=float)


def _days(table: pa.Table, name: str) -> Floats:
    sort = table.schema.field(name).type
    if not (pa.types.is_date(sort) or pa.types.is_timestamp(sort)):
        raise InputError("events", f"is a column of {sort}, not of dates", field=name, value="")
    zone = sort.tz if pa.types.is_timestamp(sort) else None
    whole = table[name].cast(pa.timestamp("us", tz=zone), safe=False).cast(pa.int64()).to_numpy()
    return np.asarray(np.floor_divide(whole, _US_A_DAY), dtype=float)


def _check(name: str, values: Floats, bounds: tuple[float | Floats, float]) -> None:
    bad = np.flatnonzero(~((values >= bounds[0]) & (values <= bounds[1])))
    if len(bad):
        row = int(bad[0])
        raise InputError(
            "events", "is outside its range", field=name, value=float(values[row]),
            position=f"row {row}",
        )  # fmt: skip
