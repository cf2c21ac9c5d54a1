"""The table of the unrest outlook's skill, on few series."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks import evaluate, evaluate_unrest


def test_the_table_is_among_the_evaluations() -> None:
    title, table = evaluate.TABLES["unrest"]
    assert "persistence" in title and table is evaluate.unrest


def test_series_with_skill_aim_at_an_outlook_and_others_at_none() -> None:
    seasonal = evaluate_unrest._synthetic("seasonal", evaluate_unrest.seasonal, [1], there=True)
    walk = evaluate_unrest._synthetic("walk", evaluate_unrest.wandering, [1], there=False)
    assert (seasonal.value, seasonal.least, seasonal.met) == (1.0, 0.9, True)
    assert (walk.value, walk.most, walk.met) == (0.0, 0.05, True)


def test_recorded_series_are_told_with_what_became_of_them(
    shared: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(evaluate_unrest, "RECORDED", evaluate_unrest.RECORDED[-1:])
    monkeypatch.setattr(evaluate_unrest, "SYNTHETIC", {})
    monkeypatch.setattr(evaluate_unrest, "_years_after", lambda _: [])
    (figure,) = evaluate_unrest.evaluate(shared)
    assert figure.name == "ged_LK to 2019-04-22: skill over the 8 weeks' mean"
    told = capsys.readouterr().out
    assert "too few" in told and "withheld, too quiet to test" in told
