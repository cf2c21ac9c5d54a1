"""JSON lines: one line a message, appended and flushed to the disk, each key once.

A crash between the write and the receipt makes the caller send again; the key is then found in the
file and no second line is written. A last line that a crash cut short was never receipted: it is
taken off before the next write.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from farwatch.channels.exercise_wall import check, utc_now
from farwatch.errors import ChannelError, ExerciseError
from farwatch.model.message import Message, Receipt


class JsonLines:
    """Appends messages to the file at `path`, which is made if missing.

    A line: {"key", "subject", "body", "exercise", "sent", "payload", "cap"}. Writers of several
    processes take turns by a lock on the file.
    """

    name = "jsonl"

    def __init__(
        self,
        path: Path,
        *,
        exercise: bool = False,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.exercise = exercise
        self._path = path
        self._clock = clock
        self._keys: set[str] = set()
        self._read_to = 0
        self._file: tuple[int, int] | None = None  # device and inode that _read_to belongs to

    def send(self, message: Message) -> Receipt:
        """Append the message unless its key is there; raises ExerciseError or ChannelError."""
        check(self, message)
        key, at = str(message.key), self._clock()
        try:
            with self._locked() as file:
                self._catch_up(file)
                if key in self._keys:
                    return Receipt(key, self.name, at, repeated=True, detail="already in the file")
                _append(file, _line(message, key, at))
        except OSError as error:
            raise ChannelError(
                f"jsonl: {key} could not be written to {str(self._path)!r}: {error.strerror}"
            ) from error
        except (TypeError, ValueError) as error:
            raise ChannelError(f"jsonl: {key} is not plain JSON: {error}") from error
        return Receipt(key, self.name, at, detail=str(self._path))

    @contextmanager
    def _locked(self) -> Iterator[BinaryIO]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = not self._path.exists()
        with self._path.open("a+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if new:
                _sync_folder(self._path.parent)
            yield file

    def _catch_up(self, file: BinaryIO) -> None:
        """Read the lines that were added since the last look, and take off a torn last one."""
        status = os.fstat(file.fileno())
        identity = (status.st_dev, status.st_ino)
        if identity != self._file or status.st_size < self._read_to:
            self._keys, self._read_to, self._file = set(), 0, identity
        file.seek(self._read_to)
        rest = file.read()
        whole, _, torn = rest.rpartition(b"\n")
        if torn:
            if not b'{"key": '.startswith(torn[:8]):
                raise ChannelError(
                    f"jsonl: {str(self._path)!r} ends in {torn[:60]!r}, not of our writing"
                )
            os.ftruncate(file.fileno(), status.st_size - len(torn))
        for line in whole.splitlines():
            self._note(line)
        self._read_to = status.st_size - len(torn)

    def _note(self, line: bytes) -> None:
        try:
            record = json.loads(line)
            key, exercise = record["key"], record["exercise"]
        except (ValueError, TypeError, KeyError) as error:
            raise ChannelError(
                f"jsonl: {str(self._path)!r} holds {line[:60]!r}, not of our writing"
            ) from error
        if exercise is not self.exercise:
            raise ExerciseError(
                f"jsonl: {str(self._path)!r} holds {'exercise' if exercise else 'real'} messages"
            )
        self._keys.add(key)


def _line(message: Message, key: str, at: datetime) -> bytes:
    record: dict[str, Any] = {
        "key": key,
        "subject": message.subject,
        "body": message.body,
        "exercise": message.exercise,
        "sent": at.isoformat(),
        "payload": dict(message.payload),
        "cap": message.cap_xml,
    }
    return json.dumps(record, ensure_ascii=True, allow_nan=False).encode() + b"\n"


def _append(file: BinaryIO, line: bytes) -> None:
    rest = memoryview(line)
    while rest:  # an unbuffered write may take only a part
        rest = rest[file.write(rest) :]
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
