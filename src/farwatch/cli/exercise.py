"""`farwatch exercise` and `farwatch demo`: a made world, watched and scored."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from farwatch.cli.desk_options import as_json
from farwatch.errors import UsageError

if TYPE_CHECKING:
    from farwatch.desk.exercising import Ran

_DEMO = "copperbelt_election"


@click.group()
def exercise() -> None:
    """Run seeded exercises against the real feed formats, and score the desk."""


@exercise.command("list")
def listed() -> None:
    """List the scenarios."""
    from farwatch.exercise import scenario

    for name in scenario.names():
        outline = scenario.load(name)
        click.echo(f"{name:<22}{outline.days:>4} days  {outline.title}")


@exercise.command("build")
@click.argument("scenario_name", metavar="SCENARIO")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--seed", type=int, help="Another world of the same outline.")
def build(scenario_name: str, folder: Path, seed: int | None) -> None:
    """Write a scenario's replay folder without running it."""
    from farwatch.exercise import scenario, world

    world.build(scenario.load(scenario_name), seed, folder)
    click.echo(f"{folder}: run it with `farwatch watch --replay {folder}`")


@exercise.command("run")
@click.argument("scenario_name", metavar="SCENARIO")
@click.option("--seed", type=int, help="Another world of the same outline.")
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep the world and the desk in this folder.",
)
@click.option(
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw the map here (.png or .svg).",
)
@as_json
def run(
    *, scenario_name: str, seed: int | None, keep: Path | None, picture: Path | None, plain: bool
) -> None:
    """Make SCENARIO's world, run the watch over it, and score it."""
    if picture is not None:
        _check_picture(picture)
    with _kept(keep) as folder:
        ran = _run(scenario_name, seed, folder)
        if picture is not None:
            ran.draw(picture)
        _print(ran, keep, picture, plain=plain)


def _check_picture(picture: Path) -> None:
    """Before the run rather than after it; raises UsageError, OSError."""
    if picture.suffix.lower() not in (".png", ".svg"):
        raise UsageError(f"--picture {str(picture)!r} ends in neither .png nor .svg")
    picture.open("ab").close()


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("farwatch-demo"),
    show_default=True,
    help="Where the demo is kept.",
)
def demo(folder: Path) -> None:
    """Run the main job to its end on an exercise world: a summary and a picture."""
    import shutil

    if (folder / "replay.yaml").is_file():
        shutil.rmtree(folder)
    ran = _run(_DEMO, None, folder)
    picture = folder / "map.png"
    ran.draw(picture)
    ran.draw(folder / "map.svg")
    _print(ran, folder, picture, plain=False)


@contextmanager
def _kept(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="farwatch-exercise-") as folder:
        yield Path(folder)


def _run(scenario_name: str, seed: int | None, folder: Path) -> Ran:
    from farwatch.desk.exercising import exercise_run

    if not sys.stdout.isatty():
        return exercise_run(scenario_name, seed, folder)
    from rich.live import Live

    from farwatch.cli.watch import board
    from farwatch.desk.exercising import shown_desk

    with Live(refresh_per_second=4, transient=True) as live:
        return exercise_run(scenario_name, seed, folder, board(shown_desk(folder), live))


def _print(ran: Ran, keep: Path | None, picture: Path | None, *, plain: bool) -> None:
    from rich.console import Console

    from farwatch.cli.summary import Run, summary
    from farwatch.model.codec import to_plain

    if plain:
        click.echo(json.dumps(
            {"scenario": ran.outline.name, "seed": ran.seed, "counts": dict(ran.counts),
             "findings": to_plain(ran.findings)}, indent=1, ensure_ascii=False))  # fmt: skip
        return
    shown = Run(
        ran.outline.name, ran.outline.title, ran.seed, ran.outline.start, ran.outline.end,
        ran.sites, ran.alerts, ran.seconds, picture, keep,
    )  # fmt: skip
    Console().print(summary(ran.findings, ran.counts, shown))
