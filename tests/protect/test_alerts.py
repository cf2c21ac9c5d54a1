"""Decide, held against what desks expect: the exercises' happenings and their traps."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from protect_cases import BENIN, NOW, PERU, ZAMBIA, event, place

from farwatch.model.event import Event, State
from farwatch.model.grade import Grade
from farwatch.model.kinds import Kind
from farwatch.model.place import Precision
from farwatch.model.protect import Alert, AlertState, Message, Route, Site
from farwatch.model.report import Span
from farwatch.protect.alerts import decide, follow
from farwatch.protect.index import SiteIndex
from farwatch.protect.routing import Quiet, Rules, builtin_rules
from farwatch.protect.screen import screen
from farwatch.protect.timing import held_until

RULES = replace(builtin_rules(), auto_release=frozenset({"usgs", "gdacs", "navy"}))
USGS = {"official": True, "sources": ("usgs",), "origins": ("usgs.gov",), "grade": Grade("A", 2)}
STAFF = {"sources": ("staff",), "origins": ("own staff",), "grade": Grade("A", 2)}
ONE = {"sources": ("wire",), "origins": ("wire.example",), "grade": Grade("C", 3)}


class Desk:
    """Keeps the latest revisions, as the desk's database does."""

    def __init__(self, sites: Sequence[Site], rules: Rules = RULES) -> None:
        self.index, self.rules = SiteIndex.of(sites), rules
        self.told: dict[str, Alert] = {}

    def hear(self, happening: Event, now: datetime = NOW) -> dict[str, Alert]:
        exposures = list(screen([happening], self.index, now))
        sent = decide(happening, exposures, list(self.told.values()), self.rules, now)
        self.told |= {alert.key: alert for alert in sent}
        assert all(alert.ends > alert.sent or alert.message is Message.CANCEL for alert in sent)
        return {alert.recipient: alert for alert in sent}


def quake(magnitude: float, depth: float, version: int = 1, **more: object) -> Event:
    spot = more.pop("where", place(-9.10, -79.30, 10))
    severity = 5 if magnitude >= 7 else 4
    measures = {"magnitude": magnitude, "depth_km": depth}
    return event(
        Kind.EARTHQUAKE, severity, spot, version=version, measures=measures, **(USGS | more)
    )


def test_a_quake_is_told_again_as_it_is_revised_and_new_sites_come_inside():
    desk = Desk(PERU)
    first = desk.hear(quake(6.9, 10))
    assert set(first) == {"desk", "site:chimbote_terminal", "site:trujillo_office"}
    assert {alert.severity for alert in first.values()} == {"Moderate"}
    assert {alert.route for alert in first.values()} == {Route.QUEUE}
    revised = desk.hear(quake(7.4, 25, version=2))
    for name in ("desk", "site:chimbote_terminal", "site:trujillo_office"):
        alert = revised[name]
        assert (alert.message, alert.severity, alert.route) == (
            Message.UPDATE,
            "Severe",
            Route.INTERRUPT,
        )
        assert alert.revision == 2
        assert alert.key == first[name].key
        assert alert.state is AlertState.OPEN  # an acknowledged first version asks again
    for name in ("site:huaraz_dam", "site:canon_del_pato"):
        assert (revised[name].message, revised[name].severity) == (Message.ALERT, "Moderate")
    assert not any("lima_hq" in alert.sites for alert in revised.values())
    # neither another feed's solution nor a newspaper makes it new
    assert desk.hear(quake(7.4, 25, version=3, sources=("usgs", "gdacs", "wire"))) == {}


def test_a_ghost_is_cancelled_to_exactly_those_told():
    desk = Desk(PERU)
    ghost = quake(6.8, 10, where=place(-5.50, -80.90, 10))
    told = desk.hear(ghost)
    assert set(told) == {"desk", "site:piura_store"}
    assert told["site:piura_store"].severity == "Severe"
    assert told["desk"].route is Route.INTERRUPT
    gone = desk.hear(replace(ghost, version=2, state=State.WITHDRAWN), NOW + timedelta(minutes=9))
    assert {name: alert.message for name, alert in gone.items()} == {
        "desk": Message.CANCEL, "site:piura_store": Message.CANCEL
    }  # fmt: skip
    assert gone["desk"].route is not Route.INTERRUPT
    assert (
        desk.hear(replace(ghost, version=3, state=State.WITHDRAWN), NOW + timedelta(hours=1)) == {}
    )
    back = desk.hear(replace(ghost, version=4), NOW + timedelta(hours=2))
    assert (back["desk"].message, back["desk"].revision) == (Message.ALERT, 3)


