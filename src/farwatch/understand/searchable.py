"""Which words of a text search may remember: places, groups and vocabulary, and no person's name.

Nobody is looked up by name on this desk, so the index holds no names. Where letters have case, a
capital word is kept only if it is a place, a group, a happening or a dictionary's word that is no
listed name and stands beside none; elsewhere a word is kept if it is vocabulary and no listed name.
What is doubtful is left out: a word that cannot be found costs less than a person who can.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from farwatch.understand.locate_cues import SPEECH
from farwatch.understand.locate_filter import THRESHOLD, Page, judge
from farwatch.understand.locate_tokens import Span, Token, spans, tokens
from farwatch.understand.search_words import Topics, topics
from farwatch.understand.unspaced import UNSPACED, pieces
from farwatch.world import vocabulary as vocabularies
from farwatch.world import words as word_lists
from farwatch.world.fold import fold, fold_word
from farwatch.world.gazetteer import Gazetteer
from farwatch.world.vocabulary import Vocabulary
from farwatch.world.words import Words

LIMIT = 8_000  # letters of a text that are read
_LONGEST, _DIGITS = 40, 4  # a longer number may be somebody's telephone
_INDIC = re.compile(r"[\u0900-\u0dff](?:[\u0900-\u0dff\u200c\u200d])*")
_BESIDE = re.compile(r"[ \u00a0]|[-’']|\. ?")
_TITLES = """
    mr mrs ms miss dr sir prof professor gen general col colonel capt captain lt lieutenant sgt
    sergeant maj major cmdr commander sheikh imam mullah rev reverend pastor bishop father sister
    hon senator governor president minister monsieur madame mme mlle senor senora don dona herr frau
    signor signora doctor chief king queen prince princess named alias
"""
_CALLED = frozenset(_TITLES.split())


@dataclass(frozen=True)
class Searcher:
    """The facts that decide; one for a process."""

    gazetteer: Gazetteer
    topics: Topics = field(default_factory=topics)
    vocabulary: Vocabulary = field(default_factory=vocabularies.open)
    lists: Words = field(default_factory=word_lists.open)

    def words(self, *texts: str) -> set[str]:
        """The folded words of running texts that may be remembered."""
        found: set[str] = set()
        for text in texts:
            found |= _Text(text[:LIMIT], self).kept()
        return found

    def named(self, names: Iterable[str]) -> set[str]:
        """All words of names that are known to be places' or groups'."""
        found: set[str] = set()
        for name in names:
            for token in tokens(name):
                if UNSPACED.search(token.text):
                    found |= _pairs([token.fold])
                else:
                    found |= _form(token.fold)
        return found

    def asked(self, text: str) -> list[str]:
        """The words of a question, as the index would hold them; "" for one it cannot hold."""
        found = dict.fromkeys(fold_word(word) for word in _INDIC.findall(text))
        for token in tokens(text):
            if _INDIC.match(token.text):
                continue
            if UNSPACED.search(token.text):
                parts = pieces(token.fold, self.known, self.vocabulary.family, query=True)
                found |= dict.fromkeys(one for part in parts for one in _pairs([part]) or {""})
            else:
                found |= dict.fromkeys(_form(token.fold) or {""})
        return list(found)

    def known(self, folded: str) -> bool:
        """Whether the word is vocabulary, a happening, a group or a place's name."""
        return (
            self.topics.holds(folded)
            or self.vocabulary.holds(folded)
            or (len(folded) > 1 and self.gazetteer.candidates(folded) is not None)
        )


