"""Phrases as data: "riot*", "block ... road", "~strike"; found in a text in one pass."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import ahocorasick
import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # written in C where there is one
GAP = 60  # letters that " ... " may bridge, within one sentence


class Part(NamedTuple):
    """A piece of a phrase. A stem may end in any way; what is near follows with nothing between."""

    piece: str
    stem: bool
    near: bool


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase. `label` is what it tells."""

    label: str
    weak: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found at `text[start:end]`."""

    label: str
    start: int
    end: int
    weak: bool
    words: str


def phrase(label: str, written: str) -> Phrase:
    """Read one phrase as the data files write it; raises ValueError for an empty one."""
    weak = written.startswith("~")
    parts: list[Part] = []
    for gapped in written.removeprefix("~").split("..."):
        pieces = re.split(
            r"(?<=\*)\s+(?=\S)", gapped.strip()
        )  # a stem, and what follows it at once
        parts += [Part(p.rstrip("*"), p.endswith("*"), n > 0) for n, p in enumerate(pieces)]
    if not all(part.piece for part in parts):
        raise ValueError(f"phrase {written!r} of {label} has an empty part")
    return Phrase(label, weak, tuple(parts))


class Phrases:
    """Finds many phrases at once (Aho–Corasick over the first parts, then the rest by hand)."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        by_first: dict[str, list[Phrase]] = {}
        for item in phrases:
            by_first.setdefault(item.parts[0].piece, []).append(item)
        self._automaton = ahocorasick.Automaton()
        for first, items in by_first.items():
            self._automaton.add_word(first, (len(first), tuple(items)))
        self._automaton.make_automaton()

    def find(self, text: str) -> list[Hit]:
        """Every phrase in the text (already `text.flat`), longest first where two overlap."""
        hits = []
        for last, (length, items) in self._automaton.iter(text):
            start = last + 1 - length
            if not _opens(text, start):
                continue
            for item in items:
                end = _close(text, last + 1, stem=item.parts[0].stem)
                end = _rest(text, end, item.parts[1:]) if end >= 0 else -1
                if end >= 0:
                    hits.append(Hit(item.label, start, end, item.weak, text[start:end]))
        hits.sort(key=lambda hit: (hit.start, -hit.end, hit.label))
        return hits


def _opens(text: str, start: int) -> bool:
    """Whether a word begins here: scripts without spaces always do, Arabic after ال or و too."""
    if start == 0 or not text[start - 1].isalnum() or _unspaced(text[start]):
        return True
    if "\u0600" <= text[start] <= "\u06ff":
        before = start
        while before > 0 and text[before - 1].isalnum():
            before -= 1
        return text[before:start] in {"ال", "و", "وال", "ب", "بال", "ل", "لل", "في"}
    return False


def _close(text: str, end: int, *, stem: bool) -> int:
    """Where the word that the piece ends in ends; -1 if it goes on and the piece is no stem."""
    if end >= len(text) or not text[end].isalnum() or _unspaced(text[end - 1]):
        return end
    if not stem:
        return -1
    while end < len(text) and text[end].isalnum() and not _unspaced(text[end]):
        end += 1
    return end


def _rest(text: str, at: int, parts: tuple[Part, ...]) -> int:
    for piece, stem, near in parts:
        window = text[at : at + (1 if near else GAP) + len(piece)]
        stop = min((p for mark in (". ", "\n", "。") if (p := window.find(mark)) >= 0), default=-1)
        if stop >= 0:
            window = window[:stop]
        found = -1
        while (found := window.find(piece, found + 1)) >= 0:
            start = at + found
            end = _close(text, start + len(piece), stem=stem) if _opens(text, start) else -1
            if end >= 0:
                at = end
                break
        else:
            return -1
    return at


def _unspaced(char: str) -> bool:
    """Whether the letter is of a script that sets no spaces between words."""
    return "\u3040" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff" or char == "々"


@cache
def data(name: str) -> Mapping[str, Any]:
    """One of the room's YAML files."""
    text = resources.files("farwatch.understand").joinpath("data", name).read_text("utf-8")
    loaded: Mapping[str, Any] = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader either way
    return loaded


@cache
def kind_phrases() -> Phrases:
    """The phrases of lexicon.yaml; labels are kinds."""
    kinds = data("lexicon.yaml")["kinds"]
    return Phrases(
        phrase(kind, written)
        for kind, entry in kinds.items()
        for language, phrases in entry.items()
        if language not in {"severity", "code"}
        for written in phrases
    )


@cache
def cue_phrases() -> Phrases:
    """The phrases of cues.yaml; labels are the cue's name, "actor:<group>" for actors."""
    cues = data("cues.yaml")
    plain = [(name, w) for name, words in cues.items() if name != "actors" for w in words]
    groups = [(f"actor:{name}", w) for name, words in cues["actors"].items() for w in words]
    return Phrases(phrase(name, str(written)) for name, written in plain + groups)