def test_an_authority_s_revision_that_spares_a_site_is_an_all_clear_for_it():
    desk = Desk(PERU)
    desk.hear(quake(7.4, 25))
    smaller = desk.hear(quake(6.9, 10, version=2))
    assert {name for name, alert in smaller.items() if alert.message is Message.CANCEL} == {
        "site:huaraz_dam", "site:canon_del_pato"
    }  # fmt: skip
    assert desk.hear(quake(6.9, 10, version=3)) == {}


def test_a_revision_after_the_event_has_aged_out_is_no_all_clear():
    desk = Desk(PERU)
    shock = quake(7.4, 25, expires=NOW + timedelta(hours=24))
    assert desk.hear(shock)
    assert desk.hear(replace(shock, version=2), NOW + timedelta(hours=25)) == {}


@pytest.mark.parametrize(("magnitude", "told"), [(5.9, True), (4.6, False)])
def test_aftershocks_are_told_only_where_they_are_felt(magnitude: float, told: bool):
    assert bool(Desk(PERU).hear(quake(magnitude, 20, where=place(-9.20, -78.75)))) is told


WAVE = ((-7.0, -80.3), (-7.0, -79.3), (-11.0, -77.2), (-11.0, -78.6), (-9.0, -79.6), (-7.0, -80.3))


def test_a_tsunami_is_its_own_alert_and_its_end_an_all_clear():
    desk = Desk(PERU)
    warning = event(
        Kind.TSUNAMI, 4, place(-9.0, -79.0, rings=(WAVE,)), id="t1", official=True,
        sources=("navy",), origins=("navy.example",), grade=Grade("A", 2), urgency="Immediate",
        advice=("Evacuate",), expires=NOW + timedelta(days=1),
    )  # fmt: skip
    told = desk.hear(warning)
    assert set(told) == {"desk", "site:chimbote_terminal"}
    for alert in told.values():
        assert (alert.route, alert.urgency, alert.advice) == (
            Route.INTERRUPT,
            "Immediate",
            ("Evacuate",),
        )
        assert alert.released
    over = desk.hear(
        replace(warning, version=2, state=State.ENDED, last_reported=NOW + timedelta(hours=5)),
        NOW + timedelta(hours=5),
    )
    assert set(over) == set(told)
    assert {alert.advice for alert in over.values()} == {("AllClear",)}


def test_what_only_ran_out_of_its_time_ends_in_silence():
    desk = Desk(ZAMBIA)
    curfew = event(
        Kind.RESTRICTION, 3, place(-12.8, 28.2, 30), official=True, expires=NOW + timedelta(hours=6)
    )
    assert desk.hear(curfew)
    later = NOW + timedelta(hours=7)
    assert desk.hear(replace(curfew, state=State.ENDED, version=2), later) == {}


def test_a_riot_at_the_gate_interrupts_once():
    desk = Desk(ZAMBIA)
    gate = event(Kind.RIOT, 3, None, site="kitwe_plant", **STAFF)
    (alert,) = desk.hear(gate).values()
    assert (alert.recipient, alert.route, alert.urgency) == ("desk", Route.INTERRUPT, "Immediate")
    assert not alert.released
    confirmed = replace(
        gate, version=2, grade=Grade("A", 1), origins=("own staff", "a.example", "b.example"),
        last_reported=NOW + timedelta(minutes=22),
    )  # fmt: skip
    later = NOW + timedelta(minutes=22)
    assert desk.hear(confirmed, later) == {}
    (quiet,) = follow(confirmed, list(desk.told.values()), RULES, later)
    assert (quiet.revision, quiet.event_version) == (1, 1)
    assert quiet.ends > alert.ends


