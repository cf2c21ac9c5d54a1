"""What every command that works on a desk asks: where it is, who decides, and when."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farwatch.cli import when

if TYPE_CHECKING:
    from farwatch.desk.opening import Desk
    from farwatch.settings import Settings


@dataclass(frozen=True, slots=True)
class Where:
    """Which desk: flags over the environment and the settings file."""

    data_dir: Path | None
    exercise: bool | None

    def settings(self) -> Settings:
        """The settings of the desk; raises SettingsError."""
        from farwatch import settings

        return settings.load({"data_dir": self.data_dir, "exercise": self.exercise})

    def open(self) -> AbstractContextManager[Desk]:
        """The desk, opened; raises SettingsError, StoreError, ExerciseError."""
        from farwatch.desk.opening import open_desk

        return open_desk(self.settings())


def of_a_desk(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--data-dir` and `--exercise`, which reach it as one `where`."""
    import functools

    @functools.wraps(command)
    def called(*args: Any, data_dir: Path | None, exercise: bool | None, **more: Any) -> Any:
        return command(*args, where=Where(data_dir, exercise or None), **more)

    folder = click.Path(file_okay=False, path_type=Path)
    called = click.option("--data-dir", type=folder, help="The desk's folder.")(called)
    return click.option("--exercise", is_flag=True, help="The desk is an exercise's.")(called)


by = click.option("--by", required=True, metavar="NAME", help="Who decides.")
as_json = click.option("--json", "plain", is_flag=True, help="Print JSON.")
at = click.option("--now", "moment", metavar="TIME", help="Decide as of this time (ISO 8601).")


def now_or(moment: str | None) -> datetime:
    """The time that `--now` gave, else the clock's; raises UsageError."""
    return when.moment(moment, "--now")


def counted(count: int, noun: str) -> str:
    """ "1 site", "2,000 sites"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def echo_json(value: object) -> None:
    """Print a noun, or a list of them, as JSON."""
    import json

    from farwatch.model.codec import to_plain

    click.echo(json.dumps(to_plain(value), ensure_ascii=False, indent=2))
