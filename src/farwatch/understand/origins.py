"""Independent origins: who really said it first. What copies one another counts once.

Two statements have one origin if they share the outlet or agency (`report.origin`: a registrable
domain or a wire agency), if their texts are the same or nearly so, or if one owner's terms cover
both. An owner that relays other outlets (an aggregator, a machine coder) lends a relayed statement
to the outlet if that outlet is heard itself; all that is left of the owner counts once.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from farwatch.model.report import Report
from farwatch.model.terms import Source
from farwatch.understand.text import bare, tokens

SAME_TEXT = 0.6  # shared share of three-word runs from which one text is a copy of the other
_RUN = 3
_FEW_WORDS = 5  # a shorter text says too little to tell a copy by


@dataclass(frozen=True, slots=True)
class Evidence:
    """One statement as grading weighs it. `source` None: a publisher without terms at hand.

    `official`: an authority speaking within its competence. `denial`: denies what the others say.
    """

    report: Report
    source: Source | None
    official: bool = False
    denial: bool = False


def origin_keys(evidence: Sequence[Evidence]) -> list[str]:
    """An origin key for each statement; equal keys are one origin. Independent of the order."""
    order = sorted(range(len(evidence)), key=lambda n: _name(evidence[n]))
    groups = _Groups(len(evidence))
    seen: dict[str, int] = {}
    for n in order:
        report = evidence[n].report
        for key in filter(None, (report.origin.casefold(), _digest(report.body))):
            groups.join(n, seen.setdefault(key, n))
    _join_copies(evidence, order, groups)
    _join_owners(evidence, order, groups)
    first: dict[int, str] = {}
    for n in order:
        first.setdefault(groups.root(n), _key(evidence[n]))
    return [first[groups.root(n)] for n in range(len(evidence))]


def _name(item: Evidence) -> tuple[datetime, str, str, str]:
    """Oldest first: who said it first gives an origin its name."""
    report = item.report
    return report.published or report.received, report.source, report.key, report.id


def _key(item: Evidence) -> str:
    """How an origin is called: the outlet or agency, else the owner, else the source."""
    owner = item.source.terms.owner if item.source else ""
    return item.report.origin.casefold() or owner or item.report.source


class _Groups:
    """Disjoint sets of statements; the lowest number stands for its set."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def root(self, n: int) -> int:
        while self._parent[n] != n:
            self._parent[n] = self._parent[self._parent[n]]
            n = self._parent[n]
        return n

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self._parent[high] = low


def _digest(text: str) -> str:
    words = [word for word, _ in tokens(bare(text))]
    if len(words) < _FEW_WORDS:
        return ""
    return "text:" + hashlib.blake2b(" ".join(words).encode(), digest_size=12).hexdigest()


def runs(text: str) -> frozenset[int]:
    """The three-word runs of a text, hashed; empty for a text of a few words."""
    words = [word for word, _ in tokens(bare(text))]
    if len(words) < _FEW_WORDS:
        return frozenset()
    return frozenset(
        int.from_bytes(
            hashlib.blake2b(" ".join(words[n : n + _RUN]).encode(), digest_size=6).digest()
        )
        for n in range(len(words) - _RUN + 1)
    )


def near_copy(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether one text is nearly all in the other and of like length."""
    if not one or not other:
        return False
    shared = len(one & other)
    return shared >= SAME_TEXT * min(len(one), len(other)) and shared >= 0.3 * max(
        len(one), len(other)
    )


def _join_copies(evidence: Sequence[Evidence], order: Iterable[int], groups: _Groups) -> None:
    """Near copies, found through shared runs; each text once."""
    by_run: dict[int, list[int]] = defaultdict(list)
    texts: dict[int, frozenset[int]] = {}
    for n in order:
        if groups.root(n) in texts:
            continue
        mine = runs(evidence[n].report.body)
        for other in sorted({m for run in mine for m in by_run[run]}):
            if near_copy(mine, texts[other]):
                groups.join(n, other)
        texts[n] = mine
        for run in mine:
            by_run[run].append(n)


def _join_owners(evidence: Sequence[Evidence], order: Iterable[int], groups: _Groups) -> None:
    """What one owner alone stands behind counts once."""
    owners: dict[int, set[str]] = defaultdict(set)
    for n in order:
        source = evidence[n].source
        owners[groups.root(n)].add(
            source.terms.owner.casefold() if source else evidence[n].report.source
        )
    first: dict[str, int] = {}
    for root in sorted(owners):
        if len(owners[root]) == 1:
            (owner,) = owners[root]
            groups.join(root, first.setdefault(owner, root))
