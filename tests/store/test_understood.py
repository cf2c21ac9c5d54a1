"""Readings, judgements, events and assessments as stored."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Connection
from store_nouns import T0, after, event, place, reading

from farwatch.errors import NotFound
from farwatch.model.assessment import Assessment, Coverage, Level
from farwatch.model.event import Judgement, State, Verdict
from farwatch.model.kinds import Category, Kind
from farwatch.model.tables import EVENTS
from farwatch.store import assessments, events, judgements, readings
from farwatch.store.database import Database
from farwatch.store.events import Which
from farwatch.store.readings import Search

KITWE, NDOLA, NAIROBI = place(-12.8, 28.2), place(-12.97, 28.63), place(-1.29, 36.82, "KE")


def keys(conn: Connection, **asked: object) -> list[str]:
    search = Search(after(-60), after(60), **asked)  # type: ignore[arg-type]
    return [item.report.key for item in readings.candidates(conn, search)]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["kitwe", "ndola", "zambia", "nairobi", "nowhere"]),
        ({"kinds": (Kind.FLOOD,)}, ["nairobi"]),
        ({"kinds": (Kind.FLOOD, Kind.RIOT), "country": "KE"}, ["nairobi"]),
        ({"lat": -12.8, "lon": 28.2, "km": 20.0}, ["kitwe"]),
        ({"lat": -12.8, "lon": 28.2, "km": 80.0}, ["kitwe", "ndola"]),
        ({"lat": -12.8, "lon": 28.2, "km": 20.0, "country": "ZM"}, ["kitwe", "zambia"]),
        ({"country": "ZM"}, ["kitwe", "ndola", "zambia"]),
    ],
)
def test_candidates_by_kind_place_and_time(
    conn: Connection, asked: dict[str, object], expected: list[str]
) -> None:
    zambia = place(-14.5, 27.8, precision="country")
    readings.put(
        conn,
        [
            reading("kitwe", KITWE, 0),
            reading("ndola", NDOLA, 1),
            reading("zambia", zambia, 2),
            reading("nairobi", NAIROBI, 3, kind=Kind.FLOOD),
            reading("nowhere", None, 4),
            reading("old", KITWE, -600),
        ],
    )
    assert keys(conn, **asked) == expected


_LAT, _LON = st.floats(-90, 90), st.floats(-180, 180)


def _km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great circle on the mean sphere, by the haversine."""
    (lat, lon), (to_lat, to_lon) = (tuple(map(math.radians, item)) for item in (one, other))
    half = math.sin((to_lat - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(to_lat) * math.sin((to_lon - lon) / 2) ** 2
    return 2 * 6371.0 * math.asin(min(1.0, math.sqrt(half)))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(_LAT, _LON, _LAT, _LON, st.floats(0.0, 2_000.0))
def test_the_box_holds_the_circle_everywhere(
    database: Database, lat: float, lon: float, to_lat: float, to_lon: float, slack: float
) -> None:
    """Over the poles and the date line too."""
    distance = _km((lat, lon), (to_lat, to_lon))
    with database.begin() as conn:
        readings.put(conn, [reading("there", place(to_lat, to_lon))])
        assert keys(conn, lat=lat, lon=lon, km=distance * 1.001 + slack) == ["there"]


def test_a_statement_may_have_several_readings(conn: Connection) -> None:
    parts = [reading("k", KITWE), reading("k", NDOLA, severity=4)]
    readings.put(conn, parts)
    assert readings.by_statements(conn, ["wire\tk", "wire\tx"]) == {"wire\tk": tuple(parts)}
    readings.put(conn, parts[:1])
    assert readings.by_statements(conn, ["wire\tk"]) == {"wire\tk": (parts[0],)}
    readings.drop(conn, ["wire\tk"])
    assert readings.by_statements(conn, ["wire\tk"]) == {}
    with pytest.raises(ValueError, match="'wire' is not source, tab, key"):
        readings.drop(conn, ["wire"])


def test_a_persons_judgement_stands_beside_the_models(conn: Connection) -> None:
    model = Judgement("a\t1", "b\t1", Verdict.SAME, "model", T0, 0.8, ("same town",))
    person = Judgement("a\t1", "b\t1", Verdict.DIFFERENT, "amina", after(1))
    judgements.put(conn, [person, model])
    assert judgements.for_statements(conn, ["b\t1"]) == [model, person]
    assert judgements.decisions(conn) == [person]
    changed = Judgement("a\t1", "b\t1", Verdict.DIFFERENT, "model", after(2), 0.1)
    judgements.put(conn, [changed])
    assert judgements.for_statements(conn, ["a\t1"]) == [changed, person]
    judgements.drop(conn, ["a\t1"])
    assert judgements.for_statements(conn, ["a\t1"]) == [person]
    with pytest.raises(ValueError, match="not in order"):
        judgements.put(conn, [Judgement("b", "a", Verdict.SAME, "model", T0)])


def test_the_newest_version_stands_and_all_are_kept(conn: Connection) -> None:
    one, two = event("e1"), event("e1", 2, severity=4, statements=("wire\te1", "wire\tx"))
    events.put(conn, [one])
    events.put(conn, [two])
    events.put(conn, [two])
    assert events.get(conn, "e1") == two
    assert events.versions(conn, "e1") == [one, two]
    assert events.events_of(conn, ["wire\tx", "wire\tnone"]) == {"wire\tx": ("e1",)}
    events.put(conn, [event("e1", 3, statements=())])
    assert events.events_of(conn, ["wire\tx", "wire\te1"]) == {}


def test_a_report_of_two_happenings_supports_both(conn: Connection) -> None:
    events.put(conn, [event("e1", statements=("w\tk",)), event("e2", statements=("w\tk",))])
    assert events.events_of(conn, ["w\tk"]) == {"w\tk": ("e1", "e2")}


def test_merged_events_are_found_under_their_old_names(conn: Connection) -> None:
    events.put(conn, [event("e1"), event("e2"), event("e3")])
    events.redirect(conn, "e3", "e2", T0)
    events.redirect(conn, "e2", "e1", T0)
    assert events.get(conn, "e3").id == "e1"
    assert events.merged_into(conn, "e1") == ("e2", "e3")
    assert events.versions(conn, "e3") == [event("e3")]
    assert [item.id for item in events.live(conn, T0)] == ["e1"]
    with pytest.raises(ValueError, match="cannot become itself"):
        events.redirect(conn, "e1", "e3", T0)
    with pytest.raises(NotFound, match="'e9'"):
        events.redirect(conn, "e1", "e9", T0)
    with pytest.raises(NotFound, match="'e9'"):
        events.get(conn, "e9")
    events.put(conn, [event("e3", 2)])  # a person parted them again
    assert events.get(conn, "e3").version == 2


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (Which(), ["gone", "live", "over", "soon", "drill"]),
        (Which(live_at=after(30)), ["live", "soon", "drill"]),
        (Which(live_at=after(60)), ["live", "drill"]),
        (Which(exercise=True), ["drill"]),
        (Which(exercise=False, country="ZM"), ["gone", "live", "over", "soon"]),
        (Which(country="KE"), []),
        (Which(since=after(1)), ["drill"]),
        (Which(until=after(1)), ["gone", "live", "over", "soon"]),
        (Which(reported_since=after(5)), ["over"]),
    ],
)
def test_events_are_chosen(conn: Connection, which: Which, expected: list[str]) -> None:
    events.put(
        conn,
        [
            event("live"),
            event("soon", expires=after(60)),
            event("over", expires=after(10), last_reported=after(5)),
            event("gone", state=State.WITHDRAWN),
            event("drill", exercise=True, place=None, happened=None, first_reported=after(1)),
        ],
    )
    assert [item.id for item in events.chosen(conn, which)] == expected
    table = events.as_table(conn, which, {"wire": "local_news"})
    assert table.schema == EVENTS
    assert table["id"].to_pylist() == expected
    table.validate(full=True)
    assert [item.id for item in events.expired(conn, after(10))] == ["over"]
    assert [item.id for item in events.since(conn, after(5))] == ["over"]


