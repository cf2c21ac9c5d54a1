"""The site outlook tried on the past: at each time only what was known, refitted once a year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from farwatch.foresee.forecast.bouts import Bouts, deadly_since, outcomes
from farwatch.foresee.forecast.happenings import Bools, time_of
from farwatch.foresee.forecast.outlook_model import (
    TARGETS,
    WHOLE,
    Base,
    Chances,
    Logit,
    Seen,
    Target,
    combined,
    fit_logit,
    look,
)
from farwatch.foresee.forecast.outlook_scores import auc, bins, brier, log_loss, score
from farwatch.foresee.grid import Floats
from farwatch.model.outlook import Skill

LEAST_EVENTS = 20  # deadly ones within the outermost ring in five years, or nothing is told
FIVE_YEARS = 1830
REFIT = 360  # days between two fits
OWN = "the site's own three-year rate"


@dataclass(frozen=True, eq=False)
class Trial:
    """Forecasts and what came, arrays (place, now). `told` is False where it would be withheld.

    `own` is the place's own rate; `lately` the frequency, so far, after a month with or without a
    deadly event in the disc.
    """

    nows: Floats
    late: int
    y: Mapping[Target, Bools]
    p: Chances
    own: Chances
    lately: Chances
    told: Bools

    def between(self, low: float, high: float) -> Trial:
        """Only the times in [low, high)."""
        chosen = (self.nows >= low) & (self.nows < high)
        return Trial(
            self.nows[chosen],
            self.late,
            {t: values[:, chosen] for t, values in self.y.items()},
            _times(self.p, chosen),
            _times(self.own, chosen),
            _times(self.lately, chosen),
            self.told[:, chosen],
        )


def trial(found: Bouts, nows: Floats, late: int, first: float) -> Trial | None:
    """Forecast every time from `first` on by models fitted on what had come before.

    `nows` rise and lie whole bins from the bouts' cut; inputs are `late` days old. None where the
    history before `first`, or from it on, does not suffice for a fit.
    """
    seen = look(found, nows - late)
    y = {t: outcomes(found, nows, t.km, t.days) for t in TARGETS}
    told = deadly_since(found, nows - late, FIVE_YEARS) >= LEAST_EVENTS
    p = {t: np.full(told.shape, np.nan) for t in TARGETS}
    lately = {t: np.full(told.shape, np.nan) for t in TARGETS}
    begin = first
    while begin <= nows[-1]:
        now = (nows >= begin) & (nows < begin + REFIT)
        logits = learned(seen, y, nows, begin - late)
        if logits is None:
            return None
        part = _at(seen, now)
        for t, values in combined(logits, part).items():
            past = nows + t.days <= begin - late
            p[t][:, now] = values
            lately[t][:, now] = _after(seen.lately[t][:, past], y[t][:, past], part.lately[t])
        begin += REFIT
    tried = nows >= first
    whole = Trial(nows, late, y, p, seen.own, lately, told)
    return whole.between(first, np.inf) if tried.any() else None


def learned(
    seen: Seen, y: Mapping[Target, Bools], nows: Floats, known: float
) -> dict[Target, Logit] | None:
    """A logistic a target from the times whose outcome was known by a day; None with too few."""
    fitted = {}
    for t in TARGETS:
        past = nows + t.days <= known
        one = fit_logit(seen.columns(t)[:, past], y[t][:, past], WHOLE)
        if one is None:
            return None
        fitted[t] = one
    return fitted


def skill_of(tried: Trial, target: Target) -> Skill:
    """What the trial says the target's forecast is worth; raises ValueError where nothing."""
    told, y, p, own = tried.told, tried.y[target], tried.p[target], tried.own[target]
    name = f"deadly event {target}"
    if not told.any():
        raise ValueError(f"{name}: no case in which an outlook would have been given")
    scores = (
        score("log score", log_loss(p, y), log_loss(own, y), told),
        score("Brier score", brier(p, y), brier(own, y), told),
    )
    return Skill(
        target=name,
        baseline=OWN,
        cases=int(told.sum()),
        first=time_of(tried.nows[0]),
        last=time_of(tried.nows[-1]),
        late_days=tried.late,
        scores=scores,
        auc=auc(p[told], y[told]),
        bins=bins(p[told], y[told]),
    )


def _at(seen: Seen, chosen: Bools) -> Seen:
    m0 = {km: v[chosen] for km, v in seen.base.rates.items()}
    return Seen(
        rates=seen.rates[:, chosen],
        kernel=_times(seen.kernel, chosen),
        own=_times(seen.own, chosen),
        lately={t: v[:, chosen] for t, v in seen.lately.items()},
        base=Base(m0, {t: v[chosen] for t, v in seen.base.shares.items()}),
    )


def _times(chances: Chances, chosen: Bools) -> dict[Target, Floats]:
    return {t: values[:, chosen] for t, values in chances.items()}


def _after(flag: Bools, y: Bools, now: Bools) -> Floats:
    """How often it happened after a flag, or without one: its frequency, one case added."""
    rate = [(float((y & (flag == state)).sum()) + y.mean()) / (int((flag == state).sum()) + 1)
            for state in (False, True)]  # fmt: skip
    return np.asarray(np.where(now, rate[1], rate[0]))
