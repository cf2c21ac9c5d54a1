"""Levels that stand beside the rates: hazard, health, cyber, and crime's homicide baseline."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from farwatch.foresee import rates as gamma
from farwatch.foresee.area import Area, beside, deciding
from farwatch.foresee.floors import Warnings, latest, step
from farwatch.foresee.knowledge import Views
from farwatch.foresee.rated import listened, not_assessed, rated, trend_word
from farwatch.foresee.rates import Rates
from farwatch.foresee.weigh import CATEGORIES, area_numbers
from farwatch.model.assessment import Factor, Level
from farwatch.model.kinds import Category


def crime(area: Area, views: Views) -> Level:
    """The higher of the events' level and that of the country's homicide rate."""
    found = rated(Category.CRIME, area, views)
    constants, knowledge = views.now.constants, views.knowledge
    series = constants.chronic_series["crime"]
    figure = latest(knowledge.figures, series, area.country, views.as_of)
    if figure is None:
        told = "no homicide rate is known: events alone, which the news reports in part"
        return replace(found, at_least=found.level is not None, reasons=(*found.reasons, told))
    level = step(figure.value, constants.homicide)
    told = f"homicides {figure.value:g} per 100,000 in {figure.period:%Y}: level {level}"
    decides = found.level is None or level > found.level
    factor = Factor("homicide baseline", figure.value, 0.0, 0.0, (), told)
    return replace(
        found,
        level=level if decides else found.level,
        at_least=found.at_least or found.level is None,
        factors=(*found.factors, factor),
        reasons=(*found.reasons, told + (", which decides" if decides else "")),
    )


def hazard(area: Area, views: Views) -> Level:
    """Chronic exposure to natural hazards, lifted by live warnings."""
    constants = views.now.constants
    series = constants.chronic_series["hazard"]
    figure = latest(views.knowledge.figures, series, area.country, views.as_of)
    chronic: tuple[int, str, float] | None = None
    if figure is not None:
        level = step(figure.value, constants.hazard_chronic["bounds"])
        told = (
            f"INFORM {figure.series} {figure.value:g} in {figure.period:%Y}: chronic level {level}"
        )
        if figure.series != series[0]:
            told += f" ({series[0]} is not known; this one counts human hazards too)"
        chronic = level, told, figure.value
    return _standing(Category.HAZARD, area, views, views.hazards, chronic)


def health(area: Area, views: Views) -> Level:
    """Live outbreaks; there is no chronic level, so none is not assessed rather than safe."""
    return _standing(Category.HEALTH, area, views, views.outbreaks, None)


def _standing(
    category: Category,
    area: Area,
    views: Views,
    live: Warnings,
    chronic: tuple[int, str, float] | None,
) -> Level:
    constants, told = views.now.constants, listened(views, area.country).told
    whole = area.kind == "country" or category == Category.HEALTH
    best = live.over(views.grid, area.cells, whole=whole, disc_km=constants.disc_km)
    base = chronic[0] if chronic else 0
    lifted = np.where(best >= 0, live.level[best], 0) if len(live.id) else np.zeros(len(best), int)
    levels = np.maximum(lifted, base)
    people = views.grid.population[area.cells]
    at = deciding(levels.astype(float), people, constants.people_quantile)
    reasons = [chronic[1]] if chronic else ["no chronic level is known"]
    if live.unconfirmed:
        reasons.append(f"{live.unconfirmed} unconfirmed reports are not counted as warnings")
    if area.wide and levels.any():
        reasons += beside(views.grid, area.cells, levels)
    factors = [Factor("chronic exposure", chronic[2], 0.0, 0.0, (), chronic[1])] if chronic else []
    if best[at] >= 0:
        factors.append(_live_factor(live, int(best[at])))
    if not levels[at]:
        previous = views.knowledge.previous.get(area.place)
        unknown = not_assessed(category, told, previous, "no chronic level and no live warning")
        return replace(unknown, reasons=(*unknown.reasons, *reasons[1:]))
    thin = chronic is None or told.q < constants.thin
    return Level(
        category, int(levels[at]), None, thin, "unknown", told, tuple(factors), tuple(reasons)
    )


def _live_factor(live: Warnings, one: int) -> Factor:
    level = float(live.level[one])
    return Factor("live warning", level, 0.0, 0.0, (live.id[one],), f"lifts to level {level:.0f}")


def cyber(area: Area, views: Views) -> Level:
    """A country's level from the cyber events told of it; never by cell, never in the overall."""
    seen, constants = views.now, views.now.constants
    ears = listened(views, area.country)
    mine = seen.found.category == CATEGORIES.index(Category.CYBER)
    country = area_numbers(seen.events, views.grid)[0][seen.found.row]
    here = mine & (country == views.grid.country[area.cells[0]])
    if not mine.any() or (ears.q < constants.deaf and ears.slow_q < constants.deaf):
        previous = views.knowledge.previous.get(area.place)
        why = "no cyber source was heard" if not mine.any() else "too little was heard"
        return not_assessed(Category.CYBER, ears.told, previous, why)
    half = constants.half_lives[Category.CYBER]
    weight, age = seen.found.weight[here], seen.found.age[here]
    fast, slow = (float((weight * 2.0 ** (-age / days)).sum()) for days in (half.fast, half.slow))
    months = ears.q * half.fast_months, ears.slow_q * half.slow_months
    rates = Rates(fast, slow, 0.0, 0.0, 0.0, *months)
    thin = ears.q < constants.thin
    mu = gamma.upper(rates, constants) if thin else gamma.mean(rates, constants)
    p = float(gamma.probability(mu, constants))
    order = np.argsort(-weight * 2.0 ** (-age / half.fast), kind="stable")[:5]
    ids = tuple(seen.events["id"].take(seen.found.row[here][order]).to_pylist())
    without = float(gamma.probability(gamma.mean(replace(rates, fast=0.0), constants), constants))
    weight_of = 1 / float(gamma.shape(rates, constants)[1])
    factor = Factor("A_fast", fast, weight_of, p - without, ids, f"half-life {half.fast:.0f} days")
    word = trend_word(rates, constants, ears.q)
    level = int(gamma.level_of(p, constants))
    return Level(Category.CYBER, level, p, thin, word, ears.told, (factor,))