def test_an_event_as_a_row(conn: Connection) -> None:
    events.put(conn, [event("e1", title="nul \0"), event("e2", place=None)])
    rows = events.as_table(conn, classes={"wire": "local_news"}).to_pylist()
    assert rows[0] == {
        "id": "e1",
        "kind": "riot",
        "category": "unrest",
        "severity": 3,
        "credibility": 3,
        "official": False,
        "lat": -12.8,
        "lon": 28.2,
        "radius_km": 5.0,
        "precision": "city",
        "country": "ZM",
        "admin1": "08",
        "start": T0,
        "expires": None,
        "source_class": "local_news",
    }
    assert (rows[1]["precision"], rows[1]["lat"], rows[1]["country"]) == ("region", None, None)


def assessed(name: str, minutes: float, level: int | None, at: str = "country:ET") -> Assessment:
    found = Level(Category.UNREST, level, 0.2, False, "steady", Coverage(0.7))
    return Assessment(name, at, after(minutes), level, "unrest", (found,))


def test_the_latest_of_every_place_is_found(conn: Connection) -> None:
    made = [
        Assessment(f"{place}@{n}", place, after(n), n, "conflict", ())
        for n in range(3)
        for place in ("country:ET", "country:ZM", "admin1:ET.53")
    ]
    assessments.put(conn, made)
    places = ["country:ZM", "country:ET", "country:XX", "admin1:ET.53"]
    for asked in (places, None):
        found = assessments.latest(conn, asked)
        assert {place: one.overall for place, one in found.items()} == dict.fromkeys(
            ("country:ZM", "country:ET", "admin1:ET.53"), 2
        )
    assert {one.overall for one in assessments.latest(conn, places, after(1)).values()} == {1}
    assert assessments.latest(conn, []) == {}


def test_assessments_latest_history_and_levels(conn: Connection) -> None:
    first, second = assessed("a1", 0, 3), assessed("a2", 10, None)
    other = assessed("b1", 5, 2, "admin1:ET.53")
    assessments.put(conn, [first, second, other])
    assessments.put(conn, [second])
    assert assessments.get(conn, "a1") == first
    assert assessments.latest(conn) == {"country:ET": second, "admin1:ET.53": other}
    assert assessments.latest(conn, ["country:ET", "x"], after(9)) == {"country:ET": first}
    assert assessments.history(conn, "country:ET") == [first, second]
    assert assessments.history(conn, "country:ET", after(1)) == [second]
    found = assessments.levels(conn, "country:ET", Category.UNREST)
    assert [(item.as_of, item.level) for item in found] == [(T0, 3), (after(10), None)]
    assert assessments.levels(conn, "country:ET", Category.UNREST, after(1))[0].level is None
    with pytest.raises(NotFound, match="'zz'"):
        assessments.get(conn, "zz")
