"""Classify: one kind of happening, its severity, code, groups and time, with the reasons.

A phrase lexicon in eight languages (data/lexicon.yaml) scores each kind; cues (data/cues.yaml) tell
how the words are meant: past, denied, expected, a drill, a game, a figure of speech.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from farwatch.model.kinds import Kind
from farwatch.model.report import Span
from farwatch.understand.casualties import casualties
from farwatch.understand.phrases import data
from farwatch.understand.severity import severity
from farwatch.understand.signs import Read, Sign, read_text

ENOUGH = 1.0  # one strong phrase, two weak ones, or a weak one in the title
_ACTORS = 5
_SOON = timedelta(days=1)
_ENDING = frozenset(
    {
        Kind.RESTRICTION, Kind.BLOCKADE, Kind.ROAD_CLOSED, Kind.FLOOD, Kind.CYCLONE, Kind.STORM,
        Kind.TSUNAMI, Kind.WILDFIRE, Kind.PROTEST, Kind.OUTBREAK, Kind.INDUSTRIAL, Kind.ABDUCTION,
        Kind.VOLCANO, Kind.SUSPECT_DEVICE, Kind.HEAT, Kind.COLD,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Classification:
    """What a text tells. `start`, `end` bound the sentence that says it, in title + ". " + text.

    `historical`: long past, or a court's or memorial's matter. `expected`: still to come.
    `denial`: denies or retracts. `ended`: says that it is over. `focus` is where the words stand.
    """

    kind: Kind
    severity: int
    code: str | None
    actors: tuple[str, ...]
    happened: Span | None
    historical: bool
    expected: bool
    denial: bool
    ended: bool
    start: int
    end: int
    focus: int
    reasons: tuple[str, ...]


def classify(title: str, text: str, published: datetime | None) -> Classification:
    """Read one report's text. Without `published`, relative words ("Tuesday") date nothing."""
    read = read_text(title, text, published)
    live = [s for s in read.signs if not (s.past or s.drill or s.general) and s.weight]
    kind, score = _kind(read, live)
    chosen = [sign for sign in live if sign.kind is kind]
    historical = False
    if kind is Kind.OTHER:
        past = [sign for sign in read.signs if sign.past and sign.weight]
        kind, score = _kind(read, past)
        historical = kind is not Kind.OTHER
        chosen = [sign for sign in past if sign.kind is kind]
    if kind is Kind.OTHER:
        return _nothing(read)
    return _told(read, kind, chosen, score, historical=historical)


def _nothing(read: Read) -> Classification:
    why = ["no words of a happening a desk acts on"]
    why += [f"words of {name}" for name in ("sport", "fiction") if getattr(read, name)]
    if any(sign.drill for sign in read.signs):
        why.append("a drill")
    if any(sign.general for sign in read.signs):
        why.append("general advice about what may happen")
    denial = _denied(read, set())
    return Classification(
        Kind.OTHER,
        severity=1,
        code=None,
        actors=(),
        happened=None,
        historical=False,
        expected=False,
        denial=denial,
        ended=False,
        start=0,
        end=0,
        focus=0,
        reasons=tuple(why),
    )


def _kind(read: Read, signs: list[Sign]) -> tuple[Kind, float]:
    """The kind that weighs most; each different phrase counts once, where it stands best."""
    best: dict[tuple[Kind, str], float] = {}
    for sign in signs:
        key = (sign.kind, sign.hit.words)
        best[key] = max(best.get(key, 0.0), sign.weight)
    scores: dict[Kind, float] = defaultdict(float)
    for (kind, _), weight in best.items():
        scores[kind] += weight
    enough = {kind: score for kind, score in scores.items() if score >= ENOUGH}
    if not enough:
        return Kind.OTHER, 0.0
    rules = data("lexicon.yaml")
    rank = {name: number for number, name in enumerate(rules["order"])}
    kind = min(enough, key=lambda k: (-enough[k], rank.get(k, 99)))
    for stronger in enough:
        if kind in rules["over"].get(stronger, ()) and enough[stronger] >= enough[kind] / 2:
            kind = stronger
            break
    return _by_road(read, signs, kind), enough[kind]


