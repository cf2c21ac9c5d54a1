"""A release's scores are kept as they are, once, and drawn small."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from benchmarks import forecast_release

from farwatch.foresee.forecast.method import NAME

COMMIT = {"commit": "ab" * 20, "uncommitted_changes": False}
METHODS = (NAME, "zero", "last_poisson", "conflictology_12")


def report(crps: float = 9.5) -> dict[str, Any]:
    """As a backtest writes it, in the parts that are drawn."""
    bins = [{"forecast": n / 10, "observed": n / 11, "count": 900 // (n + 1)} for n in range(10)]
    return {
        "model": NAME,
        "windows": {
            str(year): {method: {"crps": crps + 3 * n} for n, method in enumerate(METHODS)}
            for year in range(2018, 2023)
        },
        "mean": {method: {"crps": crps} for method in METHODS},
        "pit": {"all": [0.1] * 10, "active": [0.3, *[0.7 / 9] * 9]},
        "reliability": {"at_least_1": bins, "at_least_25": bins[:4], "onset": bins[:1]},
    }


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    path = tmp_path / "scores.json"
    path.write_text(json.dumps(report()), encoding="utf-8")
    return path


def test_scores_are_kept_with_their_commit_and_method(scores: Path, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    kept = forecast_release.keep(scores, folder, "2026-06-01", COMMIT)
    assert kept == folder / "2026-06-01.json"
    told = json.loads(kept.read_text(encoding="utf-8"))
    assert (told["commit"], told["release"], told["model"]) == ("ab" * 20, "2026-06-01", NAME)
    assert told["mean"] == report()["mean"]


def test_nothing_is_written_over(scores: Path, tmp_path: Path) -> None:
    kept = forecast_release.keep(scores, tmp_path, "2026-06-01", COMMIT)
    before = kept.read_bytes()
    scores.write_text(json.dumps(report(crps=1)), encoding="utf-8")
    with pytest.raises(SystemExit, match="never written over"):
        forecast_release.keep(scores, tmp_path, "2026-06-01", COMMIT)
    with pytest.raises(SystemExit, match="never written over"):
        forecast_release.main(["--ready", "--date", "2026-06-01"], tmp_path)
    assert kept.read_bytes() == before


def test_scores_without_outcomes_are_no_release(scores: Path, tmp_path: Path) -> None:
    scores.write_text(json.dumps({"model": NAME}), encoding="utf-8")
    with pytest.raises(SystemExit, match="holds no score"):
        forecast_release.keep(scores, tmp_path / "docs", "2026-06-01", COMMIT)
    assert not (tmp_path / "docs").exists()


def test_pictures_are_small_and_the_same_again(scores: Path, tmp_path: Path) -> None:
    kept = forecast_release.keep(scores, tmp_path, "2026-06-01", COMMIT)
    drawn = forecast_release.draw(kept, tmp_path)
    assert [one.name for one in drawn] == ["crps.svg", "pit.svg", "reliability.svg"]
    before = [one.read_bytes() for one in drawn]
    assert all(len(one) < 100 * 1024 for one in before)
    assert b"conflictology_12" in before[0] and b"onset after a quiet year" in before[2]
    assert [one.read_bytes() for one in forecast_release.draw(kept, tmp_path)] == before


def test_a_release_is_run_from_the_command_line(
    scores: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(forecast_release, "_commit", lambda: COMMIT)
    forecast_release.main(["--ready", "--date", "2026-06-02"], tmp_path / "docs")
    forecast_release.main([str(scores), "--date", "2026-06-02"], tmp_path / "docs")
    assert "2026-06-02.json" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        forecast_release.main([], tmp_path / "docs")
    assert len(list((tmp_path / "docs").iterdir())) == 4


def test_every_release_that_is_kept_names_its_commit() -> None:
    """Good or bad, what docs/forecasts holds can be made again."""
    kept = sorted(forecast_release.FOLDER.glob("*.json"))
    if not kept:
        pytest.skip("no release was kept yet")
    told = [json.loads(one.read_text(encoding="utf-8")) for one in kept]
    assert all(len(one["commit"]) == 40 and one["parameters"] for one in told)
    assert [one["release"] for one in told] == [one.stem for one in kept]
