"""Lists of alerts: chosen by their columns, bounded by what an account may see, page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.account import Scope
from farwatch.model.protect import Alert
from farwatch.store import schema
from farwatch.store.bodies import unpack
from farwatch.store.keyset import Order, Page, Wanted, page


@dataclass(frozen=True, slots=True)
class AlertChoice:
    """Which alerts; empty bounds choose all. Times are aware."""

    states: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    country: str | None = None  # of the event, ISO alpha-2
    site: str | None = None
    severity: int | None = None  # of the event, at least
    sent_since: datetime | None = None
    updated_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """An alert with when its row last changed, by the machine's clock."""

    alert: Alert
    updated: datetime | None


def listed(conn: Connection, choice: AlertChoice, scope: Scope, wanted: Wanted) -> Page[Listed]:
    """What may be seen, newest first; with `updated_since`, in the order of change."""
    table = schema.alerts
    query = sa.select(table.c.body, table.c.updated).where(*_conditions(choice), *seen(scope))
    order = Order((table.c.sent, table.c.key))
    if choice.updated_since is not None:
        order = Order((table.c.updated, table.c.key), descending=False)
    return page(conn, query, order, wanted, _row)


def total(conn: Connection, choice: AlertChoice, scope: Scope) -> int:
    """How many alerts the choice holds."""
    query = sa.select(sa.func.count()).select_from(schema.alerts)
    return int(conn.execute(query.where(*_conditions(choice), *seen(scope))).scalar_one())


def seen(scope: Scope) -> list[sa.ColumnElement[bool]]:
    """What keeps an account to its part: an alert of one of its sites, or, where no programme
    bounds it, of an event in one of its countries."""
    if scope.everywhere:
        return []
    sites, pairs = schema.sites, schema.alert_sites
    fits: list[sa.ColumnElement[bool]] = [pairs.c.key == schema.alerts.c.key]
    if scope.countries:
        fits.append(sites.c.country.in_(scope.countries))
    if scope.programmes:
        fits.append(sites.c.programme.in_(scope.programmes))
    ours = sa.exists().where(pairs.c.site == sites.c.id, *fits)
    if scope.programmes:
        return [ours]
    return [sa.or_(ours, _event(schema.events.c.country.in_(scope.countries)))]


def _conditions(choice: AlertChoice) -> list[sa.ColumnElement[bool]]:
    table, events = schema.alerts, schema.events
    asked: Sequence[tuple[Any, Callable[[], sa.ColumnElement[bool]]]] = (
        (choice.states, lambda: table.c.state.in_(choice.states)),
        (choice.routes, lambda: table.c.route.in_(choice.routes)),
        (choice.sent_since, lambda: table.c.sent >= choice.sent_since),
        (choice.updated_since, lambda: table.c.updated >= choice.updated_since),
        (choice.site, lambda: _of_site(str(choice.site))),
        (choice.kinds, lambda: _event(events.c.kind.in_(choice.kinds))),
        (choice.country, lambda: _event(events.c.country == choice.country)),
        (choice.severity, lambda: _event(events.c.severity >= choice.severity)),
    )
    return [condition() for value, condition in asked if value]


def _of_site(site: str) -> sa.ColumnElement[bool]:
    pairs = schema.alert_sites
    return sa.exists().where(pairs.c.key == schema.alerts.c.key, pairs.c.site == site)


def _event(fits: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(schema.events.c.id == schema.alerts.c.event, fits)


def _row(row: Any) -> Listed:
    return Listed(unpack(Alert, row.body), row.updated)
