"""Merge in bulk: rows of an EVENTS table that tell of one happening become one row.

What `merge` judges from words and signs, this tells from columns alone: one kind and category, one
place, one day. It is meant for event tables that code an article several times over (GDELT).
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from farwatch.model.tables import EVENTS

_DEGREES = 3  # decimals of a coordinate that make one place: about a hundred metres
_KEY = ["kind", "category", "precision", "country", "admin1", "_lat", "_lon", "_day"]
_NO_PLACE = ("country", "admin1", "lat", "lon")
# How one row is made of several. No choice depends on the order of the rows.
_FOLD = {
    "id": "min",
    "severity": "max",
    "credibility": "min",
    "official": "any",
    "lat": "min",
    "lon": "min",
    "radius_km": "max",
    "start": "min",
    "expires": "max",
    "source_class": "min",
}


def merge_table(events: pa.Table) -> pa.Table:
    """One row for each kind, category, place and UTC day of an EVENTS table, in EVENTS' schema.

    The row has the smallest id, the highest severity, the best credibility, the earliest start, the
    latest known end and the widest radius of those it stands for. Pure, and the same whatever the
    order of the rows, so tables may be merged part by part and the parts merged again. A row
    without any place stands alone: nothing says that two of them are one happening.
    """
    if not events.num_rows:
        return events.select(EVENTS.names).cast(EVENTS)
    unplaced = pc.is_null(events[_NO_PLACE[0]])
    for name in _NO_PLACE[1:]:
        unplaced = pc.and_(unplaced, pc.is_null(events[name]))
    placed = _merged(events.filter(pc.invert(unplaced)))
    return pa.concat_tables([placed, events.filter(unplaced).select(EVENTS.names).cast(EVENTS)])


def _merged(events: pa.Table) -> pa.Table:
    grouped = (
        events.append_column("_lat", _rounded(events["lat"]))
        .append_column("_lon", _rounded(events["lon"]))
        .append_column("_day", pc.floor_temporal(events["start"], unit="day"))
        .group_by(_KEY)
        .aggregate(list(_FOLD.items()))
    )
    columns = {name: grouped[f"{name}_{fold}"] for name, fold in _FOLD.items()}
    columns |= {name: grouped[name] for name in _KEY if not name.startswith("_")}
    return pa.table({name: columns[name] for name in EVENTS.names}).cast(EVENTS)


def _rounded(degrees: pa.ChunkedArray) -> pa.ChunkedArray:
    """Degrees as whole thousandths, so that -0.0 and 0.0 are one place."""
    scaled = pc.round(pc.multiply(degrees.cast(pa.float64()), float(10**_DEGREES)))
    return scaled.cast(pa.int64())
