"""Levels of the categories that rest on rates of events: conflict, terrorism, unrest, crime."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from farwatch.foresee import rates as gamma
from farwatch.foresee.area import Area, beside, deciding
from farwatch.foresee.constants import Constants
from farwatch.foresee.grid import Floats
from farwatch.foresee.knowledge import Views
from farwatch.foresee.listen import coverage, quality
from farwatch.foresee.rates import Rates
from farwatch.foresee.settle import Model, settle
from farwatch.foresee.survey import Survey
from farwatch.model.assessment import Assessment, Coverage, Factor, Level
from farwatch.model.kinds import Category

EVIDENCE = 5  # ids named with a factor


@dataclass(frozen=True, slots=True)
class Listened:
    """Coverage of the place a level is made for."""

    q: float
    slow_q: float
    told: Coverage


def listened(views: Views, country: str | None) -> Listened:
    """How well a country was listened to."""
    heard = views.knowledge.listened(country)
    return Listened(*quality(heard), coverage(heard, views.as_of))


def last_level(previous: Assessment | None, category: Category) -> int | None:
    """The level a category had in the previous assessment, by the model: what a person set binds
    the model to nothing once it is over."""
    levels = previous.levels if previous else ()
    return next((one.by_model for one in levels if one.category == category), None)


def not_assessed(
    category: Category, told: Coverage, previous: Assessment | None, why: str
) -> Level:
    """A level of None, with the reason and the last known one: never 1 for want of reports."""
    reasons = [f"not assessed: {why}"]
    last = last_level(previous, category)
    if previous is not None and last is not None:
        reasons.append(f"last level {last} on {previous.as_of:%Y-%m-%d}")
    return Level(
        category, None, None, at_least=False, trend="unknown", coverage=told, reasons=tuple(reasons)
    )


def rated(category: Category, area: Area, views: Views) -> Level:
    """The level of one category at a place, with its factors; None where coverage is too thin."""
    constants, ears = views.now.constants, listened(views, area.country)
    previous = views.knowledge.previous.get(area.place)
    if ears.q < constants.deaf and ears.slow_q < constants.deaf:
        return not_assessed(
            category, ears.told, previous, f"coverage {ears.q:.2f}, too little was heard"
        )
    thin = ears.q < constants.thin
    chances = _chances(views.now, category, area, thin=thin)
    cell = _deciding(chances, area, views)
    model = int(gamma.level_of(chances[cell], constants))
    level, reasons = _settled(category, area, views, model, ears.q)
    if area.wide:
        levels = gamma.level_of(chances, constants)
        reasons = (*reasons, *beside(views.grid, area.cells, levels), _whose(cell, area, views))
    number = int(area.cells[cell])
    here = views.now.rates[category].at(number)
    found = factors(here, constants, views.now, category, number, thin=thin)
    return Level(
        category=category,
        level=level,
        probability=float(chances[cell]),
        at_least=thin,
        trend=trend_word(here, constants, ears.q),
        coverage=ears.told,
        factors=(*found, *_forecast(here, views, area.country, number, thin=thin))
        if category == Category.CONFLICT
        else found,
        reasons=(*_thin(ears.q, constants), *reasons),
    )


def _whose(cell: int, area: Area, views: Views) -> str:
    name = views.grid.place[int(area.cells[cell])]
    share = views.now.constants.people_quantile
    return f"factors are those of {name}: {share:.0%} of the people live at its rate or under"


def _thin(q: float, constants: Constants) -> tuple[str, ...]:
    if q >= constants.thin:
        return ()
    share = constants.thin_quantile
    return (f"thin coverage ({q:.2f}): at least this, by the {share:.0%} quantile of the rate",)


def _chances(seen: Survey, category: Category, area: Area, *, thin: bool) -> Floats:
    """P of every cell of the area."""
    whole = seen.rates[category]
    names = whole.__dataclass_fields__
    part = Rates(**{name: np.asarray(getattr(whole, name))[area.cells] for name in names})
    mu = gamma.upper(part, seen.constants) if thin else gamma.mean(part, seen.constants)
    return np.asarray(gamma.probability(mu, seen.constants), dtype=float)


def _deciding(chances: Floats, area: Area, views: Views) -> int:
    people = views.grid.population[area.cells]
    return deciding(chances, people, views.now.constants.people_quantile)


def _settled(
    category: Category, area: Area, views: Views, model: int, q: float
) -> tuple[int, tuple[str, ...]]:
    """The model's level after the rules on rising and stepping down, against the previous one."""
    constants, place = views.now.constants, area.place
    last = last_level(views.knowledge.previous.get(place), category)
    if last is None or last == model:
        return model, ()
    credible, calm = model, False
    if model > last:
        chances = _chances(views.credible, category, area, thin=q < constants.thin)
        credible = int(gamma.level_of(chances[_deciding(chances, area, views)], constants))
    else:
        calm = _calm(category, area, views, last)
    person = views.knowledge.released.get(place)
    return settle(Model(model, credible, q, calm), last, person, constants)


