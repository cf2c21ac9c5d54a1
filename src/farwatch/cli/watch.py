"""`farwatch watch`: everything, continuously; or a replay of recorded feeds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from farwatch.cli.desk_options import as_json
from farwatch.errors import UsageError

if TYPE_CHECKING:
    from rich.live import Live

    from farwatch.desk.opening import Desk
    from farwatch.desk.watching import Seen, Watch
    from farwatch.settings import Settings


@click.command()
@click.option(
    "--replay",
    "folder",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Run over a replay folder instead of live feeds.",
)
@click.option(
    "--speed",
    type=click.FloatRange(min=0),
    default=0.0,
    show_default=True,
    help="Times real time in a replay; 0 is as fast as it goes.",
)
@click.option(
    "--drop",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
    help="Also read files dropped into this folder.",
)
@click.option("--once", is_flag=True, help="One round of the live sources, then stop.")
@click.option("--data-dir", type=click.Path(path_type=Path, file_okay=False))
@as_json
def watch(
    *,
    folder: Path | None,
    speed: float,
    drop: Path | None,
    once: bool,
    data_dir: Path | None,
    plain: bool,
) -> None:
    """Read feeds, keep events, screen sites and raise alerts until stopped.

    A watch that was killed goes on where it stood. With --json each alert is a line.
    """
    from farwatch import settings

    told = settings.load({"data_dir": data_dir})
    if folder is not None:
        _replay(replay_settings(told, folder, data_dir), folder, speed, plain=plain)
    else:
        _live(told, drop, once=once, plain=plain)


def replay_settings(settings: Settings, folder: Path, data_dir: Path | None) -> Settings:
    """An exercise runs on a desk of its own, in the replay folder unless told where.

    Raises UsageError for a folder that is none of a replay.
    """
    from farwatch.desk.exercising import exercise_settings
    from farwatch.desk.watching import read_replay

    if not (folder / "feeds").is_dir():
        raise UsageError(f"{str(folder)!r} is no replay folder: it has no feeds/")
    if (folder / "replay.yaml").is_file() and read_replay(folder).exercise:
        own = exercise_settings(folder)
        return replace(own, data_dir=data_dir.absolute()) if data_dir else own
    return settings


def _replay(settings: Settings, folder: Path, speed: float, *, plain: bool) -> None:
    from farwatch.desk.watching import replay

    with open_replay(settings, folder) as desk:
        _shown(desk, lambda running: replay(running, folder, speed), plain=plain)


@contextmanager
def open_replay(settings: Settings, folder: Path) -> Iterator[Desk]:
    """The desk that a replay runs on, with the replay's sources and sites."""
    import shutil

    from farwatch.desk.exercising import import_listed
    from farwatch.desk.opening import open_desk

    if settings.exercise and (folder / "sources").is_dir():
        own = settings.data_dir / "sources"
        shutil.copytree(folder / "sources", own, dirs_exist_ok=True)
    with open_desk(settings, None if settings.exercise else folder / "sources") as desk:
        if (folder / "sites.csv").is_file():
            import_listed(desk, folder / "sites.csv")
        yield desk


def _live(settings: Settings, drop: Path | None, *, once: bool, plain: bool) -> None:
    import time

    from farwatch.desk.opening import open_desk
    from farwatch.desk.running import follow

    def run(running: Watch) -> None:
        follow(running, drop, time.sleep, once=once)

    with open_desk(settings) as desk:
        _shown(desk, run, plain=plain)


def _shown(desk: Desk, run: Callable[[Watch], Any], *, plain: bool) -> None:
    """Run with the live view on a terminal, else with a line an alert."""
    from farwatch.desk.running import leading

    with leading(desk):
        _told(desk, run, plain=plain)


def _told(desk: Desk, run: Callable[[Watch], Any], *, plain: bool) -> None:
    import sys

    from farwatch.desk.delivering import channels_of
    from farwatch.desk.watching import Watch

    channels = channels_of(desk)
    if plain or not sys.stdout.isatty():
        channels["terminal"] = _quiet(desk)
        running = Watch(desk, channels, _lines(plain=plain))
        run(running)
        click.echo(_end(running.seen, plain=plain))
        return
    from rich.live import Live

    channels["terminal"] = _quiet(desk)
    with Live(refresh_per_second=4) as live:
        running = Watch(desk, channels, board(desk.settings, live))
        run(running)
    click.echo(_end(running.seen, plain=False))


def _quiet(desk: Desk) -> Any:
    """The view, or the lines, are this terminal's way of handing over."""
    import io

    from farwatch.channels.terminal import Terminal

    return Terminal(io.StringIO(), exercise=desk.settings.exercise)


def _lines(*, plain: bool) -> Callable[[Seen], None]:
    from farwatch.cli.view import plain_line
    from farwatch.model.codec import to_plain

    shown = 0

    def told(seen: Seen) -> None:
        nonlocal shown
        fresh = seen.counts["alerts"] - shown
        for alert in seen.alerts[len(seen.alerts) - fresh :] if fresh else ():
            line = json.dumps(to_plain(alert), ensure_ascii=False) if plain else plain_line(alert)
            click.echo(line)
        shown = seen.counts["alerts"]

    return told


def board(settings: Settings, live: Live) -> Callable[[Seen], None]:
    """Draw the watch on a terminal, at most four times a second."""
    import time

    from farwatch.cli.view import Board, Feed, render

    drawn = 0.0

    def told(seen: Seen) -> None:
        nonlocal drawn
        if time.monotonic() - drawn < 0.25 or seen.now is None:
            return
        drawn = time.monotonic()
        feeds = [
            Feed(name, "failing" if t.failed else "ok", t.at, t.new + t.versions,
                 len(t.rejected), t.failed)
            for name, t in sorted(seen.feeds.items())
        ]  # fmt: skip
        newest = list({alert.key: alert for alert in seen.alerts}.values())[::-1]
        rows = max(2, (live.console.height - 14) // 4)
        shown = Board(
            feeds, seen.events[::-1], newest, seen.now, settings.exercise, dict(seen.counts), rows
        )
        live.update(render(shown))

    return told


def _end(seen: Seen, *, plain: bool) -> str:
    if plain:
        return json.dumps({"counts": dict(seen.counts)})
    counted = ", ".join(f"{count:,} {name}" for name, count in seen.counts.items() if count)
    return f"the watch ended: {counted or 'nothing was heard'}"
