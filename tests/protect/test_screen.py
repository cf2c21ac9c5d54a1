from dataclasses import replace
from datetime import timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protect_cases import BENIN, NOW, PERU, ZAMBIA, event, place

from farwatch.model.event import Event, State
from farwatch.model.kinds import Kind
from farwatch.model.place import Precision
from farwatch.model.protect import Site
from farwatch.model.report import Span
from farwatch.model.tables import EVENTS, EXPOSURES
from farwatch.protect.bulk import screen_batches, screen_table
from farwatch.protect.index import SiteIndex
from farwatch.protect.reach import builtin_reach
from farwatch.protect.screen import screen

COAST = (
    (-7.0, -80.3),
    (-7.0, -79.3),
    (-8.5, -78.4),
    (-11.0, -77.2),
    (-11.0, -78.6),
    (-9.0, -79.6),
    (-7.0, -80.3),
)
COPPERBELT = (
    (-12.2, 27.3),
    (-12.2, 29.1),
    (-13.6, 29.1),
    (-13.9, 27.6),
    (-13.0, 27.1),
    (-12.2, 27.3),
)

REVISED = {"chimbote_terminal": 4, "trujillo_office": 4, "canon_del_pato": 3, "huaraz_dam": 3}


def reached(happening: Event, sites: tuple[Site, ...], now=NOW) -> dict[str, int]:
    return {e.site: e.severity for e in screen([happening], SiteIndex.of(sites), now)}


@pytest.mark.parametrize(
    ("magnitude", "depth", "lat", "lon", "expected"),
    [
        (6.9, 10, -9.10, -79.30, {"chimbote_terminal": 3, "trujillo_office": 3}),
        (7.4, 25, -9.10, -79.30, REVISED),
        (6.8, 10, -5.50, -80.90, {"piura_store": 4}),
        (5.9, 20, -9.20, -78.75, {"chimbote_terminal": 3}),
        (4.6, 10, -9.20, -78.85, {}),
    ],
)  # fmt: skip
def test_an_earthquake_is_as_severe_as_it_shakes_the_site(magnitude, depth, lat, lon, expected):
    quake = event(
        Kind.EARTHQUAKE, 5, place(lat, lon), measures={"magnitude": magnitude, "depth_km": depth}
    )
    assert reached(quake, PERU) == expected


def test_a_quake_of_unknown_depth_is_taken_as_shallow():
    quake = event(Kind.EARTHQUAKE, 5, place(-9.1, -79.3), measures={"magnitude": 6.9})
    assert reached(quake, PERU) == {"chimbote_terminal": 3, "trujillo_office": 3}


def test_half_a_rupture_keeps_the_least_band():
    site = Site("near", "Near", -9.1 + 180 / 111.2, -79.3)
    quake = event(
        Kind.EARTHQUAKE, 5, place(-9.1, -79.3), measures={"magnitude": 7.0, "depth_km": 10}
    )
    (exposure,) = screen([quake], SiteIndex.of([site]), NOW)
    assert exposure.severity == 3
    assert exposure.probability < 0.5
    assert "rupture" in exposure.reasons[1]


def test_a_tsunami_reaches_the_low_coast_inside_its_polygon():
    wave = event(
        Kind.TSUNAMI,
        4,
        place(-9.0, -79.0, rings=(COAST,), precision=Precision.REGION),
        official=True,
    )
    assert reached(wave, PERU) == {"chimbote_terminal": 4}


def test_a_tsunami_does_not_spare_a_site_of_unknown_height():
    site = Site("quay", "Quay", -9.0, -78.9, "PE")
    assert reached(event(Kind.TSUNAMI, 4, place(-9.0, -79.0, rings=(COAST,))), (site,)) == {
        "quay": 4
    }


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.LEVEL_CHANGE])
@pytest.mark.parametrize("precision", [Precision.COUNTRY, Precision.REGION])
def test_country_precision_exposes_no_site(kind: Kind, precision: Precision):
    centroid = place(-12.8, 28.2, 300, precision=precision, country="ZM", admin1="08")
    assert reached(event(kind, 5, centroid, official=True), ZAMBIA) == {}


