"""The filters grade, classify and merge: JSON lines in and out, bad lines named, nothing lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from farwatch.cli.main import cli
from farwatch.errors import InputError

RIOT = "Rioters burned tyres at Kitwe in Zambia's Copperbelt after early election results."


def run(command: str, lines: list[Any], tmp_path: Path) -> tuple[list[dict[str, Any]], str, Any]:
    """The written records, standard error and the raised error."""
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(
        "".join((x if isinstance(x, str) else json.dumps(x)) + "\n" for x in lines),
        encoding="utf-8",
    )
    result = CliRunner().invoke(cli, [command, str(source), "-o", str(target)])
    written = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    return written, result.stderr, result.exception


def test_classify(tmp_path: Path) -> None:
    line = {"id": "a", "title": "Riot in Kitwe", "text": RIOT, "published": "2026-05-07T09:00:00Z"}
    (found,), _, error = run("classify", [line], tmp_path)
    assert error is None
    assert (found["id"], found["kind"], found["category"]) == ("a", "riot", "unrest")
    assert " ".join(found) == (
        "id kind category severity code actors happened historical expected denial ended reasons"
    )


def test_merge_keeps_the_order(tmp_path: Path) -> None:
    lines = [{"id": 3, "text": RIOT}, {"id": "x", "text": "Calm day"}, {"id": 1, "text": RIOT}]
    found, _, error = run("merge", lines, tmp_path)
    assert error is None
    assert [record["id"] for record in found] == [3, "x", 1]
    assert found[0]["cluster"] == found[2]["cluster"] != found[1]["cluster"]


def test_merge_takes_any_iso_day(tmp_path: Path) -> None:
    days = ["2026-05-07", "2026-05-07T10:00:00", "2026-05-07T10:00:00+02:00", "", None]
    found, _, error = run(
        "merge", [{"id": n, "text": RIOT, "published": day} for n, day in enumerate(days)], tmp_path
    )
    assert error is None
    assert len({record["cluster"] for record in found}) == 1


def test_an_id_given_twice_ties_nothing_together(tmp_path: Path) -> None:
    flood = "A flood in Dhaka displaced thousands of families."
    lines = [{"id": 3, "text": RIOT}, {"id": 3, "text": flood}, {"id": "3", "text": "Calm day"}]
    found, _, error = run("merge", lines, tmp_path)
    assert error is None
    assert len({record["cluster"] for record in found}) == 3
    again, _, _ = run("merge", lines[::-1], tmp_path)
    assert [record["cluster"] for record in again] == [record["cluster"] for record in found][::-1]
    reports = [{"id": 1, "source": one, "text": one} for one in ("a", "b")]
    graded, _, _ = run("grade", reports, tmp_path)
    assert [record["credibility"] for record in graded] == [3, 3]


def test_grade(tmp_path: Path) -> None:
    lines = [
        {"id": 1, "source": "usgs", "text": "M 5.1 off the coast of Ancash, depth 25 km"},
        {"id": 2, "source": "x", "reliability": "C", "owner": "o", "text": RIOT, "cluster": "k"},
        {"id": 3, "source": "y", "text": RIOT, "cluster": "k"},
        {"id": 4, "source": "z", "text": "Police used tear gas, witnesses say", "cluster": "k"},
    ]
    found, _, error = run("grade", lines, tmp_path)
    assert error is None
    assert [f"{r['reliability']}{r['credibility']}" for r in found] == ["A2", "C2", "F2", "F2"]
    assert found[1]["origins"] == found[2]["origins"]
    assert len(found[1]["origins"]) == 2


@pytest.mark.parametrize("command", ["classify", "merge", "grade"])
def test_a_bad_line_is_named_and_the_others_written(command: str, tmp_path: Path) -> None:
    good = {"id": 1, "text": RIOT, "source": "a"}
    lines = [
        good,
        "{bad",
        "",
        [1],
        {**good, "id": None},
        {**good, "text": 5},
        {**good, "text": "\ud800"},
        {**good, "id": 9},
    ]
    found, said, error = run(command, lines, tmp_path)
    assert [record["id"] for record in found] == [1, 9]
    assert isinstance(error, InputError)
    assert "5 of its lines" in str(error)
    for number in (2, 4, 5, 6, 7):
        assert f"line {number}" in said


@pytest.mark.parametrize(
    ("command", "field", "value"),
    [
        ("classify", "published", "yesterday"),
        ("classify", "published", "2026-05-07T10:00:00"),
        ("merge", "published", "07/05/2026"),
        ("grade", "grade", "Z9"),
        ("grade", "reliability", "Q"),
        ("grade", "official", "yes"),
        ("grade", "cluster", [1]),
        ("grade", "source", " "),
    ],
)
def test_a_bad_field_is_named_with_its_value(
    command: str, field: str, value: object, tmp_path: Path
) -> None:
    line = {"id": 1, "text": "x", "source": "nobody", field: value}
    _, said, error = run(command, [line], tmp_path)
    assert isinstance(error, InputError)
    assert f"{field} {value!r}" in said


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["merge", str(tmp_path / "none.jsonl")])
    assert isinstance(result.exception, InputError)


def test_standard_streams() -> None:
    result = CliRunner().invoke(
        cli, ["merge", "-"], input=json.dumps({"id": 1, "text": RIOT}) + "\n"
    )
    assert json.loads(result.stdout) == {"id": 1, "cluster": "c-1"}
