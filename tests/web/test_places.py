"""The places' room: what is not known never reads as safe, persons' levels, bounds of a scope."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from web_desk import NOON, Enter, event

from farwatch.desk import place_list, place_room
from farwatch.desk.level_strips import strips
from farwatch.desk.opening import Desk
from farwatch.desk.place_list import PlaceChoice
from farwatch.foresee.assess import with_overrides
from farwatch.model.account import Role, Scope
from farwatch.model.event import State
from farwatch.model.kinds import Kind
from farwatch.store import assessments, audit, events
from farwatch.store.keyset import Wanted
from farwatch.store.place_levels import Step

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (Scope(), {"ZM", "PE"}),
        (Scope(countries=("ZM",)), {"ZM"}),
        (Scope(countries=("ET",)), set()),
    ],
)
def test_places_outside_the_scope_are_not_found(enter: Enter, scope: Scope, seen: set[str]) -> None:
    client = enter(Role.ANALYST, scope)
    rows = client.get("/api/v1/places?ours=true").json()["items"]
    assert {row["country"] for row in rows} == seen
    for country, name in (("ZM", "Copperbelt"), ("PE", "Lima")):
        listed = client.get(f"/places?q={name}").text
        assert (
            f"/places/admin1%3A{country}" in listed or f"/places/admin1:{country}" in listed
        ) is (country in seen or not scope.countries)
    if scope.countries:
        assert client.get("/places/country:PE").status_code == 404
        form = {"category": "conflict", "level": "5", "reason": "x", "until": "2099-01-01"}
        assert client.post("/places/country:PE/override", data=form).status_code == 404


def test_the_count_of_live_events_follows_a_change_at_once_and_an_expiry_soon(desk: Desk) -> None:
    def live(now: datetime) -> int:
        found, _ = place_list.listed(
            desk, PlaceChoice(kind="country", country="ZM"), Scope(), Wanted(), now
        )
        return found.items[0].events

    before = live(NOON)
    more = event("e-more", Kind.RIOT, "Crowd at Ndola", -12.9, 28.6, "ZM")
    with desk.database.begin() as conn:
        events.put(conn, [replace(more, expires=NOON + timedelta(minutes=1))])
    assert (live(NOON), live(NOON + timedelta(minutes=2))) == (before + 1, before)
    with desk.database.begin() as conn:
        events.put(conn, [replace(more, version=2, state=State.ENDED)])
    assert live(NOON) == before


def test_a_place_tells_the_first_live_events_how_many_there_are_and_where_the_rest_is(
    enter: Enter, desk: Desk
) -> None:
    worst = replace(event("e-worst", Kind.RIOT, "Riot in Ndola", -12.9, 28.6, "ZM"), severity=5)
    more = [event(f"e{n:02}", Kind.RIOT, f"Crowd {n:02}", -12.9, 28.6, "ZM") for n in range(17)]
    with desk.database.begin() as conn:
        events.put(conn, [*more, worst])
    client = enter(Role.VIEWER)
    page = client.get("/places/country:ZM").text
    assert "20 live events near" in page and "The 15 most severe are shown" in page
    assert page.index("Riot in Ndola") < page.index("Crowd 16")
    assert 'href="/events?country=ZM&amp;state=live"' in page
    unit = client.get("/places/admin1:ZM.08").text
    assert "19 live events near" in unit and "The 15 nearest are shown" in unit
    body = client.get("/api/v1/places/country:ZM").json()
    assert (body["nearby_total"], len(body["nearby"])) == (20, 20)
    assert body["nearby"][0]["id"] == "e-worst"


def test_pages_of_places_hold_each_place_once_in_the_order_of_the_whole(desk: Desk) -> None:
    choice = PlaceChoice(kind="country")
    whole, total = place_list.listed(desk, choice, Scope(), Wanted(1_000), NOON)
    found: list[str] = []
    after: str | None = None
    while True:
        some, _ = place_list.listed(desk, choice, Scope(), Wanted(37, after), NOON)
        found += [one.id for one in some.items]
        after = some.next
        if after is None:
            break
    assert found == [one.id for one in whole.items]
    assert (len(set(found)), whole.next) == (total, None)
    ours = [bool(one.sites or one.events) for one in whole.items]
    assert ours == sorted(ours, reverse=True) and ours[0]


def test_a_persons_level_stands_beside_the_models_and_ends_by_itself(
    enter: Enter, desk: Desk
) -> None:
    client, place = enter(Role.ANALYST), "admin1:ZM.08"
    until = (datetime.now(UTC) + 20 * DAY).date().isoformat()
    form = {"category": "conflict", "level": "5", "reason": "convoy was seen", "until": until}
    late = {**form, "until": (datetime.now(UTC) + 40 * DAY).date().isoformat()}
    assert client.post(f"/places/{place}/override", data=late).status_code == 422
    assert client.post(f"/places/{place}/override", data=form).status_code == 303
    page = client.get(f"/places/{place}").text
    assert "convoy was seen" in page and "the model says" in page and "not assessed" in page
    row = client.get("/api/v1/places?q=copperbelt").json()["items"][0]
    assert (row["level"], row["overridden"], row["decided_by"]) == (5, True, "conflict")
    with desk.database.read() as conn:
        made = assessments.latest(conn, [place])[place]
        conflict = made.levels[0]
        assert (conflict.level, conflict.model, conflict.override.by) == (
            5, None, "analyst of the tests"
        )  # fmt: skip
        assert [one.decision.kind for one in audit.entries(conn, place)] == ["override"]
        inside, _ = place_room.stood(conn, place, made.as_of)
        assert inside and inside.overall == 5
    over = with_overrides(made, [conflict.override], conflict.override.until)
    assert (over.overall, over.levels[0].override, over.levels[0].reasons) == (
        None, None, conflict.reasons[1:]
    )  # fmt: skip
    ended = client.post(f"/places/{place}/override/end", data={"category": "conflict"})
    assert ended.status_code == 303
    with desk.database.read() as conn:
        after, _ = place_room.stood(conn, place, datetime.now(UTC))
    assert after and after.overall is None


def test_a_time_without_an_assessment_is_a_hole_and_no_level() -> None:
    steps = [Step(START + DAY, "", 2), Step(START + 5 * DAY, "", 4)]
    times = [START + DAY, START + 2 * DAY, START + 5 * DAY]
    spans = strips(steps, times, START, START + 6 * DAY)[""]
    assert [(one.level, one.kept) for one in spans] == [
        (None, False), (2, True), (None, False), (4, True)
    ]  # fmt: skip
    assert spans[0].start == START and spans[-1].end == START + 6 * DAY
    assert all(one.end == two.start for one, two in pairwise(spans))
    assert [one.level for one in strips([], [], START, START + DAY)[""]] == [None]