def test_shots_near_our_site_go_to_its_contacts_at_once():
    told = Desk(ZAMBIA).hear(event(Kind.GUN_ATTACK, 4, None, site="kitwe_plant", **STAFF))
    assert set(told) == {"desk", "site:kitwe_plant"}
    assert {(a.route, a.urgency) for a in told.values()} == {(Route.INTERRUPT, "Immediate")}


def test_a_curfew_is_queued_and_lifted_for_those_told():
    desk = Desk(ZAMBIA)
    province = place(-13, 28.2, precision=Precision.ADMIN1, country="ZM", admin1="ZM.08")
    curfew = event(
        Kind.RESTRICTION, 3, province, official=True, sources=("civil",), urgency="Expected",
        expires=NOW + timedelta(days=10),
    )  # fmt: skip
    (alert,) = desk.hear(curfew).values()
    assert (alert.route, alert.urgency) == (Route.QUEUE, "Expected")
    assert set(alert.sites) == {"kitwe_plant", "chingola_refinery", "ndola_depot"}
    lifted = NOW + timedelta(days=5)
    over = desk.hear(replace(curfew, state=State.ENDED, version=2, last_reported=lifted), lifted)
    assert [(a.recipient, a.message) for a in over.values()] == [("desk", Message.CANCEL)]
    assert over["desk"].sites == alert.sites


def test_announced_protests_are_for_the_digest():
    desk = Desk(ZAMBIA)
    city = place(-15.4067, 28.2871, 8, precision=Precision.CITY, country="ZM", name="Lusaka")
    (alert,) = desk.hear(event(Kind.PROTEST, 2, city, official=True, happened=None)).values()
    assert (alert.route, alert.urgency) == (Route.DIGEST, "Future")
    today = event(Kind.PROTEST, 2, place(-15.42, 28.28, 0.1), id="e2")
    (alert,) = Desk(ZAMBIA).hear(today).values()
    assert alert.urgency == "Expected"


CLINIC = "natitingou_clinic"
CHIMBOTE = place(-9.085, -78.578, 5, precision=Precision.CITY)
HUARAZ = place(-9.53, -77.53, 5, precision=Precision.CITY)


@pytest.mark.parametrize(
    ("kind", "severity", "where", "route", "sites"),
    [
        (Kind.BLOCKADE, 3, place(-12.54, 27.865, 2), Route.QUEUE, {"chingola_refinery"}),
        (Kind.ROAD_ATTACK, 3, place(10.75, 1.14, 4), Route.QUEUE, {"tanguieta_base"}),
        (Kind.ARMED_CLASH, 4, place(10.78, 1.27, 5), Route.INTERRUPT, {"tanguieta_base"}),
        (Kind.ABDUCTION, 4, place(10.78, 1.11, 5), Route.INTERRUPT, {"tanguieta_base", CLINIC}),
        (Kind.RIOT, 3, CHIMBOTE, Route.QUEUE, {"chimbote_terminal"}),
        (Kind.ROAD_CLOSED, 3, HUARAZ, Route.QUEUE, {"huaraz_dam"}),
    ],
)  # fmt: skip
def test_routes_of_what_two_origins_report(kind, severity, where, route, sites):
    (alert,) = Desk(PERU + ZAMBIA + BENIN).hear(event(kind, severity, where)).values()
    assert (alert.recipient, alert.route, set(alert.sites)) == ("desk", route, sites)
    assert not alert.released


def test_nothing_of_a_grave_claim_of_one_origin_leaves_the_desk():
    desk = Desk(BENIN)
    town = place(10.6212, 1.2665, 4, precision=Precision.CITY, country="BJ", name="Tanguieta")
    claim = event(Kind.ARMED_CLASH, 5, town, **ONE)
    told = desk.hear(claim)
    assert set(told) == {"desk"}
    assert not told["desk"].released
    assert told["desk"].headline.startswith("Unconfirmed")
    retracted = desk.hear(replace(claim, version=2, state=State.WITHDRAWN), NOW + timedelta(days=2))
    assert [(a.recipient, a.message) for a in retracted.values()] == [("desk", Message.CANCEL)]


def test_an_officer_s_release_reaches_the_sites():
    desk = Desk(BENIN)
    raid = event(Kind.ARMED_CLASH, 4, place(10.78, 1.27, 5))
    (alert,) = desk.hear(raid).values()
    desk.told[alert.key] = replace(alert, released=True)
    assert set(desk.hear(replace(raid, version=2))) == {"site:tanguieta_base"}


