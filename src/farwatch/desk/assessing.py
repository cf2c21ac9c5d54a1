"""Assess on the desk: gather what is known, assess places, keep the levels, tell of their rises."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import h3
import pyarrow as pa
from sqlalchemy import Connection

from farwatch.desk import advising
from farwatch.desk.as_read import told
from farwatch.desk.hearing import LAG, ears, heard, with_history
from farwatch.desk.opening import Desk
from farwatch.errors import NotFound
from farwatch.foresee.ahead import Ratio, ratio_of
from farwatch.foresee.assess import assess_all, decide
from farwatch.foresee.grid import Grid, from_places
from farwatch.foresee.knowledge import Knowledge
from farwatch.foresee.listen import quality
from farwatch.foresee.parts import Ground
from farwatch.model.assessment import LEVELS, Assessment, Level
from farwatch.model.event import Event
from farwatch.model.grade import Grade
from farwatch.model.kinds import Category, Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.report import Span
from farwatch.store import assessments, forecasts, known, overrides
from farwatch.world import borders, gazetteer
from farwatch.world.codes import country_name

LEAST_LEVEL, LEAST_STEPS = 4, 2  # a rise to this, or by so many, is told
# Which sources' figures say what, and which of them are histories.
FIGURES = frozenset({"inform", "worldbank", "ucdp"})
HISTORIES = frozenset({"ucdp"})
TOLD_BY_HISTORY = frozenset({Category.CONFLICT})  # a history of fatal events tells of no theft


@dataclass(frozen=True, slots=True)
class Rise:
    """A level of a category that rose at a place. `before` None: it was not assessed."""

    assessment: Assessment
    level: Level
    before: int | None


def knowledge(
    desk: Desk, conn: Connection, as_of: datetime, countries: Sequence[str] = ()
) -> Knowledge:
    """What the desk knew at `as_of`; figures and coverage of these countries (alpha-2).

    Events count from their first report on, an advisory from its date, a forecast from when it was
    made; of a country's forecasts the two newest are kept. What a published history
    tells counts as known 31 days after it happened, whenever the desk came by it. Coverage is that
    of the feeds alone: a history's is `with_history`.
    """
    grid, past = grid_of(desk.gazetteer), _history(desk, conn, as_of)
    return _knowledge(desk, conn, as_of, countries, past, grid)


def assess_place(desk: Desk, place_id: str, as_of: datetime) -> Assessment:
    """Assess "country:ET", "admin1:ET.53" or "cell:<H3>" without keeping it; raises NotFound."""
    with desk.database.read() as conn:
        return assess_once(desk, conn, place_id, as_of)


def assess_once(desk: Desk, conn: Connection, place_id: str, as_of: datetime) -> Assessment:
    """The same on a connection at hand."""
    return _assessed(desk, conn, [place_id], as_of)[0]


def assess_places(
    desk: Desk, conn: Connection, places: Iterable[str], as_of: datetime
) -> tuple[Assessment, ...]:
    """Assess the places and keep the assessments, in order, each place once.

    A place that holds no populated cell is left out: what cannot be assessed stops no watch.
    """
    grid = grid_of(desk.gazetteer)
    wanted = [place for place in dict.fromkeys(places) if _held(grid, place)]
    found = _assessed(desk, conn, wanted, as_of)
    assessments.put(conn, found)
    return found


def joined(feeds: Assessment, history: Assessment) -> Assessment:
    """The assessment by feeds, with those categories by both of which a history tells."""
    mine = {one.category: one for one in history.levels if one.category in TOLD_BY_HISTORY}
    levels = tuple(mine.get(one.category, one) for one in feeds.levels)
    overall, by, reasons = decide(levels, feeds.floor)
    told = [r for r in feeds.reasons if not r.startswith(("overall ", "not assessed: "))]
    return replace(feeds, levels=levels, overall=overall, decided_by=by, reasons=(*reasons, *told))


def changes(previous: Mapping[str, Assessment], current: Iterable[Assessment]) -> list[Rise]:
    """The levels that rose to 4 or higher, or by 2 or more, since each place's previous assessment.

    A place's first assessment is no rise, nor is a category that was not assessed before, but where
    a person sets it.
    """
    rises = []
    for assessment in current:
        old = previous.get(assessment.place)
        before = {level.category: level.level for level in old.levels} if old else {}
        for level in assessment.levels:
            was = before.get(level.category)
            if level.level is None or level.level <= (was or 0):
                continue
            if was is None and level.override is None:
                continue
            if level.level >= LEAST_LEVEL or level.level - (was or 1) >= LEAST_STEPS:
                rises.append(Rise(assessment, level, was))
    return rises


def level_event(
    desk: Desk, rise: Rise, now: datetime, standing: Event | None = None,
    closed: frozenset[str] = frozenset(),
) -> Event:  # fmt: skip
    """The rise as an event of kind LEVEL_CHANGE, for screening and alerts.

    Its severity is the level, at most 5; its place the area, in which it reaches every site. With
    `standing`, an earlier rise of the same category there, it is that event's next version. It is
    for all to read: restricted events that it rests on, `closed`, are counted and not named.
    """
    assessment, level = rise.assessment, rise.level
    place = place_of(desk, assessment.place)
    number = level.level or 1
    begun = f"{assessment.place}\x1f{level.category}\x1f{now.isoformat()}"
    title = f"{level.category.value} at {place.name} is at level {number} ({LEVELS[number]})"
    every = tuple(dict.fromkeys(one for f in level.factors for one in f.evidence))
    evidence, left = told(every, set(closed))
    rests = (*evidence, left) if left else evidence
    return Event(
        id=standing.id
        if standing
        else ("e" + hashlib.blake2b(begun.encode(), digest_size=10).hexdigest()),
        version=standing.version + 1 if standing else 1,
        kind=Kind.LEVEL_CHANGE,
        severity=min(max(number, 1), 5),
        title=f"{title}, {_since(rise)}",
        place=place,
        happened=Span(now),
        first_reported=standing.first_reported if standing else now,
        last_reported=now,
        grade=Grade("B", 2, ("the desk's own assessment of confirmed or official events",)),
        exercise=desk.settings.exercise,
        measures={
            "level": float(number),
            "from": float(rise.before or 1),
            "category": level.category.value,
            "assessment": assessment.id,
        },
        reasons=(*level.reasons, *(f"rests on {one}" for one in rests)),
    )


def _since(rise: Rise) -> str:
    if rise.before is not None:
        return f"up from {rise.before}"
    return f"set by {rise.level.override.by}" if rise.level.override else "not assessed before"


def place_of(desk: Desk, place_id: str) -> Place:
    """A place of assessment as a Place; raises NotFound for one that no gazetteer holds."""
    kind, _, code = place_id.partition(":")
    grid = grid_of(desk.gazetteer)
    if kind == "cell":
        lat, lon = _centre(place_id)
        ((town, _),) = desk.gazetteer.nearest(lat, lon)
        return Place(
            f"the area around {town.name}", Precision.POINT, Geometry(lat, lon, 25.0),
            town.country, town.admin1,
        )  # fmt: skip
    rows = desk.gazetteer.country_rows if kind == "country" else desk.gazetteer.admin1_rows
    cell = grid.members(place_id)[0]
    row = rows.get(code)
    found = desk.gazetteer.record(row) if row is not None else None
    at = Geometry(found.lat, found.lon) if found else Geometry(grid.lat[cell], grid.lon[cell])
    country, _, part = code.partition(".")
    if kind == "country":
        return Place(country_name(code), Precision.COUNTRY, at, code)
    return Place(found.name if found else code, Precision.ADMIN1, at, country, part)


def grid_of(places: gazetteer.Gazetteer) -> Grid:
    """The populated cells of a gazetteer; made once a process, in about three seconds."""
    return _grid(places.folder, len(places))


def cell_at(lat: float, lon: float) -> str:
    """Name of the cell that holds a point."""
    return f"cell:{h3.latlng_to_cell(lat, lon, 5)}"


def of_format(desk: Desk, formats: frozenset[str]) -> list[str]:
    """The ids of the desk's sources of these formats."""
    return [name for name, source in desk.sources.items() if source.format in formats]


