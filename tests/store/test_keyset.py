"""Paging: every row once and in order, whatever comes in between, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from store_nouns import alert, event, place

from farwatch.errors import UsageError
from farwatch.model.account import Scope
from farwatch.model.protect import Site
from farwatch.store import alert_lists, alerts, events, sites
from farwatch.store.alert_lists import AlertChoice
from farwatch.store.keyset import Wanted

EVERYWHERE = Scope()


def filled(conn: Connection, number: int = 7) -> list[str]:
    """Alerts sent at three times only, so that pages end among equals."""
    from store_nouns import after

    made = [alert(f"e1/{n}", sent=after(n % 3), event="e1") for n in range(number)]
    events.put(conn, [event("e1")])
    alerts.put(conn, made)
    order = sorted(made, key=lambda one: (one.sent, one.key), reverse=True)
    return [one.key for one in order]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_pages_hold_every_row_once(conn: Connection, limit: int) -> None:
    expected = filled(conn)
    found: list[str] = []
    after = None
    while True:
        page = alert_lists.listed(conn, AlertChoice(), EVERYWHERE, Wanted(limit, after))
        found += [row.alert.key for row in page.items]
        assert len(page.items) <= limit
        if page.next is None:
            break
        after = page.next
    assert found == expected
    assert alert_lists.total(conn, AlertChoice(), EVERYWHERE) == len(expected)


def test_what_comes_in_between_moves_no_page(conn: Connection) -> None:
    expected = filled(conn)
    first = alert_lists.listed(conn, AlertChoice(), EVERYWHERE, Wanted(3))
    from store_nouns import after

    alerts.put(conn, [alert("e1/new", sent=after(99), event="e1")])
    rest = alert_lists.listed(conn, AlertChoice(), EVERYWHERE, Wanted(100, first.next))
    assert [row.alert.key for row in (*first.items, *rest.items)] == expected


def test_what_changed_since_comes_oldest_change_first(conn: Connection) -> None:
    filled(conn)
    (newest,) = alert_lists.listed(conn, AlertChoice(), EVERYWHERE, Wanted(1)).items
    assert newest.updated is not None
    since = AlertChoice(updated_since=newest.updated)
    again = alert("e1/0", headline="Changed", event="e1")
    alerts.put(conn, [again])
    found = alert_lists.listed(conn, since, EVERYWHERE, Wanted(100)).items
    assert found[-1].alert == again


@pytest.mark.parametrize("cursor", ["x", "!!!", "bnVsbA", "WzEsMl0", "WyJhIiwiYiIsImMiXQ"])
def test_a_cursor_of_elsewhere_is_told(conn: Connection, cursor: str) -> None:
    with pytest.raises(UsageError, match="not one that this list gave"):
        alert_lists.listed(conn, AlertChoice(), EVERYWHERE, Wanted(1, cursor))


@pytest.mark.parametrize("limit", [0, -1, 1_001])
def test_a_page_has_its_bounds(limit: int) -> None:
    with pytest.raises(UsageError, match="limit"):
        Wanted(limit)


@pytest.mark.parametrize(
    ("choice", "keys"),
    [
        (AlertChoice(kinds=("riot",)), {"e1/a", "e1/b"}),
        (AlertChoice(kinds=("flood",)), set()),
        (AlertChoice(country="ZM"), {"e1/a", "e1/b"}),
        (AlertChoice(country="PE"), {"e2/c"}),
        (AlertChoice(site="s2"), {"e2/c"}),
        (AlertChoice(states=("open",), routes=("II",)), {"e1/a", "e1/b", "e2/c"}),
        (AlertChoice(states=("closed",)), set()),
        (AlertChoice(severity=4), {"e2/c"}),
    ],
)
def test_choices(conn: Connection, choice: AlertChoice, keys: set[str]) -> None:
    from farwatch.model.kinds import Kind

    sites.add(conn, [Site("s1", "One", -12.8, 28.2, "ZM"), Site("s2", "Two", -12, -77, "PE")])
    quake = event("e2", kind=Kind.EARTHQUAKE, severity=4, place=place(-12, -77, "PE"))
    events.put(conn, [event("e1"), quake])
    alerts.put(
        conn,
        [alert("e1/a"), alert("e1/b"), alert("e2/c", event="e2", sites=("s2",))],
    )
    found = alert_lists.listed(conn, choice, EVERYWHERE, Wanted(10)).items
    assert {row.alert.key for row in found} == keys


def test_rows_from_before_this_version_are_listed_too(conn: Connection) -> None:
    filled(conn, 2)
    conn.execute(sa.text("UPDATE alerts SET updated = NULL"))
    assert len(alert_lists.listed(conn, AlertChoice(), EVERYWHERE, Wanted(10)).items) == 2
