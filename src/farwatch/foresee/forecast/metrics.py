"""Scores of a sample against what came: those of the VIEWS prediction challenge 2023/24, and more.

Everywhere `draws` has shape (cells, draws) and `came` (cells,), both counts of deaths; each score
has shape (cells,), smaller is better, and is averaged over cells by whoever asks. Hegre and others,
"The 2023/24 VIEWS Prediction Challenge" (Journal of Peace Research, 2025), gives the first three.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Bins of the ignorance score: [0, .5), [.5, 2.5), ... and 1000.5 upwards.
EDGES = np.array([0.5, 2.5, 5.5, 10.5, 25.5, 50.5, 100.5, 250.5, 500.5, 1000.5])
ALPHA = 0.1  # of the interval score: the central 90 %


def crps(draws: Floats, came: Floats) -> Floats:
    """Continuous ranked probability score of the sample's own distribution, in deaths.

    E|X - y| - E|X - X'|/2 over the draws, the second mean over all pairs, each with itself too.
    """
    ordered = np.sort(draws, axis=1)
    count = draws.shape[1]
    ranks = 2 * np.arange(1, count + 1) - count - 1
    apart: Floats = np.abs(ordered - came[:, None]).mean(axis=1)
    spread: Floats = ordered @ ranks / count**2
    return apart - spread


def log_crps(draws: Floats, came: Floats) -> Floats:
    """The same of log(1 + deaths): orders of magnitude count, not the greatest war alone."""
    return crps(np.log1p(draws), np.log1p(came))


def ignorance(draws: Floats, came: Floats) -> Floats:
    """Bits of surprise at the bin that came; each bin has one draw added, so that none is 0."""
    hits = (np.digitize(draws, EDGES) == np.digitize(came, EDGES)[:, None]).sum(axis=1)
    bits: Floats = -np.log2((hits + 1) / (draws.shape[1] + len(EDGES) + 1))
    return bits


def interval(draws: Floats) -> tuple[Floats, Floats]:
    """Lower and upper end of the central 90 %."""
    low, high = np.quantile(draws, [ALPHA / 2, 1 - ALPHA / 2], axis=1)
    return low, high


def interval_score(draws: Floats, came: Floats) -> Floats:
    """Width of the 90 % interval, and 20 times what came outside it, in deaths."""
    low, high = interval(draws)
    outside = np.maximum(low - came, 0) + np.maximum(came - high, 0)
    return (high - low) + 2 / ALPHA * outside


def covered(draws: Floats, came: Floats) -> NDArray[np.bool_]:
    """Whether what came lies in the 90 % interval, its ends included."""
    low, high = interval(draws)
    return np.asarray((low <= came) & (came <= high))


def pit(draws: Floats, came: Floats, rng: np.random.Generator) -> Floats:
    """Randomised probability integral transform: uniform on 0..1 for an honest forecast of counts.

    Czado, Gneiting and Held (2009): a uniform draw between P(X < y) and P(X <= y).
    """
    below = (draws < came[:, None]).mean(axis=1)
    upto = (draws <= came[:, None]).mean(axis=1)
    placed: Floats = below + rng.random(len(came)) * (upto - below)
    return placed


def brier(chance: Floats, happened: NDArray[np.bool_]) -> Floats:
    """Squared error of a probability."""
    return np.asarray((chance - happened) ** 2)


def auc(chance: Floats, happened: NDArray[np.bool_]) -> float | None:
    """How often what happened was given more than what did not; ties count half.

    None where all or nothing happened.
    """
    from scipy.stats import rankdata

    hits = int(happened.sum())
    if hits in {0, len(happened)}:
        return None
    ranks = rankdata(chance)
    above = ranks[happened].sum() - hits * (hits + 1) / 2
    return float(above / (hits * (len(happened) - hits)))
