"""Screen: events x sites -> Exposures, by the reach of each kind at each severity.

A place of country precision exposes no site, whatever the kind; so does a region without polygon.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from farwatch.model.event import Event, State
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.protect import Exposure
from farwatch.protect import likely, shaking
from farwatch.protect.area import Area
from farwatch.protect.index import SiteIndex, unit_code
from farwatch.protect.reach import Reach, ReachTable, builtin_reach

_LOCAL = (Precision.POINT, Precision.CITY)
_STAFF_KM = 1.0  # a staff report without coordinates: its site, and what is seen from there
_NOBODY = Reach(
    km=dict.fromkeys((2, 3, 4, 5), 0.0),
    hold_hours=24, urgency="Expected", advice=("Assess",), mark="J",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """One site in reach, before it is told as an Exposure; kilometres."""

    site: int
    severity: int
    km: float
    reach: float
    probability: float
    uncertainty: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    """What the ways of screening one event need."""

    event: Event
    place: Place
    reach: Reach
    table: ReachTable
    index: SiteIndex
    now: datetime


def screen(
    events: Iterable[Event], index: SiteIndex, now: datetime, table: ReachTable | None = None
) -> Iterator[Exposure]:
    """Yield every site within a live event's reach: event by event, nearest first.

    An event that has ended, was withdrawn or expired by `now` reaches nobody. `table` is the reach
    table, the built-in one if not given.
    """
    rules = table or builtin_reach()
    for event in events:
        if event.state is State.LIVE and (event.expires is None or event.expires > now):
            yield from _exposures(event, index, now, rules)


def reach_of(kind: Kind, table: ReachTable) -> Reach:
    """The kind's row of the table; a kind without a row reaches nobody but the site it names."""
    return table.kinds.get(kind, _NOBODY)


def _exposures(
    event: Event, index: SiteIndex, now: datetime, table: ReachTable
) -> Iterator[Exposure]:
    reach = reach_of(event.kind, table)
    own = _own_site(event, index)
    hits = {own: _own_hit(event, own)} if own is not None else {}
    place = event.place or _site_place(index, own)
    if place is not None and event.kind in table.kinds:
        case = _Case(event, place, reach, table, index, now)
        for hit in _way(case)(case):
            likely_enough = hit.probability >= table.floor.get(hit.severity, 1.0)
            if hit.site not in hits and likely_enough:
                hits[hit.site] = hit
    for hit in sorted(hits.values(), key=lambda hit: (hit.km, hit.site)):
        yield _told(event, hit, index)


def _told(event: Event, hit: Hit, index: SiteIndex) -> Exposure:
    return Exposure(
        event=event.id, event_version=event.version, site=index.id(hit.site), kind=event.kind,
        severity=hit.severity, distance_km=round(hit.km, 3), reach_km=round(hit.reach, 3),
        probability=round(hit.probability, 4), reasons=hit.reasons,
        uncertainty_km=round(hit.uncertainty, 3), site_name=index.name(hit.site),
        tier=index.table["tier"][hit.site].as_py(),
    )  # fmt: skip


def _own_site(event: Event, index: SiteIndex) -> int | None:
    if event.site is None:
        return None
    return index.row(event.site)


def _own_hit(event: Event, row: int) -> Hit:
    reason = f"the report is about our own site {event.site}"
    return Hit(row, event.severity, 0.0, 0.0, 1.0, 0.0, (reason,))


def _site_place(index: SiteIndex, row: int | None) -> Place | None:
    """A staff report without coordinates happened at its site."""
    if row is None:
        return None
    spot = Geometry(float(index.lat[row]), float(index.lon[row]), _STAFF_KM)
    return Place(index.name(row), Precision.POINT, spot, index.table["country"][row].as_py())


def _way(case: _Case) -> Callable[[_Case], Iterator[Hit]]:
    """How this event's reach is measured; the first that fits."""
    event, place = case.event, case.place
    if event.kind is Kind.EARTHQUAKE and _local(place) and _number(event, "magnitude") is not None:
        return _by_shaking
    if place.geometry.rings and place.precision is not Precision.COUNTRY:
        return _by_polygon
    if _is_unit(case):
        return _by_unit
    if not _local(place) or case.event.kind is Kind.SILENCE:
        return _nowhere
    return _by_distance


def _local(place: Place) -> bool:
    return place.precision in _LOCAL


def _is_unit(case: _Case) -> bool:
    place, units = case.place, case.reach.units
    if place.precision is Precision.COUNTRY:
        return "country" in units and place.country is not None
    if place.admin1 is None or place.country is None or "admin1" not in units:
        return False
    if place.precision is Precision.REGION:
        return False
    return case.reach.whole_unit or not _local(place)


def _nowhere(_: _Case) -> Iterator[Hit]:
    return iter(())


