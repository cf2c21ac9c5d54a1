"""What a backtest measured: mean scores by method, intervals against a baseline, calibration.

Means are over a window's cells (country x month) and then over windows. Intervals resample whole
countries, for months of one country are no independent trials: 95 % of 2,000 bootstrap means of the
difference model - baseline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from farwatch.errors import UsageError
from farwatch.foresee.forecast import metrics
from farwatch.foresee.forecast.backtest import BASELINE, HORIZONS, Tested
from farwatch.foresee.forecast.method import NAME
from farwatch.foresee.forecast.panel import Floats
from farwatch.model.forecast import Bin, Reach, Record, Score, Skill

SCORES: dict[str, Callable[[Floats, Floats], Floats]] = {
    "crps": metrics.crps,
    "ign": metrics.ignorance,
    "mis": metrics.interval_score,
    "crps_log1p": metrics.log_crps,
}
EVENTS = {"at_least_1": 1, "at_least_25": 25, "onset": 1}  # onset: of those quiet for a year
LEFT_OUT = ("UA", "ET")  # two countries that carry most of 2020-2022's deaths
RESAMPLES = 2000
# Months ahead that are judged together: those that data come too late for, the protocol's twelve,
# and the second and third year.
STRETCHES = ((1, 2), (3, 14), (15, 26), (27, 36))
STEPS = np.array([0, 0.01, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95, 1.0])  # of reliability


@dataclass(frozen=True)
class Cells:
    """Every scored cell of all windows, one row each; `by` method and measure (cells,)."""

    year: NDArray[np.int64]
    ahead: NDArray[np.int64]  # months
    country: NDArray[np.int64]
    code: NDArray[np.object_]
    came: Floats
    active: NDArray[np.bool_]
    quiet: NDArray[np.bool_]
    by: dict[str, dict[str, Floats]]  # the SCORES, "covered", "pit", and chances of EVENTS

    def within(self, first: int, last: int) -> Cells:
        """Those so many months ahead, both included."""
        kept = (self.ahead >= first) & (self.ahead <= last)
        plain = {
            one.name: getattr(self, one.name)[kept] for one in fields(self) if one.name != "by"
        }
        by = {
            method: {name: values[kept] for name, values in measures.items()}
            for method, measures in self.by.items()
        }
        return Cells(**plain, by=by)


def cells(tested: Iterable[Tested], seed: int) -> Cells:
    """Score what was drawn, window by window; cells whose outcome is not known are left out."""
    return joined(
        [_window_cells(one, np.random.default_rng((seed, one.window.year))) for one in tested]
    )


def joined(parts: Sequence[Cells]) -> Cells:
    """Several windows' cells as one."""
    plain = [one.name for one in fields(Cells) if one.name != "by"]
    return Cells(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in plain},
        by={
            method: {
                name: np.concatenate([part.by[method][name] for part in parts]) for name in measures
            }
            for method, measures in parts[0].by.items()
        },
    )


def _window_cells(one: Tested, rng: np.random.Generator) -> Cells:
    months = len(one.horizons)
    known = np.isfinite(one.came).ravel()
    came = one.came.ravel()[known]

    def spread(values: object) -> NDArray[Any]:
        return np.repeat(np.asarray(values), months)[known]

    by: dict[str, dict[str, Floats]] = {}
    for method, draws in one.draws.items():
        flat = draws.reshape(-1, draws.shape[2])[known].astype(float)
        by[method] = {name: score(flat, came) for name, score in SCORES.items()}
        by[method]["covered"] = metrics.covered(flat, came).astype(float)
        by[method]["pit"] = metrics.pit(flat, came, rng)
        by[method] |= {name: (flat >= least).mean(axis=1) for name, least in EVENTS.items()}
    return Cells(
        year=np.full(len(came), one.window.year),
        ahead=np.tile(one.horizons, len(one.countries))[known],
        country=spread(one.countries),
        code=spread(np.array(one.codes, dtype=object)),
        came=came,
        active=spread(one.active),
        quiet=spread(one.quiet),
        by=by,
    )


def mean_scores(scored: Cells, method: str) -> dict[str, float | None]:
    """A method's figures, each the mean over windows of the mean over cells; AUC over all cells."""
    mine = scored.by[method]
    every = np.ones(len(scored.came), dtype=bool)
    out: dict[str, float | None] = {name: _mean(scored, mine[name], every) for name in SCORES}
    rest = ~np.isin(scored.code.astype(str), LEFT_OUT)
    out["crps_without_ukraine_ethiopia"] = _mean(scored, mine["crps"], rest)
    out["coverage_90_active"] = _mean(scored, mine["covered"], scored.active)
    for name, least in EVENTS.items():
        among, happened = _among(scored, name), scored.came >= least
        out[f"brier_{name}"] = _mean(scored, metrics.brier(mine[name], happened), among)
        out[f"auc_{name}"] = metrics.auc(mine[name][among], happened[among])
    return out


def window_scores(scored: Cells, year: int, method: str) -> dict[str, float]:
    """A method's mean scores in one window."""
    here = scored.year == year
    return {name: float(scored.by[method][name][here].mean()) for name in SCORES}


def against(scored: Cells, other: str, method: str = NAME) -> tuple[Score, ...]:
    """The method's scores beside another's, with the interval of the difference; a score that no
    cell was tested on (an onset where nobody was quiet) is left out."""
    return tuple(
        _score(scored, name, method, other)
        for name in (*SCORES, *_BRIER)
        if _among(scored, name).any()
    )


_BRIER = tuple(f"brier_{name}" for name in EVENTS)


