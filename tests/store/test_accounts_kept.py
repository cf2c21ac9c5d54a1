"""Accounts that stood before second factors came still stand after the migration."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from farwatch.store import accounts
from farwatch.store.bodies import pack
from farwatch.store.database import MIGRATIONS, Database

NOW = datetime(2026, 3, 1, tzinfo=UTC)
OLD = '{"id":"a1","name":"Amina","role":"viewer","created":"2026-03-01T00:00:00+00:00"}'


def at(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.begin() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, revision)


def test_an_account_and_its_password_outlive_the_migration(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path / 'desk.sqlite'}") as database:
        at(database, "0005")
        with database.begin() as conn:
            row = {"id": "a1", "name": "amina", "role": "viewer", "password": "hashed"}
            conn.execute(
                sa.text(
                    "INSERT INTO accounts (id, name, role, active, password, updated, body) VALUES"
                    " (:id, :name, :role, 1, :password, '2026-03-01 00:00:00.000000', :body)"
                ),
                row | {"body": OLD},
            )
        database.migrate()
        with database.begin() as conn:
            found = accounts.named(conn, "AMINA")
            assert accounts.credentials(conn, "a1").password == "hashed"
            assert found.second_factor is None and found.scope.everywhere
            assert pack(found) != OLD  # it is read with what came since
