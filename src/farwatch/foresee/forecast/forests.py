"""Forests of past cases: what came of the months that were most like this one.

Each tree sorts past months by what was seen; the outcomes in the leaf where a new month falls are
draws of its distribution (Meinshausen, "Quantile regression forests", 2006). A war's size scales
with its own past, so an outcome is moved by most of the distance between the two levels.

Two forests learn from every country; a third from wars alone, and of each only how it stands to its
own last year, so that the end of a small war teaches what the end of a great one looks like.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from farwatch.foresee.forecast.panel import Floats
from farwatch.foresee.forecast.samples import Samples

# How much of the distance in level an outcome is moved, by log10 of deaths a month.
SCALE_AT = (1.0, 2.0, 3.0, 3.7)
SCALE = (0.8, 0.8, 0.9, 1.0)


@dataclass(frozen=True)
class ForestKind:
    """`extra`: cut at random places (Geurts and others, 2006), else at the best ones."""

    extra: bool
    trees: int
    leaf: int  # least rows in a leaf
    share: float  # of the features tried at a cut
    bag: float  # of the rows that a tree sees
    each: int  # horizons drawn a country and month
    relative: bool = False  # learns of wars, each against its own last year


KINDS = (
    ForestKind(extra=False, trees=200, leaf=12, share=0.35, bag=0.5, each=1),
    ForestKind(extra=True, trees=200, leaf=15, share=0.4, bag=0.6, each=1),
)

WARS = ForestKind(
    extra=False, trees=300, leaf=25, share=0.3, bag=0.4, each=4, relative=True
)  # fmt: skip
WAR = 3.0  # deaths a month of the last year from which a country is one of them

# Of what a war is told: columns against the mean of its last year, differences, and as they are.
_AGAINST_YEAR = (
    "now_0", "now_1", "now_2", "now_3", "now_4", "now_5", "now_mean_3", "now_mean_6", "now_max_6",
    "now_decay_2", "now_decay_6", "year_mean_24", "year_mean_36", "year_mean_60", "year_max_12",
    "year_max_36", "year_decay_18",
)  # fmt: skip
_DIFFERENCES = (("other_os_3", "other_os_12"), ("near_3", "near_12"))
_AS_THEY_ARE = (
    "year_mean_12", "year_months_12", "year_months25_12", "year_months_36", "year_months25_60",
    "trend_unsteady", "quiet_500", "near_3", "near_12", "near_worst", "other_os_3", "other_os_12",
    "other_ns_12", "when_horizon", "when_sin", "when_cos", "when_december",
)  # fmt: skip


def relative(seen: NDArray[np.float32], columns: Sequence[str]) -> NDArray[np.float32]:
    """What the forest of wars is told, from rows of `Features.rows`."""
    at = {name: number for number, name in enumerate(columns)}
    year = seen[:, at["year_mean_12"]]
    least = seen[:, [at["now_0"], at["now_1"], at["now_2"]]].min(axis=1)
    return np.column_stack(
        [
            *(seen[:, at[name]] - year for name in _AGAINST_YEAR),
            *(seen[:, at[one]] - seen[:, at[other]] for one, other in _DIFFERENCES),
            *(seen[:, at[name]] for name in _AS_THEY_ARE),
            least - year,
        ]
    )


class Forest:
    """A forest that keeps its cases."""

    def __init__(self, kind: ForestKind, cases: Samples, columns: Sequence[str], seed: int) -> None:
        from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor

        made = ExtraTreesRegressor if kind.extra else RandomForestRegressor
        self._kind, self._columns, self._cases = kind, columns, cases
        self._seen = self._told(cases.seen)
        self._model: Any = made(
            kind.trees, min_samples_leaf=kind.leaf, max_features=kind.share, bootstrap=True,
            max_samples=kind.bag, n_jobs=2, random_state=seed,
        )  # fmt: skip
        # Whether anybody dies is told apart from how many: a leaf of both would be of neither.
        size = np.log1p(cases.came) - (np.log1p(cases.level) if kind.relative else 0.0)
        wanted = np.column_stack([size, 1.5 * (cases.came > 0)])
        self._model.fit(self._seen, wanted, sample_weight=cases.weight)

    def draw(
        self, seen: NDArray[np.float32], level: Floats, each: int, rng: np.random.Generator
    ) -> Floats:
        """`each` outcomes of every tree: (rows, trees * each), whole deaths."""
        cases, told = self._cases, self._told(seen)
        parts = [
            _leaf_members(tree.apply(self._seen), tree.apply(told), cases, each, rng)
            for tree in self._model.estimators_
        ]
        member = np.concatenate(parts, axis=1)
        came, theirs = cases.came[member], np.log1p(cases.level[member])
        scale = np.interp(np.log10(np.maximum(level, 0.01)), SCALE_AT, SCALE)
        if self._kind.relative:
            scale = np.ones(len(level))
        moved = np.expm1(np.log1p(came) + scale[:, None] * (np.log1p(level)[:, None] - theirs))
        return np.where(came > 0, np.maximum(np.round(moved), 1), 0.0)

    def _told(self, seen: NDArray[np.float32]) -> NDArray[np.float32]:
        return relative(seen, self._columns) if self._kind.relative else seen


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
