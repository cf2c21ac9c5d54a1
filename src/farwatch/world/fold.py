"""How a name is compared: accents, case and punctuation folded, words kept apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

# A word with the accents it may carry as separate characters, and with the vowel signs of the
# scripts of India and South-East Asia, which are no letters to Unicode.
_MARK = "[\\u0300-\\u036f\\u064b-\\u0652]"
_VOWELS = "\\u0900-\\u0dff\\u0e31-\\u0e4e\\u1000-\\u109f\\u17b4-\\u17d3\\u200c\\u200d"
WORD = re.compile(rf"[^\W_]+(?:(?:{_MARK}|[{_VOWELS}])+[^\W_]*)*")
_MARKS = re.compile(_MARK)
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe"})

# Abbreviated first words of a name; only where another word follows ("Main St" stays as it is).
_SHORT = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort", "pt": "point"}


@lru_cache(maxsize=65_536)
def fold_word(word: str) -> str:
    """One word without accents and case: `Tanguiéta` -> `tanguieta`."""
    if word.isascii():
        return word.lower()
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", word))
    return unicodedata.normalize("NFKC", plain).casefold().translate(_LETTERS)


def join(words: Sequence[str]) -> str:
    """Folded words as one key; a leading `st` reads `saint` where a word follows."""
    if len(words) > 1 and words[0] in _SHORT:
        return " ".join((_SHORT[words[0]], *words[1:]))
    return " ".join(words)


def fold(name: str) -> str:
    """A whole name as its key: `Côte d'Ivoire` -> `cote d ivoire`; empty if it has no letter."""
    return join([fold_word(word) for word in WORD.findall(name)])


def name_hash(folded: str) -> int:
    """64 bits of BLAKE2b over a folded name: what the compiled table is sorted by."""
    return int.from_bytes(blake2b(folded.encode(), digest_size=8).digest(), "little")
