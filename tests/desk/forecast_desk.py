"""A desk with a made-up history: one peaceful year, then wars that come, then what came of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from tests.foresee.forecast import made_panel

from farwatch.desk.history import How, import_history
from farwatch.desk.opening import Desk
from farwatch.foresee.forecast.panel import Panel

FIRST, SECOND, THIRD = (datetime(2023, month, 20, tzinfo=UTC) for month in (1, 2, 3))
RISING = ("FR", "PE", "ZM")  # at peace in the first release, at war by the second


def history(release: int) -> Panel:
    """Through December 2022, January 2023, February 2023.

    By the second release there was war in RISING for a year; by the third it goes on in ZM alone,
    and PE is no longer coded.
    """
    whole = made_panel.panel(months=made_panel.MONTHS + release - 1)
    sb = whole.sb.copy()
    rows = [whole.codes.index(code) for code in RISING]
    sb[rows] = 0
    sb[:, made_panel.MONTHS :] = np.where(np.isfinite(sb[:, -2:-1]), 3.0, np.nan)
    if release > 1:
        sb[rows, -12:] = 400
    if release > 2:
        sb[rows[0], -1], sb[rows[1], -1], sb[rows[2], -1] = 0, np.nan, 500
    return replace(whole, sb=sb)


def take(desk: Desk, folder: Path, release: int, of: Panel | None = None) -> None:
    """Import a release, as published on the first day of its month."""
    now = (FIRST, SECOND, THIRD)[release - 1]
    path = made_panel.write(of or history(release), folder / f"panel{release}.parquet")
    report = import_history(desk, [path], now, How(vintage=now.replace(day=1)))
    assert not report.refused
