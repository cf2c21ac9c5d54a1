"""An exercise's forecasts on its own desk: kept when their time comes, their rises told and scored.

They go the way that every forecast goes (`desk.forecasting`): two of a country are kept, a chance
that rose past the set one is a watch notice, and what is counted later makes it a hit or not.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import numpy as np

from farwatch.desk import forecasting
from farwatch.desk.opening import Desk
from farwatch.exercise.forecasts import Counted, read
from farwatch.foresee.forecast.panel import Panel
from farwatch.model.forecast import Forecast
from farwatch.store import forecasts as kept

FILE = "forecasts.json"


class Injected:
    """The forecasts of a replay folder that have not come yet; a run that goes on repeats none."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self._desk = desk
        path = folder / FILE
        listed = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
        self._waiting: list[Forecast | Counted] = list(read(listed))

    def until(self, now: datetime) -> None:
        """Take in all whose time has come, each as of its own time."""
        while self._waiting and _at(self._waiting[0]) <= now:
            self._take(self._waiting.pop(0))

    def _take(self, one: Forecast | Counted) -> None:
        with self._desk.database.begin() as conn:
            if isinstance(one, Counted):
                forecasting.score_notices(conn, _panel(one), one.at)
            elif one.made not in kept.times(conn, one.made):
                kept.put_card(conn, one.card)
                forecasting.keep(self._desk, conn, (one,), one.made)


def _at(one: Forecast | Counted) -> datetime:
    return one.at if isinstance(one, Counted) else one.made


def _panel(one: Counted) -> Panel:
    """A panel of the one month of the one country."""
    unknown = np.full((1, 1), np.nan)
    deaths = np.array([[one.deaths]])
    return Panel((0,), (one.country,), one.month, deaths, unknown, unknown)
