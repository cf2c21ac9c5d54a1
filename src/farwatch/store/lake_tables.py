"""The lake's tables: what we were told and what became of events; rows leave by retention alone."""

from __future__ import annotations

import pyarrow as pa

from farwatch.model.history import (
    CONFLICT_EVENTS,
    COUNTRY_MONTHS,
    COUNTRY_WEEKS,
    COVERAGE,
    FORECASTS,
    RELEASES,
)
from farwatch.model.tables import EVENTS, FIGURES, TIME

# One row an inbox entry: a version accepted, or a statement withdrawn or reinstated.
# `row` is the inbox's number; `body` the report as JSON without `raw`, `raw` as received.
REPORTS = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("action", pa.string(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("key", pa.string(), nullable=False),
        pa.field("received", TIME, nullable=False),
        pa.field("published", TIME),
        pa.field("reason", pa.string()),
        pa.field("body", pa.string(), nullable=False),
        pa.field("raw", pa.binary(), nullable=False),
    ]
)

# EVENTS, and which version of the event the row is; both may be unknown in imported histories.
EVENTS_HISTORY = pa.schema(
    [*EVENTS, pa.field("version", pa.int32()), pa.field("state", pa.string())]
)

TABLES: dict[str, pa.Schema] = {
    "reports": REPORTS,
    "events_history": EVENTS_HISTORY,
    "figures": FIGURES,
    "country_months": COUNTRY_MONTHS,
    "country_weeks": COUNTRY_WEEKS,
    "conflict_events": CONFLICT_EVENTS,
    "coverage": COVERAGE,
    "releases": RELEASES,
    "forecasts": FORECASTS,
}
