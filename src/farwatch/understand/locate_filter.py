"""Is this name meant as a place? A sum of cues, each with its reason.

A weighted sum with hand-set weights, so that each verdict can be read; the cues are those of the
geoparsing literature (Leidner 2007, chapter 3; Lieberman, Samet 2011): case, sentence position,
neighbouring words, person and organisation names, and whether the place is known at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log10

from farwatch.understand import locate_cues as cues
from farwatch.understand.locate_fame import Fame, fame
from farwatch.understand.locate_tokens import Span, Token
from farwatch.world.words import Words

THRESHOLD = 0.0
_KNOWN = 50_000  # people of a place that may be called "The Woodlands"

# What the next word tells: first list that holds it.
_Table = tuple[tuple[frozenset[str], float], ...]
_LOWER_SEVERAL: _Table = (
    (cues.AILMENTS, -2.0),
    (cues.INSTITUTIONS | cues.PEOPLE, 0.7),
)
_LOWER: _Table = ((cues.SPEECH, -0.8), (frozenset({"administration"}), -1.5), *_LOWER_SEVERAL)
_CAPITAL: _Table = (
    (cues.DESIGNATORS_1 | cues.DESIGNATORS_2, 1.5),
    (cues.INSTITUTIONS, 0.5),
    (cues.NOT_PLACES, -3.0),
    (cues.STREETS, -2.5),
)


@dataclass(slots=True)
class Mention:
    """A span with the evidence for its being a place."""

    span: Span
    fame: Fame
    score: float = 0.0
    known: float = 0.0  # the part of the score that is the place's own size
    reasons: list[str] = field(default_factory=list)
    person: bool = False
    demonym: bool = False
    firm: bool = False  # said to be a place by the words around it, not only by its name

    def add(self, weight: float, reason: str) -> None:
        """One cue."""
        self.score += weight
        self.reasons.append(f"{reason} ({weight:+.1f})")


@dataclass(frozen=True, slots=True)
class Page:
    """One text cut into words, with what the whole of it tells."""

    text: str
    words: list[Token]
    lower: frozenset[str]  # folded words that also occur in lower case
    starts: dict[int, int]  # first token -> last token of the spans


def judge(page: Page, found: list[Span], lists: Words) -> list[Mention]:
    """Every span with its cues summed; those under `THRESHOLD` are not places."""
    mentions = []
    for span in found:
        mention = Mention(span, fame(span))
        _known(mention)
        _spelling(mention, page, lists)
        _before(mention, page, lists)
        _after(mention, page, lists)
        mentions.append(mention)
    _persons(mentions, page)
    return mentions


def _known(mention: Mention) -> None:
    """How well known the best of the places is."""
    best = mention.fame
    if best.demonym:
        mention.demonym = True
        mention.add(0.8, "adjective or people of a country")
        return
    if best.country:
        mention.add(2.5, "a country")
    elif best.region:
        mention.add(1.5, "a region or sea")
    elif best.first_level:
        mention.add(1.5, "a first-level unit")
    elif best.minor:
        several = mention.span.last > mention.span.first
        mention.add(-0.5 if several else -2.0, "only spots or areas are so called")
    else:
        weight = min(max((log10(best.known + 10) - 4.0) * 0.7, -1.0), 1.5)
        mention.known = weight
        mention.add(weight, f"the largest of that name has {best.people:,} people")
    if best.short:
        mention.add(1.0, "written as an abbreviation of it")


def _spelling(mention: Mention, page: Page, lists: Words) -> None:
    span, words = mention.span, page.words
    if span.last > span.first:
        plain = words[span.first].fold == "the" and words[span.last].fold in lists.common
        if plain and mention.fame.known < _KNOWN:
            mention.add(-3.0, "“the” and a common word")
            return
        saint = span.key.startswith("saint ") and span.key.endswith(" s")
        mention.add(-1.0 if saint else 1.0, "a saint's" if saint else "a name of several words")
        return
    if mention.demonym:
        return
    token = words[span.first]
    if token.fold in page.lower:
        mention.add(-2.0, "also written in lower case here")
    elif token.fold in lists.common and not mention.fame.famous:
        mention.add(-2.0 if token.opens else -1.2, "a common word")
    if len(token.fold) <= 3 and token.fold.isascii():
        mention.add(-0.5, "very short")


def _before(mention: Mention, page: Page, lists: Words) -> None:
    first, words = mention.span.first, page.words
    if not first:
        return
    before = words[first - 1]
    if before.gap == "-" and before.fold in cues.PARTIES:
        mention.add(1.5, f"after the party's “{before.text}-”")
        return
    if not (before.gap.isspace() or before.gap == "-"):
        _after_stop(mention, before)
        return
    two = words[first - 2].fold if before.fold == "of" and first > 1 else ""
    if before.fold in cues.INSIDE or two in cues.TOWN_OF:
        mention.add(2.0 if two else 1.5, f"after “{two} {before.text}”".replace("“ ", "“"))
        mention.firm = True
    elif two in cues.OFFICES:
        mention.add(-1.5 if two != "bank" or mention.fame.famous else -4.0, f"after “{two} of”")
    elif before.fold in cues.LEADING or before.fold in cues.COMPASS:
        mention.add(0.7, f"after “{before.text}”")
    elif before.capital and not mention.span.text.isupper():
        _after_capital(mention, page, lists)


def _after_stop(mention: Mention, before: Token) -> None:
    stop = before.gap.strip()
    if stop == "," and before.capital:
        mention.add(0.5, "after a comma and a name")
    elif stop == "." and before.fold in cues.TITLES:
        _person(mention, 2.5, f"after the title “{before.text}”")
    elif stop == "." and len(before.text) == 1 and before.capital:
        _person(mention, 2.0, "after an initial")


def _person(mention: Mention, weight: float, reason: str) -> None:
    mention.add(-weight, reason)
    mention.person = True


def _after_capital(mention: Mention, page: Page, lists: Words) -> None:
    span, words = mention.span, page.words
    before = words[span.first - 1]
    if before.fold in cues.TITLES:
        _person(mention, 2.5, f"after the title “{before.text}”")
    elif before.fold in lists.first_names:
        _person(mention, 2.5, f"after the first name “{before.text}”")
    elif before.opens or before.fold in cues.NEVER or span.first - 1 in page.starts.values():
        return
    else:
        weight = -0.5 if before.fold in lists.common else -1.2
        mention.add(weight, f"part of a longer name with “{before.text}”")


def _after(mention: Mention, page: Page, lists: Words) -> None:
    span, words = mention.span, page.words
    if span.last + 1 >= len(words):
        return
    gap, after = page.text[span.end : words[span.last + 1].start], words[span.last + 1]
    if gap.startswith(",") and span.last + 1 in page.starts:
        mention.add(0.7, f"followed by “, {after.text}”")
    elif gap == "-" and after.fold == "presse":
        mention.add(-3.0, "a news agency")
    elif gap == "-" and after.fold in {"based", "area", "bound", "born"}:
        mention.add(1.5, f"followed by “-{after.text}”")
    elif gap.startswith(("'", "’")) and after.fold == "s":
        mention.add(0.3, "possessive")
    elif gap == " ":
        _after_space(mention, page, after, lists)


def _after_space(mention: Mention, page: Page, after: Token, lists: Words) -> None:
    single = mention.span.first == mention.span.last
    if not after.capital:
        _weighed(mention, after, _LOWER if single else _LOWER_SEVERAL)
    elif _paper(page, mention.span.last + 1):
        mention.add(-3.0, "a newspaper's name")
    elif _weighed(mention, after, _CAPITAL):
        mention.firm |= after.fold in cues.DESIGNATORS_1 or after.fold in cues.DESIGNATORS_2
    elif not page.text[mention.span.start : after.end].isupper():
        _before_capital(mention, after, lists)


def _weighed(mention: Mention, after: Token, table: _Table) -> bool:
    """Add the weight of the first list that the following word is in."""
    for words, weight in table:
        if after.fold in words and not (mention.demonym and weight < 0):
            mention.add(weight, f"followed by “{after.text}”")
            return True
    return False


def _paper(page: Page, at: int) -> bool:
    """Whether the capitalised words from `at` on end in a newspaper's: "Lansing State Journal"."""
    for word in page.words[at : at + 3]:
        if not word.capital:
            return False
        if word.fold in cues.PAPERS:
            return True
        if word.gap != " ":
            return False
    return False


