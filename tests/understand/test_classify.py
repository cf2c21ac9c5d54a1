"""What texts tell: kinds, severity, time, denial, the past, games and figures of speech."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farwatch.model.kinds import Kind
from farwatch.understand.classify import Classification, classify
from farwatch.understand.phrases import data
from farwatch.understand.severity import magnitude

THURSDAY = datetime(2026, 5, 7, 9, tzinfo=UTC)


def told(title: str, text: str = "") -> Classification:
    return classify(title, text, THURSDAY)


@pytest.mark.parametrize(
    ("text", "kind", "severity"),
    [
        ("Suspicious package found at the airport in Lagos", Kind.SUSPECT_DEVICE, 3),
        ("Car bomb kills seven at market in Mogadishu", Kind.EXPLOSION, 4),
        ("Gunmen opened fire on a bus, nobody was hurt", Kind.GUN_ATTACK, 2),
        ("Shots were fired near Kitwe, Zambia.", Kind.GUN_ATTACK, 3),
        ("Yesterday gunmen killed five people in Tanguieta.", Kind.GUN_ATTACK, 4),
        ("Tiros foram ouvidos em Luanda.", Kind.GUN_ATTACK, 3),
        ("Fighters raided an army post near Porga and killed three soldiers", Kind.ARMED_CLASH, 3),
        ("Armed men raided a village before dawn and killed six people", Kind.ARMED_CLASH, 4),
        ("Drone strike hits fuel depot outside the capital", Kind.SHELLING, 4),
        ("Gunmen abducted two aid workers near Tanguieta", Kind.ABDUCTION, 4),
        ("A roadside bomb killed two people in a lorry", Kind.ROAD_ATTACK, 3),
        ("Rebels threatened to attack oil installations", Kind.THREAT, 2),
        ("Armed robbery at a bank in Lima", Kind.CRIME, 2),
        ("Teachers hold peaceful sit-in in Porto-Novo", Kind.PROTEST, 1),
        ("Protest turned violent as police used tear gas", Kind.RIOT, 3),
        ("Miners block the road to Chingola with boulders", Kind.BLOCKADE, 3),
        ("Curfew imposed in Copperbelt Province", Kind.RESTRICTION, 3),
        ("Landslide closes Huaraz-Casma road", Kind.ROAD_CLOSED, 3),
        ("Landslide kills 30 in village and closes road", Kind.LANDSLIDE, 5),
        ("Magnitude 7.6 earthquake strikes off the coast", Kind.EARTHQUAKE, 5),
        ("Magnitude 4.1 earthquake felt in the city", Kind.EARTHQUAKE, 1),
        ("Tsunami warning after strong earthquake", Kind.TSUNAMI, 4),
        ("Hurricane makes landfall, thousands evacuated", Kind.CYCLONE, 4),
        ("Floods cut off villages in the north", Kind.FLOOD, 3),
        ("Volcano erupts, ash cloud closes in", Kind.VOLCANO, 3),
        ("Cholera outbreak in shelters, 46 cases", Kind.OUTBREAK, 2),
        ("Chemical leak at plant, residents told to stay indoors", Kind.INDUSTRIAL, 3),
        ("Ransomware attack on port operator", Kind.CYBER, 2),
        ("Copper price edges up in quiet trade", Kind.OTHER, 1),
    ],
)
def test_kinds_and_severity(text: str, kind: Kind, severity: int) -> None:
    found = told(text)
    assert (found.kind, found.severity) == (kind, severity), found.reasons


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Shooting reported near the embassy. Police are on the scene.", Kind.GUN_ATTACK),
        ("Three people were shot in a nightclub. The club is closed.", Kind.GUN_ATTACK),
        ("A car rammed into the crowd at a market. The driver was held.", Kind.GUN_ATTACK),
        ("A blast killed eight at a market in Quetta. Nobody claimed it.", Kind.EXPLOSION),
        ("An Israeli strike killed ten. The army gave no comment.", Kind.SHELLING),
        ("Clashes erupted between the army and the RSF. People fled.", Kind.ARMED_CLASH),
        ("Clashes erupted between protesters and police. Shops closed.", Kind.RIOT),
        ("Protesters stormed parliament in Kathmandu on Monday. They left.", Kind.RIOT),
        ("The border between Niger and Benin was closed. Lorries wait.", Kind.RESTRICTION),
        ("A fire at a factory killed twenty. The cause is not known.", Kind.INDUSTRIAL),
        ("A passenger bus plunged into a ravine. Ten died.", Kind.INDUSTRIAL),
        ("The river burst its banks in Derna. Thousands are missing.", Kind.FLOOD),
        ("Mount Semeru erupted again. Villages were evacuated.", Kind.VOLCANO),
        ("A group threatens to attack embassies. Staff stay at home.", Kind.THREAT),
    ],
)
def test_a_lead_tells_it_without_a_title(text: str, kind: Kind) -> None:
    assert told("", text).kind is kind, told("", text).reasons


def test_a_text_s_only_sentence_or_first_line_counts_as_its_title() -> None:
    assert told("", "Clashes in Beni").kind is Kind.ARMED_CLASH
    assert told("", "Clashes in Beni\nThe town was calm later. Shops opened.").kind is (
        Kind.ARMED_CLASH
    )
    assert told("", "Clashes in Beni. The town was calm later.").kind is Kind.OTHER


def test_weak_words_tell_more_beside_the_dead() -> None:
    assert told("", "A blast was heard in Quetta. Nobody knows more.").kind is Kind.OTHER
    assert told("", "A blast in Quetta, eight dead. Nobody knows more.").kind is Kind.EXPLOSION


@pytest.mark.parametrize(
    "text",
    [
        "Chile beat Peru in a penalty shootout in the final",
        "The new action movie was a bomb of a film at the box office",
        "President re-elected in landslide victory",
        "Minister faces storm of criticism over budget",
        "Striker scores late strike as the home side wins the match; the coach praised the goal",
        "Singer took the festival by storm with her new album",
        "Veteran leader dies of heart attack",
        "Schools across Lima hold earthquake drill",
        "Miami Heat beat the rivals in a season opener",
        "The company struck a deal after talks",
        "The film, shot on location in Morocco, opens in May",
        "Firefighters open a new station",
        "The museum shows drawings until March",
        "Travel tips: beware of pickpockets in crowded places",
        "Der Trainer lobt die Mannschaft nach dem Tor in der zweiten Halbzeit",
        "Kostenexplosion beim neuen Bahnhof",
        "Demonstrations may occur and can turn violent without warning; you should avoid them",
    ],
)
def test_games_figures_drills_and_general_advice_are_no_happening(text: str) -> None:
    assert told(text).kind is Kind.OTHER, told(text).reasons


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("The great Ancash earthquake of 1970 remembered",
         "In 1970 a great earthquake killed 70,000 people. Survivors recalled it at a memorial."),
        ("Remembering the Kitwe riots, 35 years on",
         "Residents this week remembered the riots of June 1990, in which dozens of people died."),
        ("Man sentenced to life for 2019 mosque shooting", ""),
        ("Museum opens on anniversary of the bombing", ""),
    ],
)  # fmt: skip
def test_the_past_is_marked_as_such(title: str, text: str) -> None:
    found = told(title, text)
    assert found.historical
    assert found.kind is not Kind.OTHER


def test_a_protest_on_an_anniversary_happens_now() -> None:
    found = told("Thousands protest in Kitwe on the anniversary of the 1990 riots")
    assert (found.kind, found.historical) == (Kind.PROTEST, False)


def test_the_worst_since_a_year_happens_now() -> None:
    found = told("Worst floods since 1998 hit the province")
    assert (found.kind, found.historical) == (Kind.FLOOD, False)


@pytest.mark.parametrize(
    ("text", "denial"),
    [
        ("Army denies that soldiers were killed in Tanguieta", True),
        ("RETRACTED: 40 soldiers killed in Tanguieta", True),
        ("Police: reports of an explosion are false reports, there was no explosion", True),
        ("Group denied responsibility for the bombing that killed two", False),
        ("Bombing kills two in Quetta", False),
    ],
)
def test_denials(text: str, denial: bool) -> None:
    assert told(text).denial is denial


def test_an_announced_protest_is_expected_on_its_day() -> None:
    found = told(
        "Opposition has called a protest", "A protest march is planned for Saturday in Lima."
    )
    assert found.expected
    assert found.happened is not None
    assert found.happened.start.date().isoformat() == "2026-05-09"


def test_a_protest_that_took_place_is_not_expected() -> None:
    assert not told("Thousands took to the streets to protest against planned tax").expected


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Clashes with police broke out on Tuesday", "2026-05-05"),
        ("Explosion yesterday at the market", "2026-05-06"),
        ("Explosion at the market on May 3", "2026-05-03"),
        ("Explosión el lunes en el mercado", "2026-05-04"),
        ("Two days ago gunmen opened fire on a convoy", "2026-05-05"),
    ],
)
def test_time_of_the_happening_is_not_the_time_of_report(text: str, day: str) -> None:
    happened = told(text).happened
    assert happened is not None
    assert (happened.start.date().isoformat(), happened.precision) == (day, "day")


def test_without_a_publishing_time_a_weekday_dates_nothing() -> None:
    assert classify("Clashes with police on Tuesday", "", None).happened is None


def test_over_is_told() -> None:
    assert told("Curfew in Copperbelt Province lifted").ended
    assert not told("Curfew imposed in Copperbelt Province").ended


def test_actors_are_groups_only() -> None:
    found = told(
        "Police clash with protesters", "Police commander John Banda said Boko Haram was not there."
    )
    assert found.actors == ("police", "protesters", "Boko Haram")
    groups = set(data("cues.yaml")["actors"])
    assert set(found.actors) <= groups


@given(st.text(), st.text(), st.none() | st.datetimes(timezones=st.just(UTC)))
def test_any_text_is_classified(title: str, text: str, published: datetime | None) -> None:
    found = classify(title, text, published)
    assert 1 <= found.severity <= 5
    assert found.reasons
    assert 0 <= found.start <= found.end


_CUES = [
    *["riot", "killed", "12", "2026", "May", "1970", "yesterday", "on", "Tuesday", "protest"],
    *["expected", "denied", "reports", "ago", "years", "two", "block", "road", "地震", "زلزال"],
    *[".", ",", "İ", "magnitude", "6.5", "hace", "días", "99999999999", "5月31日", "2月30日"],
]


@given(st.lists(st.sampled_from([*_CUES, "\n"]), max_size=40))
def test_any_mixture_of_cue_words_is_classified(words: list[str]) -> None:
    text = " ".join(words)
    found = classify(text[:50], text, THURSDAY)
    assert isinstance(found.kind, Kind)
    assert found.happened is None or found.happened.start.utcoffset() is not None


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("magnitude 6.5", 6.5), ("an m7 quake", 7.0), ("mw7.1", 7.1),
        ("a 6.4-magnitude quake", 6.4), ("magnitude of 7.05", 7.05), ("magnitud 6,1", 6.1),
        ("an m4.5 quake shut the m6 motorway", 4.5), ("the m2 road", None),
        ("magnitude 10.1", None), ("an m16 rifle", None), ("m 25", None),
    ],
)  # fmt: skip
def test_a_magnitude_is_no_motorway(text: str, size: float | None) -> None:
    assert magnitude(text) == size
