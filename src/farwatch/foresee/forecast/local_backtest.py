"""The local forecasts tried on the past: each month from what was known, refitted every two years.

Beside them the place's own last twelve months, each as likely; for onsets, how often one came so
far.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from farwatch.foresee.forecast.happenings import Bools
from farwatch.foresee.forecast.local import Panel
from farwatch.foresee.forecast.local_model import (
    OWN_MONTHS,
    RIDGE,
    Spread,
    cases,
    columns,
    fit_hurdle,
    own_spread,
    own_year,
    spread,
)
from farwatch.foresee.forecast.outlook_model import fit_logit
from farwatch.foresee.forecast.outlook_scores import auc, bins, brier, crps, log_loss, score
from farwatch.foresee.grid import Floats, Ints
from farwatch.model.outlook import Score, Skill

REFIT = 24  # months between two fits
ONSET_MONTHS = 6
OWN = "the place's own last twelve months"
SO_FAR = "how often it came so far"


@dataclass(frozen=True, eq=False)
class LocalTrial:
    """Scores (place, time) of a step, ours and the baseline's; `told`: the place was known then.

    `losses` by name: CRPS of log(1 + deaths), CRPS, Brier scores of 1 and of 25 deaths and more.
    """

    step: int
    months: Ints  # the months foretold, since January 1970
    losses: dict[str, tuple[Floats, Floats]]
    p_any: Floats
    y_any: Bools
    told: Bools


def trial(panel: Panel, step: int, first: int) -> LocalTrial | None:
    """Foretell every month from panel column `first` on; None where too little comes before."""
    known = np.arange(OWN_MONTHS, panel.width - step)
    seen, year = columns(panel, known), own_year(panel, known)
    told, deaths = cases(panel, known), panel.deaths[:, known + step]
    parts: dict[str, tuple[Floats, Floats]] = {}
    p_any = np.full(told.shape, np.nan)
    for begin in range(first, panel.width, REFIT):
        now = (known + step >= begin) & (known + step < begin + REFIT)
        past = known + step <= begin - step
        hurdle = fit_hurdle(seen[:, past][told[:, past]], deaths[:, past][told[:, past]])
        if hurdle is None:
            return None
        here = told & now[None, :]
        ours, own = spread(hurdle, seen[here], year[here]), own_spread(year[here])
        p_any[here] = ours.at_least(1)
        for name, pair in _losses(ours, own, deaths[here]).items():
            whole = parts.setdefault(name, (np.zeros(told.shape), np.zeros(told.shape)))
            for array, values in zip(whole, pair, strict=True):
                array[here] = values
    tried = known + step >= first
    if not parts or not tried.any():
        return None
    return LocalTrial(
        step=step,
        months=panel.first + (known + step)[tried],
        losses={name: (a[:, tried], b[:, tried]) for name, (a, b) in parts.items()},
        p_any=p_any[:, tried],
        y_any=(deaths >= 1)[:, tried],
        told=told[:, tried],
    )


def _losses(ours: Spread, own: Spread, deaths: Floats) -> dict[str, tuple[Floats, Floats]]:
    found = {}
    for name, of in (("CRPS of log(1 + deaths)", np.log1p), ("CRPS", np.asarray)):
        pair = [crps(of(one.atoms), one.weight, of(deaths)) for one in (ours, own)]
        found[name] = pair[0], pair[1]
    for least in (1, 25):
        pair = [brier(one.at_least(least), deaths >= least) for one in (ours, own)]
        found[f"Brier score of {least} and more"] = pair[0], pair[1]
    return found


def skill_of(tried: LocalTrial | None, step: int) -> Skill:
    """What the trial says a step is worth; raises ValueError where nothing."""
    name = f"battle deaths of a month, {step} ahead"
    if tried is None or not tried.told.any():
        raise ValueError(f"{name}: too few months with deaths to learn from")
    told, y = tried.told, tried.y_any[tried.told]
    return Skill(
        target=name,
        baseline=OWN,
        cases=int(told.sum()),
        first=start_of(int(tried.months[0])),
        last=start_of(int(tried.months[-1])),
        late_days=30 * (step - 1),
        scores=scores_of(tried),
        auc=auc(tried.p_any[told], y),
        bins=bins(tried.p_any[told], y),
    )


def scores_of(tried: LocalTrial) -> tuple[Score, ...]:
    """Every loss's mean beside the baseline's, with the interval of the gain."""
    return tuple(score(name, *pair, tried.told) for name, pair in tried.losses.items())


def start_of(month: int) -> datetime:
    """The start of a month, counted from January 1970."""
    return datetime(1970 + month // 12, month % 12 + 1, 1, tzinfo=UTC)


@dataclass(frozen=True, eq=False)
class Quiet:
    """Cases of places without a death in the last year: what is seen, and whether one came."""

    known: Ints
    seen: Floats
    quiet: Bools
    came: Bools


def quiet_cases(panel: Panel, step: int) -> Quiet:
    """Every past case whose next months, `step` ahead and the five after it, are known."""
    known = np.arange(OWN_MONTHS, panel.width - step - ONSET_MONTHS + 1)
    quiet = (own_year(panel, known).sum(axis=-1) < 1) & cases(panel, known)
    after = np.stack([panel.deaths[:, known + step + n] for n in range(ONSET_MONTHS)])
    return Quiet(known, columns(panel, known), quiet, after.sum(axis=0) >= 1)


def onset_skill(panel: Panel, step: int, first: int) -> Skill:
    """What the chance of an onset is worth; raises ValueError where nothing or unknown."""
    name = f"a battle death in {ONSET_MONTHS} months after a quiet year"
    found = quiet_cases(panel, step)
    p, base = np.full(found.quiet.shape, np.nan), np.full(found.quiet.shape, np.nan)
    for begin in range(first, panel.width, REFIT):
        now = (found.known + step >= begin) & (found.known + step < begin + REFIT)
        past = found.known + step + ONSET_MONTHS - 1 <= begin - step
        chosen = found.quiet[:, past]
        came = found.came[:, past][chosen]
        logit = fit_logit(found.seen[:, past][chosen], came, few=RIDGE * len(came))
        if logit is None:
            raise ValueError(f"{name}: too few have come to learn from")
        here = found.quiet & now[None, :]
        p[here], base[here] = logit(found.seen[here]), came.mean()
    told = found.quiet & (found.known + step >= first)[None, :]
    if not told.any():
        raise ValueError(f"{name}: no quiet year to try it on")
    y, months = found.came, panel.first + found.known + step
    return Skill(
        target=name,
        baseline=SO_FAR,
        cases=int(told.sum()),
        first=start_of(panel.first + first),
        last=start_of(int(months[-1])),
        late_days=30 * (step - 1),
        scores=(
            score("log score", log_loss(p, y), log_loss(base, y), told),
            score("Brier score", brier(p, y), brier(base, y), told),
        ),
        auc=auc(p[told], y[told]),
        bins=bins(p[told], y[told]),
    )
