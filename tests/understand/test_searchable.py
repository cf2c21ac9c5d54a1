"""What search may remember of a text: places, groups and vocabulary, and no person's name."""

from __future__ import annotations

import pytest

from farwatch.understand.searchable import Searcher
from farwatch.world import gazetteer


@pytest.fixture(scope="module")
def searcher() -> Searcher:
    return Searcher(gazetteer.open())


# Made-up people in texts as agencies write them, and what else the text must be found by.
PERSONS = [
    ("Police in Lusaka arrested Kwame Nkandu after a riot.", "Kwame Nkandu", "lusaka riot police"),
    ("Grace Baker was hurt in the flood.", "Grace Baker", "hurt flood"),
    ("Precious Banda fled the clashes near Goma.", "Precious Banda", "fled goma"),
    ("KWAME NKANDU SHOT IN LUSAKA BY POLICE", "kwame nkandu", "lusaka police shot"),
    ("Three Killed In Attack As Tobias Wrenfield Visits Kaya", "Tobias Wrenfield", "attack kaya"),
    ("Mr Stone said the road is closed.", "Stone", "road closed"),
    ("General Winter ordered a curfew in Khartoum.", "Winter", "curfew khartoum"),
    ("Lincoln Mwansa met Jordan Phiri near Kitwe.", "Jordan Phiri", "near kitwe"),
    ("Le général Moussa Traoré Diallo déplore des inondations à Niamey.", "Traoré Diallo",
     "inondations niamey"),
    ("La policía detuvo a Ximena Quispe Huamán en Lima tras la protesta.", "Ximena Quispe",
     "lima protesta"),
    ("Полиция задержала Ивана Петрушкина в Харькове после взрыва", "Ивана Петрушкина", "взрыва"),
    ("اعتقلت الشرطة محمد العبدالله في الخرطوم بعد احتجاجات", "محمد العبدالله", "احتجاجات"),
    ("警方在内罗毕逮捕了张伟明，洪水造成三人死亡。", "张伟明", "内罗毕 洪水 警方"),
    ("高兴国说内罗毕发生地震", "高兴国", "内罗毕 地震"),
    ("王建国在内罗毕", "王建国", "内罗毕"),
    ("田中太郎が東京で洪水", "田中太郎", "東京 洪水"),
    ("서울 경찰은 김민준을 체포했다 홍수 피해", "김민준", "서울 홍수"),
    ("नई दिल्ली में बाढ़, पुलिस ने राजेश शर्मा को गिरफ्तार किया", "राजेश शर्मा", "दिल्ली बाढ़"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "person", "found"), PERSONS)
def test_a_person_is_not_found_and_the_rest_is(
    searcher: Searcher, text: str, person: str, found: str
) -> None:
    kept = searcher.words(text)
    assert not set(searcher.asked(person)) <= kept, "the whole name is found"
    assert set(searcher.asked(found)) <= kept


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("The Red Cross and MSF sent teams", "red cross"),
        ("The Red Cross and MSF sent teams", "msf"),
        ("Al-Shabaab fighters attacked Baidoa", "shabaab baidoa"),
        ("Flood Warning for Mbale District", "flood warning"),
        ("M 4.5 - 49 km NW of Barranca, Peru", "barranca peru"),
        ("Tropical Cyclone Freddy makes landfall", "cyclone landfall"),
        ("Tanguiéta: attaque d'un poste de police", "tanguieta attaque"),
        ("肯尼亚大地震", "地震"),
        ("فيضانات في الخرطوم", "خرطوم"),
    ],
)
def test_places_groups_and_words_are_kept(searcher: Searcher, text: str, asked: str) -> None:
    assert set(searcher.asked(asked)) <= searcher.words(text)


def test_telephone_numbers_are_left_out(searcher: Searcher) -> None:
    assert searcher.words("call 260977123456 or 911") == {"call", "or", "911"}


def test_a_names_word_stays_where_it_is_written_as_a_word(searcher: Searcher) -> None:
    assert "grace" in searcher.words("they were given three days of grace")
    assert "stone" in searcher.words("protesters threw a stone")


def test_what_the_index_cannot_hold_is_asked_as_nothing(searcher: Searcher) -> None:
    assert searcher.asked("张伟明") == [""]
    assert searcher.asked("x") == [""]
    assert searcher.asked("") == []


def test_a_structured_name_of_a_place_is_kept_whole(searcher: Searcher) -> None:
    assert {"49", "km", "from", "puerto", "america"} <= searcher.named(
        ["49 km from Puerto América"]
    )
