"""Judge whether two readings tell of one happening: a pure function of the two, with its reasons.

What a publisher states outright decides (its own id of the happening, a reference, a magnitude with
origin time). Otherwise kind, place, time and text are weighed; windows are in data/merge.yaml.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from farwatch.model.event import Judgement, Reading, Verdict
from farwatch.model.kinds import Kind
from farwatch.model.place import Place, Precision
from farwatch.understand.apart import LOCAL, hours_apart, km_apart, statement
from farwatch.understand.phrases import data
from farwatch.understand.quakes import judge_quakes
from farwatch.understand.resemble import likeness

SAME_FROM = 0.6
CERTAIN = 1.0
MODEL = "model"
# The desk's own notices and general advice are never one happening with a report.
_ALONE = frozenset({Kind.OTHER, Kind.ADVISORY, Kind.LEVEL_CHANGE, Kind.SILENCE})
_ENDING = 4.0  # an ending, a denial or a retraction may come this many windows later


@dataclass(frozen=True, slots=True)
class Window:
    """Hours and kilometres within which two reports may tell of one happening of a kind."""

    hours: float
    km: float


@dataclass(frozen=True, slots=True)
class _Finding:
    verdict: Verdict
    score: float
    reasons: tuple[str, ...]


def _same(score: float, *reasons: str) -> _Finding:
    return _Finding(Verdict.SAME, round(score, 4), reasons)


def _different(score: float, *reasons: str) -> _Finding:
    return _Finding(Verdict.DIFFERENT, round(score, 4), reasons)


@cache
def window(kind: Kind) -> Window:
    """The window of a kind."""
    windows = data("merge.yaml")["windows"]
    entry = windows.get(kind.value, windows["default"])
    return Window(float(entry["hours"]), float(entry["km"]))


@cache
def fit(one: Kind, other: Kind) -> float:
    """How well two kinds name one happening: 1 the same, 0 never."""
    if one is other:
        return 1.0
    pair = {one.value, other.value}
    return next(
        (float(f["fit"]) for f in data("merge.yaml")["fits"] if set(f["kinds"]) == pair), 0.0
    )


def judge(left: Reading, right: Reading) -> Judgement:
    """The model's judgement on two readings; the same whichever is named first.

    A SAME's score is 0.6-1. A DIFFERENT's score is how sure it is; 1 is certain.
    """
    if statement(right) < statement(left):
        left, right = right, left
    rules: tuple[Callable[[Reading, Reading], _Finding | None], ...] = (
        _stated, _never, judge_quakes_finding, _weighed,
    )  # fmt: skip
    finding = next(f for rule in rules if (f := rule(left, right)) is not None)
    at = max(left.report.received, right.report.received)
    return Judgement(
        statement(left),
        statement(right),
        finding.verdict,
        MODEL,
        at,
        finding.score,
        finding.reasons,
    )


def judge_quakes_finding(left: Reading, right: Reading) -> _Finding | None:
    """Earthquakes are compared by origin time, distance and magnitude."""
    if left.kind is not Kind.EARTHQUAKE or right.kind is not Kind.EARTHQUAKE:
        return None
    score, reasons = judge_quakes(left, right)
    return _same(score, *reasons) if score >= SAME_FROM else _different(1 - score, *reasons)


def _stated(left: Reading, right: Reading) -> _Finding | None:
    """What a publisher says itself about its own statements."""
    one, other = left.report, right.report
    if one.source != other.source:
        return None
    if one.key in other.references or other.key in one.references:
        return _same(CERTAIN, "one refers to the other")
    ids = one.facts.happening, other.facts.happening
    if not all(ids):
        return None
    if ids[0] == ids[1]:
        return _same(CERTAIN, f"{one.source} gives both the id {ids[0]}")
    if left.report.facts.official and right.report.facts.official:
        return _different(CERTAIN, f"{one.source} tells them apart: {ids[0]} and {ids[1]}")
    return None


def _never(left: Reading, right: Reading) -> _Finding | None:
    for reading in (left, right):
        if reading.historical:
            return _different(CERTAIN, f"{statement(reading)!r} speaks of the past")
        if reading.kind in _ALONE:
            return _different(CERTAIN, f"{reading.kind} stands alone")
    if left.report.status != right.report.status:
        return _different(CERTAIN, f"{left.report.status} and {right.report.status} never mix")
    if not fit(left.kind, right.kind):
        return _different(CERTAIN, f"{left.kind} and {right.kind} are different kinds")
    if (left.urgency == "Future") != (right.urgency == "Future") and not _warns(left, right):
        return _different(0.9, "one is announced, the other under way")
    return None


def _warns(left: Reading, right: Reading) -> bool:
    """A hazard is warned of and then comes: still one happening."""
    return left.kind.glide is not None and right.kind.glide is not None


def _weighed(left: Reading, right: Reading) -> _Finding:
    """0.45 place + 0.25 time + 0.2 kind, and up to 0.3 more or 0.15 less by the texts."""
    later = _ENDING if any(r.ended or r.denial for r in (left, right)) else 1.0
    bound = Window(
        later * max(window(left.kind).hours, window(right.kind).hours),
        max(window(left.kind).km, window(right.kind).km),
    )
    apart = hours_apart(left, right)
    if apart > bound.hours:
        return _different(CERTAIN, f"{apart:.0f} h apart, more than {bound.hours:.0f}")
    alike = likeness(left.report.body, right.report.body)
    near, why = _place_score(left, right, bound.km, alike)
    if near >= 0 and left.report.url and left.report.url == right.report.url:
        return _same(0.95, "both rest on the same page, and no place contradicts")
    if near <= 0:
        unknown = left.place is None or right.place is None
        return _different(CERTAIN if near < 0 else 0.5 if unknown else 0.8, why)
    kinds = fit(left.kind, right.kind)
    score = 0.45 * near + 0.25 * (1 - apart / bound.hours) + 0.2 * kinds
    text = "no text to compare"
    if alike is not None:
        score += max(-0.15, min(0.3, 0.6 * (alike - 0.2)))
        text = f"texts {alike:.2f} alike"
    reasons = (why, f"{apart:.1f} h apart", f"kinds fit {kinds:.2f}", text)
    score = min(score, 0.99)
    return _same(score, *reasons) if score >= SAME_FROM else _different(1 - score, *reasons)


def _place_score(
    left: Reading, right: Reading, km: float, alike: float | None
) -> tuple[float, str]:
    """0-1; 0 too far or too vague, below 0 certainly elsewhere."""
    one, other = left.place, right.place
    if left.report.facts.site and left.report.facts.site == right.report.facts.site:
        return 1.0, f"both at our site {left.report.facts.site}"
    if one is None or other is None:
        return _placeless(alike)
    if one.country and other.country and one.country != other.country and not _bare(one, other):
        return -1.0, f"in {one.country} and in {other.country}"
    vague = [p for p in (one, other) if p.precision in (Precision.COUNTRY, Precision.REGION)]
    if vague:
        return _vague(one, other, alike)
    gap = km_apart(one, other)
    if gap > km:
        return (-1.0 if gap > 3 * km + 20 else 0.0), f"{gap:.0f} km apart, more than {km:.0f}"
    local = (one.precision in LOCAL) + (other.precision in LOCAL)
    share = 1.0 - 0.4 * gap / km
    if local == 2 or one.geometry.rings or other.geometry.rings:
        return share, f"{gap:.1f} km apart"
    unit = one.admin1 == other.admin1 or None in (one.admin1, other.admin1)
    if local == 1:  # a town and the province that holds it
        return (0.6 if unit else 0.3) * share, "one is known by its province only"
    return (1.0 if unit and one.name == other.name else 0.5) * share, "both known by province"


def _placeless(alike: float | None) -> tuple[float, str]:
    if alike is not None and alike >= 0.6:
        return 0.8, "a place is missing, but the texts are nearly the same"
    return 0.0, "a place is missing"


def _bare(one: Place, other: Place) -> bool:
    """Near a border or at sea the country of a coordinate says little."""
    return km_apart(one, other) <= 0 and all(p.precision in LOCAL for p in (one, other))


def _vague(one: Place, other: Place, alike: float | None) -> tuple[float, str]:
    """Two reports about a whole country are compared; one of a country and one of a town only by
    nearly the same text, for a whole country holds much that happens on a day."""
    if one.precision is other.precision and one.name == other.name:
        return 0.9, f"both about {one.name} as a whole"
    if alike is not None and alike >= 0.6:
        return 0.7, "one is placed by its country only, but the texts are nearly the same"
    return 0.0, "one is placed by its country only"
