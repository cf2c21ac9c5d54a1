"""The words of a text in channels: all, names, other words, lead, numbers, years."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from farwatch.understand.resemble import stem, zipf
from farwatch.understand.text import TOKEN

LETTERS = 8000  # of a text; a story's first page says what it is about
CHANNELS = ("all", "name", "word", "lead", "num")
_LEAD = 60  # words
_COMMON = 5.7  # Zipf; a capitalised word this common begins a sentence or a title
_RARE = 4.3  # in a text without capitals, words this rare stand in for names
_TEXT_WORDS = 300  # of a typical text, for the share of texts that hold a word
_POWER = 1.3  # names and rare words before the rest
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{2,}")


@dataclass(slots=True)
class Words:
    """How often each word of a channel stands in one text, and the years it names."""

    channels: dict[str, Counter[str]] = field(
        default_factory=lambda: {name: Counter() for name in CHANNELS}
    )
    years: frozenset[str] = frozenset()


def words_of(text: str) -> Words:
    """Take a text apart. Scripts without spaces give pairs of letters."""
    found = Words()
    pieces = list(_pieces(text[:LETTERS]))
    lower = {piece for piece in pieces if piece.islower()}
    cased = any(piece[0].isupper() for piece in pieces) and bool(lower)
    years: set[str] = set()
    for n, piece in enumerate(pieces):
        word = stem(piece)
        if piece.isdigit():
            if len(piece) == 4 and "1900" <= piece <= "2100":
                years.add(piece)
            _count(found, word, n, "num")
        elif len(word) > 1:
            _count(found, word, n, _kind(piece, word, lower, cased=cased))
    found.years = frozenset(years)
    return found


def _count(found: Words, word: str, n: int, channel: str) -> None:
    found.channels["all"][word] += 1
    if channel:
        found.channels[channel][word] += 1
    if n < _LEAD and channel != "num":
        found.channels["lead"][word] += 1


def _kind(piece: str, word: str, lower: set[str], *, cased: bool) -> str:
    if not cased:
        return "name" if zipf(word) < _RARE else "word"
    if not piece[0].isupper():
        return "word"
    return "name" if piece.lower() not in lower and zipf(word) < _COMMON else ""


def _pieces(text: str) -> Iterator[str]:
    for match in TOKEN.finditer(text):
        piece = match.group()
        run = _UNSPACED.fullmatch(piece)
        if run:
            yield from (piece[n : n + 2] for n in range(len(piece) - 1))
        else:
            yield piece


def weight(word: str, texts: int, holding: int, background: float) -> float:
    """Rarity in the batch, blended with general language as if `background` texts of it were there.

    Inverse document frequency; the background share of texts with the word is Poisson's.
    """
    share = 1 - math.exp(-_TEXT_WORDS * 10 ** (max(zipf(word), 1.0) - 9))
    rarity = math.log((texts + background) / (holding + background * share + 0.5))
    return float(max(rarity, 0.0) ** _POWER)
