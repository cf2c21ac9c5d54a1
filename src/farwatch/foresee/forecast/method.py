"""The forecast of battle deaths a country-month: fitted on a panel, drawn from its last month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from farwatch.foresee.forecast import forests, ladder, pool
from farwatch.foresee.forecast.features import GROUPS, Features, features
from farwatch.foresee.forecast.panel import Floats, Panel
from farwatch.foresee.forecast.samples import QUIET, RUN_IN, Choice, samples

NAME = "farwatch-3"
SEED = 20171231
LADDER_EACH = 3  # horizons drawn a country and month for the ladder

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
        every = Choice(1, self._seen.recent)
        cases = samples(panel, self._seen, self.horizons, rng, every)
        columns = self._seen.columns
        self._forests = [forests.Forest(kind, cases, columns, seed) for kind in forests.KINDS]
        more = samples(panel, self._seen, self.horizons, rng, replace(every, each=LADDER_EACH))
        self._ladder = ladder.Ladder(more, seed)
        self._wars = self._of_wars(rng)

    def _of_wars(self, rng: np.random.Generator) -> forests.Forest | None:
        """The forest of wars; None where the panel has seen too few to grow one."""
        kind, wars = forests.WARS, self._seen.level >= forests.WAR
        choice = Choice(kind.each, self._seen.level, wars)
        cases = samples(self.panel, self._seen, self.horizons, rng, choice)
        if len(cases.came) < kind.leaf / kind.bag * 4:
            return None
        return forests.Forest(kind, cases, self._seen.columns, self.seed)

    def draw(self, draws: int = 1000) -> Drawn:
        """Draws of each live country and horizon; the same panel and seed give the same ones."""
        live = self.panel.live
        now = self._now(self.horizons)
        rng = np.random.default_rng(self.seed + 1)
        every = [one.draw(now.seen, now.recent, 2, rng) for one in self._forests]
        wars = np.zeros((len(now.level), forests.WARS.trees))
        at_war = now.level >= forests.WAR
        if self._wars is not None and at_war.any():
            wars[at_war] = self._wars.draw(now.seen[at_war], now.level[at_war], 1, rng)
        cases = pool.Cases(
            all=np.concatenate(every, axis=1),
            wars=wars,
            own=np.repeat(self.panel.deaths[live, -12:], len(self.horizons), axis=0),
            season=np.tile((np.asarray(self.horizons) - 1) % 12, len(live)),
        )
        sample = pool.pooled(cases, self._ladder.bins(now.seen), now.level, draws)
        return Drawn(
            tuple(self.panel.countries[i] for i in live),
            self.horizons,
            sample.reshape(len(live), len(self.horizons), draws),
        )

    def shares(self, horizon: int) -> dict[str, Floats]:
        """What each group of features does to P(more than 25 deaths), a value a live country.

        The change of the probability when the group's SHAP values are taken out of its log-odds.
        """
        chance, values = self._ladder.shares(self._now((horizon,)).seen)
        odds = np.log(chance / (1 - chance))
        names = np.array([name.partition("_")[0] for name in self._seen.columns])
        return {
            group: chance - 1 / (1 + np.exp(values[:, names == group].sum(axis=1) - odds))
            for group in GROUPS
        }

    def _now(self, horizons: Sequence[int]) -> _Now:
        live, ahead = self.panel.live, np.asarray(horizons)
        country, horizon = np.repeat(live, len(ahead)), np.tile(ahead, len(live))
        column = np.full(len(country), self.panel.sb.shape[1] - 1)
        return _Now(
            self._seen.rows(country, column, horizon, self.panel.first),
            self._seen.level[country, column],
            self._seen.recent[country, column],
        )


@dataclass(frozen=True)
class _Now:
    """The rows to forecast, (live countries x horizons): what is seen, and their levels."""

    seen: NDArray[np.float32]
    level: Floats
    recent: Floats


def parameters() -> dict[str, float | int | str]:
    """Everything that was set, flat, as a model's card keeps it."""
    out: dict[str, float | int | str] = {"method": NAME, "quiet_share": QUIET, "run_in": RUN_IN}
    for kind in (*forests.KINDS, forests.WARS):
        name = "wars" if kind.relative else "extra_trees" if kind.extra else "random_forest"
        out |= {f"{name}.{key}": value for key, value in asdict(kind).items() if key != "extra"}
    out |= {f"ladder.{key}": value for key, value in ladder.PARAMETERS.items()}
    out |= {"ladder.rounds": ladder.ROUNDS, "ladder.each": LADDER_EACH, "wars.from": forests.WAR}
    out |= {"pool.half_life": pool.HALF_LIFE, "pool.season": pool.SEASON}
    levels = {
        "own": pool.OWN,
        "wars": pool.WARS,
        "ladder": pool.LADDER,
        "kept": pool.KEPT,
        "levels_at": pool.LEVELS_AT,
        "scale": forests.SCALE,
        "scale_at": forests.SCALE_AT,
    }
    for key, values in levels.items():
        out[f"pool.{key}"] = " ".join(str(one) for one in values)
    return out
