"""Names in other scripts and forms: case endings, glued prefixes, runs without spaces."""

from __future__ import annotations

import pytest

from farwatch.model.place import Precision
from farwatch.understand.locate import locate
from farwatch.understand.locate_forms import nominatives, without_prefix
from farwatch.world import gazetteer as gazetteers
from farwatch.world.gazetteer import Gazetteer


@pytest.fixture(scope="module")
def world() -> Gazetteer:
    return gazetteers.open()


FOUND = [
    ("Взрыв прогремел в Москве, сообщили власти России.", ["Москве RU", "России RU"]),
    ("В Харькове и Донецке прозвучали взрывы.", ["Харькове UA", "Донецке UA"]),
    ("Протест прошёл в Санкт-Петербурге.", ["Санкт-Петербурге RU"]),
    ("Землетрясение в Турции и Сирии.", ["Турции TR", "Сирии SY"]),
    ("انفجار في بيروت بلبنان، وقصف على غزة", ["بيروت LB", "لبنان LB", "غزة PS"]),
    ("اشتباكات في أم درمان ونيالا بالسودان", ["أم درمان SD", "نيالا SD", "السودان SD"]),
    ("قصف على مدينة وخان يونس", ["خان يونس PS"]),
    ("በአዲስ አበባ ፍንዳታ ተከስቷል", ["አዲስ አበባ ET"]),
    ("በኢትዮጵያ ኦሮሚያ ክልል ጥቃት", ["ኢትዮጵያ ET"]),
    ("美国总统访问法国和德国", ["美国 US", "法国 FR", "德国 DE"]),
    ("กรุงเทพมหานคร มีการประท้วง", ["กรุงเทพมหานคร TH"]),
    ("दिल्ली में विरोध प्रदर्शन", ["दिल्ली IN"]),
    ("Las autoridades de España cerraron la frontera.", ["España ES"]),
    ("Il est allé en République centrafricaine lundi.", ["République centrafricaine CF"]),
    ("Er reiste nach Russland.", ["Russland RU"]),
]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_names_are_found_as_the_language_writes_them(
    text: str, expected: list[str], world: Gazetteer
) -> None:
    found = locate(text, world)
    assert [f"{t.text} {t.country}" for t in found] == expected
    assert all(text[t.start : t.end] == t.text for t in found)


@pytest.mark.parametrize(
    "text",
    [
        "Такому решению рады все.",  # opens a sentence: its capital says nothing
        "Кому это надо?",
        "Сегодня об этом говорили у Романа дома.",  # a person
        "وكان الوزير قال ذلك",  # was, not Cannes
        "كبيرا جدا",
    ],
)
def test_common_words_and_persons_are_no_forms_of_a_name(text: str, world: Gazetteer) -> None:
    assert locate(text, world) == []


def test_a_form_is_told_for_what_it_may_stand_for() -> None:
    assert "москва" in nominatives("москве")
    assert "сирия" in nominatives("сирии")
    assert nominatives("moskve") == ()
    assert (1, "مصر") in without_prefix("بمصر")
    assert (2, "السودان") in without_prefix("وبالسودان")
    assert (2, "العراق") in without_prefix("للعراق")
    assert without_prefix("paris") == ()


AIRPORTS = [
    ("A flight was diverted to Heathrow Airport.", "Heathrow Airport", "GB", Precision.POINT),
    ("Drones were seen near Charles de Gaulle airport.", "Charles de Gaulle airport", "FR",
     Precision.POINT),
    ("Passengers slept at JFK Airport.", "JFK Airport", "US", Precision.POINT),
    ("They landed at Denver airport.", "Denver", "US", Precision.CITY),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "country", "precision"), AIRPORTS)
def test_an_airport_by_its_press_name_and_a_town_s_by_the_town(
    text: str, name: str, country: str, precision: Precision, world: Gazetteer
) -> None:
    [found] = locate(text, world)
    assert (found.text, found.country, found.precision) == (name, country, precision)


def test_a_town_that_bears_a_unit_s_name_is_put_in_the_unit_behind_its_comma(
    world: Gazetteer,
) -> None:
    text = "It is calm in Victoria, Seychelles. A fire in Victoria, British Columbia."
    found = [t for t in locate(text, world) if t.text == "Victoria"]
    assert [t.country for t in found] == ["SC", "CA"]


def test_a_list_of_units_is_no_town_in_a_unit(world: Gazetteer) -> None:
    found = locate("Floods hit Victoria, New South Wales and Queensland in Australia.", world)
    assert [(t.text, t.precision) for t in found[:2]] == [
        ("Victoria", Precision.ADMIN1),
        ("New South Wales", Precision.ADMIN1),
    ]


@pytest.mark.parametrize("town", ["Alexandria", "Raqqa", "Chittagong", "Mexico City"])
def test_a_unit_s_like_named_city_is_meant(town: str, world: Gazetteer) -> None:
    [found] = locate(f"Explosions shook {town} on Monday.", world)
    assert found.precision is Precision.CITY


def test_a_large_city_goes_before_another_country_s_short_name(world: Gazetteer) -> None:
    [found] = locate("Protests in Salvador on Monday.", world)
    assert (found.country, found.precision) == ("BR", Precision.CITY)


@pytest.mark.parametrize(
    "text",
    [
        "The Bank said it would lend more.",
        "He works for the Bank of America.",
        "Chad Smith sang.",
    ],
)
def test_banks_and_persons_are_no_places(text: str, world: Gazetteer) -> None:
    assert locate(text, world) == []


def test_a_country_s_bank_and_a_known_place_with_an_article_are(world: Gazetteer) -> None:
    assert [t.country for t in locate("The Bank of Canada raised its rate.", world)] == ["CA"]
    assert [t.text for t in locate("A fire broke out in The Woodlands, Texas.", world)] == [
        "The Woodlands", "Texas",
    ]  # fmt: skip
