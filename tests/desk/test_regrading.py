"""A person's grade outweighs the model's, is remembered, and can be taken back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.desk.chain_desk import HERALD, NOW, TIMES, hear, opened, told
from tests.desk.test_joining import ELSEWHERE

from farwatch.desk import joining, regrading, undoing
from farwatch.desk.deciding import Person
from farwatch.desk.opening import Desk
from farwatch.desk.understanding import remerge
from farwatch.errors import NotFound, UsageError
from farwatch.model.event import Event
from farwatch.store import audit, events

ANN, BO = Person("Ann", NOW), Person("Bo", NOW + timedelta(minutes=5))
NEWER = told(
    "times", "t1", "Seven hurt as tank explodes near the smelter, say medics", 25, severity=4
)


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    with opened(tmp_path) as found:
        with found.database.begin() as conn:
            hear(found, conn, HERALD, TIMES, ELSEWHERE)
        yield found


def standing(desk: Desk, key: str) -> Event:
    with desk.database.read() as conn:
        (found,) = events.events_of(conn, [key])[key]
        return events.get(conn, found)


def last(desk: Desk) -> int:
    with desk.database.read() as conn:
        return audit.entries(conn)[-1].id


def test_it_outweighs_the_model_and_says_so(desk: Desk) -> None:
    before = standing(desk, "herald\th1")
    done = regrading.regrade(desk, before.id[:8], "a1", ANN, "seen by our own staff")
    assert (str(done.event.grade), done.event.version) == ("A1", before.version + 1)
    assert "Ann grades it A1" in done.event.grade.reasons[0]
    assert f"the model graded it {before.grade}" in done.event.grade.reasons
    with desk.database.read() as conn:
        (entry,) = [one for one in audit.entries(conn, before.id) if one.decision.kind == "regrade"]
    assert entry.decision.details["before"] == str(before.grade)


def test_it_is_remembered_over_versions(desk: Desk) -> None:
    regrading.regrade(desk, standing(desk, "herald\th1").id, "D5", ANN, "a known prank")
    with desk.database.begin() as conn:
        hear(desk, conn, NEWER)
    event = standing(desk, "herald\th1")
    assert (event.version, event.severity, str(event.grade)) == (3, 4, "D5")


def test_reading_it_again_makes_no_version(desk: Desk) -> None:
    done = regrading.regrade(desk, standing(desk, "herald\th1").id, "D5", ANN, "prank")
    with desk.database.begin() as conn:
        assert remerge(desk, conn, done.event.statements, NOW) == []


def test_it_goes_along_when_events_are_joined_and_comes_back(desk: Desk) -> None:
    one, other = standing(desk, "herald\th1"), standing(desk, "times\tt2")
    regrading.regrade(desk, one.id, "D5", ANN, "prank")
    joining.join(desk, (one.id, other.id), BO, "same convoy")
    assert str(standing(desk, "times\tt2").grade) == "D5"
    undoing.undo(desk, last(desk), BO)
    assert str(standing(desk, "times\tt2").grade) == str(other.grade)
    assert str(standing(desk, "herald\th1").grade) == "D5"


def test_the_later_word_counts_and_undo_gives_the_earlier_back(desk: Desk) -> None:
    event = standing(desk, "herald\th1")
    regrading.regrade(desk, event.id, "D5", ANN, "prank")
    regrading.regrade(desk, event.id, "B2", BO, "confirmed by the plant")
    assert str(standing(desk, "herald\th1").grade) == "B2"
    undoing.undo(desk, last(desk), BO)
    assert str(standing(desk, "herald\th1").grade) == "D5"
    with desk.database.read() as conn:
        first = next(one for one in audit.entries(conn) if one.decision.kind == "regrade")
    undoing.undo(desk, first.id, ANN)
    assert standing(desk, "herald\th1").grade == event.grade
    with pytest.raises(UsageError, match="undone before"):
        undoing.undo(desk, first.id, ANN)


def test_a_join_is_undone(desk: Desk) -> None:
    one, other = standing(desk, "herald\th1"), standing(desk, "times\tt2")
    joining.join(desk, (one.id, other.id), ANN, "same convoy")
    done = undoing.undo(desk, last(desk), BO)
    assert {event.id for event in done.events} == {one.id, other.id}
    assert standing(desk, "times\tt2").id == other.id
    with desk.database.read() as conn:
        assert audit.verify(conn)


def test_a_parting_is_undone_to_the_join_before_it(desk: Desk) -> None:
    one, other = standing(desk, "herald\th1"), standing(desk, "times\tt2")
    joining.join(desk, (one.id, other.id), ANN, "same convoy")
    joining.part(desk, one.id, "t2", replace(ANN, at=NOW + timedelta(minutes=9)), "no, another")
    assert standing(desk, "times\tt2").id != one.id
    undoing.undo(desk, last(desk), BO)
    assert standing(desk, "times\tt2").id == one.id


@pytest.mark.parametrize("grade", ["", "B", "G2", "B7", "22", "BB2"])
def test_a_grade_that_is_none_is_refused(desk: Desk, grade: str) -> None:
    with pytest.raises(UsageError, match="is not A1 to F6"):
        regrading.regrade(desk, standing(desk, "herald\th1").id, grade, ANN, "why")


def test_what_cannot_be_done_says_so(desk: Desk) -> None:
    with pytest.raises(UsageError, match="says nothing"):
        regrading.regrade(desk, standing(desk, "herald\th1").id, "B2", ANN, " ")
    with pytest.raises(NotFound):
        regrading.regrade(desk, "enothing", "B2", ANN, "why")
    with pytest.raises(NotFound, match="no decision 4711"):
        undoing.undo(desk, 4711, ANN)
