"""Forests of past cases: what came of the months that were most like this one.

Each tree sorts past months by what was seen; the outcomes in the leaf where a new month falls are
draws of its distribution (Meinshausen, "Quantile regression forests", 2006). A war's size scales
with its own last year, so an outcome is moved by part of the distance between the two levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from farwatch.foresee.forecast.panel import Floats
from farwatch.foresee.forecast.samples import Samples

# How much of the distance in level an outcome is moved, by log10 of deaths a month.
SCALE_AT = (1.0, 2.0, 3.0, 3.7)
SCALE = (0.5, 0.5, 0.8, 1.0)


@dataclass(frozen=True)
class ForestKind:
    """`extra`: cut at random places (Geurts and others, 2006), else at the best ones."""

    extra: bool
    trees: int
    leaf: int  # least rows in a leaf
    share: float  # of the features tried at a cut
    bag: float  # of the rows that a tree sees


KINDS = (
    ForestKind(extra=False, trees=200, leaf=12, share=0.35, bag=0.5),
    ForestKind(extra=True, trees=200, leaf=15, share=0.4, bag=0.6),
)


class Forest:
    """A forest that keeps its cases."""

    def __init__(self, kind: ForestKind, cases: Samples, seed: int) -> None:
        from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor

        made = ExtraTreesRegressor if kind.extra else RandomForestRegressor
        self._cases = cases
        self._model: Any = made(
            kind.trees, min_samples_leaf=kind.leaf, max_features=kind.share, bootstrap=True,
            max_samples=kind.bag, n_jobs=2, random_state=seed,
        )  # fmt: skip
        # Whether anybody dies is told apart from how many: a leaf of both would be of neither.
        wanted = np.column_stack([np.log1p(cases.came), 1.5 * (cases.came > 0)])
        self._model.fit(cases.seen, wanted, sample_weight=cases.weight)

    def draw(
        self, seen: NDArray[np.float32], level: Floats, each: int, rng: np.random.Generator
    ) -> Floats:
        """`each` outcomes of every tree: (rows, trees * each), whole deaths."""
        cases, parts = self._cases, []
        for tree in self._model.estimators_:
            parts.append(_leaf_members(tree.apply(cases.seen), tree.apply(seen), cases, each, rng))
        member = np.concatenate(parts, axis=1)
        came, theirs = cases.came[member], np.log1p(cases.level[member])
        scale = np.interp(np.log10(np.maximum(level, 0.01)), SCALE_AT, SCALE)
        moved = np.expm1(np.log1p(came) + scale[:, None] * (np.log1p(level)[:, None] - theirs))
        return np.where(came > 0, np.maximum(np.round(moved), 1), 0.0)


def _leaf_members(
    leaves: NDArray[np.int64],
    wanted: NDArray[np.int64],
    cases: Samples,
    each: int,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Cases of each wanted leaf by weight, one from each of `each` equal parts."""
    order = np.argsort(leaves, kind="stable")
    sorted_leaves = leaves[order]
    low = np.searchsorted(sorted_leaves, wanted)
    high = np.searchsorted(sorted_leaves, wanted, side="right")
    heap = np.concatenate([[0.0], np.cumsum(cases.weight[order])])
    at = (rng.random((len(wanted), each)) + np.arange(each)) / each
    place = heap[low][:, None] + at * (heap[high] - heap[low])[:, None]
    found = np.searchsorted(heap, place, side="right") - 1
    return np.asarray(order[np.clip(found, low[:, None], high[:, None] - 1)])
