"""Recorded files: a file or folder as Documents, each with its source and the time it was received.

Opened: plain files, `.gz` (also when the name does not say so), `.zip` of feeds, `.tar` and
`.tar.gz` (each member a file), histories (`{"commit", "time", "data"}` a line, each a snapshot
received at its time), and replay folders. A file is never skipped in silence: what no source reads
comes out as an UnreadableFeed that says so.

The time received is the one that the name states (`20180326044500.export.CSV`, `2026-05-18T180416
p0530_89536ad.geojson`, `20260601T120000Z-2.xml`), else `now`; a stated time that cannot be read is
an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from farwatch.collect.guess import HEAD_BYTES, NO_READER, choose
from farwatch.collect.named_times import stated_time
from farwatch.collect.unpack import MAX_BYTES, Packed, lines_of, opened
from farwatch.errors import UnreadableFeed
from farwatch.model.document import Document
from farwatch.model.terms import Source
from farwatch.model.times import parse_utc

Found = Document | UnreadableFeed

HISTORY_KEYS = {"time", "data"}


def documents(path: Path, sources: Mapping[str, Source], now: datetime) -> Iterator[Found]:
    """Every document of a file or folder, or the reason why one is not read.

    A replay folder (it holds `feeds/`) is read in the order of the times received, source by id
    where times are equal; anything else by name, a history in the order of its lines. Raises
    UnreadableFeed if `path` is neither.
    """
    if path.is_dir() and (path / "feeds").is_dir():
        yield from _replay(path, sources)
    elif path.is_dir():
        for file in sorted(path.rglob("*"), key=lambda file: file.relative_to(path).parts):
            if file.is_symlink():
                yield UnreadableFeed(str(file), "is a symbolic link, which is not followed")
            elif file.is_file():
                yield from _file(file, sources, now)
            elif not file.is_dir():
                yield UnreadableFeed(str(file), "is no plain file")
    elif path.is_file():
        yield from _file(path, sources, now)
    else:
        raise UnreadableFeed(str(path), "is no file or folder")


def from_bytes(source: Source, name: str, data: bytes, received: datetime) -> Iterator[Found]:
    """The documents of one fetched answer: itself, or what its gzip, zip or tar holds."""
    try:
        packed = Packed.of_bytes(name, data)
        yield from _of_source(source, packed, source.limits.max_bytes, received)
    except UnreadableFeed as error:
        yield error


def _file(file: Path, sources: Mapping[str, Source], now: datetime) -> Iterator[Found]:
    try:
        for packed in opened(Packed.of_file(file), MAX_BYTES):
            if isinstance(packed, UnreadableFeed):
                yield packed
            else:
                yield from _one(packed, sources, now)
    except UnreadableFeed as error:
        yield error


def _one(packed: Packed, sources: Mapping[str, Source], now: datetime) -> Iterator[Found]:
    try:
        head = packed.head(HEAD_BYTES)
        if _is_history(head):
            yield from _history(packed, sources)
            return
        source = choose(packed.name, head, sources)
        received = stated_time(packed.name) or now
        yield Document(source, packed.name, packed.read(), received)
    except UnreadableFeed as error:
        yield error


def _is_history(head: bytes) -> bool:
    """Whether the first line begins like `{"commit": ..., "time": ..., "data": `."""
    start = head[:400]
    return start.lstrip().startswith(b"{") and b'"commit"' in start and b'"data"' in start


def _history(packed: Packed, sources: Mapping[str, Source]) -> Iterator[Found]:
    for number, line in enumerate(lines_of(packed), start=1):
        if not line.strip():
            continue
        name = f"{packed.name}!{number}"
        try:
            record = json.loads(line)
            data = record["data"]
            text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
            body = text.encode()
            received = parse_utc(record["time"])
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            yield UnreadableFeed(
                packed.name, f"is no snapshot: {error!r}"[:200], position=f"line {number}"
            )
            continue
        try:
            yield Document(choose(name, body[:HEAD_BYTES], sources), name, body, received)
        except UnreadableFeed as error:
            yield error


def _replay(folder: Path, sources: Mapping[str, Source]) -> Iterator[Found]:
    """feeds/<source id>/<YYYYMMDDTHHMMSSZ>[-n].<ext>, oldest first."""
    timed: list[tuple[tuple[datetime, str, int, str], Path]] = []
    for file in sorted((folder / "feeds").rglob("*")):
        if file.is_dir():
            continue
        try:
            timed.append((_replay_order(folder, file, sources), file))
        except UnreadableFeed as error:
            yield error
    for (received, source, _, _), file in sorted(timed, key=lambda entry: entry[0]):
        yield from _replayed(sources[source], file, received)


def _replay_order(
    folder: Path, file: Path, sources: Mapping[str, Source]
) -> tuple[datetime, str, int, str]:
    parts = file.relative_to(folder / "feeds").parts
    if file.is_symlink() or len(parts) != 2:
        raise UnreadableFeed(str(file), "is not feeds/<source id>/<time>[-n].<ext>")
    if parts[0] not in sources:
        raise UnreadableFeed(str(file), NO_READER, field="source", value=parts[0])
    received = stated_time(file.as_posix())
    if received is None:
        raise UnreadableFeed(
            str(file), "states no time YYYYMMDDTHHMMSSZ", field="name", value=file.name
        )
    _, _, number = file.name.split(".", 1)[0].partition("-")
    return received, parts[0], int(number) if number.isdigit() else 0, file.name


def _replayed(source: Source, file: Path, received: datetime) -> Iterator[Found]:
    try:
        yield from _of_source(source, Packed.of_file(file), MAX_BYTES, received)
    except UnreadableFeed as error:
        yield error


def _of_source(source: Source, packed: Packed, bound: int, received: datetime) -> Iterator[Found]:
    for inner in opened(packed, bound):
        if isinstance(inner, UnreadableFeed):
            yield inner
        else:
            yield Document(source, inner.name, inner.read(), received)


def unread(found: Iterable[Found]) -> list[UnreadableFeed]:
    """Those files that no source reads, apart from those that a source should have."""
    return [e for e in found if isinstance(e, UnreadableFeed) and e.reason == NO_READER]
