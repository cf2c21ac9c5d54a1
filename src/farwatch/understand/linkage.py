"""Average linkage over a sparse graph of scored pairs, the same whatever order they come in.

The two groups with the highest mean score are joined until none reaches the least (UPGMA; Sokal &
Michener 1958), with groups that may never be joined. A heap over existing pairs only: n log n in
the number of pairs, so blocked pairs of a hundred thousand reports do.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping


class Linkage:
    """Groups of the numbers 0 .. size-1, joined step by step."""

    def __init__(self, size: int, *, missing_is_zero: bool) -> None:
        self._size = [1] * size
        self._group = list(range(size))
        self._links: list[dict[int, tuple[float, int]]] = [{} for _ in range(size)]
        self._apart: list[set[int]] = [set() for _ in range(size)]
        self._missing_is_zero = missing_is_zero
        self._heap: list[tuple[float, int, int]] = []

    def group(self, n: int) -> int:
        """The number that stands for n's group: its lowest."""
        while self._group[n] != n:
            self._group[n] = self._group[self._group[n]]
            n = self._group[n]
        return n

    def add(self, one: int, other: int, score: float) -> None:
        """A scored pair of single numbers; each pair once."""
        self._links[one][other] = self._links[other][one] = (score, 1)

    def part(self, one: int, other: int) -> None:
        """These two may never share a group; no effect on two that were joined by hand."""
        one, other = self.group(one), self.group(other)
        if one != other:
            self._apart[one].add(other)
            self._apart[other].add(one)

    def join(self, one: int, other: int) -> None:
        """Put two groups together."""
        low, high = sorted((self.group(one), self.group(other)))
        if low == high:
            return
        self._group[high] = low
        self._size[low] += self._size[high]
        for other_group, (total, count) in self._links[high].items():
            del self._links[other_group][high]
            if other_group == low:
                continue
            had, known = self._links[low].get(other_group, (0.0, 0))
            link = (had + total, known + count)
            self._links[low][other_group] = self._links[other_group][low] = link
            self._push(low, other_group)
        for other_group in self._apart[high]:
            self._apart[other_group].discard(high)
            self._apart[other_group].add(low)
        self._apart[low] |= self._apart[high]
        self._links[high], self._apart[high] = {}, set()
        if self._missing_is_zero:  # the grown size lowers every mean
            for other_group in self._links[low]:
                self._push(low, other_group)

    def run(self, least: float) -> list[int]:
        """Join while a mean reaches `least`; each number's group in the end."""
        self._heap = []
        for one, links in enumerate(self._links):
            for other in links:
                if one < other:
                    self._push(one, other)
        while self._heap:
            cost, one, other = heapq.heappop(self._heap)
            if self._group[one] != one or self._group[other] != other:
                continue
            if other in self._apart[one] or -cost != self._mean(one, other):
                continue  # forbidden, or an outdated entry
            if -cost < least:
                break
            self.join(one, other)
        return [self.group(n) for n in range(len(self._group))]

    def _mean(self, one: int, other: int) -> float:
        total, count = self._links[one][other]
        pairs = self._size[one] * self._size[other] if self._missing_is_zero else count
        return round(total / pairs, 9)

    def _push(self, one: int, other: int) -> None:
        low, high = (one, other) if one < other else (other, one)
        heapq.heappush(self._heap, (-self._mean(low, high), low, high))


def average_link(
    size: int,
    scores: Mapping[tuple[int, int], float] | Iterable[tuple[int, int, float]],
    least: float,
) -> list[int]:
    """Group numbers by their scored pairs; a pair without a score counts as 0."""
    linkage = Linkage(size, missing_is_zero=True)
    triples = ((a, b, s) for (a, b), s in scores.items()) if isinstance(scores, Mapping) else scores
    for one, other, score in triples:
        linkage.add(one, other, score)
    return linkage.run(least)
