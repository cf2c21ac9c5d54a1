"""The search index on both databases."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from store_nouns import T0, after, event, place, report

from farwatch.model.account import Scope
from farwatch.model.kinds import Kind
from farwatch.store import event_lists, events, report_lists, reports, schema, search, search_queue
from farwatch.store.event_lists import EventChoice
from farwatch.store.keyset import Wanted
from farwatch.store.report_lists import ReportChoice
from farwatch.store.search import Entry, Sought, facet

WORDS = {
    "e1": "flood lusaka river",
    "e2": "floods 内罗 罗毕 洪水 नदी",
    "e3": "riot lusaka police",
    "e4": "riot kaya",
}
ALL = Scope()


@pytest.fixture
def filled(conn: Connection) -> Connection:
    kinds = {"e1": Kind.FLOOD, "e2": Kind.FLOOD, "e3": Kind.RIOT, "e4": Kind.RIOT}
    countries = {"e1": "ZM", "e2": "KE", "e3": "ZM", "e4": "BF"}
    events.put(conn, [
        event(name, kind=kinds[name], place=place(0, 0, countries[name])) for name in WORDS
    ])  # fmt: skip
    search.put(conn, schema.search_events, [
        Entry(name, after(n), frozenset(text.split()),
              frozenset({facet("k", kinds[name].value), facet("c", countries[name])}))
        for n, (name, text) in enumerate(WORDS.items())
    ])  # fmt: skip
    return conn


def found(conn: Connection, scope: Scope = ALL, **asked: object) -> list[str]:
    choice = EventChoice(**asked)  # type: ignore[arg-type]
    page = event_lists.listed(conn, choice, scope, Wanted())
    assert event_lists.total(conn, choice, scope) == len(page.items)
    return [item.event.id for item in page.items]


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (("flood",), ["e2", "e1"]),  # any ending
        (("lusaka", "riot"), ["e3"]),
        (("洪水",), ["e2"]),
        (("नदी",), ["e2"]),
        (("riv",), []),  # three letters are a whole word
        (("nowhere",), []),
        (("riot", ""), []),
        ((), ["e4", "e3", "e2", "e1"]),
    ],
)
def test_words_are_found_latest_first(filled: Connection, words: tuple, ids: list[str]) -> None:
    assert found(filled, words=words) == ids


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ({"kinds": ("riot",)}, ["e4", "e3"]),
        ({"kinds": ("riot", "flood"), "countries": ("ZM",)}, ["e3", "e1"]),
        ({"since": after(1), "until": after(3)}, ["e3", "e2"]),
        ({"words": ("lusaka",), "since": after(1)}, ["e3"]),
    ],
)
def test_facets_and_times(filled: Connection, asked: dict, ids: list[str]) -> None:
    assert found(filled, **asked) == ids


def test_a_scope_bounds_lists_and_counts(filled: Connection) -> None:
    assert found(filled, Scope(countries=("ZM",))) == ["e3", "e1"]
    assert found(filled, Scope(programmes=("mine",))) == []
    assert found(filled, Scope(countries=("ZM",)), words=("kaya",)) == []


def test_pages_follow_one_another(filled: Connection) -> None:
    seen, cursor = [], None
    while True:
        page = event_lists.listed(filled, EventChoice(), ALL, Wanted(1, cursor))
        seen += [item.event.id for item in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == ["e4", "e3", "e2", "e1"]


def test_with_words_pages_follow_one_another(filled: Connection) -> None:
    first = event_lists.listed(filled, EventChoice(words=("flood",)), ALL, Wanted(1))
    rest = event_lists.listed(filled, EventChoice(words=("flood",)), ALL, Wanted(1, first.next))
    assert [one.event.id for one in (*first.items, *rest.items)] == ["e2", "e1"]
    assert rest.next is None


def test_what_changed_since_comes_in_the_order_of_change(filled: Connection) -> None:
    since = datetime.fromisoformat("2001-01-01T00:00:00+00:00")
    assert set(found(filled, updated_since=since)) == set(WORDS)
    assert found(filled, updated_since=since, words=("kaya",)) == ["e4"]


def test_a_row_is_replaced_and_dropped_with_its_event(filled: Connection) -> None:
    search.put(filled, schema.search_events, [Entry("e1", T0, frozenset({"drought"}), frozenset())])
    assert found(filled, words=("flood",)) == ["e2"]
    assert found(filled, words=("drought",)) == ["e1"]
    filled.execute(sa.delete(schema.events).where(schema.events.c.id == "e1"))
    assert found(filled, words=("drought",)) == []
    search.tidy(filled)
    assert found(filled, words=("riot",)) == ["e4", "e3"]


def test_two_rows_of_one_number_both_stand(conn: Connection) -> None:
    events.put(conn, [event("a"), event("b")])
    number = search.place_in_time(T0, "a")
    search.put(conn, schema.search_events, [Entry("a", T0, frozenset({"x1"}), frozenset())])
    conn.execute(sa.update(schema.search_events).values(event="b"))
    search.put(conn, schema.search_events, [Entry("a", T0, frozenset({"x1"}), frozenset())])
    ids = list(conn.execute(sa.select(schema.search_events.c.id)).scalars())
    assert sorted(ids) == [number, number + 1]


def test_numbers_are_in_the_order_of_time() -> None:
    times = ["0001-01-01", "1900-01-01", "2026-01-01", "2199-01-01", "9999-12-31"]
    numbers = [
        search.place_in_time(datetime.fromisoformat(f"{day}T00:00:00+00:00")) for day in times
    ]
    assert numbers == sorted(numbers)
    assert numbers[0] >= 0 and numbers[-1] < 2**63


def test_writing_marks_what_is_to_be_indexed(conn: Connection) -> None:
    reports.accept(conn, [report("k")], batch="b")
    events.put(conn, [event("e")])
    assert search_queue.waiting(conn) == 2
    assert search_queue.following(conn, 10) == ("report", ["wire\tk"])
    search_queue.done(conn, "report", ["wire\tk"])
    assert search_queue.following(conn, 10) == ("event", ["e"])
    search_queue.mark_all(conn)
    assert search_queue.waiting(conn) == 2


def test_reports_are_listed_by_their_statements(conn: Connection) -> None:
    reports.accept(conn, [report("k", "one"), report("l", "two", 5)], batch="b")
    search.put(conn, schema.search_reports, [
        Entry("wire\tk", T0, frozenset({"one"}), frozenset({facet("f", "wire")})),
        Entry("wire\tl", after(5), frozenset({"two"}), frozenset({facet("f", "wire")})),
    ])  # fmt: skip
    page = report_lists.listed(conn, ReportChoice(sources=("wire",)), ALL, Wanted())
    assert [item.report.key for item in page.items] == ["l", "k"]
    assert report_lists.total(conn, ReportChoice(words=("one",)), ALL) == 1
    assert search.words_of(conn, ["wire\tk", "wire\tl"]) == {"wire\tk": {"one"}, "wire\tl": {"two"}}
    assert not report_lists.sees(conn, "wire", "k", Scope(countries=("ZM",)))


def test_sought_words_are_one_token_each() -> None:
    asked = Sought(("x'; drop", 'a"b'), ((facet("k", "a b"),),))
    assert search._fts5(asked).count('"') == 6
    assert search._tsquery(asked).count("'") == 6
