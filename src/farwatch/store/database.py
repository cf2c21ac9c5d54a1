"""The desk's database: SQLite in a file, or PostgreSQL by one URL.

    with Database("sqlite:///desk.sqlite") as database:
        database.migrate()
        with database.begin() as conn:
            reports.accept(conn, batch, batch="usgs 2026-06-01")

Everything in one `begin()` is one transaction: it is all there, or none of it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError

from farwatch.errors import StoreError

# Oldest first, as in `migrations/versions`; a test compares them. The last is what this code reads.
REVISIONS = (
    "0001", "0002", "0003", "0004", "0005", "0006", "0007", "0009", "0010", "0008", "0011", "0012",
)  # fmt: skip
MIGRATIONS = Path(__file__).parent / "migrations"

# Milliseconds a writer waits for another one's transaction before it is refused.
BUSY_MS = 30_000
_MIGRATING = 0x46415257  # PostgreSQL advisory lock: one process migrates, the others wait


class Database:
    """One database. Threads may share it; each `begin` has a connection of its own."""

    def __init__(self, url: str) -> None:
        self.url = _checked(url)
        self.shown = self.url.render_as_string(hide_password=True)
        self._engine = _engine(self.url)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()

    def migrate(self, to: str = REVISIONS[-1]) -> None:
        """Bring the tables to this version (or another one of `REVISIONS`), making them where there
        are none.

        Raises StoreError if a newer Farwatch wrote them, or the database cannot be reached.
        """
        if self.url.database and self.dialect == "sqlite" and self.url.database != ":memory:":
            _make_folder(Path(self.url.database).parent)
        if self.revision() == to:
            return
        with self.begin() as conn:
            if self.dialect == "postgresql":
                conn.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATING)))
            if _revision(conn) != to:  # another process may have come first
                _upgrade(conn, to)

    def forget(self) -> None:
        """Let what was deleted leave SQLite's write-ahead file too, unless a reader holds it.

        PostgreSQL clears deleted rows by itself, some time later.
        """
        if self.dialect != "sqlite":
            return
        with self._naming_errors(), contextlib.closing(self._engine.raw_connection()) as raw:
            cursor = raw.cursor()
            cursor.execute("PRAGMA busy_timeout = 1000")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
            cursor.close()

    def revision(self) -> str | None:
        """The migration the tables stand at; None where there are none yet.

        Raises StoreError for a revision this Farwatch does not know.
        """
        with self.read() as conn:
            found = _revision(conn)
        if found is not None and found not in REVISIONS:
            raise StoreError(
                f"database {self.shown} is at {found!r}, written by a newer Farwatch; "
                f"this one knows {REVISIONS[-1]!r}"
            )
        return found

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A connection in a writing transaction: committed at the end, rolled back on an error."""
        with self._naming_errors(), self._engine.begin() as conn:
            yield conn

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that reads one consistent state and keeps no writer waiting."""
        with self._naming_errors(), self._engine.connect() as plain:
            conn = plain.execution_options(farwatch_reads=True)
            with conn.begin():
                yield conn

    def lasting(self) -> Connection:
        """A connection outside the pool's turn-over, for locks that it carries; the caller closes
        it."""
        with self._naming_errors():
            return self._engine.connect()

    @contextmanager
    def _naming_errors(self) -> Iterator[None]:
        """The driver's refusals as StoreError; a broken constraint stays what it is."""
        try:
            yield
        except (OperationalError, InterfaceError) as error:
            raise StoreError(f"database {self.shown}: {_reason(error)}") from error
        except DBAPIError as error:
            if "does not exist" not in str(error.orig):
                raise
            raise StoreError(f"database {self.shown}: {_reason(error)}") from error


def _reason(error: DBAPIError) -> str:
    first = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "no answer"
    if "no such table" in first or ("relation" in first and "does not exist" in first):
        return f"has no tables of this version yet ({first})"
    if "locked" in first:
        return f"is locked by another process for more than {BUSY_MS // 1000} s ({first})"
    return first


def _checked(url: str) -> URL:
    try:
        parsed = sa.make_url(url)
    except ArgumentError as error:
        raise StoreError(f"database URL {url!r} cannot be read") from error
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise StoreError(
            f"database URL {parsed.render_as_string()} is neither sqlite nor postgresql"
        )
    return parsed


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"database folder {str(folder)!r}: {error.strerror}") from error


def _engine(url: URL) -> Engine:
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; `_begin_sqlite` does
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # FULL, not NORMAL: a commit means accepted, and must outlive the loss of power too.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(conn: Connection) -> None:
    # A deferred transaction that turns writer later is refused at once when another one wrote
    # in between, whatever the busy timeout: writers take their place at the start.
    reads = conn.get_execution_options().get("farwatch_reads")
    conn.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _revision(conn: Connection) -> str | None:
    """Asked directly: importing Alembic costs ten times what the answer does."""
    if not sa.inspect(conn).has_table("alembic_version"):
        return None
    found = conn.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def _upgrade(conn: Connection, to: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = conn
    command.upgrade(config, to)
