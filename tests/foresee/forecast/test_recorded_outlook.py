"""On recorded history the outlooks beat the baselines in years they were not made from."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from farwatch.foresee.forecast.bouts import bouts
from farwatch.foresee.forecast.happenings import Happenings, day_of, from_table
from farwatch.foresee.forecast.local import admin1s, cells, gid_of
from farwatch.foresee.forecast.local_backtest import skill_of, trial
from farwatch.foresee.forecast.outlook_backtest import skill_of as site_skill
from farwatch.foresee.forecast.outlook_backtest import trial as site_trial
from farwatch.foresee.forecast.outlook_model import TARGETS, after
from farwatch.sources.ged_events import read_events

CUT = day_of(datetime(2009, 7, 1, tzinfo=UTC))
TESTED = day_of(datetime(2005, 1, 1, tzinfo=UTC))
TOWNS = (
    np.array([6.93, 7.29, 8.34, 8.57, 8.75, 9.66, 7.72, 6.03]),
    np.array([79.85, 80.64, 80.41, 81.23, 80.50, 80.02, 81.70, 80.22]),
)  # Colombo, Kandy, Anuradhapura, Trincomalee, Vavuniya, Jaffna, Batticaloa, Galle


@pytest.fixture(scope="module")
def sri_lanka(shared: Path) -> Happenings:
    path = shared / "recorded" / "ucdp" / "ged_events_sri_lanka.csv.gz"
    if not path.is_file():
        pytest.skip(f"no recorded events at {path}")
    return from_table(read_events([path]).events)


@pytest.mark.parametrize("late", [0, 30])
def test_sites_beat_their_own_rate_and_the_last_month(sri_lanka: Happenings, late: int) -> None:
    found = bouts(sri_lanka, *TOWNS, CUT)
    tried = site_trial(found, after(CUT, late, found.start + 365), late, TESTED)
    assert tried is not None
    for target in TARGETS:
        told, y = tried.told, tried.y[target]
        mine, own, lately = (
            np.mean((p[target] - y)[told] ** 2) for p in (tried.p, tried.own, tried.lately)
        )
        assert mine < own
        assert mine < lately
        assert site_skill(tried, target).cases == told.sum()


def test_cells_beat_their_own_last_year(sri_lanka: Happenings) -> None:
    located = sri_lanka.located()
    grid = np.unique(gid_of(located.lat, located.lon))
    panel = cells(sri_lanka, grid, CUT)
    first = month_column(panel.first)
    found = skill_of(trial(panel, 1, first), 1)
    better = {one.name for one in found.scores if one.ours < one.baseline}
    assert {"CRPS of log(1 + deaths)", "Brier score of 1 and more"} <= better
    assert found.auc is not None
    assert found.auc > 0.85


def test_admin1s_hold_most_of_the_deaths(sri_lanka: Happenings) -> None:
    panel = admin1s(sri_lanka, CUT)
    assert "ged-adm1:Northern province" in panel.names
    assert panel.deaths.sum() > 9 * panel.elsewhere


def month_column(first: int) -> int:
    return (2005 - 1970) * 12 - first
