"""`farwatch world`: compile the facts of the earth."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def world() -> None:
    """Compile the gazetteer and borders that every command reads."""


@world.command()
@click.option("--target", type=click.Path(path_type=Path), help="Folder; default: the package's.")
def build(target: Path | None) -> None:
    """Compile installed packages' tables into memory-mapped files."""
    from farwatch.world.build import build as compile_world
    from farwatch.world.gazetteer import BUILT

    counts = compile_world(target or BUILT)
    for what, count in counts.items():
        click.echo(f"{count:>9,} {what}")
