"""Every database and every engine under one suite: `database` and `lake` come in each kind."""

from __future__ import annotations

import importlib.util
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from farwatch.store.database import Database
from farwatch.store.lake import Lake

# The folders of tests are no packages: what its modules share is found by name.
sys.path.insert(0, str(Path(__file__).parent))


def _answers(url: str) -> bool:
    try:
        with closing(psycopg.connect(url, connect_timeout=2)):
            return True
    except psycopg.OperationalError:
        return False


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a schema of our own, gone afterwards: on the server that was named, else the one
    on this machine, else one that is brought along."""
    named = os.environ.get("FARWATCH_TEST_POSTGRES")
    url = named or "postgresql://postgres@127.0.0.1:5432/postgres"
    if not named and not _answers(url):
        pgserver = pytest.importorskip("pgserver", reason="no PostgreSQL, and none brought along")
        server = pgserver.get_server(str(tmp_path_factory.mktemp("pg")), cleanup_mode="stop")
        url = server.get_uri()
    elif not _answers(url):
        pytest.fail(f"FARWATCH_TEST_POSTGRES does not answer: {url}")
    schema = f"farwatch_test_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(f"CREATE SCHEMA {schema}")
    # No test takes the power away from this server: none waits for its disk.
    options = f"-csearch_path%3D{schema}%20-csynchronous_commit%3Doff"
    yield url + ("&" if "?" in url else "?") + f"options={options}"
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty desk's database, each kind in turn."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'desk.sqlite'}"
    else:
        url = request.getfixturevalue("postgres")
    with Database(url) as found:
        found.migrate()
        yield found
        if found.dialect == "postgresql":
            _empty(found)


def _empty(database: Database) -> None:
    """Row by row, for there are few: TRUNCATE makes a new file for every table and index, and
    waits until the disk has each."""
    from farwatch.store.schema import metadata

    with database.begin() as conn:
        for table in reversed(metadata.sorted_tables):
            conn.execute(table.delete())
        conn.execute(sa.text(_NUMBERS_FROM_ONE))


_NUMBERS_FROM_ONE = (
    "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
    " FROM pg_sequences WHERE schemaname = current_schema() AND last_value IS NOT NULL"
)


@pytest.fixture
def conn(database: Database) -> Iterator[sa.engine.Connection]:
    """A connection in a transaction that ends with the test."""
    with database.begin() as connection:
        yield connection


# PySpark leaves the sockets it reads an answer from to the garbage collector.
_SPARK = (
    pytest.mark.spark,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
)


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=_SPARK)])
def lake(request: pytest.FixtureRequest, tmp_path: Path) -> Lake:
    """An empty lake, read by each engine in turn."""
    if request.param == "spark" and importlib.util.find_spec("pyspark") is None:
        pytest.skip("pyspark is not installed: make test-spark")
    return Lake(tmp_path / "lake", request.param)
