"""Draws to what is kept and shown: quantiles, chances, drivers in words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from farwatch.foresee.forecast.features import GROUPS
from farwatch.foresee.forecast.panel import Floats, Panel
from farwatch.model.forecast import LEVELS, Driver, Month

QUIET = 12  # months without a death, after which a death is an onset
DRAWN = 120  # months of history that are shown


def months(draws: NDArray[np.int64], horizons: tuple[int, ...], cutoff: int, past: Floats) -> tuple[
    Month, ...
]:  # fmt: skip
    """One country's months from its draws (horizons, draws); `past` its deaths to the cut-off."""
    quiet = not past[-QUIET:].any()
    quantiles = np.quantile(draws, LEVELS, axis=1, method="inverted_cdf")
    one, many = (draws >= 1).mean(axis=1), (draws >= 25).mean(axis=1)
    return tuple(
        Month(
            month=cutoff + horizon,
            horizon=horizon,
            quantiles=tuple(float(value) for value in quantiles[:, n]),
            mean=float(draws[n].mean()),
            at_least_1=float(one[n]),
            at_least_25=float(many[n]),
            onset=float(one[n]) if quiet else None,
        )
        for n, horizon in enumerate(horizons)
    )


def history(panel: Panel, row: int) -> tuple[tuple[int, float | None], ...]:
    """(month, deaths) of the last ten years, None where it was not coded."""
    series = panel.sb[row, -DRAWN:]
    first = panel.last - len(series) + 1
    return tuple(
        (first + n, float(value) if np.isfinite(value) else None) for n, value in enumerate(series)
    )


def drivers(
    panel: Panel, near: NDArray[np.bool_], row: int, shares: Mapping[str, float]
) -> tuple[Driver, ...]:
    """What was seen and what it did, the greatest effect first."""
    saw = _saw(panel, near, row)
    made = [Driver(GROUPS[key], saw[key], shares[key]) for key in GROUPS]
    return tuple(sorted(made, key=lambda one: -abs(one.effect)))


def _saw(panel: Panel, near: NDArray[np.bool_], row: int) -> dict[str, str]:
    own = panel.deaths[row]
    year, before = own[-12:].sum(), own[-24:-12].sum()
    other = np.nan_to_num(panel.ns[row, -12:]).sum() + np.nan_to_num(panel.os[row, -12:]).sum()
    around = panel.deaths[near[row], -12:].sum()
    count = int(near[row].sum())
    return {
        "now": f"{own[-1]:,.0f} in the last month, {own[-3:].sum():,.0f} in the last three",
        "year": f"{year:,.0f} in twelve months, {int((own[-12:] > 0).sum())} of them with deaths",
        "quiet": f"the last death: {_since(own)}",
        "trend": f"{year:,.0f} in twelve months after {before:,.0f} in the twelve before",
        "other": f"{other:,.0f} in twelve months",
        "near": f"{around:,.0f} in {count} neighbour{'' if count == 1 else 's'} in twelve months",
        "world": f"{panel.deaths[:, -12:].sum():,.0f} in twelve months",
        "when": "the first month ahead",
    }


def _since(own: Floats) -> str:
    last = np.flatnonzero(own)
    if not len(last):
        return "none on record"
    months = len(own) - 1 - int(last[-1])
    if not months:
        return "in the last month of the data"
    return f"{months} month{'' if months == 1 else 's'} before the data end"
