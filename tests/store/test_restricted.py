"""What is restricted: marked when it is stored, and left out of lists, counts and names by both
databases alike."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from store_nouns import T0, after, alert, event, exposure, report

from farwatch.model.account import WHOLE, Scope
from farwatch.model.protect import Site
from farwatch.model.report import Facts
from farwatch.store import (
    alert_lists,
    alerts,
    changes,
    event_lists,
    events,
    exposures,
    names,
    near,
    place_levels,
    report_lists,
    reports,
    restricted,
    schema,
    search,
    site_lists,
    sites,
    webhooks,
)
from farwatch.store.alert_lists import AlertChoice
from farwatch.store.bodies import pack
from farwatch.store.database import Database
from farwatch.store.event_lists import EventChoice
from farwatch.store.keyset import Wanted
from farwatch.store.report_lists import ReportChoice
from farwatch.store.search import Entry
from farwatch.store.site_lists import SiteChoice

OPEN, ALL = Scope(), Wanted(100)
CLOSED = Facts(restricted=True)


@pytest.fixture
def told(conn: Connection) -> Connection:
    """An open and a restricted event that reach one site, with a report and an alert each."""
    sites.add(conn, [Site("kitwe", "Kitwe plant", -12.8, 28.2, "ZM", "08", 1)])
    both = (event("open"), event("shut", restricted=True, severity=5))
    events.put(conn, both)
    exposures.replace(conn, ["open", "shut"], [
        exposure("open", "kitwe"), replace(exposure("shut", "kitwe"), severity=5),
    ])  # fmt: skip
    reports.accept(conn, [report("open"), report("shut", facts=CLOSED)], batch="b")
    alerts.put(conn, [alert("open/desk", event="open"), alert("shut/desk", event="shut")])
    entries = [Entry(one.id, T0, frozenset({"riot"}), frozenset()) for one in both]
    search.put(conn, schema.search_events, entries)
    said = [
        Entry(f"wire\t{name}", T0, frozenset({"riot"}), frozenset()) for name in ("open", "shut")
    ]
    search.put(conn, schema.search_reports, said)
    return conn


@pytest.mark.parametrize(("scope", "seen"), [(OPEN, {"open"}), (WHOLE, {"open", "shut"})])
def test_lists_and_counts_hold_it_for_who_may_see_it_alone(
    told: Connection, scope: Scope, seen: set[str]
) -> None:
    for words in ((), ("riot",)):
        choice, asked = EventChoice(words=words), ReportChoice(words=words)
        found = event_lists.listed(told, choice, scope, ALL)
        assert {one.event.id for one in found.items} == seen
        assert event_lists.total(told, choice, scope) == len(seen)
        said = report_lists.listed(told, asked, scope, ALL)
        assert {one.report.key for one in said.items} == seen
        assert report_lists.total(told, asked, scope) == len(seen)
    told_of = alert_lists.listed(told, AlertChoice(), scope, ALL)
    assert {one.alert.event for one in told_of.items} == seen
    assert alert_lists.total(told, AlertChoice(), scope) == len(seen)
    around = near.around(told, near.Around((-12.8, 28.2), 10), after(1), scope)
    assert {one.id for one in around.events} == seen and around.total == len(seen)
    changed = webhooks.changed_events(told, scope, T0, ALL)
    assert {one.id for one, _ in changed.items} == seen
    assert {one.event for one in exposures.of_site(told, "kitwe", scope)} == seen
    counts = place_levels.event_counts(told, after(1), scope)
    assert counts == {"ZM": len(seen), "ZM.08": len(seen)}


@pytest.mark.parametrize(("scope", "worst"), [(OPEN, (3, 1)), (WHOLE, (5, 2))])
@pytest.mark.parametrize("sort", ["name", "exposed"])
def test_a_site_s_exposure_is_that_of_what_may_be_seen(
    told: Connection, scope: Scope, worst: tuple[int, int], sort: str
) -> None:
    (row,) = site_lists.listed(told, SiteChoice(after(1), sort=sort), scope, ALL).items
    one = site_lists.one(told, "kitwe", scope, after(1))
    assert (row.severity, row.reached) == (one.severity, one.reached) == worst
    events.put(told, [replace(event("open", 2), expires=T0)])
    exposed = SiteChoice(after(1), exposed=True)
    assert site_lists.total(told, exposed, scope) == (1 if scope.restricted else 0)


def test_a_choice_narrows_to_it_or_to_the_rest(told: Connection) -> None:
    for wanted, seen in ((True, {"shut"}), (False, {"open"})):
        found = event_lists.listed(told, EventChoice(restricted=wanted), WHOLE, ALL).items
        assert {one.event.id for one in found} == seen
        said = report_lists.listed(told, ReportChoice(restricted=wanted), WHOLE, ALL).items
        assert {one.report.key for one in said} == seen
    assert event_lists.total(told, EventChoice(restricted=True), OPEN) == 0


def test_its_names_are_none_and_its_changes_no_news(told: Connection) -> None:
    for name in ("shut", "shut/desk", "a-shut/desk-1"):
        assert names.exact(told, name) and not names.exact(told, name, OPEN)
        assert names.beginning(told, name[:-1]) and not names.beginning(told, name[:-1], OPEN)
    before, whole = changes.newest(told, OPEN), changes.newest(told)
    events.put(told, [event("shut", 2, restricted=True)])
    alerts.put(told, alerts.of_events(told, ["shut"]))
    assert changes.newest(told, OPEN) == before
    assert changes.newest(told)["events"] != whole["events"]
    assert changes.newest(told)["alerts"] != whole["alerts"]


def test_an_alert_is_restricted_once_its_event_is_and_stays_so(told: Connection) -> None:
    def marked() -> dict[str, bool]:
        found = told.execute(sa.select(schema.alerts.c.key, schema.alerts.c.restricted))
        bodies = alerts.by_keys(told, ["open/desk", "shut/desk"])
        rows = {row.key: row.restricted for row in found}
        assert rows == {key: one.restricted for key, one in bodies.items()}
        return rows

    assert marked() == {"open/desk": False, "shut/desk": True}
    events.put(told, [event("open", 2, restricted=True), event("shut", 2)])
    assert marked() == {"open/desk": True, "shut/desk": True}
    events.put(told, [event("open", 3)])
    alerts.put(told, [alert("open/desk", 2, event="open")])
    assert marked() == {"open/desk": True, "shut/desk": True}


def test_an_alert_of_what_was_merged_into_it_is_restricted_too(told: Connection) -> None:
    events.redirect(told, "open", "shut", T0)
    assert alert_lists.total(told, AlertChoice(), OPEN) == 0
    assert restricted.events_among(told, ["open", "shut", "other"]) == {"open", "shut"}
    assert names.exact(told, "open") and not names.exact(told, "open", OPEN)


def test_a_report_is_as_its_standing_version_is(told: Connection) -> None:
    assert not report_lists.sees(told, "wire", "shut", OPEN)
    reports.accept(told, [report("shut", "b", 5)], batch="c")
    assert report_lists.sees(told, "wire", "shut", OPEN)
    assert restricted.statements_among(told, ["wire\tshut"]) == set()
    reports.accept(told, [report("shut", "c", 9, facts=CLOSED)], batch="d")
    assert not report_lists.sees(told, "wire", "shut", OPEN)
    assert restricted.statements_among(told, ["wire\tshut", "wire\topen"]) == {"wire\tshut"}


def test_what_stood_before_is_marked_by_the_migration(tmp_path: Path) -> None:
    with Database(f"sqlite:///{tmp_path / 'desk.sqlite'}") as database:
        database.migrate()
        with database.begin() as conn:
            shut, once = event("shut", restricted=True), event("once", restricted=True)
            events.put(conn, [event("open"), shut, once, event("once", 2)])
            every = ("open", "shut", "once")
            alerts.put(conn, [alert(f"{name}/desk", event=name) for name in every])
            reports.accept(conn, [report("open"), report("shut", facts=CLOSED)], batch="b")
        _back(database, "0013")
        with database.begin() as conn:  # as the code of then wrote them
            for key, body in conn.execute(sa.text("SELECT key, body FROM alerts")).all():
                plain = {k: v for k, v in json.loads(body).items() if k != "restricted"}
                conn.execute(sa.text("UPDATE alerts SET body = :body WHERE key = :key"),
                             {"key": key, "body": json.dumps(plain)})  # fmt: skip
        database.migrate()
        with database.begin() as conn:
            for column in (schema.events.c.id, schema.reports.c.key):
                marked = sa.select(column).where(column.table.c.restricted)
                assert conn.execute(marked).scalars().all() == ["shut"]
            kept = alerts.by_keys(conn, ["open/desk", "shut/desk", "once/desk"])
            assert {key: one.restricted for key, one in kept.items()} == {
                "open/desk": False, "shut/desk": True, "once/desk": True,
            }  # fmt: skip
            assert pack(kept["shut/desk"]).count('"restricted":true') == 1


def _back(database: Database, to: str) -> None:
    from alembic import command
    from alembic.config import Config

    from farwatch.store.database import MIGRATIONS

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.begin() as conn:
        config.attributes["connection"] = conn
        command.downgrade(config, to)