def _by_road(read: Read, signs: list[Sign], kind: Kind) -> Kind:
    """A road that nature blocks is closed, not blockaded; a deadly landslide stays a landslide."""
    natural = {Kind.LANDSLIDE, Kind.FLOOD, Kind.STORM, Kind.CYCLONE}
    if kind is Kind.BLOCKADE:
        mine = {sign.sentence for sign in signs if sign.kind is kind}
        nature = any(read.has(n, "hazards_of_roads") for n in mine)
        people = any(read.has(n, "expected_people") for n in mine)
        return Kind.ROAD_CLOSED if nature and not people else kind
    if kind is Kind.ROAD_CLOSED and casualties(read.flat).dead:
        return next((sign.kind for sign in signs if sign.kind in natural), kind)
    closed = any(sign.kind is Kind.ROAD_CLOSED and sign.sentence <= 1 for sign in signs)
    if kind in natural and closed and not casualties(read.flat).dead:
        return Kind.ROAD_CLOSED
    return kind


def _told(
    read: Read, kind: Kind, chosen: list[Sign], score: float, *, historical: bool
) -> Classification:
    chosen = chosen or [sign for sign in read.signs if sign.weight]  # a road closed by a landslide
    action = _action(read, chosen)
    near = {n for sign in chosen for n in (sign.sentence,)} | {0}
    expected = _expected(chosen) and not historical
    happened, when = _happened(read, action, historical=historical, expected=expected)
    labels = frozenset(cue.label for n in near for cue in read.cues.get(n, ()))
    labels |= {"unhurt"} if read.has(action.sentence + 1, "unhurt") else set()
    told = casualties(" . ".join(_flat(read, n) for n in sorted(near | {action.sentence + 1})))
    level, why = severity(kind, int(data("lexicon.yaml")["kinds"][kind]["severity"]), told, labels,
                          read.flat)  # fmt: skip
    denial = _denied(read, near)
    reasons = [f'{kind}: "{action.hit.words}" (weight {score:.1f})', *why, when]
    reasons += ["speaks of the past"] * historical + ["denies or retracts"] * denial
    part = read.sentences[action.sentence]
    return Classification(
        kind, level, _code(kind, chosen), _actors(read, near | {action.sentence, 1}), happened,
        historical, expected, denial, kind in _ENDING and any(read.has(n, "ended") for n in near),
        part.start, part.end, action.hit.start, tuple(reason for reason in reasons if reason),
    )  # fmt: skip


def _flat(read: Read, number: int) -> str:
    if number >= len(read.sentences):
        return ""
    part = read.sentences[number]
    return read.flat[part.start : part.end]


def _action(read: Read, chosen: list[Sign]) -> Sign:
    """The sign whose sentence tells most: the weightiest below the title, else the title's."""
    below = [sign for sign in chosen if sign.sentence > 0 or not read.titled]
    total: dict[int, float] = defaultdict(float)
    for sign in below:
        total[sign.sentence] += sign.weight
    return max(
        below or chosen, key=lambda sign: (total[sign.sentence], sign.weight, -sign.hit.start)
    )


def _expected(chosen: list[Sign]) -> bool:
    ahead = sum(sign.weight for sign in chosen if sign.expected)
    return ahead > sum(sign.weight for sign in chosen) / 2


def _happened(
    read: Read, action: Sign, *, historical: bool, expected: bool
) -> tuple[Span | None, str]:
    """The time stated nearest to the words: in their sentence, then title, lead, and next."""
    order = dict.fromkeys([action.sentence, 0, 1, action.sentence + 1])
    for number in order:
        if number >= len(read.sentences):
            continue
        times = [t for t in read.times(number, ahead=expected) if t.old is historical]
        if expected and read.published is not None:
            published = read.published
            times = [t for t in times if (t.span.end or t.span.start) >= published - _SOON]
        if times:
            at = action.hit.start - read.sentences[number].start
            best = min(times, key=lambda time: abs(time.start - at))
            return best.span, f'time from "{best.words.strip()}"'
    return None, "no time is stated"


def _code(kind: Kind, chosen: list[Sign]) -> str:
    rules = data("lexicon.yaml")
    finer = rules["codes"].get(kind, {})
    for sign in chosen:
        for word, code in finer.items():
            if word in sign.hit.words:
                return str(code)
    return str(rules["kinds"][kind]["code"])


def _actors(read: Read, near: set[int]) -> tuple[str, ...]:
    """Groups named near the happening, in the order of the text."""
    found = [
        cue.label.removeprefix("actor:")
        for number in sorted(near)
        for cue in read.cues.get(number, ())
        if cue.label.startswith("actor:")
    ]
    return tuple(dict.fromkeys(found))[:_ACTORS]


def _denied(read: Read, near: set[int]) -> bool:
    """A denial in the title, the lead or beside the happening, that denies the happening itself."""
    for number in near | {0, 1}:
        cues = read.cues.get(number, ())
        nots = [cue for cue in cues if cue.label == "denial_not"]
        for cue in cues:
            if cue.label == "denial" and not any(
                other.start <= cue.start < other.end for other in nots
            ):
                return True
    return False
