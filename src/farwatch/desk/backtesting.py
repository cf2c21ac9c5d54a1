"""Backtests of a panel in a file: draws of each window as Parquet, their scores as JSON.

The folder holds `window_<year>.parquet` (country_id, month_id, draw, outcome: the drawn deaths) and
`scores.json`: by window, their means, intervals against the baselines, calibration, what it cost,
and of each window which countries and months were forecast and scored.
"""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from farwatch.errors import UsageError
from farwatch.foresee.forecast import backtest, skill
from farwatch.foresee.forecast.backtest import BASELINE, HORIZONS, Tested, Window
from farwatch.foresee.forecast.method import NAME, SEED, parameters
from farwatch.foresee.forecast.panel import Panel, borders_of, panel_of
from farwatch.foresee.forecast.samples import LEAST
from farwatch.model.history import month_written
from farwatch.sources.panel_table import read_panel
from farwatch.world.country_names import VIEWS

if TYPE_CHECKING:
    from farwatch.foresee.forecast.skill import Cells

SCHEMA = pa.schema(
    [
        pa.field("country_id", pa.int64(), nullable=False),
        pa.field("month_id", pa.int64(), nullable=False),
        pa.field("draw", pa.int64(), nullable=False),
        pa.field("outcome", pa.int64(), nullable=False),
    ]
)


@dataclass(frozen=True)
class Backtest:
    """What was measured, and how it was measured: `report` is what `scores.json` holds."""

    cells: Cells | None
    report: dict[str, Any]


def panel_from(path: Path) -> Panel:
    """A panel from a Parquet or CSV file; raises InputError."""
    return panel_of(read_panel(path), VIEWS)


def backtest_file(
    path: Path,
    years: Sequence[Window],
    folder: Path,
    told: Callable[[str], None] = lambda _: None,
    horizons: tuple[int, ...] = HORIZONS,
) -> Backtest:
    """Run windows of a panel file into a folder; `told` hears of each that is done.

    `horizons` are the months ahead that are learnt, drawn and scored. Raises UsageError where the
    panel ends before a window's October or begins too late for it, InputError for a bad file.
    """
    panel = panel_from(path)
    _fits(panel, years, horizons[-1])
    folder.mkdir(parents=True, exist_ok=True)
    begun, spent = time.perf_counter(), time.process_time()
    parts: list[Cells] = []
    unknown: list[int] = []
    seen: dict[str, Any] = {}
    for window in years:
        tested = backtest.test(panel, borders_of, window, SEED, horizons)
        seen[str(window.year)] = _seen(tested)
        write_draws(tested, folder / f"window_{window.year}.parquet")
        if np.isfinite(tested.came).any():
            parts.append(skill.cells([tested], SEED))
        else:
            unknown.append(window.year)
        told(f"window {window.year}: {time.perf_counter() - begun:.0f} s")
    cells = skill.joined(parts) if parts else None
    report = {
        "model": NAME,
        "seed": SEED,
        "parameters": parameters(),
        "panel": {
            "digest": panel.digest(),
            "first": month_written(panel.first),
            "last": month_written(panel.last),
            "countries": len(panel.countries),
        },
        "horizons": [horizons[0], horizons[-1]],
        "tested": seen,
        "windows_without_outcome": unknown,
        **({} if cells is None else _scores(cells)),
        **({} if cells is None or horizons == HORIZONS else {"ahead": _ahead(cells)}),
        "cost": {
            "wall_seconds": round(time.perf_counter() - begun, 1),
            "processor_seconds": round(time.process_time() - spent, 1),
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        },
    }
    (folder / "scores.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return Backtest(cells, report)


def _fits(panel: Panel, years: Sequence[Window], farthest: int) -> None:
    """Raise UsageError for a window that the panel cannot be tested on, and say which it can."""
    least = LEAST + farthest
    first, last = (
        1981 - (10 - month) // 12 for month in (panel.first + least - 1, panel.last - 11)
    )
    held = f"the panel holds {month_written(panel.first)} to {month_written(panel.last)}"
    allowed = f"which allows windows {first}:{last}" if first <= last else "which allows no window"
    for window in years:
        had = window.cutoff - panel.first + 1
        if window.cutoff > panel.last:
            through = month_written(window.cutoff)
            raise UsageError(
                f"window {window.year} needs data through {through}; {held}, {allowed}"
            )
        if had < least:
            raise UsageError(
                f"window {window.year} is forecast of {max(had, 0)} months, and learning "
                f"{farthest} months ahead needs {least}; {held}, {allowed}"
            )
        if not np.isfinite(panel.sb[:, panel.column(window.cutoff)]).any():
            raise UsageError(
                f"window {window.year} is forecast of the countries coded in "
                f"{month_written(window.cutoff)}, and the panel has no ged_sb in that month: give "
                "one that has"
            )


def _seen(tested: Tested) -> dict[str, Any]:
    """What of a window was forecast and what was scored, so that a part is not taken for all."""
    known = np.isfinite(tested.came)
    months = tested.window.ahead(tested.horizons)[known.any(axis=0)]
    return {
        "data_through": month_written(tested.window.cutoff),
        "countries": len(tested.countries),
        "left_out": list(tested.left_out),
        "months": len(tested.horizons),
        "months_scored": len(months),
        "scored_through": month_written(int(months[-1])) if len(months) else None,
        "cells_scored": int(known.sum()),
    }


def write_draws(tested: Tested, path: Path) -> None:
    """The model's draws of a window, a row a draw."""
    draws = tested.draws[NAME]
    countries, months, count = draws.shape
    ahead = tested.window.ahead(tested.horizons)
    pq.write_table(
        pa.table(
            {
                "country_id": np.repeat(np.asarray(tested.countries), months * count),
                "month_id": np.tile(np.repeat(ahead, count), countries),
                "draw": np.tile(np.arange(count), countries * months),
                "outcome": draws.ravel(),
            },
            schema=SCHEMA,
        ),
        path,
        compression="zstd",
    )


def _scores(cells: Cells) -> dict[str, Any]:
    methods = list(cells.by)
    years = [int(year) for year in np.unique(cells.year)]
    return {
        "windows": {
            str(year): {method: skill.window_scores(cells, year, method) for method in methods}
            for year in years
        },
        "mean": {method: skill.mean_scores(cells, method) for method in methods},
        "against": {
            other: [{**asdict(one), "verdict": one.verdict} for one in skill.against(cells, other)]
            for other in methods
            if other != NAME
        },
        "pit": {
            "all": skill.pit_shares(cells).tolist(),
            "active": skill.pit_shares(cells, cells.active).tolist(),
        },
        "reliability": {
            event: [asdict(one) for one in skill.reliability(cells, event)]
            for event in skill.EVENTS
        },
    }


def _ahead(cells: Cells) -> list[dict[str, Any]]:
    """The scores of each stretch of months ahead by itself."""
    return [
        {
            "first": first,
            "last": last,
            "windows": [int(year) for year in np.unique(part.year)],
            "cells": len(part.came),
            "mean": {method: skill.mean_scores(part, method) for method in part.by},
            "against": {
                BASELINE: [
                    {**asdict(one), "verdict": one.verdict} for one in skill.against(part, BASELINE)
                ]
            },
        }
        for first, last, part in skill.stretched(cells)
    ]
