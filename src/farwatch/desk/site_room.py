"""The sites' room: one site with its levels, what reaches it, and who is not heard around it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from farwatch.collect.health import is_silent, last_word
from farwatch.desk import asking, assessing, place_room
from farwatch.desk.as_read import as_read
from farwatch.desk.opening import Desk
from farwatch.desk.remembering import remembered, soon
from farwatch.model.account import Scope
from farwatch.model.assessment import Assessment
from farwatch.model.event import Event, State
from farwatch.model.protect import Exposure
from farwatch.store import (
    alert_lists,
    events,
    exposures,
    health,
    near,
    site_lists,
    site_versions,
    sites,
)
from farwatch.store.keyset import Page, Wanted
from farwatch.store.near import Around, Found
from farwatch.store.site_lists import Listed, SiteChoice
from farwatch.store.site_versions import Version

AROUND_KM = 100.0


@dataclass(frozen=True, slots=True)
class Reached:
    """A live event that reaches a site."""

    exposure: Exposure
    event: Event


@dataclass(frozen=True, slots=True)
class Silent:
    """A feed of the site's area that is silent, and when it last spoke (None: never)."""

    source: str
    title: str
    last: datetime | None


@dataclass(frozen=True, slots=True)
class SiteShown:
    """A site and what stands around it. `unit` is its admin-1's id, None where none is known;
    `there` the level that is kept of it."""

    listed: Listed
    cell: str
    unit: str | None
    there: Assessment | None
    reached: tuple[Reached, ...]
    alerts: Page[alert_lists.Listed]
    nearby: Found
    silent: tuple[Silent, ...]
    versions: tuple[Version, ...]


def listed(
    desk: Desk, choice: SiteChoice, scope: Scope, wanted: Wanted
) -> tuple[Page[Listed], int]:
    """A page of the sites that may be seen, and how many there are."""
    return _listed(desk, replace(choice, now=soon(choice.now)), scope, wanted)


@remembered
def _listed(
    desk: Desk, choice: SiteChoice, scope: Scope, wanted: Wanted
) -> tuple[Page[Listed], int]:
    with desk.database.read() as conn:
        page = site_lists.listed(conn, choice, scope, wanted)
        return page, site_lists.total(conn, choice, scope)


def choices(desk: Desk, scope: Scope) -> tuple[list[str], list[str]]:
    """The countries and programmes that a list may be narrowed to."""
    with desk.database.read() as conn:
        return site_lists.countries(conn, scope), site_lists.programmes(conn, scope)


def shown(desk: Desk, name: str, scope: Scope, now: datetime) -> SiteShown:
    """One site, also a retired one; raises NotFound, also for one outside the scope."""
    with desk.database.read() as conn:
        found = site_lists.one(conn, name, scope, now)
        site = found.site
        code = sites.admin1_code(site)
        unit = f"admin1:{code}" if code else None
        there = place_room.stood(conn, unit, now)[0] if unit else None
        reached = _reached(conn, name, scope, now)
        here = Around((site.lat, site.lon), AROUND_KM)
        choice = alert_lists.AlertChoice(site=name)
        return SiteShown(
            found, assessing.cell_at(site.lat, site.lon), unit,
            as_read(conn, there, scope) if there else None, reached,
            alert_lists.listed(conn, choice, scope, Wanted(10)),
            near.around(conn, here, now, scope, name),
            tuple(_silent(desk, conn, found, now)),
            tuple(site_versions.versions(conn, name)),
        )  # fmt: skip


def level_at(
    desk: Desk, name: str, scope: Scope, now: datetime, seconds: float
) -> Assessment | None:
    """The level at the site itself; None while it is being assessed. Raises NotFound."""
    with desk.database.read() as conn:
        site = site_lists.one(conn, name, scope, now).site
    cell = assessing.cell_at(site.lat, site.lon)
    found = asking.ask(desk, cell, asking.rounded(now), seconds)
    if found is None:
        return None
    with desk.database.read() as conn:
        return as_read(conn, found, scope)


def _reached(
    conn: Connection, name: str, scope: Scope, now: datetime
) -> tuple[Reached, ...]:  # fmt: skip
    found = exposures.of_site(conn, name, scope)
    known = events.get_many(conn, [one.event for one in found])
    return tuple(
        Reached(one, known[one.event])
        for one in sorted(found, key=lambda one: (-one.severity, one.distance_km, one.event))
        if one.event in known and _is_live(known[one.event], now)
    )


def _is_live(event: Event, now: datetime) -> bool:
    return event.state is State.LIVE and (event.expires is None or event.expires > now)


def _silent(desk: Desk, conn: Connection, found: Listed, now: datetime) -> list[Silent]:
    """The silent feeds that cover the site, its admin-1 or its country."""
    site = found.site
    areas = {f"site:{site.id}", f"country:{site.country}", f"admin1:{sites.admin1_code(site)}"}
    out = []
    for name, state in health.status(conn).items():
        source = desk.sources.get(name)
        if source is None or not (areas & set(source.covers) or site.country in source.countries):
            continue
        last = last_word(source, state.last_heard, state.last_new)
        if is_silent(source, last, state.failures, now):
            out.append(Silent(name, source.title, last))
    return sorted(out, key=lambda one: one.source)
