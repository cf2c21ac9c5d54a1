"""Retention: what goes, what stays of what rested on it, and that nothing goes twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from store_nouns import T0, after, alert, event, place, reading, report

from farwatch.model.event import Judgement, Verdict
from farwatch.model.report import Figure
from farwatch.store import (
    alerts,
    events,
    health,
    inbox,
    judgements,
    readings,
    rejects,
    reports,
    retention,
    schema,
    tombstones,
    withdrawals,
)  # fmt: skip
from farwatch.store.database import Database
from farwatch.store.lake import Lake
from farwatch.store.mover import move_inbox
from farwatch.store.outbox import Outgoing, undelivered
from farwatch.store.retention import Past
from farwatch.store.rows import count

CUT = after(60)
NOW = after(100)
WHY = "kept for the 30 days that its terms allow"
OLD = "Gunmen led by J. Doe attack a bus"


def past(*, wording_stays: bool = False, source: str = "wire") -> Past:
    return Past(source, CUT, WHY, wording_stays)


def hear(conn: Connection) -> None:
    """Two statements before the cut, one after; an event on two of them, one on an old alone."""
    old = [report("a", OLD, 0), report("b", "Bus attacked", 10)]
    new = [report("c", "Bus attack: more", 70)]
    reports.accept(conn, [*old, *new], batch="b")
    readings.put(conn, [reading("a", place(1, 1)), reading("c", place(1, 1))])
    judgements.put(
        conn,
        [
            Judgement("wire\ta", "wire\tc", Verdict.SAME, "model", T0),
            Judgement("wire\ta", "wire\tb", Verdict.SAME, "Ann", T0),
        ],
    )
    names = [one.id for one in (*old, *new)]
    both = {"statements": ("wire\ta", "wire\tc"), "reports": (names[0], names[2])}
    said = {"title": OLD, "reasons": (f'attack: "{OLD}"',), "actors": ("J. Doe",)}
    alone = {"statements": ("wire\tb",), "reports": (names[1],), "title": "Bus attacked"}
    events.put(conn, [event("e1", **both, **said), event("e1", 2, **both, **said)])
    events.put(conn, [event("e2", **alone)])
    bad = [
        rejects.Reject("wire", "d", "bad", at, value=f"{who} Doe")
        for at, who in ((T0, "J."), (NOW, "K."))
    ]
    rejects.reject(conn, bad)
    health.failed(conn, "wire", T0, "cannot read 'J. Doe'")


def test_reports_past_their_time_go_with_what_is_theirs_alone(conn: Connection) -> None:
    hear(conn)
    done = retention.remove(conn, past(), NOW)
    assert +done == {
        "reports": 2, "statements": 2, "inbox": 2, "readings": 1, "judgements": 1, "rejects": 1,
        "events": 2,
    }  # fmt: skip
    assert reports.current(conn, "wire", "abc").keys() == {"c"}
    assert [entry.report.key for entry in inbox.pending(conn)] == ["c"]
    assert readings.by_statements(conn, ["wire\ta", "wire\tc"]).keys() == {"wire\tc"}
    assert [one.by for one in judgements.for_statements(conn, ["wire\ta"])] == ["Ann"]
    assert [one.at for one in rejects.rejected(conn)] == [NOW]
    assert health.get(conn, "wire").last_error is None
    assert +retention.remove(conn, past(), after(101)) == {}


def test_the_event_stays_with_a_tombstone(conn: Connection) -> None:
    hear(conn)
    before = events.get(conn, "e1")
    retention.remove(conn, past(), NOW)
    stays = events.get(conn, "e1")
    assert stays.statements == ("wire\tc",)
    assert stays.reports == (before.reports[1],)
    for kept in ("kind", "severity", "happened", "version", "state", "grade", "sources"):
        assert getattr(stays, kept) == getattr(before, kept)
    alone = events.get(conn, "e2")
    assert (alone.statements, alone.reports, alone.state.value) == ((), (), "live")
    assert events.events_of(conn, ["wire\ta", "wire\tb", "wire\tc"]) == {"wire\tc": ("e1",)}
    (stone,) = tombstones.of_events(conn, ["e1"])
    assert stone == tombstones.Tombstone("e1", "wire", NOW, 1, WHY)


@pytest.mark.parametrize("stays", [True, False])
def test_words_stay_only_where_the_terms_allow(conn: Connection, *, stays: bool) -> None:
    hear(conn)
    events.put(conn, [event("e0", title=OLD, reports=events.get(conn, "e1").reports)])
    events.redirect(conn, "e0", "e1", T0)
    told = alert("k", headline=f"Riot, Severe: {OLD}", reasons=("severity up", f'attack: "{OLD}"'))
    payload = {"subject": f"Alert: Riot, Severe: {OLD}", "alert": {"reasons": []}}
    alerts.put(conn, [told], [Outgoing("k", "desk", "terminal", 1, T0, payload)])
    for table in (schema.events, schema.alerts):
        conn.execute(sa.update(table).values(updated=T0))
    retention.remove(conn, past(wording_stays=stays), NOW)
    of_event = sa.select(schema.events.c.updated).where(schema.events.c.id == "e1")
    assert conn.execute(of_event).scalar_one() != T0
    of_alert = sa.select(schema.alerts.c.updated)
    assert (conn.execute(of_alert).scalar_one() == T0) is stays
    title = OLD if stays else "Riot (its report was removed)"
    for name in ("e0", "e1"):
        assert {one.title for one in events.versions(conn, name)} == {title}
    assert events.get(conn, "e1").title == title
    assert alerts.get(conn, "k").headline == f"Riot, Severe: {title}"
    assert alerts.get(conn, "k").reasons[0] == "severity up"
    (message,) = undelivered(conn)
    assert message.payload["subject"] == f"Alert: Riot, Severe: {title}"
    left = [*events.versions(conn, "e1"), events.get(conn, "e1"), alerts.get(conn, "k")]
    assert ("J. Doe" in repr([left, undelivered(conn)])) is stays


def test_a_version_goes_before_its_statement(conn: Connection) -> None:
    reports.accept(conn, [report("a", "first", 0)], batch="b")
    reports.accept(conn, [report("a", "second", 70)], batch="b")
    kept = reports.current(conn, "wire", ["a"])["a"]
    events.put(conn, [event("a", reports=(kept.id,), title="second")])
    assert retention.remove(conn, past(), NOW)["reports"] == 1
    assert [one.title for one in reports.history(conn, "wire", "a")] == ["second"]
    stays = events.get(conn, "a")
    assert (stays.title, stays.statements) == ("second", ("wire\ta",))
    assert [one.reports for one in tombstones.of_events(conn, ["a"])] == [1]


def test_what_its_publisher_went_back_to_is_kept(conn: Connection) -> None:
    first = report("a", "first", 0, published=after(0))
    again = report("a", "first", 80, published=after(80))
    reports.accept(conn, [first, report("a", "second", 10, published=after(10)), again], batch="b")
    assert retention.remove(conn, past(), NOW)["reports"] == 1
    assert reports.current(conn, "wire", ["a"])["a"].title == "first"


def test_other_sources_are_left_alone(conn: Connection) -> None:
    hear(conn)
    assert +retention.remove(conn, past(source="other"), NOW) == {}
    assert retention.sources(conn) == ["wire"]
    assert count(conn, schema.reports) == 3


def test_a_removed_statement_that_is_told_again_is_new(conn: Connection) -> None:
    hear(conn)
    retention.remove(conn, past(), NOW)
    assert len(reports.accept(conn, [report("a", OLD, 110)], batch="b").new) == 1


def test_sqlite_keeps_no_trace(tmp_path: Path) -> None:
    file = tmp_path / "desk.sqlite"
    with Database(f"sqlite:///{file}") as database:
        database.migrate()
        with database.begin() as conn:
            hear(conn)
        assert b"J. Doe" in file.read_bytes() + file.with_name("desk.sqlite-wal").read_bytes()
        with database.begin() as conn:
            retention.remove(conn, past(), NOW)
        database.forget()
        assert b"J. Doe" not in file.read_bytes() + file.with_name("desk.sqlite-wal").read_bytes()


def test_the_lake_loses_rows_files_and_no_batch(database: Database, lake: Lake) -> None:
    assert lake.oldest("reports", "received") is None
    with database.begin() as conn:
        old = [report("a", OLD, 0, figure=Figure("X", "ET", T0, 1.5)), report("b", OLD, 1)]
        reports.accept(conn, [*old, report("c", "stays", 70)], batch="b")
        withdrawals.withdraw(conn, "wire", ["b"], after(80), "gone")
        inbox.mark_done(conn, inbox.pending(conn)[-1].id)
    assert move_inbox(database, lake, NOW, force=True) == 4
    assert lake.oldest("reports", "received") == T0
    with database.read() as conn:
        flagged = retention.removed_ids(conn, past(), figures=False)
        figures = retention.removed_ids(conn, past(), figures=True)
    assert lake.delete("reports", "wi're", CUT) == 0
    assert lake.delete("reports", "wire", CUT) == 2
    assert lake.delete_reports("reports", "id", flagged) == 1
    assert lake.delete_reports("figures", "report", figures) == 1
    lake.purge("reports")
    lake.purge("figures")
    assert (lake.count("reports"), lake.count("figures")) == (1, 0)
    left = b"".join(path.read_bytes() for path in Path(lake.where).rglob("*.parquet"))
    assert OLD.encode() not in left
    assert lake.delete("reports", "wire", CUT) == 0
    lake.purge("reports")
    with database.begin() as conn:
        reports.accept(conn, [report("d", "later", 90)], batch="b")
        inbox.mark_done(conn, inbox.pending(conn)[-1].id)
    assert move_inbox(database, lake, NOW + timedelta(hours=1), force=True) == 1
    assert lake.count("reports") == 2
