"""Lists of sites: chosen by their columns, bounded by what an account may see, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.errors import NotFound, UsageError
from farwatch.model.account import Scope
from farwatch.model.event import State
from farwatch.model.protect import Site
from farwatch.store import restricted, schema
from farwatch.store.bodies import unpack
from farwatch.store.keyset import Order, Page, Wanted, cursor, page, read_cursor
from farwatch.world.fold import fold

MOST_WORDS = 8  # of a text that is looked for
_TABLE = schema.sites
_WORST = (schema.exposures.c.severity, schema.exposures.c.site)  # what a cursor by exposure holds
Conditions = list[sa.ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class SiteChoice:
    """Which sites; empty bounds choose all. Times are aware; `now` says which events are live."""

    now: datetime
    country: str | None = None  # ISO alpha-2
    admin1: str | None = None  # "ZM.08"
    tiers: tuple[int, ...] = ()
    programme: str | None = None
    exposed: bool | None = None  # within reach of a live event
    retired: bool = False  # those out of our care instead
    text: str | None = None  # words that name or id hold, in any order
    updated_since: datetime | None = None
    sort: str = "name"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A site with the version that stands, when its row last changed, the worst severity at it of
    a live event (0: none reaches it) and how many events reach it."""

    site: Site
    version: int
    updated: datetime | None
    retired: datetime | None
    severity: int
    reached: int


def _live(now: datetime, scope: Scope, of: list[str] | None = None) -> sa.Subquery:
    """Site -> how many live events reach it, and the worst severity at it (of these sites)."""
    reached = schema.exposures
    query = sa.select(
        reached.c.site, sa.func.max(reached.c.severity).label("severity"),
        sa.func.count().label("reached"),
    )  # fmt: skip
    bounds = [reached.c.site.in_(of)] if of is not None else []
    return (
        query.where(_lives(now, reached, scope), *bounds).group_by(reached.c.site).subquery("live")
    )


def _lives(now: datetime, reached: sa.FromClause, scope: Scope) -> sa.ColumnElement[bool]:
    """Whether an exposure's event is live, and to be seen if it is restricted. As a join, SQLite
    begins with all live events and looks for the sites of each, which takes seconds where there
    are many."""
    events = schema.events
    return sa.exists().where(
        events.c.id == reached.c.event,
        events.c.state == State.LIVE.value,
        sa.or_(events.c.expires.is_(None), events.c.expires > now),
        *restricted.events_seen(scope),
    )


# What a list may be sorted by; no column may hold nothing.
_SORTED: dict[str, sa.ColumnElement[Any]] = {
    "name": _TABLE.c.name,
    "id": _TABLE.c.id,
    "country": sa.func.coalesce(_TABLE.c.country, "", type_=sa.Text),
    "tier": _TABLE.c.tier,
    "staff": sa.func.coalesce(_TABLE.c.staff, -1, type_=sa.Integer),
}
SORTS = (*_SORTED, "exposed")


def listed(conn: Connection, choice: SiteChoice, scope: Scope, wanted: Wanted) -> Page[Listed]:
    """A page of the sites that may be seen, in the order asked; with `updated_since`, in the order
    of change."""
    if choice.sort not in SORTS:
        raise UsageError(f"sort {choice.sort!r} is none of {', '.join(SORTS)}")
    if choice.updated_since is not None:
        order = Order((_TABLE.c.updated, _TABLE.c.id), descending=False)
    elif choice.sort == "exposed":
        return _by_exposure(conn, choice, scope, wanted)
    else:
        order = Order((_SORTED[choice.sort], _TABLE.c.id), descending=choice.descending)
    # What reaches the sites is asked of the page's alone: of all it takes ten times as long.
    found = page(
        conn, _plain().where(*conditions(choice, scope), *seen(scope)), order, wanted, _row
    )
    worst = _reached(conn, [one.site.id for one in found.items], choice.now, scope)
    return Page(tuple(_with(one, worst) for one in found.items), found.next)


def _by_exposure(
    conn: Connection, choice: SiteChoice, scope: Scope, wanted: Wanted
) -> Page[Listed]:
    """A page by the worst severity: asked severity by severity, each by its index, until the page
    is full. To sort by what reaches every site takes ten times as long."""
    fits = [*conditions(choice, scope), *seen(scope)]
    down = choice.descending
    after = None if wanted.after is None else read_cursor(wanted.after, _WORST)
    begin = (5 if down else 0) if after is None else after[0]
    rows: list[tuple[int, str]] = []
    for severity in range(begin, -1, -1) if down else range(begin, 6):
        last = after[1] if after is not None and severity == begin else None
        most = wanted.limit + 1 - len(rows)
        query = _of_severity(severity, choice, fits, scope, last, most)
        rows += [(severity, name) for name in conn.execute(query).scalars()]
        if len(rows) > wanted.limit:
            break
    shown = rows[: wanted.limit]
    names = [name for _, name in shown]
    worst = _reached(conn, names, choice.now, scope)
    bodies = conn.execute(_plain().where(_TABLE.c.id.in_(names)))
    known = {one.site.id: _with(one, worst) for one in map(_row, bodies)}
    following = cursor(shown[-1]) if len(rows) > wanted.limit else None
    return Page(tuple(known[name] for name in names), following)