def test_an_officer_s_release_is_no_leave_for_what_has_become_doubtful():
    desk = Desk(BENIN)
    raid = event(Kind.ARMED_CLASH, 4, place(10.78, 1.27, 5))
    (alert,) = desk.hear(raid).values()
    desk.told[alert.key] = replace(alert, released=True)
    assert desk.hear(replace(raid, version=2, grade=Grade("C", 4))) == {}


def test_a_doubtful_claim_queues_and_interrupts_once_it_is_not():
    desk = Desk(BENIN)
    raid = event(Kind.ARMED_CLASH, 4, place(10.63, 1.27, 2), **(ONE | {"grade": Grade("D", 4)}))
    assert desk.hear(raid)["desk"].route is Route.QUEUE
    louder = desk.hear(replace(raid, version=2, grade=Grade("C", 2)))["desk"]
    assert (louder.message, louder.route) == (Message.UPDATE, Route.INTERRUPT)


@pytest.mark.parametrize(
    ("kind", "severity", "km_east", "radius", "route"),
    [
        (Kind.SHELLING, 4, 0, 150, Route.QUEUE),  # P = (50/150)^2 = .11 < .2
        (Kind.SHELLING, 4, 0, 100, Route.INTERRUPT),  # .25
        (Kind.GUN_ATTACK, 4, 9, 0, Route.INTERRUPT),
    ],
)
def test_an_interrupt_must_be_likely_enough(kind, severity, km_east, radius, route):
    spot = place(6.37, 2.39 + km_east / 110.5, radius)
    assert Desk(BENIN[-1:]).hear(event(kind, severity, spot))["desk"].route is route


def test_silence_tells_the_desk_and_a_silent_site_interrupts():
    region = event(
        Kind.SILENCE, 3, place(-13, 28.2, precision=Precision.ADMIN1, country="ZM"), **STAFF
    )
    (alert,) = Desk(ZAMBIA).hear(region).values()
    assert (alert.recipient, alert.route, alert.sites) == ("desk", Route.QUEUE, ())
    site = event(Kind.SILENCE, 3, None, site="huaraz_dam", **STAFF)
    (alert,) = Desk(PERU).hear(site).values()
    assert (alert.route, alert.sites, alert.released) == (Route.INTERRUPT, ("huaraz_dam",), False)


@pytest.mark.parametrize(
    ("measures", "told"),
    [
        ({"level": 4, "from": 3}, True),
        ({"level": 3, "from": 1}, True),
        ({"level": 3, "from": 2}, False),
        ({"level": 4, "from": 5}, False),
        ({"level": 5}, True),
    ],
)
def test_a_level_is_told_when_it_rises_to_four_or_by_two(measures, told: bool):
    unit = place(-13, 28.2, precision=Precision.ADMIN1, country="ZM", admin1="08")
    sent = Desk(ZAMBIA).hear(event(Kind.LEVEL_CHANGE, 3, unit, measures=measures))
    assert bool(sent) is told
    assert all(alert.route is Route.QUEUE for alert in sent.values())


@pytest.mark.parametrize(
    ("severity", "version", "revised"),
    [(4, 1, False), (4, 2, True), (5, 2, True), (3, 2, True), (5, 1, True)],
)
def test_a_level_that_rises_further_revises_its_alert(severity: int, version: int, revised: bool):
    unit = place(-13, 28.2, precision=Precision.ADMIN1, country="ZM", admin1="08")
    desk = Desk(ZAMBIA)
    rise = event(Kind.LEVEL_CHANGE, 4, unit, measures={"level": 4.0, "from": 2.0})
    (first,) = desk.hear(rise).values()
    further = replace(rise, severity=severity, version=version)
    sent = list(desk.hear(further).values())
    assert [(one.key, one.revision, one.message) for one in sent] == (
        [(first.key, 2, Message.UPDATE)] if revised else []
    )


def test_a_threat_stays_with_the_desk():
    leaflet = event(
        Kind.THREAT, 3, None, site="natitingou_clinic", **(STAFF | {"grade": Grade("B", 3)})
    )
    assert set(Desk(BENIN).hear(leaflet)) == {"desk"}


