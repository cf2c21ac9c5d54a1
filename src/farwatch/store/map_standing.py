"""What stands at a time, for the map: alerts' events and sites, places' levels, short names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.account import Scope
from farwatch.model.protect import Alert, AlertState, Site
from farwatch.store import schema
from farwatch.store.alert_lists import seen
from farwatch.store.bodies import unpack
from farwatch.store.rows import chunks

_STANDS = (AlertState.OPEN.value, AlertState.ACKNOWLEDGED.value)
_PLACES = ("admin1:", "country:")


@dataclass(frozen=True, slots=True)
class Warned:
    """The events and sites that alerts stand for."""

    events: frozenset[str]
    sites: frozenset[str]


@dataclass(frozen=True, slots=True)
class PlaceLevel:
    """A place's overall level 1-6; None is not assessed. `code` is "ZM" or "ZM.08"."""

    place: str
    code: str
    level: int | None
    at_least: bool
    as_of: datetime
    name: str = ""

    def named(self, name: str) -> PlaceLevel:
        """The same with its name."""
        return replace(self, name=name)


def warned(conn: Connection, scope: Scope, when: datetime, *, past: bool) -> Warned:
    """What alerts stood for then, as far as the account may see them. An alert's state is that of
    today: of the past, all count that were sent, had not ended and were not cancelled."""
    table, pairs = schema.alerts, schema.alert_sites
    fits = [table.c.sent <= when, table.c.ends > when, *seen(scope)]
    if past:
        fits.append(table.c.state != AlertState.CANCELLED.value)
    else:
        fits.append(table.c.state.in_(_STANDS))
    events = conn.execute(sa.select(table.c.event).where(*fits)).scalars()
    told = sa.select(pairs.c.site).join(table, table.c.key == pairs.c.key).where(*fits)
    return Warned(frozenset(events), frozenset(conn.execute(told.distinct()).scalars()))


def alerts_of(conn: Connection, events: Iterable[str], scope: Scope) -> dict[str, Alert]:
    """The loudest alert that stands for each of these events and may be seen."""
    table = schema.alerts
    found: dict[str, Alert] = {}
    for some in chunks(events):
        fits = (table.c.event.in_(some), table.c.state.in_(_STANDS), *seen(scope))
        query = sa.select(table.c.event, table.c.body).where(*fits)
        for row in conn.execute(query.order_by(table.c.route, table.c.sent.desc(), table.c.key)):
            if row.event not in found:
                found[row.event] = unpack(Alert, row.body)
    return found


def titles(conn: Connection, events: Iterable[str]) -> dict[str, str]:
    """Events' titles by id."""
    table = schema.events
    found: dict[str, str] = {}
    for some in chunks(events):
        query = sa.select(table.c.id, table.c.title).where(table.c.id.in_(some))
        found |= {row.id: row.title for row in conn.execute(query)}
    return found


def site_names(conn: Connection, sites: Iterable[str]) -> dict[str, str]:
    """Sites' names by id."""
    table = schema.sites
    found: dict[str, str] = {}
    for some in chunks(sites):
        query = sa.select(table.c.id, table.c.body).where(table.c.id.in_(some))
        found |= {row.id: unpack(Site, row.body).name for row in conn.execute(query)}
    return found


def levels(conn: Connection, when: datetime) -> list[PlaceLevel]:
    """The newest assessment up to then of every country and admin-1 unit, without its body."""
    table, parts = schema.assessments, schema.levels
    rank = sa.func.row_number().over(
        partition_by=table.c.place, order_by=(table.c.as_of.desc(), table.c.id.desc())
    )
    kinds = sa.or_(*(table.c.place.startswith(kind) for kind in _PLACES))
    ranked = sa.select(
        table.c.id, table.c.place, table.c.overall, table.c.as_of, rank.label("rank")
    ).where(table.c.as_of <= when, kinds).subquery()  # fmt: skip
    thin = sa.exists().where(
        parts.c.assessment == ranked.c.id, parts.c.level == ranked.c.overall, parts.c.at_least
    )
    query = sa.select(ranked, thin.label("thin")).where(ranked.c.rank == 1)
    return [
        PlaceLevel(
            row.place, row.place.partition(":")[2], row.overall, bool(row.thin), row.as_of
        )
        for row in conn.execute(query.order_by(ranked.c.place))
    ]  # fmt: skip
