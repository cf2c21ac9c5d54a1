"""A backup back onto an empty desk, on either database; it overwrites nothing.

The whole archive is unpacked beside the desk and checked, byte by byte, before anything is made.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from cattrs import BaseValidationError
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from farwatch.desk.backing_up import FORMAT, MANIFEST, Manifest, Member
from farwatch.errors import ExerciseError, InputError, StoreError, UsageError
from farwatch.model.codec import from_plain
from farwatch.settings import Settings
from farwatch.store import audit, dump, search_queue
from farwatch.store.audit import Decision
from farwatch.store.database import REVISIONS, Database
from farwatch.store.lake import Lake

_NAME = re.compile(r"(tables|sources|rules|lake)(/[A-Za-z0-9_.=-]+){1,4}")
_LARGEST_MANIFEST = 64 * 2**20
_TORN = (tarfile.TarError, EOFError, zlib.error, OSError)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and what the settings must now name."""

    manifest: Manifest
    rows: int
    todo: tuple[str, ...]


def restore(settings: Settings, path: Path, by: str, now: datetime) -> Restored:
    """Restore an archive into the desk that the settings name.

    Raises InputError for an archive that is none, cut or changed; UsageError where the desk is not
    empty; ExerciseError where one is an exercise's and the other is not; StoreError for an archive
    of a newer Farwatch.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with unpacked(path, settings.data_dir) as (manifest, folder):
        _check_world(settings, manifest)
        with Database(settings.database) as database:
            _check_empty(settings, database, manifest)
            rows = _load(database, folder, manifest, path)
            with database.begin() as conn:
                search_queue.mark_all(conn)
                details = {
                    "file": path.name,
                    "head": manifest.audit_head,
                    "made": str(manifest.made),
                }
                audit.append(conn, Decision("restore", by, "desk", now, details))
        _move(folder / "lake", Path(settings.lake))
        _move(folder / "sources", settings.data_dir / "sources")
        _move(folder / "rules", settings.data_dir / "rules")
    return Restored(manifest, rows, tuple(_todo(settings)))


@contextmanager
def unpacked(path: Path, beside: Path) -> Iterator[tuple[Manifest, Path]]:
    """The manifest and the checked files of an archive, in a folder that goes afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=".farwatch-restore-", dir=beside))
    try:
        yield _unpack(path, folder), folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(path: Path, folder: Path) -> Manifest:
    if not path.is_file():
        raise UsageError(f"{str(path)!r} is no file")
    try:
        with tarfile.open(path, "r:gz") as archive:
            first = archive.next()
            if first is None or first.name != MANIFEST:
                raise InputError(str(path), "is no backup of a desk: it has no manifest")
            manifest = _manifest(path, archive.extractfile(first))
            left = _members(path, archive, manifest, folder)
            while archive.fileobj and archive.fileobj.read(2**20):
                pass  # to the checksum at the very end
    except _TORN as error:
        raise InputError(str(path), f"is no backup of a desk, or is cut short: {error}") from error
    if left:
        raise InputError(str(path), f"is cut short: {len(left)} files are missing, among them",
                         field="member", value=min(left))  # fmt: skip
    return manifest


def _members(
    path: Path, archive: tarfile.TarFile, manifest: Manifest, folder: Path
) -> dict[str, Member]:
    """Unpack what follows the manifest, each file checked; those that are missing."""
    left = dict(manifest.members)
    for entry in archive:
        if entry.name == MANIFEST:
            continue
        member = left.pop(entry.name, None)
        source = archive.extractfile(entry) if entry.isfile() else None
        if member is None or source is None or not _NAME.fullmatch(entry.name):
            raise InputError(str(path), "holds what its manifest does not name", field="member",
                             value=entry.name)  # fmt: skip
        if _copy(source, folder / entry.name) != member.sha256:
            raise InputError(str(path), "is not as its manifest says", field="member",
                             value=entry.name)  # fmt: skip
    return left


def _manifest(path: Path, source: IO[bytes] | None) -> Manifest:
    try:
        plain = json.loads(source.read(_LARGEST_MANIFEST)) if source else {}
        if plain.get("format") != FORMAT:
            raise StoreError(f"{str(path)!r} is of format {plain.get('format')!r}; this Farwatch "
                             f"reads {FORMAT}")  # fmt: skip
        manifest = from_plain(Manifest, plain)
    except (ValueError, AttributeError, BaseValidationError) as error:
        raise InputError(str(path), f"has a manifest that cannot be read: {error}") from error
    if manifest.revision not in REVISIONS:
        raise StoreError(
            f"{str(path)!r} was made by Farwatch {manifest.version} at {manifest.revision!r}; "
            f"this one knows {REVISIONS[-1]!r}"
        )
    return manifest


