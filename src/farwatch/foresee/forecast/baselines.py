"""What a forecast has to beat, drawn in the same run from the same panel.

Each takes (panel as it stood at the cut-off, horizons in months, draws, rng) and gives whole deaths
of shape (countries, horizons, draws). These are the benchmarks of the VIEWS prediction challenge.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from farwatch.foresee.forecast.panel import Panel

Draws = NDArray[np.int64]
YEAR = 12


def zero(panel: Panel, horizons: Sequence[int], draws: int, rng: np.random.Generator) -> Draws:
    """Nobody dies."""
    return np.zeros((len(panel.countries), len(horizons), draws), dtype=np.int64)


def last_poisson(
    panel: Panel, horizons: Sequence[int], draws: int, rng: np.random.Generator
) -> Draws:
    """Each month like the last one: Poisson around its deaths."""
    mean = panel.deaths[:, -1, None, None]
    return rng.poisson(mean, (len(panel.countries), len(horizons), draws))


def conflictology_12(
    panel: Panel, horizons: Sequence[int], draws: int, rng: np.random.Generator
) -> Draws:
    """Each month one of the country's own last twelve, at random."""
    past = panel.deaths[:, -YEAR:].astype(np.int64)
    shape = (len(past), len(horizons), draws)
    return past[np.arange(len(past))[:, None, None], rng.integers(0, past.shape[1], shape)]
