"""Vocabulary and names, as compiled."""

from __future__ import annotations

from pathlib import Path

import pytest

from farwatch.errors import StoreError
from farwatch.world import vocabulary


@pytest.mark.parametrize("word", ["flood", "hope", "наводнение", "地震", "बाढ़", "فيضان"])
def test_words_are_vocabulary(word: str) -> None:
    assert vocabulary.open().holds(word)


@pytest.mark.parametrize("name", ["kwame", "иванов", "محمد", "शर्मा", "李克强"])
def test_names_are_none(name: str) -> None:
    assert not vocabulary.open().holds(name)


@pytest.mark.parametrize(("sign", "family"), [("王", True), ("김", True), ("地", False)])
def test_surnames_of_one_sign(sign: str, family: bool) -> None:
    assert vocabulary.open().family(sign) is family


def test_a_vocabulary_that_is_not_compiled_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="farwatch world build"):
        vocabulary.open(tmp_path)
