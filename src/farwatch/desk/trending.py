"""Trends on the desk: a country's political, economic and military series from what is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pyarrow as pa

from farwatch.desk.assessing import FIGURES, HISTORIES, of_format
from farwatch.desk.hearing import LAG
from farwatch.desk.opening import Desk
from farwatch.foresee.trends import Trend, trends
from farwatch.store import known

_PANEL = "ucdp."  # how the catalogue names the series that trends know as ged_sb, ged_ns, ged_os


def country_trends(desk: Desk, country: str, as_of: datetime) -> tuple[Trend, ...]:
    """Every series known of a country (alpha-2) with its dated changes; empty if none is."""
    with desk.database.read() as conn:
        events = known.events(conn, as_of, exercise=desk.settings.exercise)
        past = known.history(conn, of_format(desk, HISTORIES), as_of - LAG)
        figures = known.figures(conn, of_format(desk, FIGURES), country)
    told = [replace(one, series=one.series.removeprefix(_PANEL)) for one in figures]
    return trends(pa.concat_tables([events, past]), told, country, as_of)
