"""What a forecast may see at the end of a month: the panel's own past, and the neighbours'.

Every feature at column t uses columns up to t alone. Deaths enter as log(1 + x), for wars differ by
orders of magnitude; what was not coded counts as nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from farwatch.foresee.forecast.panel import Floats, Panel

LONG_AGO = 400  # months since, for what never was

# Groups of features in words, for the drivers that are shown; a name begins with its group's key.
GROUPS = {
    "now": "deaths of the last months",
    "year": "deaths of the last year and longer",
    "quiet": "months since the last violence",
    "trend": "rising or falling, and how unsteady",
    "other": "non-state and one-sided violence",
    "near": "violence in neighbouring countries",
    "world": "violence in the world",
    "when": "month of the year and how far ahead",
}


@dataclass(frozen=True)
class Features:
    """`cube` (countries, months, features) float32; the rest (countries, months)."""

    names: tuple[str, ...]
    cube: NDArray[np.float32]
    level: Floats  # mean deaths a month of the last twelve
    recent: Floats  # deaths a month lately: geometric, half-lives of two and six months
    active: NDArray[np.bool_]  # any death in the last 60 months

    def rows(
        self,
        country: NDArray[np.int64],
        column: NDArray[np.int64],
        horizon: NDArray[np.int64],
        first: int,
    ) -> NDArray[np.float32]:
        """Model rows: what was seen, how far ahead, and the calendar month that is forecast.

        December stands alone: deaths known to the year only are coded in its last month.
        """  # fmt: skip
        calendar = (first + column + horizon - 1) % 12
        turn = 2 * np.pi * calendar / 12
        when = [horizon, np.sin(turn), np.cos(turn), calendar == 11]
        return np.column_stack([self.cube[country, column], *when]).astype(np.float32)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of what `rows` gives."""
        return (*self.names, "when_horizon", "when_sin", "when_cos", "when_december")


def features(panel: Panel, neighbours: NDArray[np.bool_]) -> Features:
    """All features of a panel; `neighbours` (countries, countries) says who borders whom."""
    deaths = panel.deaths
    near = neighbours.astype(float)
    made: dict[str, Floats] = {}
    made |= {f"now_{lag}": np.log1p(_back(deaths, lag)) for lag in range(6)}
    made |= {f"now_mean_{w}": _logmean(deaths, w) for w in (3, 6)}
    made |= {f"now_decay_{h}": _decayed(np.log1p(deaths), h) for h in (2, 6)}
    made["now_max_6"] = np.log1p(_most(deaths, 6))
    made |= {f"year_mean_{w}": _logmean(deaths, w) for w in (12, 24, 36, 60, 120)}
    made |= {f"year_max_{w}": np.log1p(_most(deaths, w)) for w in (12, 36)}
    made |= {f"year_months_{w}": _total(deaths > 0, w) for w in (12, 36, 60)}
    made |= {f"year_months25_{w}": _total(deaths >= 25, w) for w in (12, 60)}
    made |= {f"year_decay_{h}": _decayed(np.log1p(deaths), h) for h in (18, 60)}
    made |= {f"quiet_{n}": np.log1p(_since(deaths >= n)) for n in (1, 25, 500)}
    made["trend_year"] = made["now_mean_3"] - made["year_mean_12"]
    made["trend_years"] = made["year_mean_12"] - made["year_mean_36"]
    made["trend_unsteady"] = _spread(np.log1p(deaths), 12)
    for name, series in (("ns", panel.ns), ("os", panel.os)):
        known = np.nan_to_num(series)
        made |= {f"other_{name}_{w}": _logmean(known, w) for w in (3, 12, 60)}
        made[f"other_{name}_quiet"] = np.log1p(_since(known > 0))
    made |= {f"near_{w}": np.log1p(near @ (_total(deaths, w) / w)) for w in (3, 12, 60)}
    made["near_worst"] = (near[:, :, None] * made["year_mean_12"][None]).max(axis=1, initial=0)
    everywhere = _decayed(np.log1p(deaths.sum(axis=0))[None], 6)
    made["world_deaths"] = np.broadcast_to(everywhere, deaths.shape)
    wars = (_total(deaths, 12) > 0).sum(axis=0).astype(float)
    made["world_conflicts"] = np.broadcast_to(wars, deaths.shape)
    return Features(
        names=tuple(made),
        cube=np.stack(list(made.values()), axis=-1).astype(np.float32),
        level=_total(deaths, 12) / 12,
        recent=np.expm1((made["now_decay_2"] + made["now_decay_6"]) / 2),
        active=_total(deaths, 60) > 0,
    )


def _back(values: Floats, lag: int) -> Floats:
    return np.pad(values, ((0, 0), (lag, 0)))[:, : values.shape[1]]


def _total(values: NDArray[np.float64] | NDArray[np.bool_], window: int) -> Floats:
    """Sum of the last `window` months, shorter at the start."""
    sums = np.cumsum(np.pad(values.astype(float), ((0, 0), (window, 0))), axis=1)
    return np.asarray(sums[:, window:] - sums[:, :-window])


def _logmean(values: Floats, window: int) -> Floats:
    return np.asarray(np.log1p(np.maximum(_total(values, window), 0) / window))


def _most(values: Floats, window: int) -> Floats:
    padded = np.pad(values, ((0, 0), (window - 1, 0)))
    return np.asarray(sliding_window_view(padded, window, axis=1).max(axis=-1))


def _spread(values: Floats, window: int) -> Floats:
    mean = _total(values, window) / window
    return np.asarray(np.sqrt(np.maximum(_total(values**2, window) / window - mean**2, 0)))


def _decayed(values: Floats, half_life: float) -> Floats:
    """Mean of the past, each month back weighing less by 2^(-1/half_life)."""
    keep = 0.5 ** (1 / half_life)
    out = np.empty_like(values)
    total, weight = np.zeros(len(values)), 0.0
    for column in range(values.shape[1]):
        total, weight = total * keep + values[:, column], weight * keep + 1
        out[:, column] = total / weight
    return out


def _since(happened: NDArray[np.bool_]) -> Floats:
    """Months since it last happened, 0 for this one; LONG_AGO at most and where it never did."""
    columns = np.arange(happened.shape[1])
    last = np.maximum.accumulate(np.where(happened, columns, -LONG_AGO), axis=1)
    return np.minimum(columns - last, LONG_AGO).astype(float)
