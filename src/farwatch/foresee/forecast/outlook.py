"""Site outlook: P(a deadly event within 25 and 50 km in 30 and 90 days), its reasons, its worth.

    model = fit(events, places, now)          once a day and country: learns, and measures itself
    outlook(model, "site-7", lat, lon)        a site's chances, or why there are none

Pure: events, places and `now` in, values out; see docs/outlook.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from farwatch.foresee.forecast.bouts import BIN, RINGS, Bouts, bouts, outcomes
from farwatch.foresee.forecast.happenings import Bools, Happenings, day_of, time_of
from farwatch.foresee.forecast.outlook_backtest import (
    FIVE_YEARS,
    LEAST_EVENTS,
    learned,
    skill_of,
    trial,
)
from farwatch.foresee.forecast.outlook_model import (
    LEAST_POSITIVES,
    TARGETS,
    Base,
    Logit,
    Target,
    after,
    combined,
    look,
    whole_bins,
)
from farwatch.foresee.grid import Floats, sphere
from farwatch.model.outlook import Chance, Driver, History, SiteOutlook, Skill

LATEST = 365  # a history that ended longer before now says nothing of it
WARM_UP = 365  # days of history before the first time that is learned from
LEARNED_YEARS, TRIED_YEARS, LEAST_TRIED = 5, 10, 2
YEAR = 366
RECENT = 90  # days: what drivers call lately
_EVIDENCE = 5

# name -> rings, lately or earlier (None: both)
GROUPS: Mapping[str, tuple[tuple[int, ...], bool | None]] = {
    "within 25 km, last 90 days": ((0,), True),
    "within 25 km, earlier": ((0,), False),
    "25 to 100 km, last 90 days": ((1, 2), True),
    "25 to 100 km, earlier": ((1, 2), False),
    "100 to 400 km": ((3, 4), None),
}


@dataclass(frozen=True, eq=False)
class SiteModel:
    """What was learned of the places of a country from what was known by `cut`, a day.

    Inputs were taken `late` days old when it learned: from `cut` to `now`, in whole bins.
    `skills` holds a Skill for each target that has one, `reasons` a sentence for each other.
    """

    now: datetime
    told_until: datetime
    cut: float
    late: int
    events: Happenings
    logits: Mapping[Target, Logit]
    base: Base | None
    skills: Mapping[Target, Skill]
    reasons: tuple[str, ...]


def fit(
    events: Happenings,
    places: tuple[Floats, Floats],
    now: datetime,
    told_until: datetime | None = None,
) -> SiteModel:
    """Learn from all that was told by `now`, and measure the skill on the last ten years of it.

    `places` (lat, lon) are the country's towns: what is learned and measured is learned there.
    `told_until`: up to which day the history tells, else its last event's. Events told of later
    than `now` are not looked at.
    """
    today = day_of(now)
    seen = events.known_by(today)
    last = float(seen.known.max()) if len(seen) else -np.inf
    until = min(today, last if told_until is None else day_of(told_until))
    if not np.isfinite(until):
        return _untold(now, now, today, 0, seen, "no event is known by then")
    late, cut = whole_bins(today - until), until
    told = time_of(until)
    if today - until > LATEST:
        why = f"the history ends on {told:%Y-%m-%d}, more than 12 months before {now:%Y-%m-%d}"
        return _untold(now, told, cut, late, seen, why)
    seen = seen.known_by(cut)
    found = bouts(seen, *places, cut)
    if not len(places[0]) or _years(found, cut) < LEARNED_YEARS + LEAST_TRIED:
        why = (
            f"a history of {_years(found, cut):.1f} years at {len(places[0])} places is too short:"
            f" {LEARNED_YEARS} are learned from before {LEAST_TRIED} can be tried"
        )
        return _untold(now, told, cut, late, seen, why)
    return _fitted(_untold(now, told, cut, late, seen, ""), found)


def _years(found: Bouts, cut: float) -> float:
    return (cut - found.start) / 365.25


def _untold(
    now: datetime, told: datetime, cut: float, late: int, seen: Happenings, why: str
) -> SiteModel:
    return SiteModel(now, told, cut, late, seen, {}, None, {}, (why,))


def _fitted(model: SiteModel, found: Bouts) -> SiteModel:
    nows = after(model.cut, model.late, found.start + WARM_UP)
    first = max(found.start + 365.25 * LEARNED_YEARS + model.late, model.cut - 365.25 * TRIED_YEARS)
    tried = trial(found, nows, model.late, first)
    seen = look(found, nows - model.late)
    y = {t: outcomes(found, nows, t.km, t.days) for t in TARGETS}
    logits = learned(seen, y, nows, model.cut)
    if tried is None or logits is None:
        return replace(model, reasons=("too few deadly events near its places to learn from",))
    skills, reasons = {}, []
    for target in TARGETS:
        try:
            skills[target] = skill_of(tried, target)
        except ValueError as error:
            reasons.append(str(error))
    base = look(found, np.array([model.cut])).base
    return replace(model, logits=logits, base=base, skills=skills, reasons=tuple(reasons))


def _first(model: SiteModel, found: Bouts, nows: Floats, y: Bools) -> float:
    """From when on it is tried: ten years back, after five of history and enough outcomes."""
    enough = np.flatnonzero(np.cumsum(y.sum(axis=0)) >= LEAST_POSITIVES)
    if not len(enough):
        return np.inf
    learned_by = float(nows[enough[0]]) + TARGETS[0].days + model.late
    after_history = found.start + 365.25 * LEARNED_YEARS + model.late
    return max(learned_by, after_history, model.cut - 365.25 * TRIED_YEARS)


def outlook(model: SiteModel, place: str, lat: float, lon: float) -> SiteOutlook:
    """The outlook of one point (degrees); withheld, with the reason, where it must be."""
    events = model.events.located()
    events = events.take(events.deaths >= 1)
    at = sphere(np.array([lat]), np.array([lon]))[0]
    km = np.linalg.norm(sphere(events.lat, events.lon).reshape(-1, 3) - at, axis=1)
    history = _history(model, events.known, km)
    near = int(((events.known > model.cut - FIVE_YEARS) & (km <= RINGS[-1])).sum())
    reasons = model.reasons
    if model.skills and near < LEAST_EVENTS:
        reasons = (
            f"{near} deadly events within {RINGS[-1]:.0f} km in five years:"
            f" {LEAST_EVENTS} are needed to tell",
        )
    chances: tuple[Chance, ...] = ()
    if model.skills and near >= LEAST_EVENTS:
        chances = _chances(model, lat, lon, (events, km))
    return SiteOutlook(place, lat, lon, model.now, history, chances, reasons)


def _history(model: SiteModel, known: Floats, km: Floats) -> History:
    near, since = km <= RINGS[1], known > model.cut - YEAR
    last = time_of(known[near].max() - 1) if near.any() else None
    return History(
        told_until=model.told_until,
        last_year=int((near & since).sum()),
        three_years=int((near & (known > model.cut - 3 * YEAR)).sum()),
        last=last,
        nearest_km=round(float(km[since].min()), 1) if since.any() else None,
    )


def _chances(
    model: SiteModel, lat: float, lon: float, near: tuple[Happenings, Floats]
) -> tuple[Chance, ...]:
    found = bouts(model.events, np.array([lat]), np.array([lon]), model.cut)
    cut = np.array([model.cut])
    seen = look(found, cut, model.base)
    whole = combined(model.logits, seen)
    recent = found.ends > model.cut - RECENT + BIN / 2
    without = {}
    for name, (rings, lately) in GROUPS.items():
        chosen = np.ones_like(recent) if lately is None else recent == lately
        without[name] = combined(model.logits, look(found.without(rings, chosen), cut, model.base))
    evidence = {name: _evidence(model, *near, name) for name in GROUPS}
    return tuple(
        Chance(
            within_km=t.km,
            days=t.days,
            p=float(whole[t][0, 0]),
            own_rate=float(seen.own[t][0, 0]),
            skill=skill,
            drivers=_drivers(
                {name: float(whole[t][0, 0] - p[t][0, 0]) for name, p in without.items()}, evidence
            ),
        )
        for t, skill in model.skills.items()
    )


def _drivers(
    effects: Mapping[str, float], evidence: Mapping[str, tuple[str, ...]]
) -> tuple[Driver, ...]:
    """The effects by size, each with its share of their sum."""
    total = sum(abs(one) for one in effects.values()) or 1.0
    ranked = sorted(effects.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    return tuple(Driver(name, e, abs(e) / total, evidence[name]) for name, e in ranked)


def _evidence(model: SiteModel, events: Happenings, km: Floats, name: str) -> tuple[str, ...]:
    """Ids of the latest deadly events of a group."""
    rings, lately = GROUPS[name]
    ring = np.searchsorted(RINGS, km, side="left")
    chosen: Bools = np.isin(ring, rings)
    if lately is not None:
        chosen &= (events.known > model.cut - RECENT) == lately
    rows = np.flatnonzero(chosen)
    order = rows[np.argsort(-events.known[rows], kind="stable")]
    return tuple(str(one) for one in events.id[order[:_EVIDENCE]])
