"""Trends on the desk: a country's political, economic and military series from what is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from farwatch.desk.assessing import FIGURES, HISTORIES, of_format
from farwatch.desk.hearing import LAG, ears, heard
from farwatch.desk.opening import Desk
from farwatch.foresee.constants import published
from farwatch.foresee.listen import Heard, quality
from farwatch.foresee.trends import Field, Trend, from_events, from_figures, trend
from farwatch.store import known

_PANEL = "ucdp."  # how the catalogue names the series that trends know as ged_sb, ged_ns, ged_os


def country_trends(desk: Desk, country: str, as_of: datetime) -> tuple[Trend, ...]:
    """Every series known of a country (alpha-2) with its dated changes; empty if none is.

    Series of events end with the last month that was told of, unless the country is listened to
    now: months in which nobody listened are no peace.
    """
    with desk.database.read() as conn:
        events = known.events(conn, as_of, exercise=desk.settings.exercise)
        past = known.history(conn, of_format(desk, HISTORIES), as_of - LAG)
        figures = known.figures(conn, of_format(desk, FIGURES), country)
        classes = heard(ears(desk, conn, as_of), [country])[country]
    table = pa.concat_tables([events, past])
    told = [replace(one, series=one.series.removeprefix(_PANEL)) for one in figures]
    until = _until(table, country, classes, as_of)
    found = (*from_events(table, country, until), *from_figures(told, country, as_of))
    order = list(Field)
    ranked = sorted(found, key=lambda one: (order.index(one.field), one.name))
    return tuple(trend(one) for one in ranked)


def _until(events: pa.Table, country: str, classes: Sequence[Heard], as_of: datetime) -> datetime:
    mine = events.filter(pc.equal(events["country"], country))
    if quality(classes)[0] >= published().thin or not mine.num_rows:
        return as_of
    last: datetime = pc.max(mine["start"]).as_py()
    next_month = (last.replace(day=1) + timedelta(days=32)).replace(day=1)
    return min(as_of, next_month)
