"""What the top line of every page counts, bounded by what an account may see."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.model.account import Scope
from farwatch.store import schema


def countries(conn: Connection, scope: Scope) -> list[str]:
    """Countries in which a site stands that may be seen, by code."""
    sites = schema.sites
    query = sa.select(sites.c.country).where(sites.c.country.is_not(None)).distinct()
    if scope.countries:
        query = query.where(sites.c.country.in_(scope.countries))
    if scope.programmes:
        query = query.where(sites.c.programme.in_(scope.programmes))
    return sorted(conn.execute(query).scalars())
