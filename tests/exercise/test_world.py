"""An exercise's world: the same seed gives the same bytes; its truth is read strictly."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from farwatch.errors import ExerciseError, NotFound, UsageError
from farwatch.exercise import scenario, world


def digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        whole.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return whole.hexdigest()


@pytest.mark.parametrize("name", scenario.names())
def test_same_seed_same_world_and_other_seed_another(name: str, tmp_path: Path) -> None:
    outline = scenario.load(name)
    first = digest(world.build(outline, 5, tmp_path / "a"))
    assert digest(world.build(outline, 5, tmp_path / "b")) == first
    assert digest(world.build(outline, 6, tmp_path / "c")) != first


def test_three_scenarios_ship() -> None:
    assert scenario.names() == ["ancash_earthquake", "atacora_insurgency", "copperbelt_election"]


def test_every_source_and_document_is_marked_exercise(tmp_path: Path) -> None:
    folder = world.build(scenario.load("copperbelt_election"), None, tmp_path / "x")
    assert yaml.safe_load((folder / "replay.yaml").read_text())["exercise"] is True
    sources = [yaml.safe_load(p.read_text()) for p in (folder / "sources").iterdir()]
    assert sources and all(s["title"].startswith("Exercise: ") for s in sources)
    assert {s["id"] for s in sources} == {p.name for p in (folder / "feeds").iterdir()}
    for warning in (folder / "feeds" / "x-zm-civil-protection").iterdir():
        assert b"<status>Exercise</status>" in warning.read_bytes()


def test_cut_feeds_fail_and_say_nothing(tmp_path: Path) -> None:
    outline = scenario.load("copperbelt_election")
    folder = world.build(outline, None, tmp_path / "x") / "feeds" / "x-kitwe-radio"
    start, end = outline.moment("d7 10:00"), outline.moment("d12 05:00")
    inside = [
        path.suffix
        for path in folder.iterdir()
        if f"{start:%Y%m%dT%H%M%SZ}" <= path.name[:16] < f"{end:%Y%m%dT%H%M%SZ}"
    ]
    assert inside and set(inside) == {".error"}


def test_jitter_moves_the_deadline_with_the_inject(tmp_path: Path) -> None:
    outline = scenario.load("copperbelt_election")
    dues = set()
    for seed in range(4):
        folder = world.build(outline, seed, tmp_path / str(seed))
        truth = json.loads((folder / "truth.json").read_text())
        dues |= {entry["by"] for entry in truth["expect"] if entry["id"] == "blockade"}
    assert len(dues) > 1


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(ExerciseError, match="no exercise"):
        world.build(scenario.load("copperbelt_election"), None, tmp_path)
    assert (tmp_path / "letter.txt").read_text() == "mine"


def test_moments_are_read_strictly() -> None:
    outline = scenario.load("ancash_earthquake")
    assert outline.moment("d2 02:41:30") == datetime(2026, 5, 5, 2, 41, 30, tzinfo=UTC)
    with pytest.raises(UsageError, match="'yesterday'"):
        outline.moment("yesterday")


def test_unknown_scenarios_and_fields_are_named() -> None:
    with pytest.raises(NotFound, match="'atlantis'"):
        scenario.load("atlantis")
    with pytest.raises(UsageError, match=r"unknown fields \['colour'\]"):
        scenario.parse("name: x\ncolour: red\n", "x")
