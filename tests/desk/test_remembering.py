"""What was read once is not read again, and nobody is shown what was true before a commit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.desk import remembering
from farwatch.desk.opening import Desk, open_desk
from farwatch.desk.remembering import Memory, remembered, soon
from farwatch.settings import Settings
from farwatch.store import pulses
from farwatch.store.database import Database
from farwatch.store.keyset import Wanted

NOW = datetime(2026, 6, 1, 12, 0, 7, 500, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(Settings(data_dir=tmp_path)) as opened:
        yield opened


@remembered
def beats(desk: Desk, asked: str, wanted: Wanted) -> tuple[str, ...]:
    """Who told a sign of life; `READ` says how often the database was asked."""
    READ.append(asked)
    with desk.database.read() as conn:
        return tuple(sorted(pulses.all_of(conn)))


READ: list[str] = []


@pytest.fixture(autouse=True)
def unread() -> None:
    READ.clear()


def beat(database: Database, name: str) -> None:
    with database.begin() as conn:
        pulses.beat(conn, name, NOW)


def test_it_is_read_once_per_state_and_argument(desk: Desk) -> None:
    assert beats(desk, "a", Wanted()) == beats(desk, "a", Wanted()) == ()
    assert READ == ["a"]
    beats(desk, "b", Wanted())
    beats(desk, "b", Wanted(51))
    assert READ == ["a", "b", "b"]
    beat(desk.database, "web")
    assert beats(desk, "a", Wanted()) == ("web",)
    assert READ == ["a", "b", "b", "a"]


def test_another_process_commit_is_seen_at_once(desk: Desk) -> None:
    assert beats(desk, "a", Wanted()) == ()
    with Database(desk.database.url.render_as_string(hide_password=False)) as other:
        beat(other, "worker")
    assert beats(desk, "a", Wanted()) == ("worker",)


def test_long_pages_are_not_kept(desk: Desk) -> None:
    for _ in range(2):
        beats(desk, "a", Wanted(remembering.LONGEST + 1))
    assert READ == ["a", "a"]


def test_what_was_refused_is_not_kept(desk: Desk) -> None:
    @remembered
    def refused(_: Desk) -> None:
        READ.append("refused")
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            refused(desk)
    assert READ == ["refused", "refused"]


def test_no_more_is_kept_than_fits() -> None:
    memory = Memory()
    for number in range(remembering.MOST + 3):
        assert memory.answer(1, number, lambda n=number: n) == number
    last = remembering.MOST + 2
    assert memory.answer(1, last, lambda: "read again") == "read again"
    assert memory.answer(1, 0, lambda: "read again") == 0


def test_who_asks_while_it_is_read_waits_for_it() -> None:
    memory, begun, go_on, found = Memory(), threading.Event(), threading.Event(), []

    def slow() -> str:
        begun.set()
        assert go_on.wait(30)
        return "slow"

    first = threading.Thread(target=lambda: found.append(memory.answer(1, "k", slow)))
    first.start()
    assert begun.wait(30)
    others = [
        threading.Thread(target=lambda: found.append(memory.answer(1, "k", lambda: "other")))
        for _ in range(4)
    ]
    for one in others:
        one.start()
    go_on.set()
    for one in (first, *others):
        one.join()
    assert found == ["slow"] * 5


def test_who_waits_for_a_refused_one_reads_it_alone() -> None:
    memory, begun, go_on, found = Memory(), threading.Event(), threading.Event(), []

    def refused() -> str:
        begun.set()
        assert go_on.wait(30)
        raise ValueError("no")

    def asked() -> None:
        with pytest.raises(ValueError, match="no"):
            memory.answer(1, "k", refused)

    first = threading.Thread(target=asked)
    first.start()
    assert begun.wait(30)
    other = threading.Thread(target=lambda: found.append(memory.answer(1, "k", lambda: "read")))
    other.start()
    go_on.set()
    first.join()
    other.join()
    assert found == ["read"]


@given(st.datetimes(max_value=datetime(9999, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_soon_is_at_most_five_seconds_ahead(when: datetime) -> None:
    assert 0 <= (soon(when) - when).total_seconds() < remembering.SOON_S
    assert soon(soon(when)) == soon(when)
