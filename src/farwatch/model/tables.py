"""Arrow schemas of the bulk paths. A row of EVENTS carries what `foresee` and `protect` need."""

from __future__ import annotations

import pyarrow as pa

TIME = pa.timestamp("us", tz="UTC")

# One row an event (or a GED/GDELT happening). `precision` is model.place.Precision's word,
# `kind` model.kinds.Kind's, `category` may be null; `country` alpha-2, `admin1` GeoNames' code.
EVENTS = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("category", pa.string()),
        pa.field("severity", pa.int8(), nullable=False),
        pa.field("credibility", pa.int8(), nullable=False),
        pa.field("official", pa.bool_(), nullable=False),
        pa.field("lat", pa.float64()),
        pa.field("lon", pa.float64()),
        pa.field("radius_km", pa.float64()),
        pa.field("precision", pa.string(), nullable=False),
        pa.field("country", pa.string()),
        pa.field("admin1", pa.string()),
        pa.field("start", TIME, nullable=False),
        pa.field("expires", TIME),
        pa.field("source_class", pa.string()),
    ]
)

# One row a site, as `protect.screen` takes it in bulk.
SITES = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("lat", pa.float64(), nullable=False),
        pa.field("lon", pa.float64(), nullable=False),
        pa.field("country", pa.string()),
        pa.field("admin1", pa.string()),
        pa.field("tier", pa.int8(), nullable=False),
        pa.field("coast_km", pa.float64()),
        pa.field("height_m", pa.float64()),
    ]
)

EXPOSURES = pa.schema(
    [
        pa.field("event", pa.string(), nullable=False),
        pa.field("site", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("severity", pa.int8(), nullable=False),
        pa.field("distance_km", pa.float64(), nullable=False),
        pa.field("reach_km", pa.float64(), nullable=False),
        pa.field("probability", pa.float64(), nullable=False),
    ]
)

# One row a published value of a series, as the lake keeps it.
FIGURES = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),
        pa.field("series", pa.string(), nullable=False),
        pa.field("country", pa.string(), nullable=False),
        pa.field("period", TIME, nullable=False),
        pa.field("value", pa.float64(), nullable=False),
        pa.field("unit", pa.string()),
        pa.field("report", pa.string(), nullable=False),
    ]
)
