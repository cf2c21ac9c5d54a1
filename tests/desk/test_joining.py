from collections.abc import Iterator

import pytest
from tests.desk.chain_desk import HERALD, NOW, TIMES, hear, opened, told

from farwatch.desk import explaining, joining
from farwatch.desk.deciding import Person
from farwatch.desk.opening import Desk
from farwatch.desk.telling import tell
from farwatch.desk.understanding import remerge
from farwatch.errors import ExerciseError, NotFound, UsageError
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.store import audit, events

ANN = Person("Ann", NOW)
FAR = Place("Kabwe", Precision.CITY, Geometry(-14.45, 28.45, 1.0), "ZM", "ZM.02")
ELSEWHERE = told(
    "times", "t2", "Market fire after blast in Kabwe", 30, place=FAR, kind=Kind.EXPLOSION
)


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    with opened(tmp_path) as found:
        yield found


def ids(desk: Desk) -> dict[str, frozenset[str]]:
    with desk.database.read() as conn:
        found = events.chosen(conn, events.Which())
    return {event.id: frozenset(name.partition("\t")[2] for name in event.statements)
            for event in found}  # fmt: skip


def heard(desk: Desk, *said) -> list[str]:
    with desk.database.begin() as conn:
        hear(desk, conn, *said)
    return [name for name, _ in sorted(ids(desk).items(), key=lambda item: -len(item[1]))]


def again(desk: Desk) -> None:
    with desk.database.begin() as conn:
        remerge(desk, conn, ["herald\th1", "times\tt1", "times\tt2"], NOW)


def test_two_events_are_joined_for_ever(desk):
    one, other = heard(desk, HERALD, TIMES, ELSEWHERE)
    outcome = joining.join(desk, (one[:9], other), ANN, "same convoy")
    assert set(ids(desk).values()) == {frozenset({"h1", "t1", "t2"})}
    again(desk)
    assert len(ids(desk)) == 1
    with desk.database.read() as conn:
        assert events.get(conn, other).id == one
        (entry,) = audit.entries(conn, one)
        text = "\n".join(tell(explaining.explain(desk, conn, other)))
    assert entry.decision.kind == "join"
    assert entry.decision.details["reason"] == "same convoy"
    assert "same by Ann" in text
    assert "same convoy" in text
    assert {judgement.by for judgement in outcome.judgements} == {"Ann"}
    with pytest.raises(UsageError, match="one event already"):
        joining.join(desk, (one, other), ANN, "again")


def test_a_report_is_parted_for_ever_and_its_event_alerts_anew(desk):
    (one,) = heard(desk, HERALD, TIMES)
    outcome = joining.part(desk, one, "times t1", ANN, "another tank")
    assert set(ids(desk).values()) == {frozenset({"h1"}), frozenset({"t1"})}
    again(desk)
    assert len(ids(desk)) == 2
    assert len(outcome.changed) == 2
    assert [alert.event for alert in outcome.alerts if alert.event != one]
    with desk.database.read() as conn:
        text = "\n".join(tell(explaining.explain(desk, conn, one)))
    assert "parted by persons" in text
    assert "[1] and times t1: different by Ann" in text


def test_a_later_join_outweighs_an_earlier_parting_by_another(desk):
    (one,) = heard(desk, HERALD, TIMES)
    joining.part(desk, one, "t1", ANN, "another tank")
    first, second = ids(desk)
    later = Person("Bob", NOW.replace(hour=13))
    joining.join(desk, (first, second), later, "the medics confirmed it")
    assert len(ids(desk)) == 1
    with desk.database.read() as conn:
        assert audit.verify(conn) == 2


def test_a_join_of_many_reaches_every_report(desk):
    more = [told("herald", f"k{n}", f"Kabwe market blast report number {n}", 30 + n, place=FAR)
            for n in range(4)]  # fmt: skip
    one, other = heard(desk, HERALD, TIMES, *more)[:2]
    joining.join(desk, (one, other), ANN, "one campaign")
    assert max(map(len, ids(desk).values())) >= 6


@pytest.mark.parametrize("name", ["herald\th1", "herald h1", "herald:h1", "h1", "h", "herald"])
def test_a_report_is_named_in_any_of_its_forms(desk, name):
    (one,) = heard(desk, HERALD, TIMES)
    with desk.database.read() as conn:
        event = events.get(conn, one)
        assert joining.statement_of(conn, event, name) == "herald\th1"
        assert joining.statement_of(conn, event, HERALD.report.id) == "herald\th1"
        assert joining.statement_of(conn, event, HERALD.report.id[:7]) == "herald\th1"


def test_what_cannot_be_parted_or_joined_is_named(desk):
    one, other = heard(desk, HERALD, TIMES, ELSEWHERE)
    with pytest.raises(NotFound, match="has no report 'x9'"):
        joining.part(desk, one, "x9", ANN, "why")
    with pytest.raises(NotFound, match="has no report ''"):
        joining.part(desk, one, "", ANN, "why")
    with pytest.raises(UsageError, match="alone"):
        joining.part(desk, other, "t2", ANN, "why")
    with pytest.raises(UsageError, match="--reason"):
        joining.part(desk, one, "t1", ANN, "  ")
    with pytest.raises(NotFound, match="no event 'e-none'"):
        joining.join(desk, (one, "e-none"), ANN, "why")
    assert len(ids(desk)) == 2


def test_exercise_and_real_are_never_joined(desk):
    from dataclasses import replace

    one, other = heard(desk, HERALD, TIMES, ELSEWHERE)
    with desk.database.begin() as conn:
        events.put(conn, [replace(events.get(conn, other), exercise=True)])
    with pytest.raises(ExerciseError, match=other):
        joining.join(desk, (one, other), ANN, "why")
