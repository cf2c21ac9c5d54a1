"""The site outlook's model: a fixed kernel and a ridge logistic in equal parts, kept in order.

    kernel     mu = (A_30 + 2 m2 + N_30) / (T_30 + 3),  P = 1 - (1 + mu days / 30 / r)^-r,  r = .5
               m2 = (A_730 + 12 m1) / (T_730 + 12),  m1 = (N_730 T_730 + 12 m0) / (T_730 + 12)
    logistic   logs of decayed rates of five rings and five half-lives, the kernel's and the own
               rate's log odds; penalty |coefficients|^2 / 120 beside the mean log loss
    P          the mean of the two, then the middle between the highest of what is nearer and
               sooner and the lowest of what is farther and later

A_h is the decayed sum of bouts in the disc, N_h their rate in the ring up to 100 km spread over
the disc's area, m0 the mean of A_730 over the places, T_h the months listened to (see rates.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from farwatch.foresee.forecast.bouts import (
    BIN,
    MONTH,
    RINGS,
    Bouts,
    decayed,
    months_heard,
    struck_windows,
)
from farwatch.foresee.forecast.happenings import Bools
from farwatch.foresee.grid import Floats

LEAST_POSITIVES = 50  # cases of either outcome, under which nothing is fitted
R = 0.5  # the smaller, the more events come in clusters; as in constants.yaml
OWN_DAYS = 1080  # three years: the own rate's memory
_HALVES = (20, 60, 180, 540, 1800)  # of the logistic's rates
_FLOOR = 0.01  # bouts a month added before a log
FEW = 60.0  # 2 x the penalty's divisor: sklearn's C is this over the number of cases
_TRUSTED = 2.0**0.5  # so much larger a column is penalised half as much
WHOLE = 2  # columns that are whole forecasts: the kernel's and the own rate's


class Target(NamedTuple):
    """A deadly event begins within `km` in the next `days`."""

    km: float
    days: int

    def __str__(self) -> str:
        """In words: "within 25 km in 30 days"."""
        return f"within {self.km:.0f} km in {self.days} days"


TARGETS = tuple(Target(km, days) for km in (25.0, 50.0) for days in (30, 90))
Chances = Mapping[Target, Floats]


class Base(NamedTuple):
    """What the places have in common, by cut: m0 by disc, and the mean own share by target."""

    rates: Mapping[float, Floats]
    shares: Chances


@dataclass(frozen=True, eq=False)
class Seen:
    """What is known of places at cuts: arrays (place, cut), `rates` (place, cut, column).

    `lately`: a deadly event became known in the disc in the last 30 days.
    """

    rates: Floats
    kernel: Chances
    own: Chances
    lately: Mapping[Target, Bools]
    base: Base

    def columns(self, target: Target) -> Floats:
        """(place, cut, column): the logistic's columns."""
        both = (_odds(self.kernel[target]), _odds(self.own[target]))
        return np.concatenate([self.rates, np.stack(both, axis=-1)], axis=-1)


def look(found: Bouts, cuts: Floats, base: Base | None = None) -> Seen:
    """Everything the model sees of the places at the cuts (whole bins before the bouts' cut).

    `base` is that of the places that the model was fitted on; without it, of these.
    """
    rates = decayed(found, cuts)
    logs = [np.log(rates[half][ring] + _FLOOR) for ring in range(len(RINGS)) for half in _HALVES]
    heard = {half: months_heard(half, cuts - found.start) for half in (30, 730)}
    hits = {t: struck_windows(found, cuts, t.km, t.days, _spans(t)) for t in TARGETS}
    if base is None:
        m0 = {km: _disc(rates[730], km).mean(axis=0) for km in RINGS[:2]}
        base = Base(m0, {t: _mean_share(hits[t], _spans(t)) for t in TARGETS})
    mu = {km: _mu(rates, heard, km, base.rates[km]) for km in RINGS[:2]}
    return Seen(
        rates=np.stack(logs, axis=-1),
        kernel={t: 1 - (1 + mu[t.km] * t.days / MONTH / R) ** -R for t in TARGETS},
        own={t: (hits[t] + base.shares[t]) / (_spans(t) + 1) for t in TARGETS},
        lately={t: struck_windows(found, cuts, t.km, 30, 1) > 0 for t in TARGETS},
        base=base,
    )


