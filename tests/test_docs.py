"""Documentation is complete: a command, setting, source or error that is not written down fails."""

from dataclasses import fields
from pathlib import Path

import pytest

from farwatch import errors
from farwatch.cli.main import COMMANDS
from farwatch.exercise import scenario
from farwatch.settings import Settings
from farwatch.sources import catalogue

DOCS = Path(__file__).resolve().parents[1] / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert f"`farwatch {command}" in page("commands.md")


@pytest.mark.parametrize("setting", [field.name for field in fields(Settings)])
def test_every_setting_is_documented(setting: str) -> None:
    assert f"| `{setting}` |" in page("settings.md")


@pytest.mark.parametrize(
    "error",
    [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.FarwatchError)
    ],
)
def test_every_error_is_documented_with_its_exit_code(error: type[errors.FarwatchError]) -> None:
    assert f"| {error.exit_code} | `{error.__name__}` |" in page("errors.md")


def test_every_source_is_documented() -> None:
    pages = "".join(p.read_text(encoding="utf-8") for p in (DOCS / "sources").glob("*.md"))
    missing = [source for source in catalogue.load() if f"`{source}`" not in pages]
    assert not missing


@pytest.mark.parametrize("name", scenario.names())
def test_every_scenario_is_documented(name: str) -> None:
    assert f"`{name}`" in page("exercises.md")


def test_readme_keeps_its_promise() -> None:
    first_screen = (DOCS.parent / "README.md").read_text(encoding="utf-8").splitlines()[:40]
    text = "\n".join(first_screen)
    for wanted in ("make demo", "make test", "never", "!["):
        assert wanted in text
