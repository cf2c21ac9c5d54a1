"""Screen in bulk: an EVENTS table x a SITES table -> an EXPOSURES table, with arrays throughout.

The same rules as `screen`, as far as a table row tells: no polygons, no own-site reports. A table
with the further columns `magnitude` and `depth_km` has earthquakes measured by shaking; without
them an earthquake reaches as far as the table of kinds says for its severity.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from farwatch.model.kinds import Kind
from farwatch.model.place import Precision
from farwatch.model.tables import EXPOSURES
from farwatch.protect import likely, shaking
from farwatch.protect.index import Pairs, SiteIndex, unit_code
from farwatch.protect.reach import ReachTable, builtin_reach

Floats = NDArray[np.float64]
_EVENTS_TOGETHER = 10_000  # bounds memory: some 300 MB beside a million sites
_LOCAL = [Precision.POINT.value, Precision.CITY.value]


def screen_table(events: pa.Table, sites: pa.Table, table: ReachTable | None = None) -> pa.Table:
    """Every site in reach of every event: EXPOSURES rows, event by event, nearest first.

    `events` has at least the columns id, kind, severity, lat, lon, radius_km, precision, country,
    admin1 and official of EVENTS, `sites` the shape of SITES. Whether an event is still live is
    the caller's choice of rows. Memory follows the answer; `screen_batches` bounds that too.
    """
    batches = list(screen_batches(events, SiteIndex(sites), table))
    return pa.Table.from_batches(batches, EXPOSURES)


def screen_batches(
    events: pa.Table, index: SiteIndex, table: ReachTable | None = None
) -> Iterator[pa.RecordBatch]:
    """The same, some events at a time; no batch is empty."""
    rules = table or builtin_reach()
    for start in range(0, events.num_rows, _EVENTS_TOGETHER):
        part = events.slice(start, _EVENTS_TOGETHER).combine_chunks()
        units = _unit_rows(part, rules)
        nearby = _by_distance(_circles(part, units, rules), part, index, rules)
        found = _Found.joined([*nearby, *_by_unit(part, index, units)])
        batch = found.batch(part, index)
        if batch.num_rows:
            yield batch


@dataclass(frozen=True, slots=True)
class _Found:
    """Columns of the answer; `event` and `site` are row numbers."""

    event: NDArray[np.int64]
    site: NDArray[np.int64]
    severity: NDArray[np.int8]
    km: Floats
    reach: Floats
    chance: Floats

    @classmethod
    def joined(cls, parts: list[_Found]) -> _Found:
        columns = [
            np.concatenate([getattr(part, name) for part in [_NONE, *parts]])
            for name in ("event", "site", "severity", "km", "reach", "chance")
        ]
        order = np.lexsort((columns[1], columns[3], columns[0]))
        return cls(*(column[order] for column in columns))

    def batch(self, events: pa.Table, index: SiteIndex) -> pa.RecordBatch:
        event, site = pa.array(self.event), pa.array(self.site)
        columns = {
            "event": events["id"].take(event),
            "site": index.table["id"].take(site),
            "kind": events["kind"].take(event),
            "severity": pa.array(self.severity, pa.int8()),
            "distance_km": pa.array(self.km),
            "reach_km": pa.array(self.reach),
            "probability": pa.array(self.chance),
        }
        table = pa.table(columns).cast(EXPOSURES).combine_chunks()
        whole = table.to_batches()
        return whole[0] if whole else pa.RecordBatch.from_pylist([], EXPOSURES)


_NONE = _Found(
    np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int8),
    np.empty(0), np.empty(0), np.empty(0),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Circles:
    """Reach of the events that are placed exactly enough; kilometres, one row an event."""

    row: NDArray[np.int64]
    severity: NDArray[np.int8]
    lat: Floats
    lon: Floats
    unsure: Floats
    radius: Floats
    area: NDArray[np.bool_]
    magnitude: Floats  # nan: not an earthquake of known magnitude
    depth: Floats


def _by_distance(
    circles: _Circles, events: pa.Table, index: SiteIndex, rules: ReachTable
) -> Iterator[_Found]:
    far = circles.radius + circles.unsure + _rupture(circles, rules)
    for pairs in index.pairs(circles.lat, circles.lon, far):
        yield _judged(circles, pairs, index, events, rules)


def _circles(events: pa.Table, units: NDArray[np.int64], rules: ReachTable) -> _Circles:
    severity = _column(events, "severity", 0).astype(np.int8)
    lat, lon = _column(events, "lat"), _column(events, "lon")
    kind = events["kind"].to_numpy(zero_copy_only=False)
    radius = _reaches(kind, severity, rules)
    city = _is(events, "precision", [Precision.CITY.value])
    unsure = _column(events, "radius_km", 0)
    unsure = np.where(city & (unsure <= 0), rules.city_km, unsure)
    area = _areas(events, rules)
    magnitude = np.where(kind == Kind.EARTHQUAKE.value, _optional(events, "magnitude"), np.nan)
    depth = _optional(events, "depth_km")
    depth = np.where(np.isnan(depth), rules.shaking.depth_km, np.maximum(depth, 0))
    shaken = ~np.isnan(magnitude)
    if shaken.any():
        least = min(rules.shaking.bands.values())
        radius[shaken] = shaking.reach_km(magnitude[shaken], depth[shaken], least)
    reaches = ((severity >= 2) & ((radius > 0) | (area & (unsure > 0)))) | (shaken & (radius > 0))
    usable = ~(np.isnan(lat) | np.isnan(lon)) & _is(events, "precision", _LOCAL) & reaches
    usable[units] = False
    usable &= ~_is(events, "kind", [Kind.SILENCE.value])
    chosen = np.flatnonzero(usable)
    return _Circles(
        chosen, severity[chosen], lat[chosen], lon[chosen], unsure[chosen], radius[chosen],
        area[chosen], magnitude[chosen], depth[chosen],
    )  # fmt: skip


def _judged(
    circles: _Circles, pairs: Pairs, index: SiteIndex, events: pa.Table, rules: ReachTable
) -> _Found:
    at = pairs.circle
    severity, reach = circles.severity[at], circles.radius[at]
    unsure = circles.unsure[at]
    shaken = np.flatnonzero(~np.isnan(circles.magnitude[at]))
    if len(shaken):
        severity, reach, unsure = severity.copy(), reach.copy(), unsure.copy()
        spot = at[shaken]
        felt = shaking.intensity(circles.magnitude[spot], circles.depth[spot], pairs.km[shaken])
        for band, mmi in sorted(rules.shaking.bands.items()):
            within = felt >= mmi
            if band == min(rules.shaking.bands):
                within = np.ones_like(within)
                unsure[shaken] += np.where(felt < mmi, _rupture(circles, rules)[spot], 0)
            else:
                radius = shaking.reach_km(circles.magnitude, circles.depth, mmi)
                reach[shaken[within]] = radius[spot[within]]
            severity[shaken[within]] = band
    chance = np.where(circles.area[at], 1.0, likely.inside(pairs.km, reach, unsure))
    least = np.array([1.1, 1.1, *(rules.floor[s] for s in (2, 3, 4, 5))])
    kept = chance >= least[np.clip(severity, 0, 5)]
    kept &= _spared(circles.row[at], pairs.site, events, index, rules)
    return _Found(
        circles.row[at][kept], pairs.site[kept], severity[kept], pairs.km[kept], reach[kept],
        chance[kept],
    )  # fmt: skip


def _rupture(circles: _Circles, rules: ReachTable) -> Floats:
    known = np.nan_to_num(circles.magnitude, nan=0.0)
    return shaking.half_rupture_km(known, rules.shaking.rupture_from)


def _spared(
    event: NDArray[np.int64],
    site: NDArray[np.int64],
    events: pa.Table,
    index: SiteIndex,
    rules: ReachTable,
) -> NDArray[np.bool_]:
    """True for pairs that stand: a tsunami leaves out what is far from the coast or high."""
    wave = _is(events, "kind", [Kind.TSUNAMI.value])[event]
    if not wave.any():
        return np.ones(len(event), dtype=np.bool_)
    coast, height = (
        _optional(index.table, "coast_km")[site],
        _optional(index.table, "height_m")[site],
    )
    away = (coast > rules.tsunami_coast_km) | (height >= rules.tsunami_height_m)
    return ~(wave & away)


def _by_unit(events: pa.Table, index: SiteIndex, units: NDArray[np.int64]) -> Iterator[_Found]:
    """Kinds that expose a whole admin-1 unit or, for a level, a whole country."""
    for row in units.tolist():
        event = {name: events[name][row].as_py() for name in _UNIT_COLUMNS}
        country = event["precision"] == Precision.COUNTRY.value
        code = None if country else unit_code(event["admin1"])
        found = np.asarray(index.units.get((event["country"], code), []), dtype=np.int64)
        count = len(found)
        yield _Found(
            np.full(count, row, np.int64), found, np.full(count, event["severity"], np.int8),
            np.zeros(count), np.zeros(count), np.ones(count),
        )  # fmt: skip


_UNIT_COLUMNS = ("severity", "precision", "country", "admin1")


def _unit_rows(events: pa.Table, rules: ReachTable) -> NDArray[np.int64]:
    """Rows of the events that expose a unit rather than a circle."""
    by_unit = [kind.value for kind, reach in rules.kinds.items() if "admin1" in reach.units]
    by_country = [kind.value for kind, reach in rules.kinds.items() if "country" in reach.units]
    whole = [kind.value for kind, reach in rules.kinds.items() if reach.whole_unit]
    wide = _is(events, "precision", [Precision.ADMIN1.value, Precision.ADMIN2.value])
    nation = _is(events, "precision", [Precision.COUNTRY.value])
    stated = ~_null(events, "country")
    unit = _is(events, "kind", by_unit) & ~_null(events, "admin1") & ~nation
    unit &= wide | (_is(events, "kind", whole) & _is(events, "precision", _LOCAL))
    unit |= _is(events, "kind", by_country) & nation
    return np.flatnonzero(unit & stated & (_column(events, "severity", 0) >= 2))


def _areas(events: pa.Table, rules: ReachTable) -> NDArray[np.bool_]:
    """Circles drawn by an authority: the area itself, not an uncertainty."""
    issued = [kind.value for kind, reach in rules.kinds.items() if reach.issued]
    official = pc.fill_null(events["official"], False).to_numpy(zero_copy_only=False)  # noqa: FBT003
    drawn = _is(events, "kind", issued) & official.astype(np.bool_)
    return np.asarray(drawn | _is(events, "kind", [Kind.LEVEL_CHANGE.value]), dtype=np.bool_)


def _reaches(kind: NDArray[np.object_], severity: NDArray[np.int8], rules: ReachTable) -> Floats:
    radius = np.zeros(len(kind))
    for name, reach in rules.kinds.items():
        rows = np.flatnonzero(kind == name.value)
        radius[rows] = [reach.radius_km(int(step)) for step in severity[rows]]
    return radius


def _is(table: pa.Table, name: str, values: list[str]) -> NDArray[np.bool_]:
    found = pc.is_in(table[name], value_set=pa.array(values, pa.string()))
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.bool_)


def _null(table: pa.Table, name: str) -> NDArray[np.bool_]:
    return np.asarray(pc.is_null(table[name]).to_numpy(zero_copy_only=False), dtype=np.bool_)


def _column(table: pa.Table, name: str, missing: float = np.nan) -> Floats:
    column = pc.fill_null(table[name].cast(pa.float64()), missing)
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64).copy()


def _optional(table: pa.Table, name: str) -> Floats:
    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    return _column(table, name)
