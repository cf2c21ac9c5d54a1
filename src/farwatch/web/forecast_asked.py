"""What forecasts may be asked: a country, months ahead, a page of a list that is whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from farwatch.desk import forecasting
from farwatch.desk.opening import Desk
from farwatch.errors import NotFound, UsageError
from farwatch.model.account import Scope
from farwatch.model.forecast import Change, Forecast, ModelCard, WatchNotice
from farwatch.model.history import month_of
from farwatch.store.keyset import Page, Wanted
from farwatch.world.codes import country_name

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in a month: the countries that may be seen, largest rise first.

    `cutoff` is the last month of the data, `vintage` when the newest of them was published and
    `made` when the forecasts were made; all are None where nothing is forecast.
    """

    card: ModelCard | None
    horizon: int
    rows: tuple[Change, ...]
    cutoff: int | None = None
    made: datetime | None = None
    vintage: datetime | None = None


def changes(desk: Desk, scope: Scope, now: datetime, horizon: int | None) -> Changes:
    """The changes at a horizon; without one, of next month where the model reaches so far, else
    of the first month after the data. Raises UsageError for one that the model has not."""
    card = forecasting.card(desk)
    if card is None:
        return Changes(None, horizon or 1, ())
    first = card.horizons[0]
    if horizon is not None and horizon not in card.horizons:
        raise UsageError(
            f"horizon {horizon} is none of this model's: {first} to {card.horizons[-1]} months"
        )
    chosen = horizon or first
    found = forecasting.changes(desk, now, chosen)
    if found and horizon is None:
        ahead = month_of(now.date()) + 1 - (found[0].month - chosen)
        if ahead != chosen and ahead in card.horizons:
            chosen, found = ahead, forecasting.changes(desk, now, ahead)
    if not found:
        return Changes(card, chosen, ())
    rows = tuple(one for one in found if scope.holds_country(one.country))
    # One run makes the forecasts of all countries, of the same data.
    one = forecasting.shown(desk, found[0].country, now)
    vintage = one.vintage if one else None
    return Changes(card, chosen, rows, found[0].month - chosen, found[0].made, vintage)


def country_of(text: str, scope: Scope) -> str:
    """The country's code; raises NotFound for one that is none or lies outside the scope."""
    code = text.upper()
    if not (len(text) == 2 and text.isascii() and text.isalpha() and scope.holds_country(code)):
        raise NotFound(f"no country {text[:60]!r}")
    country_name(code)  # NotFound where there is none
    return code


def forecast_of(desk: Desk, text: str, scope: Scope, now: datetime) -> tuple[str, Forecast | None]:
    """A country's code and its newest forecast; raises NotFound as `country_of` does."""
    code = country_of(text, scope)
    return code, forecasting.shown(desk, code, now)


def notices(desk: Desk, scope: Scope) -> tuple[WatchNotice, ...]:
    """The watch notices that may be seen, newest first."""
    return tuple(one for one in forecasting.notices(desk) if scope.holds_country(one.country))


def changed_since(found: Sequence[WatchNotice], since: datetime) -> tuple[WatchNotice, ...]:
    """Notices that were made, scored or given a step since a time, the oldest change first."""
    changed = sorted((one.updated or one.made, one.id, one) for one in found)
    return tuple(one for when, _id, one in changed if when >= since)


def notice(desk: Desk, name: str, scope: Scope) -> WatchNotice:
    """One of them; raises NotFound."""
    for one in notices(desk, scope):
        if one.id == name:
            return one
    raise NotFound(f"no watch notice {name[:60]!r}")


def page_of(items: Sequence[T], key: Callable[[T], str], wanted: Wanted) -> Page[T]:
    """A page of a list that is at hand; a cursor is the key of the last row shown.

    Raises UsageError for a cursor of another list.
    """
    names = [key(one) for one in items]
    if wanted.after is not None and wanted.after not in names:
        raise UsageError(f"cursor {wanted.after[:60]!r} is not one that this list gave")
    start = names.index(wanted.after) + 1 if wanted.after is not None else 0
    shown = tuple(items[start : start + wanted.limit])
    more = start + wanted.limit < len(items)
    return Page(shown, key(shown[-1]) if more else None)


def months_old(cutoff: int, now: datetime) -> int:
    """Months from the last of the data to this one: 1 where the data end with last month."""
    return month_of(now.date()) - cutoff
