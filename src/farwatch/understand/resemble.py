"""How alike two texts are: shared rare words, weighed by how rare they are in the language.

Names and numbers weigh more than common verbs. Word frequencies are wordfreq's; nothing is learnt
from other reports, so the answer depends on the two texts alone.
"""

from __future__ import annotations

import math
from functools import lru_cache

from farwatch.understand.text import bare, tokens

_ZIPF_TOP = (
    7.5  # the commonest words of a language on wordfreq's scale (log10 per thousand million)
)
_ZIPF_UNKNOWN = 1.5
_MIN_WORDS = 6


@lru_cache(maxsize=200_000)
def zipf(word: str) -> float:
    """A word's highest frequency in the languages read, Zipf scale (0 unknown, 7 "the")."""
    from wordfreq import zipf_frequency

    ascii_word = word.isascii()
    languages = (
        ("en", "fr", "es", "pt")
        if ascii_word or word[0] < "\u0250"
        else (
            ("ru",)
            if "\u0400" <= word[0] <= "\u04ff"
            else ("ar",)
            if "\u0600" <= word[0] <= "\u06ff"
            else ()
        )
    )
    return max((float(zipf_frequency(word, lang)) for lang in languages), default=3.0)


def stem(word: str) -> str:
    """A word in lower case without an English plural or possessive ending."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def rarity(word: str) -> float:
    """0 for the commonest words to about 1 for unknown ones."""
    return max(0.0, _ZIPF_TOP - max(zipf(word), _ZIPF_UNKNOWN)) / (_ZIPF_TOP - _ZIPF_UNKNOWN)


@lru_cache(maxsize=20_000)
def weights(text: str) -> dict[str, float]:
    """The words of a text with their weights, of unit length; empty for a text of a few words."""
    found: dict[str, float] = {}
    words = tokens(bare(text)[:4000])
    if len(words) < _MIN_WORDS:
        return {}
    for word, _ in words:
        found[stem(word)] = found.get(stem(word), 0.0) + 1.0
    raw = {word: (1 + math.log(n)) * rarity(word) ** 2 for word, n in found.items()}
    length = math.sqrt(sum(weight * weight for weight in raw.values()))
    return {word: weight / length for word, weight in raw.items()} if length else {}


def likeness(one: str, other: str) -> float | None:
    """Cosine 0-1 of the two texts' weights; None if either says too little."""
    left, right = weights(one), weights(other)
    if not left or not right:
        return None
    if len(right) < len(left):
        left, right = right, left
    return sum(weight * right.get(word, 0.0) for word, weight in left.items())
