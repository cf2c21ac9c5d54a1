"""What is asked of the history of violence, as it was known at a time; written once in Ibis.

As of a time, no row counts whose vintage (when it was published) is later. None is: all there is.
"""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir

from farwatch.model.history import HEARD, SERIES
from farwatch.store.questions import time_literal


def country_months_as_of(months: ir.Table, when: datetime | None) -> ir.Table:
    """Rows of country_months: of each dataset, country, month and series the newest vintage's."""
    return _newest(
        _known(months, when),
        ["dataset", "country_id", "month_id", "series"],
        [ibis.desc("vintage"), ibis.asc("value")],
    )


def panel_as_of(months: ir.Table, when: datetime | None) -> ir.Table:
    """Columns dataset, country_id, month_id and one a series of GED; null: not coded."""
    rows = country_months_as_of(months, when)
    values = {name: rows.value.max(where=rows.series == name) for name in SERIES}
    return (
        rows.group_by(["dataset", "country_id", "month_id"])
        .aggregate(**values)
        .order_by(["dataset", "country_id", "month_id"])
    )


def coverage_as_of(coverage: ir.Table, when: datetime | None) -> ir.Table:
    """Which release speaks for each month of a country: the newest, a candidate before a final
    release of the same time. Columns vintage, dataset, country, month_id."""
    rows = _newest(
        _known(coverage, when),
        ["country", "month_id"],
        [ibis.desc("vintage"), ibis.desc("candidate"), ibis.asc("dataset")],
    )
    return rows.select("vintage", "dataset", "country", "month_id")


def conflict_events_as_of(
    events: ir.Table, coverage: ir.Table, when: datetime | None, country: str | None = None
) -> ir.Table:
    """Rows of conflict_events of the releases that speak, each event once, by its last day."""
    said = ["vintage", "dataset", "country", "month_id"]
    spoken = events.semi_join(coverage_as_of(coverage, when), said)
    once = _newest(spoken, ["id"], [ibis.desc("vintage"), ibis.desc("month_id")])
    if country is not None:
        once = once.filter(once.country == country)
    return once.order_by(["date_end", "id"])


def event_sums_as_of(events: ir.Table, coverage: ir.Table, when: datetime | None) -> ir.Table:
    """Columns country, month_id and one a series of GED: deaths (best estimate) by the month of an
    event's last day; zero where a release was coded and tells of none."""
    rows = conflict_events_as_of(events, coverage, when)
    deaths = {
        name: rows.best.sum(where=rows.type_of_violence == number).cast("float64")
        for number, name in enumerate(SERIES, 1)
    }
    sums = rows.group_by(["country", "month_id"]).aggregate(**deaths)
    spoken = coverage_as_of(coverage, when).select("country", "month_id")
    joined = spoken.left_join(sums, ["country", "month_id"])
    return joined.select(
        "country", "month_id", **{name: joined[name].fill_null(0.0) for name in SERIES}
    ).order_by(["country", "month_id"])


def weeks_as_of(weeks: ir.Table, when: datetime | None, by: str = "week") -> ir.Table:
    """Columns dataset, country, `by` (week or month_id), series, value, slots: counts, and how many
    15-minute slots of that time were heard. What has no row in a time heard of is a zero."""
    known = _known(weeks, when)
    heard = (
        known.filter(known.series == HEARD)
        .group_by(["dataset", by])
        .aggregate(slots=lambda rows: rows.value.sum())
    )
    told = known.filter(known.series != HEARD)
    sums = told.group_by(["dataset", "country", by, "series"]).aggregate(
        value=lambda rows: rows.value.sum()
    )
    joined = sums.left_join(heard, ["dataset", by])
    return joined.select(
        "dataset", "country", by, "series", "value", slots=joined.slots.fill_null(0.0)
    ).order_by(["dataset", "country", by, "series"])


def slots_as_of(weeks: ir.Table, when: datetime | None, by: str = "week") -> ir.Table:
    """Columns dataset, `by` (week or month_id), slots: the 15-minute slots heard (672 a week)."""
    known = _known(weeks, when)
    heard = known.filter(known.series == HEARD).group_by(["dataset", by])
    return heard.aggregate(slots=lambda rows: rows.value.sum()).order_by(["dataset", by])


def forecasts_as_of(
    forecasts: ir.Table, when: datetime | None, asked: dict[str, str] | None = None
) -> ir.Table:
    """Rows of forecasts: of each model, target and place what was made last by a time. `asked`
    holds model, target or place to their one value."""
    rows = forecasts
    if when is not None:
        rows = rows.filter(rows.made <= time_literal(when))
    for column, value in (asked or {}).items():
        rows = rows.filter(rows[column] == value)
    keys = ["model", "target", "place"]
    marked = rows.group_by(keys).mutate(newest=rows.made.max())
    last = marked.filter(marked.made == marked.newest).drop("newest")
    return last.order_by([*keys, "month_id"])


def releases_held(releases: ir.Table) -> ir.Table:
    """Every file that was taken, by dataset, vintage and name."""
    return releases.order_by(["dataset", "vintage", "file"])


def _known(rows: ir.Table, when: datetime | None) -> ir.Table:
    return rows if when is None else rows.filter(rows.vintage <= time_literal(when))


def _newest(rows: ir.Table, keys: list[str], order: list[ir.Value]) -> ir.Table:
    """The first row of each key in an order."""
    window = ibis.window(group_by=keys, order_by=order)
    ranked = rows.mutate(rank=ibis.row_number().over(window))
    return ranked.filter(ranked["rank"] == 0).drop("rank")
