"""What is restricted: conditions that keep it out of lists, and which of some names it bears.

Restricted rows are few and have an index of their own: a list leaves out their keys, and neither
opens a row for it nor counts one too many.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.account import Scope
from farwatch.store import schema
from farwatch.store.rows import chunks

Condition = sa.ColumnElement[bool]


def events_seen(scope: Scope) -> list[Condition]:
    """What keeps rows of the events' table to what may be seen of them."""
    return [] if scope.restricted else [schema.events.c.restricted.is_(False)]


def alerts_seen(scope: Scope) -> list[Condition]:
    """The same of the alerts' table."""
    return [] if scope.restricted else [schema.alerts.c.restricted.is_(False)]


def of_events(column: Any) -> Condition:
    """Whether a column names a restricted event."""
    return column.in_(sa.select(schema.events.c.id).where(schema.events.c.restricted))  # type: ignore[no-any-return]


def of_alerts(column: Any) -> Condition:
    """Whether a column names a restricted alert by its key."""
    return column.in_(sa.select(schema.alerts.c.key).where(schema.alerts.c.restricted))  # type: ignore[no-any-return]


def of_reports(column: Any) -> Condition:
    """Whether a column names a restricted version of a report."""
    return column.in_(sa.select(schema.reports.c.id).where(schema.reports.c.restricted))  # type: ignore[no-any-return]


def events_among(conn: Connection, names: Iterable[str]) -> set[str]:
    """Those of the names that are restricted events, or became one."""
    events, moved = schema.events, schema.redirects
    found: set[str] = set()
    for some in chunks(names):
        now = sa.select(events.c.id).where(events.c.id.in_(some), events.c.restricted)
        then = sa.select(moved.c.old).where(moved.c.old.in_(some), of_events(moved.c.surviving))
        found |= {*conn.execute(now).scalars(), *conn.execute(then).scalars()}
    return found


def alerts_among(conn: Connection, keys: Iterable[str]) -> set[str]:
    """Those of the keys whose alert is restricted."""
    table = schema.alerts
    found: set[str] = set()
    for some in chunks(keys):
        query = sa.select(table.c.key).where(table.c.key.in_(some), table.c.restricted)
        found |= set(conn.execute(query).scalars())
    return found


def statements_among(conn: Connection, names: Iterable[str]) -> set[str]:
    """Those of the statements ("source", tab, "key") whose standing version is restricted."""
    table = schema.statements
    by_source: dict[str, list[str]] = {}
    for name in names:
        source, _, key = name.partition("\t")
        by_source.setdefault(source, []).append(key)
    found: set[str] = set()
    for source, keys in by_source.items():
        for some in chunks(keys):
            query = sa.select(table.c.key).where(
                table.c.source == source, table.c.key.in_(some), of_reports(table.c.current)
            )
            found |= {f"{source}\t{key}" for key in conn.execute(query).scalars()}
    return found
