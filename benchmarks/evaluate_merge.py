"""Merging by text: B³ F1 by happening, ours beside TF-IDF with average linkage, in one run.

Weights are fitted on half of the topics and tried on the other half (held out), both ways; the
shipped weights are fitted on all topics, so their row is no measure of what they do on unseen text.

    python benchmarks/evaluate_merge.py [SHARED]        prints the table
    python benchmarks/evaluate_merge.py --fit [SHARED]  prints weights fitted on all topics
"""

from __future__ import annotations

import gzip
import json
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from farwatch.understand.phrases import data
from farwatch.understand.stories import SIGNS, Story, compare, group

CORPUS = Path("corpora") / "stories" / "ecbplus_dev.jsonl.gz"
Row = tuple[str, str, float, float, float]
Document = Mapping[str, Any]


def load(shared: Path) -> list[Document]:
    """The documents of the corpus, each with doc, topic, subtopic, text."""
    with gzip.open(shared / CORPUS, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def b_cubed(gold: Sequence[str], found: Sequence[str]) -> tuple[float, float, float]:
    """B³ precision, recall and F1 (Bagga & Baldwin 1998)."""
    by_gold, by_found = defaultdict(set), defaultdict(set)
    for n, (a, b) in enumerate(zip(gold, found, strict=True)):
        by_gold[a].add(n)
        by_found[b].add(n)
    shared = [len(by_gold[a] & by_found[b]) for a, b in zip(gold, found, strict=True)]
    precision = float(np.mean([s / len(by_found[b]) for s, b in zip(shared, found, strict=True)]))
    recall = float(np.mean([s / len(by_gold[a]) for s, a in zip(shared, gold, strict=True)]))
    return precision, recall, 2 * precision * recall / (precision + recall)


def baseline(documents: Sequence[Document], least: float = 0.15) -> list[str]:
    """TF-IDF (sublinear, English stop words) and average linkage on cosine."""
    vectors = TfidfVectorizer(stop_words="english", sublinear_tf=True).fit_transform(
        [d["text"] for d in documents]
    )
    distance = np.clip(1 - (vectors @ vectors.T).toarray(), 0, None)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), "average")
    return [str(n) for n in fcluster(tree, 1 - least, "distance")]


def stories(documents: Sequence[Document]) -> list[Story]:
    return [Story(d["doc"], d["text"]) for d in documents]


def samples(documents: Sequence[Document], seed: int) -> list[list[Document]]:
    """The documents whole, and thinned: few texts a happening, some happenings missing."""
    rng = random.Random(seed)
    out = [list(documents)]
    for sizes in ([1, 2, 3], [1, 1, 2, 3, 5, 8, 13]) * 5:
        by_story: dict[str, list[Document]] = defaultdict(list)
        for document in documents:
            by_story[document["subtopic"]].append(document)
        kept = [d for d in sorted(by_story) if rng.random() > 0.35]
        out.append(
            [
                x
                for s in kept
                for x in rng.sample(by_story[s], k=len(by_story[s]))[: rng.choice(sizes)]
            ]
        )
    return out


def fit(documents: Sequence[Document], seed: int = 1) -> dict[str, Any]:
    """Rules with weights fitted on these documents, whole and thinned alike."""
    rules = dict(data("stories.yaml"))
    signs, truth, weight = [], [], []
    for sample in samples(documents, seed):
        ordered = sorted(sample, key=lambda d: d["text"])
        pairs = compare(stories(ordered), rules)
        same = np.array(
            [
                ordered[a]["subtopic"] == ordered[b]["subtopic"]
                for a, b in zip(pairs.left, pairs.right, strict=True)
            ]
        )
        signs.append(pairs.signs)
        truth.append(same)
        weight.append(np.full(len(same), 1000 / max(1, same.sum())))
    model = LogisticRegression(C=1.0, max_iter=5000)
    model.fit(np.concatenate(signs), np.concatenate(truth), np.concatenate(weight))
    coefficients = [round(float(value), 2) for value in model.coef_[0]]
    rules["weights"] = dict(zip(SIGNS, coefficients, strict=True))
    rules["intercept"] = round(float(model.intercept_[0]), 2)
    return rules


def scored(name: str, what: str, documents: Sequence[Document], found: Sequence[str]) -> Row:
    return (name, what, *b_cubed([d["subtopic"] for d in documents], found))


def table(shared: Path) -> list[Row]:
    """Rows of (method, texts, precision, recall, F1)."""
    documents = load(shared)
    halves = [[d for d in documents if int(d["topic"]) % 2 == rest] for rest in (1, 0)]
    rows: list[Row] = []
    for name, test, train in (("odd", *halves), ("even", *reversed(halves))):
        rules = fit(train)
        ours: Callable[[Sequence[Document]], list[str]] = lambda d, r=rules: group(stories(d), r)  # noqa: E731
        for method, run in (("ours, held out", ours), ("TF-IDF average link", baseline)):
            rows.append(scored(method, f"{name} topics", test, run(test)))
            thin = [scored("", "", s, run(s))[2:] for s in samples(test, 7)[1:]]
            rows.append((method, f"{name} topics, thinned", *np.mean(thin, axis=0).tolist()))
    rows.append(
        scored("ours, shipped", "all topics (fitted on them)", documents, group(stories(documents)))
    )
    rows.append(scored("TF-IDF average link", "all topics", documents, baseline(documents)))
    return rows


def main(arguments: Sequence[str]) -> None:
    paths = [Path(a) for a in arguments if not a.startswith("-")]
    shared = paths[0] if paths else Path(__file__).resolve().parents[2] / "shared"
    if "--fit" in arguments:
        rules = fit(load(shared))
        print({"intercept": rules["intercept"], "weights": rules["weights"]})
        return
    print(f"{'method':22} {'texts':30} {'P':>6} {'R':>6} {'F1':>6}")
    for method, texts, precision, recall, f1 in table(shared):
        print(f"{method:22} {texts:30} {precision:6.3f} {recall:6.3f} {f1:6.3f}")


if __name__ == "__main__":
    main(sys.argv[1:])
