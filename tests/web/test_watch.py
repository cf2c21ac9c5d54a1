"""The watch room's page and the map's API: choices, marks, scope, caching, paging."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient
from web_desk import NOON, Enter, event

from farwatch.desk.opening import Desk
from farwatch.model.account import Role, Scope
from farwatch.model.assessment import Assessment, Coverage, Level, assessment_id
from farwatch.model.event import Event, State
from farwatch.model.kinds import Category, Kind
from farwatch.model.place import Precision
from farwatch.model.protect import Exposure
from farwatch.store import assessments, events, exposures

ZAMBIA = Scope(countries=("ZM",))
LISTS = ("/api/v1/map/events", "/api/v1/map/sites", "/api/v1/map/feed")


def ids(client: TestClient, query: str = "") -> set[str]:
    answer = client.get(f"/api/v1/map/feed{query}")
    assert answer.status_code == 200, answer.text
    return {one["event"]["id"] for one in answer.json()["items"]}


def put(desk: Desk, *found: Event) -> None:
    with desk.database.begin() as conn:
        events.put(conn, found)


def at(minutes: float) -> str:
    return (NOON + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def ended(desk: Desk) -> None:
    """An event of noon that was over an hour later by an all clear, one that expired at two, one
    that was withdrawn."""
    flood = event("e-flood", Kind.FLOOD, "Flood in Mongu", -15.2, 23.1, "ZM")
    clear = replace(flood, state=State.ENDED, last_reported=NOON + timedelta(hours=1))
    expiring = event("e-fire", Kind.WILDFIRE, "Fire at Mongu", -15.3, 23.2, "ZM")
    hoax = event("e-hoax", Kind.EXPLOSION, "Blast in Mongu", -15.2, 23.1, "ZM")
    put(
        desk, clear, replace(expiring, expires=NOON + timedelta(hours=2)),
        replace(hoax, state=State.WITHDRAWN),
    )  # fmt: skip


EVERYTHING = {"e-riot", "e-quake", "e-far"}
CHOICES = [
    ("", EVERYTHING),
    ("?kind=riot", {"e-riot"}),
    ("?kind=riot&kind=protest", {"e-riot", "e-far"}),
    ("?country=PE", {"e-quake"}),
    ("?severity=4", set()),
    ("?severity=3", EVERYTHING),
    ("?days=", EVERYTHING),
    ("?state=ended", {"e-flood", "e-fire"}),
    ("?state=withdrawn", {"e-hoax"}),
    ("?state=live&state=ended", {*EVERYTHING, "e-flood", "e-fire"}),
    (f"?at={at(-1)}", set()),
    (f"?at={at(30)}", {*EVERYTHING, "e-flood", "e-fire"}),
    (f"?at={at(90)}", {*EVERYTHING, "e-fire"}),
    (f"?at={at(150)}", EVERYTHING),
    (f"?at={at(150)}&state=ended", {"e-flood", "e-fire"}),
    (f"?at={at(60 * 24 * 10)}&days=3", set()),
    ("?bbox=20,-20,35,-5", {"e-riot", "e-far"}),
    ("?bbox=170,-20,-70,0", {"e-quake"}),
    ("?cell=818e7ffffffffff", {"e-quake"}),
]


@pytest.mark.parametrize(("query", "found"), CHOICES, ids=[query for query, _ in CHOICES])
def test_the_list_holds_what_is_chosen(
    enter: Enter, desk: Desk, query: str, found: set[str]
) -> None:
    ended(desk)
    assert ids(enter(), query) == found


@pytest.mark.parametrize("query", [query for query, _ in CHOICES if "cell" not in query])
def test_the_map_marks_what_the_list_holds(enter: Enter, desk: Desk, query: str) -> None:
    ended(desk)
    client = enter()
    marks = client.get(f"/api/v1/map/events{query}").json()
    assert marks["total"] == len(ids(client, query))
    assert marks["total"] == sum(one["properties"]["count"] for one in marks["features"])


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("?bbox=1,2,3", "1,2,3"), ("?bbox=a,b,c,d", "a,b,c,d"), ("?bbox=0,5,1,4", "0,5,1,4"),
        ("?bbox=nan,0,1,1", "nan"), ("?cell=8", "8"), ("?cell=xyz", "xyz"),
        ("?at=2026-03-01", "2026-03-01"), ("?cursor=no", "no"), ("?kind=rioting", "rioting"),
        ("?severity=9", "9"), ("?limit=0", "0"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_value(enter: Enter, query: str, value: str) -> None:
    answer = enter().get(f"/api/v1/map/feed{query}")
    assert answer.status_code == 422
    assert value in answer.json()["detail"]


def test_near_events_are_one_mark_far_out_and_two_close_by(enter: Enter, desk: Desk) -> None:
    worst = event("e-blast", Kind.EXPLOSION, "Blast in Ndola", -12.97, 28.63, "ZM")
    put(desk, replace(worst, severity=5))
    client = enter()
    (far,) = client.get("/api/v1/map/events?bbox=20,-14,35,-5&zoom=2").json()["features"]
    assert far["properties"]["count"] == 2
    assert (far["properties"]["kind"], far["properties"]["severity"]) == ("explosion", 5)
    assert far["properties"]["alerts"] == 1  # the riot's
    west, south, east, north = far["properties"]["box"]
    assert (west, south, east, north) == (28.2, -12.97, 28.63, -12.8)
    close = client.get("/api/v1/map/events?bbox=20,-14,35,-5&zoom=9").json()["features"]
    titles = {one["properties"]["title"] for one in close}
    assert titles == {"Blast in Ndola", "Crowd at the gate in Kitwe"}
    assert all("box" not in one["properties"] for one in close)


def test_an_event_of_no_known_place_is_listed_and_not_marked(enter: Enter, desk: Desk) -> None:
    put(desk, replace(event("e-air", Kind.CYBER, "x y", 0, 0, "ZM"), place=None))
    client = enter()
    assert "e-air" in ids(client)
    marked = client.get("/api/v1/map/events?zoom=12").json()
    assert "e-air" not in {one["properties"]["event"] for one in marked["features"]}


def test_a_cell_over_the_antimeridian_has_its_middle_there(enter: Enter, desk: Desk) -> None:
    put(
        desk, event("e-w", Kind.STORM, "Storm at W", -16.5, 179.9, "FJ"),
        event("e-e", Kind.STORM, "Storm at E", -16.5, -179.9, "FJ"),
    )  # fmt: skip
    marks = enter().get("/api/v1/map/events?bbox=170,-30,-170,0&zoom=0").json()["features"]
    for lon in (one["geometry"]["coordinates"][0] for one in marks):
        assert abs(lon) > 179


def expose(desk: Desk, site: str, severity: int = 3) -> None:
    found = Exposure("e-riot", 1, site, Kind.RIOT, severity, 4.2, 25.0, 1.0, site_name=site)
    with desk.database.begin() as conn:
        exposures.replace(conn, ["e-riot"], [found])
        events.put(conn, [event("e-riot", Kind.RIOT, "Crowd at Kitwe", -12.8, 28.2, "ZM")])


def site_marks(client: TestClient, query: str = "") -> dict[str, dict[str, int]]:
    marks = client.get(f"/api/v1/map/sites?zoom=8{query}").json()["features"]
    return {one["properties"]["site"]: one["properties"] for one in marks}


def test_a_site_tells_whether_an_event_reaches_it_and_an_alert_stands(
    enter: Enter, desk: Desk
) -> None:
    client = enter()
    assert site_marks(client)["kitwe"]["exposed"] == 0
    expose(desk, "kitwe")
    found = site_marks(client)
    assert (found["kitwe"]["exposed"], found["kitwe"]["severity"]) == (1, 3)
    assert (found["kitwe"]["warned"], found["kitwe"]["name"]) == (1, "Kitwe plant")
    assert found["lima"]["exposed"] == 0
    assert site_marks(client, f"&at={at(-5)}")["kitwe"]["exposed"] == 0


@pytest.mark.parametrize(
    ("scope", "seen", "sites"),
    [
        (Scope(), EVERYTHING, {"kitwe", "lima"}),
        (ZAMBIA, {"e-riot", "e-far"}, {"kitwe"}),
        (Scope(countries=("KE",)), set(), set()),
        (Scope(programmes=("bank",)), EVERYTHING, {"lima"}),
        (Scope(("ZM",), ("bank",)), {"e-riot", "e-far"}, set()),
    ],
)
def test_nothing_outside_the_scope_is_found(
    enter: Enter, desk: Desk, scope: Scope, seen: set[str], sites: set[str]
) -> None:
    expose(desk, "kitwe")
    client = enter(scope=scope)
    assert ids(client) == seen
    assert client.get("/api/v1/map/feed").json()["total"] == len(seen)
    marks = client.get("/api/v1/map/events?zoom=12").json()
    assert {one["properties"]["event"] for one in marks["features"]} == seen
    assert set(site_marks(client)) == sites
    assert sum(client.get("/api/v1/map/volume?days=3650").json()["counts"]) == len(seen)
    page = client.get("/watch").text
    for title, name in (("M 5.1 off Lima", "e-quake"), ("March in Lusaka", "e-far")):
        assert (title in page) == (name in seen)
    reached = {
        x["site"]
        for one in client.get("/api/v1/map/feed").json()["items"]
        for x in one["exposures"]
    }
    assert reached <= sites
    for name in EVERYTHING - seen:
        assert 'id="chosen"' not in client.get(f"/watch?event={name}").text


def test_levels_are_the_newest_of_each_place_in_the_scope(enter: Enter, desk: Desk) -> None:
    def assessed(place: str, level: int | None, hours: int) -> Assessment:
        when = NOON + timedelta(hours=hours)
        part = Level(Category.CONFLICT, level, 0.1, True, "rising", Coverage(0.3))
        return Assessment(assessment_id(place, when), place, when, level, "conflict", (part,))

    with desk.database.begin() as conn:
        assessments.put(conn, [
            assessed("admin1:ZM.08", 2, 0), assessed("admin1:ZM.08", 5, 2),
            assessed("country:PE", None, 0), assessed("cell:8596a46bfffffff", 3, 0),
        ])  # fmt: skip
    client = enter()
    found = {one["code"]: one for one in client.get("/api/v1/map/levels").json()["items"]}
    assert {code: one["level"] for code, one in found.items()} == {"ZM.08": 5, "PE": None}
    assert found["ZM.08"]["name"] == "Copperbelt"
    assert found["ZM.08"]["at_least"] is True
    (before,) = client.get(f"/api/v1/map/levels?at={at(60)}&country=ZM").json()["items"]
    assert before["level"] == 2


def test_levels_of_other_countries_are_not_told(enter: Enter, desk: Desk) -> None:
    made = Assessment(assessment_id("country:PE", NOON), "country:PE", NOON, 4, None, ())
    with desk.database.begin() as conn:
        assessments.put(conn, [made])
    assert enter(scope=ZAMBIA).get("/api/v1/map/levels").json() == {"items": []}


def test_the_list_is_paged_whole_in_one_order(enter: Enter, desk: Desk) -> None:
    put(desk, *(
        replace(event(f"e-{n:02}", Kind.CRIME, f"Theft {n}", -12, 28, "ZM"),
                last_reported=NOON + timedelta(minutes=n // 3))
        for n in range(20)
    ))  # fmt: skip
    client = enter()
    every = [one["event"]["id"] for one in client.get("/api/v1/map/feed").json()["items"]]
    paged, cursor = [], ""
    for _ in range(12):
        answer = client.get(f"/api/v1/map/feed?limit=2&cursor={cursor}").json()
        assert answer["total"] == 23
        paged += [one["event"]["id"] for one in answer["items"]]
        cursor = answer["next"]
    assert cursor is None
    assert paged == every
    assert len(set(paged)) == 23


def test_what_changed_since_comes_oldest_change_first(enter: Enter, desk: Desk) -> None:
    client = enter()
    before = datetime.now(UTC)
    put(desk, event("e-new", Kind.CRIME, "Theft in Kabwe", -14.4, 28.4, "ZM"))
    since = (before - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = client.get(f"/api/v1/map/feed?updated_since={since}").json()["items"]
    assert found[-1]["event"]["id"] == "e-new"
    assert ids(client, "?updated_since=2099-01-01T00:00:00Z") == set()


@pytest.mark.parametrize("path", LISTS[:2])
def test_an_answer_is_kept_until_something_changes(enter: Enter, desk: Desk, path: str) -> None:
    client = enter()
    asked = f"{path}?at={at(30)}"
    first = client.get(asked)
    assert first.status_code == 200
    again = client.get(asked, headers={"if-none-match": first.headers["etag"]})
    put(desk, event("e-new", Kind.CRIME, "Theft in Kabwe", -14.4, 28.4, "ZM"))
    after = client.get(asked, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content, after.status_code) == (304, b"", 200)


def test_an_answer_of_one_scope_is_never_anothers(enter: Enter) -> None:
    everywhere = enter(Role.MANAGER).get("/api/v1/map/events")
    bound = enter(Role.VIEWER, ZAMBIA).get(
        "/api/v1/map/events", headers={"if-none-match": everywhere.headers["etag"]}
    )
    assert (bound.status_code, bound.json()["total"]) == (200, 2)


def test_a_merged_event_leaves_the_map(enter: Enter, desk: Desk) -> None:
    client = enter()
    assert ids(client) == EVERYTHING
    with desk.database.begin() as conn:
        events.redirect(conn, "e-far", "e-riot", NOON)
        events.put(conn, [event("e-riot", Kind.RIOT, "Crowd in Kitwe", -12.8, 28.2, "ZM")])
    assert ids(client) == EVERYTHING - {"e-far"}


def test_towns_are_the_most_populous_of_what_is_shown(enter: Enter) -> None:
    found = enter().get("/api/v1/map/towns?bbox=20,-20,35,-5&zoom=5").json()["items"]
    people = [one["population"] for one in found]
    assert "Lusaka" in {one["name"] for one in found}
    assert people == sorted(people, reverse=True)
    assert 5 < len(found) <= 40


def test_the_page_leads_the_rooms_and_needs_no_script(enter: Enter) -> None:
    client = enter()
    assert client.get("/").headers["location"].startswith("/watch")
    page = client.get("/watch?kind=riot&event=e-riot").text
    assert "Crowd at the gate in Kitwe" in page
    assert "March in Lusaka" not in page
    assert 'id="chosen"' in page
    assert "The map needs script" in page
    assert 'name="kind" value="riot" checked' in page
    assert "style=" not in page
    assert "<script>" not in page


def test_a_chosen_event_that_is_gone_leaves_the_page(enter: Enter) -> None:
    answer = enter().get("/watch?event=e-nobody")
    assert answer.status_code == 200
    assert 'id="chosen"' not in answer.text


def test_the_table_holds_what_the_map_shows(enter: Enter, desk: Desk) -> None:
    expose(desk, "kitwe")
    page = enter().get("/watch?view=table").text
    assert page.count("<tr>") == 1 + len(EVERYTHING)
    assert "kitwe (4 km)" in page
    assert "28.200" in page


@pytest.mark.parametrize("precision", list(Precision))
def test_every_precision_is_told(enter: Enter, desk: Desk, precision: Precision) -> None:
    found = event("e-riot", Kind.RIOT, "Crowd in Kitwe", -12.8, 28.2, "ZM")
    assert found.place is not None
    put(desk, replace(found, place=replace(found.place, precision=precision)))
    client = enter()
    assert 'id="chosen"' in client.get("/watch?event=e-riot").text
    marks = client.get("/api/v1/map/events?zoom=9&kind=riot").json()["features"]
    assert [one["properties"]["precision"] for one in marks] == [precision.value]


def test_the_first_view_is_small(enter: Enter, desk: Desk) -> None:
    put(desk, *(event(f"e-{n:03}", Kind.CRIME, f"Theft {n}", -12, 28, "ZM") for n in range(200)))
    client = enter()
    page = client.get("/watch", headers={"accept-encoding": "gzip"})
    parts = [
        client.get(f"/static/{name}", headers={"accept-encoding": "gzip"})
        for name in ("app.css", "app.js", "watch.css", "watch.js", "vendor/htmx.min.js")
    ]
    sent = sum(int(one.headers["content-length"]) for one in (page, *parts))
    assert sent < 150 * 1024
