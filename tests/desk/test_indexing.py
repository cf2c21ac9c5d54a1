"""The index follows what the desk hears: nobody is found by name, what happened is."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.desk.chain_desk import HERALD, NOW, TIMES, hear, opened, told

from farwatch.desk import indexing
from farwatch.desk.opening import Desk
from farwatch.model.account import Scope
from farwatch.store import event_lists, report_lists, reports, search_queue
from farwatch.store.event_lists import EventChoice
from farwatch.store.keyset import Wanted
from farwatch.store.report_lists import ReportChoice

ALL = Scope()
NAMED = told("times", "t9", "Police hold Tobias Wrenfield and 张伟明 after riot in Kabwe", 40)


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    with opened(tmp_path) as found:
        with found.database.begin() as conn:
            said = [HERALD.report, TIMES.report, NAMED.report]
            reports.accept(conn, said, batch="b")
            hear(found, conn, HERALD, TIMES, NAMED)
        indexing.finish(found)
        yield found


def asked(desk: Desk, text: str) -> tuple[int, int]:
    """How many events and reports are found."""
    words = tuple(indexing.searcher(desk.gazetteer).asked(text))
    with desk.database.read() as conn:
        return (
            len(event_lists.listed(conn, EventChoice(words=words), ALL, Wanted()).items),
            len(report_lists.listed(conn, ReportChoice(words=words), ALL, Wanted()).items),
        )


@pytest.mark.parametrize("name", ["Tobias Wrenfield", "wrenfield", "tobias wren", "张伟明", "伟明"])
def test_nobody_is_found_by_name(desk: Desk, name: str) -> None:
    assert asked(desk, name) == (0, 0)


def test_the_report_beside_the_name_is_found(desk: Desk) -> None:
    events, said = asked(desk, "riot Kabwe police")
    assert (events, said) == (1, 1)


def test_nothing_waits_and_a_rebuild_finds_the_same(desk: Desk) -> None:
    before = asked(desk, "riot Kabwe")
    steps = []
    assert indexing.rebuild(desk, lambda done, of: steps.append((done, of))) >= 4
    assert steps and steps[-1][0] <= steps[-1][1]
    with desk.database.read() as conn:
        assert search_queue.waiting(conn) == 0
    assert asked(desk, "riot Kabwe") == before


def test_an_edited_report_is_found_by_its_new_words_alone(desk: Desk) -> None:
    newer = replace(NAMED.report, raw=b"2", title="Flood in Kabwe", published=NOW, received=NOW)
    with desk.database.begin() as conn:
        reports.accept(conn, [newer], batch="c")
        indexing.catch_up(desk, conn)
    assert asked(desk, "flood kabwe")[1] == 1
    assert asked(desk, "police kabwe")[1] == 0
