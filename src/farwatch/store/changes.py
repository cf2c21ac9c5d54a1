"""What changed last: cheap to ask every second, for those who follow the desk live."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.store import schema

FOLLOWED = {"alerts": schema.alerts, "events": schema.events, "sites": schema.sites,
            "deliveries": schema.notices}  # fmt: skip


def newest(conn: Connection) -> dict[str, datetime | None]:
    """When each followed list changed last, by the machine's clock; None while it is empty."""
    return {
        name: conn.execute(sa.select(sa.func.max(table.c.updated))).scalar()
        for name, table in FOLLOWED.items()
    }
