"""The inbox: alerts of one happening as one row, what needs somebody first; and who holds them.

One happening is one event, whatever it was merged from, with all its recipients. The level
changes of one place on one day are one row, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

from farwatch.model.account import Scope
from farwatch.model.kinds import Kind
from farwatch.model.protect import Alert, AlertState, Route
from farwatch.store import schema
from farwatch.store.alert_lists import JOINED, AlertChoice, conditions, seen
from farwatch.store.alerts import ACTIVE
from farwatch.store.bodies import unpack
from farwatch.store.keyset import Order, Page, Wanted, page
from farwatch.store.rows import chunks

_LEVELS = "level:"  # how the rows of level changes begin; an event's id never does
HOLDING = ("acknowledge", "undo_acknowledge", "hand_over")  # decisions that say who has an alert


@dataclass(frozen=True, slots=True)
class Inbox:
    """How the list is made: `own` are the recipients that are the desk itself, whose alerts the
    desk acknowledges (none: all are); `newest` sorts by time alone."""

    own: tuple[str, ...] = ()
    newest: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A row of the inbox. `need` is 2 where an alert of the desk's own is open, 1 where anything
    stands, else 0; `updated` is when anything of it changed last, by the machine's clock."""

    id: str
    need: int
    alerts: tuple[Alert, ...]  # gravest first, the desk's own before others'
    updated: datetime | None


@dataclass(frozen=True, slots=True)
class Holding:
    """Who has an alert in hand, since when, and who gave it to them (None: they took it)."""

    name: str
    since: datetime
    given_by: str | None


class _DayOf(FunctionElement[str]):
    """The day of a time, UTC, as "2026-05-09"."""

    type = sa.Text()
    name = "day_of"
    inherit_cache = True


@compiles(_DayOf, "sqlite")
def _day_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    return f"substr({compiler.process(element.clauses, **more)}, 1, 10)"


@compiles(_DayOf, "postgresql")
def _day_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    shown = compiler.process(element.clauses, **more)
    return f"to_char({shown} AT TIME ZONE 'UTC', 'YYYY-MM-DD')"


def grouped(
    conn: Connection, choice: AlertChoice, scope: Scope, wanted: Wanted, inbox: Inbox
) -> Page[Group]:
    """A page of rows: what needs somebody first, then by route, severity and time."""
    rows = _rows(choice, scope, inbox)
    order = _order(rows.c, newest=inbox.newest)
    found = page(conn, sa.select(rows), order, wanted, tuple)
    members = _members(conn, [row[0] for row in found.items], choice, scope, inbox)
    made = (Group(row[0], row[1], members[row[0]], row[5]) for row in found.items)
    return Page(tuple(made), found.next)


def beside(
    conn: Connection, choice: AlertChoice, scope: Scope, group: str, inbox: Inbox
) -> tuple[str | None, str | None]:
    """The groups before and after this one in the list; None at its ends, or if it left it."""
    rows = _rows(choice, scope, inbox)
    order = _order(rows.c, newest=inbox.newest)
    here = conn.execute(sa.select(*order.columns).where(rows.c.group == group)).one_or_none()
    if here is None:
        return None, None
    there = sa.tuple_(*(
        sa.literal(v, c.type) for v, c in zip(here, order.columns, strict=True)
    ))  # fmt: skip
    at = sa.tuple_(*order.columns)
    before = sa.select(rows.c.group).where(at > there).order_by(*(c.asc() for c in order.columns))
    after = sa.select(rows.c.group).where(at < there).order_by(*(c.desc() for c in order.columns))
    return conn.execute(before.limit(1)).scalar(), conn.execute(after.limit(1)).scalar()


def counts(
    conn: Connection, common: AlertChoice, choices: Mapping[str, AlertChoice], scope: Scope
) -> dict[str, int]:
    """How many rows each choice holds within what is common to them, all in one look."""
    if not choices:
        return {}
    group = _group().label("group")
    flags = [
        sa.func.max(sa.case((sa.and_(sa.true(), *conditions(choice)), 1), else_=0)).label(f"c{n}")
        for n, choice in enumerate(choices.values())
    ]
    query = sa.select(group, *flags).select_from(JOINED)
    rows = query.where(*conditions(common), *seen(scope)).group_by(group).subquery()
    told = [sa.func.sum(rows.c[f"c{n}"]) for n in range(len(choices))]
    found = conn.execute(sa.select(*told)).one()
    return {name: int(number or 0) for name, number in zip(choices, found, strict=True)}


def keys_of(
    conn: Connection, choice: AlertChoice, scope: Scope, groups: Sequence[str] | None = None
) -> dict[str, list[str]]:
    """The alerts' keys by row: of the whole choice, or of these rows of it."""
    query = sa.select(_group().label("group"), schema.alerts.c.key).select_from(JOINED)
    query = query.where(*conditions(choice), *seen(scope)).order_by(schema.alerts.c.key)
    if groups is not None:
        query = query.where(_group().in_(groups))
    found: dict[str, list[str]] = {}
    for name, key in conn.execute(query):
        found.setdefault(name, []).append(key)
    return found


def group_of(conn: Connection, key: str) -> str | None:
    """The row that an alert is in; None for an unknown key."""
    query = sa.select(_group()).select_from(JOINED).where(schema.alerts.c.key == key)
    return conn.execute(query).scalar()