def _before_capital(mention: Mention, after: Token, lists: Words) -> None:
    span = mention.span
    single = span.first == span.last
    if span.key.startswith("saint ") and after.fold in {"day", "church", "cathedral"}:
        mention.add(-2.5, "a saint's day or church")
        return
    if single and len(after.text) == 1:
        _person(mention, 2.5, "followed by an initial")
        return
    first_name = single and span.key in lists.first_names
    surname = after.fold in lists.surnames
    if first_name and (surname or after.fold not in lists.common):
        both = surname and after.fold not in cues.TITLES
        _person(mention, 3.0 if both else 2.5, f"a first name before “{after.text}”")
    elif after.fold in cues.TITLES or mention.demonym:
        return
    elif single:
        mention.add(-0.8, f"followed by the name “{after.text}”")


def _persons(mentions: list[Mention], page: Page) -> None:
    """A surname used once with a first name is that person's throughout, unless cues are firm."""
    firm = {mention.span.key for mention in mentions if mention.firm}
    named = {m.span.key for m in mentions if m.person and m.score < THRESHOLD}
    named |= {page.words[m.span.last + 1].fold for m in mentions if _is_first_name(m, page)}
    for mention in mentions:
        key = mention.span.key
        if key in named and key not in firm and not (mention.person or _national(mention)):
            mention.add(-2.0, "a person of that name is in the text")


def _national(mention: Mention) -> bool:
    return mention.demonym or mention.fame.country


def _is_first_name(mention: Mention, page: Page) -> bool:
    return (
        mention.person
        and mention.score < THRESHOLD
        and mention.span.last + 1 < len(page.words)
        and page.words[mention.span.last + 1].capital
    )
