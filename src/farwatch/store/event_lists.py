"""Lists of events: searched and chosen, bounded by what an account may see, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.account import Scope
from farwatch.model.event import Event
from farwatch.store import restricted, schema, search
from farwatch.store.bodies import unpack
from farwatch.store.keyset import Order, Page, Wanted, page
from farwatch.store.search import Sought, facet

COUNTED = 1_000  # a count goes no further


@dataclass(frozen=True, slots=True)
class EventChoice:
    """Which events; empty bounds choose all. `words` are folded (`Searcher.asked`), `text` is what
    was typed. `since` and `until` bound when it happened; `severity` is at least; `restricted`
    chooses those that are, or are not."""

    text: str = ""
    words: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    reliability: tuple[str, ...] = ()
    credibility: tuple[int, ...] = ()
    countries: tuple[str, ...] = ()
    severity: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    updated_since: datetime | None = None
    restricted: bool | None = None


@dataclass(frozen=True, slots=True)
class EventListed:
    """An event with when its row last changed, by the machine's clock."""

    event: Event
    updated: datetime | None


def listed(
    conn: Connection, choice: EventChoice, scope: Scope, wanted: Wanted
) -> Page[EventListed]:  # fmt: skip
    """What may be seen, what happened last first; with `updated_since`, in the order of change."""
    events = schema.events
    source, number, conditions = _hits(conn, choice, scope)
    query = sa.select(events.c.body, events.c.updated).select_from(source).where(*conditions)
    order = Order((number,))
    if choice.updated_since is not None:
        query = query.where(events.c.updated >= choice.updated_since)
        order = Order((events.c.updated, events.c.id), descending=False)
    return page(conn, query, order, wanted, _row)


def total(conn: Connection, choice: EventChoice, scope: Scope) -> int:
    """How many events the choice holds; no more than `COUNTED` + 1 are counted."""
    source, number, conditions = _hits(conn, choice, scope)
    some = sa.select(number.label("n")).select_from(source).where(*conditions).limit(COUNTED + 1)
    return int(conn.execute(sa.select(sa.func.count()).select_from(some.subquery())).scalar_one())


def sees(conn: Connection, event: Event, scope: Scope) -> bool:
    """Whether an account may see an event: one in its countries, where no programme bounds it, or
    one that reaches a site of its own; a restricted one only who is cleared."""
    if event.restricted and not scope.restricted:
        return False
    if scope.everywhere:
        return True
    country = event.place.country if event.place else None
    if not scope.programmes and scope.holds_country(country):
        return True
    query = sa.select(schema.exposures.c.site).where(
        schema.exposures.c.event == event.id, _ours(scope)
    )
    return conn.execute(query.limit(1)).first() is not None


def seen(scope: Scope) -> list[sa.ColumnElement[bool]]:
    """What keeps a list of events to a scope: its countries, and, where programmes bound it, the
    events that reach a site of its own; restricted ones to who is cleared."""
    bounds = restricted.events_seen(scope)
    if scope.countries and not scope.programmes:
        bounds.append(schema.events.c.country.in_(scope.countries))
    if scope.programmes:
        fits = schema.exposures.c.event == schema.events.c.id
        bounds.append(sa.exists().where(fits, _ours(scope)))
    return bounds


def sought(choice: EventChoice, scope: Scope) -> Sought:
    """The choice as the index is asked."""
    groups = [
        [facet("k", kind) for kind in choice.kinds],
        [facet("s", state) for state in choice.states],
        [facet("f", source) for source in choice.sources],
        [facet("r", letter) for letter in choice.reliability],
        [facet("d", number) for number in choice.credibility],
        [facet("c", country) for country in choice.countries],
        [facet("v", n) for n in range(choice.severity, 6)] if choice.severity else [],
    ]
    if scope.countries and not scope.programmes:
        groups.append([facet("c", country) for country in scope.countries])
    facets = tuple(tuple(group) for group in groups if group)
    return Sought(choice.words, facets, choice.since, choice.until)


def _hits(
    conn: Connection, choice: EventChoice, scope: Scope
) -> tuple[Any, Any, list[Any]]:  # fmt: skip
    table, events = schema.search_events, schema.events
    asked = sought(choice, scope)
    source, number, conditions = search.hits(conn, table, asked)
    source = source.join(events, events.c.id == table.c.event)
    if "" in choice.words:  # a word that no index holds
        conditions.append(sa.false())
    if choice.restricted is not None:
        conditions.append(events.c.restricted.is_(choice.restricted))
    return source, number, [*conditions, *seen(scope)]


def _ours(scope: Scope) -> sa.ColumnElement[bool]:
    """An exposure's site is one of the scope's."""
    sites = schema.sites
    fits: list[sa.ColumnElement[bool]] = [sites.c.id == schema.exposures.c.site]
    if scope.countries:
        fits.append(sites.c.country.in_(scope.countries))
    if scope.programmes:
        fits.append(sites.c.programme.in_(scope.programmes))
    return sa.exists().where(*fits)


def _row(row: Any) -> EventListed:
    return EventListed(unpack(Event, row.body), row.updated)
