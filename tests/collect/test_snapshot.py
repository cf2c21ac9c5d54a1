from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.collect.snapshot import KEEP, Comparison, SnapshotState, compare, is_complete
from farwatch.model.codec import from_plain, to_plain

START = datetime(2026, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)


def at(hours: float) -> datetime:
    return START + hours * HOUR


def run(
    *snapshots: tuple[float, str],
    window: timedelta | None = DAY,
    incomplete: frozenset[int] = frozenset(),
) -> list[Comparison]:
    """Snapshots as (hour, keys); every item's own time is the start, unless its letter is upper."""
    state, out = SnapshotState(), []
    for index, (hour, keys) in enumerate(snapshots):
        present = {key: None if key.isupper() else START for key in keys}
        result = compare(state, present, at(hour), window, complete=index not in incomplete)
        state = result.state
        out.append(result)
    return out


def test_one_absence_withdraws_nothing() -> None:
    assert [r.withdrawn for r in run((1, "ab"), (2, "a"), (3, "ab"))] == [(), (), ()]


def test_two_consecutive_absences_withdraw_once() -> None:
    results = run((1, "ab"), (2, "a"), (3, "a"), (4, "a"))
    assert [r.withdrawn for r in results] == [(), (), ("b",), ()]
    assert all(r.reinstated == r.expired == () for r in results)


def test_an_appearance_between_breaks_the_run() -> None:
    results = run((1, "ab"), (2, "a"), (3, "ab"), (4, "a"))
    assert [r.withdrawn for r in results] == [(), (), (), ()]


def test_reappearing_reinstates_once_and_may_be_withdrawn_again() -> None:
    results = run((1, "ab"), (2, "a"), (3, "a"), (4, "ab"), (5, "ab"), (6, "a"), (7, "a"))
    assert [r.reinstated for r in results] == [(), (), (), ("b",), (), (), ()]
    assert [r.withdrawn for r in results] == [(), (), ("b",), (), (), (), ("b",)]


def test_ageing_out_of_the_window_merely_expires() -> None:
    results = run((1, "ab"), (23, "ab"), (24, "a"), (25, "a"))
    assert [r.withdrawn for r in results] == [()] * 4
    assert [r.expired for r in results] == [(), (), ("b",), ()]


def test_inside_at_the_first_absence_and_outside_at_the_second_is_expiry() -> None:
    results = run((1, "ab"), (23.5, "a"), (24.5, "a"))
    assert [(r.withdrawn, r.expired) for r in results] == [((), ()), ((), ()), ((), ("b",))]


def test_absence_from_an_incomplete_snapshot_does_not_count() -> None:
    results = run((1, "ab"), (2, "a"), (3, ""), (4, "a"), incomplete=frozenset({2}))
    assert [r.withdrawn for r in results] == [(), (), (), ("b",)]


def test_presence_in_an_incomplete_snapshot_counts() -> None:
    results = run((1, "ab"), (2, "a"), (3, "b"), (4, "a"), incomplete=frozenset({2}))
    assert [r.withdrawn for r in results] == [(), (), (), ()]


def test_a_feed_without_a_window_withdraws_nothing_by_absence() -> None:
    results = run((1, "ab"), (2, "a"), (3, "a"), (4 + KEEP / HOUR, "a"), window=None)
    assert [r.withdrawn for r in results] == [()] * 4
    assert results[-1].expired == ("b",)


def test_an_item_without_a_time_is_never_withdrawn_by_absence() -> None:
    results = run((1, "aB"), (2, "a"), (3, "a"), (26, "c"))
    assert [r.withdrawn for r in results] == [()] * 4
    assert results[-1].expired == ("B", "a")


def test_a_repeated_or_late_snapshot_proves_no_absence_and_no_return() -> None:
    results = run((1, "ab"), (3, "a"), (3, "a"), (2, "a"), (4, "a"), (3.5, "abc"))
    assert [r.withdrawn for r in results] == [(), (), (), (), ("b",), ()]
    assert all(r.reinstated == () for r in results)
    assert results[-1].state.at == at(4)
    assert results[-1].state.statements["b"].withdrawn
    assert results[-1].state.statements["c"].seen == at(3.5)


def test_deletion_withdraws_at_once_whatever_the_window() -> None:
    state = compare(SnapshotState(), {"a": START, "b": START}, at(1), None, complete=True).state
    result = compare(state, {"b": START}, at(2), None, complete=False, deleted={"b", "z"})
    assert result.withdrawn == ("b", "z")
    again = compare(result.state, {}, at(3), None, complete=True, deleted={"b"})
    assert again.withdrawn == ()
    back = compare(again.state, {"b": START}, at(4), None, complete=True)
    assert back.reinstated == ("b",)


def test_a_late_deletion_does_not_undo_a_newer_presence() -> None:
    state = compare(SnapshotState(), {"a": START}, at(5), DAY, complete=True).state
    assert compare(state, {}, at(4), DAY, complete=True, deleted={"a"}).withdrawn == ()


def test_a_withdrawn_statement_is_remembered_for_a_while() -> None:
    result = run((1, "ab"), (2, "a"), (3, "a"))[-1]
    later = compare(result.state, {}, START + KEEP + 2 * HOUR, DAY, complete=True)
    assert "b" not in later.state.statements
    assert later.expired == ("a",)


@pytest.mark.parametrize(
    ("read", "rejected", "declared", "complete"),
    [(3, 0, None, True), (3, 0, 3, True), (0, 0, 0, False), (3, 1, 4, False), (3, 0, 4, False)],
)
def test_what_makes_a_snapshot_complete(
    read: int, rejected: int, declared: int | None, complete: bool
) -> None:
    assert is_complete(read, rejected, declared) is complete


histories = st.lists(
    st.tuples(st.integers(0, 40), st.frozensets(st.sampled_from("abcD")), st.booleans()),
    max_size=15,
)


@given(histories)
def test_withdrawn_and_reinstated_alternate_and_the_state_survives_json(
    history: list[tuple[int, frozenset[str], bool]],
) -> None:
    state, gone = SnapshotState(), set[str]()
    for hour, keys, complete in history:
        present = {key: None if key.isupper() else START for key in keys}
        result = compare(state, present, at(hour), DAY, complete=complete)
        assert gone.isdisjoint(result.withdrawn)
        assert gone.issuperset(result.reinstated)
        assert not set(result.withdrawn) & (set(keys) | set(result.expired))
        gone = (gone | set(result.withdrawn)) - set(result.reinstated)
        state = from_plain(SnapshotState, json.loads(json.dumps(to_plain(result.state))))
        assert state == result.state


def test_most_disappearances_of_the_recorded_history_are_ageing_out(shared: Path) -> None:
    state, withdrawn, reinstated, expired = SnapshotState(), 0, 0, 0
    with gzip.open(shared / "recorded/usgs/history_all_day.jsonl.gz") as lines:
        for line in lines:
            data = json.loads(line)["data"]
            present: dict[str, datetime | None] = {
                feature["properties"]["url"]: START
                + timedelta(milliseconds=feature["properties"]["time"])
                - (START - datetime(1970, 1, 1, tzinfo=UTC))
                for feature in data["features"]
            }
            generated = datetime.fromtimestamp(data["metadata"]["generated"] / 1000, tz=UTC)
            complete = is_complete(len(data["features"]), 0, data["metadata"]["count"])
            result = compare(state, present, generated, DAY, complete=complete)
            state = result.state
            withdrawn += len(result.withdrawn)
            reinstated += len(result.reinstated)
            expired += len(result.expired)
    assert 0 < reinstated < withdrawn < 250 < expired