def _copy(source: IO[bytes], target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("wb") as handle:
        while part := source.read(2**20):
            digest.update(part)
            handle.write(part)
    return digest.hexdigest()


def _check_world(settings: Settings, manifest: Manifest) -> None:
    if manifest.exercise != settings.exercise:
        kinds = {True: "an exercise's", False: "a real desk's"}
        raise ExerciseError(
            f"the backup is {kinds[manifest.exercise]} and this desk {kinds[settings.exercise]}"
            + ("; give --exercise" if manifest.exercise else "")
        )


def _check_empty(settings: Settings, database: Database, manifest: Manifest) -> None:
    if database.dialect == "sqlite" and database.url.database:
        Path(database.url.database).parent.mkdir(parents=True, exist_ok=True)
    with database.read() as conn:
        taken = dump.holds_anything(conn)
    if taken:
        raise UsageError(f"database {database.shown} is not empty (table {taken}); restore into an "
                         "empty one")  # fmt: skip
    if manifest.lake:
        lake = Lake(settings.lake)
        if not lake.local:
            raise UsageError(f"lake {lake.where} is not in a folder; set lake_url to one")
        if Path(lake.where).is_dir() and any(one.is_dir() for one in Path(lake.where).iterdir()):
            raise UsageError(f"lake {lake.where!r} is not empty; restore into an empty folder")
    for name in ("sources", "rules"):
        if (settings.data_dir / name).exists() and _has(manifest, name):
            raise UsageError(f"{str(settings.data_dir / name)!r} is there already")


def _has(manifest: Manifest, folder: str) -> bool:
    return any(name.startswith(f"{folder}/") for name in manifest.members)


def _load(database: Database, folder: Path, manifest: Manifest, path: Path) -> int:
    """All rows in one transaction, into tables of the archive's own revision; then up to date."""
    if database.revision() != manifest.revision:
        database.migrate(manifest.revision)
    with database.begin() as conn:
        if dump.holds_anything(conn):
            raise UsageError(f"database {database.shown} is not empty any more")
        rows = sum(_table(conn, folder, name, manifest, path) for name in _order(manifest))
        dump.set_counters(conn, manifest.counters)
        found, head = audit.verify(conn), audit.head(conn)
        if (found, head) != (manifest.audit_entries, manifest.audit_head):
            raise InputError(str(path), "has another audit than its manifest says", field="head",
                             value=head)  # fmt: skip
    database.migrate()
    return rows


def _order(manifest: Manifest) -> list[str]:
    names = [name for name in manifest.members if name.startswith("tables/")]
    known = {f"tables/{table}.jsonl": number for number, table in enumerate(dump.tables())}
    return sorted(names, key=lambda name: (known.get(name, -1), name))


def _table(conn: Connection, folder: Path, name: str, manifest: Manifest, path: Path) -> int:
    with (folder / name).open(encoding="ascii") as lines:
        try:
            count = dump.load(conn, Path(name).stem, lines)
        except (SQLAlchemyError, ValueError, KeyError, TypeError) as error:
            why = str(error).splitlines()[0]
            raise InputError(str(path), f"cannot be loaded: {why}", field="member",
                             value=name) from error  # fmt: skip
    if count != manifest.members[name].rows:
        raise InputError(str(path), f"has {count} rows, not {manifest.members[name].rows}",
                         field="member", value=name)  # fmt: skip
    return count


def _move(source: Path, target: Path) -> None:
    if not source.is_dir():
        return
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.iterdir()):
        shutil.move(path, target / path.name)


def _todo(settings: Settings) -> Iterator[str]:
    """What the settings do not name yet."""
    sources, rules = settings.data_dir / "sources", settings.data_dir / "rules" / "rules.yaml"
    if sources.is_dir() and not settings.exercise and not settings.sources_dir:
        yield f"set sources_dir to {str(sources)!r}"
    if rules.is_file() and not settings.rules_file:
        yield f"set rules_file to {str(rules)!r}"
