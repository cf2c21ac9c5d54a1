"""Change sites one by one: add, edit, retire, take back; checked as a list is, never over a change
that somebody else made meanwhile, audited, and screened against what is live at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from farwatch.desk.deciding import Person
from farwatch.desk.opening import Desk
from farwatch.desk.rescreening import rescreen, told_of
from farwatch.errors import ChangedMeanwhile, NotFound, RejectedRows
from farwatch.model.account import PROGRAMME, Scope
from farwatch.model.protect import Alert, Site
from farwatch.protect.columns import FIELDS
from farwatch.protect.sites import Rejected, read_sites
from farwatch.protect.where import Earth
from farwatch.store import exposures, site_lists, sites
from farwatch.store.site_lists import Listed
from farwatch.store.sites import Hand

FORM = "the form"


@dataclass(frozen=True, slots=True)
class Filled:
    """A site as a form gives it: fields by name (those of a site list), attributes by name."""

    fields: Mapping[str, str]
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Changed:
    """A site after a change, and how many alerts were sent because of it."""

    site: Listed
    alerts: int


def filled_of(site: Site) -> Filled:
    """What a form shows of a site."""
    fields = {
        "id": site.id, "name": site.name, "lat": repr(site.lat), "lon": repr(site.lon),
        "country": site.country, "tier": site.tier, "staff": site.staff,
        "coast_km": site.coast_km, "height_m": site.height_m,
        PROGRAMME: site.attributes.get(PROGRAMME),
    }  # fmt: skip
    return Filled(
        {name: "" if value is None else str(value) for name, value in fields.items()},
        {name: value for name, value in site.attributes.items() if name != PROGRAMME},
    )


def read_one(desk: Desk, filled: Filled) -> Site:
    """The site that a form gives, by the checks of a list; raises RejectedRows with the field."""
    fields = {name: filled.fields.get(name, "").strip() for name in FIELDS}
    if not fields["id"]:
        del fields["id"]  # it is then derived from name and place
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*fields, *filled.attributes])
    writer.writerow([*fields.values(), *filled.attributes.values()])
    earth = Earth(desk.borders, desk.gazetteer)
    asked = {name: name for name in fields}
    found = read_sites(text.getvalue().encode(), FORM, asked=asked, earth=earth)
    if found.dropped:
        reason = "speaks of persons: a site's attributes are about the place"
        raise RejectedRows(FORM, reason, field="attributes", value=", ".join(found.dropped))
    if found.rejected:
        raise _refused(found.rejected[0])
    if not found.sites:
        raise RejectedRows(FORM, "says nothing: a site has a name, a latitude and a longitude")
    if not found.sites:  # nothing at all was filled in
        raise RejectedRows(FORM, "is missing", field="name", value="")
    return found.sites[0]


def add(desk: Desk, filled: Filled, person: Person, scope: Scope) -> Changed:
    """Add a site; raises RejectedRows where a value is wrong or the id is taken."""
    site = _mine(read_one(desk, filled), scope)
    with desk.database.begin() as conn:
        if _is_known(conn, site.id):
            raise RejectedRows(FORM, "stands already", field="id", value=site.id)
        return _write(desk, conn, site, person, scope, "added")


def edit(
    desk: Desk, name: str, filled: Filled, version: int, person: Person, scope: Scope
) -> Changed:
    """Change a site; raises NotFound, RejectedRows, and ChangedMeanwhile where another version
    than the one that was read stands."""
    fields = {**filled.fields, "id": name}
    site = _mine(read_one(desk, Filled(fields, filled.attributes)), scope)
    with desk.database.begin() as conn:
        _check(conn, name, version, person.at, scope)
        return _write(desk, conn, site, person, scope, "edited")


def retire(desk: Desk, name: str, version: int, person: Person, scope: Scope) -> Changed:
    """Take a site out of our care: nothing is screened against it any more; it can be taken back.
    Alerts that stand for it stay until somebody decides on them."""
    with desk.database.begin() as conn:
        stood = _check(conn, name, version, person.at, scope)
        if stood.retired is not None:
            raise ChangedMeanwhile(f"site {name!r} is retired already")
        before = exposures.reaching(conn, [name])
        sites.retire(conn, [name], Hand(person.name.strip(), person.at, "retired"))
        person.decides(conn, "site.retired", _subject(name), {"version": stood.version + 1})
        sent = rescreen(desk, conn, [], {name}, before, person.at)
        return Changed(site_lists.one(conn, name, scope, person.at), told_of(sent, scope))


def take_back(desk: Desk, name: str, version: int, person: Person, scope: Scope) -> Changed:
    """Undo a retirement."""
    with desk.database.begin() as conn:
        stood = _check(conn, name, version, person.at, scope)
        if stood.retired is None:
            raise ChangedMeanwhile(f"site {name!r} is in our care already")
        return _write(desk, conn, stood.site, person, scope, "taken back")


def outside(site: Site, scope: Scope) -> tuple[str, str] | None:
    """Field and value by which a site lies outside a scope; None where it lies inside."""
    if not scope.holds_country(site.country):
        return "country", site.country or ""
    if not scope.holds_site(site):
        return PROGRAMME, site.attributes.get(PROGRAMME, "")
    return None


def differences(before: Site | None, after: Site) -> dict[str, Any]:
    """What changed: field -> [before, after]."""
    old = {} if before is None else _values(before)
    new = _values(after)
    return {
        name: [old.get(name, ""), new.get(name, "")]
        for name in sorted(old.keys() | new.keys())
        if old.get(name, "") != new.get(name, "")
    }


def _values(site: Site) -> dict[str, str]:
    return {**filled_of(site).fields, **site.attributes}


def _write(
    desk: Desk, conn: Connection, site: Site, person: Person, scope: Scope, how: str
) -> Changed:
    before = sites.named(conn, [site.id])
    reached = exposures.reaching(conn, [site.id])
    written = sites.add(conn, [site], Hand(person.name.strip(), person.at, how))
    sent: Sequence[Alert] = ()
    if not written.unchanged:
        now_is = site_lists.one(conn, site.id, Scope(), person.at)
        told = differences(before[0] if before else None, site)
        details = {"version": now_is.version, "changes": told}
        person.decides(conn, f"site.{how.replace(' ', '_')}", _subject(site.id), details)
        sent = rescreen(desk, conn, [site], {site.id}, reached, person.at)
    return Changed(site_lists.one(conn, site.id, scope, person.at), told_of(sent, scope))


def _check(conn: Connection, name: str, version: int, now: datetime, scope: Scope) -> Listed:
    stood = site_lists.one(conn, name, scope, now)
    if stood.version != version:
        raise ChangedMeanwhile(
            f"site {name!r} is at version {stood.version}, you read version {version}: "
            "somebody changed it meanwhile, nothing was stored"
        )
    return stood


def _is_known(conn: Connection, name: str) -> bool:
    try:
        sites.get(conn, name)
    except NotFound:
        return False
    return True


def _mine(site: Site, scope: Scope) -> Site:
    wrong = outside(site, scope)
    if wrong is not None:
        field, value = wrong
        raise RejectedRows(FORM, "lies outside your scope", field=field, value=value)
    return site


def _refused(row: Rejected) -> RejectedRows:
    return RejectedRows(FORM, row.reason, field=row.field, value=row.value)


def _subject(name: str) -> str:
    return f"site:{name}"
