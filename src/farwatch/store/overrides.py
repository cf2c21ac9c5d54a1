"""Levels that persons set at places, over the model's: made, standing, ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.account import Scope
from farwatch.model.assessment import Override
from farwatch.store import schema
from farwatch.store.bodies import pack, unpack
from farwatch.store.keyset import Order, Page, Wanted, page
from farwatch.store.rows import changed_at, chunks

_TABLE = schema.overrides


@dataclass(frozen=True, slots=True)
class Kept:
    """An override as kept; `ended` is when a person ended it before its time."""

    id: str
    override: Override
    ended: datetime | None
    updated: datetime

    def stands(self, at: datetime) -> bool:
        """Whether it is in force then."""
        over = min(self.override.until, self.ended or self.override.until)
        return self.override.made <= at < over


def put(conn: Connection, name: str, one: Override) -> None:
    """Keep an override."""
    row = {
        "id": name, "place": one.place, "category": one.category, "made": one.made,
        "until": one.until, "updated": changed_at(), "body": pack(one),
    }  # fmt: skip
    conn.execute(sa.insert(_TABLE), row)


def end(conn: Connection, ids: Iterable[str], at: datetime) -> None:
    """End overrides before their time."""
    for some in chunks(ids):
        values = {"ended": at, "updated": changed_at()}
        conn.execute(sa.update(_TABLE).where(_TABLE.c.id.in_(some)).values(values))


def standing(conn: Connection, at: datetime, places: Iterable[str] | None = None) -> list[Kept]:
    """What is in force then (at these places), in the order made."""
    query = sa.select(_TABLE).where(
        _TABLE.c.made <= at,
        _TABLE.c.until > at,
        sa.or_(_TABLE.c.ended.is_(None), _TABLE.c.ended > at),
    )
    wanted = [None] if places is None else [*chunks(places)]
    rows = [
        row
        for some in wanted
        for row in conn.execute(query if some is None else query.where(_TABLE.c.place.in_(some)))
    ]
    return sorted(map(_kept, rows), key=lambda kept: (kept.override.made, kept.id))


def turned(conn: Connection, after: datetime, until: datetime) -> list[str]:
    """The places where an override began or ended in (after, until]."""
    table, bounds = _TABLE, (_TABLE.c.made, _TABLE.c.until, _TABLE.c.ended)
    moved = sa.or_(*(sa.and_(column > after, column <= until) for column in bounds))
    query = sa.select(table.c.place).distinct().where(moved).order_by(table.c.place)
    return list(conn.execute(query).scalars())


def of_place(conn: Connection, place: str) -> list[Kept]:
    """All that were ever set at a place, newest first."""
    query = sa.select(_TABLE).where(_TABLE.c.place == place)
    return [_kept(row) for row in conn.execute(query.order_by(_TABLE.c.made.desc(), _TABLE.c.id))]


def listed(
    conn: Connection, wanted: Wanted, updated_since: datetime | None, scope: Scope
) -> Page[Kept]:
    """All overrides in the scope's countries, newest first, or in the order of change."""
    query = sa.select(_TABLE)
    if scope.countries:
        codes = [f":{code}" for code in scope.countries]
        inside = [_TABLE.c.place.like(f"%{code}") for code in codes]
        inside += [_TABLE.c.place.like(f"%{code}.%") for code in codes]
        query = query.where(sa.or_(*inside))
    order = Order((_TABLE.c.made, _TABLE.c.id))
    if updated_since is not None:
        query = query.where(_TABLE.c.updated >= updated_since)
        order = Order((_TABLE.c.updated, _TABLE.c.id), descending=False)
    return page(conn, query, order, wanted, _kept)


def _kept(row: Any) -> Kept:
    return Kept(row.id, unpack(Override, row.body), row.ended, row.updated)
