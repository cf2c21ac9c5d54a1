"""A running desk into one file: its database at one moment, its lake, its sources and rules.

    manifest.json            what is in the archive, each with its SHA-256, and the audit's head
    tables/<name>.jsonl      every row (`store.dump`)
    lake/<table>/...         the files of one version of each Delta table
    sources/*.yaml, rules/*  what this desk was told in files

The database is read first: what moves to the lake in between stands in both, and the mover passes
over it afterwards, as after a kill.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from farwatch import __version__
from farwatch.desk.opening import Desk
from farwatch.errors import StoreError, UsageError
from farwatch.model.codec import to_plain
from farwatch.store import audit, dump
from farwatch.store.audit import Decision

FORMAT = 1
MANIFEST = "manifest.json"
_PACKED = 3  # gzip's level: a third of the time of the usual one, and little larger


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the archive; `rows` of a table."""

    sha256: str
    size: int
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself."""

    format: int
    made: datetime
    by: str
    version: str
    organisation: str
    exercise: bool
    revision: str
    audit_head: str
    audit_entries: int
    counters: Mapping[str, int]
    lake: Mapping[str, int]  # table -> version
    members: Mapping[str, Member]


def back_up(desk: Desk, target: Path, by: str, now: datetime, *, lake: bool = True) -> Manifest:
    """Write the archive; nothing of the desk waits for it. Raises UsageError where the file stands
    already, StoreError for a lake that is not in a folder."""
    if target.exists():
        raise UsageError(f"{str(target)!r} is there already; a backup overwrites nothing")
    if lake and not desk.lake.local:
        raise StoreError(
            f"lake {desk.lake.where} is not in a folder: let its store keep versions, and back up "
            "the rest with --no-lake"
        )
    with desk.database.begin() as conn:
        what = Decision("backup", by, "desk", now, {"file": target.name, "lake": lake})
        audit.append(conn, what)
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".farwatch-backup-", dir=target.parent))
    try:
        manifest = _gathered(desk, folder, by, now, lake=lake)
        plain = json.dumps(to_plain(manifest), indent=1)
        (folder / MANIFEST).write_text(plain, encoding="utf-8")
        _pack(folder, manifest, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return manifest


def last(desk: Desk) -> Decision | None:
    """When the last backup was begun, by whom, into which file; None: never."""
    with desk.database.read() as conn:
        found = audit.latest(conn, "backup")
    return None if found is None else found.decision


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _gathered(desk: Desk, folder: Path, by: str, now: datetime, *, lake: bool) -> Manifest:
    """Everything that goes into the archive, in a folder."""
    rows: dict[str, int] = {}
    (folder / "tables").mkdir()
    with dump.snapshot(desk.database) as conn:
        for table in dump.tables():
            rows[f"tables/{table}.jsonl"] = _write(folder / "tables" / f"{table}.jsonl",
                                                   dump.lines(conn, table))  # fmt: skip
        head, entries = audit.head(conn), audit.verify(conn)
        counters = dump.counters(conn)
    revision = desk.database.revision()
    versions = desk.lake.freeze(folder / "lake") if lake else {}
    _files(desk, folder)
    members = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        members[name] = Member(digest_of(path), path.stat().st_size, rows.get(name))
    return Manifest(
        FORMAT, now, by, __version__, desk.settings.organisation, desk.settings.exercise,
        str(revision), head, entries, counters, versions, members,
    )  # fmt: skip


def _write(path: Path, lines: Any) -> int:
    count = 0
    with path.open("w", encoding="ascii") as handle:
        for line in lines:
            handle.write(line + "\n")
            count += 1
    return count


def _files(desk: Desk, folder: Path) -> None:
    """The desk's own sources and rules."""
    settings = desk.settings
    told = [Path(settings.sources_dir)] if settings.sources_dir else []
    for own in (settings.data_dir / "sources", *told):
        for path in sorted(own.glob("*.yaml")) if own.is_dir() else ():
            (folder / "sources").mkdir(exist_ok=True)
            shutil.copyfile(path, folder / "sources" / path.name)
    if settings.rules_file:
        (folder / "rules").mkdir()
        shutil.copyfile(settings.rules_file, folder / "rules" / "rules.yaml")


def _pack(folder: Path, manifest: Manifest, target: Path) -> None:
    """One archive, the manifest first; under its name only once it is whole, and its owner's alone:
    it holds what accounts are proved by."""
    packed = folder / "packed"
    opener = os.open(packed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opener, "wb") as handle:
        with tarfile.open(fileobj=handle, mode="w:gz", compresslevel=_PACKED) as archive:
            for name in (MANIFEST, *manifest.members):
                archive.add(folder / name, name, recursive=False, filter=_anonymous)
        handle.flush()
        os.fsync(handle.fileno())
    try:
        os.link(packed, target)
    except FileExistsError as error:
        raise UsageError(f"{str(target)!r} is there already") from error
    except OSError:  # a file system without hard links
        shutil.move(packed, target)
    with contextlib.suppress(OSError):
        target.chmod(0o600)


def _anonymous(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o600
    return info