def _by_shaking(case: _Case) -> Iterator[Hit]:
    """Intensity at each site; beyond it, half the rupture's length keeps the least band."""
    rules, geometry = case.table.shaking, case.place.geometry
    magnitude = _number(case.event, "magnitude") or 0.0
    depth = _number(case.event, "depth_km")
    depth = rules.depth_km if depth is None else max(depth, 0.0)
    bands = sorted(rules.bands)
    reaches = dict(
        zip(bands, shaking.reach_km(magnitude, depth, [rules.bands[b] for b in bands]), strict=True)
    )
    least = bands[0]
    rupture = float(shaking.half_rupture_km(magnitude, rules.rupture_from))
    unsure = _unsure(case)
    if not reaches[least] > 0:
        return
    far = float(reaches[least]) + rupture + unsure
    site, km = case.index.within(geometry.lat, geometry.lon, far)
    mmi = shaking.intensity(magnitude, depth, km)
    for row, away, felt in zip(site.tolist(), km.tolist(), mmi.tolist(), strict=True):
        severity = max((b for b in bands if felt >= rules.bands[b]), default=least)
        radius = float(reaches[severity])
        spread = unsure if away <= radius else unsure + rupture
        chance = float(likely.inside(away, radius, spread))
        reason = (
            f"MMI {felt:.1f} predicted {away:.0f} km from M{magnitude:.1f} at {depth:.0f} km depth"
        )
        more = (f"the rupture may reach {rupture:.0f} km nearer",) if away > radius + unsure else ()
        yield Hit(row, severity, away, radius, chance, spread, (reason, *more))


def _by_polygon(case: _Case) -> Iterator[Hit]:
    area = Area(case.place.geometry)
    margin = case.reach.beyond_polygon_km(case.event.severity)
    geometry = case.place.geometry
    if case.event.severity < 2:
        return
    site, _ = case.index.within(geometry.lat, geometry.lon, area.radius_km * 1.01 + margin + 1)
    away = area.distance_km(case.index.lat[site], case.index.lon[site])
    inside = np.flatnonzero(away <= margin)
    order = inside[np.lexsort((site[inside], away[inside]))]
    for row, km in zip(site[order].tolist(), away[order].tolist(), strict=True):
        where = "inside the area" if km <= 0 else f"{km:.1f} km outside the area"
        reasons = _passes(case, row)
        if reasons is not None:
            reason = f"{where} of the {case.event.kind.value} ({case.place.name})"
            yield Hit(row, case.event.severity, km, margin, 1.0, 0.0, (reason, *reasons))


def _by_unit(case: _Case) -> Iterator[Hit]:
    """Sites of the same admin-1 unit (or country, where the table says so)."""
    if case.event.severity < 2:
        return
    place, units = case.place, case.index.units
    country = place.country or ""
    if place.precision is Precision.COUNTRY:
        rows, unit = units.get((country, None), []), f"country {country}"
    else:
        code = unit_code(place.admin1)
        rows, unit = units.get((country, code), []), f"admin-1 {country}.{code}"
    for row in rows:
        yield Hit(row, case.event.severity, 0.0, 0.0, 1.0, 0.0, (f"in {unit} ({place.name})",))


def _by_distance(case: _Case) -> Iterator[Hit]:
    event, geometry = case.event, case.place.geometry
    radius = case.reach.radius_km(event.severity)
    unsure = _unsure(case)
    area = _is_area(case)
    if event.severity < 2 or (radius <= 0 and not area):
        return
    if not _enough_detections(case):
        return
    site, km = case.index.within(geometry.lat, geometry.lon, radius + unsure)
    chance = likely.inside(km, radius, unsure)
    for row, away, share in zip(site.tolist(), km.tolist(), chance.tolist(), strict=True):
        passes = _passes(case, row)
        if passes is None:
            continue
        reason = (
            f"{away:.1f} km from {case.place.name}; {event.kind.value} of severity "
            f"{event.severity} reaches {radius:g} km, placed within {unsure:g} km"
        )
        more = ("the notice speaks of the whole area",) if area else ()
        share, spread = (1.0, 0.0) if area else (share, unsure)
        yield Hit(row, event.severity, away, radius, share, spread, (reason, *more, *passes))


def _unsure(case: _Case) -> float:
    """The radius in which it may have happened; a city has one even where none is stated."""
    stated = case.place.geometry.radius_km
    return stated or (case.table.city_km if case.place.precision is Precision.CITY else 0.0)


def _is_area(case: _Case) -> bool:
    """A circle drawn by an authority, or a town named in an announcement, is the area itself."""
    event, happened = case.event, case.event.happened
    if event.kind is Kind.LEVEL_CHANGE or (event.official and case.reach.issued):
        return True
    ahead = event.urgency == "Future" or (happened is not None and happened.start > case.now)
    announced = case.reach.announced_urgency is not None and (ahead or event.official)
    return announced and case.place.precision is Precision.CITY


def _enough_detections(case: _Case) -> bool:
    seen = _number(case.event, "detections")
    least = case.table.wildfire_detections
    return case.event.kind is not Kind.WILDFIRE or seen is None or seen >= least


def _passes(case: _Case, row: int) -> tuple[str, ...] | None:
    """A tsunami spares what is known to stand far from the coast or high; unknown is not safe."""
    if case.event.kind is not Kind.TSUNAMI:
        return ()
    coast = case.index.table["coast_km"][row].as_py()
    height = case.index.table["height_m"][row].as_py()
    if coast is not None and coast > case.table.tsunami_coast_km:
        return None
    if height is not None and height >= case.table.tsunami_height_m:
        return None
    shown = "unknown" if height is None else f"{height:g} m"
    away = "unknown" if coast is None else f"{coast:g} km"
    return (f"distance to the coast {away}, height {shown}",)


def _number(event: Event, name: str) -> float | None:
    value = event.measures.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
