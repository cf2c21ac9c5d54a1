"""The ladder: for each step of deaths, the probability of more, by boosted trees.

One LightGBM classifier a step, shallow and slow, for months of one country resemble each other and
a faster learner would learn them by heart. The steps are the edges of the ignorance score's bins.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from farwatch.foresee.forecast.metrics import EDGES
from farwatch.foresee.forecast.panel import Floats
from farwatch.foresee.forecast.samples import Samples

ROUNDS = 250
SEVERE = 4  # the step of more than 25 deaths, which the drivers explain
PARAMETERS: dict[str, float | int | str | bool] = {
    "objective": "binary",
    "learning_rate": 0.025,
    "num_leaves": 6,
    "min_data_in_leaf": 400,
    "feature_fraction": 0.2,
    "bagging_fraction": 0.5,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 63,
    # The same draws on every machine: one thread, one order.
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}


class Ladder:
    """Fitted steps."""

    def __init__(self, cases: Samples, seed: int) -> None:
        import lightgbm

        data = lightgbm.Dataset(
            cases.seen, weight=cases.weight, params={"max_bin": 63, "verbose": -1},
            free_raw_data=False,
        )  # fmt: skip
        data.construct()
        self._steps: list[Any] = []
        for edge in EDGES:
            data.set_label((cases.came > edge).astype(float))
            self._steps.append(lightgbm.train({**PARAMETERS, "seed": seed}, data, ROUNDS))

    def bins(self, seen: NDArray[np.float32]) -> Floats:
        """Probability of each of the 11 bins, (rows, 11); a higher step is never likelier."""
        more = np.column_stack([np.asarray(one.predict(seen)) for one in self._steps])
        more = np.minimum.accumulate(more, axis=1)
        edge = np.ones((len(seen), 1))
        return np.asarray(-np.diff(np.hstack([edge, more, 0 * edge]), axis=1))

    def shares(self, seen: NDArray[np.float32]) -> tuple[Floats, Floats]:
        """P(more than 25 deaths) and each feature's SHAP value of its log-odds, (rows, features).

        Exact for trees (Lundberg and others, 2020).
        """
        model = self._steps[SEVERE]
        values = np.asarray(model.predict(seen, pred_contrib=True))
        return np.asarray(model.predict(seen)), values[:, :-1]
