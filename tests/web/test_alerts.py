"""The alerts' room as its readers meet it: views, decisions on one and many, what a page says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient
from web_desk import KITWE, LIMA, NOON, PASSWORD, Enter, alert, event

from farwatch.desk import accounts, alert_work
from farwatch.desk.accounts import NewAccount
from farwatch.desk.opening import Desk
from farwatch.model.account import Role, Scope
from farwatch.model.assessment import Assessment, Coverage, Factor, Level, assessment_id
from farwatch.model.kinds import Category, Kind
from farwatch.model.protect import AlertState, Exposure, Route
from farwatch.model.report import Report
from farwatch.store import accounts as stored
from farwatch.store import alerts, assessments, audit, events, reports

ME = "duty officer of the tests"
RIOT, QUAKE = "e-riot/desk", "e-quake/desk"


def other(desk: Desk, name: str = "bruno", role: Role = Role.DUTY_OFFICER, **more: Any) -> None:
    now = datetime.now(UTC)
    made = accounts.add(desk, NewAccount(name, role, PASSWORD), "tests", now)
    with desk.database.begin() as conn:
        stored.change(conn, replace(made, **more), now)


def state(desk: Desk, key: str) -> AlertState:
    with desk.database.read() as conn:
        return alerts.get(conn, key).state


def decisions(desk: Desk, key: str) -> list[tuple[str, str]]:
    with desk.database.read() as conn:
        return [(one.decision.kind, one.decision.by) for one in audit.entries(conn, key)]


def inbox(client: TestClient, **asked: Any) -> list[str]:
    rows = client.get("/api/v1/alerts/inbox", params=asked).json()["items"]
    return [row["id"] for row in rows]


def site_told(desk: Desk) -> None:
    """The riot's site is told, too."""
    riot = event("e-riot", Kind.RIOT, "Crowd at the gate in Kitwe", -12.8, 28.2, "ZM")
    told = replace(alert(riot, KITWE), id="a-site", key="e-riot/site:kitwe",
                   recipient="site:kitwe", released=True)  # fmt: skip
    with desk.database.begin() as conn:
        alerts.put(conn, [told])


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        ({}, ["e-quake", "e-riot"]),
        ({"country": "zm"}, ["e-riot"]),
        ({"site": "lima"}, ["e-quake"]),
        ({"kind": "riot"}, ["e-riot"]),
        ({"severity": 3}, ["e-quake", "e-riot"]),
        ({"severity": 4}, []),
        ({"q": "crowd kitwe"}, ["e-riot"]),
        ({"route": "I"}, []),
        ({"state": "acknowledged"}, []),
        ({"since": "2026-03-01"}, ["e-quake", "e-riot"]),
        ({"since": "2026-03-02"}, []),
        ({"until": "2026-03-01"}, ["e-quake", "e-riot"]),
        ({"until": "2026-02-28"}, []),
        ({"since": "2026-03-01T12:01:00Z"}, ["e-quake"]),
        ({"view": "open"}, ["e-quake", "e-riot"]),
        ({"view": "mine"}, []),
        ({"view": "unreleased"}, ["e-quake", "e-riot"]),
        ({"view": "interrupts"}, []),
        ({"view": "unjudged"}, []),
        ({"view": "recent"}, ["e-quake", "e-riot"]),
        ({"country": "", "kind": "", "severity": "", "q": "", "since": ""}, ["e-quake", "e-riot"]),
    ],
)
def test_a_view_is_an_address(
    enter: Enter, asked: dict[str, Any], rows: list[str]
) -> None:  # fmt: skip
    client = enter(Role.VIEWER)
    assert inbox(client, **asked) == rows
    page = client.get("/alerts", params=asked)
    assert page.status_code == 200
    assert page.text.count("data-row=") == len(rows)
    assert "Acknowledge</button>" not in page.text  # a viewer decides nothing


@pytest.mark.parametrize(
    "asked", ["view=nonsense", "since=soon", "severity=9", "cursor=x", "kind=x"]
)
def test_what_no_list_knows_is_named(enter: Enter, asked: str) -> None:
    client = enter(Role.VIEWER)
    value = asked.partition("=")[2]
    for path in ("/alerts", "/api/v1/alerts/inbox"):
        answer = client.get(f"{path}?{asked}")
        assert answer.status_code == 422 and value in answer.text


