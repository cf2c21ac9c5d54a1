"""Grouping texts by happening: order makes no difference, like happenings stay apart."""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farwatch.understand.linkage import average_link
from farwatch.understand.stories import Story, group
from farwatch.understand.story_words import weight, words_of

TEXTS = {
    "quake-iran": [
        "A magnitude 6.1 earthquake struck Qeshm island off southern Iran on Wednesday, killing "
        "seven people and injuring 30, the state news agency IRNA said.",
        "Rescuers reached villages on Iran's Qeshm island after a 6.1 magnitude quake killed seven "
        "and hurt dozens near the Strait of Hormuz.",
        "Seven die as earthquake of magnitude 6.1 hits Qeshm, an Iranian island in the Gulf.",
    ],
    "quake-peru": [
        "A magnitude 7.4 earthquake off Ancash shook Chimbote and Trujillo in northern Peru; the "
        "navy issued a tsunami warning.",
        "Peru's navy warned of a tsunami after a 7.4 magnitude quake off the coast of Ancash "
        "rattled Chimbote.",
    ],
    "riot": [
        "Rioters burned tyres at Kitwe in Zambia's Copperbelt after early election results.",
        "Police used tear gas in Kitwe, Copperbelt, as rioters burned tyres after the election.",
    ],
}


def stories() -> list[Story]:
    return [
        Story(f"{name}-{n}", text) for name, texts in TEXTS.items() for n, text in enumerate(texts)
    ]


def test_like_happenings_stay_apart() -> None:
    found = dict(zip([str(s.id) for s in stories()], group(stories()), strict=True))
    for name, texts in TEXTS.items():
        assert len({found[f"{name}-{n}"] for n in range(len(texts))}) == 1, found
    assert len(set(found.values())) == len(TEXTS)


def test_order_makes_no_difference() -> None:
    made = stories()
    wanted = {s.id: c for s, c in zip(made, group(made), strict=True)}
    for seed in range(5):
        random.Random(seed).shuffle(made)
        assert {s.id: c for s, c in zip(made, group(made), strict=True)} == wanted


def test_the_same_text_again_is_the_same_story() -> None:
    text = TEXTS["riot"][0]
    assert len(set(group([Story(1, text), Story(2, text), Story("3", text)]))) == 1


def test_other_scripts() -> None:
    quake = [
        "四川发生6.1级地震，造成5人死亡，救援人员赶赴灾区雅安",
        "四川雅安6.1级地震5人死亡，救援人员已经赶赴灾区",
    ]
    riot = ["首都爆发抗议示威游行，警方使用催泪弹驱散人群"]
    found = group([Story(n, text) for n, text in enumerate(quake + riot)])
    assert found[0] == found[1] != found[2]


def test_months_apart_tells_more_than_a_day() -> None:
    now = datetime(2026, 5, 7, tzinfo=UTC)
    near, far = TEXTS["riot"][0], TEXTS["riot"][1]
    assert len(set(group([Story(1, near, now), Story(2, far, now + timedelta(days=1))]))) == 1
    assert len(set(group([Story(1, near, now), Story(2, far, now + timedelta(days=200))]))) == 2
    assert len(set(group([Story(1, near, now), Story(2, near, now + timedelta(days=10))]))) == 1
    assert len(set(group([Story(1, near, now), Story(2, near, now + timedelta(days=60))]))) == 2


def test_nothing_and_empty_texts() -> None:
    assert group([]) == []
    assert len(set(group([Story(1, ""), Story(2, "   "), Story(3, "...")]))) == 3


@settings(max_examples=30)
@given(st.lists(st.text(max_size=60), max_size=8))
def test_any_texts_are_grouped(texts: list[str]) -> None:
    found = group([Story(n, text) for n, text in enumerate(texts)])
    assert len(found) == len(texts)
    again = group([Story(n, text) for n, text in reversed(list(enumerate(texts)))])
    assert again == found[::-1]


def test_words_by_channel() -> None:
    found = words_of("Riots in Kitwe: 12 hurt in 2026, police say. The riots spread.")
    assert found.years == {"2026"}
    assert set(found.channels["num"]) == {"12", "2026"}
    assert "kitwe" in found.channels["name"]
    assert "police" in found.channels["word"]
    assert found.channels["all"]["riot"] == 2


def test_a_rare_word_weighs_more_in_the_batch_and_in_the_language() -> None:
    assert weight("kitwe", 100, 2, 500) > weight("kitwe", 100, 60, 500)
    assert weight("kitwe", 100, 2, 500) > weight("the", 100, 2, 500)


@pytest.mark.parametrize(
    ("pairs", "groups"),
    [
        ({(0, 1): 0.9, (1, 2): 0.9, (0, 2): 0.9}, [0, 0, 0, 3]),
        ({(0, 1): 0.9, (1, 2): 0.5}, [0, 0, 2, 3]),  # 0.25 on average to both
        ({(0, 1): 0.5, (2, 3): 0.9}, [0, 0, 2, 2]),
        ({}, [0, 1, 2, 3]),
    ],
)
def test_average_link(pairs: dict[tuple[int, int], float], groups: list[int]) -> None:
    assert average_link(4, pairs, 0.4) == groups


def test_better_than_chance_on_real_stories(shared: Path) -> None:
    """The corpus is for evaluation (benchmarks/evaluate_merge.py); here a floor on some topics."""
    path = shared / "corpora" / "stories" / "ecbplus_dev.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"no {path}")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if int(row["topic"]) <= 8]
    found = group([Story(row["doc"], row["text"]) for row in rows])
    by_found, by_gold = defaultdict(set), defaultdict(set)
    for n, row in enumerate(rows):
        by_found[found[n]].add(n)
        by_gold[row["subtopic"]].add(n)
    shares = [
        (len(both := by_found[found[n]] & by_gold[row["subtopic"]]) / len(by_found[found[n]]),
         len(both) / len(by_gold[row["subtopic"]]))
        for n, row in enumerate(rows)
    ]  # fmt: skip
    precision = sum(p for p, _ in shares) / len(shares)
    recall = sum(r for _, r in shares) / len(shares)
    assert 2 * precision * recall / (precision + recall) > 0.85
