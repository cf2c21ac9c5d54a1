"""Messages to persons: what, where, what to do and the link, in their language and length."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from farwatch.model.kinds import Kind
from farwatch.model.recipient import LANGUAGES, Near, Recipient, Told
from farwatch.protect import gsm
from farwatch.protect.reach import URGENCIES
from farwatch.protect.texts import _every, advised, compose, short

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
LINK = "https://desk.example.org/k/1z4.AbCdEfGhIjKlMnOp"
TOLD = Told(
    "Alert", "earthquake", 4, "Severe", "Immediate", "Observed", "Earthquake, Severe, Lima",
    "Lima", (Near("lima", "Lima office", 12.3),), ("Shelter", "Assess"), NOW,
    NOW + timedelta(days=1), exercise=False,
)  # fmt: skip
NAMES = ["Lima", "Nouadhibou-Boulenoir", "São José do Rio Preto", "Ağrı", "广东省深圳市", "x" * 300]


@pytest.mark.parametrize(
    ("text", "length", "parts"),
    [
        ("a" * 160, 160, 1),
        ("a" * 161, 161, 2),
        ("€" * 80, 160, 1),  # of the extension: two each
        ("é" * 160, 160, 1),
        ("ğ" * 70, 70, 1),
        ("ğ" * 71, 71, 2),
        ("震" * 134, 134, 2),
        ("震" * 135, 135, 3),
        ("🔥", 2, 1),
    ],
)
def test_length_as_the_network_counts_it(text, length, parts):
    assert (gsm.length(text), gsm.parts(text)) == (length, parts)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [kind.value for kind in Kind])
def test_every_kind_fits_one_text_message(language, kind):
    for place, site, exercise in itertools.product(NAMES, NAMES[::2], (True,)):
        told = replace(TOLD, kind=kind, place=place, exercise=exercise,
                       sites=(Near("s", site, 3.2),) * 5)  # fmt: skip
        text = short(told, language, LINK)
        assert gsm.parts(text) == 1, text
        assert text.endswith(LINK)
        assert ("Take shelter" if language == "en" else "就地避险") in text
        if exercise:
            assert text.startswith("EXERCISE" if language == "en" else "演习")


def test_a_text_message_in_both_languages():
    assert short(TOLD, "en", LINK) == (
        "Earthquake, severe, Lima, 12 km from Lima office. Take shelter, Report in. " + LINK
    )
    assert short(TOLD, "zh-Hans", LINK) == "地震，Lima。就地避险。 " + LINK
    near = "https://desk.example/k/1z4.AbCdEfGhIjKlMnOp"
    assert short(TOLD, "zh-Hans", near) == "地震，Lima，距Lima of12公里。就地避险。 " + near


@pytest.mark.parametrize("message", ["Alert", "Update", "Cancel"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_says_all_of_it(language, message):
    who = Recipient("ada", "Ada", "site contact", {}, language, "Africa/Lusaka")
    told = replace(TOLD, message=message, exercise=True)
    text = compose(told, who, "email", LINK, ["answers for site lima"], "Our organisation")
    word = _every()[language]["message"][message]
    assert word in text.subject and word in text.body
    for part in (LINK, "Lima office", *advised(told, language)):
        assert part in text.body
    assert text.body.startswith(_every()[language]["exercise"])
    assert ("14:00" in text.body) is (message != "Cancel")  # Lusaka's clock


def test_a_letter_is_cut_before_its_link():
    who = Recipient("ada", "Ada", "site contact", {}, longest={"email": 200})
    text = compose(TOLD, who, "email", LINK, [], "Our organisation").body
    assert len(text) <= 201 and text.endswith(LINK)


def test_an_officer_s_words_stand_instead_of_the_desk_s():
    told = replace(TOLD, headline="Stay away from the harbour road tonight", edited=True)
    assert short(told, "en", LINK).startswith("Stay away from the harbour road tonight. Take")


def test_every_language_has_every_word():
    words = _every()
    for language in LANGUAGES:
        assert set(words[language]) - {"kinds"} == set(words["en"])
        for table in ("message", "severity", "urgency", "advice"):
            assert set(words[language][table]) == set(words["en"][table])
        assert set(words["en"]["urgency"]) >= set(URGENCIES)
    assert set(words["zh-Hans"]["kinds"]) == {kind.value for kind in Kind}
