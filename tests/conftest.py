"""What every test may use: a fixed `now`, and the recorded data beside the project."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def now() -> datetime:
    return datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The recorded data and corpora; a test that needs them is skipped, visibly, without them."""
    if not SHARED.is_dir():
        pytest.skip(f"no recorded data at {SHARED}")
    return SHARED
