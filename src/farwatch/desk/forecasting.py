"""Forecasts on the desk: models trained, kept and run; what is shown is shown with its skill.

card = train(desk, now)
made = run(desk, now)
forecast = shown(desk, "ET", now)
"""

from __future__ import annotations

from datetime import datetime

from farwatch.desk.opening import Desk
from farwatch.model.forecast import Change, Forecast, ModelCard, WatchNotice


def card(desk: Desk) -> ModelCard | None:
    """The model in use, with its skill; None until one was trained."""
    raise NotImplementedError


def shown(desk: Desk, country: str, now: datetime) -> Forecast | None:
    """The newest forecast of a country (alpha-2); None where none was made."""
    raise NotImplementedError


def changes(desk: Desk, now: datetime, horizon: int = 1) -> tuple[Change, ...]:
    """Every country that is forecast: its chance now and in the forecast before, largest rise first."""
    raise NotImplementedError


def notices(desk: Desk) -> tuple[WatchNotice, ...]:
    """Watch notices, newest first, with what became of them."""
    raise NotImplementedError


def record_step(desk: Desk, notice: str, step: str, by: str, now: datetime) -> WatchNotice:
    """Keep a pre-emptive step that a person decided on; audited. Raises NotFound, UsageError."""
    raise NotImplementedError
