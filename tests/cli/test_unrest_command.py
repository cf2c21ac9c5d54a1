"""`farwatch forecast unrest`, as a person at a terminal meets it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from benchmarks.evaluate_unrest import seasonal
from click.testing import CliRunner, Result

from farwatch.cli.unrest import unrest
from farwatch.desk.opening import open_desk
from farwatch.errors import NotFound, UsageError
from farwatch.settings import Settings

sys.path.insert(0, str(Path(__file__).parents[1] / "desk"))
from unrest_desk import hear

WHEN = "2026-05-06"


def run(folder: Path, *args: str) -> Result:
    return CliRunner().invoke(unrest, [*args, "--data-dir", str(folder)])


@pytest.fixture
def heard(tmp_path: Path) -> Path:
    with open_desk(Settings(data_dir=tmp_path)) as desk:
        hear(desk, {"gdelt_protest": seasonal(330)}, [672] * 330)
    return tmp_path


def test_an_outlook_is_printed_with_its_skill(heard: Path) -> None:
    done = run(heard, "Ethiopia", "--as-of", WHEN)
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0] == "Ethiopia (ET) at 2026-05-06 00:00 UTC"
    assert lines[1].startswith("gdelt_protest: the weeks after that of 2026-04-27; the year's")
    assert lines[3].startswith("  2026-05-04  ")
    for told in (
        "a surge is more than", "expected at first from: ", "skill in 260 weeks tested",
        "    better than last week's count: score ", "    surge: better than ",
        "gdelt_coerce: withheld, too quiet to test: 0 of 260 tested weeks had an event",
        "desk_riot: withheld, no data: no week of it was heard",
    ):  # fmt: skip
        assert told in done.output
    assert all(len(line) <= 130 for line in lines)


def test_as_json(heard: Path) -> None:
    found = json.loads(run(heard, "ETH", "--as-of", WHEN, "--json").output)
    (one,) = found["series"]
    assert one["weeks"][0]["monday"] == "2026-05-04"
    assert one["skill"]["overall"][0]["baseline"] == "last week's count"
    assert len(found["withheld"]) == 6


def test_what_is_withheld_says_why(tmp_path: Path) -> None:
    done = run(tmp_path, "ET", "--as-of", WHEN)
    assert done.exit_code == 0
    assert "unrest of the next weeks is withheld: no series has skill\n" in done.output
    assert done.output.count("withheld, no data: no week of it was heard") == 7
    found = json.loads(run(tmp_path, "ET", "--as-of", WHEN, "--json").output)
    assert (found["why"], len(found["parts"])) == ("no data", 7)


def test_wrong_input_is_named(tmp_path: Path) -> None:
    assert isinstance(run(tmp_path, "Atlantis").exception, NotFound)
    for args, told in ((("--as-of", "soon"), "--as-of"), (("--dataset", "moon"), "'moon'")):
        refused = run(tmp_path, "ET", *args)
        assert isinstance(refused.exception, UsageError)
        assert told in str(refused.exception)
