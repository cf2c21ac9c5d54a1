"""The desk's database: SQLite in a file, or PostgreSQL by one URL.

    with Database("sqlite:///desk.sqlite") as database:
        database.migrate()
        with database.begin() as conn:
            reports.accept(conn, batch, batch="usgs 2026-06-01")

Everything in one `begin()` is one transaction: it is all there, or none of it.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree

from farwatch.errors import DatabaseAway, StoreError

_LOG = logging.getLogger(__name__)

# Oldest first, as in `migrations/versions`; a test compares them. The last is what this code reads.
REVISIONS = (
    "0001", "0002", "0003", "0004", "0005", "0006", "0007", "0009", "0010", "0008", "0011", "0012",
    "0013", "0014",
)  # fmt: skip
MIGRATIONS = Path(__file__).parent / "migrations"

# Milliseconds a writer waits for another one's transaction before it is refused.
BUSY_MS = 30_000
# Of PostgreSQL: a server that does not answer is away, not slow; one that vanished is noticed.
_REACHING = {"connect_timeout": 5, "keepalives_idle": 30, "keepalives_interval": 10,
             "keepalives_count": 3}  # fmt: skip
_AWAY = ("08", "57P", "53300")  # SQLSTATEs: no connection, shut down or starting, no slot free
_SETTLED_S = 1.0
_MIGRATING = 0x46415257  # PostgreSQL advisory lock: one process migrates, the others wait


class Database:
    """One database. Threads may share it; each `begin` has a connection of its own.

    Where the server goes away, every use of it raises DatabaseAway until it is back; the log has
    one line when it goes and one when it returns, whoever asks how often.
    """

    def __init__(self, url: str) -> None:
        self.url = _checked(url)
        self.shown = self.url.render_as_string(hide_password=True)
        self._engine = _engine(self.url)
        self._met = False  # it was reached once: only then it can go away
        self._away_since: float | None = None
        self._answered = 0.0
        self._lock = threading.Lock()
        self._watching: sqlite3.Connection | None = None

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
        with self._lock:
            if self._watching is not None:
                self._watching.close()
                self._watching = None

    def version(self) -> object:
        """What is equal to another one only if nothing was committed between the two, by whatever
        process: what was read after the first is what would be read after the second."""
        if self.dialect == "sqlite":
            return self._sqlite_version()
        with self.read() as conn:
            # xmin, xmax and what runs between them: what is visible follows from them.
            return str(conn.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar())

    def _sqlite_version(self) -> object:
        if self.url.database in {None, "", ":memory:"}:
            return object()  # each connection has a database of its own
        try:
            with self._lock:
                # One connection that never writes: it is told of everybody else's commits.
                if self._watching is None:
                    self._watching = sqlite3.connect(
                        self.url.database, timeout=BUSY_MS / 1_000, check_same_thread=False
                    )
                return int(self._watching.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error as error:
            raise StoreError(f"database {self.shown}: {error}") from error

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
        with self.naming_errors(), contextlib.closing(self._engine.raw_connection()) as raw:
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
        with self.naming_errors(), self._engine.begin() as conn:
            self._reached()
            yield conn

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that reads one consistent state and keeps no writer waiting."""
        with self.naming_errors(), self._engine.connect() as plain:
            self._reached()
            conn = plain.execution_options(farwatch_reads=True)
            with conn.begin():
                yield conn

    def lasting(self) -> Connection:
        """A connection outside the pool's turn-over, for locks that it carries; the caller closes
        it."""
        with self.naming_errors():
            return self._engine.connect()

    @contextmanager
    def naming_errors(self) -> Iterator[None]:
        """The driver's refusals as StoreError, also for who holds a `lasting` connection; a broken
        constraint stays what it is."""
        try:
            yield
        except DBAPIError as error:
            if _is_away(error):
                raise self._gone(_reason(error)) from error
            refused = isinstance(error, OperationalError | InterfaceError)
            if not refused and "does not exist" not in str(error.orig):
                raise
            raise StoreError(f"database {self.shown}: {_reason(error)}") from error
        except NoneFree as error:
            raise StoreError(f"database {self.shown}: all connections are in use") from error

    def _reached(self) -> None:
        self._answered = time.monotonic()
        if self._met and self._away_since is None:
            return
        with self._lock:
            self._met, since, self._away_since = True, self._away_since, None
        if since is not None:
            _LOG.warning("database %s is back after %.0f s", self.shown, time.monotonic() - since)

    def _gone(self, why: str) -> DatabaseAway:
        with self._lock:
            # A refusal may be heard of after another thread was let in again: it is no news then.
            fresh = time.monotonic() - self._answered > _SETTLED_S
            first = self._met and self._away_since is None and fresh
            if first:
                self._away_since = time.monotonic()
        if first:
            _LOG.warning("database %s is away: %s; it is asked until it is back", self.shown, why)
        return DatabaseAway(f"database {self.shown}: {why}")


def _is_away(error: DBAPIError) -> bool:
    """Whether the server was lost or not reached. SQLite has no server: its files are there or not.

    psycopg gives a refused connection no SQLSTATE.
    """
    if type(error.orig).__module__.partition(".")[0] != "psycopg":
        return False
    state = getattr(error.orig, "sqlstate", None)
    if error.connection_invalidated:
        return True
    return isinstance(error, OperationalError) and (state is None or state.startswith(_AWAY))


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
    if url.get_backend_name() == "postgresql":
        reaching = {name: value for name, value in _REACHING.items() if name not in url.query}
        # Asked before each use whether it still lives: a server that was restarted costs nobody
        # their transaction.
        return sa.create_engine(url, pool_pre_ping=True, connect_args=reaching)
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
