"""Scoring: each rule can pass and can fail."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from farwatch.exercise.score import Seen, score
from farwatch.model.event import Event
from farwatch.model.forecast import WatchNotice
from farwatch.model.grade import Grade
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.protect import Alert, Message, Route
from farwatch.model.report import Span

NOON = datetime(2026, 5, 9, 12, 0, tzinfo=UTC)


def alert(minutes: float = 0, **changes: Any) -> Alert:
    values: dict[str, Any] = {
        "id": "a1", "key": "e1|desk", "revision": 1, "message": Message.ALERT, "event": "e1",
        "event_version": 1, "kind": Kind.RIOT, "level": 3, "severity": "Severe",
        "urgency": "Immediate", "certainty": "Likely", "route": Route.INTERRUPT, "headline": "Riot",
        "sites": ("plant",), "recipient": "desk", "sent": NOON + timedelta(minutes=minutes),
        "ends": NOON + timedelta(days=2), "released": False,
    }  # fmt: skip
    return Alert(**(values | changes))


def event(country: str, year: int = 2026) -> Event:
    place = Place("x", Precision.CITY, Geometry(1, 1), country=country)
    when = datetime(year, 5, 9, tzinfo=UTC)
    return Event("e1", 1, Kind.RIOT, 3, "x", place, Span(when), when, when, Grade("C", 3))


def seen(*alerts: Alert, events: tuple[Event, ...] = (), level: int | None = 3) -> Seen:
    return Seen(alerts, events, lambda place, category, at: level)


EXPECTED = {
    "id": "riot",
    "after": NOON.isoformat(),
    "by": (NOON + timedelta(minutes=10)).isoformat(),
    "sites": ["plant"],
    "kinds": ["riot"],
    "route": "I",
}


def truth(part: str, entry: dict[str, Any]) -> dict[str, Any]:
    return {"expect": [], "forbid": [], "levels": []} | {part: [entry]}


@pytest.mark.parametrize(
    ("alerts", "passed", "detail"),
    [
        ((alert(5),), True, "in time"),
        ((alert(11),), False, "60 s late"),
        ((), False, "never came"),
        ((alert(-5),), False, "never came"),
        ((alert(5, kind=Kind.PROTEST),), False, "instead: Alert protest"),
        ((alert(5, route=Route.QUEUE),), False, "instead: Alert riot II"),
        ((alert(5, sites=("depot",)),), False, "never came"),
    ],
)
def test_expectations(alerts: tuple[Alert, ...], passed: bool, detail: str) -> None:
    (finding,) = score(truth("expect", EXPECTED), seen(*alerts))
    assert finding.passed is passed
    assert detail in finding.detail


@pytest.mark.parametrize(
    ("wanted", "alerts", "passed"),
    [
        ({"message": "Cancel"}, (alert(5, message=Message.CANCEL),), True),
        ({"message": "Cancel"}, (alert(5),), False),
        ({"to": "desk"}, (alert(5, recipient="site:plant"),), False),
        ({"advice": "Evacuate"}, (alert(5, advice=("Evacuate",)),), True),
        ({"verify": True}, (alert(5, released=True),), False),
        ({"first": True}, (alert(-30), alert(5)), False),
        ({"first": True}, (alert(-30, sites=("depot",)), alert(5)), True),
    ],
)
def test_what_an_expectation_may_ask(
    wanted: dict[str, Any], alerts: tuple[Alert, ...], passed: bool
) -> None:
    (finding,) = score(truth("expect", EXPECTED | wanted), seen(*alerts))
    assert finding.passed is passed


@pytest.mark.parametrize(
    ("rule", "happened", "passed"),
    [
        ({"sites": ["plant"]}, seen(alert()), False),
        ({"sites": ["depot"]}, seen(alert()), True),
        ({"sites": ["plant"], "except_kinds": ["riot"]}, seen(alert()), True),
        ({"any_site": True, "from": (NOON + timedelta(1)).isoformat()}, seen(alert()), True),
        ({"any_site": True, "to": NOON.isoformat()}, seen(alert()), False),
        ({"routes": ["I", "II"]}, seen(alert(route=Route.DIGEST)), True),
        ({"recipients_other_than": "desk"}, seen(alert(recipient="site:plant")), True),
        (
            {"recipients_other_than": "desk"},
            seen(alert(recipient="site:plant", released=True)),
            False,
        ),
        ({"events_in": "ZA"}, seen(events=(event("ZA"),)), False),
        ({"events_in": "ZA"}, seen(events=(event("ZM"),)), True),
        ({"events_before": "2026-01-01"}, seen(events=(event("PE", 1970),)), False),
        ({"max_per_site": 1}, seen(alert(), alert(event="e2")), False),
        ({"max_per_site": 1}, seen(alert(), alert(revision=2)), True),
    ],
)
def test_prohibitions(rule: dict[str, Any], happened: Seen, passed: bool) -> None:
    (finding,) = score(truth("forbid", {"id": "quiet"} | rule), happened)
    assert finding.passed is passed


@pytest.mark.parametrize(("level", "passed"), [(4, True), (5, True), (3, False), (None, False)])
def test_levels(level: int | None, passed: bool) -> None:
    entry = {
        "place": "admin1:ZM.08", "category": "unrest", "at": NOON.isoformat(), "min": 4, "max": 5,
    }  # fmt: skip
    (finding,) = score(truth("levels", entry), seen(level=level))
    assert finding.passed is passed


NOTICED = {
    "id": "rise", "country": "BJ", "outcome": "false alarm", "after": NOON.isoformat(),
    "by": (NOON + timedelta(hours=1)).isoformat(),
}  # fmt: skip
NOTICE = WatchNotice("w1", "BJ", 556, NOON, 0.12, 0.31, 0.3, 25, outcome="false alarm")


@pytest.mark.parametrize(
    ("notices", "alerts", "passed", "detail"),
    [
        ((NOTICE,), (), True, "in time, false alarm"),
        ((), (), False, "never came"),
        ((replace(NOTICE, country="BN"),), (), False, "never came"),
        ((replace(NOTICE, made=NOON - timedelta(days=1)),), (), False, "never came"),
        ((replace(NOTICE, made=NOON + timedelta(hours=2)),), (), False, "3600 s late"),
        ((replace(NOTICE, outcome="open"),), (), False, "scored as open, wanted false alarm"),
        ((NOTICE,), (alert(event="w1"),), False, "somebody has to acknowledge it"),
    ],
)  # fmt: skip
def test_a_watch_notice_comes_in_time_asks_nobody_and_is_scored(
    notices: tuple[WatchNotice, ...], alerts: tuple[Alert, ...], passed: bool, detail: str
) -> None:
    told = truth("notices", NOTICED)
    (found,) = score(told, replace(seen(*alerts), notices=notices))
    assert (found.rule, found.passed, found.detail) == ("expect", passed, detail)
