"""Lists of notices: chosen by their columns, bounded by what an account may see, page by page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.account import Scope
from farwatch.model.recipient import Notice
from farwatch.store import schema
from farwatch.store.alert_lists import seen
from farwatch.store.bodies import unpack
from farwatch.store.keyset import Order, Page, Wanted, page
from farwatch.store.restricted import of_alerts


@dataclass(frozen=True, slots=True)
class NoticeChoice:
    """Which notices; empty bounds choose all. Times are aware."""

    states: tuple[str, ...] = ()
    alert: str | None = None  # a key
    event: str | None = None
    recipient: str | None = None
    updated_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListedNotice:
    """A notice with when its row last changed, by the machine's clock."""

    notice: Notice
    updated: datetime


def listed(
    conn: Connection, choice: NoticeChoice, scope: Scope, wanted: Wanted
) -> Page[ListedNotice]:  # fmt: skip
    """What may be seen, newest first; with `updated_since`, in the order of change."""
    table = schema.notices
    query = sa.select(table.c.id, table.c.body, table.c.updated)
    query = query.where(*_conditions(choice), *_seen(scope))
    order = Order((table.c.asked, table.c.id))
    if choice.updated_since is not None:
        order = Order((table.c.updated, table.c.id), descending=False)
    return page(conn, query, order, wanted, _row)


def counted(conn: Connection, choice: NoticeChoice, scope: Scope) -> dict[str, int]:
    """How many notices of the choice stand in which state, whatever states it chooses."""
    table = schema.notices
    query = sa.select(table.c.state, sa.func.count()).group_by(table.c.state)
    query = query.where(*_conditions(replace(choice, states=())), *_seen(scope))
    return {state: int(number) for state, number in conn.execute(query)}


def _seen(scope: Scope) -> list[sa.ColumnElement[bool]]:
    if scope.everywhere:
        return [] if scope.restricted else [sa.not_(of_alerts(schema.notices.c.key))]
    bounds = seen(scope)
    return [sa.exists().where(schema.alerts.c.key == schema.notices.c.key, *bounds)]


def _conditions(choice: NoticeChoice) -> list[sa.ColumnElement[bool]]:
    table = schema.notices
    asked: tuple[tuple[Any, Any], ...] = (
        (choice.states, lambda: table.c.state.in_(choice.states)),
        (choice.alert, lambda: table.c.key == choice.alert),
        (choice.event, lambda: table.c.event == choice.event),
        (choice.recipient, lambda: table.c.recipient == choice.recipient),
        (choice.updated_since, lambda: table.c.updated >= choice.updated_since),
    )
    return [condition() for value, condition in asked if value]


def _row(row: Any) -> ListedNotice:
    return ListedNotice(replace(unpack(Notice, row.body), id=row.id), row.updated)
