"""Assess: the level 1-6 of a place by category and overall, with its factors and its coverage.

Pure: values and `as_of` in, values out. The method is written down in docs/assess.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from farwatch.foresee.advice import advice
from farwatch.foresee.area import Area, area_of
from farwatch.foresee.grid import Grid
from farwatch.foresee.knowledge import Knowledge, Views
from farwatch.foresee.rated import rated
from farwatch.foresee.settle import checked, overridden
from farwatch.foresee.standing import crime, cyber, hazard, health
from farwatch.model.assessment import Assessment, Level, Override, assessment_id
from farwatch.model.kinds import Category

# Health and cyber are shown beside the overall level and do not raise it.
IN_OVERALL = (
    Category.CONFLICT,
    Category.TERRORISM,
    Category.UNREST,
    Category.CRIME,
    Category.HAZARD,
)


def assess(place: str, knowledge: Knowledge, grid: Grid, as_of: datetime) -> Assessment:
    """Assess "country:ET", "admin1:ET.53" or "cell:<H3>"; see `assess_all`."""
    return assess_all([place], knowledge, grid, as_of)[0]


def assess_all(
    places: Sequence[str], knowledge: Knowledge, grid: Grid, as_of: datetime
) -> tuple[Assessment, ...]:
    """Assess several places at once; events after `as_of` are not looked at.

    Raises NotFound for a place that the grid does not hold (`Grid.with_point` adds a cell), and
    InputError for a word or number in the events, or an override, that is outside its table.
    """
    if not places:
        return ()
    views = Views(knowledge, grid.around(places), as_of)
    for one in knowledge.overrides:
        checked(one, views.now.constants)
    return tuple(_assess(area_of(place, views.grid), views) for place in places)


def _assess(area: Area, views: Views) -> Assessment:
    levels = [
        rated(Category.CONFLICT, area, views),
        rated(Category.TERRORISM, area, views),
        rated(Category.UNREST, area, views),
        crime(area, views),
        hazard(area, views),
        health(area, views),
    ]
    if area.kind == "country":
        levels.append(cyber(area, views))
    persons = views.knowledge.overrides
    shown = tuple(overridden(level, area.place, persons, views.as_of) for level in levels)
    constants = views.now.constants
    floor, told = advice(views.knowledge.advisories, area, views.as_of, constants)
    overall, by, reasons = decide(shown, floor)
    return Assessment(
        id=assessment_id(area.place, views.as_of),
        place=area.place,
        as_of=views.as_of,
        overall=overall,
        decided_by=by,
        levels=shown,
        reasons=(*reasons, *told),
        floor=floor,
    )


def with_overrides(found: Assessment, overrides: Sequence[Override], as_of: datetime) -> Assessment:
    """A kept assessment with the levels that persons set at `as_of`, and without those over."""
    levels = tuple(overridden(one, found.place, overrides, as_of) for one in found.levels)
    if levels == found.levels:
        return found
    overall, by, reasons = decide(levels, found.floor)
    told = [r for r in found.reasons if not r.startswith(("overall ", "not assessed: "))]
    return replace(
        found, levels=levels, overall=overall, decided_by=by, reasons=(*reasons, *told)
    )  # fmt: skip


def decide(
    levels: Sequence[Level], floor: int | None
) -> tuple[int | None, str | None, tuple[str, ...]]:
    """The overall level, what decides it, and the reasons; None if nothing is assessed.

    It is the highest of the categories that count and the floor of governments' advice, never a
    mean. The first of equal levels decides: a category before the advice.
    """
    counted = [one for one in levels if one.category in IN_OVERALL]
    known = [(one.level, one.category.value) for one in counted if one.level is not None]
    missing = [one.category.value for one in counted if one.level is None]
    reasons: tuple[str, ...] = ()
    if missing:
        reasons = (f"not assessed: {', '.join(missing)}; the overall level leaves them out",)
    if floor is not None:
        known.append((floor, "advisory"))
    if not known:
        return None, None, reasons
    level, by = max(known, key=lambda pair: pair[0])
    return level, by, (f"overall {level} is decided by {by}", *reasons)
