"""Arrow schemas of the history of violence and its forecasts, and VIEWS's count of months.

`vintage` is when a release was published: what is read as of a time has no row of a later one.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa

from farwatch.model.tables import TIME

SERIES = ("ged_sb", "ged_ns", "ged_os")  # deaths: state-based, non-state, one-sided
HEARD = "slots"  # the series of country_weeks that counts 15-minute slots; its country is null

# One cell of a country-month panel. `country_id` is VIEWS's; a null value was told as not coded.
COUNTRY_MONTHS = pa.schema(
    [
        pa.field("vintage", TIME, nullable=False),
        pa.field("dataset", pa.string(), nullable=False),
        pa.field("country_id", pa.int32(), nullable=False),
        pa.field("country", pa.string()),
        pa.field("month_id", pa.int32(), nullable=False),
        pa.field("series", pa.string(), nullable=False),
        pa.field("value", pa.float64()),
    ]
)

# Counts that add up over imports: of the part of a week (its Monday) that lies in a month. Series
# gdelt_<PLOVER category> by country, and HEARD without one.
COUNTRY_WEEKS = pa.schema(
    [
        pa.field("vintage", TIME, nullable=False),
        pa.field("dataset", pa.string(), nullable=False),
        pa.field("country", pa.string()),
        pa.field("week", pa.date32(), nullable=False),
        pa.field("month_id", pa.int32(), nullable=False),
        pa.field("series", pa.string(), nullable=False),
        pa.field("value", pa.float64(), nullable=False),
    ]
)

# One event of UCDP GED as coded; `month_id` is the month its deaths count in, that of `date_end`.
CONFLICT_EVENTS = pa.schema(
    [
        pa.field("vintage", TIME, nullable=False),
        pa.field("dataset", pa.string(), nullable=False),
        pa.field("id", pa.string(), nullable=False),
        pa.field("type_of_violence", pa.int8(), nullable=False),
        pa.field("date_start", pa.date32(), nullable=False),
        pa.field("date_end", pa.date32(), nullable=False),
        pa.field("date_prec", pa.int8(), nullable=False),
        pa.field("lat", pa.float64(), nullable=False),
        pa.field("lon", pa.float64(), nullable=False),
        pa.field("where_prec", pa.int8(), nullable=False),
        pa.field("country", pa.string(), nullable=False),
        pa.field("adm_1", pa.string()),
        pa.field("best", pa.int32(), nullable=False),
        pa.field("low", pa.int32()),
        pa.field("high", pa.int32()),
        pa.field("month_id", pa.int32(), nullable=False),
    ]
)

# A month of a country that a release of events was coded for: no event of it there is a zero.
COVERAGE = pa.schema(
    [
        pa.field("vintage", TIME, nullable=False),
        pa.field("dataset", pa.string(), nullable=False),
        pa.field("candidate", pa.bool_(), nullable=False),
        pa.field("country", pa.string(), nullable=False),
        pa.field("month_id", pa.int32(), nullable=False),
    ]
)

# One file taken. `sort` is panel, ged, candidate or gdelt; `digest` the SHA-256 of what it holds,
# unpacked; `slots` the 15-minute slots of a GDELT file.
RELEASES = pa.schema(
    [
        pa.field("vintage", TIME, nullable=False),
        pa.field("dataset", pa.string(), nullable=False),
        pa.field("sort", pa.string(), nullable=False),
        pa.field("file", pa.string(), nullable=False),
        pa.field("digest", pa.string(), nullable=False),
        pa.field("imported", TIME, nullable=False),
        pa.field("rows", pa.int64(), nullable=False),
        pa.field("rejected", pa.int64(), nullable=False),
        pa.field("first_month", pa.int32(), nullable=False),
        pa.field("last_month", pa.int32(), nullable=False),
        pa.field("countries", pa.int32(), nullable=False),
        pa.field("slots", pa.list_(pa.int64())),
    ]
)

# One forecast of one month at one place: quantiles at fixed levels. `cutoff` is the last month of
# the data, `vintage` the data's, `drivers` JSON.
FORECASTS = pa.schema(
    [
        pa.field("made", TIME, nullable=False),
        pa.field("vintage", TIME, nullable=False),
        pa.field("model", pa.string(), nullable=False),
        pa.field("target", pa.string(), nullable=False),
        pa.field("place", pa.string(), nullable=False),
        pa.field("country_id", pa.int32(), nullable=False),
        pa.field("cutoff", pa.int32(), nullable=False),
        pa.field("month_id", pa.int32(), nullable=False),
        pa.field("horizon", pa.int16(), nullable=False),
        pa.field("levels", pa.list_(pa.float64()), nullable=False),
        pa.field("quantiles", pa.list_(pa.float64()), nullable=False),
        pa.field("mean", pa.float64(), nullable=False),
        pa.field("p_ge_1", pa.float64(), nullable=False),
        pa.field("p_ge_25", pa.float64(), nullable=False),
        pa.field("p_onset", pa.float64()),
        pa.field("drivers", pa.string()),
    ]
)

# What `desk.history.panel_as_of` gives: a row a country and month; null was not coded.
PANEL = pa.schema(
    [
        pa.field("month_id", pa.int32(), nullable=False),
        pa.field("country_id", pa.int32(), nullable=False),
        pa.field("ged_sb", pa.float64()),
        pa.field("ged_ns", pa.float64()),
        pa.field("ged_os", pa.float64()),
        pa.field("name", pa.string()),
        pa.field("isoab", pa.string()),
    ]
)


def month_of(day: date) -> int:
    """VIEWS's number of a day's month: January 1980 is 1, January 1990 is 121."""
    return (day.year - 1980) * 12 + day.month


def month_start(month_id: int) -> datetime:
    """The first moment of a month by VIEWS's number; ValueError beyond the years of a date."""
    return datetime(1980 + (month_id - 1) // 12, (month_id - 1) % 12 + 1, 1, tzinfo=UTC)


def month_written(month_id: int) -> str:
    """A month by VIEWS's number as one reads it: "2022-10"."""
    return f"{1980 + (month_id - 1) // 12:04d}-{(month_id - 1) % 12 + 1:02d}"
