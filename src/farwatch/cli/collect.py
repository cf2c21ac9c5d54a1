"""`farwatch collect`: recorded files, or live feeds once, into the desk."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from farwatch.cli.desk_options import Where, as_json, now_or, of_a_desk
from farwatch.errors import InputError, TermsError

if TYPE_CHECKING:
    from farwatch.desk.collecting import Taken
    from farwatch.desk.gathering import Gathered
    from farwatch.desk.opening import Desk
    from farwatch.desk.watching import Seen

_SAY_EVERY_S = 2.0


@click.command()
@click.argument("paths", metavar="[FILE|FOLDER]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--brief", is_flag=True, help="Count rejected records instead of naming each.")
@click.option("--now", "moment", metavar="TIME", help="When undated files were received.")
@as_json
@of_a_desk
def collect(
    paths: tuple[Path, ...], *, where: Where, brief: bool, moment: str | None, plain: bool
) -> None:
    """Read feeds into the desk, once: the files given, or else every live source that may be read.

    The source of a file is guessed from its name and first bytes. Every rejected record is named
    with its reason and kept; reading the same again adds nothing.
    """
    from farwatch.desk.gathering import gather
    from farwatch.desk.watching import Watch

    with where.open() as desk:
        now = now_or(moment)
        gathered = gather(desk, list(paths), now) if paths else _live(desk)
        watch = Watch(desk, {}, _progress(desk))
        changed = watch.catch_up()
        watch.move(now)
        if plain:
            _print_json(gathered, changed)
        else:
            _print(gathered, changed, brief=brief)
    _complain(paths, gathered)


def _progress(desk: Desk) -> Callable[[Seen], None]:
    """On a terminal, say every two seconds how much still waits to be understood."""
    import sys
    import time

    from farwatch.store import inbox

    said = time.monotonic()

    def told(_: Seen) -> None:
        nonlocal said
        if not sys.stderr.isatty() or time.monotonic() - said < _SAY_EVERY_S:
            return
        said = time.monotonic()
        with desk.database.read() as conn:
            waiting = inbox.waiting(conn)
        click.echo(f"\r{waiting:,} reports wait to be understood   ", err=True, nl=False)
        if not waiting:
            click.echo("\r", err=True, nl=False)

    return told


def _complain(paths: tuple[Path, ...], gathered: Gathered) -> None:
    """Raise for files named one by one of which nothing could be read; a folder may hold others."""
    named = {str(path) for path in paths if path.is_file()}
    errors = [*gathered.unread, *gathered.unreadable]
    lost = [error.source for error in errors if error.source in named]
    lost += [
        taken.document for taken in gathered.taken if _all_lost(taken) and taken.document in named
    ]
    if lost:
        raise InputError(", ".join(lost), "nothing of it could be read")
    if named and gathered.refused and not gathered.taken:
        raise TermsError(next(iter(gathered.refused.values())))


def _all_lost(taken: Taken) -> bool:
    """Whether a document gave nothing but rejected records."""
    read = taken.new or taken.versions or taken.unchanged or taken.late or taken.follows
    return bool(taken.failed or (taken.rejected and not read))


def _live(desk: Desk) -> Gathered:
    """Every permitted live source, fetched once."""
    from datetime import UTC, datetime

    from farwatch.collect.fetch import Fetcher
    from farwatch.desk.collecting import take, unreachable
    from farwatch.desk.gathering import Gathered, permitted
    from farwatch.desk.polling import Poller

    out = Gathered()

    def hear(document: object, place: object) -> Taken:
        taken = take(desk, document, place)  # type: ignore[arg-type]
        out.taken.append(taken)
        return taken

    def fail(source: str, at: datetime, why: str) -> None:
        unreachable(desk, source, at, why)
        out.failed.append((source, why))

    now = datetime.now(UTC)
    out.refused = permitted(desk, now)[1]
    with Fetcher(contact=desk.settings.contact) as fetcher:
        poller = Poller(desk, fetcher, hear, fail)
        poller.poll(now)
        poller.drain(now)
    return out


_COUNTED = ("documents", "new", "versions", "unchanged", "withdrawn", "reinstated", "rejected")


def _totals(gathered: Gathered) -> dict[str, Counter[str]]:
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for taken in gathered.taken:
        count = totals[taken.source]
        count["documents"] += 1
        for name in ("new", "versions", "unchanged"):
            count[name] += getattr(taken, name)
        for name in ("withdrawn", "reinstated", "rejected"):
            count[name] += len(getattr(taken, name))
    return dict(sorted(totals.items()))


def _print_json(gathered: Gathered, changed: int) -> None:
    import json

    click.echo(
        json.dumps(
            {
                "sources": {name: dict(count) for name, count in _totals(gathered).items()},
                "events_changed": changed,
                "rejected": [str(e) for taken in gathered.taken for e in taken.rejected],
                "unreadable": [str(error) for error in gathered.unreadable],
                "unread": [str(error) for error in gathered.unread],
                "refused": gathered.refused,
                "failed": [{"source": name, "reason": why} for name, why in gathered.failed],
            },
            ensure_ascii=False,
            indent=1,
        )
    )


def _print(gathered: Gathered, changed: int, *, brief: bool) -> None:
    if not brief:
        for taken in gathered.taken:
            for error in taken.rejected:
                click.echo(f"rejected: {error}", err=True)
    _print_wrong(gathered)
    for archive, count in _unread(gathered).items():
        click.echo(f"no source reads this: {archive}" + (f" ({count} members)" * (count > 1)))
    click.echo(f"{'source':<22}" + "".join(f"{word:>12}" for word in _COUNTED))
    for name, counted in _totals(gathered).items():
        click.echo(f"{name:<22}" + "".join(f"{counted[word]:>12,}" for word in _COUNTED))
    click.echo(f"{changed:,} events are new or changed")


def _print_wrong(gathered: Gathered) -> None:
    for unreadable in gathered.unreadable:
        click.echo(f"unreadable: {unreadable}", err=True)
    for name, why in sorted(gathered.refused.items()):
        click.echo(f"refused: {name}: {why}", err=True)
    for name, why in gathered.failed:
        click.echo(f"failed: {name}: {why}", err=True)


def _unread(gathered: Gathered) -> Counter[str]:
    return Counter(error.source.partition("!")[0] for error in gathered.unread)
