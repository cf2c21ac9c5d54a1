"""Merge readings into events: candidate pairs, clusters, ids that last.

Judgements are kept; clusters are a deterministic function of the set of them, so the order in which
reports come makes no difference. A person's judgement outweighs the model's for ever.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import combinations

from farwatch.model.event import Judgement, Reading, Verdict
from farwatch.understand.apart import statement
from farwatch.understand.blocks import Near, candidates, near
from farwatch.understand.judge import MODEL, judge
from farwatch.understand.linkage import Linkage

__all__ = [
    "Near", "candidates", "cluster", "complete", "event_id", "identify", "judge", "judge_all",
    "near", "statement",
]  # fmt: skip

LEAST = 0.6  # the mean of the judged pairs between two groups that joins them
_CERTAIN = 1.0
_COMPLETE = 200  # statements


def judge_all(readings: Sequence[Reading]) -> list[Judgement]:
    """The model's judgement on every candidate pair, and on every pair that these connect."""
    ordered = sorted(readings, key=statement)
    judged = [judge(ordered[a], ordered[b]) for a, b in sorted(candidates(ordered))]
    return judged + complete(ordered, judged)


def complete(readings: Sequence[Reading], judged: Iterable[Judgement]) -> list[Judgement]:
    """Judgements on the unjudged pairs inside each group that SAMEs connect.

    Blocks leave out what is plainly different; once a third report could tie two such together, the
    difference must be on record, or the clusters would not know of it. A group of more than 200
    statements is left as it is: all its pairs would be too many.
    """
    known = {(j.left, j.right): j for j in judged}
    names = sorted({statement(reading) for reading in readings})
    number = {name: n for n, name in enumerate(names)}
    groups = Linkage(len(names), missing_is_zero=False)
    for (left, right), judgement in known.items():
        if judgement.verdict is Verdict.SAME and left in number and right in number:
            groups.join(number[left], number[right])
    members: dict[int, list[Reading]] = defaultdict(list)
    for reading in sorted(readings, key=statement):
        members[groups.group(number[statement(reading)])].append(reading)
    return [
        judge(one, other)
        for group in members.values()
        if len(group) <= _COMPLETE
        for one, other in combinations(group, 2)
        if statement(one) != statement(other)  # the parts of one statement are not judged
        and (statement(one), statement(other)) not in known
    ]


def cluster(
    statements: Iterable[str], judgements: Iterable[Judgement]
) -> tuple[tuple[str, ...], ...]:
    """Statements in groups of one happening each, sorted: the same for any order of the input.

    Persons' joins come first, then average linkage over the model's judgements: a SAME counts its
    score, a DIFFERENT what it leaves of 1, pairs nobody judged nothing; what a person parted,
    or the model parts for certain, never shares a group.
    """
    names = sorted(set(statements))
    number = {name: n for n, name in enumerate(names)}
    persons, model = _latest(judgements, number)
    linkage = Linkage(len(names), missing_is_zero=False)
    for (a, b), judgement in sorted(model.items()):
        linkage.add(a, b, _chance(judgement))
    for a, b in _pairs(persons, Verdict.SAME):
        linkage.join(a, b)
    for a, b in _pairs(persons, Verdict.DIFFERENT) + _pairs(model, Verdict.DIFFERENT):
        linkage.part(a, b)
    groups: dict[int, list[str]] = defaultdict(list)
    for n, group in enumerate(linkage.run(LEAST)):
        groups[group].append(names[n])
    return tuple(sorted(tuple(members) for members in groups.values()))


def _chance(judgement: Judgement) -> float:
    """How likely the two are one: a SAME's score, or what a DIFFERENT's leaves."""
    same = judgement.verdict is Verdict.SAME
    return judgement.score if same else max(0.0, 1 - judgement.score)


Pairs = dict[tuple[int, int], Judgement]


def _pairs(words: Pairs, verdict: Verdict) -> list[tuple[int, int]]:
    """The pairs of a verdict; a model's DIFFERENT only where it is certain."""
    return sorted(
        pair
        for pair, judgement in words.items()
        if judgement.verdict is verdict and (judgement.by != MODEL or judgement.score >= _CERTAIN)
    )


def _latest(judgements: Iterable[Judgement], number: Mapping[str, int]) -> tuple[Pairs, Pairs]:
    """Persons' and the model's last word on each pair of the given statements."""
    persons: Pairs = {}
    model: Pairs = {}
    for judgement in judgements:
        if judgement.left not in number or judgement.right not in number:
            continue
        if judgement.left == judgement.right:
            continue
        a, b = sorted((number[judgement.left], number[judgement.right]))
        words = model if judgement.by == MODEL else persons
        held = words.get((a, b))
        if held is None or _recency(judgement) > _recency(held):
            words[a, b] = judgement
    return persons, model


def _recency(judgement: Judgement) -> tuple[datetime, str, str, float]:
    return judgement.at, judgement.by, judgement.verdict.value, judgement.score


def event_id(name: str) -> str:
    """The id of an event whose oldest statement has this name: "e" and 20 hex digits."""
    return "e" + hashlib.blake2b(name.encode(), digest_size=10).hexdigest()


def identify(
    clusters: Iterable[Sequence[str]], first: Mapping[str, datetime], known: Mapping[str, str]
) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """Ids for clusters, and redirects from ids that others absorbed.

    `first` says when each statement was first heard, `known` which event it had so far. A cluster
    keeps the id of its oldest statement's event; a part that a split leaves without one gets a new
    id from its own oldest statement. Returns id -> statements, and old id -> surviving id.
    """
    ids: dict[str, tuple[str, ...]] = {}
    redirects: dict[str, str] = {}

    def age(name: str) -> tuple[datetime, str]:
        return first[name], name

    ordered = sorted((sorted(members, key=age) for members in clusters), key=lambda m: age(m[0]))
    for members in ordered:
        held = [known[name] for name in members if name in known]
        free = [name for name in dict.fromkeys(held) if name not in ids]
        chosen = free[0] if free else _fresh(members, ids)
        ids[chosen] = tuple(sorted(members))
        redirects |= {old: chosen for old in held if old != chosen}
    return ids, {old: new for old, new in redirects.items() if old not in ids}


def _fresh(members: Sequence[str], taken: Mapping[str, object]) -> str:
    return next(found for name in members if (found := event_id(name)) not in taken)