def test_acknowledging_rows_leaves_what_others_must_confirm(desk: Desk, enter: Enter) -> None:
    site_told(desk)
    client = enter()
    rows = {
        "do": "acknowledge",
        "key": ["e-riot/desk\te-riot/site:kitwe", QUAKE],
        "back": "/alerts?q=a",
    }
    answer = client.post("/alerts/decide", data=rows)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/alerts?q=a&acts=")
    assert state(desk, RIOT) is state(desk, QUAKE) is AlertState.ACKNOWLEDGED
    assert state(desk, "e-riot/site:kitwe") is AlertState.OPEN
    assert decisions(desk, RIOT) == [("acknowledge", ME)]
    page = client.get(answer.headers["location"].replace("q=a&", "")).text
    assert "2 alerts acknowledged." in page and "1 was left as it was" in page
    assert "1 other has not confirmed" in page and f"with {ME}" in page
    assert inbox(client, view="mine") == ["e-quake", "e-riot"]
    assert inbox(client, view="open") == []


def test_an_acknowledgement_is_taken_back(desk: Desk, enter: Enter) -> None:
    client = enter()
    told = client.post("/alerts/decide", data={"do": "acknowledge", "key": [RIOT, QUAKE]})
    acts = told.headers["location"].partition("acts=")[2]
    undone = client.post("/alerts/undo", data={"acts": acts, "back": "/alerts"})
    assert undone.status_code == 303
    assert state(desk, RIOT) is state(desk, QUAKE) is AlertState.OPEN
    assert decisions(desk, RIOT) == [("acknowledge", ME), ("undo_acknowledge", ME)]
    assert inbox(client, view="mine") == []
    assert client.post("/alerts/undo", data={"acts": acts}).status_code == 422