def test_a_level_is_a_statement_about_the_country_itself():
    country = place(-15, 30, precision=Precision.COUNTRY, country="ZM")
    assert len(reached(event(Kind.LEVEL_CHANGE, 4, country), ZAMBIA + BENIN)) == len(ZAMBIA)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (place(-13, 28.2, precision=Precision.ADMIN1, country="ZM", admin1="08"), 3),
        (place(-13, 28.2, precision=Precision.ADMIN1, country="ZM", admin1="ZM.08"), 3),
        (place(-13, 28.2, precision=Precision.ADMIN1, country="ZM"), 0),
        (place(-13, 28.2, rings=(COPPERBELT,)), 3),
        (place(-12.82, 28.21, 4, precision=Precision.CITY, country="ZM", admin1="08"), 1),
    ],
)
def test_a_restriction_reaches_its_unit_polygon_or_city(where, expected: int):
    assert len(reached(event(Kind.RESTRICTION, 3, where, official=True), ZAMBIA)) == expected


def test_riots_in_a_province_expose_no_site_in_particular():
    province = place(-13, 28.2, 150, precision=Precision.ADMIN1, country="ZM", admin1="08")
    assert reached(event(Kind.RIOT, 4, province), ZAMBIA) == {}


def test_an_outbreak_reaches_the_unit_of_its_town():
    town = place(-9.085, -78.578, 5, precision=Precision.CITY, country="PE", admin1="02")
    assert set(reached(event(Kind.OUTBREAK, 2, town), PERU)) == {
        "chimbote_terminal", "huaraz_dam", "canon_del_pato"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "severity", "lat", "lon", "expected"),
    [
        (Kind.ARMED_CLASH, 3, 11.04, 0.97, set()),  # Porga, 57 km away
        (Kind.ROAD_ATTACK, 3, 10.75, 1.14, {"tanguieta_base"}),
        (Kind.ARMED_CLASH, 4, 10.78, 1.27, {"tanguieta_base"}),
        (Kind.ABDUCTION, 4, 10.78, 1.11, {"tanguieta_base", "natitingou_clinic"}),
        (Kind.OTHER, 5, 10.62, 1.27, set()),
        (Kind.ADVISORY, 5, 10.62, 1.27, set()),
        (Kind.CRIME, 1, 6.37, 2.39, set()),
    ],
)
def test_reach_by_kind_and_severity(kind, severity, lat, lon, expected):
    assert set(reached(event(kind, severity, place(lat, lon, 3)), BENIN)) == expected


def test_a_minor_scuffle_somewhere_in_a_city_reaches_nobody_but_a_notice_for_the_city_does():
    lusaka = place(-15.4067, 28.2871, 8, precision=Precision.CITY, country="ZM", name="Lusaka")
    assert reached(event(Kind.RIOT, 2, lusaka), ZAMBIA) == {}
    notice = event(Kind.PROTEST, 2, lusaka, official=True, happened=None)
    assert reached(notice, ZAMBIA) == {"lusaka_office": 2}
    ahead = event(Kind.PROTEST, 2, lusaka, happened=Span(NOW + timedelta(days=2)))
    assert reached(ahead, ZAMBIA) == {"lusaka_office": 2}


def test_an_own_site_report_reaches_its_site_even_without_a_place():
    report = event(Kind.GUN_ATTACK, 4, None, site="kitwe_plant")
    (exposure,) = screen([report], SiteIndex.of(ZAMBIA), NOW)
    assert (exposure.site, exposure.probability, exposure.site_name) == (
        "kitwe_plant",
        1,
        "Kitwe plant",
    )
    assert reached(event(Kind.SILENCE, 3, None, site="kitwe_plant"), ZAMBIA) == {"kitwe_plant": 3}
    assert reached(event(Kind.GUN_ATTACK, 4, None, site="not_ours"), ZAMBIA) == {}


def test_wildfire_needs_three_detections():
    fire = event(Kind.WILDFIRE, 3, place(-12.8, 28.2), measures={"detections": 2})
    assert reached(fire, ZAMBIA) == {}
    assert reached(replace(fire, measures={"detections": 3}), ZAMBIA) == {"kitwe_plant": 3}


