"""Lists for administrators: accounts by name, the audit newest first; page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.account import Account, Scope
from farwatch.store import restricted, schema
from farwatch.store.audit import Entry, entry_of
from farwatch.store.bodies import unpack
from farwatch.store.keyset import Order, Page, Wanted, page

# Kinds of entries that name events or alerts which are not their subject.
_NAMING = ("join", "part", "restricted.read", "audit.read")


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """Which accounts; empty bounds choose all."""

    roles: tuple[str, ...] = ()
    active: bool | None = None
    updated_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditChoice:
    """Which entries of the audit; empty bounds choose all. `kind` may be a kind's beginning."""

    kind: str | None = None
    by: str | None = None
    subject: str | None = None
    updated_since: datetime | None = None


def listed(
    conn: Connection, choice: AccountChoice, among: Sequence[str] | None, wanted: Wanted
) -> Page[Account]:
    """Accounts (`among` these ids; None: all) by name; with `updated_since` in order of change."""
    table = schema.accounts
    asked: Sequence[tuple[Any, Callable[[], sa.ColumnElement[bool]]]] = (
        (choice.roles, lambda: table.c.role.in_(choice.roles)),
        (choice.active is not None, lambda: table.c.active.is_(bool(choice.active))),
        (choice.updated_since, lambda: table.c.updated >= choice.updated_since),
        (among is not None, lambda: table.c.id.in_(among or ())),
    )
    query = sa.select(table.c.body).where(*(fits() for value, fits in asked if value))
    order = Order((table.c.name,), descending=False)
    if choice.updated_since is not None:
        order = Order((table.c.updated, table.c.id), descending=False)
    return page(conn, query, order, wanted, lambda row: unpack(Account, row.body))


def audit_listed(
    conn: Connection, choice: AuditChoice, about: Sequence[str] | None, scope: Scope, wanted: Wanted
) -> Page[Entry]:
    """The audit (`about` these subjects; None: all), newest first; with `updated_since` what was
    sealed since, oldest first. Who is not cleared finds none that may name what is restricted."""
    table = schema.audit
    asked: Sequence[tuple[Any, Callable[[], sa.ColumnElement[bool]]]] = (
        (choice.kind, lambda: table.c.kind.startswith(str(choice.kind), autoescape=True)),
        (choice.by, lambda: table.c.by == choice.by),
        (choice.subject, lambda: table.c.subject == choice.subject),
        (choice.updated_since, lambda: table.c.at >= choice.updated_since),
        (about is not None, lambda: table.c.subject.in_(about or ())),
    )
    query = sa.select(table).where(*(fits() for value, fits in asked if value))
    if not scope.restricted:
        query = query.where(*_unnamed())
    order = Order((table.c.id,), descending=choice.updated_since is None)
    return page(conn, query, order, wanted, entry_of)


def _unnamed() -> list[sa.ColumnElement[bool]]:
    """Entries that name nothing restricted, neither by their subject nor besides."""
    table, moved = schema.audit, schema.redirects
    merged = sa.select(moved.c.old).where(restricted.of_events(moved.c.surviving))
    return [
        table.c.kind.not_in(_NAMING),
        sa.not_(restricted.of_alerts(table.c.subject)),
        sa.not_(restricted.of_events(table.c.subject)),
        table.c.subject.not_in(merged),
    ]
