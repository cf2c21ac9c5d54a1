"""The events' and reports' rooms: search, pages, files, decisions, and what a scope keeps away."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from web_desk import NOON, Enter

from farwatch.desk import indexing
from farwatch.desk.opening import Desk
from farwatch.model.account import Role, Scope
from farwatch.model.event import Event, Reading
from farwatch.model.grade import Grade
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.report import Report, Span
from farwatch.model.terms import Limits, Source, Terms
from farwatch.store import audit, events, readings, reports
from farwatch.understand import merge

KAYA = Place("Kaya", Precision.CITY, Geometry(13.09, -1.08, 3), "BF", "BF.05")
LAGOS = Place("Lagos", Precision.CITY, Geometry(6.45, 3.39, 3), "NG", "NG.05")
ZAMBIA = Scope(countries=("ZM",))


def paper(name: str, redistribution: str) -> Source:
    terms = Terms(
        publisher=name.title(), owner=name, licence="CC BY 4.0", attribution=f"Text: {name}",
        legal_basis="news", redistribution=redistribution, personal_data="none",
        retention_days=30, not_permitted_in=(), non_commercial=False,
        reviewed=date(2026, 1, 1), expires=date(2099, 1, 1),
    )  # fmt: skip
    return Source(
        id=name, title=name.title(), format="rss", urls=(), files=(), reliability="B",
        source_class="local_news", official=False, auto_release=False, expected_per_day=(1, 10),
        silent_after_hours=24, window_hours=None, countries=(), terms=terms,
        limits=Limits(60, 1_000, 10, 10),
    )  # fmt: skip


def told(source: str, key: str, title: str, place: Place, minutes: int = 0) -> Reading:
    at = NOON + timedelta(minutes=minutes)
    report = Report(
        source, key, at, f"<b>{title}</b><script>1</script>".encode(), published=at, title=title,
        text=f"It happened in {place.name}.", url="https://paper.example/x", language="en",
    )  # fmt: skip
    return Reading(report, Kind.FLOOD, 3, place, Span(at), Grade("B", 3), reasons=("flood",))


TOLD = (
    told("herald", "h1", "Flood in Kaya, says Tobias Wrenfield", KAYA),
    told("herald", "h2", "=1+1 Flood near Kaya market", KAYA, 60),
    told("closed", "c1", "Flood in Lagos", LAGOS),
)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The desk with three floods told by two papers, one of which lets nothing be passed on."""
    sources = {"herald": paper("herald", "attribution"), "closed": paper("closed", "no")}
    desk.__dict__["sources"] = sources | {"x-news": paper("x-news", "yes")}
    with desk.database.begin() as conn:
        reports.accept(conn, [one.report for one in TOLD], batch="b")
        readings.put(conn, TOLD)
        events.put(conn, [_event(one) for one in TOLD])
    indexing.finish(desk)
    return desk


def _event(one: Reading) -> Event:
    name = merge.statement(one)
    return Event(
        merge.event_id(name), 1, one.kind, one.severity, one.report.title, one.place, one.happened,
        one.report.received, one.report.received, one.grade, sources=(one.report.source,),
        origins=(one.report.source,), reports=(one.report.id,), statements=(name,),
    )  # fmt: skip


FIRST, SECOND, CLOSED = (merge.event_id(merge.statement(one)) for one in TOLD)


@pytest.mark.parametrize("room", ["events", "reports"])
def test_search_finds_words_and_no_person(desk: Desk, enter: Enter, room: str) -> None:
    client = enter(Role.VIEWER)
    assert "Flood in Kaya" in client.get(f"/{room}?q=flood+kaya").text
    nobody = client.get(f"/{room}?q=Tobias+Wrenfield").text
    assert "Flood in Kaya" not in nobody
    assert "nobody can be looked up by name" in nobody
    answer = client.get(f"/api/v1/{room}?q=wrenfield").json()
    assert (answer["items"], answer["unknown"]) == ([], ["wrenfield"])


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("kind=riot", ["Crowd at the gate in Kitwe"]),
        ("country=NG&kind=flood", ["Flood in Lagos"]),
        ("source=closed", ["Flood in Lagos"]),
        ("reliability=B&credibility=2&country=PE", ["M 5.1 off Lima"]),
        ("severity=4", []),
        ("since=2026-03-01T12:30:00Z", ["=1+1 Flood near Kaya market"]),
        ("until=2026-02-28", []),
        ("state=withdrawn", []),
        ("q=flood&country=&kind=&state=&since=&severity=&source=&days=",
         ["=1+1 Flood near Kaya market", "Flood in Lagos", "Flood in Kaya, says Tobias Wrenfield"]),
    ],
)  # fmt: skip
def test_the_list_is_chosen_by_its_address(
    desk: Desk, enter: Enter, query: str, titles: list[str]
) -> None:
    found = enter(Role.VIEWER).get(f"/api/v1/events?{query}").json()
    assert sorted(one["event"]["title"] for one in found["items"]) == sorted(titles)
    assert found["total"] == len(titles)