class _Text:
    """One text taken apart, and which of its words stay."""

    def __init__(self, text: str, by: Searcher) -> None:
        self.text, self.by = text, by
        self.words = tokens(text)
        self.lower = frozenset(word.fold for word in self.words if not word.upper)
        capitals = sum(word.capital for word in self.words)
        self.shouted = capitals > 3 and text.isupper()
        self.titled = capitals > 3 and capitals > 0.6 * len(self.words)

    def kept(self) -> set[str]:
        found: set[str] = set()
        for index, word in enumerate(self.words):
            if UNSPACED.search(word.text):
                found |= self._unspaced(index, word)
            elif not _INDIC.match(word.text) and self._stays(index, word):
                found |= _form(word.fold)
        return found | self._indic()

    @cached_property
    def places(self) -> list[Span]:
        """Runs of words that are meant as places."""
        found = spans(self.text, self.words, self.by.gazetteer)
        if not found:
            return []
        starts = {span.first: span.last for span in found}
        page = Page(self.text, self.words, self.lower, starts)
        judged = judge(page, found, self.by.lists)
        return [one.span for one in judged if one.score >= THRESHOLD and not one.person]

    @cached_property
    def placed(self) -> dict[int, bool]:
        """Word -> whether its place has a name of several words."""
        return {
            at: span.last > span.first
            for span in self.places
            for at in range(span.first, span.last + 1)
        }

    def _stays(self, index: int, word: Token) -> bool:
        if index in self.placed:
            return self.placed[index] or not (word.capital and self._beside_a_person(index))
        if word.fold.isdigit():
            return len(word.fold) <= _DIGITS
        if self.by.topics.holds(word.fold):
            return not (word.capital and self._topic_names(index, word))
        if word.capital:
            return self._capital_stays(index, word)
        if word.upper:  # a letter without case
            return self._caseless_stays(index, word)
        return self.by.vocabulary.holds(word.fold)

    def _topic_names(self, index: int, word: Token) -> bool:
        """Grace is a word and a name: a name beside a name, after a title, or where it speaks."""
        named = self.by.vocabulary.names(word.fold)
        beside = self._beside_a_person(index) or self._speaks(index)
        return self._after_a_title(index) or (named and beside)

    def _capital_stays(self, index: int, word: Token) -> bool:
        vocabulary = self.by.vocabulary
        plain = word.fold in self.by.lists.common or word.fold in self.lower
        if not (plain and vocabulary.holds(word.fold)) or vocabulary.names(word.fold):
            return False
        called = self._speaks(index) or self._after_a_title(index)
        return not (called or self._beside_a_person(index))

    def _speaks(self, index: int) -> bool:
        return index + 1 < len(self.words) and self.words[index + 1].fold in SPEECH

    def _caseless_stays(self, index: int, word: Token) -> bool:
        vocabulary = self.by.vocabulary
        if vocabulary.names(word.fold) or not vocabulary.holds(word.fold):
            return False
        before = self.words[index - 1] if index else None
        near = before is not None and before.gap.strip() == "" and index - 1 not in self.placed
        return not (before is not None and near and vocabulary.names(before.fold))

    def _beside_a_person(self, index: int) -> bool:
        """Whether a capital in the same run of them is a listed name or known to nobody; in a
        headline of capitals the next ones alone count."""
        return any(self._is_person(at) for at in self._run(index))

    def _run(self, index: int) -> Iterator[int]:
        for step in (-1, 1):
            at = index
            while self._joined(min(at, at + step)) and self.words[at + step].capital:
                at += step
                yield at
                if self.titled or at in self.placed:
                    break

    def _joined(self, left: int) -> bool:
        inside = 0 <= left < len(self.words) - 1
        return inside and _BESIDE.fullmatch(self.words[left].gap) is not None

    def _is_person(self, index: int) -> bool:
        word, by = self.words[index], self.by
        if not word.capital or index in self.placed:
            return False
        if by.topics.holds(word.fold):
            return False
        if by.vocabulary.names(word.fold):
            return True
        known = word.fold in by.lists.common or word.fold in self.lower
        return not known and (self.shouted or not word.text.isupper())

    def _after_a_title(self, index: int) -> bool:
        """ "General Stone", "Mr Winter": what follows a title is somebody's name."""
        if not self.words[index].capital or not index:
            return False
        before = self.words[index - 1]
        return before.fold in _CALLED and before.capital and self._joined(index - 1)

    def _indic(self) -> set[str]:
        """Words whose vowel signs the tokens above cut at."""
        found: set[str] = set()
        by, last, named = self.by, -1, False
        for match in _INDIC.finditer(self.text):
            word = fold_word(match[0])
            beside = named and self.text[last : match.start()].strip() == ""
            last, named = match.end(), by.vocabulary.names(word)
            placed = by.gazetteer.candidates(fold(match[0])) is not None
            known = by.topics.holds(word) or by.vocabulary.holds(word) or placed
            if known and not named and not (beside and not by.topics.holds(word)):
                found |= _form(word)
        return found

    def _unspaced(self, index: int, word: Token) -> set[str]:
        inside = [span for span in self.places if span.first <= index <= span.last]
        places = {span.start - word.start: span.end - word.start for span in inside}
        same = len(word.fold) == len(word.text)
        by = self.by
        parts = pieces(word.fold, by.known, by.vocabulary.family, places if same else {})
        named = [fold_word(span.text) for span in inside]
        return _pairs([*parts, *named, *by.topics.inside(word.fold)])


def _form(folded: str) -> set[str]:
    """A word as the index writes it: without the Arabic article, never a lone letter."""
    if folded.startswith("ال") and len(folded) > _DIGITS:
        folded = folded[2:]
    fits = 1 < len(folded) <= _LONGEST or (folded.isdigit() and len(folded) <= _DIGITS)
    return {folded} if fits and not (folded.isdigit() and len(folded) > _DIGITS) else set()


def _pairs(parts: Iterable[str]) -> set[str]:
    """Words of scripts without spaces as pairs of signs, so that a part of one is found."""
    return {part[at : at + 2] for part in parts for at in range(len(part) - 1)}