def _assessed(
    desk: Desk, conn: Connection, places: Sequence[str], as_of: datetime
) -> tuple[Assessment, ...]:
    grid = _with_cells(grid_of(desk.gazetteer), places)
    for place in places:
        if not _held(grid, place):
            raise NotFound(f"place {place!r} holds no populated cell of the gazetteer")
    countries = _countries(grid, places)
    past = _history(desk, conn, as_of)
    base = _knowledge(desk, conn, as_of, countries, past, grid)
    before = as_of - timedelta(microseconds=1)
    base = replace(
        base,
        previous=assessments.latest(conn, places, before),
        overrides=[kept.override for kept in overrides.standing(conn, as_of, places)],
    )
    found = assess_all(places, base, grid, as_of)
    fuller = with_history(base.heard, past, as_of)
    if all(quality(base.listened(c)) == quality(fuller.get(c, ())) for c in countries):
        return found
    other = assess_all(places, replace(base, heard=fuller), grid, as_of)
    return tuple(joined(*pair) for pair in zip(found, other, strict=True))


def _knowledge(
    desk: Desk,
    conn: Connection,
    as_of: datetime,
    countries: Sequence[str],
    past: pa.Table,
    grid: Grid,
) -> Knowledge:
    ground = Ground(desk.gazetteer, borders.open(), grid)
    advice = of_format(desk, advising.FORMATS)
    figures = [
        figure
        for country in countries
        for figure in known.figures(conn, of_format(desk, FIGURES), country)
    ]
    return Knowledge(
        events=pa.concat_tables(
            [known.events(conn, as_of, exercise=desk.settings.exercise), past]
        ).sort_by("start"),
        figures=figures,
        advisories=advising.advisories(conn, advice, as_of, frozenset(countries), ground),
        heard=heard(ears(desk, conn, as_of), countries),
        ratios=_ratios(conn, countries, as_of),
    )