@pytest.mark.parametrize(
    "change",
    [{"state": State.ENDED}, {"state": State.WITHDRAWN}, {"expires": NOW - timedelta(hours=1)}],
)
def test_what_is_over_reaches_nobody(change):
    assert reached(event(Kind.RIOT, 4, place(-12.8, 28.2), **change), ZAMBIA) == {}


def test_nearest_come_first_and_events_stay_apart():
    events = [
        event(Kind.ABDUCTION, 4, place(10.78, 1.11), id="one"),
        event(Kind.EXPLOSION, 5, place(10.31, 1.38), id="two"),
    ]
    found = [(e.event, e.site) for e in screen(events, SiteIndex.of(BENIN), NOW)]
    assert found == [
        ("one", "tanguieta_base"), ("one", "natitingou_clinic"), ("two", "natitingou_clinic")
    ]  # fmt: skip


def table(events: list[Event]) -> pa.Table:
    rows = [
        {
            "id": e.id, "kind": e.kind.value, "category": None, "severity": e.severity,
            "credibility": e.grade.credibility, "official": e.official,
            "lat": e.place.geometry.lat, "lon": e.place.geometry.lon,
            "radius_km": e.place.geometry.radius_km, "precision": e.place.precision.value,
            "country": e.place.country, "admin1": e.place.admin1, "start": NOW, "expires": None,
            "source_class": None,
        }
        for e in events
    ]  # fmt: skip
    plain = pa.Table.from_pylist(rows, EVENTS)
    for name in ("magnitude", "depth_km"):
        column = pa.array([e.measures.get(name) for e in events], pa.float64())
        plain = plain.append_column(name, column)
    return plain


events_near = st.builds(
    lambda i, kind, severity, lat, lon, radius, precision, official, magnitude: event(
        kind, severity,
        place(lat, lon, radius, precision=precision, country="ZM", admin1="08"),
        id=f"e{i}", official=official,
        measures={"magnitude": magnitude} if kind is Kind.EARTHQUAKE and magnitude else {},
    ),
    st.integers(0, 10**9), st.sampled_from(list(Kind)), st.integers(1, 5),
    st.floats(-16, -12), st.floats(26, 29), st.sampled_from([0.0, 2.0, 20.0]),
    st.sampled_from(list(Precision)), st.booleans(), st.sampled_from([None, 4.5, 6.0, 7.6]),
)  # fmt: skip


@given(st.lists(events_near, max_size=8, unique_by=lambda e: e.id))
@settings(max_examples=80)
def test_in_bulk_the_answer_is_the_same(events: list[Event]):
    # a protest is announced by its time, which the bulk path does not read
    events = [e for e in events if e.kind is not Kind.PROTEST]
    index = SiteIndex.of(ZAMBIA)
    single = [
        (e.event, e.site, e.severity, round(e.distance_km, 2), round(e.probability, 3))
        for e in screen(events, index, NOW)
    ]
    bulk = [
        (
            r["event"],
            r["site"],
            r["severity"],
            round(r["distance_km"], 2),
            round(r["probability"], 3),
        )
        for r in screen_table(table(events), index.table).to_pylist()
    ]
    assert [row[:3] for row in bulk] == [row[:3] for row in single]
    for one, other in zip(bulk, single, strict=True):
        assert one[3:] == pytest.approx(other[3:], abs=0.02)


def test_bulk_leaves_tsunamis_off_the_heights_and_bounds_batches():
    wave = table([event(Kind.TSUNAMI, 4, place(-8.5, -78.8, 120), official=True)])
    found = screen_table(wave, SiteIndex.of(PERU).table)
    assert found.schema == EXPOSURES
    assert set(found["site"].to_pylist()) == {"chimbote_terminal", "canon_del_pato"}
    assert list(screen_batches(wave.slice(0, 0), SiteIndex.of(PERU))) == []
    assert screen_table(wave, SiteIndex.of([]).table).num_rows == 0


def test_every_kind_that_counts_has_a_reach():
    without = {kind for kind in Kind if kind not in builtin_reach().kinds}
    assert without == {Kind.CYBER, Kind.ADVISORY, Kind.OTHER}
