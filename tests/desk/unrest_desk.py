"""A desk that heard GDELT for years: weekly counts straight into the lake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa

from farwatch.desk.opening import Desk
from farwatch.model.history import COUNTRY_WEEKS, HEARD, month_of

FIRST = date(2020, 1, 6)
WEEK = timedelta(weeks=1)


def hear(
    desk: Desk,
    counts: Mapping[str, Sequence[float]],
    slots: Sequence[int],
    dataset: str = "gdelt",
    country: str = "ET",
) -> None:
    """Weeks from FIRST on: of each series its counts, and the quarter-hours heard, published at
    the week's end. A count of zero has no row, as in an import."""
    rows = []
    for number, heard in enumerate(slots):
        week = FIRST + number * WEEK
        told = {series: values[number] for series, values in counts.items()}
        for series, value in {**told, HEARD: heard}.items():
            if value:
                rows.append(
                    {
                        "vintage": datetime(week.year, week.month, week.day, tzinfo=UTC) + WEEK,
                        "dataset": dataset,
                        "country": None if series == HEARD else country,
                        "week": week,
                        "month_id": month_of(week),
                        "series": series,
                        "value": float(value),
                    }
                )
    table = pa.Table.from_pylist(rows, schema=COUNTRY_WEEKS)
    desk.lake.append("country_weeks", table, writer=f"test {dataset}", number=1)
