"""Words that name things this desk searches by: happenings and groups, in whatever case."""

from __future__ import annotations

import re
from functools import cache

from farwatch.model.kinds import Kind
from farwatch.understand.phrases import data
from farwatch.world.fold import WORD, fold_word

_PARTS = re.compile(r"\.\.\.|[\s\-'’/()]+")
_LEAST_STEM = 4
_LONGEST_SIGNS = 6
# Groups that no list above holds, and what a desk's own notices say.
_MORE = """
    un nato unhcr unicef msf ecowas cedeao african union european red cross crescent gdacs usgs who
    ministry minister president embassy consulate airport airports border hospital university
    magnitude depth earthquake aftershock alert alerts warning advisory travel level silence
    monday tuesday wednesday thursday friday saturday sunday january february march april june july
    august september october november december
"""


class Topics:
    """Whole words, and stems that any ending may follow."""

    def __init__(self, words: frozenset[str], stems: frozenset[str]) -> None:
        self._words, self._stems = words, stems
        self._lengths = sorted({len(stem) for stem in stems})

    def holds(self, folded: str) -> bool:
        """Whether the word is one of them."""
        if folded in self._words:
            return True
        return any(folded[:n] in self._stems for n in self._lengths if n <= len(folded))

    def inside(self, run: str) -> list[str]:
        """The words of a run without spaces, wherever they begin: 地震 in 大地震."""
        ends = range(2, _LONGEST_SIGNS + 1)
        return [run[at : at + n] for n in ends for at in range(len(run) - n + 1)
                if run[at : at + n] in self._words]  # fmt: skip


@cache
def topics() -> Topics:
    """The words of the lexicon's kinds, of the cues and of the lists of groups."""
    words = {fold_word(word) for word in WORD.findall(_MORE)}
    words |= {fold_word(word) for kind in Kind for word in kind.value.split("_")}
    stems: set[str] = set()
    for phrase in _phrases():
        for part in _PARTS.split(phrase.lstrip("~")):
            stem = fold_word(part.rstrip("*"))
            if part.endswith("*") and (len(stem) >= _LEAST_STEM or not stem.isascii()):
                stems.add(stem)
            words.add(stem)
    words.discard("")
    return Topics(frozenset(words), frozenset(stems - {""}))


def _phrases() -> list[str]:
    found = [
        phrase
        for entry in data("lexicon.yaml")["kinds"].values()
        for language, phrases in entry.items()
        if language not in {"severity", "code"}
        for phrase in phrases
    ]
    cues = data("cues.yaml")
    found += [phrase for phrases in cues["actors"].values() for phrase in phrases]
    found += [str(phrase) for name, some in cues.items() if name != "actors" for phrase in some]
    return [str(phrase) for phrase in found]