def test_a_restricted_event_goes_to_its_compartment_alone():
    desk = Desk(BENIN)
    told = desk.hear(
        event(Kind.ABDUCTION, 5, None, site="tanguieta_base", restricted=True, **STAFF)
    )
    assert set(told) == {"duty officer"}
    assert not told["duty officer"].released


def test_old_news_alerts_nobody():
    old = event(Kind.RIOT, 4, place(-12.8, 28.2), happened=Span(NOW - timedelta(days=20)))
    assert Desk(ZAMBIA).hear(old) == {}


def test_an_exercise_alerts_only_an_exercise_desk():
    riot = event(Kind.RIOT, 4, place(-12.8, 28.2), exercise=True)
    assert Desk(ZAMBIA).hear(riot) == {}
    drill = Desk(ZAMBIA, replace(RULES, exercise=True))
    assert all(alert.exercise for alert in drill.hear(riot).values())
    assert drill.told


@pytest.mark.parametrize(
    "change",
    [{"advice": ("Evacuate",)}, {"severity": 4}, {"place": place(-12.6, 28.0, rings=(WAVE,))}],
)
def test_only_what_is_material_is_sent_again(change):
    zone = ((-12.7, 28.1), (-12.7, 28.3), (-12.9, 28.3), (-12.9, 28.1), (-12.7, 28.1))
    wide = ((-12.0, 27.0), (-12.0, 29.0), (-13.5, 29.0), (-13.5, 27.0), (-12.0, 27.0))
    flood = event(
        Kind.FLOOD, 3, place(-12.8, 28.2, rings=(zone,)), official=True, advice=("Prepare",),
        urgency="Expected",
    )  # fmt: skip
    desk = Desk(ZAMBIA)
    assert set(desk.hear(flood)["desk"].sites) == {"kitwe_plant"}
    assert desk.hear(replace(flood, version=2, title="Another title")) == {}
    if "place" in change:
        change = {"place": place(-12.8, 28.2, rings=(wide,))}
    again = desk.hear(replace(flood, version=3, **change))
    assert again["desk"].message is Message.UPDATE
    assert desk.hear(replace(flood, version=4, **change)) == {}


def test_a_merged_thread_keeps_its_key():
    desk = Desk(ZAMBIA)
    first = desk.hear(event(Kind.RIOT, 3, place(-12.8, 28.2), id="newer"))["desk"]
    assert desk.hear(event(Kind.RIOT, 3, place(-12.8, 28.2), id="older")) == {}
    again = desk.hear(event(Kind.RIOT, 4, place(-12.8, 28.2), id="older"))["desk"]
    assert (again.key, again.revision, again.event) == (first.key, 2, "older")


NIGHT = Quiet(time(22), time(6), 2.0)


@pytest.mark.parametrize(
    ("utc_hour", "severity", "urgency", "until"),
    [
        (21, "Minor", "Future", 28), (3, "Moderate", "Future", 4), (12, "Minor", "Future", None),
        (21, "Severe", "Future", None), (21, "Minor", "Expected", None),
    ],
)  # fmt: skip
def test_quiet_hours_hold_only_what_can_wait(utc_hour, severity, urgency, until):
    (alert,) = Desk(ZAMBIA).hear(event(Kind.RIOT, 3, place(-12.8, 28.2))).values()
    now = NOW.replace(hour=utc_hour, minute=0, second=0)
    held = held_until(replace(alert, severity=severity, urgency=urgency), NIGHT, RULES, now)
    assert held == (
        None if until is None else NOW.replace(hour=0, minute=0, second=0) + timedelta(hours=until)
    )


@pytest.mark.parametrize(
    ("hours_left", "urgency"),
    [(60, "Future"), (40, "Expected"), (10, "Immediate"), (-5, "Immediate")],
)
def test_a_cyclone_grows_urgent_as_it_comes(hours_left: int, urgency: str):
    storm = event(
        Kind.CYCLONE, 4, place(-12.8, 28.2), happened=Span(NOW + timedelta(hours=hours_left))
    )
    assert Desk(ZAMBIA).hear(storm)["desk"].urgency == urgency
