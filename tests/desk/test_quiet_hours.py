"""Quiet hours on the desk: what can wait leaves in the morning, in order, and nothing overtakes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.desk.chain_desk import NOW, opened

from farwatch.desk.opening import Desk
from farwatch.desk.protecting import queue_alerts
from farwatch.model.kinds import Kind
from farwatch.model.protect import Alert, Message, Route
from farwatch.protect.routing import builtin_rules, parse_rules
from farwatch.protect.timing import quiet_of
from farwatch.store import outbox

RULES = (Path(__file__).parents[2] / "src/farwatch/protect/rules/alerts.yaml").read_text(
    encoding="utf-8"
)
QUIET = '{name: "site:{site}", severity: 2, quiet: {from: "22:00", to: "06:00"}}'
NIGHT = NOW.replace(hour=23)
MORNING = NIGHT + timedelta(hours=7)


@pytest.fixture
def desk(tmp_path: Path):
    rules = parse_rules(RULES.replace('{name: "site:{site}", severity: 2}', QUIET), "mine.yaml")
    with opened(tmp_path) as found:
        settings = replace(found.settings, webhook_url="http://127.0.0.1:9/none")
        yield Desk(settings, found.database, found.sources, rules)


def alert(revision: int, now: datetime, **changes) -> Alert:
    made = Alert(
        id=f"a{revision}", key="e1/site:kitwe", revision=revision, message=Message.ALERT,
        event="e1", event_version=1, kind=Kind.PROTEST, level=2, severity="Minor",
        urgency="Future", certainty="Likely", route=Route.QUEUE, headline="Protest planned",
        sites=("kitwe",), recipient="site:kitwe", sent=now, ends=NIGHT + timedelta(days=2),
        released=True,
    )  # fmt: skip
    return replace(made, **changes)


def due(desk: Desk, *alerts: tuple[Alert, datetime]) -> dict[str, list[tuple[int, datetime]]]:
    """Queue the alerts in turn; by channel the revisions with their times, in order of leaving."""
    with desk.database.begin() as conn:
        for one, now in alerts:
            queue_alerts(desk, conn, [one], now)
        found: dict[str, list[tuple[int, datetime]]] = {}
        for item in outbox.of_alert(conn, "e1/site:kitwe"):
            found.setdefault(item.channel, []).append((item.revision, item.next_attempt))
        return found


def test_what_can_wait_leaves_in_the_morning(desk: Desk):
    assert due(desk, (alert(1, NIGHT), NIGHT)) == {
        "terminal": [(1, NIGHT)], "webhook": [(1, MORNING)],
    }  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {"severity": "Severe"},
        {"urgency": "Immediate"},
        {"recipient": "desk"},
        {"ends": MORNING - timedelta(hours=1)},  # it would tell of a danger that is over
    ],
)
def test_what_cannot_wait_leaves_at_once(desk: Desk, changes):
    assert due(desk, (alert(1, NIGHT, **changes), NIGHT))["webhook"] == [(1, NIGHT)]


def test_by_day_nothing_is_held(desk: Desk):
    assert due(desk, (alert(1, NOW), NOW))["webhook"] == [(1, NOW)]


def test_a_cancel_never_comes_before_what_it_cancels(desk: Desk):
    later = NIGHT + timedelta(hours=2)
    over = alert(2, later, message=Message.CANCEL, urgency="Past")
    assert due(desk, (alert(1, NIGHT), NIGHT), (over, later))["webhook"] == [
        (1, MORNING), (2, MORNING),
    ]  # fmt: skip


def test_a_grave_update_takes_the_held_alert_along(desk: Desk):
    later = NIGHT + timedelta(hours=2)
    grave = alert(2, later, message=Message.UPDATE, severity="Severe", urgency="Immediate")
    assert due(desk, (alert(1, NIGHT), NIGHT), (grave, later))["webhook"] == [
        (1, later), (2, later),
    ]  # fmt: skip


def test_a_cancel_of_what_has_left_goes_at_once(desk: Desk):
    over = alert(2, NIGHT, message=Message.CANCEL, urgency="Past")
    with desk.database.begin() as conn:
        queue_alerts(desk, conn, [alert(1, NOW)], NOW)
        for item in outbox.claim(conn, NOW, lease=timedelta(minutes=2)):
            outbox.complete(conn, item.id, NOW)
    assert due(desk, (over, NIGHT))["webhook"][-1] == (2, NIGHT)


def test_whose_quiet_hours(desk: Desk):
    assert quiet_of("site:kitwe.plant", desk.rules) is not None
    assert quiet_of("desk", desk.rules) is None
    assert quiet_of("duty officer", desk.rules) is None
    assert quiet_of("site:kitwe", builtin_rules()) is None
