"""The places' room: one place with its levels and what stands around it, as an account may see
it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from farwatch.desk import advising, asking, assessing
from farwatch.desk.advising import Advice
from farwatch.desk.as_read import as_read
from farwatch.desk.opening import Desk
from farwatch.errors import NotFound
from farwatch.foresee.assess import with_overrides
from farwatch.model.account import Scope
from farwatch.model.assessment import Assessment
from farwatch.model.place import Place
from farwatch.store import assessments, near, overrides, place_levels, site_lists
from farwatch.store.keyset import Page, Wanted
from farwatch.store.near import Around, Found
from farwatch.store.overrides import Kept
from farwatch.store.place_levels import Step
from farwatch.store.site_lists import Listed, SiteChoice

FRESH = timedelta(hours=36)  # the watch assesses at least daily: what is older is no longer kept
AROUND_KM = {"cell": 100.0, "admin1": 150.0}


@dataclass(frozen=True, slots=True)
class History:
    """The levels of a time: when they changed, and when there was one at all."""

    since: datetime
    until: datetime
    steps: tuple[Step, ...]
    times: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class PlaceShown:
    """A place as of a time. `assessment` None: it is being assessed. `kept` tells that the watch
    keeps its levels; `last` is the newest kept one where that is too old to stand."""

    id: str
    place: Place
    as_of: datetime
    assessment: Assessment | None
    kept: bool
    last: Assessment | None
    history: History
    overrides: tuple[Kept, ...]
    nearby: Found
    advice: tuple[Advice, ...]
    sites: Page[Listed]
    site_count: int


@dataclass(frozen=True, slots=True)
class Asked:
    """How a place is asked for: as of when (None: now), over how many days of history, and how
    long an assessment that nobody keeps is waited for."""

    as_of: datetime | None = None
    days: int = 90
    seconds: float = 0.1


def shown(desk: Desk, name: str, scope: Scope, now: datetime, asked: Asked) -> PlaceShown:
    """One place; raises NotFound, also for one outside the scope."""
    place = found_place(desk, name, scope)
    as_of = min(asked.as_of or now, now)
    with desk.database.read() as conn:
        standing, last = stood(conn, name, as_of)
    assessment = standing
    if assessment is None:
        assessment = asking.ask(
            desk, name, as_of if asked.as_of else asking.rounded(as_of), asked.seconds
        )
    with desk.database.read() as conn:
        assessment = as_read(conn, assessment, scope) if assessment else None
        choice = _sites_in(desk, name, place, now)
        since = as_of - timedelta(days=asked.days)
        return PlaceShown(
            name, place, as_of, assessment, standing is not None,
            as_read(conn, last, scope) if last else None,
            History(
                since, as_of, tuple(place_levels.steps(conn, name, since, as_of)),
                tuple(place_levels.times(conn, name, since, as_of)),
            ),
            tuple(overrides.of_place(conn, name)),
            _nearby(conn, name, place, as_of, scope),
            tuple(_advice(desk, conn, place, as_of)),
            site_lists.listed(conn, choice, scope, Wanted(10)),
            site_lists.total(conn, choice, scope),
        )  # fmt: skip


def found_place(desk: Desk, name: str, scope: Scope) -> Place:
    """A place by its id; raises NotFound, also for one outside the scope."""
    place = assessing.place_of(desk, name)
    if not scope.holds_country(place.country):
        raise NotFound(f"no place {name!r}")
    return place


def stood(
    conn: Connection, name: str, as_of: datetime
) -> tuple[Assessment | None, Assessment | None]:
    """The kept assessment that stood at a time, with what persons set then; and the newest kept
    one where that is too old to stand."""
    found = assessments.latest(conn, [name], as_of).get(name)
    if found is None:
        return None, None
    if as_of - found.as_of > FRESH:
        return None, found
    said = [kept.override for kept in overrides.standing(conn, as_of, [name])]
    return with_overrides(found, said, as_of), None


def _sites_in(desk: Desk, name: str, place: Place, now: datetime) -> SiteChoice:
    kind, _, code = name.partition(":")
    if kind == "country":
        return SiteChoice(now, country=code, sort="exposed", descending=True)
    unit = code if kind == "admin1" else f"{place.country}.{place.admin1}"
    return SiteChoice(now, admin1=unit, sort="exposed", descending=True)


def _nearby(conn: Connection, name: str, place: Place, at: datetime, scope: Scope) -> Found:
    kind, point = name.partition(":")[0], (place.geometry.lat, place.geometry.lon)
    country = place.country or ""
    if kind == "country":
        return near.within(conn, country, at, scope, point)
    unit = (country, place.admin1 or "") if kind == "admin1" else None
    return near.around(conn, Around(point, AROUND_KM[kind], unit), at, scope)


def _advice(desk: Desk, conn: Connection, place: Place, as_of: datetime) -> list[Advice]:
    if not place.country:
        return []
    sources = assessing.of_format(desk, advising.FORMATS)
    return advising.advice_on(conn, sources, as_of, place.country)
