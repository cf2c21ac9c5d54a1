"""The site outlook: order by construction, no look-ahead, honest refusals."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.foresee.forecast.made_up import END, happenings

from farwatch.foresee.forecast.bouts import bouts
from farwatch.foresee.forecast.happenings import Happenings, time_of
from farwatch.foresee.forecast.outlook import SiteModel, fit, outlook
from farwatch.foresee.forecast.outlook_backtest import trial
from farwatch.foresee.forecast.outlook_model import (
    TARGETS,
    R,
    Target,
    after,
    fit_logit,
    in_order,
    look,
    whole_bins,
)
from farwatch.foresee.grid import Floats
from farwatch.model.outlook import SiteOutlook

NOW = time_of(END)
Towns = tuple[Floats, Floats]


@pytest.fixture(scope="module")
def model(events: Happenings, towns: Towns) -> SiteModel:
    return fit(events, towns, NOW)


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_chances_are_put_in_order(raw: list[float]) -> None:
    found = in_order({t: np.array([p]) for t, p in zip(TARGETS, raw, strict=True)})
    for a in TARGETS:
        for b in TARGETS:
            if a.km <= b.km and a.days <= b.days:
                assert found[a][0] <= found[b][0]
    assert min(raw) <= min(p[0] for p in found.values())
    assert max(p[0] for p in found.values()) <= max(raw)


def test_chances_in_order_stay() -> None:
    kept = {t: np.array([p]) for t, p in zip(TARGETS, (0.1, 0.2, 0.2, 0.4), strict=True)}
    assert {t: p[0] for t, p in in_order(kept).items()} == {t: p[0] for t, p in kept.items()}


def test_the_kernel_of_a_place_where_nothing_ever_was() -> None:
    far = happenings(began=[14_000.0], lat=[20.0])
    seen = look(bouts(far, np.array([10.0]), np.array([40.0]), 14_100.0), np.array([14_100.0]))
    near = Target(25.0, 30)
    assert seen.kernel[near][0, 0] == pytest.approx(1 - (1 + 1e-5 / R) ** -R)
    # 36 spans without one, and one more in which half of one in 37 happened
    assert seen.own[near][0, 0] == pytest.approx(0.5 / 37 / 37)


def test_the_own_rate_is_a_share_of_spans() -> None:
    one = happenings(began=[14_000.0])
    seen = look(bouts(one, np.array([10.0]), np.array([40.0]), 14_100.0), np.array([14_100.0]))
    assert seen.own[Target(25.0, 90)][0, 0] == pytest.approx((1 + 1.5 / 13) / 13)
    assert not seen.lately[Target(25.0, 30)].any()


def test_a_model_tells_four_chances_with_their_skill(model: SiteModel) -> None:
    found = outlook(model, "site:1", 10.0, 40.0)
    assert not found.withheld
    assert [(c.within_km, c.days) for c in found.chances] == [tuple(t) for t in TARGETS]
    for chance in found.chances:
        assert 0 < chance.p < 1
        assert chance.skill.scores[0].low > 0
        assert chance.skill.last + timedelta(days=90) <= NOW
        assert sum(driver.share for driver in chance.drivers) == pytest.approx(1)
    assert found.history.told_until <= NOW
    assert found.history.three_years >= found.history.last_year


def test_what_leaves_the_events_near_out_tells_of_them(model: SiteModel) -> None:
    found = outlook(model, "site:1", 10.0, 40.0)
    drivers = {driver.name: driver for driver in found.chances[0].drivers}
    near = drivers["within 25 km, earlier"]
    assert near.effect > 0
    assert near.evidence
    assert all(str(one).startswith("e") for one in near.evidence)
    assert not drivers["100 to 400 km"].evidence or drivers["100 to 400 km"].share >= 0


def test_every_point_has_ordered_chances_or_a_reason(model: SiteModel) -> None:
    rng = np.random.default_rng(1)
    for lat, lon in rng.uniform((8, 38), (16, 43), (40, 2)).tolist():
        found = outlook(model, "point", lat, lon)  # its type refuses a wrong order
        assert len(found.chances) == len(TARGETS) or found.withheld


def test_the_future_changes_nothing(events: Happenings, towns: Towns) -> None:
    now = time_of(END - 900)
    plain = outlook(fit(events, towns, now), "site", 10.0, 40.0)
    later = events.known > END - 900
    assert later.any()
    moved = replace(
        events,
        deaths=np.where(later, 900.0, events.deaths),
        lat=np.where(later, 14.0, events.lat),
    )
    assert outlook(fit(moved, towns, now), "site", 10.0, 40.0) == plain
    assert outlook(fit(events.take(~later), towns, now), "site", 10.0, 40.0) == plain


def test_a_trial_at_a_time_does_not_change_with_its_future(
    events: Happenings, towns: Towns
) -> None:
    found = bouts(events, *towns, END)
    nows = after(END, 0, found.start + 365)
    whole = trial(found, nows, 0, END - 2000)
    border = nows[-12]
    less = events.take(events.known <= border)
    cut = bouts(replace(less), *towns, END)
    assert cut.start == found.start
    other = trial(cut, nows, 0, END - 2000)
    assert whole is not None
    assert other is not None
    before = whole.nows <= border
    for target in TARGETS:
        mine, theirs = whole.p[target][:, before], other.p[target][:, before]
        assert np.array_equal(mine, theirs)


def test_the_same_again_gives_the_same(events: Happenings, towns: Towns, model: SiteModel) -> None:
    again = fit(events, towns, NOW)
    assert outlook(again, "a", 10.0, 40.0) == outlook(model, "a", 10.0, 40.0)


def said(found: SiteOutlook) -> str:
    assert not found.chances
    return " ".join(found.withheld)


def test_a_history_that_ended_long_ago_is_not_told_from(events: Happenings, towns: Towns) -> None:
    found = outlook(fit(events, towns, NOW + timedelta(days=500)), "a", 10.0, 40.0)
    assert "more than 12 months before" in said(found)


def test_a_place_with_few_events_around_is_withheld(model: SiteModel) -> None:
    assert "0 deadly events within 400 km in five years: 20 are needed" in said(
        outlook(model, "far", -30.0, 100.0)
    )


def test_too_short_a_history_is_withheld(events: Happenings, towns: Towns) -> None:
    short = events.take(events.began > END - 2000)
    assert "is too short" in said(outlook(fit(short, towns, NOW), "a", 10.0, 40.0))
    assert "no event is known" in said(
        outlook(fit(events, towns, datetime(1980, 1, 1, tzinfo=UTC)), "a", 10.0, 40.0)
    )


def test_too_few_deadly_events_are_not_learned_from(events: Happenings, towns: Towns) -> None:
    mild = replace(events, deaths=np.zeros(len(events)))
    assert "too few deadly events" in said(outlook(fit(mild, towns, NOW), "a", 10.0, 40.0))


def test_events_without_pattern_earn_no_skill(towns: Towns) -> None:
    rng = np.random.default_rng(5)
    days = np.sort(np.floor(rng.uniform(END - 5400, END - 1, 150)))
    at = rng.integers(0, 12, 150)
    found = fit(happenings(began=days, lat=towns[0][at], lon=towns[1][at]), towns, NOW)
    assert len(found.skills) + len(found.reasons) == len(TARGETS)
    assert all(skill.scores[0].low > 0 for skill in found.skills.values())
    assert any("no skill: log score" in reason for reason in found.reasons)


def test_a_logistic_needs_fifty_of_either() -> None:
    y = np.zeros(200, dtype=bool)
    y[:49] = True
    assert fit_logit(np.ones((200, 1)), y) is None


def test_days_are_rounded_up_to_bins() -> None:
    assert [whole_bins(days) for days in (-3, 0, 1, 10, 31)] == [0, 0, 10, 10, 40]
