"""Lists of reports: the standing version of each statement, searched, chosen and bounded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.account import Scope
from farwatch.model.report import Report
from farwatch.store import event_lists, restricted, schema, search
from farwatch.store.keyset import Order, Page, Wanted, page
from farwatch.store.reports import read_body
from farwatch.store.search import Sought, facet

COUNTED = event_lists.COUNTED


@dataclass(frozen=True, slots=True)
class ReportChoice:
    """Which reports; empty bounds choose all. `states` are "stands" and "withdrawn"; the rest is
    what the reading says. `since` and `until` bound when it was published, else received;
    `restricted` chooses those that are, or are not."""

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
    updated_since: datetime | None = None  # received since
    restricted: bool | None = None


@dataclass(frozen=True, slots=True)
class ReportListed:
    """The standing version of a statement, without its bytes."""

    report: Report
    id: str
    withdrawn: bool


def listed(
    conn: Connection, choice: ReportChoice, scope: Scope, wanted: Wanted
) -> Page[ReportListed]:  # fmt: skip
    """What may be seen, newest first; with `updated_since`, in the order received."""
    table, reports, statements = schema.search_reports, schema.reports, schema.statements
    source, number, conditions = _hits(conn, choice, scope)
    query = (
        sa.select(reports.c.id, reports.c.body, statements.c.withdrawn)
        .select_from(source.join(reports, reports.c.id == statements.c.current))
        .where(*conditions)
    )
    order = Order((number,))
    if choice.updated_since is not None:
        query = query.where(statements.c.received >= choice.updated_since)
        order = Order((statements.c.received, table.c.id), descending=False)
    return page(conn, query, order, wanted, _row)


def total(conn: Connection, choice: ReportChoice, scope: Scope) -> int:
    """How many reports the choice holds; no more than `COUNTED` + 1 are counted."""
    source, number, conditions = _hits(conn, choice, scope)
    some = sa.select(number.label("n")).select_from(source).where(*conditions).limit(COUNTED + 1)
    return int(conn.execute(sa.select(sa.func.count()).select_from(some.subquery())).scalar_one())


def sees(conn: Connection, source: str, key: str, scope: Scope) -> bool:
    """Whether an account may see a statement: one read to be in its countries, where no programme
    bounds it, or one that supports an event it may see; a restricted one only who is cleared."""
    name = f"{source}\t{key}"
    if not scope.restricted and restricted.statements_among(conn, [name]):
        return False
    if scope.everywhere:
        return True
    read = schema.readings
    if not scope.programmes:
        placed = sa.select(read.c.part).where(
            read.c.source == source, read.c.key == key, read.c.country.in_(scope.countries)
        )
        if conn.execute(placed.limit(1)).first() is not None:
            return True
    from farwatch.store import events

    ids = events.events_of(conn, [name]).get(name, ())
    found = events.get_many(conn, ids).values()
    return any(event_lists.sees(conn, event, scope) for event in found)


def _hits(
    conn: Connection, choice: ReportChoice, scope: Scope
) -> tuple[Any, Any, list[Any]]:  # fmt: skip
    table, statements = schema.search_reports, schema.statements
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
    asked = Sought(choice.words, facets, choice.since, choice.until)
    source, number, conditions = search.hits(conn, table, asked)
    named = sa.and_(statements.c.source == table.c.source, statements.c.key == table.c.key)
    source = source.join(statements, named)
    if "" in choice.words:
        conditions.append(sa.false())
    if scope.programmes:
        conditions.append(_supports(table, scope))
    if not scope.restricted:
        conditions.append(sa.not_(restricted.of_reports(statements.c.current)))
    if choice.restricted is not None:
        closed = restricted.of_reports(statements.c.current)
        conditions.append(closed if choice.restricted else sa.not_(closed))
    return source, number, conditions


def _supports(table: sa.Table, scope: Scope) -> sa.ColumnElement[bool]:
    """The statement supports an event that reaches a site of the scope."""
    supports, events = schema.event_statements, schema.events
    return sa.exists().where(
        supports.c.statement == table.c.source + "\t" + table.c.key,
        supports.c.event == events.c.id,
        *event_lists.seen(scope),
    )


def _row(row: Any) -> ReportListed:
    return ReportListed(read_body(row.body, b""), row.id, row.withdrawn)
