"""The places a text names: made-up sentences, each for one cue or one trap."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farwatch.model.place import Precision
from farwatch.understand.locate import Hint, Toponym, locate
from farwatch.world import gazetteer as gazetteers
from farwatch.world.feature import Entry, Feature
from farwatch.world.gazetteer import Gazetteer
from farwatch.world.table import TableWriter


@pytest.fixture(scope="module")
def world() -> Gazetteer:
    return gazetteers.open()


def named(text: str, world: Gazetteer, hint: Hint | None = None) -> list[tuple[str, str | None]]:
    return [(t.text, t.country) for t in locate(text, world, hint)]


def only(text: str, world: Gazetteer, hint: Hint | None = None) -> Toponym:
    [toponym] = locate(text, world, hint)
    return toponym


FOUND = [  # text, (words, country) of every toponym
    ("Crowds gathered at Kitwe industrial area.", [("Kitwe", "ZM")]),
    (
        "Miners blocked the Kitwe-Chingola road near Ndola, Zambia.",
        [("Kitwe", "ZM"), ("Chingola", "ZM"), ("Ndola", "ZM"), ("Zambia", "ZM")],
    ),
    ("A curfew was imposed in Copperbelt Province.", [("Copperbelt", "ZM")]),
    ("A bomb went off 20 km from Tanguieta.", [("Tanguieta", "BJ")]),
    ("A bomb went off 20 km from Tanguie\u0301ta.", [("Tanguie\u0301ta", "BJ")]),
    ("Market half empty in Materi, northern Benin.", [("Materi", "BJ"), ("Benin", "BJ")]),
    (
        "Looting in Chimbote; a landslide closed the Huaraz-Casma road in Ancash.",
        [("Chimbote", "PE"), ("Huaraz", "PE"), ("Casma", "PE"), ("Ancash", "PE")],
    ),
    ("He moved from Paris, Texas.", [("Paris", "US"), ("Texas", "US")]),
    ("Floods hit Springfield, Ill.", [("Springfield", "US"), ("Ill.", "US")]),
    ("The U.S. and the UK met the UAE.", [("U.S.", "US"), ("UK", "GB"), ("UAE", "AE")]),
    ("Clashes in the DRC spread to Goma.", [("DRC", "CD"), ("Goma", "CD")]),
    ("BEIRUT (Reuters) - Shells fell overnight.", [("BEIRUT", "LB")]),
    (
        "The army shelled N'Djamena and Côte d’Ivoire.",
        [("N'Djamena", "TD"), ("Côte d’Ivoire", "CI")],
    ),
    ("Ethiopian troops entered Somalia.", [("Ethiopian", "ET"), ("Somalia", "SO")]),
    ("Fighting near El Fasher in Sudan.", [("El Fasher", "SD"), ("Sudan", "SD")]),
    ("A ship was seized in the Gulf of Aden.", [("Gulf of Aden", None)]),
    ("東京で地震", [("東京", "JP")]),
    ("انفجار في بغداد", [("بغداد", "IQ")]),
    ("Взрыв в Одесса", [("Одесса", "UA")]),
]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_found(text: str, expected: list[tuple[str, str | None]], world: Gazetteer) -> None:
    assert named(text, world) == expected


def test_a_partys_letter_is_no_part_of_a_name(world: Gazetteer) -> None:
    """Which Plymouth it is, these few words do not tell."""
    found = named("Sen. Jane Doe, R-Plymouth, voted.", world)
    assert [words for words, _ in found] == ["Plymouth"]


NOT_PLACES = [
    "Paris Hilton sang.",
    "The Boston Globe reported it.",
    "The Washington Post and the Lansing State Journal agreed.",
    "Mr. Lincoln said no.",
    "He paid US$40 for it.",
    "Prices rose in March and the police said why.",
    "nice people read in mobile homes",
    "They celebrated St. Patrick's Day.",
    "The Ministry of Labor agreed.",
    "White House officials met Santa Claus.",
    "",
    "   \n\t ",
    "12345 67890",
]


@pytest.mark.parametrize("text", NOT_PLACES)
def test_not_places(text: str, world: Gazetteer) -> None:
    assert named(text, world) == []


def test_georgia_the_state_and_georgia_the_country(world: Gazetteer) -> None:
    state = locate("A storm hit Atlanta, Georgia. Georgia police warned Savannah.", world)
    assert {t.country for t in state} == {"US"}
    country = locate("Georgia and Russia signed in Tbilisi. Georgia withdrew from Gori.", world)
    assert [t.country for t in country if t.text == "Georgia"] == ["GE", "GE"]


def test_a_like_named_suburb_of_another_country(world: Gazetteer) -> None:
    text = "Rioters burned cars in Alexandria, a suburb of Sydney, New South Wales, Australia."
    assert {t.country for t in locate(text, world)} == {"AU"}
    assert only("Rioters burned cars in Alexandria.", world).country == "EG"


def test_a_name_narrowed_once_means_that_place_throughout(world: Gazetteer) -> None:
    text = "Police in Springfield, Ill., were called. Springfield schools closed."
    first, _, later = locate(text, world)
    assert first.geonameid == later.geonameid == 4250542
    assert "Ill." in first.reasons[-1]


def test_two_narrowed_differently(world: Gazetteer) -> None:
    found = locate("Springfield, Ill. and Springfield, Mo. are cities.", world)
    assert [t.admin1 for t in found if t.text == "Springfield"] == ["US.IL", "US.MO"]


def test_an_enumeration_of_countries_is_no_containment(world: Gazetteer) -> None:
    found = locate("Mexico, China, Japan, Jordan and Chad sent help.", world)
    assert [t.country for t in found] == ["MX", "CN", "JP", "JO", "TD"]
    assert {t.precision for t in found} == {Precision.COUNTRY}


def test_precision_is_stated(world: Gazetteer) -> None:
    text = "In Rapides Parish, Louisiana, and in Alexandria, as in Kenya and the Red Sea."
    assert [(t.text, t.precision.value) for t in locate(text, world)] == [
        ("Rapides Parish", "admin2"),
        ("Louisiana", "admin1"),
        ("Alexandria", "city"),
        ("Kenya", "country"),
        ("Red Sea", "region"),
    ]


def test_lima_is_the_city_and_lima_region_the_unit(world: Gazetteer) -> None:
    assert only("A strong quake was felt in Lima.", world).precision == Precision.CITY
    assert only("A strong quake was felt in Ancash Region.", world).precision == Precision.ADMIN1


def test_a_hint_tips_the_balance_and_never_overrules(world: Gazetteer) -> None:
    assert only("A fire broke out in Alexandria.", world, Hint(country="US")).country == "US"
    text = "A fire broke out in Alexandria, Egypt."
    assert {t.country for t in locate(text, world, Hint(country="US"))} == {"EG"}
    near = Hint(lat=31.3, lon=-92.4)
    assert only("A fire broke out in Alexandria.", world, near).admin1 == "US.LA"


def test_a_demonym_is_marked(world: Gazetteer) -> None:
    troops, place = locate("Ethiopian troops entered Mogadishu.", world)
    assert (troops.demonym, place.demonym) == (True, False)
    assert troops.confidence < place.confidence


def test_a_person_is_that_person_throughout(world: Gazetteer) -> None:
    text = "Mr. Lincoln called. Lincoln said that the road to Nairobi was closed."
    assert named(text, world) == [("Nairobi", "KE")]


def test_every_choice_is_explained(world: Gazetteer) -> None:
    toponym = only("Two were hurt in Kitwe.", world)
    assert any("people" in reason for reason in toponym.reasons)
    assert any("after “in”" in reason for reason in toponym.reasons)
    assert "only place" in toponym.reasons[-1]
    assert 0.5 < toponym.confidence <= 1


def test_offsets_are_code_points(world: Gazetteer) -> None:
    text = "𝒳🙂 In Kitwe, Zambia."
    for toponym in locate(text, world):
        assert text[toponym.start : toponym.end] == toponym.text
    assert [t.start for t in locate(text, world)] == [6, 13]


def test_small_places_beside_sure_ones(world: Gazetteer) -> None:
    text = "The road from Huaraz, Peru to Casma was closed."
    lifted = next(t for t in locate(text, world) if t.text == "Casma")
    assert lifted.country == "PE"


@settings(max_examples=150)
@given(st.text(max_size=200))
def test_any_text_gives_ordered_spans_of_itself(text: str) -> None:
    world = gazetteers.open()
    end = 0
    for toponym in locate(text, world):
        assert end <= toponym.start < toponym.end <= len(text)
        assert text[toponym.start : toponym.end] == toponym.text
        assert 0 <= toponym.confidence <= 1
        end = toponym.end


_MIXTURE = """
    Paris London Georgia U.S. Ill. Springfield St. Louis in , . - ( ) the of County Province said
    Mr. John New York City Washington D.C. 東京 بغداد Côte d’Ivoire " ' $ Kitwe-Ndola
"""
_PIECES = st.sampled_from(_MIXTURE.split())


@settings(max_examples=200)
@given(st.lists(_PIECES, max_size=25), st.sampled_from([" ", "", ", ", "\n"]))
def test_any_mixture_of_names_and_signs(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    world = gazetteers.open()
    found = locate(text, world)
    assert all(text[t.start : t.end] == t.text for t in found)
    assert found == locate(text, world)


def test_a_spot_needs_more_than_its_bare_name(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A full dump calls hotels and streams by every common word."""
    writer = TableWriter(tmp_path_factory.mktemp("spots"))
    writer.add(Entry("Parliament", 1.0, 2.0, Feature.POINT, 1, "BJ", fcode="S.HTL"))
    writer.add(Entry("Pendjari Lodge", 1.0, 2.0, Feature.POINT, 2, "BJ", fcode="S.HTL"))
    writer.finish({})
    spots = gazetteers.open(writer.folder)
    assert named("Members met in Parliament.", spots) == []
    assert named("Shots near Pendjari Lodge.", spots) == [("Pendjari Lodge", "BJ")]
