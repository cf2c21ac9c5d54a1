"""Drafts: which headlines begin "Unconfirmed", and what a duty officer may release."""

from dataclasses import replace

import pytest
from protect_cases import NOW, ZAMBIA, event, place

from farwatch.model.event import Event
from farwatch.model.grade import Grade
from farwatch.model.kinds import Kind
from farwatch.model.place import Precision
from farwatch.protect.drafting import drafts, may_leave, release
from farwatch.protect.index import SiteIndex
from farwatch.protect.routing import builtin_rules
from farwatch.protect.screen import screen

RULES = replace(builtin_rules(), auto_release=frozenset({"usgs"}))
UNIT = place(-13, 28.2, precision=Precision.ADMIN1, country="ZM", admin1="08", name="Copperbelt")
TOWN = place(-12.80, 28.21, 2, country="ZM", name="Kitwe")
NONE: dict[str, object] = {"sources": (), "origins": ()}
ONE: dict[str, object] = {"sources": ("wire",), "origins": ("wire.example",)}


def headline(happening: Event) -> str:
    exposures = list(screen([happening], SiteIndex.of(ZAMBIA), NOW))
    return drafts(happening, exposures, RULES, NOW, released=False)["desk"].headline


@pytest.mark.parametrize(
    ("happening", "unconfirmed"),
    [
        (event(Kind.SILENCE, 3, UNIT, **NONE | {"sources": ("zm_news",)}), False),
        (event(Kind.LEVEL_CHANGE, 4, UNIT, measures={"level": 4.0, "from": 2.0}, **NONE), False),
        (event(Kind.RIOT, 4, TOWN, **ONE), True),
        (event(Kind.RIOT, 4, TOWN, **ONE | {"official": True}), False),
        (event(Kind.RIOT, 4, TOWN), False),  # two origins
        (event(Kind.RIOT, 4, TOWN, grade=Grade("C", 4)), True),  # two origins, and denied
        (event(Kind.RIOT, 4, TOWN, site="kitwe_plant", **NONE), False),  # our own site's word
    ],
)
def test_only_a_report_that_nobody_confirmed_is_unconfirmed(
    happening: Event, unconfirmed: bool
) -> None:
    assert headline(happening).startswith("Unconfirmed: ") is unconfirmed
    assert may_leave(happening, RULES) is not unconfirmed


def test_a_changed_level_says_which_and_whom_it_concerns() -> None:
    title = "unrest at Copperbelt is at level 4 (substantial), up from 2"
    rise = event(
        Kind.LEVEL_CHANGE, 4, UNIT, title=title, measures={"level": 4.0, "from": 2.0}, **NONE
    )
    assert headline(rise) == (
        f"Threat level raised, Severe: {title}; "
        "concerns Kitwe plant, Chingola refinery, Ndola depot"
    )


def test_a_silence_says_whose_and_no_more() -> None:
    silent = event(
        Kind.SILENCE, 3, TOWN, title="Nothing heard from Kitwe plant", site="kitwe_plant", **NONE
    )
    assert headline(silent) == "Silent feeds, Moderate: Nothing heard from Kitwe plant"


def test_a_feed_that_fell_silent_releases_nothing() -> None:
    silent = event(Kind.SILENCE, 5, UNIT, official=True, sources=("usgs",), grade=Grade("A", 1))
    assert release(silent, [], RULES) is None
    shock = replace(silent, kind=Kind.EARTHQUAKE)
    assert release(shock, [], RULES) == "the official feed usgs says so, severity 5"
