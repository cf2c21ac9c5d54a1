"""Rates: how many serious-event equivalents a month each cell may expect, by Gamma-Poisson means.

Every prior counts as so many months of listening (`constants.yaml`, `prior_months`):

    m0   = (sum A_slow + country-wide A_slow) / sum T_slow          the country's cells; of conflict
                                                                    times the forecast's ratio
    m1   = (sum A_slow + 12 m0) / (sum T_slow / cells + 12)         a cell of the admin-1
    m2   = (A_slow + 12 m1) / (T_slow + 12)                         the cell's slow rate
    near = ring's A_fast x disc area / ring area / T_fast           the neighbourhood, lately
    mu   = (A_fast + 2 m2 + 1 near) / (T_fast + 2 + 1)

A_x is the sum of weight x 2^(-age / H_x), T_x = q x H_x / (30 ln 2) the months listened to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammaincinv

from farwatch.foresee.constants import Constants
from farwatch.foresee.grid import Floats

Array = Floats | float


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """One category's sums and means, arrays over cells (or plain numbers for one cell).

    `fast` and `slow` are A, `fast_months` and `slow_months` T; `near`, `m0`, `m1` rates a
    month.
    """

    fast: Array
    slow: Array
    near: Array
    m0: Array
    m1: Array
    fast_months: Array
    slow_months: Array

    def at(self, cell: int) -> Rates:
        """The same for one cell."""
        names = self.__dataclass_fields__
        return Rates(**{name: float(np.asarray(getattr(self, name))[cell]) for name in names})


def slow_rate(rates: Rates, constants: Constants) -> Array:
    """m2, the cell's slow rate a month under its admin-1's."""
    months = constants.prior_months["admin1"]
    return (rates.slow + months * rates.m1) / (rates.slow_months + months)


def shape(rates: Rates, constants: Constants) -> tuple[Array, Array]:
    """Shape and rate (months) of the gamma posterior of mu."""
    prior = constants.prior_months
    alpha = rates.fast + prior["slow"] * slow_rate(rates, constants) + prior["near"] * rates.near
    return alpha, rates.fast_months + prior["slow"] + prior["near"]


def mean(rates: Rates, constants: Constants) -> Array:
    """mu, expected serious-event equivalents a month in the disc."""
    alpha, months = shape(rates, constants)
    return alpha / months


def upper(rates: Rates, constants: Constants) -> Array:
    """The quantile of mu that thin coverage is judged by."""
    alpha, months = shape(rates, constants)
    found: Array = gammaincinv(np.maximum(alpha, 1e-12), constants.thin_quantile) / months
    return found


def probability(mu: Array, constants: Constants) -> Array:
    """P(at least one in the next month) when counts cluster: negative binomial with r."""
    return 1.0 - (1.0 + np.asarray(mu, dtype=float) / constants.r) ** -constants.r


def level_of(p: Array, constants: Constants) -> NDArray[np.int64]:
    """Level 1-6 of a probability; a bound belongs to the level above it."""
    # A rate that stands on a bound must not fall under it by rounding in the last bit.
    found = np.searchsorted(np.array(constants.bounds), np.asarray(p) + 1e-12, side="right") + 1
    return np.asarray(found, dtype=np.int64)


def mu_at(level: int, constants: Constants) -> float:
    """The rate at which a level (2-6) begins."""
    p = constants.bounds[level - 2]
    return float(constants.r * ((1 - p) ** (-1 / constants.r) - 1))


def trend(rates: Rates, constants: Constants) -> tuple[float, float]:
    """P(fast rate > 1.5 x slow rate) and P(fast < .67 x slow), of one cell's gamma posteriors.

    The ratio of two gamma variables is a beta's odds. Each prior is an exponential about the slower
    rate: a heavier one would hide a fall, a lighter one would call every quiet month a fall. The
    two share events, which this leaves out.
    """
    words = constants.trend
    m1, m2 = (max(float(m), 1e-9) for m in (rates.m1, slow_rate(rates, constants)))
    quick, slow = float(rates.fast) + 1.0, float(rates.slow) + 1.0
    months = float(rates.fast_months) + 1 / m2, float(rates.slow_months) + 1 / m1
    odds = [words[name] * months[0] / months[1] for name in ("rising", "falling")]
    under = [float(betainc(quick, slow, z / (1 + z))) for z in odds]
    return 1.0 - under[0], under[1]