@pytest.mark.parametrize("spoils", ["another", "late", "more decided"])
def test_only_ones_own_fresh_acknowledgement_is_taken_back(
    desk: Desk, enter: Enter, spoils: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = enter()
    client.post(f"/api/v1/alerts/{RIOT}/acknowledge")
    if spoils == "late":
        monkeypatch.setattr(alert_work, "UNDO_FOR", timedelta(seconds=-1))
    if spoils == "more decided":
        assert client.post(f"/api/v1/alerts/{RIOT}/note", json={"text": "seen"}).status_code == 200
    if spoils == "another":
        client.cookies.clear()
        enter(Role.MANAGER)
    answer = client.post(f"/api/v1/alerts/{RIOT}/undo")
    assert answer.status_code == 422
    assert state(desk, RIOT) is AlertState.ACKNOWLEDGED


def test_all_of_a_view_is_exactly_what_was_shown(desk: Desk, enter: Enter) -> None:
    client = enter()
    wrong = client.post("/alerts/decide?country=ZM", data={"do": "acknowledge", "every": "2"})
    assert wrong.status_code == 422
    assert "holds 1 rows now, not 2" in wrong.text
    assert state(desk, RIOT) is AlertState.OPEN
    right = client.post("/alerts/decide?country=ZM", data={"do": "acknowledge", "every": "1"})
    assert right.status_code == 303
    assert (state(desk, RIOT), state(desk, QUAKE)) == (AlertState.ACKNOWLEDGED, AlertState.OPEN)


def test_dismissing_many_says_what_they_proved_to_be(desk: Desk, enter: Enter) -> None:
    client = enter()
    form = {"do": "dismiss", "disposition": "not relevant", "key": [RIOT, QUAKE]}
    assert client.post("/alerts/decide", data=form).status_code == 303
    assert state(desk, RIOT) is state(desk, QUAKE) is AlertState.CLOSED
    assert inbox(client) == []
    nothing = client.post("/alerts/decide", data=form | {"disposition": ""})
    assert nothing.status_code == 422 and "none of" in nothing.text


def test_handing_over_puts_it_in_another_s_hands(desk: Desk, enter: Enter) -> None:
    other(desk)
    client = enter()
    answer = client.post("/alerts/decide", data={"do": "hand-over", "to": "bruno", "key": RIOT})
    assert answer.status_code == 303
    page = client.get(f"/alerts/{RIOT}").text
    assert "with bruno" in page and "handed it over" in page
    row = client.get("/api/v1/alerts/inbox").json()["items"][1]
    assert (row["in_hand"]["name"], row["in_hand"]["given_by"]) == ("bruno", ME)
    assert inbox(client, view="mine") == []
    signed_in = accounts.sign_in(desk, "bruno", PASSWORD, datetime.now(UTC))
    client.cookies.set("farwatch_session", signed_in.secret)
    assert inbox(client, view="mine") == ["e-riot"]


@pytest.mark.parametrize(
    ("to", "more", "says"),
    [
        ("nobody", {}, "nobody"),
        ("bruno", {"active": False}, "cannot take alerts over"),
        ("bruno", {"role": Role.VIEWER}, "cannot take alerts over"),
        ("bruno", {"scope": Scope(countries=("PE",))}, "may not see alert"),
    ],
)
def test_who_cannot_take_it_is_told(
    desk: Desk, enter: Enter, to: str, more: dict[str, Any], says: str
) -> None:
    other(desk, **more)
    answer = enter().post(f"/api/v1/alerts/{RIOT}/hand-over", json={"to": to})
    assert answer.status_code in {404, 422}
    assert says in answer.json()["detail"]
    assert decisions(desk, RIOT) == []


@pytest.mark.parametrize(
    ("do", "more", "after"),
    [
        ("acknowledge", {}, AlertState.ACKNOWLEDGED),
        ("dispose", {"disposition": "duplicate"}, AlertState.CLOSED),
        ("hand_over", {"to": "bruno"}, AlertState.OPEN),
    ],
)
def test_many_by_the_api(
    desk: Desk, enter: Enter, do: str, more: dict[str, str], after: AlertState
) -> None:
    other(desk)
    client = enter()
    answer = client.post("/api/v1/alerts/decisions", json={"do": do, "keys": [RIOT, QUAKE], **more})
    assert answer.status_code == 200
    assert [one["key"] for one in answer.json()["done"]] == [RIOT, QUAKE]
    assert state(desk, QUAKE) is after
    assert decisions(desk, QUAKE) == [(do, ME)]
    with desk.database.read() as conn:
        audit.verify(conn)


@pytest.mark.parametrize(
    "body",
    [{"do": "dispose", "keys": [RIOT]}, {"do": "acknowledge", "keys": []},
     {"do": "release", "keys": [RIOT]}, {"do": "acknowledge", "keys": [RIOT, "e-none/desk"]}],
)  # fmt: skip
def test_a_decision_that_cannot_be_carried_out_changes_nothing(
    desk: Desk, enter: Enter, body: dict[str, Any]
) -> None:
    answer = enter().post("/api/v1/alerts/decisions", json=body)
    assert answer.status_code in {404, 422}
    assert state(desk, RIOT) is AlertState.OPEN
    assert decisions(desk, RIOT) == []


def test_outside_the_scope_nothing_is_found_counted_or_decided(desk: Desk, enter: Enter) -> None:
    site_told(desk)
    client = enter(Role.DUTY_OFFICER, Scope(programmes=("bank",)))
    found = client.get("/api/v1/alerts/inbox").json()
    assert [row["id"] for row in found["items"]] == ["e-quake"]
    assert found["counts"]["standing"] == found["counts"]["open"] == 1
    for path in ("", "/chain", "/release"):
        assert client.get(f"/alerts/{RIOT}{path}").status_code == 404
    for path in ("", "/chain", "/revisions", "/cap"):
        assert client.get(f"/api/v1/alerts/{RIOT}{path}").status_code == 404
    for path, body in {
        "acknowledge": None, "undo": None, "release": None, "hand-over": {"to": "x"},
        "dispose": {"disposition": "duplicate"}, "note": {"text": "x"},
    }.items():  # fmt: skip
        assert client.post(f"/api/v1/alerts/{RIOT}/{path}", json=body).status_code == 404, path
    both = {"do": "acknowledge", "keys": [QUAKE, RIOT]}
    assert client.post("/api/v1/alerts/decisions", json=both).status_code == 404
    form = {"do": "acknowledge", "key": [QUAKE, RIOT]}
    assert client.post("/alerts/decide", data=form).status_code == 404
    assert client.post(f"/alerts/{RIOT}/note", data={"text": "x"}).status_code == 404
    assert state(desk, QUAKE) is AlertState.OPEN


def test_of_sites_outside_the_scope_not_a_word_is_said(desk: Desk, enter: Enter) -> None:
    riot = event("e-wide", Kind.RIOT, "Wide riot", -12.8, 28.2, "ZM")
    near = [
        Exposure("e-wide", 1, site.id, Kind.RIOT, 3, 1.0, 3.0, 0.9, site_name=site.name)
        for site in (KITWE, LIMA)
    ]
    told = replace(alert(riot, KITWE), sites=("kitwe", "lima"), exposures=tuple(near),
                   headline="Riot; at Kitwe plant, at Lima office",
                   reasons=("severity up at kitwe to 3", "graded B2"))  # fmt: skip
    with desk.database.begin() as conn:
        events.put(conn, [riot])
        alerts.put(conn, [told])
    client = enter(Role.DUTY_OFFICER, Scope(programmes=("bank",)))
    for path in ("/alerts", "/alerts/e-wide/desk", "/alerts/e-wide/desk/chain", "/api/v1/alerts",
                 "/api/v1/alerts/inbox", "/api/v1/alerts/e-wide/desk",
                 "/api/v1/alerts/e-wide/desk/revisions",
                 "/api/v1/alerts/e-wide/desk/chain"):  # fmt: skip
        text = client.get(path).text
        assert "Lima office" in text, path
        assert "kitwe" not in text.casefold(), path
    assert client.get("/api/v1/alerts/e-wide/desk/cap").status_code == 403


def test_a_page_reads_in_its_order_and_escapes_what_was_said(desk: Desk, enter: Enter) -> None:
    told = NOON - timedelta(hours=1)
    evil = "<script>alert(1)</script> at the gate"
    with desk.database.begin() as conn:
        said = Report("x-news", "e-riot", told, b"1", published=told, title=evil,
                      url="https://evil.example/?a=<b>")  # fmt: skip
        reports.accept(conn, [said], batch="test")
    page = enter().get(f"/alerts/{RIOT}").text
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)" in page
    assert 'href="https://evil.example' not in page and "https://evil.example" in page
    assert "Probably true; source: usually reliable: <strong>B2</strong>" in page
    assert "Not released: only the desk sees this." in page
    order = ["<h1>", "Moderate", "Not released", "1 site", "<h2>Advice", "How sure", "<h2>Evidence",
             "Who was told", "1 revision", "<h2>Decisions"]  # fmt: skip
    places = [page.index(one) for one in order]
    assert places == sorted(places)