def _calm(category: Category, area: Area, views: Views, last: int) -> bool:
    """Whether the rate stood under its share of the bound over all the days a step down needs."""
    constants = views.now.constants
    bound = constants.step_down["share"] * gamma.mu_at(last, constants)
    most = float(gamma.probability(bound, constants))
    past = (_chances(seen, category, area, thin=False) for seen in views.calm)
    return all(chances[_deciding(chances, area, views)] < most for chances in past)


def trend_word(here: Rates, constants: Constants, q: float) -> str:
    """Rising, falling, steady: the cell's fast rate against its own slow one, apart from level."""
    rising, falling = gamma.trend(here, constants)
    if rising > constants.trend["sure"]:
        return "rising"
    if falling > constants.trend["sure"] and q >= constants.thin:
        return "falling"
    return "steady"


def factors(
    here: Rates, constants: Constants, seen: Survey, category: Category, cell: int, *, thin: bool
) -> tuple[Factor, ...]:
    """The terms of mu: value x weight of the first four adds up to mu (not to its upper quantile).

    `effect` is P less P without the term; a term of weight 0 acts on the months listened to.
    """
    rate = gamma.upper if thin else gamma.mean

    def effect(other: Rates) -> float:
        chances = [gamma.probability(rate(one, constants), constants) for one in (here, other)]
        return float(chances[0]) - float(chances[1])

    half = constants.half_lives[category]
    weights, ids = term_weights(here, constants), _evidence(seen, category, cell)
    ring_km = f"{constants.disc_km:.0f}-{constants.near_km:.0f} km"
    deaf = replace(here, fast_months=half.fast_months, slow_months=half.slow_months)
    terms = [
        ("A_fast", "fast", ids[0], f"half-life {half.fast:.0f} days"),
        ("A_slow", "slow", ids[1], f"half-life {half.slow:.0f} days"),
        ("neighbourhood", "near", (), f"recent rate {ring_km} around, per disc"),
        ("prior", "m1", ids[2], f"admin-1's slow rate; the country's is {float(here.m0):.4f}"),
    ]
    found = [
        Factor(
            name,
            float(getattr(here, field)),
            weights[field],
            effect(replace(here, **{field: 0.0})),
            evidence,
            note,
        )
        for name, field, evidence, note in terms
    ]
    q = float(here.fast_months) / half.fast_months
    note = "effect against hearing everything"
    found.append(Factor("coverage q", q, 0.0, effect(deaf), (), note))
    return tuple(found)


def _forecast(
    here: Rates, views: Views, country: str | None, cell: int, *, thin: bool
) -> tuple[Factor]:
    """What the country's forecast does, against a ratio of 1: it acts on the prior alone."""
    rate, constants = gamma.upper if thin else gamma.mean, views.now.constants
    ratio = views.knowledge.ratio(country)
    plain = replace(here, m1=float(views.now.unforecast[cell]))
    with_it, without = (
        float(gamma.probability(rate(one, constants), constants)) for one in (here, plain)
    )
    effect = with_it - without
    return (Factor("forecast ratio", ratio.value, 0.0, effect, ratio.evidence, ratio.note),)


def term_weights(here: Rates, constants: Constants) -> dict[str, float]:
    """What each field of a cell's rates counts in mu, which is their weighted sum."""
    prior = constants.prior_months
    months = float(here.fast_months) + prior["slow"] + prior["near"]
    slow_months = float(here.slow_months) + prior["admin1"]
    slow = prior["slow"] / months
    return {
        "fast": 1 / months,
        "slow": slow / slow_months,
        "near": prior["near"] / months,
        "m1": slow * prior["admin1"] / slow_months,
    }


def _evidence(seen: Survey, category: Category, cell: int) -> tuple[tuple[str, ...], ...]:
    """Ids behind the cell's fast and slow sums, and behind its admin-1's."""
    one = np.array([cell])
    admin1 = seen.grid.admin1[cell]
    mates = np.flatnonzero(seen.grid.admin1 == admin1) if admin1 >= 0 else one
    return (
        seen.evidence(category, one, fast=True, most=EVIDENCE),
        seen.evidence(category, one, fast=False, most=EVIDENCE),
        seen.evidence(category, mates, fast=False, most=EVIDENCE),
    )