def _spans(target: Target) -> int:
    """How many spans of its days the own rate remembers: the share of those with a deadly event.

    One span more is added in which the mean of all the places' shares happened, so that the own
    rate is never 0 or 1.
    """
    return OWN_DAYS // target.days


def _mean_share(hits: Floats, spans: int) -> Floats:
    return np.asarray((hits.sum(axis=0) + 0.5) / (spans * len(hits) + 1))


def _disc(rates: Floats, km: float) -> Floats:
    return np.asarray(rates[0] + rates[1] if km > RINGS[0] else rates[0])


def _mu(rates: Mapping[int, Floats], heard: Mapping[int, Floats], km: float, m0: Floats) -> Floats:
    share = km**2 / (RINGS[2] ** 2 - km**2)
    around = {
        h: share * (rates[h][2] + (rates[h][1] if km == RINGS[0] else 0.0)) for h in (30, 730)
    }
    m1 = (around[730] * heard[730] + 12 * m0) / (heard[730] + 12)
    m2 = (_disc(rates[730], km) * heard[730] + 12 * m1) / (heard[730] + 12)
    fast = _disc(rates[30], km) * heard[30] + 2 * m2 + around[30]
    return np.asarray(fast / (heard[30] + 3) + 1e-5)


@dataclass(frozen=True, eq=False)
class Logit:
    """A fitted logistic: log odds = intercept + (columns - mean) / scale . coefficients."""

    mean: Floats
    scale: Floats
    coefficients: Floats
    intercept: float

    def __call__(self, columns: Floats) -> Floats:
        """P for columns along the last axis."""
        odds = (columns - self.mean) / self.scale @ self.coefficients + self.intercept
        return np.asarray(1 / (1 + np.exp(-odds)))


def fit_logit(columns: Floats, y: Bools, trusted: int = 0, few: float = FEW) -> Logit | None:
    """Fit columns (..., column) to outcomes (...); None with too few of one.

    The last `trusted` columns are penalised half as much.
    """
    from sklearn.linear_model import LogisticRegression  # dear to import: only where it is used

    if min(int(y.sum()), int((~y).sum())) < LEAST_POSITIVES:
        return None
    flat = columns.reshape(-1, columns.shape[-1])
    mean, scale = flat.mean(axis=0), flat.std(axis=0) + 1e-9
    scale[len(scale) - trusted :] /= _TRUSTED
    ridge = LogisticRegression(C=few / len(flat), solver="newton-cholesky")
    ridge.fit((flat - mean) / scale, y.ravel())
    return Logit(mean, scale, ridge.coef_[0], float(ridge.intercept_[0]))


def combined(logits: Mapping[Target, Logit], seen: Seen) -> dict[Target, Floats]:
    """P of every target, in order by construction."""
    mixed = {t: (logits[t](seen.columns(t)) + seen.kernel[t]) / 2 for t in TARGETS}
    return in_order(mixed)


def in_order(chances: Chances) -> dict[Target, Floats]:
    """The chances with none above that of a farther and longer target.

    The middle of two that keep the order: the highest of all it contains, the lowest of all that
    contain it. Chances in order stay as they are.
    """
    found = {}
    for target in chances:
        inside = [p for t, p in chances.items() if t.km <= target.km and t.days <= target.days]
        around = [p for t, p in chances.items() if t.km >= target.km and t.days >= target.days]
        found[target] = (np.max(inside, axis=0) + np.min(around, axis=0)) / 2
    return found


def after(cut: float, late: int, first: float) -> Floats:
    """Times of the past to learn from: every 30 days back from the last whole horizon to `first`.

    All lie whole bins from the cut, and so do the cuts `late` days before them.
    """
    last = cut - max(t.days for t in TARGETS)
    steps = max(0, int((last - late - first) // MONTH) + 1)
    return np.asarray(last - MONTH * np.arange(steps)[::-1])


def whole_bins(days: float) -> int:
    """Days rounded up to whole bins."""
    return int(np.ceil(max(days, 0.0) / BIN)) * BIN


def _odds(p: Floats) -> Floats:
    kept = np.clip(p, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(kept / (1 - kept)))
