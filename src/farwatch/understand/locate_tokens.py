"""Words of a text, and the runs of words that some place is called by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farwatch.understand.locate_cues import NEVER, UNIT_OF
from farwatch.understand.locate_forms import likely, readings
from farwatch.world import words as word_lists
from farwatch.world.candidates import Candidates
from farwatch.world.feature import Feature, NameKind
from farwatch.world.fold import WORD, fold_word, join
from farwatch.world.gazetteer import Gazetteer

_GAP = re.compile(r"[ \u00a0]|[-–'’‘ʻ`]|\. ?|\s?\n\s?")
_SPACELESS = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SENTENCE_END = frozenset('\n!?•"“')
_PARTICLES = frozenset(["al", "el", "as", "ad", "an", "ar", "at", "ash", "az", "ez", "es"])
_UNIT_WORDS = frozenset({"County", "Parish", "Township"})
_COUNTRY_SHORT = frozenset({"US", "UK", "NZ"})
_LOOSE_LAST = frozenset(["city", "town", "village"])
_SHORT_WORD = 2  # "U.", "St.": a full stop after it ends no sentence
_STATE_SHORT = 2  # a two-letter postal code needs a comma before it
_MIN_SPACELESS_POPULATION = 15_000
_LARGE = 50_000
_AIRPORT = " airport"
_MOST_LETTERS = 14  # of a name within a run without spaces


class Token(NamedTuple):
    """One word: code points [start, end), folded form, the text between it and the next word."""

    start: int
    end: int
    text: str
    fold: str
    upper: bool  # may begin a name: a capital, or a letter without case
    capital: bool  # begins with a capital
    gap: str  # what follows up to the next token
    opens: bool  # begins a sentence


@dataclass(slots=True)
class Span:
    """Tokens [first, last] that a place is called by, and the places it may be."""

    first: int
    last: int
    start: int
    end: int
    text: str
    key: str
    found: Candidates
    usable: NDArray[np.bool_]  # which candidates this spelling allows


def tokens(text: str) -> list[Token]:
    """The words of a text in order."""
    ends = [match.span() for match in WORD.finditer(text)]
    found = []
    opens = True
    for (start, end), (after, _) in pairwise([*ends, (len(text), 0)]):
        word, gap = text[start:end], text[end:after]
        folded, upper, capital = _facts(word)
        found.append(Token(start, end, word, folded, upper, capital, gap, opens))
        opens = gap != " " and _ends_sentence(gap, short=upper and len(word) <= _SHORT_WORD)
    return found


@lru_cache(maxsize=65_536)
def _facts(word: str) -> tuple[str, bool, bool]:
    """Folded; may begin a name (a letter without case may, a digit not); begins with a capital."""
    head = word[0]
    upper = not (head.islower() or head.isdigit())
    return fold_word(word), upper, upper and head.isupper()


def _ends_sentence(gap: str, *, short: bool) -> bool:
    if not _SENTENCE_END.isdisjoint(gap):
        return True
    return "." in gap and not short


def spans(text: str, words: list[Token], gazetteer: Gazetteer) -> list[Span]:
    """The longest runs of words that the gazetteer knows, left to right, none overlapping."""
    found: list[Span] = []
    index = 0
    while index < len(words):
        if not words[index].upper and words[index].fold not in _PARTICLES:
            index += 1
            continue
        span = _longest(text, words, index, gazetteer) or _inflected(text, words, index, gazetteer)
        if span is None:
            if _SPACELESS.match(words[index].text):
                found.extend(_spaceless(words[index], index, gazetteer))
            index += 1
        else:
            found.append(span)
            index = span.last + 1
    return found


def _longest(text: str, words: list[Token], first: int, gazetteer: Gazetteer) -> Span | None:
    if not _may_begin(words, first):
        return None
    most = gazetteer.longest(_first_word(words[first].fold))
    last = first
    while last - first + 1 < most and last + 1 < len(words) and _joined(words[last]):
        last += 1
    for end in range(last, first - 1, -1):
        proper = _may_end(words, first, end)
        if not proper and _everyday(words[end].fold):
            continue
        span = _known(text, words, (first, end), gazetteer)
        if span is None or _town_s_airport(span, gazetteer):
            continue
        if proper or _whole(span):
            return _with_unit(text, words, span)
    return None


def _everyday(word: str) -> bool:
    """A common English word, which ends no name in lower case; looked up before the gazetteer."""
    return word in word_lists.open().common and word != _AIRPORT.strip()


def _whole(span: Span) -> bool:
    """A name of several words that may end in lower case: "République centrafricaine"."""
    country = bool((span.found.feature == Feature.COUNTRY).any())
    return country or span.key.endswith(_AIRPORT)


def _town_s_airport(span: Span, gazetteer: Gazetteer) -> bool:
    """ "Denver Airport": Denver is named, and which of its airports is meant is not."""
    if not span.key.endswith(_AIRPORT):
        return False
    town = gazetteer.candidates(span.key.removesuffix(_AIRPORT))
    return town is not None and bool(_large(town).any())


def _large(found: Candidates) -> NDArray[np.bool_]:
    """Which of the places are larger ones: towns of 50,000, first-level units, countries."""
    unit = (found.feature == Feature.ADMIN1) | (found.feature == Feature.COUNTRY)
    return np.asarray(unit | (found.population >= _LARGE))


def _inflected(text: str, words: list[Token], index: int, gazetteer: Gazetteer) -> Span | None:
    """A larger place whose name stands here in another form: "Москве", "بمصر"."""
    if words[index].text.isascii():
        return None
    for run, whole in readings(words, index):
        ends = (0, len(run) - 1)
        span = _known(text, run, ends, gazetteer) if whole else _longest(text, run, 0, gazetteer)
        if span is None:
            continue
        usable = likely(span.found, span.usable & _large(span.found), run[0])
        if usable.any():
            return replace(span, first=span.first + index, last=span.last + index, usable=usable)
    return None


def _may_begin(words: list[Token], first: int) -> bool:
    token = words[first]
    if not token.upper and not _particle(words, first):
        return False
    of = first + 1 < len(words) and words[first + 1].fold == "of"
    return not (of and token.fold in UNIT_OF)


def _known(
    text: str, words: list[Token], ends: tuple[int, int], gazetteer: Gazetteer
) -> Span | None:
    first, last = ends
    key = join([word.fold for word in words[first : last + 1]])
    if key in NEVER and not (last == first and _all_capitals(words[first])):
        return None
    found = gazetteer.candidates(key)
    if found is None or (last > first and _loose(words[last], found)):
        return None
    return _checked(text, words, ends, found)


def _with_unit(text: str, words: list[Token], span: Span) -> Span:
    """ "Mayo County": the word belongs to the name where a second-level unit is so called."""
    at = span.last + 1
    if at == len(words) or words[at].text not in _UNIT_WORDS:
        return span
    units = span.usable & (span.found.feature == Feature.ADMIN2)
    if text[span.end : words[at].start] != " " or not units.any():
        return span
    span.last, span.end, span.usable = at, words[at].end, units
    span.text = text[span.start : span.end]
    return span


def _loose(last: Token, found: Candidates) -> bool:
    """ "Dublin City" where no place is mainly so called: the name is the part before."""
    return last.fold in _LOOSE_LAST and not (found.kind == NameKind.PRIMARY).any()


def _particle(words: list[Token], index: int) -> bool:
    token = words[index]
    return token.fold in _PARTICLES and token.gap == "-" and words[index + 1].upper


def _first_word(folded: str) -> str:
    return {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort", "pt": "point"}.get(
        folded, folded
    )


def _joined(token: Token) -> bool:
    if not _GAP.fullmatch(token.gap):
        return False
    # A full stop joins only after an abbreviation: "St. Louis", "U.S.", not "Paris. London".
    return "." not in token.gap or len(token.text) <= 2


def _may_end(words: list[Token], first: int, last: int) -> bool:
    if first == last:
        return True
    return words[last].upper or words[last - 1].gap in {"-", "'", "’", "‘", "ʻ", "`"}


def _all_capitals(token: Token) -> bool:
    return len(token.text) > 1 and token.text.isupper()


def _checked(
    text: str, words: list[Token], ends: tuple[int, int], found: Candidates
) -> Span | None:
    first, last = ends
    start, end = words[first].start, words[last].end
    written = text[start:end]
    after = text[end : end + 1]
    if after == "$":  # US$40
        return None
    plain = _plain_form(written)
    if not found.short:
        return (
            Span(first, last, start, end, written, found.key, found, found.all) if plain else None
        )
    short_ok = _short_form(text, words, ends, stop=after == ".")
    usable = np.where(found.kind == NameKind.SHORT, short_ok, plain)
    if not usable.any():
        return None
    if after == "." and short_ok and ("." in written or not written.isupper()):
        end += 1
        written = text[start:end]
        usable &= found.kind == NameKind.SHORT
    return Span(first, last, start, end, written, found.key, found, usable)


def _plain_form(written: str) -> bool:
    """A whole name; up to three capitals alone are an abbreviation of who knows what."""
    return not (len(written) <= 3 and written.isupper() and written.isascii())


def _short_form(text: str, words: list[Token], ends: tuple[int, int], *, stop: bool) -> bool:
    first, last = ends
    written = text[words[first].start : words[last].end]
    comma = first > 0 and words[first - 1].gap.startswith((",", " (", "("))
    if last > first:  # U.S, N.Y, W.Va: the letters stand apart
        return "." in written or stop
    if written.isupper():
        return comma or len(written) > _STATE_SHORT or written in _COUNTRY_SHORT
    party = first > 0 and words[first - 1].gap == "-" and len(words[first - 1].text) == 1
    return (stop or party) and (comma or len(written) >= 4)


def _spaceless(token: Token, index: int, gazetteer: Gazetteer) -> Iterator[Span]:
    """Names inside a run of Han, kana, Hangul or Thai letters: the longest, larger places only."""
    at, text = 0, token.text
    while at < len(text) - 1:
        for length in range(min(_MOST_LETTERS, len(text) - at), 1, -1):
            found = gazetteer.candidates(fold_word(text[at : at + length]))
            if found is None:
                continue
            usable = (found.population >= _MIN_SPACELESS_POPULATION) | (
                found.feature >= Feature.ADMIN1
            )
            if usable.any():
                start = token.start + at
                written = text[at : at + length]
                yield Span(index, index, start, start + length, written, found.key, found, usable)
                at += length - 1
                break
        at += 1
