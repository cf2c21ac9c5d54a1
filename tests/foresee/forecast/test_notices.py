"""What is shown of draws, and watch notices: raised at a rise, told by time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from tests.foresee.forecast import made_panel

from farwatch.foresee.forecast import notices, summary
from farwatch.foresee.forecast.features import GROUPS
from farwatch.foresee.forecast.panel import borders_of
from farwatch.model.forecast import Forecast, Month, WatchNotice

MADE, LATER = datetime(2023, 1, 20, tzinfo=UTC), datetime(2023, 2, 20, tzinfo=UTC)
CARD: Any = None  # no function here reads it
CUTOFF = made_panel.LAST


def forecast(country: str, cutoff: int, made: datetime, *chances: float) -> Forecast:
    months = tuple(
        Month(cutoff + n, n, (0.0,) * 9, 1.0, chance, chance, None)
        for n, chance in enumerate(chances, 1)
    )
    history = ((cutoff - 1, 6.0), (cutoff, None))
    return Forecast(f"country:{country}", country, made, cutoff, CARD, months, (), history)


def test_draws_become_quantiles_and_chances() -> None:
    draws = np.array([[0, 0, 1, 30], [0, 2, 25, 99]])
    one, two = summary.months(draws, (1, 2), 516, np.zeros(12))
    # The least draw that has at least half of them up to it: 0 of 0, 0, 1, 30; 2 of 0, 2, 25, 99.
    assert (one.at(0.5), two.at(0.5)) == (0, 2) and (one.at(0.99), two.at(0.99)) == (30, 99)
    assert (one.at_least_1, one.at_least_25, one.mean) == (0.5, 0.25, 7.75)
    assert (two.at_least_1, two.at_least_25, two.onset) == (0.75, 0.5, 0.75)
    assert (one.month, two.month, two.horizon) == (517, 518, 2)
    past = np.zeros(40)
    past[-12] = 1  # a year that was not quiet
    assert summary.months(draws, (1, 2), 516, past)[0].onset is None
    past[-13:] = [1, *[0] * 12]
    assert summary.months(draws, (1, 2), 516, past)[0].onset == 0.5


def test_history_keeps_what_was_not_coded() -> None:
    whole = made_panel.panel()
    told = summary.history(whole, 3)
    assert len(told) == 120 and told[-1][0] == whole.last
    assert told[0] == (whole.last - 119, None) and told[-1][1] == whole.sb[3, -1]


def test_drivers_say_what_was_seen_the_greatest_effect_first() -> None:
    whole = made_panel.panel()
    effects = {key: (-1) ** n * n / 100 for n, key in enumerate(GROUPS)}
    whole.sb[4, -15:] = [0, 0, 7, *[0] * 10, 30, 1]
    found = summary.drivers(whole, borders_of(whole), 4, effects)
    assert [one.effect for one in found] == sorted(effects.values(), key=lambda one: -abs(one))
    saw = {one.name: one.saw for one in found}
    assert saw[GROUPS["now"]] == "1 in the last month, 31 in the last three"
    assert saw[GROUPS["year"]] == "31 in twelve months, 2 of them with deaths"
    assert saw[GROUPS["trend"]].startswith("31 in twelve months after ")
    assert saw[GROUPS["quiet"]] == "the last death: in the last month of the data"
    whole = replace(whole, sb=whole.sb.copy())  # sums are kept with a panel
    whole.sb[4, -3:] = [5, 0, 0]
    quiet = {one.name: one.saw for one in summary.drivers(whole, borders_of(whole), 4, effects)}
    assert quiet[GROUPS["quiet"]] == "the last death: 2 months before the data end"
    whole = replace(whole, sb=np.zeros_like(whole.sb))
    quiet = {one.name: one.saw for one in summary.drivers(whole, borders_of(whole), 4, effects)}
    assert quiet[GROUPS["quiet"]] == "the last death: none on record"


@pytest.mark.parametrize(
    ("neighbours", "told"),
    [(0, "no neighbour by land"), (1, "1,200 in 1 neighbour in twelve months"),
     (3, "3,600 in 3 neighbours in twelve months")],
)  # fmt: skip
def test_drivers_keep_the_form_of_their_words(neighbours: int, told: str) -> None:
    """What a translation goes by: the form and its figures give the words."""
    whole = made_panel.panel()
    whole = replace(whole, sb=np.full_like(whole.sb, 100.0))
    near = np.zeros((len(whole.countries),) * 2, dtype=bool)
    near[4, 5 : 5 + neighbours] = True
    found = {one.name: one for one in summary.drivers(whole, near, 4, dict.fromkeys(GROUPS, 0.1))}
    assert found[GROUPS["near"]].saw == told
    for one in found.values():
        assert one.form in summary.FORMS.values()
        assert one.saw == one.form % {name: f"{n:,}" for name, n in one.figures.items()}
    last = whole.sb.copy()
    last[4, -1] = 0
    quiet = summary.drivers(replace(whole, sb=last), near, 4, dict.fromkeys(GROUPS, 0.1))
    (since,) = [one.saw for one in quiet if one.name == GROUPS["quiet"]]
    assert since == "the last death: 1 month before the data end"


def test_changes_compare_the_same_month() -> None:
    before = [forecast("ET", 515, MADE, 0.9, 0.2), forecast("SD", 515, MADE, 0.1, 0.6)]
    now = [forecast(code, 516, LATER, 0.5, 0.3) for code in ("SD", "TD", "ET")]
    found = notices.changes(now, before, 1)
    assert [(one.country, one.before) for one in found] == [("ET", 0.2), ("SD", 0.6), ("TD", None)]
    assert found[0].rise == pytest.approx(0.3) and found[2].rise is None
    assert {(one.month, one.made, one.deaths_12) for one in found} == {(517, LATER, 6.0)}
    assert notices.changes(now, before, 2)[0].before is None  # the month 518 was not forecast


@pytest.mark.parametrize(
    ("before", "now", "raised"),
    [(0.2, 0.3, True), (0.29, 0.9, True), (0.3, 0.9, False), (0.1, 0.29, False), (0.9, 0.3, False)],
)
def test_a_notice_is_raised_when_the_threshold_is_passed(
    before: float, now: float, raised: bool
) -> None:
    rise = notices.changes(
        [forecast("ET", 516, LATER, now)], [forecast("ET", 515, MADE, 0, before)], 1
    )
    found = list(notices.risen(rise, 0.3, LATER))
    assert len(found) == raised
    if raised:
        (one,) = found
        assert (one.country, one.month, one.before, one.now) == ("ET", 517, before, now)
        assert (one.outcome, one.updated, one.deaths) == ("open", LATER, 25)
        assert list(notices.risen(rise, 0.3, LATER)) == found  # the same id again
        assert next(notices.risen(rise, 0.3, MADE)).id != one.id


def test_a_first_forecast_raises_nothing() -> None:
    assert not list(
        notices.risen(notices.changes([forecast("ET", 516, MADE, 1)], [], 1), 0.3, MADE)
    )


def test_notices_are_told_by_time() -> None:
    whole = made_panel.panel()
    at = {code: n for n, code in enumerate(whole.codes)}
    whole.sb[at["ET"], -2:] = [25, 24]
    whole.sb[at["SO"], -1] = np.nan
    first = WatchNotice("a", "ET", CUTOFF - 1, MADE, 0.1, 0.5, 0.3, 25, updated=MADE)
    waiting = replace(first, id="e", month=CUTOFF + 1)
    open_ones = [
        first, waiting, replace(first, id="b", month=CUTOFF),
        replace(first, id="c", country="SO", month=CUTOFF), replace(first, id="d", country="FM"),
        replace(first, id="f", month=whole.first - 1),
    ]  # fmt: skip
    found = {one.id: one for one in notices.scored(open_ones, whole, LATER)}
    assert {name: one.outcome for name, one in found.items()} == {
        "a": "hit", "b": "false alarm", "c": "not coded", "d": "not coded",
    }  # fmt: skip
    assert all(one.updated == LATER and one.made == MADE for one in found.values())
