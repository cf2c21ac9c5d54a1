"""Sites in our care."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.errors import NotFound
from farwatch.model.account import PROGRAMME
from farwatch.model.protect import Site
from farwatch.store import schema
from farwatch.store.bodies import pack, unpack
from farwatch.store.rows import changed_at, chunks, upsert
from farwatch.world.fold import fold

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Hand:
    """Who changes sites, when, and how ("import of sites.csv", "edited", "retired")."""

    by: str
    at: datetime
    how: str


@dataclass(frozen=True, slots=True)
class Written:
    """What writing sites came to, as their ids: a site that stood just so is not written again."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


def add(conn: Connection, sites: Iterable[Site], hand: Hand | None = None) -> Written:
    """Add the sites, or change those that have the same id; each change is a version of its site.

    A retired site that is added is back in our care.
    """
    hand = hand or Hand("desk", changed_at(), "import")
    wanted = {site.id: site for site in sites}
    written, stood = _compared(conn, wanted)
    same = set(written.unchanged)
    rows = [
        _row(site) | {"version": stood[name].version + 1 if name in stood else 1}
        for name, site in wanted.items() if name not in same
    ]  # fmt: skip
    upsert(conn, schema.sites, rows)
    _keep_versions(conn, rows, hand)
    return written


def compare(conn: Connection, sites: Iterable[Site]) -> Written:
    """What adding these sites would come to."""
    return _compared(conn, {site.id: site for site in sites})[0]


def _compared(conn: Connection, wanted: Mapping[str, Site]) -> tuple[Written, dict[str, Any]]:
    stood = _standing(conn, wanted)
    same = {
        name for name, row in stood.items()
        if row.retired is None and row.body == pack(wanted[name])
    }  # fmt: skip
    return Written(
        tuple(name for name in wanted if name not in stood),
        tuple(name for name in wanted if name in stood and name not in same),
        tuple(name for name in wanted if name in same),
    ), stood


def replace(conn: Connection, sites: Sequence[Site], hand: Hand | None = None) -> Written:
    """Make these all the sites in our care; the others are retired."""
    hand = hand or Hand("desk", changed_at(), "import")
    table, kept = schema.sites, {site.id for site in sites}
    standing = conn.execute(sa.select(table.c.id).where(table.c.retired.is_(None))).scalars()
    gone = [name for name in standing if name not in kept]
    retire(conn, gone, hand)
    return add(conn, sites, hand)


def retire(conn: Connection, ids: Iterable[str], hand: Hand) -> int:
    """Take sites out of our care; what they were stays to be read. How many there were."""
    table, stood = schema.sites, _standing(conn, ids)
    rows = [
        {"id": name, "version": row.version + 1, "body": row.body}
        for name, row in stood.items() if row.retired is None
    ]  # fmt: skip
    for some in chunks(row["id"] for row in rows):
        values = {"retired": hand.at, "updated": changed_at(), "version": table.c.version + 1}
        conn.execute(sa.update(table).where(table.c.id.in_(some)).values(values))
        reached = schema.exposures
        conn.execute(sa.delete(reached).where(reached.c.site.in_(some)))
    _keep_versions(conn, rows, hand)
    return len(rows)


def get(conn: Connection, site_id: str) -> Site:
    """One site, also a retired one; raises NotFound."""
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
    """All sites in our care, by id."""
    table = schema.sites
    query = sa.select(table.c.body).where(table.c.retired.is_(None)).order_by(table.c.id)
    return [unpack(Site, body) for body in conn.execute(query).scalars()]


def as_table(conn: Connection) -> pa.Table:
    """All sites as an Arrow table of `model.tables.SITES`, by id."""
    import pyarrow as pa

    from farwatch.model.tables import SITES

    sites = load(conn)
    columns = {name: [getattr(site, name) for site in sites] for name in SITES.names}
    return pa.table(columns, schema=SITES)


def mark(conn: Connection) -> tuple[datetime | None, int]:
    """What differs once any site was changed: when the last was, and how many there are."""
    table = schema.sites
    row = conn.execute(sa.select(sa.func.max(table.c.updated), sa.func.count())).one()
    return row[0], int(row[1])


def admin1_code(site: Site) -> str | None:
    """The site's admin-1 unit as "ZM.08", however its list wrote it; None where it is not known."""
    if not site.country or not site.admin1:
        return None
    return site.admin1 if "." in site.admin1 else f"{site.country}.{site.admin1}"


def _standing(conn: Connection, ids: Iterable[str]) -> dict[str, Any]:
    """The rows that stand of these ids: version, body, retired."""
    table = schema.sites
    found: dict[str, Any] = {}
    for some in chunks(ids):
        query = sa.select(table.c.id, table.c.version, table.c.body, table.c.retired)
        found |= {row.id: row for row in conn.execute(query.where(table.c.id.in_(some)))}
    return found


def _keep_versions(conn: Connection, rows: Sequence[dict[str, Any]], hand: Hand) -> None:
    told = {"at": hand.at, "by": hand.by, "how": hand.how}
    kept = [{name: row[name] for name in ("id", "version", "body")} | told for row in rows]
    upsert(conn, schema.site_versions, kept)


def _row(site: Site) -> dict[str, Any]:
    return {
        "id": site.id,
        "lat": site.lat,
        "lon": site.lon,
        "country": site.country,
        "tier": site.tier,
        "programme": site.attributes.get(PROGRAMME),
        "name": fold(site.name) or site.name.casefold(),
        "admin1": admin1_code(site),
        "staff": site.staff,
        "retired": None,
        "updated": changed_at(),
        "body": pack(site),
    }
