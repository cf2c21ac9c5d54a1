"""What a site was: every version with who made it; and lists of sites that wait to be imported."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from farwatch.errors import NotFound
from farwatch.model.protect import Site
from farwatch.store import schema
from farwatch.store.bodies import unpack

WAITS = timedelta(hours=24)  # a list that was uploaded and not imported


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a site: what it was from then on, and whose doing that is."""

    number: int
    at: datetime
    by: str
    how: str
    site: Site


@dataclass(frozen=True, slots=True)
class SiteListFile:
    """A table of sites as uploaded; `outcome` is what its import came to, None before it."""

    id: str
    account: str
    name: str
    data: bytes
    outcome: Mapping[str, Any] | None


def versions(conn: Connection, site: str) -> list[Version]:
    """All versions of a site, newest first."""
    table = schema.site_versions
    query = sa.select(table).where(table.c.id == site).order_by(table.c.version.desc())
    return [
        Version(row.version, row.at, row.by, row.how, unpack(Site, row.body))
        for row in conn.execute(query)
    ]


def keep_list(conn: Connection, account: str, name: str, data: bytes, now: datetime) -> str:
    """Keep an uploaded list for a day; its id. Lists whose day is over go."""
    table = schema.site_lists
    conn.execute(sa.delete(table).where(table.c.expires <= now))
    name_of = secrets.token_urlsafe(12)
    row = {"id": name_of, "account": account, "name": name, "expires": now + WAITS, "data": data}
    conn.execute(sa.insert(table), row)
    return name_of


def get_list(conn: Connection, name: str, account: str, now: datetime) -> SiteListFile:
    """An uploaded list, for who uploaded it alone; raises NotFound, also when its day is over."""
    table = schema.site_lists
    query = sa.select(table).where(table.c.id == name, table.c.account == account)
    row = conn.execute(query.where(table.c.expires > now)).first()
    if row is None:
        raise NotFound(f"no uploaded list {name!r}: it may be over; upload the file again")
    outcome = None if row.outcome is None else json.loads(row.outcome)
    return SiteListFile(row.id, row.account, row.name, row.data, outcome)


def imported(conn: Connection, name: str, outcome: Mapping[str, Any]) -> None:
    """Say what the import of an uploaded list came to."""
    table = schema.site_lists
    body = json.dumps(dict(outcome), separators=(",", ":"))
    conn.execute(sa.update(table).where(table.c.id == name).values(outcome=body))
