"""Scores of local forecasts: log score, Brier, CRPS of weighted atoms, AUC, bins, intervals."""

from __future__ import annotations

import numpy as np

from farwatch.foresee.forecast.happenings import Bools
from farwatch.foresee.grid import Floats
from farwatch.model.outlook import Bin, Score

DRAWS = 1000
EDGES = (0.01, 0.03, 0.08, 0.2, 0.4, 0.6, 0.8)  # of the bins of reliability


def log_loss(p: Floats, y: Bools) -> Floats:
    """Minus the natural log of the probability given to what happened; p is kept off 0 and 1."""
    kept = np.clip(p, 1e-6, 1 - 1e-6)
    return np.asarray(-np.where(y, np.log(kept), np.log1p(-kept)))


def brier(p: Floats, y: Bools) -> Floats:
    """(p - y)^2."""
    return np.asarray((p - y) ** 2)


def auc(p: Floats, y: Bools) -> float | None:
    """Area under the ROC curve, ties counting half; None where only one outcome occurs."""
    ones = int(y.sum())
    zeros = y.size - ones
    if not ones or not zeros:
        return None
    _, inverse, counts = np.unique(p.ravel(), return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((rank[y.ravel()].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def crps(atoms: Floats, weight: Floats, y: Floats) -> Floats:
    """CRPS of discrete distributions: rows of atoms with weights summing to 1, one y a row.

    E|X - y| - E|X - X'| / 2 (Gneiting and Raftery 2007), the second term by sorting.
    """
    order = np.argsort(atoms, axis=1)
    x, w = np.take_along_axis(atoms, order, 1), np.take_along_axis(weight, order, 1)
    below = np.cumsum(w, axis=1)
    spread = (np.diff(x, axis=1) * below[:, :-1] * (1 - below[:, :-1])).sum(axis=1)
    return np.asarray((w * np.abs(x - y[:, None])).sum(axis=1) - spread)


def interval(per_place: Floats, count: Floats) -> tuple[float, float]:
    """95 % of the mean over cases when places are drawn with replacement.

    `per_place` holds each place's sum, `count` its number of cases.
    """
    chosen = count > 0
    sums, counts = per_place[chosen], count[chosen]
    rng = np.random.default_rng(7)
    draws = rng.integers(0, len(sums), (DRAWS, len(sums)))
    low, high = np.percentile(sums[draws].sum(axis=1) / counts[draws].sum(axis=1), [2.5, 97.5])
    return float(low), float(high)


def score(name: str, ours: Floats, other: Floats, told: Bools) -> Score:
    """Mean losses over the told cases of (place, time) arrays, and the interval of the gain."""
    gain = np.where(told, other - ours, 0.0).sum(axis=1)
    low, high = interval(gain, told.sum(axis=1).astype(float))
    return Score(name, float(ours[told].mean()), float(other[told].mean()), low, high)


def bins(p: Floats, y: Bools) -> tuple[Bin, ...]:
    """Observed frequency by bin of the forecast; empty bins are left out."""
    at = np.searchsorted(EDGES, p, side="right")
    return tuple(
        Bin(int((at == n).sum()), float(p[at == n].mean()), float(y[at == n].mean()))
        for n in range(len(EDGES) + 1)
        if (at == n).any()
    )
