"""Sites in our care."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.errors import NotFound
from farwatch.model.account import PROGRAMME
from farwatch.model.protect import Site
from farwatch.store import schema
from farwatch.store.bodies import pack, unpack
from farwatch.store.rows import changed_at, chunks, upsert

if TYPE_CHECKING:
    import pyarrow as pa


def add(conn: Connection, sites: Sequence[Site]) -> None:
    """Add the sites, or change those that have the same id."""
    upsert(conn, schema.sites, [_row(site) for site in {site.id: site for site in sites}.values()])


def replace(conn: Connection, sites: Sequence[Site]) -> None:
    """Make these all the sites there are."""
    conn.execute(sa.delete(schema.sites))
    add(conn, sites)


def remove(conn: Connection, site_id: str) -> None:
    """Take one site out of our care; raises NotFound."""
    if conn.execute(sa.delete(schema.sites).where(schema.sites.c.id == site_id)).rowcount == 0:
        raise NotFound(f"no site {site_id!r}")


def get(conn: Connection, site_id: str) -> Site:
    """One site; raises NotFound."""
    table = schema.sites
    body = conn.execute(sa.select(table.c.body).where(table.c.id == site_id)).scalar()
    if body is None:
        raise NotFound(f"no site {site_id!r}")
    return unpack(Site, body)


def named(conn: Connection, ids: Iterable[str]) -> list[Site]:
    """The sites of these ids, by id; unknown ones are left out."""
    table, found = schema.sites, []
    for some in chunks(ids):
        query = sa.select(table.c.body).where(table.c.id.in_(some)).order_by(table.c.id)
        found += [unpack(Site, body) for body in conn.execute(query).scalars()]
    return found


def load(conn: Connection) -> list[Site]:
    """All sites, by id."""
    query = sa.select(schema.sites.c.body).order_by(schema.sites.c.id)
    return [unpack(Site, body) for body in conn.execute(query).scalars()]


def as_table(conn: Connection) -> pa.Table:
    """All sites as an Arrow table of `model.tables.SITES`, by id."""
    import pyarrow as pa

    from farwatch.model.tables import SITES

    sites = load(conn)
    columns = {name: [getattr(site, name) for site in sites] for name in SITES.names}
    return pa.table(columns, schema=SITES)


def _row(site: Site) -> dict[str, Any]:
    return {
        "id": site.id,
        "lat": site.lat,
        "lon": site.lon,
        "country": site.country,
        "tier": site.tier,
        "programme": site.attributes.get(PROGRAMME),
        "updated": changed_at(),
        "body": pack(site),
    }
