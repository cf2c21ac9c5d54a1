"""Local outlook: a country's admin-1s or cells month by month, with reasons and measured skill.

    model = fit_local(panel, now, months=6)
    place_outlook(model, "ged-adm1:Tigray state")

Pure: a panel of what was known (local.py) and `now` in, values out; see docs/outlook.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from farwatch.errors import InputError, NotFound
from farwatch.foresee.forecast.happenings import day_of
from farwatch.foresee.forecast.local import Panel, month_of
from farwatch.foresee.forecast.local_backtest import (
    ONSET_MONTHS,
    onset_skill,
    quiet_cases,
    skill_of,
    start_of,
    trial,
)
from farwatch.foresee.forecast.local_model import (
    OWN_MONTHS,
    RIDGE,
    Hurdle,
    Spread,
    cases,
    columns,
    fit_hurdle,
    own_year,
    spread,
)
from farwatch.foresee.forecast.outlook_model import LEAST_POSITIVES, Logit, fit_logit
from farwatch.foresee.grid import Floats
from farwatch.model.outlook import Driver, History, Month, Onset, PlaceOutlook, Skill

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
MOST_MONTHS = 12
LATEST = 12  # months since the last known one, over which nothing is told
LEAST_ACTIVE = 20  # months of places with deaths in the last five years
LEARNED, TRIED, LEAST_TRIED = 60, 120, 24  # months
_LATELY = 3


@dataclass(frozen=True, eq=False)
class LocalModel:
    """Fits and skills by step, months after the last known one; `reasons` for each step without."""

    now: datetime
    panel: Panel
    hurdles: Mapping[int, Hurdle]
    skills: Mapping[int, Skill]
    onset: tuple[Logit, Skill] | None
    reasons: tuple[str, ...]

    @property
    def last(self) -> int:
        """The column of the last known month."""
        return self.panel.width - 1


def fit_local(panel: Panel, now: datetime, months: int = 6) -> LocalModel:
    """Learn the months from that of `now` on (at most 12) and measure each on the last ten years.

    Raises InputError for more months than that.
    """
    if not 1 <= months <= MOST_MONTHS:
        raise InputError(
            "outlook", f"is not 1 to {MOST_MONTHS}", field="months", value=months
        )  # fmt: skip
    empty = LocalModel(now, panel, {}, {}, None, ())
    late = month_of(day_of(now)) - (panel.first + panel.width - 1)
    active = int((panel.deaths[:, -60:] >= 1).sum())
    why = ""
    if late > LATEST:
        why = (
            f"the last known month is {late} months before now: at most {LATEST} are foretold over"
        )
    elif active < LEAST_ACTIVE:
        why = f"{active} months of places with deaths in five years: {LEAST_ACTIVE} are needed"
    elif panel.width < LEARNED + LEAST_TRIED + OWN_MONTHS:
        why = f"a history of {panel.width} months is too short to measure a forecast on"
    if why:
        return replace(empty, reasons=(why,))
    return _fitted(empty, range(max(late, 1), max(late, 1) + months))


def _fitted(model: LocalModel, steps: range) -> LocalModel:
    panel = model.panel
    happened = np.cumsum((panel.deaths[:, OWN_MONTHS:] >= 1).sum(axis=0))
    enough = OWN_MONTHS + 1 + int(np.searchsorted(happened, LEAST_POSITIVES + LEAST_ACTIVE))
    first = max(LEARNED + OWN_MONTHS, enough, panel.width - TRIED)
    hurdles, skills, reasons = {}, {}, []
    for step in steps:
        try:
            skills[step] = skill_of(trial(panel, step, first + 2 * step), step)
        except ValueError as error:
            reasons.append(str(error))
            continue
        known = np.arange(OWN_MONTHS, panel.width - step)
        told = cases(panel, known)
        found = fit_hurdle(columns(panel, known)[told], panel.deaths[:, known + step][told])
        if found is not None:
            hurdles[step] = found
    onset = None
    try:
        skill = onset_skill(panel, steps[0], first + 2 * steps[0])
        past = quiet_cases(panel, steps[0])
        came = past.came[past.quiet]
        logit = fit_logit(past.seen[past.quiet], came, few=RIDGE * len(came))
        onset = None if logit is None else (logit, skill)
    except ValueError as error:
        reasons.append(str(error))
    return replace(model, hurdles=hurdles, skills=skills, onset=onset, reasons=tuple(reasons))


def place_outlook(model: LocalModel, place: str) -> PlaceOutlook:
    """The outlook of one place of the panel; raises NotFound for any other."""
    panel = model.panel
    if place not in panel.names:
        raise NotFound(f"place {place!r} is none of the {len(panel.names)} that are foretold")
    row = panel.names.index(place)
    history = _history(model, row)
    if not model.hurdles:
        return PlaceOutlook(place, model.now, history, (), withheld=model.reasons)
    foretold = {step: _spread(model, panel, row, step) for step in model.hurdles}
    months = tuple(_month(model, step, one) for step, one in foretold.items())
    quiet = model.onset is not None and not panel.deaths[row, -OWN_MONTHS:].sum()
    return PlaceOutlook(
        place=place,
        as_of=model.now,
        history=history,
        months=months,
        onset=_onset(model, row) if quiet else None,
        drivers=_drivers(model, row, min(foretold)),
        withheld=model.reasons,
    )


def _spread(model: LocalModel, panel: Panel, row: int, step: int) -> Spread:
    known, mine = np.array([model.last]), np.array([row])
    seen = columns(panel, known, mine)[:, 0]
    return spread(model.hurdles[step], seen, own_year(panel, known)[mine, 0])


def _month(model: LocalModel, step: int, one: Spread) -> Month:
    return Month(
        start=start_of(model.panel.first + model.last + step),
        ahead=step,
        quantiles=tuple((level, float(one.quantile(level)[0])) for level in LEVELS),
        mean=float(one.mean()[0]),
        p_any=float(one.at_least(1)[0]),
        p_25=float(one.at_least(25)[0]),
        skill=model.skills[step],
    )


def _onset(model: LocalModel, row: int) -> Onset | None:
    if model.onset is None:
        return None
    logit, skill = model.onset
    seen = columns(model.panel, np.array([model.last]), np.array([row]))[0, 0]
    return Onset(ONSET_MONTHS, float(logit(seen)), skill)


def _drivers(model: LocalModel, row: int, step: int) -> tuple[Driver, ...]:
    """What leaving out parts of the past takes from the chance of any death in the first month."""
    whole = float(_spread(model, model.panel, row, step).at_least(1)[0])
    effects = {}
    for name, deaths in _parts(model.panel.deaths, row).items():
        without = replace(model.panel, deaths=deaths)
        effects[name] = whole - float(_spread(model, without, row, step).at_least(1)[0])
    total = sum(abs(one) for one in effects.values()) or 1.0
    ranked = sorted(effects.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    return tuple(Driver(name, effect, abs(effect) / total) for name, effect in ranked)


def _parts(deaths: Floats, row: int) -> dict[str, Floats]:
    """The deaths without each part of the past."""
    lately, earlier, elsewhere = deaths.copy(), deaths.copy(), np.zeros_like(deaths)
    lately[row, -_LATELY:] = 0.0
    earlier[row, :-_LATELY] = 0.0
    elsewhere[row] = deaths[row]
    return {
        f"here, last {_LATELY} months": lately,
        "here, earlier": earlier,
        "elsewhere in the country": elsewhere,
    }


def _history(model: LocalModel, row: int) -> History:
    deaths = model.panel.deaths[row] >= 1
    months = np.flatnonzero(deaths)
    return History(
        told_until=start_of(model.panel.first + model.panel.width),
        last_year=int(deaths[-12:].sum()),
        three_years=int(deaths[-36:].sum()),
        last=start_of(model.panel.first + int(months[-1])) if len(months) else None,
        unit="months with battle deaths",
    )
