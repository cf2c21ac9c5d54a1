"""Tries counted in the database: bursts, pauses, two at once, on each database."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy.engine import Connection

from farwatch.desk import limiting
from farwatch.store import rates
from farwatch.store.database import Database


def tries(conn: Connection, *at: float, key: str = "k") -> list[bool]:
    return [rates.spend(conn, key, times=3, seconds=30, now=now) == 0 for now in at]


@pytest.mark.parametrize(
    ("at", "passed"),
    [
        ((0, 0, 0, 0), [True, True, True, False]),
        ((0, 0, 0, 9.9, 10, 10), [True, True, True, False, True, False]),
        ((0, 10, 20, 30, 40, 50), [True] * 6),
        ((0, 0, 0, 1_000, 1_000, 1_000, 1_000), [True] * 6 + [False]),
    ],
    ids=["a burst", "one part comes back", "as slow as allowed", "long after"],
)
def test_so_many_in_so_long(conn: Connection, at: tuple[float, ...], passed: list[bool]) -> None:
    assert tries(conn, *at) == passed


def test_the_wait_is_what_it_takes(conn: Connection) -> None:
    tries(conn, 0, 0, 0)
    assert rates.spend(conn, "k", times=3, seconds=30, now=4) == pytest.approx(6)
    assert tries(conn, 10) == [True]


def test_each_is_counted_alone_and_forgotten(conn: Connection) -> None:
    assert tries(conn, 0, 0, 0) == tries(conn, 0, 0, 0, key="another") == [True] * 3
    rates.forget(conn, 100)
    assert tries(conn, 0) == [True]


def test_who_try_at_once_are_counted_each(database: Database) -> None:
    passed: list[bool] = []

    def attempt() -> None:
        with database.begin() as conn:
            passed.append(rates.spend(conn, "k", times=3, seconds=3_000, now=0) == 0)

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(passed) == [False] * 5 + [True] * 3


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::2", True),
        ("testclient", "testclient", True),
    ],
)
def test_one_line_counts_as_one_address(one: str, other: str, same: bool) -> None:
    assert (limiting.neighbourhood(one) == limiting.neighbourhood(other)) is same
