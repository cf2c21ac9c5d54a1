"""Words of likelihood, verdicts, and what a forecast tells of itself."""

from __future__ import annotations

import pytest

from farwatch.model.forecast import WORDS, Month, Record, Score, in_words


@pytest.mark.parametrize(
    ("chance", "word"),
    [(0, "almost no chance"), (0.049, "almost no chance"), (0.05, "very unlikely"),
     (0.2, "unlikely"), (0.44, "unlikely"), (0.45, "roughly even chance"), (0.55, "likely"),
     (0.8, "very likely"), (0.95, "almost certain"), (1, "almost certain")],
)  # fmt: skip
def test_words_are_those_of_icd_203(chance: float, word: str) -> None:
    assert in_words(chance) == word
    assert len(WORDS) == 7 and WORDS[-1][0] == 1


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(-2, -1, "better"), (1, 2, "worse"), (-1, 1, "no different"), (0, 0, "no different"),
     (-1, 0, "no different"), (0, 1, "no different")],
)  # fmt: skip
def test_a_verdict_goes_by_the_interval(low: float, high: float, verdict: str) -> None:
    assert Score("crps", 1, 2, low, high).verdict == verdict


def test_small_facts() -> None:
    month = Month(517, 1, (1.0, 2, 3, 4, 5, 6, 7, 8, 9), 4.2, 0.9, 0.4, None)
    assert (month.at(0.5), month.at(0.05), month.at(0.95)) == (5, 2, 8)
    assert Record("ET", 1, 2, 1, 0.5).worse and not Record("ET", 1, 1, 1, 0.5).worse
