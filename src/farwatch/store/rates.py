"""How often somebody tried, counted for all processes of a desk in one row each.

The generic cell rate algorithm (ITU-T I.371): a row keeps the time until which its allowance is
spent; a try adds one part of it, and is refused where that would reach beyond the whole.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from farwatch.store import schema_accounts as schema


def spend(conn: Connection, key: str, *, times: int, seconds: float, now: float) -> float:
    """Count one try of at most `times` in `seconds`; 0 where it may go on, else the seconds after
    which it may. `now` is seconds since 1970. One statement: two who try at once are two."""
    table = schema.rates
    part = seconds / times
    insert = (postgresql if conn.dialect.name == "postgresql" else sqlite).insert(table)
    later = sa.case((table.c.full_until > now, table.c.full_until), else_=now) + part
    statement = insert.on_conflict_do_update(
        index_elements=["key"], set_={"full_until": later}, where=later <= now + seconds
    ).returning(table.c.full_until)
    if conn.execute(statement, {"key": key, "full_until": now + part}).scalar() is not None:
        return 0.0
    stands = conn.execute(sa.select(table.c.full_until).where(table.c.key == key)).scalar()
    return max(0.001, float(stands or now) + part - now - seconds)


def forget(conn: Connection, now: float) -> None:
    """Take out what is no longer counted."""
    conn.execute(sa.delete(schema.rates).where(schema.rates.c.full_until < now))
