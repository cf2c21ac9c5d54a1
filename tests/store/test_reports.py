"""Accepting reports: once, with versions, with the cursor; withdrawals and the inbox."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Connection
from store_nouns import T0, after, report

from farwatch.errors import InputError, NotFound, UnreadableReport
from farwatch.model.kinds import Kind
from farwatch.model.report import Facts, Figure, Report
from farwatch.store import inbox, rejects, reports, withdrawals
from farwatch.store.database import Database


def take(conn: Connection, *given: Report) -> tuple[int, int, int, int]:
    """How many of the reports were new, versions, unchanged, late."""
    done = reports.accept(conn, given, batch="b")
    return len(done.new), len(done.versions), done.unchanged, done.late


def standing(conn: Connection, key: str) -> str:
    return reports.current(conn, "wire", [key])[key].title


def test_a_report_comes_back_whole(conn: Connection) -> None:
    whole = Report(
        "wire",
        "k",
        T0,
        bytes(range(256)),
        published=after(-5),
        expires=after(60),
        title="lone \ud800 half",
        text="nul \0 and 漢字",
        facts=Facts(kind=Kind.FLOOD, measures={"magnitude": 6.5, "alert": "red"}),
        figure=Figure("X.Y", "ET", T0, 1.5, "%"),
    )
    assert take(conn, whole) == (1, 0, 0, 0)
    assert reports.get(conn, whole.id) == whole
    assert inbox.pending(conn)[0].report == whole


def test_the_same_report_again_is_unchanged(conn: Connection) -> None:
    both = [report("a"), report("b")]
    assert take(conn, *both, both[0]) == (2, 0, 1, 0)
    assert take(conn, *both) == (0, 0, 2, 0)
    assert take(conn, report("a", minutes=90)) == (0, 0, 1, 0)
    assert len(inbox.pending(conn)) == 2


@pytest.mark.parametrize(
    ("first", "second", "counted", "stands"),
    [
        pytest.param((0, None), (1, None), (0, 1, 0, 0), "two", id="later received"),
        pytest.param((1, None), (0, None), (0, 0, 0, 1), "one", id="earlier received"),
        pytest.param((0, 5), (1, 4), (0, 0, 0, 1), "one", id="received later, published earlier"),
        pytest.param((1, 4), (0, 5), (0, 1, 0, 0), "two", id="received earlier, published later"),
        pytest.param((0, 5), (0, 5), (0, 1, 0, 0), "two", id="same times: the one that came last"),
        pytest.param((0, None), (1, 5), (0, 1, 0, 0), "two", id="a published only on one"),
    ],
)
def test_the_newer_of_two_versions_stands(
    conn: Connection,
    first: tuple[int, int | None],
    second: tuple[int, int | None],
    counted: tuple[int, int, int, int],
    stands: str,
) -> None:
    def version(content: str, times: tuple[int, int | None]) -> Report:
        received, published = times
        when = None if published is None else after(published)
        return report("k", content, received, published=when)

    assert take(conn, version("one", first)) == (1, 0, 0, 0)
    assert take(conn, version("two", second)) == counted
    assert standing(conn, "k") == stands
    assert {item.title for item in reports.history(conn, "wire", "k")} == {"one", "two"}


def test_two_versions_in_one_batch(conn: Connection) -> None:
    assert take(conn, report("k", "one"), report("k", "two", 1)) == (1, 1, 0, 0)
    assert standing(conn, "k") == "two"
    assert [entry.action for entry in inbox.pending(conn)] == ["new", "version"]


def test_a_return_to_earlier_content_needs_a_later_date(conn: Connection) -> None:
    take(conn, report("k", "one", 0, published=after(0)))
    take(conn, report("k", "two", 1, published=after(1)))
    assert take(conn, report("k", "one", 2, published=after(0))) == (0, 0, 1, 0)
    assert standing(conn, "k") == "two"
    assert take(conn, report("k", "one", 3, published=after(3))) == (0, 1, 0, 0)
    assert standing(conn, "k") == "one"
    for again in (("one", 0), ("two", 1), ("one", 3)):
        assert take(conn, report("k", again[0], 9, published=after(again[1]))) == (0, 0, 1, 0)


def test_late_versions_are_kept_but_never_understood(conn: Connection) -> None:
    take(conn, report("k", "one", 5), report("k", "zero", 0))
    assert [entry.report.title for entry in inbox.pending(conn)] == ["one"]
    assert [item.title for item in reports.history(conn, "wire", "k")] == ["zero", "one"]


def test_statements_of_two_sources_are_two(conn: Connection) -> None:
    other = Report("agency", "k", T0, b"a")
    assert take(conn, report("k"), other) == (2, 0, 0, 0)
    assert reports.current(conn, "agency", ["k"]) == {"k": other}


def test_more_reports_than_one_query_holds(conn: Connection) -> None:
    many = [report(f"k{number}") for number in range(2_500)]
    assert take(conn, *many) == (2_500, 0, 0, 0)
    assert take(conn, *many) == (0, 0, 2_500, 0)
    assert len(reports.get_many(conn, [item.id for item in many])) == 2_500


def test_a_nul_in_a_key_is_refused(conn: Connection) -> None:
    with pytest.raises(InputError, match="NUL"):
        take(conn, report("k\0"))


def test_an_unknown_report_is_named(conn: Connection) -> None:
    with pytest.raises(NotFound, match="'r00'"):
        reports.get(conn, "r00")
    assert reports.history(conn, "wire", "none") == []


def test_the_inbox_is_read_in_order_and_marked(conn: Connection) -> None:
    take(conn, *(report(f"k{number}", minutes=number) for number in range(5)))
    first = inbox.pending(conn, 2)
    assert [entry.report.key for entry in first] == ["k0", "k1"]
    assert first[1].at == after(1)
    inbox.mark_done(conn, first[-1].id)
    assert [entry.report.key for entry in inbox.pending(conn, 2)] == ["k2", "k3"]
    assert inbox.waiting(conn) == 3
    inbox.mark_done(conn, first[0].id)  # a mark never goes back
    assert inbox.waiting(conn) == 3


def test_a_cursor_is_kept(conn: Connection) -> None:
    assert reports.cursor(conn, "wire") == {}
    reports.set_cursor(conn, "wire", {"etag": "1"})
    reports.set_cursor(conn, "wire", {"etag": "2", "seen": [1, 2]})
    assert reports.cursor(conn, "wire") == {"etag": "2", "seen": [1, 2]}


def test_withdrawal_and_reinstatement_pass_through_the_inbox(conn: Connection) -> None:
    take(conn, report("a"), report("b"))
    assert withdrawals.withdraw(conn, "wire", ["b", "a", "x"], after(5), "gone") == ["b", "a"]
    assert withdrawals.withdraw(conn, "wire", ["a"], after(6), "gone") == []
    assert withdrawals.withdrawn(conn, "wire", ["a", "b", "x"])["a"].reason == "gone"
    assert withdrawals.reinstate(conn, "wire", ["a"], after(7), "back") == ["a"]
    assert list(withdrawals.withdrawn(conn, "wire", ["a", "b"])) == ["b"]
    last = inbox.pending(conn)[2:]
    assert [(entry.action, entry.report.key, entry.reason) for entry in last] == [
        ("withdrawn", "b", "gone"),
        ("withdrawn", "a", "gone"),
        ("reinstated", "a", "back"),
    ]
    assert last[2].at == after(7)


def test_the_same_snapshots_again_withdraw_nothing(conn: Connection) -> None:
    take(conn, report("a"))
    withdrawals.withdraw(conn, "wire", ["a"], after(5), "gone")
    withdrawals.reinstate(conn, "wire", ["a"], after(7), "back")
    assert withdrawals.withdraw(conn, "wire", ["a"], after(5), "gone") == []
    assert withdrawals.reinstate(conn, "wire", ["a"], after(7), "back") == []
    assert inbox.waiting(conn) == 3


def test_a_newer_version_ends_a_withdrawal(conn: Connection) -> None:
    take(conn, report("a"))
    withdrawals.withdraw(conn, "wire", ["a"], after(5), "gone")
    take(conn, report("a", "more", 6))
    assert withdrawals.withdrawn(conn, "wire", ["a"]) == {}
    assert withdrawals.reinstate(conn, "wire", ["a"], after(6), "back") == []


def test_a_rejected_record_is_kept_once_with_its_place(conn: Connection) -> None:
    error = UnreadableReport("usgs", "is no number", field="mag", value="x\0", position="line 3")
    item = rejects.Reject.of(error, "usgs", "day.json", T0)
    assert rejects.reject(conn, [item, item]) == 1
    assert rejects.reject(conn, [item]) == 0
    assert rejects.reject(conn, []) == 0
    assert rejects.rejected(conn) == [
        rejects.Reject("usgs", "day.json", "is no number", T0, "line 3", "mag", "x\\x00")
    ]
    assert rejects.rejected(conn, "gdacs") == []
    assert rejects.counts(conn) == {"usgs": 1}


def test_a_long_rejected_value_is_cut(conn: Connection) -> None:
    error = UnreadableReport("usgs", field="mag", value="9" * 1_000_000)
    rejects.reject(conn, [rejects.Reject.of(error, "usgs", "day.json", T0)])
    value = rejects.rejected(conn)[0].value
    assert value is not None
    assert value == "9" * 1_997 + "..."


_VERSIONS = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 4)), max_size=12)
_DATES = st.lists(st.none() | st.integers(0, 3), min_size=5, max_size=5)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(_VERSIONS, _DATES)
def test_any_stream_read_twice_adds_nothing(
    database: Database, stream: list[tuple[str, int]], dates: list[int | None]
) -> None:
    def read(shift: int) -> list[Report]:
        return [
            report(
                key,
                str(content),
                position + shift,
                published=None if (date := dates[content]) is None else after(date),
            )
            for position, (key, content) in enumerate(stream)
        ]

    with database.begin() as conn:
        for table in ("inbox", "statements", "reports"):
            conn.execute(sa.text(f"DELETE FROM {table}"))
        done = reports.accept(conn, read(0), batch="b")
        assert len(done.new) == len({key for key, _ in stream})
        assert len(done.new) + len(done.versions) + done.late == len(set(stream))
        assert take(conn, *read(0)) == (0, 0, len(stream), 0)
        assert take(conn, *read(100)) == (0, 0, len(stream), 0)
