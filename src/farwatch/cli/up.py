"""`farwatch up`: the console, the watch beside it; `farwatch worker`: the watch alone."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farwatch.cli.desk_options import Where, of_a_desk
from farwatch.errors import UsageError

if TYPE_CHECKING:
    from farwatch.desk.opening import Desk
    from farwatch.desk.running import Part
    from farwatch.settings import Settings

_folder = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option("--web-only", is_flag=True, help="Pages and API alone: a worker runs elsewhere.")
@click.option(
    "--replay", "folder", metavar="FOLDER", type=click.Path(path_type=Path, exists=True),
    help="Run a replay folder's exercise beside the console.",
)  # fmt: skip
@click.option("--speed", type=click.FloatRange(min=0), default=60.0, show_default=True,
              help="Times real time in a replay; 0 is as fast as it goes.")  # fmt: skip
@click.option("--drop", metavar="FOLDER", type=_folder, help="Also read files dropped there.")
@of_a_desk
def up(
    *, web_only: bool, folder: Path | None, speed: float, drop: Path | None, where: Where
) -> None:
    """Serve the desk's console and API, and run its watch, until stopped."""
    from farwatch.desk.running import beside
    from farwatch.web.serving import serve

    if web_only and (folder or drop):
        raise UsageError("--web-only runs no watch: leave --replay and --drop to the worker")
    _end_on_sigterm()
    with _opened(where, folder) as desk:
        parts = _parts(desk, folder, speed, drop)
        with nullcontext() if web_only else beside(desk, parts):
            serve(desk, lambda line: click.echo(line, err=True))


@click.command()
@click.option("--drop", metavar="FOLDER", type=_folder, help="Also read files dropped there.")
@of_a_desk
def worker(drop: Path | None, where: Where) -> None:
    """Run the watch and hand over, without pages; of several one works and the others stand by."""
    import signal

    from farwatch.desk.running import Worker

    with _opened(where, None) as desk:
        running = Worker(desk, _parts(desk, None, 0.0, drop))

        def leave(*_: Any) -> None:
            running.stop.set()

        signal.signal(signal.SIGTERM, leave)
        signal.signal(signal.SIGINT, leave)
        click.echo("the worker is up; the first of a desk's workers leads", err=True)
        running.run()


def _parts(desk: Desk, folder: Path | None, speed: float, drop: Path | None) -> list[Part]:
    """What runs beside the pages. An exercise desk hears nothing but a replay."""
    from farwatch.desk import running

    parts = [running.delivery(), running.webhooks()]
    if folder is not None:
        return [running.replayed(folder, speed), *parts]
    return parts if desk.settings.exercise else [running.live(drop), *parts]


def _opened(where: Where, folder: Path | None) -> AbstractContextManager[Desk]:
    """The desk; for a replay the one it runs on."""
    from farwatch.cli.watch import open_replay

    if folder is None:
        return where.open()
    return open_replay(_for_replay(where, folder), folder)


def _for_replay(where: Where, folder: Path) -> Settings:
    """An exercise desk's settings as they are; else the replay's own desk, which has the addresses
    of this one's pages and none of its channels."""
    from farwatch.cli.watch import replay_settings

    told = where.settings()
    if told.exercise:
        return told
    own = replay_settings(told, folder, where.data_dir)
    pages = ("listen", "public_url", "timezone")
    return replace(own, **{name: getattr(told, name) for name in pages})


def _end_on_sigterm() -> None:
    """Leave by the same way as at the end: what runs beside the pages finishes its step."""
    import signal

    def leave(*_: Any) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
