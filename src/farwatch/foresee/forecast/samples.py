"""Rows that a model learns from: what was seen at a month's end, and what came `horizon` later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farwatch.errors import UsageError
from farwatch.foresee.forecast.features import Features
from farwatch.foresee.forecast.panel import Floats, Panel

RUN_IN = 24  # months before the first row, so that a row has some past
LEAST = 60  # months of a panel below which nothing is learnt
QUIET = 0.25  # share of rows kept of countries without a death in 60 months; they weigh the more

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Samples:
    """`seen` (rows, features); `came` deaths; `level` the base of each row; `weight` of each."""

    seen: NDArray[np.float32]
    came: Floats
    level: Floats
    weight: Floats


def samples(
    panel: Panel, seen: Features, horizons: Sequence[int], rng: np.random.Generator, each: int
) -> Samples:
    """`each` horizons drawn for every country and month whose outcome lies within the panel.

    Raises UsageError for a panel too short to learn from.
    """
    length = panel.sb.shape[1]
    if length < LEAST + max(horizons):
        raise UsageError(
            f"the panel holds {length} months to its cut-off; learning {max(horizons)} months "
            f"ahead needs {LEAST + max(horizons)}"
        )
    coded = np.isfinite(panel.sb)
    rows = [
        _rows(coded, seen.active, column, rng.choice(np.asarray(horizons), coded.shape[0]), rng)
        for column in range(RUN_IN, length - min(horizons))
        for _ in range(each)
    ]
    country, column, horizon = (np.concatenate(part) for part in zip(*rows, strict=True))
    return Samples(
        seen=seen.rows(country, column, horizon, panel.first),
        came=panel.sb[country, column + horizon],
        level=seen.level[country, column],
        weight=np.where(seen.active[country, column], 1.0, 1 / QUIET),
    )


def _rows(
    coded: NDArray[np.bool_],
    active: NDArray[np.bool_],
    column: int,
    horizon: Whole,
    rng: np.random.Generator,
) -> tuple[Whole, Whole, Whole]:
    """The countries that have a row at a column with these horizons."""  # fmt: skip
    every = np.arange(len(coded))
    ahead = column + horizon
    within = ahead < coded.shape[1]
    told = coded[every, np.minimum(ahead, coded.shape[1] - 1)] & coded[:, column]
    chosen = active[:, column] | (rng.random(len(coded)) < QUIET)
    kept = np.flatnonzero(within & told & chosen)
    return kept, np.full(len(kept), column), horizon[kept]