def test_what_changed_between_revisions_is_told(desk: Desk, enter: Enter) -> None:
    with desk.database.begin() as conn:
        first = alerts.get(conn, RIOT)
        worse = replace(first, id="a-2", revision=2, level=4, severity="Severe",
                        advice=("Evacuate",), sites=("kitwe", "lima"),
                        route=Route.INTERRUPT)  # fmt: skip
        alerts.put(conn, [worse])
    client = enter()
    first_told, second = client.get(f"/api/v1/alerts/{RIOT}/revisions").json()
    assert first_told["changes"] == []
    assert {one["what"]: (one["before"], one["after"]) for one in second["changes"]} == {
        "severity": ("3 Moderate", "4 Severe"), "route": ("II", "I"),
        "advice": ("Shelter", "Evacuate"), "sites newly inside": ("", "lima"),
    }  # fmt: skip
    page = client.get(f"/alerts/{RIOT}").text
    assert "up from 3" in page and "<del>Shelter</del> <ins>Evacuate</ins>" in page


def test_a_level_s_factors_are_a_waterfall(desk: Desk, enter: Enter) -> None:
    steps = (Factor("A_fast", 2.0, 1.0, 0.3, ("e-riot",)), Factor("prior", 1.0, 1.0, -0.05))
    level = Level(Category.UNREST, 5, 0.4, False, "rising", Coverage(0.8), steps)
    name = assessment_id("admin1:ZM.08", NOON)
    rise = replace(
        event(
            "e-level", Kind.LEVEL_CHANGE, "unrest at Copperbelt is at level 5", -12.8, 28.2, "ZM"
        ),
        measures={"level": 5.0, "from": 3.0, "category": "unrest", "assessment": name},
    )
    with desk.database.begin() as conn:
        assessments.put(conn, [Assessment(name, "admin1:ZM.08", NOON, 5, "unrest", (level,))])
        events.put(conn, [rise])
        alerts.put(conn, [alert(rise, KITWE)])
    page = enter().get("/alerts/e-level/desk").text
    assert "unrest is at level 5: 40 in 100 in the next 30 days" in page
    assert page.count("<rect") == 4
    # from 0.15 up by 0.30 and down by 0.05 to 0.40, of 0.45 at most
    for bar in ('x="33.33" y="1" width="66.67"', 'x="88.89" y="1" width="11.11"'):
        assert bar in page
    assert "+30.0" in page and "-5.0" in page


