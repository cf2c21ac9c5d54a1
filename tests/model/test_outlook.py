"""Nouns of an outlook: none without measured skill, none out of order."""

from datetime import UTC, datetime

import pytest

from farwatch.model.codec import from_plain, to_plain
from farwatch.model.outlook import Chance, History, Month, PlaceOutlook, Score, SiteOutlook, Skill

NOW = datetime(2026, 6, 1, tzinfo=UTC)
PAST = History(NOW, 1, 2, None)


def skill(low: float = 0.01, cases: int = 10) -> Skill:
    found = Score("log score", 0.1, 0.2, low, 0.3)
    return Skill("a deadly event", "the own rate", cases, NOW, NOW, 30, (found,))


def chance(km: float, days: int, p: float) -> Chance:
    return Chance(km, days, p, 0.1, skill())


@pytest.mark.parametrize(("low", "cases"), [(0.0, 10), (-0.1, 10), (float("nan"), 10), (0.1, 0)])
def test_what_did_not_beat_its_baseline_has_no_skill(low: float, cases: int) -> None:
    with pytest.raises(ValueError, match="a deadly event"):
        skill(low, cases)


def test_a_chance_lies_between_0_and_1() -> None:
    with pytest.raises(ValueError, match=r"1\.2 is not"):
        chance(25, 30, 1.2)


def test_a_nearer_chance_is_never_above_a_farther() -> None:
    with pytest.raises(ValueError, match="site:1"):
        SiteOutlook("site:1", 0, 0, NOW, PAST, (chance(25, 30, 0.3), chance(50, 30, 0.2)))


def test_an_outlook_says_something() -> None:
    with pytest.raises(ValueError, match="neither"):
        SiteOutlook("site:1", 0, 0, NOW, PAST, ())
    with pytest.raises(ValueError, match="neither"):
        PlaceOutlook("priogrid:1", NOW, PAST, ())


def test_a_month_does_not_contradict_itself() -> None:
    with pytest.raises(ValueError, match="contradict"):
        Month(NOW, 1, ((0.5, 1.0),), 1.0, 0.2, 0.3, skill())
    with pytest.raises(ValueError, match="quantiles fall"):
        Month(NOW, 1, ((0.5, 2.0), (0.9, 1.0)), 1.0, 0.3, 0.1, skill())


def test_an_outlook_goes_through_json() -> None:
    found = SiteOutlook("site:1", 0, 0, NOW, PAST, (chance(25, 30, 0.1), chance(50, 30, 0.2)))
    assert from_plain(SiteOutlook, to_plain(found)) == found