def test_pages_and_updated_since(desk: Desk, enter: Enter) -> None:
    client = enter(Role.VIEWER)
    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(f"/api/v1/events?limit=2&cursor={cursor}").json()
        seen += [one["event"]["id"] for one in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 6
    since = client.get("/api/v1/events?updated_since=2001-01-01T00:00:00Z").json()["items"]
    assert {one["event"]["id"] for one in since} == set(seen)
    assert client.get("/api/v1/events?cursor=nonsense").status_code == 422
    assert client.get("/api/v1/events?since=yesterday").status_code == 422


def test_a_file_holds_all_rows_its_terms_allow(desk: Desk, enter: Enter) -> None:
    answer = enter(Role.VIEWER).get("/events/export.csv?kind=flood")
    assert answer.headers["content-disposition"] == 'attachment; filename="farwatch-events.csv"'
    rows = list(csv.reader(io.StringIO(answer.text)))
    data = [row for row in rows[1:] if not row[0].startswith("#")]
    assert rows[0][:3] == ["id", "status", "kind"]
    assert {row[0] for row in data} == {FIRST, SECOND}
    assert "'=1+1 Flood near Kaya market" in {row[4] for row in data}
    trailer = {row[0]: row[1] for row in rows if row[0].startswith("#")}
    assert (trailer["# rows"], trailer["# left_out"]) == ("2", "1")
    assert json.loads(trailer["# left_out_by_source"]) == {"closed": 1}
    assert json.loads(trailer["# attribution"]) == ["Text: herald"]
    lat = rows[0].index("lat")
    assert {row[lat] for row in data} == {"13.09"}


@pytest.mark.parametrize("room", ["events", "reports"])
def test_geojson_and_json_lines(desk: Desk, enter: Enter, room: str) -> None:
    client = enter(Role.VIEWER)
    drawn = client.get(f"/api/v1/{room}/export.geojson?q=kaya").json()
    assert drawn["type"] == "FeatureCollection"
    assert drawn["features"][0]["geometry"]["coordinates"] == [-1.08, 13.09]
    lines = client.get(f"/{room}/export.jsonl?q=flood").text.splitlines()
    plain = [json.loads(line) for line in lines]
    assert len(plain) == 3
    assert plain[-1]["trailer"]["left_out"] == 1
    assert all(row["status"] == "Actual" for row in plain[:-1])


def test_an_exercise_marks_every_row(desk: Desk, enter: Enter) -> None:
    desk.__dict__["settings"] = replace(desk.settings, exercise=True)
    client = enter(Role.VIEWER)
    answer = client.get("/events/export.jsonl?kind=flood")
    assert "farwatch-exercise-events.jsonl" in answer.headers["content-disposition"]
    plain = [json.loads(line) for line in answer.text.splitlines()]
    assert {row["status"] for row in plain[:-1]} == {"Exercise"}
    assert plain[-1]["trailer"]["exercise"] is True


def test_an_event_says_what_stands_behind_it(desk: Desk, enter: Enter) -> None:
    page = enter(Role.ANALYST).get(f"/events/{FIRST}").text
    for said in ("possibly true", "usually reliable source", "Kaya, Burkina Faso", "1 report",
                 "Regrade", "Versions"):  # fmt: skip
        assert said in page
    assert f"/reports/{TOLD[0].report.id}" in page


def test_a_beginning_of_an_id_leads_to_it(desk: Desk, enter: Enter) -> None:
    assert enter().get(f"/events/{FIRST[:8]}").headers["location"] == f"/events/{FIRST}"


def test_a_report_is_shown_as_received_and_as_read(desk: Desk, enter: Enter) -> None:
    page = enter(Role.VIEWER).get(f"/reports/{TOLD[0].report.id}").text
    assert "&lt;script&gt;1&lt;/script&gt;" in page
    assert "<mark" in page
    assert 'href="https://paper.example' not in page
    for said in ("may be passed on, naming its publisher", "What became of it", FIRST):
        assert said in page


def test_a_grade_is_given_and_taken_back(desk: Desk, enter: Enter) -> None:
    client = enter(Role.ANALYST)
    form = {"reliability": "A", "credibility": "1", "reason": "seen by our own staff"}
    to = client.post(f"/events/{FIRST}/regrade", data=form).headers["location"]
    page = client.get(to).text
    assert "seen by our own staff" in page
    assert "Graded by analyst of the tests, not by the model" in page
    with desk.database.read() as conn:
        entry = audit.entries(conn, FIRST)[-1]
        assert str(events.get(conn, FIRST).grade) == "A1"
    assert entry.decision.kind == "regrade"
    client.post(f"/events/{FIRST}/undo", data={"decision": entry.id})
    with desk.database.read() as conn:
        assert str(events.get(conn, FIRST).grade) != "A1"
    again = client.post(f"/api/v1/events/{FIRST}/undo", json={"decision": entry.id})
    assert again.status_code == 422


def test_two_events_are_joined_and_parted_by_the_api(desk: Desk, enter: Enter) -> None:
    client = enter(Role.ANALYST)
    joined = client.post(
        f"/api/v1/events/{FIRST}/join", json={"other": SECOND, "reason": "one river"}
    ).json()
    assert len(joined["statements"]) == 2
    assert client.get(f"/events/{SECOND}").headers["location"] == f"/events/{FIRST}"
    left = client.post(
        f"/api/v1/events/{FIRST}/part", json={"report": "herald h2", "reason": "another river"}
    ).json()
    assert left["statements"] == ["herald\th1"]
    decisions = client.get(f"/api/v1/events/{FIRST}").json()["decisions"]
    assert [one["kind"] for one in decisions] == ["join", "part"]


@pytest.mark.parametrize(
    ("given", "status"),
    [({"grade": "Z9", "reason": "x"}, 422), ({"grade": "B2", "reason": ""}, 422),
     ({"grade": "B2", "reason": " "}, 422)],
)  # fmt: skip
def test_a_bad_grade_is_refused(desk: Desk, enter: Enter, given: dict, status: int) -> None:
    assert enter().post(f"/api/v1/events/{FIRST}/regrade", json=given).status_code == status


HIDDEN = [
    ("GET", f"/events/{FIRST}", None), ("GET", f"/api/v1/events/{FIRST}", None),
    ("GET", f"/reports/{TOLD[0].report.id}", None),
    ("GET", f"/api/v1/reports/{TOLD[0].report.id}", None),
    ("POST", f"/api/v1/events/{FIRST}/regrade", {"grade": "A1", "reason": "x"}),
    ("POST", f"/api/v1/events/{FIRST}/join", {"other": "e-riot", "reason": "x"}),
    ("POST", "/api/v1/events/e-riot/join", {"other": FIRST, "reason": "x"}),
    ("POST", f"/api/v1/events/{FIRST}/part", {"report": "h1", "reason": "x"}),
    ("POST", f"/api/v1/events/{FIRST}/undo", {"decision": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body"), HIDDEN)
def test_what_lies_outside_a_scope_is_not_found(
    desk: Desk, enter: Enter, method: str, path: str, body: dict | None
) -> None:
    client = enter(Role.ANALYST, ZAMBIA)
    assert client.request(method, path, json=body).status_code == 404


@pytest.mark.parametrize(("path", "part"), [
    ("/events", "gate in Kitwe"), ("/events?q=flood", None), ("/api/v1/events", "gate in Kitwe"),
    ("/events/export.csv", "gate in Kitwe"), ("/events/export.jsonl?kind=flood", None),
    ("/reports", None), ("/api/v1/reports", None), ("/reports/export.csv", None),
    ("/api/v1/events?updated_since=2001-01-01T00:00:00Z", "gate in Kitwe"),
    ("/events?country=BF", None), ("/api/v1/reports?q=kaya", None),
])  # fmt: skip
def test_no_list_tells_of_what_lies_outside(
    desk: Desk, enter: Enter, path: str, part: str | None
) -> None:
    text = enter(Role.VIEWER, ZAMBIA).get(path).text
    assert "Kaya" not in text.replace("q=kaya", "")
    assert "Lagos" not in text
    assert "Lima" not in text
    assert part is None or part in text


def test_a_programme_sees_what_reaches_its_sites(desk: Desk, enter: Enter) -> None:
    from farwatch.model.protect import Exposure
    from farwatch.store import exposures

    with desk.database.begin() as conn:
        within = Exposure("e-riot", 1, "kitwe", Kind.RIOT, 3, 1.0, 3.0, 0.9, ("in reach",))
        exposures.replace(conn, ["e-riot"], [within])
    client = enter(Role.VIEWER, Scope(programmes=("mine",)))
    items = client.get("/api/v1/events").json()["items"]
    assert [one["event"]["id"] for one in items] == ["e-riot"]
    assert client.get("/events/e-riot").status_code == 200
    assert client.get("/events/e-far").status_code == 404
    assert client.get("/api/v1/reports").json()["items"] == []


def test_readers_may_not_decide(desk: Desk, enter: Enter) -> None:
    client = enter(Role.VIEWER)
    assert "Regrade" not in client.get(f"/events/{FIRST}").text
    given = {"grade": "A1", "reason": "x"}
    assert client.post(f"/api/v1/events/{FIRST}/regrade", json=given).status_code == 403
