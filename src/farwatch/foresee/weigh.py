"""Events to weights: what each happening counts, where it may have been, how old it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from farwatch.errors import InputError
from farwatch.foresee.constants import Constants
from farwatch.foresee.grid import Floats, Grid, Ints, numbered
from farwatch.model.kinds import CATEGORY, Category, Kind
from farwatch.model.place import Precision

# The categories whose level comes from rates of events; a cell's columns stand in this order.
RATED = (Category.CONFLICT, Category.TERRORISM, Category.UNREST, Category.CRIME)
CATEGORIES = tuple(Category)
LOCATED = (Precision.POINT, Precision.CITY, Precision.ADMIN2)
_DAY_US = 86_400_000_000
_KM_PER_DEGREE = 111.195


@dataclass(frozen=True, eq=False)
class Weighed:
    """Happenings that count, side by side.

    `row` is the row of the events table, `category` a number into CATEGORIES, `weight` what it
    counts in serious-event equivalents after bouts, `minor` whether it falls under the minor cap,
    `age` days before the time of assessment. Exactly one tells where: `lat`, `lon`, `radius` (km)
    if `located`; else `admin1`, else `country`, numbers into the grid's (-1 for none).
    """

    row: Ints
    category: Ints
    weight: Floats
    minor: NDArray[np.bool_]
    credible: NDArray[np.bool_]
    age: Floats
    located: NDArray[np.bool_]
    lat: Floats
    lon: Floats
    radius: Floats
    admin1: Ints
    country: Ints

    def __len__(self) -> int:
        """How many happenings count."""
        return len(self.row)

    def take(self, chosen: NDArray[np.bool_]) -> Weighed:
        """Only the chosen ones."""
        return Weighed(**{name: getattr(self, name)[chosen] for name in self.__dataclass_fields__})


def weigh(
    events: pa.Table, grid: Grid, as_of: datetime, constants: Constants, *, credible: bool = False
) -> Weighed:
    """Weigh the events of an EVENTS table that began at or before `as_of`.

    A happening after `as_of`, of a kind that no category counts, or known no better than a region
    is left out; with `credible` so is one that is neither official nor of credibility 1 or 2.
    Raises InputError naming row, field and value for a word or number outside its table.
    """
    age = _age(events, as_of)
    category = _category(events)
    severity = _number(events, "severity", 5)
    credibility = _number(events, "credibility", 6)
    weight = constants.severity[severity] * constants.credibility[credibility]
    sure = (credibility <= 2) | _flags(events, "official")
    located, area = _where(events, grid, constants)
    placed = located | (area["admin1"] >= 0) | (area["country"] >= 0)
    keep = (age >= 0) & (category >= 0) & (weight > 0) & placed
    if credible:
        keep &= sure
    rows = np.flatnonzero(keep)
    found = Weighed(
        row=rows,
        category=category[rows],
        weight=weight[rows],
        minor=severity[rows] <= constants.minor_severity,
        credible=sure[rows],
        age=age[rows],
        located=located[rows],
        lat=area["lat"][rows],
        lon=area["lon"][rows],
        radius=area["radius"][rows],
        admin1=area["admin1"][rows].astype(np.int64),
        country=area["country"][rows].astype(np.int64),
    )
    found.weight[:] *= _bouts(found, as_of, constants)
    return found


def _bouts(found: Weighed, as_of: datetime, constants: Constants) -> Floats:
    """What each weight is multiplied by: the happenings of a week in one square are one bout.

    A bout of summed weight W counts log2(1 + W): one serious event counts 1, three 2, seven 3.
    Minor happenings share what they add to the major ones, so that they never make those lighter.
    Weeks are counted back from no date of the assessment but from 1970, so that a bout does not
    change as time passes.
    """
    if not len(found):
        return np.zeros(0)
    # In whole seconds: a happening dated by its day stands on the edge between two weeks.
    second = np.round(as_of.timestamp() - found.age * 86_400)
    week = np.floor(second / (constants.bout_days * 86_400)).astype(np.int64)
    step = constants.bout_km / _KM_PER_DEGREE
    lat = np.floor((found.lat + 90) / step)
    narrow = np.maximum(np.cos(np.radians((lat + 0.5) * step - 90)), 0.01)
    lon = np.floor((found.lon + 180) * narrow / step)
    square = np.where(found.located, lat * 2048 + lon, -2.0 - found.admin1)
    square = np.where(found.located | (found.admin1 >= 0), square, -1e8 - found.country)
    # One number a bout: square, week and category fit into 64 bits side by side.
    key = (square.astype(np.int64) * 8_192 + (week + 1_000) % 8_192) * 8 + found.category
    bout = numbered(key)[1]
    major, minor = (np.bincount(bout, found.weight * part) for part in (~found.minor, found.minor))
    shared = np.log2(1 + major), np.log2(1 + major + minor) - np.log2(1 + major)
    factor = [np.divide(s, t, out=np.ones_like(s), where=t > 0)
              for s, t in zip(shared, (major, minor), strict=True)]  # fmt: skip
    answer: Floats = np.where(found.minor, factor[1][bout], factor[0][bout])
    return answer


def _age(events: pa.Table, as_of: datetime) -> Floats:
    start = np.asarray(events["start"].cast(pa.int64()).to_numpy())
    return (round(as_of.timestamp() * 1e6) - start) / _DAY_US


def _category(events: pa.Table) -> Ints:
    """Number of each event's category: its own if stated, else its kind's; -1 for none."""
    number = {category: i for i, category in enumerate(CATEGORIES)}
    kinds = {kind.value: -1 for kind in Kind}
    kinds |= {kind.value: number[category] for kind, category in CATEGORY.items()}
    stated = {category.value: i for category, i in number.items()}
    own = _coded(events, "category", stated)
    return np.where(own >= 0, own, _coded(events, "kind", kinds))


def _coded(events: pa.Table, name: str, table: dict[str, int]) -> Ints:
    """Each word's number, -1 for null; raises InputError for a word that is not in the table."""
    words, codes = encoded(events[name])
    for code, word in enumerate(words):
        if word not in table:
            row = int(np.flatnonzero(codes == code)[0])
            raise InputError(
                "events", "is not known", field=name, value=word, position=f"row {row}"
            )
    return np.array([*(table[word] for word in words), -1], dtype=np.int64)[codes]


