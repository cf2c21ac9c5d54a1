"""On recorded history the method beats a site's own rate, and no future leaks into a vintage."""

import importlib.util
import sys
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow.compute as pc
import pytest

from farwatch.foresee.survey import survey
from farwatch.model.kinds import Category

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "evaluate_assessment.py"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("evaluate_assessment", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_it_beats_the_own_rate_on_sri_lanka(bench: ModuleType, shared: Path) -> None:
    path = shared / "recorded" / "ucdp" / "ged_events_sri_lanka.csv.gz"
    history, grid = bench.read(path, "sri_lanka", "LK"), bench.sites("LK")
    times = bench.vintages(2005, 2008)
    near = bench.near_of(history, grid)
    y = bench.outcomes(history, near, times)
    mine = bench.log_loss(bench.method(history, grid, times, 0), y).mean()
    own = bench.log_loss(bench.own_rate(history, near, times, 0), y).mean()
    assert mine < own


def test_a_vintage_does_not_change_with_its_future(bench: ModuleType, shared: Path) -> None:
    path = shared / "recorded" / "ucdp" / "ged_events_sri_lanka.csv.gz"
    history, grid = bench.read(path, "sri_lanka", "LK"), bench.sites("LK")
    time = bench.vintages(2000, 2000)[5]
    past = history.events.filter(pc.less_equal(history.events["start"], time))
    later = history.events.filter(pc.less_equal(history.events["start"], time + timedelta(60)))
    rates = [
        np.asarray(survey(table, grid, time).rates[Category.CONFLICT].fast)
        for table in (past, later, history.events)
    ]
    assert past.num_rows < later.num_rows
    assert (rates[0] == rates[1]).all()
    assert (rates[0] == rates[2]).all()


@pytest.mark.parametrize(
    ("p", "y", "expected"),
    [([0.1, 0.9], [False, True], 1.0), ([0.5, 0.5], [False, True], 0.5)],
)
def test_auc(bench: ModuleType, p: list[float], y: list[bool], expected: float) -> None:
    assert bench.auc(np.array(p), np.array(y)) == expected
