"""Levels that persons set over the model's: made, ended, and told to the alert rules at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from farwatch.desk.assessing import assess_places, changes, place_of
from farwatch.desk.deciding import Person
from farwatch.desk.levels import tell_rises
from farwatch.desk.opening import Desk
from farwatch.desk.protecting import in_care, protect
from farwatch.errors import NotFound, UsageError
from farwatch.foresee.constants import published
from farwatch.model.account import Scope
from farwatch.model.assessment import LEVELS, Assessment, Override
from farwatch.model.kinds import Category
from farwatch.store import assessments, events, overrides
from farwatch.store.keyset import Page, Wanted
from farwatch.store.overrides import Kept

LONGEST = 1_000  # characters of a reason


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to set: a level of a category at a place, why, and until when."""

    place: str
    category: Category
    level: int
    reason: str
    until: datetime


def last_day(now: datetime) -> date:
    """The last day at whose end a level set now may end."""
    return (now + timedelta(days=published().override_days)).date() - timedelta(days=1)


def put(desk: Desk, wish: Wish, person: Person, scope: Scope | None = None) -> Kept:
    """Set a level over the model's; the place is assessed with it at once, and a rise is told.

    One that stands for the category there already is ended. Raises NotFound for a place that is
    unknown or outside the scope, UsageError for a level, reason or end that cannot be.
    """
    check_place(desk, wish.place, scope)
    _check(wish, person.at)
    one = Override(
        wish.place, wish.category.value, wish.level, person.name.strip(), wish.reason.strip(),
        person.at, wish.until,
    )  # fmt: skip
    text = f"{one.place}\x1f{one.category}\x1f{one.made.isoformat()}\x1f{one.by}"
    name = "o" + hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    with desk.database.begin() as conn:
        before = _standing(conn, wish.place, wish.category, person.at)
        overrides.end(conn, [kept.id for kept in before if kept.id != name], person.at)
        if all(kept.id != name for kept in before):
            overrides.put(conn, name, one)
        assessed = _told(desk, conn, wish.place, person.at)
        level = next((x for x in assessed.levels if x.category is wish.category), None)
        person.decides(conn, "override", wish.place, {
            "override": name, "category": one.category, "level": one.level,
            "reason": one.reason, "until": one.until.isoformat(),
            "model": level.model if level else None, "ended": [kept.id for kept in before],
        })  # fmt: skip
        return next(kept for kept in overrides.of_place(conn, wish.place) if kept.id == name)


def end(
    desk: Desk, place: str, category: Category, person: Person, scope: Scope | None = None
) -> Kept:
    """End what stands for a category at a place before its time; raises NotFound."""
    check_place(desk, place, scope)
    with desk.database.begin() as conn:
        standing = _standing(conn, place, category, person.at)
        if not standing:
            raise NotFound(f"no override of {category.value} stands at {place!r}")
        overrides.end(conn, [kept.id for kept in standing], person.at)
        person.decides(conn, "override.end", place, {
            "override": standing[-1].id, "category": category.value,
            "level": standing[-1].override.level,
        })  # fmt: skip
        _told(desk, conn, place, person.at)
        return next(kept for kept in overrides.of_place(conn, place) if kept.id == standing[-1].id)


def listed(
    desk: Desk, scope: Scope, wanted: Wanted, updated_since: datetime | None = None
) -> Page[Kept]:
    """All levels that persons set in the scope's countries, newest first."""
    with desk.database.read() as conn:
        return overrides.listed(conn, wanted, updated_since, scope)


def check_place(desk: Desk, place: str, scope: Scope | None) -> None:
    """Raise NotFound for a place that is none, or that lies outside the scope."""
    found = place_of(desk, place)
    if scope is not None and not scope.holds_country(found.country):
        raise NotFound(f"no place {place!r}")


def category_of(text: str) -> Category:
    """The category of this name; raises UsageError."""
    try:
        return Category(text.strip().casefold())
    except ValueError as error:
        known = ", ".join(one.value for one in Category)
        raise UsageError(f"category {text!r} is none of {known}") from error


def _check(wish: Wish, now: datetime) -> None:
    if wish.level not in LEVELS:
        raise UsageError(f"level {wish.level} is not from 1 to 6")
    if not wish.reason.strip() or len(wish.reason) > LONGEST:
        raise UsageError(f"reason {wish.reason[:60]!r}: say why, in at most {LONGEST} characters")
    if wish.category is Category.CYBER and not wish.place.startswith("country:"):
        raise UsageError(f"cyber is assessed of countries, not of {wish.place!r}")
    days = timedelta(days=published().override_days)
    if not now < wish.until <= now + days:
        raise UsageError(
            f"end {wish.until:%Y-%m-%d %H:%M} UTC is not within {days.days} days from now"
        )


def _standing(conn: Connection, place: str, category: Category, at: datetime) -> list[Kept]:
    found = overrides.standing(conn, at, [place])
    return [kept for kept in found if kept.override.category == category.value]


def _told(desk: Desk, conn: Connection, place: str, now: datetime) -> Assessment:
    """Assess the place as it is now, keep it, and let the alert rules see a rise."""
    previous = assessments.latest(conn, [place])
    found = assess_places(desk, conn, [place], now)
    if not found:
        raise NotFound(f"place {place!r} holds no populated cell of the gazetteer")
    rises = list(tell_rises(desk, conn, changes(previous, found), now))
    if rises:
        events.put(conn, rises)
        protect(desk, conn, in_care(conn), rises, now)
    return found[0]
