import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.desk.chain_desk import HERALD, NOW, TIMES, hear, opened, told

from farwatch.desk import deciding, explaining, naming
from farwatch.desk.chain import AlertChain, AssessmentChain, EventChain
from farwatch.desk.opening import Desk
from farwatch.desk.telling import tell
from farwatch.desk.tree import branch, lines
from farwatch.errors import NotFound, UsageError
from farwatch.model.assessment import Assessment, Coverage, Factor, Level
from farwatch.model.codec import to_plain
from farwatch.model.kinds import Category
from farwatch.store import assessments, events, outbox, readings, reports, withdrawals


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    with opened(tmp_path) as found:
        yield found


def told_of(desk: Desk, name: str) -> str:
    with desk.database.read() as conn:
        return "\n".join(tell(explaining.explain(desk, conn, name)))


def heard(desk: Desk, *said):
    with desk.database.begin() as conn:
        return hear(desk, conn, *said)


def test_an_alert_is_explained_down_to_its_reports(desk):
    (event,), (alert,) = heard(desk, HERALD, TIMES)
    text = told_of(desk, alert.id)
    for part in (
        f"alert {alert.id} ({event.id}/desk), revision 1, Alert",
        "route II (queue): moderate or worse in reach",
        "urgency Immediate",
        "certainty Likely: graded B2, 2 independent origins",
        "not released: neither a named official feed nor an own-site alarm",
        "Kitwe plant [kitwe_plant], tier 1: 1.1 km away",
        "revision 1 to desk by terminal: waiting",
        f"event {event.id}, version 1, live",
        "graded B2",
        "independent origins, each counted once: 2",
        "herald.example: [1]",
        "[1] and [2]: same by model",
        "The Herald; CC BY 4.0; Text: The Herald",
        "published 2026-06-01 11:00 UTC,",
        "https://herald.example/h1",
        "read as explosion, severity 3, Kitwe (city)",
        "place: the only Kitwe in the country",
    ):
        assert part in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_copies_are_shown_as_one_origin(desk):
    copy = told("times", "t9", HERALD.report.title, 5)
    (event,), _ = heard(desk, HERALD, copy)
    text = told_of(desk, event.id)
    assert "each counted once: 1" in text
    assert "herald.example: [1] [2]" in text


def test_why_an_alert_may_not_leave(desk):
    _, (alert,) = heard(desk, HERALD)
    assert "not released: a single unofficial origin never leaves the desk" in told_of(
        desk, alert.key
    ).replace("\n      ", " ")


def test_deliveries_say_what_was_handed_over(desk):
    _, (alert,) = heard(desk, HERALD, TIMES)
    with desk.database.begin() as conn:
        (message,) = outbox.claim(conn, NOW, lease=timedelta(minutes=1))
        outbox.complete(conn, message.id, NOW)
    assert "by terminal: handed over 2026-06-01 12:00 UTC" in told_of(desk, alert.id)


def test_a_site_s_alert_names_the_officer_who_released_the_happening(desk):
    _, (alert,) = heard(desk, HERALD, TIMES)
    done = deciding.release(desk, alert.id, deciding.Person("Ann", NOW))
    assert "released: by Ann at 2026-06-01 12:00 UTC" in told_of(desk, done.sent[0].id)


def test_versions_and_withdrawals_of_a_report_are_shown(desk):
    (event,), _ = heard(desk, HERALD, TIMES)
    newer = replace(
        HERALD.report, raw=b"two", title="Blast wounds eight",
        published=NOW - timedelta(minutes=30), received=NOW - timedelta(minutes=29),
    )  # fmt: skip
    with desk.database.begin() as conn:
        reports.accept(conn, [newer], batch="b2")
        withdrawals.withdraw(conn, "times", ["t1"], NOW, "gone from its feed")
        readings.drop(conn, ["times\tt1"])
        events.put(conn, [replace(event, version=2, severity=4)])
    text = told_of(desk, event.id)
    assert "version 1 of 2" in text
    assert "version 2 of 2" in text
    assert "Blast wounds eight" in text
    assert "withdrawn 2026-06-01 12:00 UTC: gone from its feed" in text
    assert "2 at 2026-06-01 11:20 UTC: severity 3 -> 4" in text


def test_an_assessment_leads_to_its_evidence(desk):
    (event,), _ = heard(desk, HERALD, TIMES)
    factor = Factor("explosions near", 2.0, 0.5, 0.1, (event.id, "e-of-the-lake"))
    level = Level(Category.TERRORISM, 4, 0.3, False, "rising", Coverage(0.8), (factor,))
    made = Assessment("s123456", "country:ZM", NOW, 4, "terrorism", (level,))
    with desk.database.begin() as conn:
        assessments.put(conn, [made])
    text = told_of(desk, "country:ZM")
    assert text == told_of(desk, "s12")
    assert "terrorism: 4 substantial" in text
    assert f"event {event.id}" in text
    assert "[2] times t1" in text
    assert "evidence not in this database: e-of-the-lake" in text


def test_json_holds_the_whole_chain_without_raw_bytes(desk):
    (event,), (alert,) = heard(desk, HERALD, TIMES)
    with desk.database.read() as conn:
        chain = explaining.explain(desk, conn, alert.key)
        assert isinstance(chain, AlertChain)
        assert isinstance(explaining.explain(desk, conn, event.id), EventChain)
    plain = json.loads(json.dumps(to_plain(chain)))
    assert plain["event"]["statements"][1]["key"] == "t1"
    assert plain["alert"]["exposures"][0]["distance_km"] > 0
    assert '"raw"' not in json.dumps(plain)
    assert not isinstance(chain, AssessmentChain)


@pytest.mark.parametrize("name", ["a0000", "", "  ", "e%", "no such thing", "country:XX"])
def test_an_unknown_name_is_named(desk, name):
    heard(desk, HERALD, TIMES)
    with pytest.raises(NotFound, match="no alert, event or assessment") as error:
        told_of(desk, name)
    assert repr(name) in str(error.value)


def test_a_beginning_must_fit_one_thing(desk):
    (event,), (alert,) = heard(desk, HERALD, TIMES)
    with desk.database.begin() as conn:
        other = f"{event.id[:6]}-twin"
        events.put(conn, [replace(event, id=other, statements=("times\tt2",))])
        assert naming.event(conn, event.id[:8]).id == event.id
        assert naming.alert(conn, alert.id[:6]).key == alert.key
        assert naming.alert(conn, f"{event.id}/d").key == alert.key
        with pytest.raises(UsageError, match=f"{other}.*say more of it"):
            naming.event(conn, event.id[:6])
        events.redirect(conn, other, event.id, NOW)
        assert naming.event(conn, event.id[:6]).id == event.id
        assert naming.event(conn, other).id == event.id


def test_text_from_outside_cannot_steer_the_terminal():
    found = list(lines(branch("a\x1b[31m b\nc", "https://x.example/" + "y" * 100), 40))
    assert found[0] == "a\\u001b[31m b c"
    assert found[1].strip() == "https://x.example/" + "y" * 100
