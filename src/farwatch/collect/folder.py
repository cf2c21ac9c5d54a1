"""Folder watcher: each settled file once by its content; nothing is moved, nothing deleted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from farwatch.errors import FetchError

SETTLE = timedelta(seconds=2)
_UNFINISHED = (".part", ".tmp", ".crdownload", ".swp", "~")


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A file as it looked when first seen so: size in bytes, modification in nanoseconds."""

    size: int
    modified: int
    since: datetime
    given: bool = False


@dataclass(frozen=True, slots=True)
class FolderState:
    """What a watcher remembers between polls; plain JSON through `model.codec`.

    `glimpses` by path below the folder, `digests` the content of every file given out so far.
    """

    glimpses: Mapping[str, Glimpse] = field(default_factory=dict)
    digests: frozenset[str] = frozenset()


def poll(
    folder: Path, state: FolderState, now: datetime, settle: timedelta = SETTLE
) -> tuple[FolderState, tuple[Path, ...]]:
    """Look once: the files that are new and settled, by name.

    A file is settled when its size and modification time have been the same for `settle` between
    two polls. It is given out once for its content, under whatever name; changed content is given
    out again. Hidden and unfinished names (`.part`, `.tmp`, ...) and symbolic links wait. Keep the
    new state only once the files are accepted: a lost state gives them out again. Raises FetchError
    if the folder cannot be read.
    """
    glimpses: dict[str, Glimpse] = {}
    digests = set(state.digests)
    ready: list[Path] = []
    for path in _candidates(folder):
        name = path.relative_to(folder).as_posix()
        glimpse = _look(path, state.glimpses.get(name), now)
        if glimpse is None:
            continue
        if not glimpse.given and now - glimpse.since >= settle:
            digest = _digest(path)
            if digest is None or _look(path, glimpse, now) != glimpse:
                glimpses[name] = glimpse  # changed or vanished under our eyes: next poll tells
                continue
            if digest not in digests:
                digests.add(digest)
                ready.append(path)
            glimpse = Glimpse(glimpse.size, glimpse.modified, glimpse.since, given=True)
        glimpses[name] = glimpse
    return FolderState(glimpses, frozenset(digests)), tuple(ready)


def _candidates(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise FetchError(f"folder {str(folder)!r} does not exist")
    try:
        paths = sorted(folder.rglob("*"))
    except OSError as error:
        raise FetchError(f"folder {str(folder)!r} cannot be read: {error.strerror}") from error
    for path in paths:
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") for part in parts)
        if not hidden and not path.name.endswith(_UNFINISHED) and not path.is_symlink():
            yield path


def _look(path: Path, before: Glimpse | None, now: datetime) -> Glimpse | None:
    try:
        if not path.is_file():
            return None
        status = path.stat()
    except OSError:  # it went away between listing and looking
        return None
    if before and (before.size, before.modified) == (status.st_size, status.st_mtime_ns):
        return before
    return Glimpse(status.st_size, status.st_mtime_ns, now)


def _digest(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "blake2b").hexdigest()
    except OSError:  # not readable yet, or gone: looked at again by the next poll
        return None
