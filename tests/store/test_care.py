"""Sites, exposures, alerts with their outbox, health and the audit chain as stored."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from store_nouns import T0, after, alert, exposure

from farwatch.errors import NotFound, StoreError
from farwatch.model.protect import AlertState, Disposition, Site
from farwatch.model.tables import SITES
from farwatch.store import alerts, audit, exposures, health, outbox, sites
from farwatch.store.audit import Decision
from farwatch.store.database import Database
from farwatch.store.health import Health, Volume
from farwatch.store.outbox import Outgoing
from farwatch.store.sites import Hand

LEASE = timedelta(minutes=1)
PLANT = Site("s1", "Plant", -12.8, 28.2, "ZM", "08", 1, 40, attributes={"fuel": "Hydro"})
OFFICE = Site("s2", "Office", -1.29, 36.82, "KE")


def test_sites_are_added_changed_and_replaced(conn: Connection) -> None:
    sites.add(conn, [PLANT, OFFICE, PLANT])
    sites.add(conn, [replace(OFFICE, tier=3)])
    assert sites.load(conn) == [PLANT, replace(OFFICE, tier=3)]
    table = sites.as_table(conn)
    assert table.schema == SITES
    assert table["tier"].to_pylist() == [1, 3]
    sites.replace(conn, [OFFICE])
    assert sites.get(conn, "s2") == OFFICE
    assert sites.retire(conn, ["s2"], Hand("amina", T0, "retired")) == 1
    assert sites.load(conn) == []
    assert sites.get(conn, "s2") == OFFICE  # what it was can still be read
    assert sites.retire(conn, ["s2", "s9"], Hand("amina", T0, "retired")) == 0
    with pytest.raises(NotFound, match="'s9'"):
        sites.get(conn, "s9")


def test_screening_again_replaces_an_events_exposures(conn: Connection) -> None:
    far, near = exposure("e1", "s1", 9.0), exposure("e1", "s2", 1.0)
    exposures.replace(conn, ["e1", "e2"], [far, near, exposure("e2", "s1", 2.0)])
    assert exposures.of_events(conn, ["e1"]) == {"e1": (near, far)}
    assert [item.event for item in exposures.of_site(conn, "s1")] == ["e2", "e1"]
    exposures.replace(conn, ["e1"], [near])
    exposures.replace(conn, ["e2"], [])
    assert exposures.of_events(conn, ["e1", "e2"]) == {"e1": (near,)}
    with pytest.raises(ValueError, match=r"\['e1'\] that were not screened"):
        exposures.replace(conn, ["e2"], [near])


def message(key: str, revision: int = 1, channel: str = "webhook") -> Outgoing:
    return Outgoing(key, "desk", channel, revision, T0, {"headline": "Riot"})


def test_an_alert_and_its_messages_are_written_once(conn: Connection) -> None:
    assert alerts.put(conn, [alert("k")], [message("k"), message("k", channel="jsonl")]) == 2
    assert alerts.put(conn, [alert("k")], [message("k")]) == 0
    assert alerts.put(conn, [alert("k", 2)], [message("k", 2)]) == 1
    assert alerts.by_keys(conn, ["k", "x"]) == {"k": alert("k", 2)}
    assert alerts.revisions(conn, "k") == [alert("k"), alert("k", 2)]
    assert alerts.get(conn, "a-k-1") == alert("k")
    assert alerts.get(conn, "k") == alerts.get(conn, "a-k-2") == alert("k", 2)
    assert len(outbox.of_alert(conn, "k")) == 3
    with pytest.raises(NotFound, match="'zz'"):
        alerts.get(conn, "zz")


def test_a_revision_keeps_the_event_version_it_was_made_from(conn: Connection) -> None:
    alerts.put(conn, [alert("k")])
    alerts.put(conn, [alert("k", event_version=5, ends=after(90))])
    assert alerts.get(conn, "k") == alert("k", ends=after(90))
    assert alerts.revisions(conn, "k") == [alert("k", ends=after(90))]
    alerts.put(conn, [alert("k", 2, event_version=6)])
    assert [one.event_version for one in alerts.revisions(conn, "k")] == [1, 6]
    assert alerts.get(conn, "k").event_version == 6


def test_alerts_by_state_and_event(conn: Connection) -> None:
    over = alert("b", event="e2", ends=after(10))
    closed = alert("c", state=AlertState.CLOSED, sent=after(1))
    alerts.put(conn, [alert("a"), over, closed])
    assert alerts.active(conn) == [alert("a"), over]
    assert alerts.active(conn, after(10)) == [alert("a")]
    assert alerts.ended(conn, after(10)) == [over]
    assert alerts.of_events(conn, ["e1"]) == [alert("a"), closed]
    assert alerts.every(conn, after(1)) == [closed]


def test_a_disposition_closes_and_is_counted(conn: Connection) -> None:
    alerts.put(conn, [alert("a"), alert("b"), alert("c", state=AlertState.EXPIRED)])
    done = alerts.dispose(conn, "a-a-1", Disposition.NOT_RELEVANT)
    assert (done.state, done.disposition) == (AlertState.CLOSED, Disposition.NOT_RELEVANT)
    assert alerts.dispose(conn, "c", Disposition.SOME).state is AlertState.EXPIRED
    assert alerts.get(conn, "a") == done
    assert alerts.dispositions(conn) == {
        None: 1,
        Disposition.NOT_RELEVANT: 1,
        Disposition.SOME: 1,
    }


def test_a_message_without_its_alert_is_refused(database: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError), database.begin() as conn:
        outbox.enqueue(conn, [message("nobody")])


def test_a_message_is_claimed_and_completed(conn: Connection) -> None:
    alerts.put(conn, [alert("k")], [message("k")])
    assert outbox.claim(conn, after(-1), lease=LEASE) == []
    (taken,) = outbox.claim(conn, T0, lease=LEASE)
    assert (taken.attempts, taken.repeats, taken.payload) == (1, 0, {"headline": "Riot"})
    assert outbox.claim(conn, T0, lease=LEASE) == []
    assert outbox.undelivered(conn) == [taken]
    outbox.complete(conn, taken.id, after(0.5))
    assert outbox.claim(conn, after(99), lease=LEASE) == []
    assert outbox.of_alert(conn, "k")[0].handed_over_at == after(0.5)
    assert outbox.told(conn, "k") == [("desk", "webhook")]
    assert outbox.totals(conn) == {"sent": 1, "repeats": 0}


def test_a_refused_message_waits_and_is_given_up_in_the_end(conn: Connection) -> None:
    alerts.put(conn, [alert("k")], [message("k")])
    (taken,) = outbox.claim(conn, T0, lease=LEASE)
    outbox.fail(conn, taken.id, "HTTP 503", after(5))
    assert outbox.claim(conn, after(4), lease=LEASE) == []
    (again,) = outbox.claim(conn, after(5), lease=LEASE)
    assert (again.attempts, again.repeats, again.last_error) == (2, 0, "HTTP 503")
    outbox.fail(conn, again.id, "HTTP 410", None)
    assert outbox.claim(conn, after(999), lease=LEASE) == []
    assert outbox.totals(conn) == {"given_up": 1, "repeats": 0}
    assert outbox.told(conn, "k") == []
    with pytest.raises(NotFound, match="no message 999"):
        outbox.complete(conn, 999, T0)


def test_a_claim_that_runs_out_is_a_counted_repeat(conn: Connection) -> None:
    alerts.put(conn, [alert("k")], [message("k")])
    outbox.claim(conn, T0, lease=LEASE)
    assert outbox.told(conn, "k") == [("desk", "webhook")]  # perhaps
    (again,) = outbox.claim(conn, after(1), lease=LEASE)
    assert (again.attempts, again.repeats) == (2, 1)
    outbox.complete(conn, again.id, after(1))
    assert outbox.totals(conn) == {"sent": 1, "repeats": 1}


def test_two_workers_never_take_one_message(database: Database) -> None:
    with database.begin() as conn:
        alerts.put(conn, [alert("k")], [message("k", number) for number in range(40)])
    taken: list[int] = []

    def work() -> None:
        while True:
            with database.begin() as conn:
                some = outbox.claim(conn, T0, limit=3, lease=LEASE)
            if not some:
                return
            taken.extend(item.id for item in some)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(taken) == len(set(taken)) == 40


def test_health_counts_by_hour_and_in_a_row(conn: Connection) -> None:
    assert health.get(conn, "usgs") == Health("usgs")
    health.failed(conn, "usgs", after(-2), "timed out")
    health.failed(conn, "usgs", after(-1), "timed out\0")
    assert health.get(conn, "usgs").failures == 2
    health.heard(conn, "usgs", T0, Volume(3, 1, 1))
    health.heard(conn, "usgs", after(10), Volume(0, 4, 0))
    health.heard(conn, "usgs", after(70), Volume(2, 0, 0))
    health.heard(conn, "usgs", after(5), Volume())
    found = health.status(conn)["usgs"]
    assert found == Health("usgs", after(70), after(70), "timed out", after(-1), 0)
    assert health.per_hour(conn, "usgs", T0, after(60)) == {T0: Volume(3, 5, 1)}
    assert health.total(conn, "usgs", T0, after(120)) == Volume(5, 5, 1)
    assert health.total(conn, "other", T0, after(120)) == Volume()


def test_a_snapshots_memory_is_kept_beside_health(conn: Connection) -> None:
    assert health.snapshot(conn, "usgs") == {}
    health.save_snapshot(conn, "usgs", {"absent": {"us1": 1}})
    health.heard(conn, "usgs", T0, Volume(1))
    health.save_snapshot(conn, "usgs", {"absent": {}})
    assert health.snapshot(conn, "usgs") == {"absent": {}}
    assert health.get(conn, "usgs").last_heard == T0


def decide(conn: Connection, count: int) -> None:
    for number in range(count):
        audit.append(conn, Decision("join", "amina", f"e{number}", after(number), {"with": "e9"}))


def test_the_audit_chain_holds(conn: Connection) -> None:
    assert (audit.verify(conn), audit.head(conn)) == (0, audit.FIRST)
    decide(conn, 3)
    assert audit.verify(conn) == 3
    (entry,) = audit.entries(conn, "e1")
    assert entry.decision == Decision("join", "amina", "e1", after(1), {"with": "e9"})
    assert [item.previous for item in audit.entries(conn)][1:] == [
        item.hash for item in audit.entries(conn)
    ][:-1]


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE audit SET body = '{}' WHERE subject = 'e1'",
        "UPDATE audit SET kind = 'part' WHERE subject = 'e1'",
        "DELETE FROM audit WHERE subject = 'e1'",
        "UPDATE audit SET hash = previous WHERE subject = 'e1'",
    ],
)
def test_a_changed_entry_breaks_the_chain(conn: Connection, harm: str) -> None:
    decide(conn, 3)
    conn.execute(sa.text(harm))
    with pytest.raises(StoreError, match="was changed"):
        audit.verify(conn)
