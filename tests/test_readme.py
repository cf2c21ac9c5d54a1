"""The README's session, run: what it shows is what is printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FEED = ROOT.parent / "shared" / "recorded" / "usgs" / "eq_data_7_day_m1.geojson"
PROGRAM = f"{sys.executable} -c 'from farwatch.cli.main import main; main()'"


def steps() -> list[tuple[str, str]]:
    """Each command of the session with the output shown below it."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("## A working session")[2]
    shown = "".join(re.findall(r"(?:^    .*\n)+", text, re.MULTILINE))
    found = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", textwrap.dedent(shown), re.MULTILINE)
    return [(command, output) for command, output in found]


def pattern(output: str) -> str:
    """The output as a pattern: "..." is anything, a line may be broken anywhere between words."""
    parts = [re.escape(" ".join(part.split())) for part in output.split("...")]
    return r"\s*.*\s*".join(parts).replace(r"\ ", r"\s+")


@pytest.mark.skipif(not FEED.exists(), reason=f"no recorded feed at {FEED}")
def test_the_session_prints_what_the_readme_shows(tmp_path: Path) -> None:
    (tmp_path / FEED.name).symlink_to(FEED)
    commands = [command for command, _ in steps()]
    assert sum(command.startswith("farwatch ") for command in commands) >= 4
    for command, output in steps():
        if command.startswith("cat "):
            (tmp_path / command.removeprefix("cat ")).write_text(output, encoding="utf-8")
            continue
        done = subprocess.run(
            ["/bin/sh", "-c", command.replace("farwatch", PROGRAM, 1)],
            env={"FARWATCH_DATA_DIR": str(tmp_path / "desk"), "PATH": os.environ["PATH"]},
            cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
        assert re.fullmatch(pattern(output), done.stdout.strip(), re.DOTALL), command
