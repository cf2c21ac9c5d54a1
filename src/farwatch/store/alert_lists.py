"""Lists of alerts: chosen by their columns, bounded by what an account may see, page by page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.account import Scope
from farwatch.model.protect import Alert
from farwatch.store import restricted, schema
from farwatch.store.bodies import unpack
from farwatch.store.keyset import Order, Page, Wanted, page
from farwatch.store.rows import chunks

MOST_WORDS = 8  # of a text that is looked for

# An alert with the event that it is about, under the name that event goes by now.
JOINED = schema.alerts.outerjoin(
    schema.redirects, schema.redirects.c.old == schema.alerts.c.event
).outerjoin(
    schema.events,
    schema.events.c.id == sa.func.coalesce(schema.redirects.c.surviving, schema.alerts.c.event),
)


@dataclass(frozen=True, slots=True)
class AlertChoice:
    """Which alerts; empty bounds choose all. Times are aware."""

    states: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    country: str | None = None  # of the event, ISO alpha-2
    site: str | None = None
    severity: int | None = None  # of the event, at least
    recipients: tuple[str, ...] = ()
    keys: tuple[str, ...] | None = None  # only these; an empty tuple chooses none
    text: str | None = None  # words that headline or event's title hold, in any order
    released: bool | None = None
    unjudged: bool = False  # nobody has said yet what it proved to be
    sent_since: datetime | None = None
    sent_until: datetime | None = None  # exclusive
    ends_since: datetime | None = None
    updated_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """An alert with when its row last changed, by the machine's clock."""

    alert: Alert
    updated: datetime | None


def listed(conn: Connection, choice: AlertChoice, scope: Scope, wanted: Wanted) -> Page[Listed]:
    """What may be seen, newest first; with `updated_since`, in the order of change."""
    table = schema.alerts
    query = sa.select(table.c.body, table.c.updated).select_from(JOINED)
    query = query.where(*conditions(choice), *seen(scope))
    order = Order((table.c.sent, table.c.key))
    if choice.updated_since is not None:
        order = Order((table.c.updated, table.c.key), descending=False)
    return page(conn, query, order, wanted, _row)


def total(conn: Connection, choice: AlertChoice, scope: Scope) -> int:
    """How many alerts the choice holds."""
    query = sa.select(sa.func.count()).select_from(JOINED)
    return int(conn.execute(query.where(*conditions(choice), *seen(scope))).scalar_one())


def hidden(conn: Connection, keys: Iterable[str], scope: Scope) -> list[str]:
    """Those of the keys that are no alert which may be seen."""
    asked = list(dict.fromkeys(keys))
    found: set[str] = set()
    for some in chunks(asked):
        query = sa.select(schema.alerts.c.key).select_from(JOINED)
        query = query.where(schema.alerts.c.key.in_(some), *seen(scope))
        found |= set(conn.execute(query).scalars())
    return [key for key in asked if key not in found]


def seen(scope: Scope) -> list[sa.ColumnElement[bool]]:
    """What keeps an account to its part: an alert of one of its sites, or, where no programme
    bounds it, of an event in one of its countries; restricted ones to who is cleared."""
    closed = restricted.alerts_seen(scope)
    if scope.everywhere:
        return closed
    sites, pairs = schema.sites, schema.alert_sites
    fits: list[sa.ColumnElement[bool]] = [pairs.c.key == schema.alerts.c.key]
    if scope.countries:
        fits.append(sites.c.country.in_(scope.countries))
    if scope.programmes:
        fits.append(sites.c.programme.in_(scope.programmes))
    ours = sa.exists().where(pairs.c.site == sites.c.id, *fits)
    if scope.programmes:
        return [*closed, ours]
    # By a name of its own: the query around it may hold the events already.
    theirs, moved = schema.events.alias(), schema.redirects
    now_called = sa.select(moved.c.surviving).where(moved.c.old == schema.alerts.c.event)
    about = sa.func.coalesce(now_called.correlate(schema.alerts).scalar_subquery(),
                             schema.alerts.c.event)  # fmt: skip
    there = sa.exists().where(theirs.c.id == about, theirs.c.country.in_(scope.countries))
    return [*closed, sa.or_(ours, there)]


def conditions(choice: AlertChoice) -> list[sa.ColumnElement[bool]]:
    """What a choice asks of the rows of `JOINED`."""
    table, events = schema.alerts, schema.events
    asked: Sequence[tuple[Any, Callable[[], sa.ColumnElement[bool]]]] = (
        (choice.states, lambda: table.c.state.in_(choice.states)),
        (choice.routes, lambda: table.c.route.in_(choice.routes)),
        (choice.recipients, lambda: table.c.recipient.in_(choice.recipients)),
        (choice.keys is not None, lambda: table.c.key.in_(choice.keys or ())),
        (choice.released is not None, lambda: table.c.released.is_(choice.released)),
        (choice.unjudged, lambda: table.c.disposition.is_(None)),
        (choice.sent_since, lambda: table.c.sent >= choice.sent_since),
        (choice.sent_until, lambda: table.c.sent < choice.sent_until),
        (choice.ends_since, lambda: table.c.ends >= choice.ends_since),
        (choice.updated_since, lambda: table.c.updated >= choice.updated_since),
        (choice.site, lambda: _of_site(str(choice.site))),
        (choice.kinds, lambda: events.c.kind.in_(choice.kinds)),
        (choice.country, lambda: events.c.country == choice.country),
        (choice.severity, lambda: events.c.severity >= choice.severity),
    )
    words = [_says(word) for word in (choice.text or "").split()[:MOST_WORDS]]
    return [condition() for value, condition in asked if value] + words


def _of_site(site: str) -> sa.ColumnElement[bool]:
    pairs = schema.alert_sites
    return schema.alerts.c.key.in_(sa.select(pairs.c.key).where(pairs.c.site == site))


def _says(word: str) -> sa.ColumnElement[bool]:
    """Whether headline or title hold a word, small and great letters alike.

    The headline has no column: it is found in the body between the names of its own field and of
    the next, which no text inside can hold, for its quotes are escaped there.
    """
    within = _literally(json.dumps(word)[1:-1])
    body = schema.alerts.c.body.ilike(f'%"headline":"%{within}%","sites":[%', escape="!")
    return sa.or_(body, schema.events.c.title.ilike(f"%{_literally(word)}%", escape="!"))


def _literally(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def _row(row: Any) -> Listed:
    return Listed(unpack(Alert, row.body), row.updated)