def _of_severity(
    severity: int, choice: SiteChoice, fits: Conditions, scope: Scope, last: str | None, most: int
) -> sa.Select[Any]:
    """Ids of the sites that fit and whose worst live exposure is of a severity (0: none is live),
    beyond the last one, at most so many, in the order asked."""
    reached = schema.exposures
    site = reached.c.site if severity else _TABLE.c.id
    worse = reached.alias()
    bounds = [
        sa.not_(sa.exists().where(
            worse.c.site == site, worse.c.severity > severity,
            _lives(choice.now, worse, scope),
        ))
    ]  # fmt: skip
    if severity:
        mine = sa.exists().where(_TABLE.c.id == site, *fits).correlate(reached)
        bounds += [reached.c.severity == severity, _lives(choice.now, reached, scope), mine]
    else:
        bounds += fits
    if last is not None:
        bounds.append(site < last if choice.descending else site > last)
    order = site.desc() if choice.descending else site.asc()
    return sa.select(site).distinct().where(*bounds).order_by(order).limit(most)


def _plain() -> sa.Select[Any]:
    return sa.select(
        _TABLE.c.body, _TABLE.c.version, _TABLE.c.updated, _TABLE.c.retired,
        sa.literal(0).label("severity"), sa.literal(0).label("reached"),
    )  # fmt: skip


def _with(one: Listed, worst: dict[str, tuple[int, int]]) -> Listed:
    severity, reached = worst.get(one.site.id, (0, 0))
    return replace(one, severity=severity, reached=reached)


def _reached(
    conn: Connection, ids: list[str], now: datetime, scope: Scope
) -> dict[str, tuple[int, int]]:
    """Site -> severity and number of the live events that reach it, of these sites."""
    live = _live(now, scope, ids)
    rows = conn.execute(sa.select(live))
    return {row.site: (row.severity, row.reached) for row in rows}


def every(conn: Connection, choice: SiteChoice, scope: Scope) -> Iterator[Listed]:
    """All of them, by id, row by row."""
    query = _query(choice, scope, _live(choice.now, scope)).order_by(_TABLE.c.id)
    for row in conn.execution_options(yield_per=1_000).execute(query):
        yield _row(row)


def total(conn: Connection, choice: SiteChoice, scope: Scope) -> int:
    """How many sites the choice holds."""
    query = sa.select(sa.func.count()).select_from(_TABLE)
    return int(conn.execute(query.where(*conditions(choice, scope), *seen(scope))).scalar_one())


def one(conn: Connection, name: str, scope: Scope, now: datetime) -> Listed:
    """One site, also a retired one; raises NotFound, also for one outside the scope."""
    live = _live(now, scope, [name])
    query = _columns(live).where(_TABLE.c.id == name, *seen(scope))
    row = conn.execute(query).first()
    if row is None:
        raise NotFound(f"no site {name!r}")
    return _row(row)


def seen(scope: Scope) -> list[sa.ColumnElement[bool]]:
    """What keeps an account to its sites."""
    bounds: list[sa.ColumnElement[bool]] = []
    if scope.countries:
        bounds.append(_TABLE.c.country.in_(scope.countries))
    if scope.programmes:
        bounds.append(_TABLE.c.programme.in_(scope.programmes))
    return bounds


def programmes(conn: Connection, scope: Scope) -> list[str]:
    """The programmes that sites in care name, as far as they may be seen."""
    column = _TABLE.c.programme
    query = sa.select(column).distinct().where(column.is_not(None), _TABLE.c.retired.is_(None))
    return sorted(conn.execute(query.where(*seen(scope))).scalars())


def countries(conn: Connection, scope: Scope) -> list[str]:
    """The countries in which sites in care stand, as far as they may be seen."""
    column = _TABLE.c.country
    query = sa.select(column).distinct().where(column.is_not(None), _TABLE.c.retired.is_(None))
    return sorted(conn.execute(query.where(*seen(scope))).scalars())


def conditions(choice: SiteChoice, scope: Scope) -> list[sa.ColumnElement[bool]]:
    """What a choice asks of the rows."""
    asked: tuple[tuple[Any, Callable[[], sa.ColumnElement[bool]]], ...] = (
        (choice.country, lambda: _TABLE.c.country == choice.country),
        (choice.admin1, lambda: _TABLE.c.admin1 == choice.admin1),
        (choice.tiers, lambda: _TABLE.c.tier.in_(choice.tiers)),
        (choice.programme, lambda: _TABLE.c.programme == choice.programme),
        (choice.updated_since, lambda: _TABLE.c.updated >= choice.updated_since),
        (choice.exposed is not None, lambda: _exposed(choice, scope)),
    )
    words = fold(choice.text or "").split() or (choice.text or "").casefold().split()
    retired = _TABLE.c.retired.is_not(None) if choice.retired else _TABLE.c.retired.is_(None)
    return [retired, *(made() for value, made in asked if value), *map(_says, words[:MOST_WORDS])]


def _exposed(choice: SiteChoice, scope: Scope) -> sa.ColumnElement[bool]:
    reached = schema.exposures
    inside = sa.exists().where(reached.c.site == _TABLE.c.id, _lives(choice.now, reached, scope))
    return inside if choice.exposed else sa.not_(inside)


def _says(word: str) -> sa.ColumnElement[bool]:
    within = "%" + word.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
    return sa.or_(
        _TABLE.c.name.like(within, escape="!"), sa.func.lower(_TABLE.c.id).like(within, escape="!")
    )


def _columns(live: sa.Subquery) -> sa.Select[Any]:
    return sa.select(
        _TABLE.c.body, _TABLE.c.version, _TABLE.c.updated, _TABLE.c.retired,
        live.c.severity, live.c.reached,
    ).select_from(_TABLE.outerjoin(live, live.c.site == _TABLE.c.id))  # fmt: skip


def _query(choice: SiteChoice, scope: Scope, live: sa.Subquery) -> sa.Select[Any]:
    return _columns(live).where(*conditions(choice, scope), *seen(scope))


def _row(row: Any) -> Listed:
    return Listed(
        unpack(Site, row.body), row.version, row.updated, row.retired, row.severity or 0,
        row.reached or 0,
    )  # fmt: skip