def encoded(column: pa.ChunkedArray) -> tuple[list[str], Ints]:
    """The distinct words of a column and each row's number among them, -1 for null."""
    coded = column.combine_chunks().dictionary_encode()
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return coded.dictionary.to_pylist(), np.asarray(codes).astype(np.int64)


def _number(events: pa.Table, name: str, most: int) -> Ints:
    values = np.asarray(events[name].cast(pa.int64()).to_numpy())
    bad = np.flatnonzero((values < 1) | (values > most))
    if len(bad):
        raise InputError(
            "events",
            f"is not 1-{most}",
            field=name,
            value=int(values[bad[0]]),
            position=f"row {int(bad[0])}",
        )
    return values


def _flags(events: pa.Table, name: str) -> NDArray[np.bool_]:
    return np.asarray(events[name].to_numpy(), dtype=bool)


def floats(events: pa.Table, name: str) -> Floats:
    """A column of numbers, NaN for null."""
    return np.asarray(pc.fill_null(events[name], float("nan")).to_numpy(), dtype=float)


def _where(
    events: pa.Table, grid: Grid, constants: Constants
) -> tuple[NDArray[np.bool_], dict[str, NDArray[np.float64]]]:
    """Which events have a point, and where each one is (see Weighed)."""
    words, precision = encoded(events["precision"])
    lat, lon, radius = (floats(events, name) for name in ("lat", "lon", "radius_km"))
    pointed = np.array([word in set(LOCATED) for word in words] + [False])
    default = [constants.default_radius_km.get(word, 0.0) for word in words] + [0.0]
    located = pointed[precision] & np.isfinite(lat) & np.isfinite(lon)
    radius = np.where(np.isfinite(radius), radius, np.array(default)[precision])
    country, admin1 = area_numbers(events, grid)
    wide = np.array([word in (Precision.COUNTRY, Precision.REGION) for word in words] + [False])
    region = np.array([word == Precision.REGION for word in words] + [False])
    admin1 = np.where(located | wide[precision], -1, admin1)
    country = np.where(located | region[precision] | (admin1 >= 0), -1, country)
    flat = np.where(located, lat, 0.0), np.where(located, lon, 0.0)
    return located, {
        "lat": flat[0],
        "lon": flat[1],
        "radius": np.where(located, radius, 0.0),
        "admin1": admin1,
        "country": country,
    }


def area_numbers(events: pa.Table, grid: Grid) -> tuple[Ints, Ints]:
    """Each event's country and admin-1 as the grid numbers them, -1 for none.

    An admin-1 code may stand with its country ("ET.53") or within it ("53").
    """
    countries, country = encoded(events["country"])
    admin1s, admin1 = encoded(events["admin1"])
    number = np.array([*(grid.country_number.get(c, -1) for c in countries), -1], dtype=np.int64)
    pair = (country + 1) * (len(admin1s) + 1) + (admin1 + 1)
    distinct, place = numbered(pair)
    codes = []
    for one in distinct.tolist():
        c, a = divmod(one, len(admin1s) + 1)
        code = admin1s[a - 1] if a else ""
        if code and "." not in code:
            code = f"{countries[c - 1]}.{code}" if c else ""
        codes.append(grid.admin1_number.get(code, -1))
    return number[country], np.array(codes, dtype=np.int64)[place]
