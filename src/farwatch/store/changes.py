"""What changed last: cheap to ask every second, for those who follow the desk live."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.account import WHOLE, Scope
from farwatch.store import schema
from farwatch.store.restricted import of_alerts

FOLLOWED = {"alerts": schema.alerts, "events": schema.events, "sites": schema.sites,
            "deliveries": schema.notices}  # fmt: skip


def newest(conn: Connection, scope: Scope = WHOLE) -> dict[str, datetime | None]:
    """When each followed list changed last, by the machine's clock, as far as what is restricted
    may be known of; None while it is empty."""
    return {name: _newest(conn, table, scope) for name, table in FOLLOWED.items()}


def _newest(conn: Connection, table: sa.Table, scope: Scope) -> datetime | None:
    column = table.c.updated
    if scope.restricted or table is schema.sites:
        return conn.execute(sa.select(sa.func.max(column))).scalar()
    closed = of_alerts(table.c.key) if table is schema.notices else table.c.restricted
    query = sa.select(column).where(column.is_not(None), sa.not_(closed))
    return conn.execute(query.order_by(column.desc()).limit(1)).scalar()
