"""Choosing the place of a happening among the toponyms of its text."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.model.place import Place, Precision
from farwatch.understand.classify import classify
from farwatch.understand.earth import distance_km, moved, ring
from farwatch.understand.place import Told, choose


@dataclass(frozen=True)
class Name:
    start: int
    end: int
    text: str
    geonameid: int
    name: str
    lat: float
    lon: float
    country: str
    admin1: str | None
    precision: Precision
    confidence: float = 0.8
    demonym: bool = False
    population: int = 0


CITY, ADMIN1, COUNTRY = Precision.CITY, Precision.ADMIN1, Precision.COUNTRY
WORLD = {
    "Kitwe": (-12.80, 28.21, "ZM", "ZM.08", CITY),
    "Chingola": (-12.53, 27.85, "ZM", "ZM.08", CITY),
    "Ndola": (-12.96, 28.64, "ZM", "ZM.08", CITY),
    "Lusaka": (-15.41, 28.28, "ZM", "ZM.09", CITY),
    "Zambia": (-13.4, 27.8, "ZM", None, COUNTRY),
    "Nairobi": (-1.28, 36.82, "KE", "KE.05", CITY),
    "Kenya": (1.0, 38.0, "KE", None, COUNTRY),
    "Tanguieta": (10.62, 1.27, "BJ", "BJ.08", CITY),
    "Porga": (11.04, 0.97, "BJ", "BJ.08", CITY),
    "Benin": (9.5, 2.25, "BJ", None, COUNTRY),
    "Huaraz": (-9.53, -77.53, "PE", "PE.02", CITY),
    "Casma": (-9.47, -78.31, "PE", "PE.02", CITY),
    "Ancash": (-9.4, -77.7, "PE", "PE.02", ADMIN1),
    "Lima": (-12.05, -77.04, "PE", "PE.15", CITY),
}


def where(title: str, text: str = "") -> Place | None:
    body = f"{title}. {text}" if text else title
    found = [
        Name(at, at + len(name), name, n, name, *facts)
        for n, (name, facts) in enumerate(WORLD.items())
        for at in range(len(body))
        if body.startswith(name, at)
    ]
    told = classify(title, text, None)
    spot = Told(told.start, told.end, told.focus, len(title) if text else 0)
    return choose(body, spot, sorted(found, key=lambda t: t.start))


CROWD = "Police used tear gas on a rioting crowd in Kitwe, Zambia."
BLOCK = "Miners blocked the Kitwe-Chingola road about 2 km from the refinery gate in Chingola."
RAID = "Armed men raided a village 18 km north of Tanguieta in Benin."
SHOCK = "The earthquake off Ancash was felt in Lima."
CLOSED = "A landslide has closed the Huaraz-Casma road near Huaraz."


@pytest.mark.parametrize(
    ("title", "text", "name", "precision"),
    [
        ("Crowd and police at Kitwe industrial area", CROWD, "Kitwe", CITY),
        ("Violence in Zambia", "", "Zambia", COUNTRY),
        ("Riot in the Ndola suburb of Nairobi", "Nairobi, Kenya saw a riot.", "Nairobi", CITY),
        ("Strong earthquake felt in Lima", SHOCK, "Ancash", ADMIN1),
        ("Raid on village", RAID, "18 km north of Tanguieta", Precision.POINT),
        ("Miners block road", BLOCK, "2 km from the refinery gate in Chingola", CITY),
        (
            "Road closed",
            "A landslide closed the road between Huaraz and Casma.",
            "road Huaraz–Casma",
            Precision.ADMIN2,
        ),
        ("Landslide closes Huaraz-Casma road", CLOSED, "Huaraz", CITY),
        ("Ambush", "LUSAKA, Zambia - Gunmen ambushed a convoy in Ndola.", "Ndola", CITY),
    ],
)
def test_where_it_happened(title: str, text: str, name: str, precision: Precision) -> None:
    found = where(title, text)
    assert found is not None
    assert (found.name, found.precision) == (name, precision), found.reasons
    assert found.reasons


def test_a_bearing_moves_the_point_and_keeps_its_doubt() -> None:
    found = where("Raid", "Armed men raided a village 18 km north of Tanguieta.")
    assert found is not None
    km = distance_km(10.62, 1.27, found.geometry.lat, found.geometry.lon)
    assert km == pytest.approx(18, abs=0.1)
    assert found.geometry.lat > 10.7
    assert found.geometry.radius_km == pytest.approx(3.6)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("1,5 km north", "1.5 km north of Tanguieta"),
        ("1,200 m north", "1.2 km north of Tanguieta"),
        ("12,000 metres north", "12 km north of Tanguieta"),
        ("1,200 km north", "Tanguieta"),  # too far to say anything of where
    ],
)
def test_a_comma_parts_thousands_or_decimals(said: str, name: str) -> None:
    found = where("Raid", f"Armed men raided a village {said} of Tanguieta.")
    assert found is not None
    assert found.name == name


def test_towns_named_in_one_breath_are_all_meant() -> None:
    found = where("Advice", "Demonstrations are expected in Lusaka, Kitwe, Chingola and Ndola.")
    assert found is not None
    assert found.name == "Lusaka, Kitwe, Chingola, Ndola"
    assert len(found.geometry.rings) == 4
    assert all(ring[0] == ring[-1] for ring in found.geometry.rings)
    assert (found.precision, found.admin1) == (CITY, None)


def test_no_name_no_place() -> None:
    assert where("Riot at the market") is None


@given(st.floats(-89, 89), st.floats(-180, 180), st.floats(0, 2000), st.floats(0, 360))
def test_a_moved_point_lies_that_far_away(lat: float, lon: float, km: float, way: float) -> None:
    there = moved(lat, lon, km, way)
    assert distance_km(lat, lon, *there) == pytest.approx(km, abs=0.01)
    assert -90 <= there[0] <= 90
    assert -180 <= there[1] <= 180


def test_a_ring_is_closed_and_round() -> None:
    corners = ring(10.0, 20.0, 10.0)
    assert corners[0] == corners[-1]
    assert all(distance_km(10, 20, *c) == pytest.approx(10, abs=0.01) for c in corners)
