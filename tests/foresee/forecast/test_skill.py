"""What a backtest says of a model, on windows small enough to work out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from farwatch.errors import UsageError
from farwatch.foresee.forecast import backtest, skill
from farwatch.foresee.forecast.backtest import BASELINE, Window
from farwatch.foresee.forecast.method import NAME

COUNTRIES = ((57, "ET"), (120, "SO"), (65, "UA"), (9, None), (50, "KE"), (52, "TD"))
QUIET = np.array([False, False, False, False, True, True])


def window(
    year: int, model: float, baseline: float, came: np.ndarray | None = None
) -> backtest.Tested:
    """Each method draws what came, missed by so many deaths; the quiet countries stay quiet."""
    shape = (len(COUNTRIES), 12)
    rng = np.random.default_rng(year)
    seen = rng.integers(30, 90, shape).astype(float) if came is None else came
    seen[QUIET] *= 0  # what is not known stays unknown

    def missed(by: float) -> np.ndarray:
        off = rng.permuted(np.linspace(0.5, 1.5, seen.size)).reshape(shape) * by
        off[QUIET] = 0
        return np.repeat((np.nan_to_num(seen) + off)[..., None], 50, axis=2).astype(np.int64)

    return backtest.Tested(
        window=Window(year),
        countries=tuple(one for one, _ in COUNTRIES),
        codes=tuple(code for _, code in COUNTRIES),
        draws={NAME: missed(model), BASELINE: missed(baseline)},
        came=seen,
        active=~QUIET,
        quiet=QUIET,
    )


def scored(*tested: backtest.Tested) -> skill.Cells:
    return skill.joined([skill.cells([one], 1) for one in tested])


def test_verdicts_go_by_the_interval() -> None:
    better = {one.name: one for one in skill.against(scored(window(2020, 2, 40)), BASELINE)}
    assert better["crps"].verdict == better["mis"].verdict == "better"
    assert better["crps"].low <= better["crps"].value - better["crps"].baseline
    assert better["brier_onset"].verdict == "no different"  # nothing came, nothing was said
    worse = {one.name: one for one in skill.against(scored(window(2020, 40, 2)), BASELINE)}
    assert worse["crps"].verdict == worse["crps_log1p"].verdict == "worse"
    assert worse["crps"].high >= worse["crps"].value - worse["crps"].baseline
    alike = skill.against(scored(window(2020, 9, 9)), NAME)
    assert {one.verdict for one in alike} == {"no different"}
    assert all((one.low, one.high) == (0, 0) for one in alike)


def test_means_are_of_windows_not_of_cells() -> None:
    # A point forecast's CRPS is its absolute error. One window with all cells, one with the last
    # month of each country alone: each counts a half.
    first = window(2020, 0, 5)
    known = np.full((len(COUNTRIES), 12), np.nan)
    known[:, -1] = 50
    second = window(2021, 0, 5, known)
    shifted = second.draws[NAME] + 8
    both = scored(first, replace(second, draws={**second.draws, NAME: shifted}))
    assert (both.year == 2021).sum() == len(COUNTRIES)
    assert skill.mean_scores(both, NAME)["crps"] == pytest.approx((0 + 8) / 2)
    assert skill.window_scores(both, 2021, NAME)["crps"] == pytest.approx(8)


def test_ukraine_and_ethiopia_can_be_left_out() -> None:
    one = window(2020, 0, 5)
    draws = one.draws[NAME].copy()
    draws[[0, 2]] += 600
    found = skill.mean_scores(scored(replace(one, draws={NAME: draws})), NAME)
    assert found["crps"] == pytest.approx(200)
    assert found["crps_without_ukraine_ethiopia"] == 0


def test_what_travels_with_a_forecast() -> None:
    found = skill.skill(scored(window(2020, 2, 40), window(2021, 60, 2)))
    assert (found.windows, found.horizons, found.baseline) == ((2020, 2021), (3, 14), BASELINE)
    assert found.coverage == 0  # points that missed
    assert sum(found.pit) == pytest.approx(1) and len(found.pit) == 10
    ethiopia = found.of("ET")
    assert ethiopia is not None and ethiopia.months == 24 and ethiopia.worse
    kenya = found.of("KE")
    assert kenya is not None and kenya.crps == kenya.baseline == 0 and not kenya.worse
    assert kenya.covered == 1 and found.of("FR") is None
    assert {one.country for one in found.records} == {code for _, code in COUNTRIES}
    assert found.auc["at_least_1"] == 1 and found.auc["onset"] is None
    for name, bins in found.reliability.items():
        # One says "surely" or "surely not", and it came so.
        assert all(one.forecast == one.observed for one in bins), name
        assert sum(one.count for one in bins) == (48 if name == "onset" else 144)


def test_each_stretch_of_months_ahead_has_its_own_skill() -> None:
    """What is shown at the head is of the protocol's months, whatever else was tested."""
    one = window(2020, 2, 40)
    far = replace(window(2020, 60, 2), horizons=tuple(range(15, 27)))  # the next year, and worse
    both = scored(one, far)
    found = skill.skill(both)
    assert found.scores == skill.skill(scored(one)).scores and found.horizons == (3, 14)
    assert [(part.first, part.last, part.windows) for part in found.reaches] == [
        (3, 14, (2020,)), (15, 26, (2020,)),
    ]  # fmt: skip
    near, later = found.at(14), found.at(15)
    assert near is not None and later is not None and found.at(2) is found.at(27) is None
    assert near.scores == found.scores and near.coverage == found.coverage
    told = later.score("crps")
    assert told is not None and told.verdict == "worse" and later.score("x") is None
    assert {score.verdict for score in near.scores} == {"better", "no different"}
    part = scored(replace(one, horizons=tuple(range(20, 32))))
    assert [(cut.first, cut.last) for cut in skill.reaches(part)] == [(20, 26), (27, 31)]
    peaceful = replace(far, active=np.zeros(len(COUNTRIES), dtype=bool))
    assert skill.reaches(scored(peaceful))[0].coverage is None


def test_a_model_kept_before_there_were_stretches_was_tested_where_it_was() -> None:
    old = replace(skill.skill(scored(window(2020, 2, 40))), reaches=())
    (only,) = old.stretches
    assert (only.first, only.last, only.scores) == (3, 14, old.scores)
    assert old.at(2) is old.at(15) is None and old.at(3) == old.at(14) == only
    assert replace(old, scores=()).at(3) is None  # nothing was measured of it


def test_scores_of_no_cell_are_left_out() -> None:
    """A panel where nobody was quiet, or none of Ukraine's kind is left, has no such figure."""
    one = window(2020, 2, 40)
    nobody = scored(replace(one, quiet=np.zeros(len(COUNTRIES), dtype=bool)))
    assert skill.mean_scores(nobody, NAME)["brier_onset"] is None
    assert "brier_onset" not in {score.name for score in skill.against(nobody, BASELINE)}
    assert skill.skill(nobody).auc["onset"] is None
    only = replace(
        one, countries=one.countries[:1], codes=("ET",), came=one.came[:1],
        draws={name: draws[:1] for name, draws in one.draws.items()},
        active=one.active[:1], quiet=one.quiet[:1],
    )  # fmt: skip
    assert skill.mean_scores(scored(only), NAME)["crps_without_ukraine_ethiopia"] is None
    peaceful = scored(replace(one, active=np.zeros(len(COUNTRIES), dtype=bool)))
    with pytest.raises(UsageError, match="no country with a death"):
        skill.skill(peaceful)
