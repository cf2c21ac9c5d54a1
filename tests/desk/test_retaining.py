"""Retention on a whole desk: the report goes, its event and alert stay, the audit says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.desk.chain_desk import HERALD, NOW, TIMES, hear, opened

from farwatch.desk.explaining import explain
from farwatch.desk.opening import Desk
from farwatch.desk.retaining import Retained, past_of, retain, retain_daily
from farwatch.desk.telling import tell
from farwatch.desk.watching import Watch
from farwatch.model.event import State
from farwatch.store import alerts, audit, events, inbox, reports, withdrawals
from farwatch.store.mover import move_inbox

OVER = NOW + timedelta(days=31)


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    """Two newspapers on one blast; the Herald's terms allow 30 days, the Times' a year."""
    with opened(tmp_path) as found:
        longer = replace(found.sources["times"].terms, retention_days=365)
        times = replace(found.sources["times"], terms=longer)
        with found.database.begin() as conn:
            hear(found, conn, HERALD, TIMES)
            inbox.mark_done(conn, inbox.pending(conn)[-1].id)
        move_inbox(found.database, found.lake, NOW, force=True)
        yield replace(found, sources={**found.sources, "times": times})


def entries(desk: Desk) -> list[audit.Decision]:
    with desk.database.read() as conn:
        audit.verify(conn)
        return [one.decision for one in audit.entries(conn, "retention")]


def test_nothing_goes_before_its_time(desk: Desk) -> None:
    done = retain(desk, NOW + timedelta(days=29))
    assert done.removed == {}
    assert [one.details["removed"] for one in entries(desk)] == [{}]
    assert desk.lake.count("reports") == 2


def test_a_report_past_its_time_goes_and_its_event_stays(desk: Desk) -> None:
    with desk.database.read() as conn:
        (before,) = events.chosen(conn, events.Which())
        told = alerts.every(conn)
    done = retain(desk, OVER)
    assert done.removed["herald"] == {
        "reports": 1, "statements": 1, "readings": 1, "judgements": 1, "events": 1,
        "lake reports": 1,
    }  # fmt: skip
    assert list(done.removed) == ["herald"]
    assert desk.lake.count("reports") == 1
    with desk.database.read() as conn:
        (stays,) = events.chosen(conn, events.Which())
        assert (stays.id, stays.state, stays.title) == (before.id, State.LIVE, before.title)
        assert stays.statements == ("times\tt1",)
        assert alerts.every(conn) == told
        assert reports.history(conn, "herald", "h1") == []
        text = "\n".join(tell(explain(desk, conn, stays.id), 200))
    assert "1 report of herald removed on 2026-07-02 12:00 UTC: kept for the 30 days" in text


def test_a_later_withdrawal_does_not_keep_the_report_in_the_lake(desk: Desk) -> None:
    with desk.database.begin() as conn:
        later = NOW + timedelta(days=5)
        withdrawals.withdraw(conn, "herald", ["h1"], later, "its publisher took it back")
        inbox.mark_done(conn, inbox.pending(conn)[-1].id)
    move_inbox(desk.database, desk.lake, NOW, force=True)
    assert desk.lake.count("reports") == 3
    assert retain(desk, OVER).removed["herald"]["lake reports"] == 2
    assert desk.lake.count("reports") == 1


def test_a_second_run_removes_nothing_and_says_so(desk: Desk) -> None:
    retain(desk, OVER)
    assert retain(desk, OVER).removed == {}
    first, second = entries(desk)
    assert (first.kind, first.by, first.at) == ("retain", "desk", OVER)
    assert first.details["total"]["reports"] == 1
    assert second.details["total"] == {}


def test_a_dry_run_counts_and_changes_nothing(desk: Desk) -> None:
    dry = retain(desk, OVER, dry_run=True)
    assert desk.lake.count("reports") == 2
    assert entries(desk) == []
    assert retain(desk, OVER) == replace(dry, dry_run=False)


def test_a_run_killed_between_lake_and_database_is_made_good(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("farwatch.store.retention.remove", killed)
        with pytest.raises(KeyboardInterrupt):
            retain(desk, OVER)
    assert desk.lake.count("reports") == 1
    assert retain(desk, OVER).removed["herald"]["reports"] == 1
    assert len(entries(desk)) == 1


def test_the_watch_runs_it_once_a_day(desk: Desk) -> None:
    assert isinstance(retain_daily(desk, OVER), Retained)
    assert retain_daily(desk, OVER + timedelta(hours=11)) is None
    assert isinstance(retain_daily(desk, OVER + timedelta(hours=12)), Retained)
    assert len(entries(desk)) == 2


def test_a_source_without_terms_is_named(desk: Desk) -> None:
    alone = replace(desk, sources={"times": desk.sources["times"]})
    assert retain(alone, OVER).without_terms == ("herald",)
    assert entries(desk)[0].details["without_terms"] == ["herald"]


@pytest.mark.parametrize(
    ("redistribution", "personal", "stays"),
    [
        ("yes", "none", True),
        ("attribution", "none", True),
        ("no", "none", False),
        ("yes", "incidental", False),
        ("no", "staff", False),
    ],
)
def test_words_outlive_the_report_by_its_terms(
    desk: Desk, redistribution: str, personal: str, *, stays: bool
) -> None:
    source = desk.sources["herald"]
    terms = replace(source.terms, redistribution=redistribution, personal_data=personal)
    assert past_of(replace(source, terms=terms), NOW).wording_stays is stays


def test_a_watch_removes_as_time_passes(desk: Desk) -> None:
    Watch(desk, {}).settle(OVER)
    with desk.database.read() as conn:
        assert reports.history(conn, "herald", "h1") == []
        assert len(reports.history(conn, "times", "t1")) == 1
    assert len(entries(desk)) == 1
