"""A whole reading from report, source and gazetteer: facts win, text fills in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from understand_made import NOON, report, source

from farwatch.errors import StoreError
from farwatch.model.event import Reading
from farwatch.model.kinds import Kind
from farwatch.model.place import Geometry, Place, Precision
from farwatch.model.report import Facts, Report, Span
from farwatch.understand.read import understand
from farwatch.world import gazetteer
from farwatch.world.gazetteer import Gazetteer

LOCAL = replace(source("daily"), countries=("ZM",), covers=("admin1:ZM.08",))


@pytest.fixture(scope="module")
def world() -> Gazetteer:
    try:
        return gazetteer.open()
    except StoreError as error:
        pytest.skip(f"the gazetteer is not compiled: {error}")


def read(made: Report, world: Gazetteer) -> Reading:
    return understand(made, LOCAL, world, NOON)


def test_news_in_words(world: Gazetteer) -> None:
    text = (
        "A rioting crowd burned tyres in the industrial area of Kitwe on Wednesday. Police fired."
    )
    found = read(report("daily", text=text, title="Crowd and police at Kitwe"), world)
    assert (found.kind, found.severity, str(found.grade)) == (Kind.RIOT, 3, "C3")
    assert found.place is not None
    assert (found.place.name, found.place.country, found.place.admin1) == ("Kitwe", "ZM", "08")
    assert found.place.precision is Precision.CITY
    assert found.happened is not None
    assert found.happened.start.date().isoformat() == "2026-05-06"
    assert "police" in found.actors
    assert found.code == "cameo:145"


def test_nothing_told_is_other_and_nowhere(world: Gazetteer) -> None:
    found = read(report("daily", text="The copper price rose in Kitwe this week."), world)
    assert (found.kind, found.place) == (Kind.OTHER, None)


def test_what_a_source_states_wins(world: Gazetteer) -> None:
    span = Span(NOON - timedelta(hours=1))
    facts = Facts(
        kind=Kind.EARTHQUAKE,
        severity=4,
        geometry=Geometry(-9.1, -79.3, 5.0),
        happened=span,
        official=True,
        code="glide:EQ",
    )
    found = read(report("usgs", title="Riot in Kitwe", facts=facts), world)
    assert (found.kind, found.severity, found.happened, found.code) == (
        Kind.EARTHQUAKE,
        4,
        span,
        "glide:EQ",
    )
    assert found.place is not None
    assert (found.place.geometry.lat, found.place.precision) == (-9.1, Precision.POINT)
    assert found.grade.credibility == 2


def test_a_local_place_gets_its_units(world: Gazetteer) -> None:
    spot = Place("Kitwe", Precision.CITY, Geometry(-12.8, 28.21, 10.0), "ZM")
    found = read(report("gdelt", facts=Facts(kind=Kind.RIOT, place=spot)), world)
    assert found.place is not None
    assert found.place.admin1 == "08"


def test_a_country_stays_a_country(world: Gazetteer) -> None:
    whole = Place("Zambia", Precision.COUNTRY, Geometry(-13.4, 27.8, 500.0), "ZM")
    found = read(report("gdelt", facts=Facts(kind=Kind.RIOT, place=whole)), world)
    assert found.place == whole


def test_advice_that_announces_something_at_towns_is_an_event(world: Gazetteer) -> None:
    whole = Place("Zambia", Precision.COUNTRY, Geometry(-13.4, 27.8, 500.0), "ZM")
    facts = Facts(kind=Kind.ADVISORY, severity=2, place=whole, official=True)
    text = "Demonstrations are expected around the vote in Lusaka, Kitwe and Ndola."
    found = read(report("fcdo", text=text, title="Zambia travel advice", facts=facts), world)
    assert (found.kind, found.urgency) == (Kind.PROTEST, "Future")
    assert found.place is not None
    assert len(found.place.geometry.rings) == 3


def test_general_advice_stays_advice(world: Gazetteer) -> None:
    whole = Place("Zambia", Precision.COUNTRY, Geometry(-13.4, 27.8, 500.0), "ZM")
    facts = Facts(kind=Kind.ADVISORY, severity=2, place=whole)
    text = "Demonstrations may occur in Lusaka and can turn violent. You should avoid crowds."
    found = read(report("fcdo", text=text, facts=facts), world)
    assert (found.kind, found.place) == (Kind.ADVISORY, whole)


def test_an_old_coded_attack_is_history_and_a_long_drought_is_not(world: Gazetteer) -> None:
    year = Span(NOON - timedelta(days=365), precision="day")
    spot = Place("Kitwe", Precision.CITY, Geometry(-12.8, 28.21, 10.0), "ZM", "08")
    attack = Facts(kind=Kind.GUN_ATTACK, happened=year, place=spot)
    assert read(report("gdelt", facts=attack), world).historical
    drought = Facts(kind=Kind.DROUGHT, happened=year, place=spot)
    assert not read(report("gdacs", facts=drought), world).historical


def test_a_happening_to_come_is_future(world: Gazetteer) -> None:
    facts = Facts(
        kind=Kind.CYCLONE, happened=Span(NOON + timedelta(days=1)), geometry=Geometry(0, 0)
    )
    assert read(report("gdacs", facts=facts), world).urgency == "Future"


def test_a_denial_is_marked(world: Gazetteer) -> None:
    made = report(
        "daily", title="Army denies that soldiers were killed in Kitwe", text="It is calm."
    )
    assert read(made, world).denial
