"""Recipients and rotas; a mark tells when either changed, so that readers may keep them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.errors import NotFound
from farwatch.model.recipient import Recipient, Rota
from farwatch.store import schema
from farwatch.store.bodies import pack, unpack
from farwatch.store.keyset import Order, Page, Wanted, page
from farwatch.store.rows import changed_at, chunks, upsert


@dataclass(frozen=True, slots=True)
class RecipientChoice:
    """Which recipients; empty bounds choose all. Times are aware."""

    role: str | None = None
    active: bool | None = None
    updated_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListedRecipient:
    """A recipient with when their row last changed, by the machine's clock."""

    recipient: Recipient
    updated: datetime


def add(conn: Connection, found: Sequence[Recipient]) -> None:
    """Add the recipients, or change those that have the same id."""
    updated = changed_at()
    rows = [
        {"id": one.id, "role": one.role, "active": one.active, "updated": updated,
         "body": pack(one)}
        for one in {one.id: one for one in found}.values()
    ]  # fmt: skip
    upsert(conn, schema.recipients, rows)


def add_rotas(conn: Connection, found: Sequence[Rota]) -> None:
    """Add the rotas, or change those that have the same name."""
    updated = changed_at()
    rows = [
        {"name": one.name, "role": one.role, "updated": updated, "body": pack(one)}
        for one in {one.name: one for one in found}.values()
    ]
    upsert(conn, schema.rotas, rows)


def replace(conn: Connection, found: Sequence[Recipient], rotas: Sequence[Rota]) -> None:
    """Make these all the recipients and rotas there are."""
    conn.execute(sa.delete(schema.recipients))
    conn.execute(sa.delete(schema.rotas))
    add(conn, found)
    add_rotas(conn, rotas)


def load(conn: Connection) -> list[Recipient]:
    """All recipients, by id."""
    query = sa.select(schema.recipients.c.body).order_by(schema.recipients.c.id)
    return [unpack(Recipient, body) for body in conn.execute(query).scalars()]


def load_rotas(conn: Connection) -> list[Rota]:
    """All rotas, by name."""
    query = sa.select(schema.rotas.c.body).order_by(schema.rotas.c.name)
    return [unpack(Rota, body) for body in conn.execute(query).scalars()]


def listed(
    conn: Connection, choice: RecipientChoice, seen: Callable[[Sequence[Recipient]], set[str]],
    wanted: Wanted,
) -> Page[ListedRecipient]:  # fmt: skip
    """A page of those whose ids `seen` gives back, by id; with `updated_since`, in the order of
    change."""
    table, found = schema.recipients, list[ListedRecipient]()
    query = sa.select(table.c.body, table.c.updated).where(*_conditions(choice))
    order = Order((table.c.id,), descending=False)
    if choice.updated_since is not None:
        order = Order((table.c.updated, table.c.id), descending=False)
    after = wanted.after
    while True:  # what a person answers for is in their body: a page is filled from several
        some = page(conn, query, order, Wanted(wanted.limit - len(found), after), _row)
        shown = seen([one.recipient for one in some.items])
        found += [one for one in some.items if one.recipient.id in shown]
        after = some.next
        if after is None or len(found) == wanted.limit:
            return Page(tuple(found), after)


def _conditions(choice: RecipientChoice) -> list[sa.ColumnElement[bool]]:
    table = schema.recipients
    asked: tuple[tuple[Any, Any], ...] = (
        (choice.role, lambda: table.c.role == choice.role),
        (choice.active is not None, lambda: table.c.active.is_(choice.active)),
        (choice.updated_since, lambda: table.c.updated >= choice.updated_since),
    )
    return [condition() for value, condition in asked if value]


def _row(row: Any) -> ListedRecipient:
    return ListedRecipient(unpack(Recipient, row.body), row.updated)


def get(conn: Connection, name: str) -> Recipient:
    """One recipient; raises NotFound."""
    query = sa.select(schema.recipients.c.body).where(schema.recipients.c.id == name)
    body = conn.execute(query).scalar()
    if body is None:
        raise NotFound(f"no recipient {name!r}")
    return unpack(Recipient, body)


def get_rota(conn: Connection, name: str) -> Rota:
    """One rota; raises NotFound."""
    query = sa.select(schema.rotas.c.body).where(schema.rotas.c.name == name)
    body = conn.execute(query).scalar()
    if body is None:
        raise NotFound(f"no rota {name!r}")
    return unpack(Rota, body)


def remove_rota(conn: Connection, name: str) -> None:
    """Take a rota away, if there is one of this name."""
    conn.execute(sa.delete(schema.rotas).where(schema.rotas.c.name == name))


def named(conn: Connection, ids: Sequence[str]) -> dict[str, Recipient]:
    """The recipients of these ids; unknown ones are left out."""
    table = schema.recipients
    found: dict[str, Recipient] = {}
    for some in chunks(ids):
        query = sa.select(table.c.id, table.c.body).where(table.c.id.in_(some))
        found |= {row.id: unpack(Recipient, row.body) for row in conn.execute(query)}
    return found


def mark(conn: Connection) -> tuple[object, ...]:
    """What differs whenever a recipient or a rota was added, changed or taken away."""
    found: list[object] = []
    for table in (schema.recipients, schema.rotas):
        row = conn.execute(sa.select(sa.func.count(), sa.func.max(table.c.updated))).one()
        found += list(row)
    return tuple(found)
