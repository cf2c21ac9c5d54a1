"""Collect: recorded files and live feeds into the desk, under each source's terms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from farwatch.collect import archive
from farwatch.collect.gate import permit
from farwatch.collect.guess import NO_READER
from farwatch.desk.collecting import Taken, take
from farwatch.desk.opening import Desk
from farwatch.desk.switching import as_switched, switches
from farwatch.errors import TermsError, UnreadableFeed
from farwatch.model.document import Document
from farwatch.model.terms import Source


@dataclass
class Gathered:
    """What a collection brought: by document, what nobody reads, and who was refused why."""

    taken: list[Taken] = field(default_factory=list)
    unread: list[UnreadableFeed] = field(default_factory=list)
    unreadable: list[UnreadableFeed] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    failed: list[tuple[str, str]] = field(default_factory=list)  # live sources, and why


def permitted(desk: Desk, now: datetime) -> tuple[list[Source], dict[str, str]]:
    """The sources that may be collected, and why each other one may not."""
    settings, refused, allowed = desk.settings, {}, []
    wanted = {name.strip() for name in settings.sources.split(",") if name.strip()}
    with desk.database.read() as conn:
        switched = switches(conn)
    for name, known in sorted(desk.sources.items()):
        source = as_switched(known, switched)
        if wanted and name not in wanted:
            continue
        try:
            permit(source, settings.jurisdiction, settings.non_commercial, now.date())
        except TermsError as error:
            refused[name] = str(error)
        else:
            allowed.append(source)
    for name in wanted.difference(desk.sources):
        refused[name] = f"setting sources names {name!r}, which is no source: see farwatch sources"
    return allowed, refused


def gather(
    desk: Desk, paths: list[Path], now: datetime, told: Callable[[Taken], None] = lambda _: None
) -> Gathered:
    """Take in recorded files and folders; a refused source's files are named, not read.

    Recorded files are guessed among all sources, those disabled for live use as well: reading a
    file that one has is the user's own act, but terms that do not allow it still refuse it.
    """
    out = Gathered()
    for found in _found(desk, paths, now):
        if isinstance(found, UnreadableFeed):
            (out.unread if found.reason == NO_READER else out.unreadable).append(found)
            continue
        if found.source.id in out.refused:
            continue
        try:
            may_read(desk, found.source, now)
        except TermsError as error:
            out.refused[found.source.id] = str(error)
            continue
        taken = take(desk, found)
        out.taken.append(taken)
        told(taken)
    return out


def _found(desk: Desk, paths: list[Path], now: datetime) -> Iterator[Document | UnreadableFeed]:
    for path in paths:
        yield from archive.documents(path, desk.sources, now)


def may_read(desk: Desk, source: Source, now: datetime) -> None:
    """Raise TermsError unless a file of `source` may be read, be it enabled for live use or not."""
    settings = desk.settings
    on = replace(source, enabled=True)
    permit(on, settings.jurisdiction, settings.non_commercial, now.date())
