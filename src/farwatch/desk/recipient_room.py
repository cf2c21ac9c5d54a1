"""The recipients' room: who may be told, imported, listed and changed; rotas with their gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from farwatch.desk.deciding import Person
from farwatch.desk.opening import Desk
from farwatch.errors import InputError, NotFound, RejectedRows
from farwatch.model.account import Scope
from farwatch.model.recipient import Recipient, Rota
from farwatch.protect.recipient_rows import RecipientList, WrongValue, recipient, unknown_names
from farwatch.protect.rota import absences, clock, following, gaps, on_duty
from farwatch.store import recipients, sites
from farwatch.store.keyset import Page, Wanted
from farwatch.store.recipients import ListedRecipient, RecipientChoice


@dataclass(frozen=True, slots=True)
class RotaShown:
    """A rota with who is on duty now, who takes over when, and what is wrong with it."""

    name: str
    role: str
    zone: str
    shifts: tuple[tuple[str, str, str], ...]  # person, from, to
    now: tuple[str, ...]
    next: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """All recipients and rotas that an account may see, and names that lead nowhere."""

    recipients: tuple[Recipient, ...]
    rotas: tuple[RotaShown, ...]
    warnings: tuple[str, ...]


def shown(desk: Desk, scope: Scope, now: datetime) -> Shown:
    """The room as it stands."""
    with desk.database.read() as conn:
        people = recipients.load(conn)
        rotas = recipients.load_rotas(conn)
        ours = {site.id: site for site in sites.load(conn)}
        named = {site for one in people for site in one.sites}
        inside = {site for site in named if site in ours and scope.holds_site(ours[site])}
    seen = [one for one in people if _seen(one, scope, inside)]
    warnings = unknown_names(people, rotas, ours) if scope.everywhere else []
    return Shown(tuple(seen), tuple(_rota(one, now) for one in rotas), tuple(warnings))


def listed(
    desk: Desk, choice: RecipientChoice, scope: Scope, wanted: Wanted
) -> Page[ListedRecipient]:  # fmt: skip
    """A page of the recipients that an account may see."""
    with desk.database.read() as conn:

        def seen(some: Sequence[Recipient]) -> set[str]:
            named = sites.named(conn, {site for one in some for site in one.sites})
            inside = {site.id for site in named if scope.holds_site(site)}
            return {one.id for one in some if _seen(one, scope, inside)}

        return recipients.listed(conn, choice, seen, wanted)


def read(desk: Desk, name: str, scope: Scope, person: Person) -> Recipient:
    """One recipient with their addresses: personal data, so that the reading is in the audit.

    Raises NotFound, also for one outside the scope.
    """
    with desk.database.begin() as conn:
        found = _one(conn, name, scope)
        person.decides(conn, "read recipient", name, {})
    return found


def save(desk: Desk, row: Mapping[str, Any], scope: Scope, person: Person) -> Recipient:
    """Add or change a recipient from a form's values.

    Raises InputError with the field and value that are wrong, NotFound for one outside the scope.
    """
    try:
        made = recipient({key: value for key, value in row.items() if value not in ("", None)})
    except WrongValue as wrong:
        field, value, reason = wrong.args
        raise InputError("recipient", reason, field=field, value=value) from wrong
    with desk.database.begin() as conn:
        before = recipients.named(conn, [made.id])
        if before:
            _one(conn, made.id, scope)
        if not _inside(conn, made, scope):
            raise NotFound(f"recipient {made.id!r} would answer for places outside your scope")
        recipients.add(conn, [made])
        what = "change recipient" if before else "add recipient"
        person.decides(conn, what, made.id, {"role": made.role, "active": made.active})
    return made


def take(
    desk: Desk, found: RecipientList, person: Person, *, replace: bool = False
) -> tuple[int, int]:  # fmt: skip
    """Store what a file held, all or none; how many recipients and rotas there are then."""
    with desk.database.begin() as conn:
        if replace:
            recipients.replace(conn, found.recipients, found.rotas)
        else:
            recipients.add(conn, found.recipients)
            recipients.add_rotas(conn, found.rotas)
        details = {"recipients": len(found.recipients), "rotas": len(found.rotas),
                   "replace": replace}  # fmt: skip
        person.decides(conn, "import recipients", "recipients", details)
        return len(recipients.load(conn)), len(recipients.load_rotas(conn))


def refused(source: str, found: RecipientList) -> RejectedRows:
    """The error of a file that is refused whole."""
    first, count = found.rejected[0], len(found.rejected)
    return RejectedRows(
        source, f"{first.reason}; {count:,} of {count + len(found.recipients):,} rows are wrong, "
        "nothing was imported", field=first.field, value=first.value,
        position=f"line {first.line}",
    )  # fmt: skip


def warnings(found: Sequence[Rota], now: datetime) -> list[str]:
    """What is wrong with rotas: hours with nobody, stand-ins who are absent too."""
    return [text for one in found for text in _rota(one, now).warnings]


def _one(conn: Connection, name: str, scope: Scope) -> Recipient:
    found = recipients.get(conn, name)
    ours = {site.id for site in sites.named(conn, found.sites) if scope.holds_site(site)}
    if not _seen(found, scope, ours):
        raise NotFound(f"no recipient {name!r}")
    return found


def _seen(one: Recipient, scope: Scope, inside: set[str]) -> bool:
    """Whether a recipient answers for something within the scope."""
    if scope.everywhere or not (one.sites or one.countries):
        return True
    country = not scope.programmes and any(map(scope.holds_country, one.countries))
    return country or bool(inside & set(one.sites))


def _inside(conn: Connection, one: Recipient, scope: Scope) -> bool:
    """Whether all that a recipient answers for is within the scope of who says so."""
    if scope.everywhere:
        return True
    ours = {site.id for site in sites.named(conn, one.sites) if scope.holds_site(site)}
    places = bool(one.sites or one.countries)
    countries = not one.countries or (
        not scope.programmes and all(map(scope.holds_country, one.countries))
    )
    return places and ours == set(one.sites) and countries


def _rota(rota: Rota, now: datetime) -> RotaShown:
    duty, coming = on_duty(rota, now), following(rota, now)
    empty = [f"rota {rota.name}: nobody is on duty {gap}" for gap in gaps(rota)]
    here = {one.person for one in duty}
    return RotaShown(
        rota.name, rota.role, rota.zone,
        tuple((s.person, clock(s.start), clock(s.end)) for s in rota.shifts),
        tuple(_duty(one.person, one.instead_of, f"until {one.until:%a %H:%M} UTC") for one in duty),
        tuple(one.person for one in coming if one.person not in here)[:3],
        (*empty, *(f"rota {rota.name}: {text}" for text in absences(rota, now))),
    )  # fmt: skip


def _duty(person: str, instead_of: str | None, until: str) -> str:
    instead = f" in place of {instead_of}" if instead_of else ""
    return f"{person}{instead}, {until}"
