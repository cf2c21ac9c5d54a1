from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.desk.chain_desk import HERALD, KITWE, NOW, TIMES, hear, opened, standing

from farwatch.desk import deciding
from farwatch.desk.deciding import Person
from farwatch.desk.opening import Desk
from farwatch.desk.protecting import in_care, protect
from farwatch.errors import ExerciseError, NotFound, UsageError
from farwatch.model.cap import check
from farwatch.model.event import State
from farwatch.model.grade import Grade
from farwatch.model.protect import AlertState, Disposition
from farwatch.store import alerts, audit, events, outbox

ANN = Person("Ann", NOW)


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    with opened(tmp_path, webhook_url="https://hook.example/") as found:
        yield found


@pytest.fixture
def alert(desk):
    with desk.database.begin() as conn:
        _, (found,) = hear(desk, conn, HERALD, TIMES)
    return found


def decisions(desk: Desk) -> list[tuple[str, str, str]]:
    with desk.database.read() as conn:
        audit.verify(conn)
        found = [entry.decision for entry in audit.entries(conn)]
    return [(one.kind, one.by, one.subject) for one in found]


def test_an_open_alert_is_acknowledged_once(desk, alert):
    assert deciding.acknowledge(desk, alert.id, ANN).state is AlertState.ACKNOWLEDGED
    with pytest.raises(UsageError, match=f"{alert.id} is acknowledged"):
        deciding.acknowledge(desk, alert.key, Person("Bob", NOW))
    assert decisions(desk) == [("acknowledge", "Ann", alert.key)]
    with pytest.raises(NotFound, match="no alert 'a-none'"):
        deciding.acknowledge(desk, "a-none", ANN)


def test_a_release_tells_the_sites_and_stays(desk, alert):
    done = deciding.release(desk, alert.id, ANN)
    assert [one.recipient for one in done.sent] == [f"site:{KITWE.id}"]
    with desk.database.begin() as conn:
        told = standing(conn)
        assert all(one.released for one in told.values())
        queued = {(m.recipient, m.channel) for m in outbox.undelivered(conn)}
        assert queued == {
            ("desk", "terminal"), ("desk", "webhook"),
            (f"site:{KITWE.id}", "terminal"), (f"site:{KITWE.id}", "webhook"),
        }  # fmt: skip
        assert done.queued == 3  # the desk's terminal message stood there already
        worse = replace(events.get(conn, alert.event), version=2, severity=5)
        events.put(conn, [worse])
        sent = protect(desk, conn, in_care(conn), [worse], NOW + timedelta(minutes=5))
        assert {one.recipient for one in sent} == {"desk", f"site:{KITWE.id}"}
        assert all(one.released for one in sent)
    with pytest.raises(UsageError, match="released already"):
        deciding.release(desk, alert.key, ANN)
    assert decisions(desk) == [("release", "Ann", alert.key)]


def change(desk: Desk, alert, **more) -> None:
    with desk.database.begin() as conn:
        events.put(conn, [replace(events.get(conn, alert.event), **more)])


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"grade": Grade("B", 4)}, "credibility 4 never leaves the desk"),
        ({"origins": ("herald.example",)}, "a single unofficial origin never leaves"),
        ({"restricted": True}, "restricted"),
        ({"state": State.ENDED}, "does not stand"),
    ],
)
def test_what_never_leaves_the_desk_is_not_released(desk, alert, more, why):
    change(desk, alert, **more)
    with pytest.raises(UsageError, match=why):
        deciding.release(desk, alert.id, ANN)
    with desk.database.read() as conn:
        assert not any(one.released for one in alerts.every(conn))
    assert decisions(desk) == []


def test_an_alert_that_ended_is_not_released(desk, alert):
    with pytest.raises(UsageError, match="does not stand"):
        deciding.release(desk, alert.id, Person("Ann", alert.ends))


def test_an_exercise_s_alert_is_not_released_on_a_real_desk(desk, alert):
    with desk.database.begin() as conn:
        alerts.put(conn, [replace(alert, exercise=True)])
    with pytest.raises(ExerciseError, match=alert.id):
        deciding.release(desk, alert.id, ANN)


def test_a_disposition_closes_and_a_later_one_replaces_it(desk, alert):
    closed = deciding.dispose(desk, alert.id, deciding.disposition_of("not-relevant"), ANN)
    assert (closed.state, closed.disposition) == (AlertState.CLOSED, Disposition.NOT_RELEVANT)
    word = deciding.disposition_of("Significant impact")
    assert deciding.dispose(desk, alert.key, word, ANN).disposition is Disposition.SIGNIFICANT
    with desk.database.read() as conn:
        last = audit.entries(conn, alert.key)[-1].decision.details
    assert (last["disposition"], last["before"]) == ("significant impact", "not relevant")
    with pytest.raises(UsageError, match="'perhaps' is none of: none, some impact"):
        deciding.disposition_of("perhaps")


def test_an_alert_and_its_earlier_revision_are_exported_as_cap(desk, alert):
    with desk.database.begin() as conn:
        worse = replace(events.get(conn, alert.event), version=2, severity=5)
        events.put(conn, [worse])
        (update,) = protect(desk, conn, in_care(conn), [worse], NOW + timedelta(minutes=5))
        latest = deciding.cap(desk, conn, alert.key)
        first = deciding.cap(desk, conn, alert.id)
        assert deciding.cap(desk, conn, update.id) == latest
    assert check(latest) == check(first) == []
    assert b"<msgType>Update</msgType>" in latest
    assert b"<references>farwatch.our-organisation," in latest
    assert b"<msgType>Alert</msgType>" in first
    assert b"Site Kitwe plant" in first


def test_cap_that_cannot_be_written_is_an_error_with_the_alert(desk, alert):
    with desk.database.begin() as conn:
        lost = replace(alert, key="lost/desk", id="a-lost", revision=2, message="Update")
        alerts.put(conn, [lost])
        with pytest.raises(UsageError, match="a-lost cannot be written as CAP"):
            deciding.cap(desk, conn, "a-lost")


@pytest.mark.parametrize("name", ["", "  ", "model", "Desk", "a\nb", "x" * 101])
def test_only_persons_decide(name):
    with pytest.raises(UsageError, match="--by"):
        Person(name, NOW)


@pytest.mark.parametrize(
    ("organisation", "name"),
    [("Médecins & Co, Ltd", "farwatch.medecins-co-ltd"), ("<>", "farwatch.desk")],
)
def test_the_sender_holds_nothing_that_cap_forbids(organisation, name):
    assert deciding.sender(organisation) == name


def test_alerts_are_listed_by_state_and_site(desk, alert):
    deciding.dispose(desk, alert.id, Disposition.NONE, ANN)
    with desk.database.read() as conn:
        assert deciding.listed(conn, active=True) == []
        assert len(deciding.listed(conn, site=KITWE.id)) == 1
        assert deciding.listed(conn, site="elsewhere") == []
