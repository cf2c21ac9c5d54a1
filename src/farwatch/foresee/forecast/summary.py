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
# What was seen, in words; pages translate them (`web.forecast_words.SEEN`, which a test compares).
FORMS = {
    "now": "%(last)s in the last month, %(three)s in the last three",
    "year": "%(deaths)s in twelve months, %(months)s of them with deaths",
    "never": "the last death: none on record",
    "since 0": "the last death: in the last month of the data",
    "since 1": "the last death: 1 month before the data end",
    "since 2": "the last death: %(months)s months before the data end",
    "trend": "%(deaths)s in twelve months after %(before)s in the twelve before",
    "deaths": "%(deaths)s in twelve months",
    "near 0": "no neighbour by land",
    "near 1": "%(deaths)s in 1 neighbour in twelve months",
    "near 2": "%(deaths)s in %(neighbours)s neighbours in twelve months",
    "when": "the first month ahead",
}


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
    made = [
        Driver(
            GROUPS[key], form % {one: f"{n:,}" for one, n in seen.items()}, shares[key], form, seen
        )
        for key, (form, seen) in _saw(panel, near, row).items()
    ]
    return tuple(sorted(made, key=lambda one: -abs(one.effect)))


def _saw(panel: Panel, near: NDArray[np.bool_], row: int) -> dict[str, tuple[str, dict[str, int]]]:
    """By group of features the form of the words, one of FORMS, and its figures."""
    own = panel.deaths[row]
    last, three, year, before = (
        int(part.sum()) for part in (own[-1:], own[-3:], own[-12:], own[-24:-12])
    )
    other = int(np.nan_to_num(panel.ns[row, -12:]).sum() + np.nan_to_num(panel.os[row, -12:]).sum())
    count, around = int(near[row].sum()), int(panel.deaths[near[row], -12:].sum())
    months = int((own[-12:] > 0).sum())
    return {
        "now": (FORMS["now"], {"last": last, "three": three}),
        "year": (FORMS["year"], {"deaths": year, "months": months}),
        "quiet": _since(own),
        "trend": (FORMS["trend"], {"deaths": year, "before": before}),
        "other": (FORMS["deaths"], {"deaths": other}),
        "near": (FORMS[f"near {min(count, 2)}"], {"deaths": around, "neighbours": count}),
        "world": (FORMS["deaths"], {"deaths": int(panel.deaths[:, -12:].sum())}),
        "when": (FORMS["when"], {}),
    }


def _since(own: Floats) -> tuple[str, dict[str, int]]:
    last = np.flatnonzero(own)
    if not len(last):
        return FORMS["never"], {}
    months = len(own) - 1 - int(last[-1])
    return FORMS[f"since {min(months, 2)}"], {"months": months}
