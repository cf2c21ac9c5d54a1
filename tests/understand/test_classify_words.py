"""The words that classify knows: every language's, each phrase finding itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from farwatch.model.kinds import Kind
from farwatch.understand.classify import Classification, classify
from farwatch.understand.phrases import Phrases, cue_phrases, data, kind_phrases, phrase

THURSDAY = datetime(2026, 5, 7, 9, tzinfo=UTC)


def told(title: str, text: str = "") -> Classification:
    return classify(title, text, THURSDAY)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Trois morts dans une fusillade à Marseille", Kind.GUN_ATTACK),
        ("Des manifestants défilent dans les rues de Dakar", Kind.PROTEST),
        ("Couvre-feu décrété à Conakry après des émeutes et des pillages", Kind.RIOT),
        ("Inondations: cinq morts à Niamey", Kind.FLOOD),
        ("Sismo de magnitud 6,8 sacude la costa", Kind.EARTHQUAKE),
        ("Secuestran a dos ingenieros en Arauca", Kind.ABDUCTION),
        ("Manifestantes bloquean la carretera Panamericana", Kind.BLOCKADE),
        ("Homens armados atacaram aldeia em Cabo Delgado, tiroteio deixa dois mortos",
         Kind.GUN_ATTACK),
        ("Enchentes deixam desalojados no sul", Kind.FLOOD),
        ("В Одессе произошел взрыв, пострадали трое", Kind.EXPLOSION),
        ("Землетрясение произошло у берегов Камчатки", Kind.EARTHQUAKE),
        ("Акция протеста прошла в центре столицы", Kind.PROTEST),
        ("انفجار سيارة مفخخة في بغداد", Kind.EXPLOSION),
        ("زلزال يضرب شمال البلاد", Kind.EARTHQUAKE),
        ("四川发生地震", Kind.EARTHQUAKE),
        ("首都爆发大规模抗议示威", Kind.PROTEST),
        ("Schüsse in der Kölner Innenstadt: zwei Tote", Kind.GUN_ATTACK),
        ("Bewaffnete haben in Bamako ein Hotel überfallen und acht Menschen erschossen",
         Kind.GUN_ATTACK),
        ("Bombenanschlag in Kabul", Kind.EXPLOSION),
        ("Schwere Gefechte zwischen Armee und Rebellen", Kind.ARMED_CLASH),
        ("Drohnenangriff auf Flughafen", Kind.SHELLING),
        ("Deutscher Ingenieur in Nigeria entführt", Kind.ABDUCTION),
        ("Krawalle in Paris: Polizei setzt Tränengas ein", Kind.RIOT),
        ("Tausende demonstrieren in Belgrad", Kind.PROTEST),
        ("Bauern blockieren Autobahn", Kind.BLOCKADE),
        ("Ausgangssperre in Khartum verhängt", Kind.RESTRICTION),
        ("Überschwemmungen in Pakistan", Kind.FLOOD),
        ("Erdrutsch begräbt Dorf", Kind.LANDSLIDE),
    ],
)  # fmt: skip
def test_other_languages(text: str, kind: Kind) -> None:
    assert told(text).kind is kind, told(text).reasons


def test_german_numbers_times_and_groups() -> None:
    found = told("", "Vor zwei Tagen haben Bewaffnete in Gao mindestens acht Menschen getötet. "
                 "Die Polizei sucht nach ihnen.")  # fmt: skip
    assert (found.kind, found.severity) == (Kind.GUN_ATTACK, 4)
    assert found.happened is not None
    assert found.happened.start == datetime(2026, 5, 5, tzinfo=UTC)
    assert set(found.actors) == {"gunmen", "police"}


def test_every_kind_has_words_in_eight_languages_and_a_code() -> None:
    kinds = data("lexicon.yaml")["kinds"]
    quiet = {Kind.LEVEL_CHANGE, Kind.SILENCE, Kind.ADVISORY, Kind.OTHER}
    assert set(kinds) == {kind.value for kind in Kind if kind not in quiet}
    for name, entry in kinds.items():
        assert {"en", "fr", "es", "pt", "ru", "ar", "zh", "de"} <= set(entry), name
        assert 1 <= entry["severity"] <= 5
        assert entry["code"].startswith(("cameo:", "glide:", "cap:"))


def _listed(file: str, finder: Phrases) -> list[str]:
    """The phrases of a file that do not find themselves."""
    entries = data(file)
    lists = [words for words in entries.get("kinds", entries).values() if isinstance(words, list)]
    for entry in (*entries.get("kinds", {}).values(), entries.get("actors", {})):
        lists += [words for words in entry.values() if isinstance(words, list)]
    written = [str(word) for words in lists for word in words]
    assert len(written) > 500
    return [w for w in written if not any(h.start == 0 for h in finder.find(_as_text(w)))]


def _as_text(written: str) -> str:
    return written.lstrip("~").replace("*", "").replace(" ... ", " x ").replace("...", " ").lower()


def test_every_phrase_of_the_data_finds_itself() -> None:
    assert _listed("lexicon.yaml", kind_phrases()) == []
    assert _listed("cues.yaml", cue_phrases()) == []


def test_a_stem_within_a_phrase_ends_in_any_way_and_nothing_stands_between() -> None:
    finder = Phrases([phrase("threat", "threat* to attack")])
    assert [hit.words for hit in finder.find("he threatened to attack it")] == [
        "threatened to attack"
    ]
    assert finder.find("the threat is too far to attack") == []


def test_an_empty_part_of_a_phrase_is_refused() -> None:
    with pytest.raises(ValueError, match="empty part"):
        phrase("riot", "block ... ")
