"""Sites in our care: the room where site lists meet the database."""

from __future__ import annotations

from collections.abc import Sequence

from farwatch.model.protect import Site
from farwatch.settings import Settings
from farwatch.store import sites as store
from farwatch.store.database import Database


def import_sites(settings: Settings, sites: Sequence[Site], *, replace: bool = False) -> int:
    """Store the sites, all or none; returns how many are in our care then."""
    with Database(settings.database) as database:
        database.migrate()
        with database.begin() as conn:
            (store.replace if replace else store.add)(conn, sites)
            return len(store.load(conn))


def all_sites(settings: Settings) -> list[Site]:
    """Every site in our care, by id."""
    with Database(settings.database) as database:
        database.migrate()
        with database.begin() as conn:
            return store.load(conn)
