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
    """`seen` (rows, features); `came` deaths; `level` what they are scaled by; `weight` of each."""

    seen: NDArray[np.float32]
    came: Floats
    level: Floats
    weight: Floats


@dataclass(frozen=True)
class Choice:
    """Which rows: `each` horizons a country and month, where `among` (countries, months) holds.

    Without `among` it is all that had a death in 60 months, and QUIET of the rest. `level`
    (countries, months) is what outcomes are scaled by.
    """

    each: int
    level: Floats
    among: NDArray[np.bool_] | None = None


def samples(
    panel: Panel, seen: Features, horizons: Sequence[int], rng: np.random.Generator, choice: Choice
) -> Samples:
    """Rows whose outcome lies within the panel, their horizons drawn.

    Raises UsageError for a panel too short to learn from.
    """
    length = panel.sb.shape[1]
    if length < LEAST + max(horizons):
        raise UsageError(
            f"the panel holds {length} months to its cut-off; learning {max(horizons)} months "
            f"ahead needs {LEAST + max(horizons)}"
        )
    coded = np.isfinite(panel.sb)
    rows = []
    for column in range(RUN_IN, length - min(horizons)):
        for _ in range(choice.each):
            horizon = rng.choice(np.asarray(horizons), len(coded))
            chosen = (
                seen.active[:, column] | (rng.random(len(coded)) < QUIET)
                if choice.among is None
                else choice.among[:, column]
            )
            rows.append(_rows(coded, chosen, column, horizon))
    country, columns, ahead = (np.concatenate(part) for part in zip(*rows, strict=True))
    return Samples(
        seen=seen.rows(country, columns, ahead, panel.first),
        came=panel.sb[country, columns + ahead],
        level=choice.level[country, columns],
        weight=_weights(seen, country, columns) if choice.among is None else np.ones(len(country)),
    )


def _weights(seen: Features, country: Whole, column: Whole) -> Floats:
    return np.where(seen.active[country, column], 1.0, 1 / QUIET)


def _rows(
    coded: NDArray[np.bool_], chosen: NDArray[np.bool_], column: int, horizon: Whole
) -> tuple[Whole, Whole, Whole]:
    """Of the chosen countries, those that have a row at a column with these horizons."""
    ahead = column + horizon
    within = ahead < coded.shape[1]
    last = np.minimum(ahead, coded.shape[1] - 1)
    told = coded[np.arange(len(coded)), last] & coded[:, column]
    kept = np.flatnonzero(within & told & chosen)
    return kept, np.full(len(kept), column), horizon[kept]
