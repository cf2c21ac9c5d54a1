"""Direct an alert: which persons hear of it, in which order, and why each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from farwatch.model.protect import Alert
from farwatch.model.recipient import Recipient, Rota
from farwatch.protect.delivery_rules import DESK, DeliveryRules, TellRule, audience_of
from farwatch.protect.rota import OnDuty, following, on_duty

_ANYWHERE = ("", "")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may be told, and why this person."""

    recipient: Recipient
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Direction:
    """The persons that one rule finds, in the order in which they are to be told."""

    rule: TellRule
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Directory:
    """The recipients by role and by the place they answer for, and the rotas by role."""

    people: Mapping[str, Recipient]
    rotas: Mapping[str, tuple[Rota, ...]]
    by_place: Mapping[str, Mapping[tuple[str, str], tuple[str, ...]]]

    @classmethod
    def of(cls, recipients: Iterable[Recipient], rotas: Iterable[Rota]) -> Directory:
        """The directory of those who are active."""
        people = {one.id: one for one in recipients if one.active}
        placed: dict[str, dict[tuple[str, str], list[str]]] = {}
        for one in people.values():
            here = placed.setdefault(one.role, {})
            for place in _answers_for(one):
                here.setdefault(place, []).append(one.id)
        by_role: dict[str, list[Rota]] = {}
        for rota in rotas:
            by_role.setdefault(rota.role, []).append(rota)
        return cls(
            people,
            {role: tuple(found) for role, found in by_role.items()},
            {role: {k: tuple(v) for k, v in here.items()} for role, here in placed.items()},
        )

    def of_roles(self, roles: Sequence[str]) -> list[Recipient]:
        """Everybody of these roles, by role, then id."""
        return sorted(
            (one for one in self.people.values() if one.role in roles),
            key=lambda one: (roles.index(one.role), one.id),
        )


def direct(
    alert: Alert,
    countries: Mapping[str, str | None],
    directory: Directory,
    rules: DeliveryRules,
    restricted: str,
    now: datetime,
) -> list[Direction]:
    """Whom an alert goes to, rule by rule.

    `countries` is site -> country of the alert's sites; `restricted` the group of restricted
    events. Only the desk's own and restricted groups hear of what is not released.
    """
    audience = audience_of(alert.recipient, restricted)
    inside = audience == DESK or alert.recipient == restricted
    if not (alert.released or inside):
        return []
    found = []
    for rule in rules.tell:
        if audience not in rule.audience or alert.level < rule.severity:
            continue
        candidates = _candidates(alert, countries, directory, rule, now)
        found.append(Direction(rule, tuple(candidates)))
    return found


def _candidates(
    alert: Alert,
    countries: Mapping[str, str | None],
    directory: Directory,
    rule: TellRule,
    now: datetime,
) -> list[Candidate]:
    made: dict[str, Candidate] = {}
    for role in rule.roles:
        duty = _duty(directory.rotas.get(role, ()), now)
        for name, place in _reached(alert, countries, directory.by_place.get(role, {})).items():
            one = directory.people[name]
            if one.severity > alert.level:
                continue
            why = (
                f"{rule.name}: {role}",
                place,
                f"severity {alert.level}, told from {one.severity}",
            )
            known = duty.get(name)
            made.setdefault(name, Candidate(one, (*why, *([known[1]] if known else []))))
        if rule.in_turn and duty:
            order = {name: rank for name, (rank, _) in duty.items()}
            last = len(order)
            made = dict(sorted(made.items(), key=lambda item: order.get(item[0], last)))
    return list(made.values())


def _reached(
    alert: Alert,
    countries: Mapping[str, str | None],
    placed: Mapping[tuple[str, str], tuple[str, ...]],
) -> dict[str, str]:
    """Recipient -> why the place is theirs."""
    found: dict[str, str] = {}
    for site in alert.sites:
        for name in placed.get(("site", site), ()):
            found.setdefault(name, f"answers for site {site}")
    for country in sorted({countries.get(site) or "" for site in alert.sites} - {""}):
        for name in placed.get(("country", country), ()):
            found.setdefault(name, f"answers for {country}")
    for name in placed.get(_ANYWHERE, ()):
        found.setdefault(name, "answers for every place")
    return found


def _answers_for(one: Recipient) -> list[tuple[str, str]]:
    places = [("site", site) for site in one.sites] + [("country", c) for c in one.countries]
    return places or [_ANYWHERE]


def _duty(rotas: Sequence[Rota], now: datetime) -> dict[str, tuple[int, str]]:
    """Person -> (rank, why): those on duty, then those whose turn comes next."""
    found: dict[str, tuple[int, str]] = {}
    for rota in rotas:
        here = on_duty(rota, now)
        for one in here:
            found.setdefault(one.person, (len(found), _why(rota, one, "on duty")))
        nobody = "" if here else "; nobody is on duty now, a gap in the rota"
        for one in following(rota, now):
            found.setdefault(one.person, (len(found), _why(rota, one, "next on duty") + nobody))
    return found


def _why(rota: Rota, one: OnDuty, what: str) -> str:
    instead = f" in place of {one.instead_of}" if one.instead_of else ""
    return f"{what} by rota {rota.name!r}{instead}, until {one.until:%a %H:%M} UTC"