def holders(conn: Connection, keys: Iterable[str]) -> dict[str, Holding]:
    """Who has each of these alerts in hand; those that nobody has are left out."""
    table = schema.audit
    found: dict[str, Holding] = {}
    for some in chunks(keys):
        query = sa.select(table.c.subject, table.c.kind, table.c.by, table.c.at, table.c.body)
        query = query.where(table.c.subject.in_(some), table.c.kind.in_(HOLDING))
        _follow(conn.execute(query.order_by(table.c.id)), found)
    return found


def held_by(conn: Connection, name: str) -> tuple[str, ...]:
    """The keys of the standing alerts that this person has in hand."""
    table, alerts = schema.audit, schema.alerts
    query = sa.select(table.c.subject, table.c.kind, table.c.by, table.c.at, table.c.body)
    query = query.join_from(alerts, table, table.c.subject == alerts.c.key)
    query = query.where(alerts.c.state.in_([one.value for one in ACTIVE]))
    query = query.where(table.c.kind.in_(HOLDING)).order_by(table.c.id)
    found: dict[str, Holding] = {}
    _follow(conn.execute(query), found)
    return tuple(key for key, holding in found.items() if holding.name == name)


def _follow(rows: Iterable[Any], found: dict[str, Holding]) -> None:
    for row in rows:
        if row.kind == "hand_over":
            found[row.subject] = Holding(str(json.loads(row.body)["to"]), row.at, row.by)
        elif row.kind == "acknowledge":
            found[row.subject] = Holding(row.by, row.at, None)
        else:
            found.pop(row.subject, None)


def _group() -> sa.ColumnElement[str]:
    alerts, events, redirects = schema.alerts, schema.events, schema.redirects
    place = sa.func.coalesce(events.c.country, "") + "." + sa.func.coalesce(events.c.admin1, "")
    levels = sa.literal(_LEVELS) + place + ":" + _DayOf(alerts.c.sent)
    happening = sa.func.coalesce(redirects.c.surviving, alerts.c.event)
    return sa.case((events.c.kind == Kind.LEVEL_CHANGE.value, levels), else_=happening)


def _within(groups: Sequence[str]) -> sa.ColumnElement[bool]:
    """Which alerts can be of these rows at all, by what an index finds."""
    alerts, events, redirects = schema.alerts, schema.events.alias(), schema.redirects.alias()
    happenings = [name for name in groups if not name.startswith(_LEVELS)]
    merged = sa.select(redirects.c.old).where(redirects.c.surviving.in_(happenings))
    among = [alerts.c.event.in_(happenings), alerts.c.event.in_(merged)]
    rising = [name for name in groups if name.startswith(_LEVELS)]
    if rising:
        places = {name.removeprefix(_LEVELS).partition(".")[0] for name in rising}
        rises = sa.select(events.c.id).where(
            events.c.kind == Kind.LEVEL_CHANGE.value,
            sa.func.coalesce(events.c.country, "").in_(places),
        )
        among.append(alerts.c.event.in_(rises))
    return sa.or_(*among)


def _rows(choice: AlertChoice, scope: Scope, inbox: Inbox) -> sa.Subquery:
    alerts, events = schema.alerts, schema.events
    own = alerts.c.recipient.in_(inbox.own) if inbox.own else sa.true()
    active = alerts.c.state.in_([one.value for one in ACTIVE])
    need = sa.case((sa.and_(own, alerts.c.state == AlertState.OPEN.value), 2), (active, 1), else_=0)
    loud = sa.case(
        (alerts.c.route == Route.INTERRUPT.value, 3), (alerts.c.route == Route.QUEUE.value, 2),
        else_=1,
    )  # fmt: skip
    group = _group()
    query = sa.select(
        group.label("group"), sa.func.max(need).label("need"), sa.func.max(loud).label("loud"),
        sa.func.max(sa.func.coalesce(events.c.severity, 0)).label("severity"),
        sa.func.max(alerts.c.sent).label("sent"), sa.func.max(alerts.c.updated).label("updated"),
    )  # fmt: skip
    query = query.select_from(JOINED).where(*conditions(choice), *seen(scope))
    return query.group_by(group).subquery()


def _order(of: Any, *, newest: bool) -> Order:
    if newest:
        return Order((of.sent, of.group))
    return Order((of.need, of.loud, of.severity, of.sent, of.group))


def _members(
    conn: Connection, groups: Sequence[str], choice: AlertChoice, scope: Scope, inbox: Inbox
) -> dict[str, tuple[Alert, ...]]:
    group = _group()
    query = sa.select(group.label("group"), schema.alerts.c.body).select_from(JOINED)
    query = query.where(*conditions(choice), *seen(scope), group.in_(groups), _within(groups))
    found: dict[str, list[Alert]] = {}
    for name, body in conn.execute(query):
        found.setdefault(name, []).append(unpack(Alert, body))

    def rank(alert: Alert) -> tuple[bool, bool, int, str]:
        return (
            alert.state not in ACTIVE, bool(inbox.own) and alert.recipient not in inbox.own,
            -alert.level, alert.key,
        )  # fmt: skip

    return {name: tuple(sorted(members, key=rank)) for name, members in found.items()}
