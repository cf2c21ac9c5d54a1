"""The forecast of battle deaths a country-month: fitted on a panel, drawn from its last month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from farwatch.foresee.forecast import forests, ladder, pool
from farwatch.foresee.forecast.features import GROUPS, Features, features
from farwatch.foresee.forecast.panel import Floats, Panel
from farwatch.foresee.forecast.samples import QUIET, samples

NAME = "farwatch-1"
SEED = 20171231
FOREST_EACH, LADDER_EACH = 1, 3  # horizons drawn a country and month, for each part

# Who borders whom among a panel's countries, from present borders: (countries, countries).
Borders = NDArray[np.bool_]


@dataclass(frozen=True)
class Drawn:
    """`draws` (countries, horizons, draws) whole deaths; countries are the panel's live rows."""

    countries: tuple[int, ...]
    horizons: tuple[int, ...]
    draws: NDArray[np.int64]


class Fitted:
    """A model fitted on what a panel holds; what comes after its last month was never seen."""

    def __init__(
        self, panel: Panel, borders: Borders, horizons: Sequence[int], seed: int = SEED
    ) -> None:
        self.panel, self.borders = panel, borders
        self.horizons, self.seed = tuple(horizons), seed
        self._seen: Features = features(panel, borders)
        rng = np.random.default_rng(seed)
        cases = samples(panel, self._seen, self.horizons, rng, FOREST_EACH)
        self._forests = [forests.Forest(kind, cases, seed) for kind in forests.KINDS]
        more = samples(panel, self._seen, self.horizons, rng, LADDER_EACH)
        self._ladder = ladder.Ladder(more, seed)

    def draw(self, draws: int = 1000) -> Drawn:
        """Draws of each live country and horizon; the same panel and seed give the same ones."""
        live = self.panel.live
        seen, level = self._now()
        rng = np.random.default_rng(self.seed + 1)
        cases = [one.draw(seen, level, 2, rng) for one in self._forests]
        own = np.repeat(self.panel.deaths[live, -12:], len(self.horizons), axis=0)
        sample = pool.pooled(cases, own, self._ladder.bins(seen), level, draws)
        return Drawn(
            tuple(self.panel.countries[i] for i in live),
            self.horizons,
            sample.reshape(len(live), len(self.horizons), draws),
        )

    def shares(self, horizon: int) -> dict[str, Floats]:
        """What each group of features does to P(more than 25 deaths), a value a live country.

        The change of the probability when the group's SHAP values are taken out of its log-odds.
        """
        seen, _ = self._now((horizon,))
        chance, values = self._ladder.shares(seen)
        odds = np.log(chance / (1 - chance))
        names = np.array([name.partition("_")[0] for name in self._seen.columns])
        return {
            group: chance - 1 / (1 + np.exp(values[:, names == group].sum(axis=1) - odds))
            for group in GROUPS
        }

    def _now(self, horizons: Sequence[int] | None = None) -> tuple[NDArray[np.float32], Floats]:
        live, ahead = self.panel.live, np.asarray(self.horizons if horizons is None else horizons)
        country, horizon = np.repeat(live, len(ahead)), np.tile(ahead, len(live))
        column = np.full(len(country), self.panel.sb.shape[1] - 1)
        seen = self._seen.rows(country, column, horizon, self.panel.first)
        return seen, self._seen.level[country, column]


def parameters() -> dict[str, float | int | str]:
    """Everything that was set, flat, as a model's card keeps it."""
    out: dict[str, float | int | str] = {"method": NAME, "quiet_share": QUIET}
    for kind in forests.KINDS:
        name = "extra_trees" if kind.extra else "random_forest"
        out |= {f"{name}.{key}": value for key, value in asdict(kind).items() if key != "extra"}
    out |= {f"ladder.{key}": value for key, value in ladder.PARAMETERS.items()}
    out |= {"ladder.rounds": ladder.ROUNDS, "pool.half_life": pool.HALF_LIFE}
    levels = {"own": pool.OWN, "ladder": pool.LADDER, "kept": pool.KEPT, "scale": forests.SCALE}
    for key, values in levels.items():
        out[f"pool.{key}"] = " ".join(str(one) for one in values)
    return out
