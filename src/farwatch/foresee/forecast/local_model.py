"""The local model of a month's battle deaths: a hurdle, pooled with the place's own last year.

    P(any)      ridge logistic on decayed logs of deaths here, around and in the country
    how many    exp(ridge line of the log of deaths, where there were any, + its residuals)
    the whole   six tenths of it, four tenths the place's last twelve months, each a twelfth

One fit a step (months from the last known one to the one foretold).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.linalg import solve

from farwatch.foresee.forecast.happenings import Bools
from farwatch.foresee.forecast.local import Panel
from farwatch.foresee.forecast.outlook_model import Logit, fit_logit
from farwatch.foresee.grid import Floats, Ints

OWN_MONTHS = 12
HURDLE = 0.6  # its weight in the pool
_ATOMS = 24  # residuals that stand for all
RIDGE = 0.05  # variance that a coefficient of either fit is expected to have
_ACTIVE = (2.0, 12.0, 60.0)
_OWN, _AROUND = (1.0, 3.0, 12.0, 60.0), (1.0, 6.0, 36.0)  # half-lives, months
_FLOOR = 0.01
_CEILING = 2.0  # times the most deaths ever seen


@dataclass(frozen=True, eq=False)
class Hurdle:
    """A step's fit: chance of any death, line of the log of deaths, and its residuals."""

    any: Logit
    line: Floats
    residuals: Floats
    most: float


@dataclass(frozen=True, eq=False)
class Spread:
    """Discrete distributions side by side: atoms (deaths) and weights, (case, atom)."""

    atoms: Floats
    weight: Floats

    def at_least(self, deaths: float) -> Floats:
        """P(this many or more)."""
        return np.asarray(np.minimum(np.where(self.atoms >= deaths, self.weight, 0).sum(1), 1.0))

    def mean(self) -> Floats:
        """Expected deaths."""
        return np.asarray((self.atoms * self.weight).sum(axis=1))

    def quantile(self, level: float) -> Floats:
        """The least atom with at least `level` of the weight at or under it."""
        order = np.argsort(self.atoms, axis=1)
        below = np.cumsum(np.take_along_axis(self.weight, order, 1), axis=1)
        at = np.argmax(below >= level - 1e-9, axis=1)
        ranked = np.take_along_axis(self.atoms, order, 1)
        return np.asarray(ranked[np.arange(len(at)), at])


def columns(panel: Panel, known: Ints, rows: Ints | None = None) -> Floats:
    """(place, time, column) of what is seen when the months up to column `known` are.

    `rows`: of these places alone.
    """
    chosen = np.arange(len(panel.deaths)) if rows is None else rows
    every = np.log1p(panel.deaths)
    logs, active = every[chosen], (panel.deaths[chosen] >= 1).astype(np.float64)
    whole = np.log1p(panel.deaths.sum(axis=0, keepdims=True))
    seen = [np.log(_decayed(logs, known, half) + _FLOOR) for half in _OWN]
    seen += [np.log(_decayed(active, known, half) + _FLOOR) for half in _ACTIVE]
    if panel.near is not None:
        around: Floats = np.asarray(panel.near[chosen] @ every, dtype=float)
        seen += [np.log(_decayed(around, known, half) + _FLOOR) for half in _AROUND]
    size = (len(logs), len(known))
    seen += [np.broadcast_to(_decayed(whole, known, half), size) for half in _AROUND]
    return np.stack(seen, axis=-1)


def _decayed(values: Floats, known: Ints, half: float) -> Floats:
    age = known[None, :] - np.arange(values.shape[1])[:, None]
    kernel = np.where(age >= 0, 2.0 ** (-np.maximum(age, 0) / half), 0.0)
    return np.asarray(values @ kernel / kernel.sum(axis=0))


def own_year(panel: Panel, known: Ints) -> Floats:
    """(place, time, 12) deaths of the last twelve months; months before the history count none."""
    padded = np.pad(panel.deaths, ((0, 0), (OWN_MONTHS, 0)))
    at = known[:, None] + 1 + np.arange(OWN_MONTHS)[None, :]
    return np.asarray(padded[:, at])


def fit_hurdle(seen: Floats, deaths: Floats) -> Hurdle | None:
    """Fit cases (case, column) to deaths (case,); None with too few months of either kind."""
    y = deaths >= 1
    logit = fit_logit(seen, y, few=RIDGE * len(seen))
    if logit is None:
        return None
    x = _design(logit, seen[y])
    log = np.log(deaths[y])
    penalty = np.eye(x.shape[1]) / RIDGE
    penalty[-1, -1] = 0.0
    line = solve(x.T @ x + penalty, x.T @ log)
    levels = (np.arange(_ATOMS) + 0.5) / _ATOMS
    left: Floats = np.asarray(np.quantile(log - x @ line, levels), dtype=float)
    return Hurdle(logit, np.asarray(line, dtype=float), left, float(deaths.max()))


def _design(logit: Logit, seen: Floats) -> Floats:
    scaled = (seen - logit.mean) / logit.scale
    return np.concatenate([scaled, np.ones((len(scaled), 1))], axis=1)


def spread(hurdle: Hurdle, seen: Floats, year: Floats, share: float = HURDLE) -> Spread:
    """The pooled distribution of cases: columns (case, column) and own year (case, 12)."""
    p = hurdle.any(seen)[:, None]
    many = np.exp(_design(hurdle.any, seen) @ hurdle.line)[:, None] * np.exp(hurdle.residuals)
    many = np.clip(np.round(many), 1.0, _CEILING * hurdle.most)
    zero = np.zeros_like(p)
    weight = np.concatenate(
        [
            share * (1 - p),
            np.broadcast_to(share * p / _ATOMS, many.shape),
            np.full_like(year, (1 - share) / year.shape[1]),
        ],
        axis=1,
    )
    return Spread(np.concatenate([zero, many, year], axis=1), weight)


def own_spread(year: Floats) -> Spread:
    """The baseline: the place's own last twelve months, each as likely."""
    return Spread(year, np.full_like(year, 1.0 / year.shape[1]))


def cases(panel: Panel, known: Ints) -> Bools:
    """(place, time): whether the place was known to exist."""
    return np.asarray(panel.since[:, None] <= known[None, :])
