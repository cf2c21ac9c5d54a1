"""Word forms that no table of names lists: Slavic case endings, Arabic and Amharic prefixes.

A form stands for the name only where the text's own word is none, and only for larger places, so
that a common word is seldom taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from farwatch.world import vocabulary
from farwatch.world.candidates import Candidates
from farwatch.world.feature import Feature

if TYPE_CHECKING:
    from farwatch.understand.locate_tokens import Token

_CYRILLIC = re.compile(r"[\u0400-\u04ff]+")
_ARABIC = re.compile(r"[\u0621-\u064a]+")
_ETHIOPIC = re.compile(r"[\u1200-\u137f]+")
_LEAST = 3  # letters of what is left of a word
_SHORT, _WELL_KNOWN = 3, 300_000  # so short a name is met only if so many live there
_OPENING = 6  # letters of a first word, which has a capital whether it is a name or not
_MOST_WORDS = 4  # of a name in another form
# Ending in the text -> endings of the name itself, likeliest first. Russian, where Ukrainian and
# Bulgarian share it; the longest ending that fits is taken off first.
_CASES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ской", ("ская", "ск")), ("ского", ("ский", "ское")), ("скому", ("ский", "ское")),
    ("ском", ("ский", "ск")), ("ским", ("ский",)), ("скую", ("ская",)),
    ("ией", ("ия",)), ("иях", ("ии",)), ("ии", ("ия",)), ("ию", ("ия",)),
    ("ами", ("ы",)), ("ах", ("ы", "а")), ("ях", ("и", "я")), ("ам", ("ы",)),
    ("ой", ("а", "ая")), ("ою", ("а",)), ("ей", ("я",)), ("ом", ("",)), ("ем", ("ь", "")),
    ("ью", ("ь",)), ("ою", ("а",)), ("ого", ("ый", "ое")),
    ("е", ("", "а", "о", "ь", "я")), ("у", ("", "а")), ("ы", ("а",)), ("и", ("ь", "а", "я", "")),
    ("а", ("",)), ("ю", ("я", "ь")), ("я", ("ь", "й")), ("і", ("", "а", "ь")),
)  # fmt: skip
_AND, _THE = "و", "ال"
_CLITICS = ("ب", "ل")  # in, to; what stands before common words rather ("like", "so") is left
_FOR_THE = "لل"
_AMHARIC = ("በ", "ከ", "ለ", "የ", "ስለ", "እስከ", "ወደ")  # in, from, for, of, about, until, towards


def readings(words: Sequence[Token], index: int) -> Iterator[tuple[list[Token], bool]]:
    """Runs of words from `index` on as they may be meant; True if the whole run is the name."""
    token = words[index]
    if len(token.fold) == len(token.text):  # no marks between the letters: cuts are the text's own
        for cut, name in without_prefix(token.fold):
            bare = token._replace(start=token.start + cut, text=token.text[cut:], fold=name)
            yield [bare, *words[index + 1 : index + _MOST_WORDS]], False
    for last in range(min(index + _MOST_WORDS, len(words)) - 1, index - 1, -1):
        run = list(words[index : last + 1])
        if token.capital and all(word.gap in {" ", "-"} for word in run[:-1]):
            for name in nominatives(run[-1].fold):
                yield [*run[:-1], run[-1]._replace(fold=name)], True


def likely(found: Candidates, usable: NDArray[np.bool_], first: Token) -> NDArray[np.bool_]:
    """Of the places that a form may mean those that it likely does.

    Only a country where the name is a person's too, or where the word opens a sentence and so may
    be any word; one who opens it in five letters or less is none.
    """
    country = found.feature == Feature.COUNTRY
    opening = first.opens and first.capital
    if opening and len(first.text) < _OPENING:
        return np.zeros_like(usable)
    if opening or vocabulary.open().names(found.key):
        return np.asarray(usable & country)
    if len(found.key) <= _SHORT:
        return np.asarray(usable & (country | (found.population >= _WELL_KNOWN)))
    return usable


@lru_cache(maxsize=65_536)
def nominatives(word: str) -> tuple[str, ...]:
    """What a folded Cyrillic word may be a case of; none for a word of another script."""
    if not _CYRILLIC.fullmatch(word):
        return ()
    found = [
        word.removesuffix(ending) + own
        for ending, owns in _CASES
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST
        for own in owns
    ]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=65_536)
def without_prefix(word: str) -> tuple[tuple[int, str], ...]:
    """An Arabic or Amharic word without what is glued before it: letters cut, and the name."""
    if _ARABIC.fullmatch(word):
        return tuple((cut, name) for cut, name in _arabic(word, 0) if len(name) >= _LEAST)
    if _ETHIOPIC.fullmatch(word):
        heads = (head for head in _AMHARIC if word.startswith(head))
        return tuple((len(h), word[len(h) :]) for h in heads if len(word) - len(h) >= _LEAST - 1)
    return ()


def _arabic(word: str, cut: int) -> Iterator[tuple[int, str]]:
    if word.startswith(_AND):
        yield cut + 1, word[1:]
        yield from _arabic(word[1:], cut + 1) if cut == 0 else ()
    if word.startswith(_FOR_THE):
        yield cut + 2, _THE + word[2:]
    elif word.startswith(_CLITICS):
        yield cut + 1, word[1:]
