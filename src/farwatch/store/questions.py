"""What is asked of the lake, each question written once in Ibis and answered by either engine.

The arguments are an engine's tables; the answer is an expression for `Engine.fetch`. A time span
is [since, until).
"""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir


def events_between(
    events: ir.Table, since: datetime, until: datetime, country: str | None = None
) -> ir.Table:
    """Rows of events_history that start in the span (in a country), by start."""
    asked = [events.start >= time_literal(since), events.start < time_literal(until)]
    if country is not None:
        asked.append(events.country == country)
    return events.filter(asked).order_by(["start", "id"])


def events_by_day(
    events: ir.Table, since: datetime, until: datetime, country: str | None = None
) -> ir.Table:
    """Columns day, kind, events: distinct events by the UTC day of their start."""
    rows = events_between(events, since, until, country)
    rows = rows.mutate(day=rows.start.truncate("D"))
    return (
        rows.group_by(["day", "kind"]).aggregate(events=rows.id.nunique()).order_by(["day", "kind"])
    )


def figures_of(figures: ir.Table, series: str, country: str) -> ir.Table:
    """A published series of one country, by period."""
    rows = figures.filter([figures.series == series, figures.country == country])
    return rows.order_by(["period", "source", "report"])


def figures_latest(figures: ir.Table, series: str) -> ir.Table:
    """The newest period of a series in each country; every value published for it."""
    rows = figures.filter(figures.series == series)
    newest = rows.group_by("country").mutate(newest=rows.period.max())
    kept = newest.filter(newest.period == newest.newest).drop("newest")
    return kept.order_by(["country", "source", "report"])


def reports_per_day(reports: ir.Table, since: datetime, until: datetime) -> ir.Table:
    """Columns source, day, reports: versions accepted by source and UTC day received."""
    asked = [
        reports.received >= time_literal(since),
        reports.received < time_literal(until),
        reports.action.isin(["new", "version", "late"]),
    ]
    rows = reports.filter(asked)
    rows = rows.mutate(day=rows.received.truncate("D"))
    return (
        rows.group_by(["source", "day"]).aggregate(reports=rows.count()).order_by(["source", "day"])
    )


def reports_before(reports: ir.Table, source: str, before: datetime) -> ir.Table:
    """One row, column rows: how many rows of a source were received before."""
    rows = reports.filter([reports.source == source, reports.received < time_literal(before)])
    return rows.aggregate(rows=rows.count())


def statement_history(reports: ir.Table, source: str, key: str) -> ir.Table:
    """All that happened to one statement, in the order the desk learnt it."""
    rows = reports.filter([reports.source == source, reports.key == key])
    return rows.order_by("row")


def time_literal(when: datetime) -> ir.Scalar:
    """A time as the engines compare it; ValueError if it has no zone."""
    if when.utcoffset() is None:
        raise ValueError(f"time {when!r} has no zone")
    return ibis.literal(when, type="timestamp('UTC', 6)")
