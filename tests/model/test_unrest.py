"""No outlook of unrest can be made without its skill or the reason why it is withheld."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from farwatch.model.codec import from_plain, to_plain
from farwatch.model.forecast import LEVELS
from farwatch.model.unrest import (
    HORIZONS,
    Against,
    Baseline,
    SeriesOutlook,
    UnrestDriver,
    UnrestOutlook,
    UnrestSkill,
    UnrestWeek,
    Why,
    Withheld,
)

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = date(2026, 5, 25)
BETTER = tuple(Against(one, 1.0, 2.0, -1.5, -0.5) for one in Baseline)
EVEN = tuple(Against(one, 2.0, 2.0, -0.5, 0.5) for one in Baseline)
SKILL = UnrestSkill(100, DAY, DAY, BETTER, (BETTER,) * HORIZONS, 0.9, 12, BETTER)
WEEK = UnrestWeek(
    DAY, 1, 7.0, 3.0, tuple(float(n) for n in range(len(LEVELS))), 0.9, 0.2,
    (UnrestDriver("last week", 7.0, 1.0),),
)  # fmt: skip
SERIES = SeriesOutlook(
    "ET", NOW, "gdelt_protest", DAY, 4.0, (WEEK,), (), SKILL, "a surge is", ((DAY, None),)
)


def test_a_verdict_is_by_the_interval() -> None:
    assert [one.verdict for one in (BETTER[0], EVEN[0])] == ["better", "no different"]
    assert replace(EVEN[0], low=0.1).verdict == "worse"
    assert (BETTER[0].skill, EVEN[0].skill) == (0.5, 0.0)
    assert replace(EVEN[0], theirs=0.0).skill == 0.0
    assert BETTER[0].told == (
        "better than last week's count: score 1 against 2 (+50.0%), difference -1.5 to -0.5"
    )
    assert EVEN[1].told.startswith("no different from the mean of the last 8 weeks: score 2")


def test_a_skill_answers_every_baseline_and_horizon() -> None:
    with pytest.raises(ValueError, match="every baseline"):
        replace(SKILL, overall=BETTER[:1])
    with pytest.raises(ValueError, match="every baseline"):
        replace(SKILL, by_week=((),) * HORIZONS)
    with pytest.raises(ValueError, match="8 weeks ahead"):
        replace(SKILL, by_week=(BETTER,))
    with pytest.raises(ValueError, match="is tested"):
        replace(SKILL, origins=0)


def test_an_outlook_needs_its_skill() -> None:
    with pytest.raises(ValueError, match="without skill"):
        replace(SERIES, skill=replace(SKILL, overall=(BETTER[0], EVEN[1])))
    with pytest.raises(ValueError, match="its horizon has skill"):
        replace(SERIES, skill=replace(SKILL, by_week=(EVEN, *(BETTER,) * (HORIZONS - 1))))
    with pytest.raises(ValueError, match="horizon has skill"):
        replace(SERIES, weeks=())
    with pytest.raises(ValueError, match="surge without"):
        replace(SERIES, skill=replace(SKILL, surge=()))
    with pytest.raises(ValueError, match="gives a series"):
        UnrestOutlook("ET", NOW, (), ())


def test_what_is_withheld_has_its_reason() -> None:
    with pytest.raises(ValueError, match="for a reason"):
        Withheld("ET", NOW, "gdelt_protest", Why.NO_DATA, "")
    with pytest.raises(ValueError, match="measured"):
        Withheld("ET", NOW, "gdelt_protest", Why.NO_SKILL, "no skill")


def test_an_outlook_goes_to_json_and_back() -> None:
    part = Withheld("ET", NOW, "desk_riot", Why.TOO_FEW, "3 weeks were heard")
    for noun in (UnrestOutlook("ET", NOW, (SERIES,), (part,)),
                 Withheld("ET", NOW, "unrest", Why.TOO_FEW, "none", parts=(part,))):  # fmt: skip
        assert from_plain(type(noun), to_plain(noun)) == noun
    assert (WEEK.at(0.05), WEEK.a_day) == (1.0, 1.0)
