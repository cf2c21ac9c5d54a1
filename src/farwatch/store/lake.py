"""The lake: Delta tables in a folder or object store, written here, read through an engine.

    lake = Lake("/var/lib/farwatch/lake")
    lake.append("figures", table, writer="worldbank", number=20260601)
    with lake.reading() as engine:
        rows = engine.fetch(questions.figures_of(engine.table("figures"), "VC.IHR.PSRC.P5", "ET"))

One process writes at a time (a lock file says so, in a folder; over an object store it is the
desk's word). Start other processes by spawn: deltalake and DuckDB do not survive a fork.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farwatch.errors import StoreError

if TYPE_CHECKING:
    import pyarrow as pa

    from farwatch.store.engines import Engine

# Files smaller than this are put together by `compact`.
TARGET_BYTES = 128 * 1024 * 1024
# A reader may still hold the list of files that a compaction replaced.
KEEP_HOURS = 168


class Lake:
    """The tables of `lake_tables.TABLES` at a folder or URL. `engine` is duckdb or spark."""

    def __init__(self, where: str | Path, engine: str = "duckdb") -> None:
        if engine not in {"duckdb", "spark"}:
            raise StoreError(f"lake engine {engine!r} is neither duckdb nor spark")
        self.where = str(where).rstrip("/")
        self.engine = engine
        self.local = "://" not in self.where

    def append(
        self, table: str, data: pa.Table | Iterable[pa.RecordBatch], *, writer: str, number: int
    ) -> bool:
        """Add rows once: False, and nothing added, if `writer` has written `number` or higher.

        A writer numbers its batches upwards; Delta keeps the last number beside the rows, in the
        same commit. Columns that may be null may be missing. Batches are written as they come, in
        one commit, and what they raise leaves nothing behind. Raises StoreError for another shape.
        """
        from deltalake import CommitProperties, Transaction, write_deltalake

        rows = self._shaped(table, data)
        properties = CommitProperties(app_transactions=[Transaction(writer, number)])
        with self.alone("writing"), _naming_errors(self.where, table):
            # Delta records the number but refuses no repeat: the check is ours.
            last = self.last_number(table, writer)
            if last is not None and last >= number:
                return False
            write_deltalake(self._uri(table), rows, mode="append", commit_properties=properties)
        return True

    def last_number(self, table: str, writer: str) -> int | None:
        """The highest number of a writer's batches in a table; None if it never wrote there."""
        found = self._open(table)
        version = None if found is None else found.transaction_version(writer)
        return None if version is None else int(version)

    def files(self, table: str) -> list[str]:
        """The Parquet files that make up the table now; empty if nothing was ever written."""
        found = self._open(table)
        return [] if found is None else sorted(found.file_uris())

    def count(self, table: str) -> int:
        """How many rows the table holds."""
        found = self._open(table)
        return 0 if found is None else int(found.count())

    def delete(self, table: str, source: str, before: datetime) -> int:
        """Delete what a source said that was received before; how many rows. `purge` follows."""
        named = source.replace("'", "''")
        past = f"source = '{named}' AND received < '{before.isoformat()}'"
        with self.alone("writing"), _naming_errors(self.where, table):
            found = self._open(table)
            return 0 if found is None else int(found.delete(past)["num_deleted_rows"])

    def delete_reports(self, table: str, column: str, ids: Sequence[str]) -> int:
        """Delete the rows of these reports, which `column` names; how many. `purge` follows."""
        import pyarrow as pa

        if not ids:
            return 0
        gone = pa.table({"id": pa.array(sorted(set(ids)), pa.string())})
        with self.alone("writing"), _naming_errors(self.where, table):
            found = self._open(table)
            if found is None:
                return 0
            merger = found.merge(gone, f"t.{column} = s.id", source_alias="s", target_alias="t")
            return int(merger.when_matched_delete().execute()["num_target_rows_deleted"])

    def oldest(self, table: str, column: str) -> datetime | None:
        """No row's time in a column is before this, as far as the files tell; None: no rows."""
        import pyarrow as pa

        found = self._open(table)
        files = None if found is None else pa.table(found.get_add_actions(flatten=True))
        if files is None or files.num_rows == 0:
            return None
        name = f"min.{column}"
        times = files[name].to_pylist() if name in files.column_names else [None]
        # A file that does not tell may hold anything.
        return min(time or datetime.min.replace(tzinfo=UTC) for time in times)

    def purge(self, table: str) -> None:
        """Delete every file that the table no longer has, at once.

        A reader that holds an older list of files fails, and reads again. Over an object store,
        files that a killed writer left behind stay: another's may look the same.
        """
        with self.alone("writing"), _naming_errors(self.where, table):
            found = self._open(table)
            if found is not None:
                found.vacuum(
                    retention_hours=0, dry_run=False, enforce_retention_duration=False,
                    full=self.local,
                )  # fmt: skip

    def compact(self) -> dict[str, int]:
        """Put small files together; how many files went, by table.

        Files replaced more than a week ago are deleted; younger ones may still be being read.
        """
        gone: dict[str, int] = {}
        for table in _tables():
            with self.alone("writing"), _naming_errors(self.where, table):
                found = self._open(table)
                if found is None:
                    continue
                done = found.optimize.compact(target_size=TARGET_BYTES)
                gone[table] = int(done["numFilesRemoved"])
                found.vacuum(retention_hours=KEEP_HOURS, dry_run=False)
        return gone

    def freeze(self, folder: Path) -> dict[str, int]:
        """Put each table's newest version into a folder, and say which it is: its log, and the
        files that make it up, as links where the file system can. Writers wait for the linking
        alone. For a lake in a folder."""
        versions: dict[str, int] = {}
        for table in _tables():
            with self.alone("writing"), _naming_errors(self.where, table):
                found = self._open(table)
                if found is None:
                    continue
                versions[table] = int(found.version())
                whole = Path(self.where, table)
                log = [path for path in (whole / "_delta_log").iterdir() if path.is_file()]
                for path in (*log, *map(Path, found.file_uris())):
                    _link(path, folder / table / path.relative_to(whole))
        return versions

    @contextmanager
    def reading(self) -> Iterator[Engine]:
        """The engine that answers questions about the tables as they stand now."""
        from farwatch.store.engines import ENGINES

        engine = ENGINES[self.engine]({table: self.files(table) for table in _tables()})
        try:
            yield engine
        finally:
            engine.close()

    @contextmanager
    def alone(self, task: str) -> Iterator[None]:
        """Be the only process at a task; another one's turn is waited for. Not to be nested."""
        if not self.local:
            yield
            return
        path = Path(self.where, f".{task}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        except OSError as error:
            raise StoreError(f"lake {self.where!r}: {error.strerror}") from error
        with path.open("r+") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)  # given back when the file is closed, or on death
            yield

    def _uri(self, table: str) -> str:
        return f"{self.where}/{table}"

    def _open(self, table: str) -> Any:
        from deltalake import DeltaTable
        from deltalake.exceptions import TableNotFoundError

        if table not in _tables():
            raise StoreError(f"lake table {table!r} is none of {sorted(_tables())}")
        # DeltaTable would make the missing folder.
        if self.local and not Path(self.where, table, "_delta_log").is_dir():
            return None
        with _naming_errors(self.where, table):
            try:
                return DeltaTable(self._uri(table))
            except TableNotFoundError:
                return None

    def _shaped(
        self, table: str, data: pa.Table | Iterable[pa.RecordBatch]
    ) -> pa.Table | pa.RecordBatchReader:
        import pyarrow as pa

        if table not in _tables():
            raise StoreError(f"lake table {table!r} is none of {sorted(_tables())}")
        if isinstance(data, pa.Table):
            return self._cast(table, data)
        batches = (
            shaped
            for batch in data
            for shaped in self._cast(table, pa.Table.from_batches([batch])).to_batches()
        )
        return pa.RecordBatchReader.from_batches(_tables()[table], batches)

    def _cast(self, table: str, rows: pa.Table) -> pa.Table:
        import pyarrow as pa

        schema = _tables()[table]
        strange = sorted(set(rows.column_names) - set(schema.names))
        missing = [
            field.name
            for field in schema
            if field.name not in rows.column_names and not field.nullable
        ]
        if strange or missing:
            raise StoreError(f"lake table {table!r}: columns {strange} unknown, {missing} missing")
        columns = [
            rows[field.name] if field.name in rows.column_names
            else pa.nulls(rows.num_rows, field.type)
            for field in schema
        ]  # fmt: skip
        try:
            return pa.table(columns, names=schema.names).cast(schema)
        except (pa.ArrowInvalid, ValueError) as error:
            raise StoreError(f"lake table {table!r}: {error}") from error


@contextmanager
def _naming_errors(where: str, table: str) -> Iterator[None]:
    from deltalake.exceptions import DeltaError

    try:
        yield
    except (DeltaError, OSError) as error:
        reason = (str(error).splitlines() or ["no reason given"])[0]
        raise StoreError(f"lake table {where}/{table}: {reason}") from error


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(source)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)


def _tables() -> dict[str, pa.Schema]:
    from farwatch.store.lake_tables import TABLES

    return TABLES