def _score(scored: Cells, name: str, method: str, other: str) -> Score:
    mine, theirs = _measured(scored, name, method), _measured(scored, name, other)
    among = _among(scored, name.removeprefix("brier_"))
    low, high = _interval(scored, mine - theirs, among)
    return Score(name, _told(scored, mine, among), _told(scored, theirs, among), low, high)


def _among(scored: Cells, name: str) -> NDArray[np.bool_]:
    """The cells that an event, or the score of one, is asked of."""
    onset = name.removeprefix("brier_") == "onset"
    return scored.quiet if onset else np.ones(len(scored.came), dtype=bool)


def _measured(scored: Cells, name: str, method: str) -> Floats:
    if name in SCORES:
        return scored.by[method][name]
    event = name.removeprefix("brier_")
    return metrics.brier(scored.by[method][event], scored.came >= EVENTS[event])


def _mean(scored: Cells, values: Floats, among: NDArray[np.bool_]) -> float | None:
    """Mean over windows of the mean over a window's cells; None where there is no cell."""
    return _told(scored, values, among) if among.any() else None


def _told(scored: Cells, values: Floats, chosen: NDArray[np.bool_]) -> float:
    """The same, of cells that there are."""
    _, window = np.unique(scored.year[chosen], return_inverse=True)
    counts = np.bincount(window)
    return float((np.bincount(window, values[chosen]) / counts).mean())


def _interval(scored: Cells, values: Floats, among: NDArray[np.bool_]) -> tuple[float, float]:
    """95 % of means when whole countries are drawn again."""
    names, country = np.unique(scored.country[among], return_inverse=True)
    years, window = np.unique(scored.year[among], return_inverse=True)
    shape = (len(names), len(years))
    place = country * len(years) + window
    sums = np.bincount(place, values[among], np.prod(shape)).reshape(shape)
    counts = np.bincount(place, minlength=int(np.prod(shape))).reshape(shape)
    rng = np.random.default_rng(len(values))
    weight = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), RESAMPLES)
    means = (weight @ sums / np.maximum(weight @ counts, 1)).mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def skill(scored: Cells) -> Skill:
    """What travels with every forecast of the model: of the protocol's months ahead, and the scores
    of each stretch that was tested.

    Raises UsageError where nothing was violent enough to test it on.
    """
    every, scored = scored, scored.within(HORIZONS[0], HORIZONS[-1])
    mine = scored.by[NAME]
    if not scored.active.any():
        raise UsageError(
            "the tested windows hold no country with a death in the 60 months before: there is "
            "nothing to test a forecast of violence on"
        )
    return Skill(
        windows=tuple(int(year) for year in np.unique(scored.year)),
        horizons=(HORIZONS[0], HORIZONS[-1]),
        baseline=BASELINE,
        scores=against(scored, BASELINE),
        coverage=_told(scored, mine["covered"], scored.active),
        reliability={name: reliability(scored, name) for name in EVENTS},
        pit=tuple(float(one) for one in pit_shares(scored)),
        auc={name: _auc(scored, name) for name in EVENTS},
        records=_records(scored),
        reaches=reaches(every),
    )


def reaches(scored: Cells) -> tuple[Reach, ...]:
    """The scores of each stretch of months ahead that holds a cell, against the baseline."""
    return tuple(_reach(part) for _, _, part in stretched(scored))


def stretched(scored: Cells) -> Iterator[tuple[int, int, Cells]]:
    """The cells of each stretch, with its first and last month ahead that was tested."""
    for first, last in STRETCHES:
        part = scored.within(first, last)
        if len(part.came):
            yield int(part.ahead.min()), int(part.ahead.max()), part


def _reach(scored: Cells) -> Reach:
    active = scored.active.any()
    return Reach(
        first=int(scored.ahead.min()),
        last=int(scored.ahead.max()),
        windows=tuple(int(year) for year in np.unique(scored.year)),
        scores=against(scored, BASELINE),
        coverage=_told(scored, scored.by[NAME]["covered"], scored.active) if active else None,
    )


def _auc(scored: Cells, event: str) -> float | None:
    among = _among(scored, event)
    happened = scored.came >= EVENTS[event]
    return metrics.auc(scored.by[NAME][event][among], happened[among])


def reliability(scored: Cells, event: str) -> tuple[Bin, ...]:
    """How often an event came, by what was forecast; steps without a forecast are left out."""
    among = _among(scored, event)
    chance = scored.by[NAME][event][among]
    happened = (scored.came >= EVENTS[event])[among]
    step = np.clip(np.searchsorted(STEPS, chance, side="right") - 1, 0, len(STEPS) - 2)
    return tuple(
        Bin(float(chance[here].mean()), float(happened[here].mean()), int(here.sum()))
        for here in (step == number for number in range(len(STEPS) - 1))
        if here.any()
    )


def pit_shares(scored: Cells, among: NDArray[np.bool_] | None = None) -> Floats:
    """Ten shares of the randomised PIT, even for an honest forecast; none of no cell."""
    placed = scored.by[NAME]["pit"]
    chosen = placed if among is None else placed[among]
    if not len(chosen):
        return np.empty(0)
    counts, _ = np.histogram(chosen, bins=10, range=(0, 1))
    return np.asarray(counts / len(chosen))


def _records(scored: Cells) -> tuple[Record, ...]:
    mine, theirs = scored.by[NAME], scored.by[BASELINE]["crps"]
    out = []
    for country in np.unique(scored.country):
        here = scored.country == country
        out.append(
            Record(
                country=scored.code[here][0],
                months=int(here.sum()),
                crps=float(mine["crps"][here].mean()),
                baseline=float(theirs[here].mean()),
                covered=float(mine["covered"][here].mean()),
            )
        )
    return tuple(out)