def _ratios(conn: Connection, countries: Sequence[str], as_of: datetime) -> dict[str, Ratio]:
    """What each country's newest forecast made by then does to its rate of conflict."""
    made = forecasts.of_places(conn, [f"country:{code}" for code in countries], as_of)
    return {one.country: ratio_of(one, as_of) for one in made.values()}


def _history(desk: Desk, conn: Connection, as_of: datetime) -> pa.Table:
    return known.history(conn, of_format(desk, HISTORIES), as_of - LAG)


@lru_cache(maxsize=2)
def _grid(folder: Path, _count: int) -> Grid:
    return from_places(gazetteer.open(folder).places())


def _held(grid: Grid, place: str) -> bool:
    """Whether a place can be assessed; any cell can, by its nearest neighbours."""
    if place.startswith("cell:"):
        return bool(h3.is_valid_cell(place.removeprefix("cell:")))
    try:
        return len(grid.members(place)) > 0
    except NotFound:
        return False


def _with_cells(grid: Grid, places: Sequence[str]) -> Grid:
    for place in places:
        if place.startswith("cell:") and place not in grid.row:
            grid, _ = grid.with_point(*_centre(place))
    return grid


def _centre(cell: str) -> tuple[float, float]:
    index = cell.removeprefix("cell:")
    if not h3.is_valid_cell(index) or h3.get_resolution(index) != 5:
        raise NotFound(f"place {cell!r} is no H3 cell of resolution 5")
    lat, lon = h3.cell_to_latlng(index)
    return float(lat), float(lon)


def _countries(grid: Grid, places: Sequence[str]) -> list[str]:
    numbers = {int(n) for place in places for n in grid.country[grid.members(place)]}
    return sorted(grid.countries[n] for n in numbers if n >= 0)
