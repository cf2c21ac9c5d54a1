"""`farwatch locate`, `farwatch gazetteer` and `farwatch world` on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from farwatch.cli.gazetteer import gazetteer as gazetteer_command
from farwatch.cli.locate import locate as locate_command
from farwatch.errors import InputError, NotFound, RejectedRows, UsageError

GOOD = {"id": "a", "text": "Two were hurt in Kitwe, Zambia."}
KEYS = "start end text geonameid name lat lon country precision confidence".split()  # noqa: SIM905


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARWATCH_DATA_DIR", str(tmp_path / "data"))


def write(path: Path, *lines: object) -> Path:
    path.write_text("".join(f"{x if isinstance(x, str) else json.dumps(x)}\n" for x in lines))
    return path


def run(*arguments: str, stdin: str | None = None) -> str:
    result = CliRunner().invoke(
        locate_command, list(arguments), input=stdin, catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_line_in_a_line_out(tmp_path: Path) -> None:
    source, target = write(tmp_path / "in.jsonl", GOOD, {"id": 7, "text": ""}), tmp_path / "out"
    run(str(source), "-o", str(target))
    first, second = (json.loads(line) for line in target.read_text().splitlines())
    assert [list(toponym) for toponym in first["toponyms"]] == [KEYS, KEYS]
    assert first["toponyms"][0] | {"confidence": 1} == {
        "start": 17,
        "end": 22,
        "text": "Kitwe",
        "geonameid": 911148,
        "name": "Kitwe",
        "lat": -12.80243,
        "lon": 28.21323,
        "country": "ZM",
        "precision": "city",
        "confidence": 1,
    }
    assert second == {"id": 7, "toponyms": []}


def test_standard_streams_and_reasons() -> None:
    [line] = run("-", "--explain", stdin=json.dumps(GOOD) + "\n").splitlines()
    toponym = json.loads(line)["toponyms"][0]
    assert toponym["admin1"] == "ZM.08"
    assert toponym["demonym"] is False
    assert len(toponym["reasons"]) >= 2


def test_a_hint_by_code_or_name(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", {"id": 1, "text": "A fire in Alexandria."})
    for given in ("US", "USA", "United States"):
        line = json.loads(run(str(source), "--country", given))
        assert line["toponyms"][0]["country"] == "US"
    with pytest.raises(UsageError, match="Atlantis"):
        run(str(source), "--country", "Atlantis")


BAD = [
    "not json",
    "[1]",
    '{"id": 1}',
    '{"text": "x"}',
    '{"id": 1, "text": 5}',
    '{"id": {}, "text": ""}',
]


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_line_is_named_and_the_others_are_written(tmp_path: Path, bad: str) -> None:
    source = write(tmp_path / "in.jsonl", GOOD, bad, "", GOOD)
    target = tmp_path / "out"
    with pytest.raises(InputError, match="1 of its lines") as caught:
        run(str(source), "-o", str(target))
    assert caught.value.exit_code == 4
    assert len(target.read_text().splitlines()) == 2


def test_bytes_that_are_no_text_are_a_bad_line(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes(b'{"id": 1, "text": "\xff\xfe"}\n' + json.dumps(GOOD).encode() + b"\n")
    result = CliRunner().invoke(locate_command, [str(source)])
    assert isinstance(result.exception, InputError)
    assert "line 1" in result.stderr
    assert json.loads(result.stdout)["id"] == "a"


def test_a_lone_surrogate_passes_through(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", '{"id": "\\ud800", "text": "In \\ud800 Kitwe."}')
    target = tmp_path / "out"
    run(str(source), "-o", str(target))
    line = json.loads(target.read_text())
    assert line["id"] == "\ud800"
    assert line["toponyms"][0]["start"] == 5


def test_many_texts_on_two_processes_come_out_in_order(tmp_path: Path) -> None:
    lines = [{"id": number, "text": f"Report {number} from Kitwe."} for number in range(600)]
    source = write(tmp_path / "in.jsonl", *lines)
    one, two = run(str(source), "--jobs", "1"), run(str(source), "--jobs", "2")
    assert one == two
    assert [json.loads(line)["id"] for line in two.splitlines()] == list(range(600))


def test_a_missing_file_is_named() -> None:
    with pytest.raises(InputError, match=r"none\.jsonl"):
        run("none.jsonl")


def test_the_program_exits_4_on_a_bad_line(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", "rubbish")
    program = [sys.executable, "-c", "from farwatch.cli.main import main; main()"]
    done = subprocess.run(
        [*program, "locate", str(source)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 4
    assert "line 1: line 'rubbish' is no JSON" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_imported_gazetteer_is_used(tmp_path: Path) -> None:
    cells = ["4", "Porga", "Porga", "", "11.03", "0.97", "P", "PPL", "BJ", "", "08", *[""] * 8]
    dump = write(tmp_path / "BJ.txt", "\t".join(cells))
    done = CliRunner().invoke(gazetteer_command, ["import", str(dump)], catch_exceptions=False)
    assert "1 places" in done.output
    source = write(tmp_path / "in.jsonl", {"id": 1, "text": "A raid in Porga, Benin."})
    found = json.loads(run(str(source)))["toponyms"]
    assert [(t["geonameid"], t["country"]) for t in found] == [(4, "BJ"), (2395170, "BJ")]
    looked_up = CliRunner().invoke(gazetteer_command, ["lookup", "porga"])
    assert "Porga (Atacora, BJ)" in looked_up.output


def test_a_bad_dump_is_refused(tmp_path: Path) -> None:
    dump = write(tmp_path / "bad.txt", "rubbish")
    result = CliRunner().invoke(gazetteer_command, ["import", str(dump)])
    assert isinstance(result.exception, RejectedRows)


def test_looking_up_nothing() -> None:
    result = CliRunner().invoke(gazetteer_command, ["lookup", "Xyzzyville"])
    assert isinstance(result.exception, NotFound)
