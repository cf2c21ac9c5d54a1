"""Signs: the words of a report that tell of a happening, each with how they are meant."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from farwatch.model.kinds import Kind
from farwatch.understand.casualties import casualties
from farwatch.understand.phrases import Hit, cue_phrases, kind_phrases
from farwatch.understand.text import Sentence, flat, sentences
from farwatch.understand.when import YEARS, Mention, mentions

LIMIT = 8000  # letters read; what happened stands well before
MANY = 3  # different sports or fiction words that make a text one of sports or fiction

# Kinds that can be announced; an attack is not.
ANNOUNCED = frozenset(
    {Kind.PROTEST, Kind.CYCLONE, Kind.STORM, Kind.FLOOD, Kind.HEAT, Kind.COLD, Kind.BLOCKADE}
)


@dataclass(frozen=True, slots=True)
class Sign:
    """One hit. `weight` counts it; at most one of the rest is why it is no happening now."""

    kind: Kind
    hit: Hit
    sentence: int
    weight: float
    past: bool = False
    drill: bool = False
    general: bool = False
    expected: bool = False


@dataclass(slots=True)
class Read:
    """A report's text taken apart. Offsets are of `body`; sentence 0 is the title if it has one."""

    body: str
    flat: str
    published: datetime | None
    titled: bool
    sentences: list[Sentence]
    signs: list[Sign] = field(default_factory=list)
    cues: dict[int, list[Hit]] = field(default_factory=dict)
    sport: bool = False
    fiction: bool = False

    def has(self, sentence: int, *labels: str) -> bool:
        """Whether a cue of one of these labels stands in the sentence."""
        return any(cue.label in labels for cue in self.cues.get(sentence, ()))

    def times(self, sentence: int, *, ahead: bool = False) -> list[Mention]:
        """The times stated in a sentence; offsets are the sentence's own."""
        part = self.sentences[sentence]
        return mentions(self.flat[part.start : part.end], self.published, ahead=ahead)


def read_text(title: str, text: str, published: datetime | None) -> Read:
    """Take a report's text apart and find its signs."""
    body = (f"{title}. {text}" if title and text else title or text)[:LIMIT]
    low = flat(body)
    parts = sentences(body)
    if title and len(parts) > 1 and parts[0].end < len(title):  # a title is one sentence
        last = max(n for n, part in enumerate(parts) if part.start < len(title))
        end = min(max(parts[last].end, len(title)), len(body))
        parts[: last + 1] = [Sentence(0, end, body[:end])]
    if published is not None and published.year not in YEARS:
        published = None
    read = Read(body, low, published, bool(title), parts)
    starts = [part.start for part in parts]
    read.cues = _by_sentence(cue_phrases().find(low), starts)
    hits = _kept(kind_phrases().find(low), [c for cs in read.cues.values() for c in cs])
    read.sport = _distinct(read, "sports") >= MANY
    read.fiction = _distinct(read, "fiction") >= MANY
    for hit in hits:
        number = max(0, bisect_right(starts, hit.start) - 1)
        read.signs.append(_sign(read, hit, number))
    _spread_past(read)
    return read


def _by_sentence(hits: Iterable[Hit], starts: list[int]) -> dict[int, list[Hit]]:
    found: dict[int, list[Hit]] = defaultdict(list)
    for hit in hits:
        found[max(0, bisect_right(starts, hit.start) - 1)].append(hit)
    return found


def _kept(hits: list[Hit], cues: list[Hit]) -> list[Hit]:
    """Without hits inside a trap or inside a longer hit."""
    traps = [cue for cue in cues if cue.label == "traps"]
    kept: list[Hit] = []
    for hit in hits:
        trapped = any(trap.start < hit.end and hit.start < trap.end for trap in traps)
        inside = any(k.start <= hit.start and hit.end <= k.end for k in kept[-6:])
        if not trapped and not inside:
            kept.append(hit)
    return kept


def _distinct(read: Read, label: str) -> int:
    return len({cue.words for cues in read.cues.values() for cue in cues if cue.label == label})


def _sign(read: Read, hit: Hit, number: int) -> Sign:
    kind = Kind(hit.label)
    weight = _strength(read, hit, number) * _standing(read, number)
    if read.sport or read.fiction:
        weight *= 0.0 if hit.weak else 0.4
    occurring = read.has(number, "occurring")
    return Sign(
        kind,
        hit,
        number,
        weight,
        past=_is_past(read, hit, number),
        drill=read.has(number, "drills"),
        general=read.has(number, "general") and not read.has(number, "expected"),
        expected=kind in ANNOUNCED and read.has(number, "expected") and not occurring,
    )


def _strength(read: Read, hit: Hit, number: int) -> float:
    """A weak phrase says more beside the dead or the hurt: "Blast kills 8"."""
    if not hit.weak:
        return 1.0
    part = read.sentences[number]
    told = casualties(read.flat[part.start : part.end])
    return 0.75 if told.dead or told.hurt else 0.5


def _standing(read: Read, number: int) -> float:
    """A title counts twice, a lead one and a half times, far text half.

    Without a title, a text's only sentence is one, and so is what stands alone on the first line.
    """
    if number == 0:
        return 2.0 if read.titled or _heads(read) else 1.5
    if number == 1 and read.titled:
        return 1.5
    return 1.0 if number < 12 else 0.5


def _heads(read: Read) -> bool:
    end = read.sentences[0].end
    return len(read.sentences) == 1 or read.body[end : end + 2].lstrip(" \t\r").startswith("\n")


def _is_past(read: Read, hit: Hit, number: int) -> bool:
    """Whether the words speak of the past: a memorial, a court, a year long gone."""
    cues = read.cues.get(number, ())
    after = [cue for cue in cues if cue.label == "past_after"]
    if any(cue.start < hit.start for cue in after) or any(c.label == "aftermath" for c in cues):
        return True
    if any(cue.label == "past_before" and cue.end > hit.end for cue in cues):
        return True
    if after:
        return False  # what stands before "on the anniversary of" happens now
    times = read.times(number)
    return any(time.old for time in times) and all(time.old for time in times)


def _spread_past(read: Read) -> None:
    """Under a title about the past, text with no recent time of its own is about the past too."""
    title = [sign for sign in read.signs if sign.sentence == 0]
    if not title or not all(sign.past for sign in title):
        return
    read.signs = [
        sign
        if sign.past or any(not time.old for time in read.times(sign.sentence))
        else Sign(sign.kind, sign.hit, sign.sentence, sign.weight, past=True)
        for sign in read.signs
    ]
