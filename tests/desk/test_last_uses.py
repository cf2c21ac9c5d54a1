"""Uses of keys and sign-ins are noted at once and written down together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from farwatch.desk import accounts, tokens
from farwatch.desk.accounts import Device, NewAccount
from farwatch.desk.last_uses import SEEN_EVERY, LastUses
from farwatch.desk.opening import Desk, open_desk
from farwatch.desk.tokens import NewToken
from farwatch.errors import DatabaseAway
from farwatch.model.account import Role
from farwatch.settings import Settings
from farwatch.store import sessions
from farwatch.store import tokens as stored
from farwatch.store.database import Database

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
LATER = NOW + 2 * SEEN_EVERY


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(Settings(data_dir=tmp_path)) as opened:
        yield opened


def test_a_use_costs_its_reader_no_write(desk: Desk) -> None:
    account = accounts.add(desk, NewAccount("amina", Role.VIEWER), "tests", NOW)
    made, secret = tokens.make(desk, account, NewToken("x"), NOW)
    with desk.database.begin() as conn:
        entered = accounts.open_session(conn, account, NOW, Device())
    before = desk.database.version()
    assert tokens.of_secret(desk, secret, LATER)
    assert accounts.of_cookie(desk, entered.secret, LATER)
    assert desk.database.version() == before
    assert desk.last_uses.write(desk.database) == 2
    with desk.database.read() as conn:
        assert stored.get(conn, made.id).last_used == LATER
        kept = sessions.get(conn, entered.session.id)
    assert kept and kept.seen == LATER
    assert desk.last_uses.write(desk.database) == 0


@pytest.mark.parametrize(
    ("before", "noted"),
    [(None, True), (NOW - SEEN_EVERY, True), (NOW - SEEN_EVERY + timedelta(seconds=1), False)],
)
def test_a_use_is_noted_once_a_minute(before: datetime | None, noted: bool) -> None:
    uses = LastUses()
    uses.session("s", before or NOW - timedelta(hours=1), NOW)
    assert (uses.of_session("s") == NOW) is noted


def test_what_could_not_be_written_is_kept(desk: Desk) -> None:
    account = accounts.add(desk, NewAccount("amina", Role.VIEWER), "tests", NOW)
    made, _ = tokens.make(desk, account, NewToken("x"), NOW)
    uses = LastUses()
    uses.token(made.id, None, NOW)
    with (
        Database("postgresql://postgres@127.0.0.1:1/none") as nowhere, pytest.raises(DatabaseAway),
    ):  # fmt: skip
        uses.write(nowhere)
    assert uses.write(desk.database) == 1
    with desk.database.read() as conn:
        assert stored.get(conn, made.id).last_used == NOW
