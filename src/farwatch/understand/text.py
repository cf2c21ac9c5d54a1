"""Text as the room reads it: sentences with their offsets, tokens, folded words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# A sentence ends at a line break, at CJK full stops, or at . ! ? before a space and a capital,
# a digit or an opening quote. Abbreviations and initials do not end one.
_END = re.compile(r"\n+|[。！？]|[.!?؟][\"”’')\]]*(?=\s+[\"“‘'(\[]?[^\W_a-zа-яё])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Sgt|Capt|Maj|Rev|St|Gov|Sen|Rep|Pres|No|vs|Inc|Ltd|Co|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|approx|Mt|Ft|Hon|etc)|\b[A-Z])$"
)
TOKEN = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a text: `text[start:end]`."""

    start: int
    end: int
    text: str


def sentences(text: str) -> list[Sentence]:
    """The sentences of a text in order; their offsets are code points of `text`."""
    found: list[Sentence] = []
    start = 0
    for match in _END.finditer(text):
        if match.group()[0] == "." and _ABBREVIATION.search(text, start, match.start()):
            continue
        _add(found, text, start, match.end())
        start = match.end()
    _add(found, text, start, len(text))
    return found


def _add(found: list[Sentence], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        found.append(Sentence(start, end, text[start:end]))


def flat(text: str) -> str:
    """Lower case and plain quotes, the length unchanged, so that offsets hold."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters ("İ") grow in lower case
        lowered = "".join(low if len(low := c.lower()) == 1 else c for c in text)
    return lowered.translate(_PLAIN)


_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\xa0": " "})


def bare(text: str) -> str:
    """Lower case without accents, for comparing names; the length may change."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def tokens(text: str) -> list[tuple[str, int]]:
    """Words and numbers with their start offsets."""
    return [(match.group(), match.start()) for match in TOKEN.finditer(text)]
