"""What users get wrong: one sentence with the value, the documented exit code, nothing lost."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from farwatch.cli.main import cli
from farwatch.errors import InputError, NotFound, UsageError

GOOD = json.dumps({"id": 1, "text": "Riot in Kitwe", "source": "x", "kind": "riot", "severity": 3})
FILTERS = ["locate", "classify", "merge", "grade"]
PROGRAM = [sys.executable, "-c", "from farwatch.cli.main import main; main()"]


@pytest.mark.parametrize("command", FILTERS)
def test_a_byte_order_mark_is_passed_over(command: str, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes(b"\xef\xbb\xbf" + GOOD.encode() + b"\r\n")
    done = CliRunner().invoke(cli, [command, str(source)])
    assert done.exception is None
    assert json.loads(done.stdout)["id"] == 1


@pytest.mark.parametrize("command", FILTERS)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused_whole(command: str, encoding: str, tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(GOOD.encode(encoding))
    target.write_text("earlier", encoding="utf-8")
    done = CliRunner().invoke(cli, [command, str(source), "-o", str(target)])
    assert isinstance(done.exception, InputError)
    assert "UTF-16" in str(done.exception)
    assert target.read_text(encoding="utf-8") == "earlier"


@pytest.mark.parametrize("command", FILTERS)
def test_the_input_is_never_written_over(command: str, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(GOOD, encoding="utf-8")
    other = tmp_path / "link.jsonl"
    other.symlink_to(source)
    done = CliRunner().invoke(cli, [command, str(source), "-o", str(other)])
    assert isinstance(done.exception, UsageError)
    assert source.read_text(encoding="utf-8") == GOOD


@pytest.mark.parametrize("command", FILTERS)
def test_a_missing_input_costs_no_earlier_output(command: str, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    target.write_text("earlier", encoding="utf-8")
    done = CliRunner().invoke(cli, [command, str(tmp_path / "none"), "-o", str(target)])
    assert isinstance(done.exception, InputError)
    assert target.read_text(encoding="utf-8") == "earlier"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"id": 1, "text": "x"', 'line \'{"id": 1, "text": "x"\' is no JSON: '),
        (b"[" * 100_000, "a list too deep"),
        (b'{"id": ' + b"9" * 5000 + b"}", "a number too long"),
        (b'{"id": 1, "text": "\xc9meute"}', "is not UTF-8: byte 0xc9 at character 20"),
        (b'["a"]', "line ['a'] is no JSON object"),
        (b'{"text": "x"}', "has no id"),
        (b'{"id": 1.5, "text": "x"}', "id 1.5 is no text or whole number"),
    ],
)
@pytest.mark.parametrize("command", FILTERS)
def test_a_bad_line_is_told_with_its_value(
    command: str, line: bytes, said: str, tmp_path: Path
) -> None:
    source = tmp_path / "in.jsonl"
    good = GOOD.encode()
    source.write_bytes(b"\n".join([good, good, line, good, good]))
    done = CliRunner().invoke(cli, [command, str(source)])
    assert isinstance(done.exception, InputError)
    assert f"{source}, line 3: " in done.stderr
    assert said in done.stderr
    assert len(done.stdout.splitlines()) == 4


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "0001-01-01T00:00:00Z"])
@pytest.mark.parametrize("word", ["yesterday", "tomorrow", "last year", "3 years ago", "on Friday"])
def test_a_placeholder_for_a_date_dates_nothing(day: str, word: str, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    text = f"A protest is planned in Kitwe {word}. Rioters burned shops {word}."
    source.write_text(json.dumps({"id": 1, "text": text, "published": day}), encoding="utf-8")
    done = CliRunner().invoke(cli, ["classify", str(source)])
    assert done.exception is None
    assert json.loads(done.stdout)["happened"] is None


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        (["events", "list", "--since", "2026-02-30"], "2026-02-30"),
        (["events", "list", "--since", "0001-01-01T00:00:00+14:00"], "0001-01-01"),
        (["assess", "--country", "ET", "--as-of", "0001-01-01"], "0001-01-01"),
        (["assess", "--country", "ET", "--as-of", "9999-12-31"], "9999-12-31"),
        (["trends", "--country", "ET", "--as-of", "0001-01-01"], "0001-01-01"),
        (["alerts", "acknowledge", "a", "--by", "Ann", "--now", "tomorrow"], "tomorrow"),
    ],
)
def test_an_impossible_time_is_a_usage_error(
    arguments: list[str], value: str, tmp_path: Path
) -> None:
    done = CliRunner(env={"FARWATCH_DATA_DIR": str(tmp_path)}).invoke(cli, arguments)
    assert isinstance(done.exception, UsageError)
    assert value in str(done.exception)


@pytest.mark.parametrize("lines", [1, 50_000])
def test_a_reader_that_went_away_is_exit_141(lines: int, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(f"{GOOD}\n" * lines, encoding="utf-8")
    with subprocess.Popen(
        [*PROGRAM, "merge" if lines == 1 else "classify", str(source)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        said = running.stderr.read()
    assert (running.returncode, said) == (141, b"")


def test_a_file_that_the_system_refuses_is_one_sentence() -> None:
    done = subprocess.run(
        [*PROGRAM, "exercise", "build", "copperbelt_election", "/proc/none"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "/proc/none" in done.stderr


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.csv", b"", 4),
        ("sites.csv", b"name,lat,lon\n", 4),
        (
            "cut_m1.geojson",
            b'{"type": "FeatureCollection", "metadata": {"generated": 1}, "featu',
            4,
        ),
        ("dons.json", b'{"value": []}', 4),
        ("reports.csv", b"id,time,text\nr1,yesterday,Riot\n", 4),
    ],
)
def test_a_named_file_of_which_nothing_is_read_is_an_error(
    name: str, content: bytes, code: int, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    file = tmp_path / "folder" / name
    file.write_bytes(content)
    desk = ["--data-dir", str(tmp_path / "desk")]
    done = CliRunner().invoke(cli, ["collect", str(file), *desk])
    assert isinstance(done.exception, InputError)
    assert (done.exception.exit_code, str(file) in str(done.exception)) == (code, True)
    assert CliRunner().invoke(cli, ["collect", str(tmp_path / "folder"), *desk]).exception is None


@pytest.mark.parametrize(
    ("setting", "value", "code"),
    [
        ("DATADIR", "x", 3),
        ("RULES_FILE", "/none/rules.yaml", 3),
        ("RULES_FILE", "rules.yaml", 3),
        ("LAKE_ENGINE", "x", 3),
        ("DATABASE_URL", "nonsense", 8),
        ("SOURCES_DIR", "/none", 5),
    ],
)
def test_a_wrong_setting_is_one_sentence(
    setting: str, value: str, code: int, tmp_path: Path
) -> None:
    (tmp_path / "rules.yaml").write_text("a: b\n{", encoding="utf-8")
    done = subprocess.run(
        [*PROGRAM, "alerts", "list", "--data-dir", str(tmp_path / "desk")],
        env={f"FARWATCH_{setting}": value}, cwd=tmp_path,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (code, 1)
    assert value.lower() in done.stderr or setting.lower() in done.stderr


@pytest.mark.parametrize("picture", ["map.jpg", "/proc/none/map.svg"])
def test_a_picture_that_cannot_be_drawn_is_told_before_the_run(
    picture: str, tmp_path: Path
) -> None:
    keep = tmp_path / "world"
    arguments = ["exercise", "run", "ancash_earthquake", "--keep", str(keep), "--picture", picture]
    done = CliRunner().invoke(cli, arguments)
    assert isinstance(done.exception, UsageError | OSError)
    assert not keep.exists()


def test_an_assessment_at_the_calendar_s_end_is_no_name(tmp_path: Path) -> None:
    name = "country:ET@0001-01-01T00:00:00Z"
    done = CliRunner().invoke(cli, ["explain", name, "--data-dir", str(tmp_path)])
    assert isinstance(done.exception, NotFound)
    assert name in str(done.exception)


def test_alerts_of_a_site_that_nobody_knows_are_an_error(tmp_path: Path) -> None:
    arguments = ["alerts", "list", "--site", "nosuch", "--data-dir", str(tmp_path)]
    done = CliRunner().invoke(cli, arguments)
    assert isinstance(done.exception, NotFound)
    assert "nosuch" in str(done.exception)


@pytest.mark.parametrize("command", FILTERS)
def test_a_compressed_input_is_refused_in_one_sentence(command: str, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl.gz"
    source.write_bytes(gzip.compress(GOOD.encode()))
    done = CliRunner().invoke(cli, [command, str(source)])
    assert isinstance(done.exception, InputError)
    assert str(done.exception).startswith(f"{source}: is compressed")
    assert done.stderr == ""
