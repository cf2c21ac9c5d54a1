"""The measures run, on next to nothing; what they measure is never asserted."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from benchmarks import (
    bench_alerts,
    bench_gdelt,
    bench_map,
    bench_memory,
    bench_screen,
    benches,
    evaluate,
)
from benchmarks.aims import Figure, summary

from farwatch.exercise.score import Finding
from farwatch.sources.gdelt_table import read_table


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (Figure("a", 2.0, least=1.0), True),
        (Figure("a", 0.5, least=1.0), False),
        (Figure("a", 2.0, most=1.0), False),
        (Figure("a", math.nan, least=1.0), False),
        (Figure("a", 2.0), None),
    ],
)
def test_a_figure_says_whether_its_aim_is_met(figure: Figure, met: bool | None) -> None:
    assert figure.met is met
    assert ("NOT MET" in str(figure)) is (met is False)


def test_a_missed_aim_is_named() -> None:
    told = summary([Figure("fast", 2, "x", least=1), Figure("slow", 0, "x", least=1)])
    assert told == "1 of 2 aims met\nnot met: slow: 0 x, at least 1"


def test_made_rows_are_read_without_a_rejected_one(shared: Path, tmp_path: Path) -> None:
    path = tmp_path / "rows.export.CSV"
    bench_gdelt.write_rows(path, 4_000, first=3_000, shared=shared)
    reading = read_table([path])
    ids = [number for batch in reading for number in batch["id"].to_pylist()]
    assert len(ids) == len(set(ids)) == 4_000
    assert not reading.rejected
    assert bench_gdelt.merely_read(path) == 4_000


def test_parts_are_reduced_as_the_whole(shared: Path, tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.export.CSV" for n in range(2)]
    for n, path in enumerate(paths):
        bench_gdelt.write_rows(path, 4_000, n * 4_000, shared)
    first, _ = bench_gdelt.reduced(paths[:1])
    second, _ = bench_gdelt.reduced(paths[1:], first)
    whole, told = bench_gdelt.reduced(paths)
    assert second.sort_by("id").equals(whole.sort_by("id"))
    assert 0 < whole.num_rows < told < 8_000


def test_the_pipeline_runs_from_file_to_screened(shared: Path) -> None:
    found = {figure.name: figure.value for figure in bench_gdelt.figures(5_000, shared)}
    assert found["rows in the file"] == 5_000
    assert all(value > 0 for value in found.values())


def test_memory_is_told_by_a_process_of_its_own(shared: Path) -> None:
    peak, events, _ = bench_memory.peak(2, 4_000, shared)
    assert peak > 0
    assert events > 0


def test_screening_is_measured_beside_its_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_screen, "by_postgres", lambda *_: None)
    found = bench_screen.figures(2_000, 50)
    assert found[0].most == bench_screen.AIM


def test_the_map_is_measured_beside_counting_by_rows() -> None:
    found = {figure.name: figure for figure in bench_map.figures(300, 40)}
    asked = [found[f"p95 of {path}"] for path in bench_map.PATHS]
    assert all(figure.most == bench_map.AIM and figure.value > 0 for figure in asked)
    assert found["p95 of the peer, counting by rows"].value > 0


def test_the_alerts_pages_are_measured_beside_loading_all_that_stands() -> None:
    found = {figure.name: figure for figure in bench_alerts.figures(30, 300, 40)}
    asked = [found[f"p95 of {name}"] for name in bench_alerts.PAGES]
    assert all(figure.most == bench_alerts.AIM and figure.value > 0 for figure in asked)
    assert found["p95 of the peer, loading all that stands"].value > 0


def test_an_unknown_bench_is_refused() -> None:
    with pytest.raises(SystemExit, match="no bench 'moon'"):
        benches.main(["moon"])
    with pytest.raises(SystemExit, match="no table 'moon'"):
        evaluate.main(["moon"])


def test_findings_are_counted_and_misses_listed_with_their_seeds() -> None:
    good = Finding("expect", "a warning", passed=True, detail="in time", late_seconds=-5.0)
    bad = Finding("expect", "a warning", passed=False, detail="never came")
    held, late = evaluate.counted("quake", [good, bad])
    assert (held.value, held.least, held.met) == (1, 2, False)
    assert late.value == 0
    assert evaluate.missed("quake", {1: [good], 2: [bad], 5: [bad]}) == [
        "  quake missed expect 'a warning' with seeds 2, 5: never came"
    ]
    assert evaluate.missed("quake", {1: [good]}) == ["  quake: nothing missed"]
