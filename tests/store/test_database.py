"""The database itself: migrations, transactions, and refusals that say what is wrong."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from store_nouns import T0, report

from farwatch.errors import StoreError
from farwatch.store import columns, database, pulses, reports, schema
from farwatch.store.database import REVISIONS, Database


def test_migrations_lead_to_the_tables_the_code_uses(database: Database) -> None:
    with database.begin() as conn:
        opts = {"compare_type": True, "include_object": _of_the_metadata}
        context = MigrationContext.configure(conn, opts=opts)
        assert compare_metadata(context, schema.metadata) == []
    assert database.revision() == REVISIONS[-1]


def _of_the_metadata(_: object, name: str | None, *more: object) -> bool:
    """Search's own tables and indexes are made by each engine in its own way."""
    return not (name or "").startswith("fts_") and "_fts" not in (name or "")


def test_known_revisions_are_the_scripts() -> None:
    config = Config()
    config.set_main_option("script_location", str(database.MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    assert tuple(reversed([item.revision for item in scripts.walk_revisions()])) == (
        database.REVISIONS
    )


def test_migrating_again_changes_nothing_and_is_quick(database: Database) -> None:
    with database.begin() as conn:
        reports.accept(conn, [report("k")], batch="b")
    database.migrate()
    with database.read() as conn:
        assert reports.current(conn, "wire", ["k"])["k"] == report("k")


@pytest.mark.usefixtures("migrations_run")
def test_many_may_migrate_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'desk.sqlite'}"
    failures: list[Exception] = []

    def migrate() -> None:
        try:
            with Database(url) as found:
                found.migrate()
        except StoreError as error:
            failures.append(error)

    threads = [threading.Thread(target=migrate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with Database(url) as found:
        assert found.revision() == database.REVISIONS[-1]


def test_a_newer_database_is_refused(database: Database) -> None:
    with database.begin() as conn:
        conn.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(StoreError, match="'9999', written by a newer Farwatch"):
            database.migrate()
    finally:
        with database.begin() as conn:
            standing = sa.text("UPDATE alembic_version SET version_num = :last")
            conn.execute(standing, {"last": REVISIONS[-1]})


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "'nonsense' cannot be read"),
        ("mysql://root:secret@localhost/x", r"mysql://root:\*\*\*@localhost/x is neither"),
        ("sqlite:////proc/nowhere/desk.sqlite", "/proc/nowhere"),
        ("postgresql://nobody@127.0.0.1:1/none", "postgresql"),
    ],
)
def test_a_bad_address_is_named(url: str, said: str) -> None:
    with pytest.raises(StoreError, match=said), Database(url) as found:
        found.migrate()


def test_a_database_without_tables_says_so(tmp_path: Path) -> None:
    with (
        Database(f"sqlite:///{tmp_path / 'empty.sqlite'}") as found,
        pytest.raises(StoreError, match="has no tables of this version yet"),
        found.read() as conn,
    ):
        reports.cursor(conn, "wire")


def test_an_error_undoes_the_whole_transaction(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.begin() as conn:
        reports.accept(conn, [report("k")], batch="b")
        reports.set_cursor(conn, "wire", {"etag": "1"})
        raise ZeroDivisionError
    with database.read() as conn:
        assert reports.current(conn, "wire", ["k"]) == {}
        assert reports.cursor(conn, "wire") == {}


def test_cursors_that_nothing_asks_for_are_forgotten(database: Database) -> None:
    with database.begin() as conn:
        for name in ("fetch:a", "fetch:b", "wire"):
            reports.set_cursor(conn, name, {"etag": name})
        reports.forget_cursors(conn, ["fetch:a", "fetch:b", "fetch:never"])
        assert reports.cursor(conn, "fetch:a") == reports.cursor(conn, "fetch:b") == {}
        assert reports.cursor(conn, "wire") == {"etag": "wire"}


def test_a_locked_database_is_an_error_after_the_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_MS", 20)
    url = f"sqlite:///{tmp_path / 'desk.sqlite'}"
    with Database(url) as one, Database(url) as other:
        one.migrate()
        with one.begin() as conn:
            reports.set_cursor(conn, "wire", {"etag": "1"})
            with pytest.raises(StoreError, match="locked"), other.begin():
                pytest.fail("two writers at once")
            with other.read() as reader:
                assert reports.cursor(reader, "wire") == {}


def test_sqlite_keeps_its_promises(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path / 'desk.sqlite'}") as found, found.read() as conn:
        pragmas = {
            name: conn.execute(sa.text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "synchronous": 2,
        "busy_timeout": database.BUSY_MS,
    }


def test_a_time_without_a_zone_is_refused(conn: sa.engine.Connection) -> None:
    with pytest.raises(sa.exc.StatementError, match="has no zone"):
        conn.execute(
            sa.insert(schema.marks),
            {"name": "x", "value": 1, "at": datetime(2026, 1, 1)},  # noqa: DTZ001
        )


def test_times_come_back_in_utc_to_the_microsecond(conn: sa.engine.Connection) -> None:
    when = T0.replace(microsecond=123456)
    conn.execute(sa.insert(schema.marks), {"name": "x", "value": 1, "at": when})
    found = conn.execute(sa.select(schema.marks.c.at)).scalar_one()
    assert found == when
    assert found.isoformat() == "2026-06-01T12:00:00.123456+00:00"
    assert columns.Time().process_result_value(None, conn.dialect) is None


def test_a_version_is_the_same_while_nothing_is_committed(database: Database) -> None:
    before = database.version()
    with database.read() as conn:
        pulses.all_of(conn)
    assert database.version() == before
    with pytest.raises(ValueError, match="undone"), database.begin() as conn:
        pulses.beat(conn, "web", datetime(2026, 6, 1, tzinfo=UTC))
        raise ValueError("undone")
    with database.begin() as conn:
        pulses.beat(conn, "web", datetime(2026, 6, 1, tzinfo=UTC))
        within = database.version()  # nobody else sees it yet
    assert database.version() not in (before, within)


def test_databases_in_memory_have_no_version() -> None:
    with Database("sqlite://") as database:
        assert database.version() != database.version()
