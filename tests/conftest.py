"""What every test may use: a fixed `now`, and the recorded data beside the project.

What costs much and shows nothing by being done thousands of times is done once for all tests: a
new SQLite file starts as a copy of one that was migrated, passwords are hashed cheaply, and
nothing waits for a disk where there is memory for files.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings

from farwatch.desk import passwords
from farwatch.store.database import REVISIONS, Database

# How long an example takes says how busy the machine is.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

SHARED = Path(__file__).resolve().parents[2] / "shared"
_MIGRATE = Database.migrate
# A SQLite commit waits until the disk has it. No test takes the power away; all it makes is gone
# with the run, and comes to one gigabyte.
_MEMORY, _ENOUGH = Path("/dev/shm"), 4 * 2**30


def pytest_configure() -> None:
    """Folders of tests lie in memory where that has room, else where PYTEST_DEBUG_TEMPROOT says."""
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


@pytest.fixture(scope="session")
def now() -> datetime:
    return datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The recorded data and corpora; a test that needs them is skipped, visibly, without them."""
    if not SHARED.is_dir():
        pytest.skip(f"no recorded data at {SHARED}")
    return SHARED


@pytest.fixture(scope="session", autouse=True)
def _migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A SQLite file that does not stand yet is a copy of one with all tables, then migrated as
    ever: `migrations_run` for tests that want them to do the work."""
    standing = tmp_path_factory.mktemp("migrated") / "desk.sqlite"
    with Database(f"sqlite:///{standing}") as database:
        database.migrate()
    lock = threading.Lock()

    def migrate(self: Database, to: str = REVISIONS[-1]) -> None:
        if self.dialect == "sqlite" and self.url.database and to == REVISIONS[-1]:
            wanted = Path(self.url.database)
            with lock, suppress(OSError):  # a folder that cannot be made is named by the real one
                wanted.parent.mkdir(parents=True, exist_ok=True)
                if not wanted.exists():
                    shutil.copyfile(standing, wanted)
        _MIGRATE(self, to)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "migrate", migrate)
        yield


@pytest.fixture
def migrations_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every migration is run, as outside of tests."""
    monkeypatch.setattr(Database, "migrate", _MIGRATE)


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """Argon2id with the least it allows: at its full cost, signing in is most of a test's time."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", cheap)
        patch.setattr(passwords, "_NOBODYS", cheap.hash("nobody's"))
        yield
