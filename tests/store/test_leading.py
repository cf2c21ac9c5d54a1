"""Leadership on either database: one holds it, and a lost connection has lost it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from farwatch.store.database import Database
from farwatch.store.leading import Leadership


def test_one_holds_it_at_a_time(database: Database) -> None:
    with Database(database.url.render_as_string(hide_password=False)) as elsewhere:
        ours, theirs = Leadership(database), Leadership(elsewhere)
        assert ours.take() and ours.held()
        assert not theirs.take() and not theirs.held()
        ours.release()
        assert theirs.take()
        theirs.release()


def test_a_lost_connection_has_lost_it(database: Database) -> None:
    if database.dialect != "postgresql":
        pytest.skip("a file's lock goes with its process alone")
    ours, theirs = Leadership(database), Leadership(database)
    assert ours.take()
    with database.begin() as conn:
        conn.execute(sa.text(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND "
            "classid = 1178686040 AND pid <> pg_backend_pid() AND objid::int8 & 4294967295 = "
            "hashtext(current_schema())::int8 & 4294967295"
        ))  # fmt: skip
    assert not ours.held()
    assert theirs.take()
    theirs.release()
