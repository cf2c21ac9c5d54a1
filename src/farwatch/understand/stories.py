"""Group texts by the happening they tell, from the words alone: the filter `farwatch merge`.

Each candidate pair gets a chance from seven signs (shared names, numbers, lead words, years that
agree or conflict, and how close the two stand for their surroundings: cross-domain similarity local
scaling, Conneau et al. 2018). Average linkage over the chances makes the groups. Texts are put into
an order of their own first, so the order they come in makes no difference.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags_array

from farwatch.understand.linkage import average_link
from farwatch.understand.phrases import data
from farwatch.understand.story_words import CHANNELS, Words, weight, words_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SIGNS = (*CHANNELS, "year", "local")
_BLOCK = 512  # rows multiplied at a time
_LEAST_ALIKE = 0.02  # cosine below which a pair is no candidate
_NEIGHBOURS = 200  # candidates kept for one text
_FREQUENT = 0.2  # words in a larger share of many texts find no candidates
_MANY = 2000  # texts
_SUREST = 0.98  # words alone, however alike, do not outweigh months between two texts
_EDGE = 0.02  # a smaller chance counts as none


@dataclass(frozen=True, slots=True)
class Story:
    """One text to group. `published` may be missing."""

    id: str | int
    text: str
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pairs:
    """Candidate pairs (rows `left` < `right` of the ordered texts), a column for each sign."""

    left: Ints
    right: Ints
    signs: Floats


def group(stories: Sequence[Story], rules: Mapping[str, Any] | None = None) -> list[str]:
    """A cluster name for each story, in the order given; stories of one happening share it.

    Deterministic, whatever the order: a name is the id of the first member in the texts' own order,
    with a number behind it where an earlier group's first member has that id too.
    """
    rules = data("stories.yaml") if rules is None else rules
    if not stories:
        return []
    order = sorted(range(len(stories)), key=lambda n: _own_order(stories[n]))
    ordered = [stories[n] for n in order]
    pairs = compare(ordered, rules)
    chance = chances(pairs.signs, rules)
    chance = _by_days(ordered, pairs, chance, rules)
    kept = np.flatnonzero(chance >= _EDGE)
    edges = zip(
        pairs.left[kept].tolist(), pairs.right[kept].tolist(), chance[kept].tolist(), strict=True
    )
    groups = average_link(len(ordered), edges, float(rules["least"]))
    called = _called([ordered[first].id for first in groups], groups)
    names = [""] * len(stories)
    for place, n in enumerate(order):
        names[n] = called[groups[place]]
    return names


def _called(ids: Sequence[str | int], groups: Sequence[int]) -> dict[int, str]:
    """A name for each group, no two alike though ids be given twice."""
    called: dict[int, str] = {}
    taken: set[str] = set()
    for first, story in zip(groups, ids, strict=True):
        if first in called:
            continue
        tries = (f"c-{story}" + (f"-{n}" if n > 1 else "") for n in itertools.count(1))
        called[first] = next(name for name in tries if name not in taken)
        taken.add(called[first])
    return called


def _own_order(story: Story) -> tuple[str, str, str]:
    published = story.published.isoformat() if story.published else ""
    return story.text, published, str(story.id)


def chances(signs: Floats, rules: Mapping[str, Any]) -> Floats:
    """The chance of each pair to tell one happening, from its signs (columns as SIGNS)."""
    weights = np.array([rules["weights"][name] for name in SIGNS])
    total: Floats = signs @ weights + rules["intercept"]
    return np.asarray(1 / (1 + np.exp(-total)), dtype=np.float64)


def _by_days(
    stories: Sequence[Story], pairs: Pairs, chance: Floats, rules: Mapping[str, Any]
) -> Floats:
    """Texts published many days apart tell one happening less often."""
    stamps = [
        story.published.timestamp() / 86400 if story.published else np.nan for story in stories
    ]
    day = np.array(stamps, dtype=np.float64)
    apart = np.nan_to_num(np.abs(day[pairs.left] - day[pairs.right]))
    cost = np.clip(rules["a_day"] * (apart - rules["days"]), 0, 6)
    sure = np.where(cost > 0, np.minimum(chance, _SUREST), chance)
    odds = sure / np.maximum(1 - sure, 1e-12) * np.exp(-cost)
    return np.asarray(odds / (1 + odds), dtype=np.float64)


def compare(stories: Sequence[Story], rules: Mapping[str, Any]) -> Pairs:
    """Candidate pairs of the texts with their signs."""
    words = [words_of(story.text) for story in stories]
    vectors = {name: _vectors(words, name, float(rules["background"])) for name in CHANNELS}
    left, right = _candidates(vectors["all"])
    columns = [np.sqrt(np.clip(_cosines(vectors[name], left, right), 0, 1)) for name in CHANNELS]
    columns.append(_years(words, left, right))
    columns.append(_local(columns[0], left, right, len(stories), rules))
    return Pairs(left, right, np.stack(columns, axis=1))


def _vectors(words: Sequence[Words], channel: str, background: float) -> csr_matrix:
    """Rows of unit length, a column a word; sorted, so that sums are always the same."""
    counts = [text.channels[channel] for text in words]
    holding = Counter(word for count in counts for word in count)
    column = {word: n for n, word in enumerate(sorted(holding))}
    value = {word: weight(word, len(words), n, background) for word, n in holding.items()}
    at, starts, values = [], [0], []
    for count in counts:
        for word in sorted(count):
            at.append(column[word])
            values.append((1 + np.log(count[word])) * value[word])
        starts.append(len(at))
    shape = (len(words), max(len(column), 1))
    found = csr_matrix((np.array(values, float), np.array(at, int), starts), shape=shape)
    length = np.sqrt(np.asarray(found.multiply(found).sum(axis=1)).ravel())
    return diags_array(1 / np.where(length > 0, length, 1.0)) @ found


def _candidates(vectors: csr_matrix) -> tuple[Ints, Ints]:
    """Pairs with a word of some rarity in common, each once, the lower row first."""
    texts = vectors.shape[0]
    seek = vectors
    if texts > _MANY:
        holding = np.asarray((vectors != 0).sum(axis=0)).ravel()
        seek = vectors[:, np.flatnonzero(holding <= _FREQUENT * _MANY)]
    other = seek.T.tocsr()
    found: list[NDArray[np.int64]] = []
    for start in range(0, texts, _BLOCK):
        product = (seek[start : start + _BLOCK] @ other).tocsr()
        for n in range(product.shape[0]):
            found.append(_nearest(product, n, start + n, texts))
    pairs = np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)
    return pairs // max(texts, 1), pairs % max(texts, 1)


def _nearest(product: csr_matrix, n: int, row: int, texts: int) -> NDArray[np.int64]:
    """The pairs of one row, as numbers low * texts + high."""
    piece = slice(product.indptr[n], product.indptr[n + 1])
    column, value = product.indices[piece].astype(np.int64), product.data[piece]
    keep = (value >= _LEAST_ALIKE) & (column != row)
    column, value = column[keep], value[keep]
    if len(column) > _NEIGHBOURS and texts > _MANY:
        column = column[np.lexsort((column, -value))[:_NEIGHBOURS]]
    return np.asarray(np.minimum(column, row) * texts + np.maximum(column, row), dtype=np.int64)


def _cosines(vectors: csr_matrix, left: Ints, right: Ints) -> Floats:
    out = np.zeros(len(left))
    for start in range(0, len(left), 50_000):
        piece = slice(start, start + 50_000)
        product = vectors[left[piece]].multiply(vectors[right[piece]])
        out[piece] = np.asarray(product.sum(axis=1)).ravel()
    return out


def _years(words: Sequence[Words], left: Ints, right: Ints) -> Floats:
    """1 where both name a year in common, -1 where different ones, 0 where either names none."""
    years = [text.years for text in words]
    return np.array(
        [
            0.0 if not (years[a] and years[b]) else (1.0 if years[a] & years[b] else -1.0)
            for a, b in zip(left.tolist(), right.tolist(), strict=True)
        ],
        dtype=np.float64,
    )


def _local(alike: Floats, left: Ints, right: Ints, texts: int, rules: Mapping[str, Any]) -> Floats:
    """Likeness over the geometric mean of how alike each one's nearest texts are."""
    near: list[list[float]] = [[] for _ in range(texts)]
    for a, b, value in zip(left.tolist(), right.tolist(), alike.tolist(), strict=True):
        near[a].append(value)
        near[b].append(value)
    count = int(rules["nearest"])
    dense = np.array([sum(sorted(values)[-count:]) / count for values in near] or [0.0])
    dense = np.maximum(dense, float(rules["floor"]))
    return np.asarray(alike / np.sqrt(dense[left] * dense[right]), dtype=np.float64)
