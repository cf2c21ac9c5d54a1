"""Collect: recorded files and live feeds into the desk, under each source's terms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from farwatch.collect import archive, folder
from farwatch.collect.fetch import Fetched, Fetcher, Validators
from farwatch.collect.gate import permit
from farwatch.collect.guess import NO_READER
from farwatch.desk.collecting import Place, Taken, take, unreachable
from farwatch.desk.opening import Desk
from farwatch.errors import FetchError, TermsError, UnreadableFeed
from farwatch.model.codec import from_plain, to_plain
from farwatch.model.document import Document
from farwatch.model.terms import Source
from farwatch.store import reports


@dataclass
class Gathered:
    """What a collection brought: by document, what nobody reads, and who was refused why."""

    taken: list[Taken] = field(default_factory=list)
    unread: list[UnreadableFeed] = field(default_factory=list)
    unreadable: list[UnreadableFeed] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def permitted(desk: Desk, now: datetime) -> tuple[list[Source], dict[str, str]]:
    """The sources that may be collected, and why each other one may not."""
    settings, refused, allowed = desk.settings, {}, []
    wanted = {name.strip() for name in settings.sources.split(",") if name.strip()}
    for name, source in sorted(desk.sources.items()):
        if wanted and name not in wanted:
            continue
        try:
            permit(source, settings.jurisdiction, settings.non_commercial, now.date())
        except TermsError as error:
            refused[name] = str(error)
        else:
            allowed.append(source)
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
            _may_read(desk, found.source, now)
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


def _may_read(desk: Desk, source: Source, now: datetime) -> None:
    from dataclasses import replace

    settings = desk.settings
    on = replace(source, enabled=True)
    permit(on, settings.jurisdiction, settings.non_commercial, now.date())


@dataclass
class Poller:
    """Fetches live sources when they are due, and files dropped into a folder."""

    desk: Desk
    fetcher: Fetcher
    hear: Callable[[Document, Place | None], Taken]
    fail: Callable[[str, datetime, str], None]
    drop: Path | None = None
    due: dict[str, float] = field(default_factory=dict)
    dropped: folder.FolderState = field(default_factory=folder.FolderState)

    def poll(self, now: datetime) -> int:
        """Fetch every source that is due at `now`; returns how many documents came."""
        came = 0
        for source in permitted(self.desk, now)[0]:
            stamp = now.timestamp()
            if source.urls and self.due.get(source.id, 0.0) <= stamp:
                self.due[source.id] = stamp + source.limits.every_seconds
                came += sum(self._fetch(source, url, set()) for url in source.urls)
        return came + (self._dropped(now) if self.drop else 0)

    def _fetch(self, source: Source, url: str, seen: set[str]) -> int:
        """One address and what it leads to; a failure is kept, the others go on."""
        seen.add(url)
        with self.desk.database.read() as conn:
            known = reports.cursor(conn, f"fetch:{url}")
        try:
            validators = from_plain(Validators, known) if known else None
            fetched = self.fetcher.fetch(url, source.limits, validators)
        except FetchError as error:
            self.fail(source.id, _now(), str(error))
            return 0
        if fetched.data is None:
            return 0
        return self._take(source, url, fetched, seen)

    def _take(self, source: Source, url: str, fetched: Fetched, seen: set[str]) -> int:
        came = 0
        assert fetched.data is not None  # noqa: S101 - the caller looked
        for found in archive.from_bytes(source, url, fetched.data, fetched.received):
            if isinstance(found, UnreadableFeed):
                self.fail(source.id, fetched.received, str(found))
                continue
            taken = self.hear(found, Place(f"fetch:{url}", to_plain(fetched.validators)))
            came += 1
            for follow in taken.follows:
                if follow.url not in seen:
                    came += self._fetch(source, follow.url, seen)
        return came

    def _dropped(self, now: datetime) -> int:
        assert self.drop is not None  # noqa: S101 - the caller looked
        self.dropped, paths = folder.poll(self.drop, self.dropped, now)
        came = 0
        for path in paths:
            for found in archive.documents(path, self.desk.sources, now):
                if isinstance(found, Document):
                    self.hear(found, None)
                    came += 1
        return came


def _now() -> datetime:
    from datetime import UTC

    return datetime.now(UTC)


def failed(desk: Desk) -> Callable[[str, datetime, str], None]:
    """What to do where only collecting goes on: keep the failure."""
    return lambda source, at, why: unreachable(desk, source, at, why)