def test_before_and_after_follow_the_list_it_was_opened_from(enter: Enter) -> None:
    client = enter()
    page = client.get(f"/alerts/{QUAKE}?severity=3").text
    assert f'href="/alerts/{RIOT}?severity=3" data-key="j"' in page and 'data-key="k"' not in page
    alone = client.get(f"/alerts/{QUAKE}?country=PE").text
    assert 'data-key="j"' not in alone and 'href="/alerts?country=PE"' in alone


def test_a_release_shows_first_who_would_be_told(desk: Desk, enter: Enter) -> None:
    client = enter()
    riot = event("e-two", Kind.RIOT, "Crowd in Kitwe", -12.8, 28.2, "ZM")
    riot = replace(riot, origins=("x", "y"))
    far = datetime(2099, 1, 1, tzinfo=UTC)
    riot = replace(riot, last_reported=far, happened=replace(riot.happened, start=far))  # type: ignore[type-var]
    near = Exposure("e-two", 1, "kitwe", Kind.RIOT, 3, 1.0, 3.0, 0.9, site_name="Kitwe plant")
    from farwatch.store import exposures

    with desk.database.begin() as conn:
        events.put(conn, [riot])
        exposures.replace(conn, ["e-two"], [near])
        alerts.put(conn, [alert(riot, KITWE)])
    page = client.get("/alerts/e-two/desk/release").text
    assert "site:kitwe" in page and "Release to 2 recipients" in page  # the desk's is revised
    with desk.database.read() as conn:
        assert len(alerts.of_events(conn, ["e-two"])) == 1  # asking sends nothing
    assert client.post("/alerts/e-two/desk/release").status_code == 303
    with desk.database.read() as conn:
        sent = {one.recipient: one.released for one in alerts.of_events(conn, ["e-two"])}
    assert sent == {"desk": True, "site:kitwe": True}
    again = client.get("/alerts/e-two/desk/release").text
    assert "it is released already" in again
    held = client.get(f"/alerts/{RIOT}/release").text
    assert "never leaves the desk" in held and "Release to" not in held


@pytest.mark.parametrize(
    ("text", "status"), [("Gate is clear <b>", 200), (" ", 422), ("x" * 2001, 422)]
)
def test_a_note_is_kept_beside_the_alert(
    desk: Desk, enter: Enter, text: str, status: int
) -> None:  # fmt: skip
    client = enter(Role.ANALYST)
    assert client.post(f"/api/v1/alerts/{RIOT}/note", json={"text": text}).status_code == status
    page = client.get(f"/alerts/{RIOT}").text
    assert ("Gate is clear &lt;b&gt;" in page) is (status == 200)


def test_cap_is_a_file(enter: Enter) -> None:
    answer = enter(Role.VIEWER).get(f"/api/v1/alerts/{RIOT}/cap")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/cap+xml"
    assert answer.headers["content-disposition"] == 'attachment; filename="a-e-riot-1.cap.xml"'
    assert b"urn:oasis:names:tc:emergency:cap:1.2" in answer.content


@pytest.mark.parametrize(
    "back", ["https://evil.example", "//evil.example", "/alertsevil", "/\\evil"]
)
def test_a_form_leads_nowhere_else(enter: Enter, back: str) -> None:
    form = {"do": "acknowledge", "key": RIOT, "back": back}
    answer = enter().post("/alerts/decide", data=form)
    assert answer.headers["location"].startswith("/alerts?acts=")


def test_what_an_address_claims_was_done_is_not_believed(desk: Desk, enter: Enter) -> None:
    client = enter()
    page = client.get("/alerts?acts=1-4000&left=3").text
    assert 'class="flash"' not in page
